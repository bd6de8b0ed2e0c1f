//! Which kind of stop a wait status tells of.

use crate::context::Flow;
use crate::errno::Errno;
use crate::request::{self, Event};
use crate::signal::Signal;
use crate::status::{Status, Stop};
use crate::tracee::{Running, SYSGOOD};

impl Running {
    /// Tells the kinds of stops apart as ptrace(2) says, by the status and, where that is not enough, by
    /// siginfo and event message.
    pub(crate) fn kind(&self, status: Status, signal: Signal, event: u16) -> Flow<Stop> {
        match event {
            0 if signal.0 & !SYSGOOD == libc::SIGTRAP => self.trap(status, signal),
            0 if signal.stops() => self.stopped_by(status, signal),
            0 => Ok(Stop::Signal(signal)),
            128 => Ok(Stop::EventStop(signal)),
            event if signal == Signal::TRAP => Ok(Stop::Event(Event(event as u8))),
            _ => Ok(Stop::Odd(status)),
        }
    }

    /// A syscall-stop or the delivery of a SIGTRAP: with `PTRACE_O_TRACESYSGOOD` the status tells them apart,
    /// without it the siginfo does.
    fn trap(&self, status: Status, signal: Signal) -> Flow<Stop> {
        let marked = signal != Signal::TRAP;
        if self.options.get() & request::options::TRACESYSGOOD != 0 {
            return if marked { self.direction() } else { Ok(Stop::Signal(signal)) };
        }
        let siginfo = self.must("PTRACE_GETSIGINFO", self.siginfo())?;
        let stop = match siginfo.code & !SYSGOOD == libc::SIGTRAP {
            _ if marked => Stop::Odd(status),
            true => self.direction()?,
            false => Stop::Signal(signal),
        };
        self.hold(self.scene(status, stop).siginfo(&siginfo));
        Ok(stop)
    }

    /// In a group-stop of a tracee that was not seized there is no siginfo.
    fn stopped_by(&self, status: Status, signal: Signal) -> Flow<Stop> {
        let siginfo = self.siginfo();
        if siginfo == Err(Errno::EINVAL) {
            return Ok(Stop::Group(signal));
        }
        let siginfo = self.must("PTRACE_GETSIGINFO", siginfo)?;
        self.hold(self.scene(status, Stop::Signal(signal)).siginfo(&siginfo));
        Ok(Stop::Signal(signal))
    }

    fn direction(&self) -> Flow<Stop> {
        Ok(match self.must("PTRACE_GETEVENTMSG", self.message())? {
            request::EVENTMSG_SYSCALL_ENTRY => Stop::SyscallEnter,
            request::EVENTMSG_SYSCALL_EXIT => Stop::SyscallExit,
            _ => Stop::Syscall,
        })
    }
}
