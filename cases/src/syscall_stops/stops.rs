//! The way to the two stops of a call, and the axes that the family's cases share.

use ptrace_conformance_harness::case::Axis;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The clause that promises the enter-stop.
pub(super) const ENTER: &str = "sysstop.entry";
/// The clause that promises the exit-stop.
pub(super) const EXIT: &str = "sysstop.exit-after-entry";

/// `PTRACE_SYSCALL` to the enter-stop of the next call.
pub(super) fn to_enter(t: Stopped) -> Flow<Stopped> {
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// `PTRACE_SYSCALL` from an enter-stop to its exit-stop.
pub(super) fn to_exit(t: Stopped) -> Flow<Stopped> {
    t.syscall()?.expect(EXIT, Stop::SyscallExit)
}

/// Past both stops of a call that the case is not about.
pub(super) fn pass(t: Stopped) -> Flow<Stopped> {
    to_exit(to_enter(t)?)
}

/// Which of a call's two stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// syscall-enter-stop
    Enter,
    /// syscall-exit-stop
    Exit,
}

impl Axis for Side {
    const VALUES: &'static [(&'static str, Self)] = &[("enter", Side::Enter), ("exit", Side::Exit)];
}

/// To that stop of the next call.
pub(super) fn to(side: Side, t: Stopped) -> Flow<Stopped> {
    match side {
        Side::Enter => to_enter(t),
        Side::Exit => pass(t),
    }
}

/// Whether `PTRACE_O_TRACESYSGOOD` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sysgood {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl Axis for Sysgood {
    const VALUES: &'static [(&'static str, Self)] = &[("sysgood", Sysgood::On), ("plain", Sysgood::Off)];
}

impl Sysgood {
    /// The option bits of this value.
    pub(super) const fn options(self) -> u32 {
        match self {
            Sysgood::On => options::TRACESYSGOOD,
            Sysgood::Off => 0,
        }
    }

    /// What the option adds to the stop signal and to `si_code`.
    pub(super) const fn trap(self) -> i32 {
        match self {
            Sysgood::On => libc::SIGTRAP | 0x80,
            Sysgood::Off => libc::SIGTRAP,
        }
    }
}
