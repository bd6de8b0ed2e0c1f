//! Requests for a tracee that is in no ptrace-stop.

use super::ask::{Asked, UNCHANGED};
use super::at_stops::SEIZED;
use super::state::State;
use super::way::{self, GROUP, ON, STOPS, end_of, to_event};
use crate::event_stops::tasks::{END, EVENT};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};

const NO_STOP_NEEDED: &str = "cmd.interrupt-kill-no-stop-needed";
const KILLED: Gone = Gone::Killed(Signal::KILL, false);

const CASE: Case = Case {
    name: "without_a_stop",
    title: "A tracee that is in no ptrace-stop, dead or alive, refuses every request but PTRACE_KILL and, if seized, PTRACE_INTERRUPT, and goes on undisturbed.",
    clauses: &[
        UNCHANGED,
        END,
        EVENT,
        STOPS,
        NO_STOP_NEEDED,
        "cmd.requires-stop",
        "death.esrch-after-kill",
        "err.eperm-already-traced",
        "interrupt.seize-only",
        "kdoc.attach-zombie",
        "kdoc.kill-unconditional",
        "state.blocked-is-running",
    ],
    axes: &[ANY_START, axis::<State>(&["running", "sleeping", "dying", "zombie"])],
    program: way::program,
    scenario: |t| {
        let state: State = t.pick()?;
        let t = to(t, state)?;
        Asked::of(&t, state).all_quiet();
        ordinary_end(t, state)
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "while_listening",
        title: "A listening tracee refuses every request but PTRACE_KILL and PTRACE_INTERRUPT, and stays in its group-stop.",
        clauses: &[
            UNCHANGED,
            END,
            EVENT,
            GROUP,
            STOPS,
            "err.eperm-already-traced",
            "interrupt.after-listen",
            "listen.not-in-ptrace-stop",
        ],
        axes: &[SEIZED, axis::<State>(&["listening"])],
        ..CASE
    },
    Case {
        name: "kill_without_a_stop",
        title: "PTRACE_KILL ends a tracee that runs, or is blocked in a call.",
        clauses: &[END, EVENT, UNCHANGED, "kdoc.kill-unconditional"],
        axes: &[ANY_START, axis::<State>(&["running", "sleeping"])],
        scenario: killed,
        ..CASE
    },
    Case {
        name: "kill_while_listening",
        title: "PTRACE_KILL ends a tracee that listens.",
        clauses: &[END, EVENT, GROUP, STOPS, "kdoc.kill-unconditional"],
        axes: &[SEIZED, axis::<State>(&["listening"])],
        scenario: killed,
        ..CASE
    },
    Case {
        name: "interrupt_without_a_stop",
        title: "PTRACE_INTERRUPT stops a seized tracee that runs, or is blocked in a call, which is then made again.",
        clauses: &[END, EVENT, UNCHANGED, STOPS, "interrupt.plain-event-stop"],
        axes: &[SEIZED, axis::<State>(&["running", "sleeping"])],
        scenario: |t| {
            let state: State = t.pick()?;
            let t = to(t, state)?;
            t.interrupt()?;
            let t = t.expect("interrupt.plain-event-stop", Stop::EventStop(Signal::TRAP))?.cont()?;
            ordinary_end(t, state)
        },
        ..CASE
    },
];

/// From the start to the state.
fn to(t: Stopped, state: State) -> Flow<Running> {
    match state {
        State::Dying => {
            t.kill(Signal::KILL)?;
            Ok(t.left_alone())
        }
        State::Zombie => {
            let t = t.cont()?;
            t.await_state(&['Z'])?;
            Ok(t)
        }
        State::Listening => {
            t.change_options(way::options(state))?;
            way::to_group_stop(t)?.listen()
        }
        State::Sleeping => {
            t.change_options(way::options(state))?;
            let t = t.cont()?;
            t.await_state(&['S'])?;
            Ok(t)
        }
        _ => {
            t.change_options(way::options(state))?;
            let t = t.cont()?;
            way::until_there(&t);
            Ok(t)
        }
    }
}

/// From there to the end that the program would have come to anyway.
fn ordinary_end(t: Running, state: State) -> Flow {
    match state {
        State::Dying => t.ends(END, KILLED).map(drop),
        State::Zombie => t.ends(END, way::ENDS).map(drop),
        State::Listening => {
            t.check(UNCHANGED, "report", Ok(None), t.poll());
            t.interrupt()?;
            let t = t.expect("interrupt.after-listen", Stop::EventStop(Signal::STOP))?;
            end_of(t.cont()?, state)
        }
        State::Sleeping => {
            t.check(UNCHANGED, "report", Ok(None), t.poll());
            t.kill(Signal::USR1)?;
            let t = t.expect(STOPS, Stop::Signal(Signal::USR1))?;
            end_of(t.resume(Resume::Cont, Signal::USR1)?, state)
        }
        _ => {
            t.check(UNCHANGED, "report", Ok(None), t.poll());
            t.set_word(ON, 1);
            end_of(t, state)
        }
    }
}

fn killed(t: Stopped) -> Flow {
    let state: State = t.pick()?;
    let t = to(t, state)?;
    let answer = t.request(Request::KILL, 0, Data::Word(0));
    t.check("kdoc.kill-unconditional", "PTRACE_KILL", Ok(0), answer);
    to_event(t, Event::EXIT)?.cont()?.ends(END, KILLED).map(drop)
}
