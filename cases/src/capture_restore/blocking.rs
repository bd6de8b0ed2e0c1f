//! Calls that block until a signal comes, and the way to a tracee that `PTRACE_INTERRUPT` has caught in one.

use super::place::{ENTER, SIGNAL, later};
use ptrace_conformance_harness::case::{Axis, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Return;

/// The clause that promises the stop in a blocked call.
pub(super) const STOPS: &str = "interrupt.stops";

/// The clause that promises `EINTR` once a handler has run.
pub(super) const EINTR: &str = "signal.eintr-without-sa-restart";

/// Only a seized tracee can be interrupted.
pub(super) const SEIZED: Dimension = axis::<Start>(&["seize"]);

/// A call that blocks, one for each kind of restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocking {
    /// ppoll(2) on nothing: restarted unless a handler runs.
    Ppoll,
    /// nanosleep(2): restarted through restart_syscall(2), for the time that is left.
    Nanosleep,
    /// read(2) from an empty pipe: restarted unless a handler without `SA_RESTART` runs.
    Read,
}

impl Axis for Blocking {
    const VALUES: &'static [(&'static str, Self)] =
        &[("ppoll", Blocking::Ppoll), ("nanosleep", Blocking::Nanosleep), ("read", Blocking::Read)];
}

/// All of them.
pub(super) const BLOCKING: Dimension = axis::<Blocking>(&["ppoll", "nanosleep", "read"]);
/// Those that are restarted by making them again.
pub(super) const MADE_AGAIN: Dimension = axis::<Blocking>(&["ppoll", "read"]);

impl Blocking {
    /// The call; its name is that of the program's step.
    pub(super) const fn syscall(self) -> Syscall {
        match self {
            Blocking::Ppoll => Syscall::PPOLL,
            Blocking::Nanosleep => Syscall::NANOSLEEP,
            Blocking::Read => Syscall::READ,
        }
    }

    /// What the kernel keeps in the result register while it may restart the call.
    pub(super) const fn restart_code(self) -> Return {
        Return::error(match self {
            Blocking::Ppoll => Errno::ERESTARTNOHAND,
            Blocking::Nanosleep => Errno::ERESTART_RESTARTBLOCK,
            Blocking::Read => Errno::ERESTARTSYS,
        })
    }

    /// The call that a restart makes.
    pub(super) const fn restarted(self) -> Syscall {
        match self {
            Blocking::Nanosleep => Syscall::RESTART_SYSCALL,
            _ => self.syscall(),
        }
    }

    /// The step that makes the call; what it needs is made before, so that a signal can mark the place.
    fn prepare(self, p: &mut Program) -> impl FnOnce(&mut Program) -> At + use<> {
        let data = p.data(&[1_000_000, 0]);
        let mut args = [Arg::Word(0); 5];
        match self {
            Blocking::Ppoll => {}
            Blocking::Nanosleep => args[0] = Arg::Word(data),
            Blocking::Read => {
                p.call(Syscall::PIPE2, &[data, 0]);
                // Both descriptors in one word: read(2) takes an int, which is the first one.
                args[..3].copy_from_slice(&[p.load(data).into(), Arg::Word(data), Arg::Word(1)]);
            }
        }
        move |p| p.call(self.syscall(), &args)
    }
}

/// Makes a blocking call between two signals.
///
/// A handler has returned before, so that restart_syscall(2) has nothing to restart, which a new task
/// otherwise inherits.
pub(super) fn program(p: &mut Program) {
    p.handle(Signal::USR1, 0);
    p.raise(Signal::USR1);
    let blocking: Blocking = p.pick();
    let call = blocking.prepare(p);
    p.raise(Signal::USR2);
    call(p);
    later(p);
}

/// From any stop: the handler of SIGUSR1 runs, which is pending or comes next, and the program gets to its
/// next SIGUSR2.
pub(super) fn handle(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
    t.resume(Resume::Cont, Signal::USR1)?.expect(SIGNAL, Stop::Signal(Signal::USR2))
}

/// From the start to the enter-stop of the blocking call.
pub(super) fn to_call(t: Stopped) -> Flow<Stopped> {
    handle(t)?.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// From the enter-stop to the stop that interrupts the call.
///
/// Wherever the tracee is when the request comes, it stops in the call and only once: the pending stop counts
/// as a pending signal, which all these calls look for before they sleep as well as behind, and none of them
/// ends for any other reason (do_poll(), do_nanosleep(), pipe_read()).
pub(super) fn interrupted(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?;
    t.interrupt()?;
    t.expect(STOPS, Stop::EventStop(Signal::TRAP))
}

/// Both: from the start to the stop that interrupts the call.
pub(super) fn to_interrupted(t: Stopped) -> Flow<Stopped> {
    interrupted(to_call(t)?)
}

/// From a stop inside the blocking call to the SIGUSR2 behind it: a handler runs, and the call fails.
pub(super) fn wake(t: Stopped) -> Flow<Stopped> {
    t.kill(Signal::USR1)?;
    let t = handle(t)?;
    let blocking: Blocking = t.pick()?;
    t.check_saw(EINTR, blocking.syscall().name, Some(Return::error(Errno::EINTR)))?;
    Ok(t)
}
