//! Wait statuses and the kinds of stops, decoded without losing a bit.

use crate::request::Event;
use crate::signal::Signal;
use std::fmt;

/// A raw wait status.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub i32);

/// What the bits of a wait status say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Stopped: stop signal, with bit 7 as it came, and event number.
    Stopped(Signal, u16),
    /// Gone.
    Gone(Gone),
    /// Continued by `SIGCONT`.
    Continued,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Exit code.
    Exited(u8),
    /// Killed by a signal, and whether core was dumped.
    Killed(Signal, bool),
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gone::Exited(code) => write!(f, "exited with {code}"),
            Gone::Killed(signal, false) => write!(f, "killed by {signal}"),
            Gone::Killed(signal, true) => write!(f, "killed by {signal}, core dumped"),
        }
    }
}

impl Status {
    /// Decodes as wait(2) documents and the kernel encodes: low byte 0x7f stopped, 0xffff continued,
    /// low seven bits zero exited, else killed.
    pub const fn read(self) -> Reading {
        let raw = self.0 as u32;
        if raw == 0xffff {
            return Reading::Continued;
        }
        match raw & 0xff {
            0x7f => Reading::Stopped(Signal((raw >> 8 & 0xff) as i32), (raw >> 16) as u16),
            low if low & 0x7f == 0 => Reading::Gone(Gone::Exited((raw >> 8) as u8)),
            low => Reading::Gone(Gone::Killed(Signal((low & 0x7f) as i32), low & 0x80 != 0)),
        }
    }

    /// The status of a stop with this signal and event.
    pub const fn stopped(signal: i32, event: Event) -> Status {
        Status(0x7f | signal << 8 | (event.0 as i32) << 16)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#06x}", self.0)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The kind of a ptrace-stop, in ptrace(2)'s words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// syscall-enter-stop
    SyscallEnter,
    /// syscall-exit-stop
    SyscallExit,
    /// A syscall-stop on a kernel that does not say which.
    Syscall,
    /// signal-delivery-stop
    Signal(Signal),
    /// group-stop of a tracee that was not seized
    Group(Signal),
    /// PTRACE_EVENT stop
    Event(Event),
    /// `PTRACE_EVENT_STOP` with its signal: `SIGTRAP` after an interrupt or in a new task, else group-stop.
    EventStop(Signal),
    /// A wait status that no ptrace-stop has.
    Odd(Status),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::SyscallEnter => f.write_str("syscall-enter-stop"),
            Stop::SyscallExit => f.write_str("syscall-exit-stop"),
            Stop::Syscall => f.write_str("syscall-stop"),
            Stop::Signal(signal) => write!(f, "signal-delivery-stop {signal}"),
            Stop::Group(signal) => write!(f, "group-stop {signal}"),
            Stop::Event(event) => write!(f, "{event}"),
            Stop::EventStop(signal) => write!(f, "PTRACE_EVENT_STOP {signal}"),
            Stop::Odd(status) => write!(f, "no kind of stop: {status}"),
        }
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_of_a_stop() {
        assert_eq!(Status(0x857f).read(), Reading::Stopped(Signal(0x85), 0));
        assert_eq!(Status(0x3057f).read(), Reading::Stopped(Signal::TRAP, 3));
        assert_eq!(Status(0x80137f).read(), Reading::Stopped(Signal::STOP, 128));
        assert_eq!(Status(0x407f).read(), Reading::Stopped(Signal(64), 0));
        assert_eq!(Status::stopped(libc::SIGTRAP, Event::CLONE), Status(0x3057f));
    }

    #[test]
    fn ends_are_told_apart() {
        assert_eq!(Status(0x300).read(), Reading::Gone(Gone::Exited(3)));
        assert_eq!(Status(9).read(), Reading::Gone(Gone::Killed(Signal::KILL, false)));
        assert_eq!(Status(0x8b).read(), Reading::Gone(Gone::Killed(Signal::SEGV, true)));
        assert_eq!(Status(0xffff).read(), Reading::Continued);
    }
}
