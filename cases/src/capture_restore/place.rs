//! Where a captured state is written back: at a later stop of the same tracee, or into a fresh one.

use ptrace_conformance_harness::case::{Axis, Dimension, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use std::rc::Rc;

/// The clause that promises the stop at the program's own signal.
pub(super) const SIGNAL: &str = "stop.signal.every-delivery-stops";
/// The clauses that promise the two stops of a call.
pub(super) const ENTER: &str = "sysstop.entry";
pub(super) const EXIT: &str = "sysstop.exit-after-entry";
/// The clause that promises the end.
pub(super) const END: &str = "wait.macro.exited";

/// The exit code of the family's programs.
pub(super) const ENDS: Gone = Gone::Exited(3);

/// Where the state is written back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A signal-delivery-stop of the same tracee, later.
    SignalStop,
    /// The syscall-exit-stop of another call of the same tracee, later.
    ExitStop,
    /// A tracee of the same program that has not got as far.
    Fresh,
}

impl Axis for Place {
    const VALUES: &'static [(&'static str, Self)] =
        &[("signalstop", Place::SignalStop), ("exitstop", Place::ExitStop), ("fresh", Place::Fresh)];
}

/// All places.
pub(super) const PLACES: Dimension = axis::<Place>(&["signalstop", "exitstop", "fresh"]);
/// The places where the kernel looks for a call to restart before the tracee runs.
pub(super) const SIGNAL_PLACES: Dimension = axis::<Place>(&["signalstop", "fresh"]);

/// The end that all programs of the family have: a signal-delivery-stop and a call, for both stops to write
/// back at, and exit.
pub(super) fn later(p: &mut Program) {
    p.raise(Signal::USR2);
    p.call(Syscall::GETPID, &[0; 0]);
    p.exit(3);
}

/// To the signal-delivery-stop of [`later`], which is the next stop.
pub(super) fn to_signal(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR2))
}

/// From that stop to one of the call behind it.
pub(super) fn to_enter(t: Stopped) -> Flow<Stopped> {
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// From the signal-delivery-stop of [`later`] to the place; a fresh tracee is already there.
pub(super) fn from_signal(t: Stopped, place: Place) -> Flow<Stopped> {
    match place {
        Place::SignalStop | Place::Fresh => Ok(t),
        Place::ExitStop => to_enter(t)?.syscall()?.expect(EXIT, Stop::SyscallExit),
    }
}

/// From the signal-delivery-stop of [`later`] to the program's end.
pub(super) fn to_end(t: Stopped) -> Flow<Rc<Task>> {
    t.cont()?.ends(END, ENDS)
}
