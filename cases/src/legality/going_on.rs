//! Requests at each kind of ptrace-stop that end it, each on a tracee of its own.

use super::ask::{Asked, named};
use super::at_stops::{INTERRUPTED, SEIZED, STOPPED};
use super::state::State;
use super::table::rows;
use super::way::{self, GOES_ON, GROUP, STOPS, end_of, next_stop, to_event};
use crate::changes::NO_SIGNALS_WHEN_DYING;
use crate::event_stops::tasks::{END, EVENT, TRACED};
use ptrace_conformance_harness::case::{Arch, Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Halt, Running, Stopped};

/// A request that ends a stop, or makes another one follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Cont,
    Syscall,
    Step,
    Emulate,
    EmulateAndStep,
    Block,
    Detach,
    Kill,
    Interrupt,
    Listen,
}

impl Axis for Way {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("cont", Way::Cont),
        ("syscall", Way::Syscall),
        ("singlestep", Way::Step),
        ("sysemu", Way::Emulate),
        ("sysemusinglestep", Way::EmulateAndStep),
        ("singleblock", Way::Block),
        ("detach", Way::Detach),
        ("kill", Way::Kill),
        ("interrupt", Way::Interrupt),
        ("listen", Way::Listen),
    ];
}

impl Way {
    /// The request's number, which is that of its row.
    const fn request(self) -> Request {
        match self {
            Way::Cont => Request::CONT,
            Way::Syscall => Request::SYSCALL,
            Way::Step => Request::SINGLESTEP,
            Way::Emulate => Request::SYSEMU,
            Way::EmulateAndStep => Request::SYSEMU_SINGLESTEP,
            Way::Block => Request(33),
            Way::Detach => Request::DETACH,
            Way::Kill => Request::KILL,
            Way::Interrupt => Request::INTERRUPT,
            Way::Listen => Request::LISTEN,
        }
    }
}

/// Those that every tracee can be given.
const WAYS: Dimension =
    axis::<Way>(&["cont", "syscall", "singlestep", "sysemu", "sysemusinglestep", "detach", "kill"]);
/// With and without `PTRACE_SEIZE`, which makes group-stops differ.
const STARTS: Dimension = axis::<Start>(&["traceme", "seize"]);

const CASE: Case = Case {
    name: "going_on_from_a_stop",
    title: "Every request that restarts or ends a tracee is allowed at every kind of ptrace-stop, and the task goes on in that way.",
    clauses: &[
        END,
        EVENT,
        TRACED,
        GROUP,
        STOPS,
        GOES_ON,
        "cmd.restarting-list",
        "kdoc.kill-unconditional",
        "sysstop.entry",
        "sysstop.exit-after-entry",
    ],
    axes: &[STARTS, STOPPED, WAYS],
    changes: &[&NO_SIGNALS_WHEN_DYING],
    program: way::program,
    scenario,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "block_step_from_a_stop",
        title: "On x86_64 PTRACE_SINGLEBLOCK is allowed at every kind of ptrace-stop.",
        arches: &[Arch::X86_64],
        only: "aarch64 has no PTRACE_SINGLEBLOCK",
        clauses: &[
            END,
            EVENT,
            TRACED,
            GROUP,
            STOPS,
            GOES_ON,
            "cmd.restarting-list",
            "sysstop.entry",
            "sysstop.exit-after-entry",
        ],
        axes: &[STARTS, STOPPED, axis::<Way>(&["singleblock"])],
        changes: &[],
        ..CASE
    },
    Case {
        name: "going_on_from_an_interrupted_stop",
        title: "The same requests, and PTRACE_LISTEN, are allowed at the stop that PTRACE_INTERRUPT makes.",
        clauses: &[
            END,
            EVENT,
            GOES_ON,
            "cmd.restarting-list",
            "kdoc.kill-unconditional",
            "kdoc.interrupt-at-least-one-trap",
        ],
        axes: &[
            SEIZED,
            INTERRUPTED,
            axis::<Way>(&[
                "cont",
                "syscall",
                "singlestep",
                "sysemu",
                "sysemusinglestep",
                "detach",
                "kill",
                "listen",
            ]),
        ],
        changes: &[],
        ..CASE
    },
    Case {
        name: "listen_in_group_stop",
        title: "PTRACE_LISTEN is allowed in the group-stop of a seized tracee, and PTRACE_INTERRUPT reports it again.",
        clauses: &[END, EVENT, GROUP, STOPS, "cmd.restarting-list", "interrupt.after-listen"],
        axes: &[SEIZED, axis::<State>(&["group"]), axis::<Way>(&["listen"])],
        changes: &[],
        ..CASE
    },
    Case {
        name: "interrupt_at_a_stop",
        title: "PTRACE_INTERRUPT is allowed at every ptrace-stop of a seized tracee, stays there, and makes another stop follow, but for a dying task.",
        clauses: &[
            END,
            EVENT,
            TRACED,
            GROUP,
            STOPS,
            "kdoc.interrupt-at-least-one-trap",
            "sysstop.entry",
            "sysstop.exit-after-entry",
        ],
        axes: &[SEIZED, STOPPED, axis::<Way>(&["interrupt"])],
        changes: &[],
        ..CASE
    },
];

fn scenario(t: Stopped) -> Flow {
    let (state, way): (State, Way) = (t.pick()?, t.pick()?);
    let t = way::to_stop(t, state)?;
    let allowed = {
        let asked = Asked::of(&t, state);
        let row = rows(Arch::HERE).find(|row| row.request == way.request());
        let row = row.ok_or_else(|| Halt::Broken("the table lacks the request".into()))?;
        let answer = asked.answer(row).ok_or_else(|| Halt::Broken("the table lacks the answer".into()))?;
        let told = asked.ask(row, &[]).answer;
        t.check(answer.clause, &named(row), answer.any_of[0], told)
    };
    if !allowed {
        return Err(Halt::Checked);
    }
    match way {
        Way::Kill => killed(t, state),
        Way::Interrupt => trapped_again(t, state),
        Way::Detach => detached(t.left_alone(), state),
        Way::Listen => listened(t.left_alone(), state),
        _ if state.is_an_end() => end_of(t.left_alone(), state),
        _ => resumed(t.left_alone(), state, way),
    }
}

/// To the next stop that the request makes the task come to, and to its end.
fn resumed(t: Running, state: State, way: Way) -> Flow {
    let stop = match way {
        Way::Cont => return end_of(t, state),
        Way::Syscall => next_stop(state),
        Way::Emulate => Stop::SyscallEnter,
        _ => Stop::Signal(Signal::TRAP),
    };
    let t = t.expect(GOES_ON, stop)?;
    if (state, way) == (State::Exec, Way::Emulate) {
        // The new image cannot do without its first call.
        t.kill(Signal::KILL)?;
        return killed(t, state);
    }
    end_of(t.cont()?, state)
}

/// Without a tracer there is no event at the end; the group stays stopped.
fn detached(t: Running, state: State) -> Flow {
    if state == State::Group {
        t.await_state(&['T'])?;
        t.kill(Signal::CONT)?;
    }
    let end = if state == State::Killed { Gone::Killed(Signal::KILL, false) } else { way::ENDS };
    t.ends(END, end).map(drop)
}

/// The end by SIGKILL; what has begun to end already stays at its event.
fn killed(t: Stopped, state: State) -> Flow {
    if !state.is_an_end() {
        let t = to_event(t.left_alone(), Event::EXIT)?;
        return end_of(t.cont()?, State::Killed);
    }
    match t.across(&NO_SIGNALS_WHEN_DYING, true, false)? {
        true => end_of(t.left_alone(), State::Killed),
        false => end_of(t.cont()?, state),
    }
}

/// The stop of the interrupt comes once the task is resumed, unless it is bound to end.
fn trapped_again(t: Stopped, state: State) -> Flow {
    t.check("kdoc.interrupt-at-least-one-trap", "report at the stop", Ok(None), t.poll_id(t.pid as u64));
    let t = t.cont()?;
    if state.is_an_end() {
        return end_of(t, state);
    }
    let t = t.expect("kdoc.interrupt-at-least-one-trap", event_stop(state))?;
    end_of(t.cont()?, state)
}

/// The stop from which a listening task is called back is the same again.
fn listened(t: Running, state: State) -> Flow {
    t.interrupt()?;
    let clause =
        if state == State::Group { "interrupt.after-listen" } else { "kdoc.interrupt-at-least-one-trap" };
    let t = t.expect(clause, event_stop(state))?;
    end_of(t.cont()?, state)
}

const fn event_stop(state: State) -> Stop {
    Stop::EventStop(match state {
        State::Group => Signal::STOP,
        _ => Signal::TRAP,
    })
}
