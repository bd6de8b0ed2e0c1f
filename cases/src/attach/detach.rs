//! What `PTRACE_DETACH` does with a signal, at each kind of stop, and how the task goes on without a tracer.

use super::way::{DETACHED, GROUP, PARENT_ENDS, READY, SEIZED, STOPS, TRAP, check_proc};
use crate::event_stops::tasks::{END, EVENT};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};

const QUEUED: &str = "detach.signal-at-syscall-stop";
const DROPPED: &str = "detach.signal-at-event-stop";
const DELIVERED: &str = "detach.inject";
const BY_STOP: &str = "detach.running-via-sigstop";
const FIRST: &str = "detach.other-stops-first";
const ADDR: &str = "detach.addr-ignored";

/// The stop from which the tracer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Enter,
    Exit,
    Signal,
    Group,
    Interrupted,
    Exec,
    Ending,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("enter", At::Enter),
        ("exit", At::Exit),
        ("signal", At::Signal),
        ("group", At::Group),
        ("interrupted", At::Interrupted),
        ("exec", At::Exec),
        ("ending", At::Ending),
    ];
}

impl At {
    /// What becomes of the signal, as a clause.
    const fn clause(self) -> &'static str {
        match self {
            At::Enter | At::Exit => QUEUED,
            At::Signal => DELIVERED,
            At::Group | At::Interrupted | At::Exec | At::Ending => DROPPED,
        }
    }

    fn is_dropped(self) -> bool {
        self.clause() == DROPPED
    }
}

/// The signal that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Handled,
    Fatal,
    Stop,
    Cont,
    Kill,
}

impl Axis for Given {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("handled", Given::Handled),
        ("fatal", Given::Fatal),
        ("sigstop", Given::Stop),
        ("sigcont", Given::Cont),
        ("sigkill", Given::Kill),
    ];
}

impl Given {
    const fn signal(self) -> Signal {
        match self {
            Given::Handled => Signal::USR1,
            Given::Fatal => Signal::TERM,
            Given::Stop => Signal::STOP,
            Given::Cont => Signal::CONT,
            Given::Kill => Signal::KILL,
        }
    }
}

/// What is pending beside the SIGSTOP that the tracer sends to leave by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    Nothing,
    Signal,
}

impl Axis for Beside {
    const VALUES: &'static [(&'static str, Self)] =
        &[("alone", Beside::Nothing), ("behindanother", Beside::Signal)];
}

const STARTS: Dimension = axis::<Start>(&["traceme", "seize"]);
const GIVEN: Dimension = axis::<Given>(&["handled", "fatal", "sigstop", "sigcont", "sigkill"]);

const CASE: Case = Case {
    name: "detach_with_a_signal",
    title: "PTRACE_DETACH delivers its signal at a signal-delivery-stop, sends it anew at a syscall-stop, and drops it in a group-stop and at an event, even SIGKILL.",
    clauses: &[
        QUEUED,
        DROPPED,
        DELIVERED,
        ADDR,
        STOPS,
        GROUP,
        EVENT,
        "sysstop.entry",
        "sysstop.exit-after-entry",
        "proc.status.tracing-stop",
    ],
    axes: &[STARTS, axis::<At>(&["enter", "exit", "signal", "group", "exec", "ending"]), GIVEN],
    program: |p| {
        let at: At = p.pick();
        p.handle(Signal::USR1, 0);
        match at {
            At::Signal => drop(p.raise(Signal::USR2)),
            At::Group => drop(p.raise(Signal::STOP)),
            At::Exec => drop(p.exec(ends)),
            _ => {}
        }
        ends(p);
    },
    scenario: |t| {
        let (at, given): (At, Given) = (t.pick()?, t.pick()?);
        let t = to_stop(t, at)?;
        let answer = t.request(Request::DETACH, u64::MAX, Data::Word(given.signal().0 as u64));
        t.check(ADDR, "PTRACE_DETACH", Ok(0), answer);
        goes_on(t.left_alone(), at, given)
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "detach_with_a_signal_when_interrupted",
        title: "At the stop of PTRACE_INTERRUPT PTRACE_DETACH drops its signal, even SIGKILL.",
        clauses: &[DROPPED, ADDR, TRAP],
        axes: &[SEIZED, axis::<At>(&["interrupted"]), GIVEN],
        ..CASE
    },
    Case {
        name: "detach_by_sigstop",
        title: "A running tracee is left by way of a SIGSTOP, behind whatever stops come first, and runs on without having been stopped.",
        clauses: &[BY_STOP, FIRST, DETACHED, END],
        axes: &[ANY_START, axis::<Beside>(&["alone", "behindanother"])],
        program: |p| {
            p.store(Program::shared(READY), 1);
            p.await_word(Program::shared(super::way::ON));
            p.raise(Signal::CHLD);
            p.exit(3);
        },
        scenario: |t| {
            let beside: Beside = t.pick()?;
            let mut t = t.cont()?;
            t.await_word(READY);
            if beside == Beside::Signal {
                t.kill_leader(Signal::USR1)?;
            }
            t.kill_leader(Signal::STOP)?;
            if beside == Beside::Signal {
                t = t.expect(FIRST, Stop::Signal(Signal::USR1))?.cont()?;
            }
            let t = t.expect(BY_STOP, Stop::Signal(Signal::STOP))?.detach(Signal::NONE)?;
            t.await_state(&['R'])?;
            check_proc(&t, DETACHED, 'R', false)?;
            t.set_word(super::way::ON, 1);
            t.ends(END, PARENT_ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn ends(p: &mut Program) {
    p.call(Syscall::GETTID, &[0; 0]);
    p.exit(3);
}

fn to_stop(t: Stopped, at: At) -> Flow<Stopped> {
    let more = match at {
        At::Exec => options::TRACEEXEC,
        At::Ending => options::TRACEEXIT,
        _ => 0,
    };
    t.change_options(options::TRACESYSGOOD | more)?;
    match at {
        At::Enter => to_enter(t),
        At::Exit => to_enter(t)?.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit),
        At::Signal => t.cont()?.expect(STOPS, Stop::Signal(Signal::USR2)),
        At::Exec => t.cont()?.expect(EVENT, Stop::Event(Event::EXEC)),
        At::Ending => t.cont()?.expect(EVENT, Stop::Event(Event::EXIT)),
        At::Interrupted => {
            t.interrupt()?;
            t.cont()?.expect(TRAP, Stop::EventStop(Signal::TRAP))
        }
        At::Group => {
            let seized = t.start == Start::Seize;
            let stop = if seized { Stop::EventStop(Signal::STOP) } else { Stop::Group(Signal::STOP) };
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
            t.resume(Resume::Cont, Signal::STOP)?.expect(GROUP, stop)
        }
    }
}

/// Behind the call that installs the handler.
fn to_enter(t: Stopped) -> Flow<Stopped> {
    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
    let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)
}

/// The task meets the signal, or does not, and its parent, which the tracer is too, sees what follows.
fn goes_on(t: Running, at: At, given: Given) -> Flow {
    let clause = at.clause();
    if at == At::Group || given == Given::Stop && !at.is_dropped() {
        t.await_state(&['T'])?;
        check_proc(&t, "proc.status.tracing-stop", 'T', false)?;
        t.check(clause, "report to the parent", Ok(Some((libc::CLD_STOPPED, libc::SIGSTOP))), t.report());
        t.kill(Signal::CONT)?;
    }
    let end = match given {
        Given::Fatal | Given::Kill if !at.is_dropped() => Gone::Killed(given.signal(), false),
        _ => PARENT_ENDS,
    };
    let t = t.ends(clause, end)?;
    let delivered = given == Given::Handled && !at.is_dropped();
    let code = if at == At::Signal { libc::SI_USER } else { libc::SI_KERNEL };
    let expected = if delivered { (1, (Signal::USR1, code)) } else { (0, (Signal::NONE, 0)) };
    let (times, signal, code) = t.handled();
    t.check(clause, "runs of the handler", expected.0, times);
    t.check(clause, "signal and si_code of the handler", expected.1, (signal, code));
    Ok(())
}
