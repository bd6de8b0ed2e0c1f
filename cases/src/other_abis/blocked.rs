//! Calls that a signal interrupts, whichever way they are made.

use super::nr;
use ptrace_conformance_harness::case::Axis;
use ptrace_conformance_harness::errno::Errno;

/// The call that is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    Pause,
    Poll,
}

impl Axis for Blocked {
    const VALUES: &'static [(&'static str, Self)] = &[("pause", Blocked::Pause), ("poll", Blocked::Poll)];
}

impl Blocked {
    pub const fn code(self) -> Errno {
        match self {
            Blocked::Pause => Errno::ERESTARTNOHAND,
            Blocked::Poll => Errno::ERESTART_RESTARTBLOCK,
        }
    }

    /// The number by which it is made again.
    pub const fn again(self) -> u32 {
        match self {
            Blocked::Pause => nr::PAUSE,
            Blocked::Poll => nr::RESTART_SYSCALL,
        }
    }
}
