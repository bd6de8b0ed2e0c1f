//! Where a thread is when another one of its process executes.

use crate::event_stops::tasks::{MADE, TRACED, to_first_stop};
use ptrace_conformance_harness::case::Axis;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Running without a call.
    Running,
    /// Asleep in a call.
    Asleep,
    /// At the stop it begins with, or at the event of the other thread's making.
    First,
    /// At the enter-stop of a call.
    Entering,
    /// At the delivery-stop of a signal.
    Signalled,
    /// Ended.
    Ended,
}

impl Axis for State {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("running", State::Running),
        ("asleep", State::Asleep),
        ("firststop", State::First),
        ("enterstop", State::Entering),
        ("signalstop", State::Signalled),
        ("ended", State::Ended),
    ];
}

/// The clauses of the stops on the way there.
pub(super) const ENTER: &str = "sysstop.entry";
pub(super) const EXIT: &str = "inside.exit-stop-follows";
pub(super) const SIGNAL: &str = "stop.signal.every-delivery-stops";

impl State {
    /// What the thread does.
    pub(super) fn lead_to(self, p: &mut Program) {
        match self {
            State::Running | State::First => p.spin(),
            State::Asleep | State::Entering => p.sleep(),
            State::Signalled => {
                p.raise(Signal::USR1);
                p.spin()
            }
            State::Ended => p.exit_thread(1),
        };
    }

    /// From a stop at which the thread has done none of that to where it is then.
    pub(super) fn reach(self, thread: Stopped) -> Flow<Running> {
        match self {
            State::Running => thread.cont(),
            State::First => Ok(thread.left_alone()),
            State::Asleep => waits_for(thread.cont()?, 'S'),
            State::Ended => waits_for(thread.cont()?, 'Z'),
            State::Entering => {
                let thread = past_the_event(thread)?;
                Ok(thread.syscall()?.expect(ENTER, Stop::SyscallEnter)?.left_alone())
            }
            State::Signalled => Ok(thread.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?.left_alone()),
        }
    }
}

/// A leader at its event is still inside the call that made the other thread.
fn past_the_event(thread: Stopped) -> Flow<Stopped> {
    match thread.stop {
        Stop::Event(_) => thread.syscall()?.expect(EXIT, Stop::SyscallExit),
        _ => Ok(thread),
    }
}

fn waits_for(thread: Running, state: char) -> Flow<Running> {
    thread.await_state(&[state])?;
    Ok(thread)
}

/// The leader at the event of a thread's making, and the thread at its first stop.
pub(super) fn both(t: Stopped) -> Flow<(Stopped, Stopped)> {
    let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
    let thread = to_first_stop(t.new_task("thread")?)?;
    Ok((t, thread))
}

/// The clauses on that way.
pub(super) const MAKING: [&str; 2] = [MADE, TRACED];
