//! Signal numbers, real-time ones included.

use std::fmt;

/// A signal number; 0 means none, and any other number is kept as it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(pub i32);

impl Signal {
    /// No signal: a resume that delivers nothing.
    pub const NONE: Signal = Signal(0);
    /// Breakpoints, steps and ptrace's own stops.
    pub const TRAP: Signal = Signal(libc::SIGTRAP);
    /// Stops the process; can be neither blocked nor ignored.
    pub const STOP: Signal = Signal(libc::SIGSTOP);
    /// Stops the process from its terminal.
    pub const TSTP: Signal = Signal(libc::SIGTSTP);
    /// A background process reads its terminal.
    pub const TTIN: Signal = Signal(libc::SIGTTIN);
    /// A background process writes to its terminal.
    pub const TTOU: Signal = Signal(libc::SIGTTOU);
    /// Continues a stopped process.
    pub const CONT: Signal = Signal(libc::SIGCONT);
    /// Kills; can be neither blocked nor ignored.
    pub const KILL: Signal = Signal(libc::SIGKILL);
    /// Free for programs.
    pub const USR1: Signal = Signal(libc::SIGUSR1);
    /// Free for programs.
    pub const USR2: Signal = Signal(libc::SIGUSR2);
    /// Bad system call.
    pub const SYS: Signal = Signal(libc::SIGSYS);
    /// A child changed state.
    pub const CHLD: Signal = Signal(libc::SIGCHLD);
    /// Invalid memory access.
    pub const SEGV: Signal = Signal(libc::SIGSEGV);
    /// Asks to end.
    pub const TERM: Signal = Signal(libc::SIGTERM);

    /// A set of signals as the kernel has it: bit 0 is signal 1.
    pub const fn set(signals: &[Signal]) -> u64 {
        let (mut set, mut at) = (0, 0);
        while at < signals.len() {
            set |= 1 << (signals[at].0 - 1);
            at += 1;
        }
        set
    }

    /// Whether its default action stops the process.
    pub const fn stops(self) -> bool {
        matches!(self.0, libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match nix::sys::signal::Signal::try_from(self.0) {
            Ok(known) => f.write_str(known.as_str()),
            Err(_) if self.0 == 0 => f.write_str("no signal"),
            Err(_) => write!(f, "signal {}", self.0),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
