//! The way to each kind of stop, and from there to the program's end.

use ptrace_conformance_harness::case::{Axis, Start};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::Pid;
use ptrace_conformance_harness::waiting::{Found, Told, Which};

/// The clause about signal-delivery-stops.
pub(super) const SIGNAL: &str = "stop.signal.every-delivery-stops";
/// The clause about the program's own end.
pub(super) const END: &str = "wait.macro.exited";
/// How programs end if nothing goes wrong.
pub(super) const ENDS: Gone = Gone::Exited(3);
/// How a process ends whose program has nothing left to do.
pub(super) const NOTHING: Gone = Gone::Exited(0);
/// The word that lets a program go on.
pub(super) const ON: usize = 0;

/// A kind of ptrace-stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// signal-delivery-stop
    Signal,
    /// group-stop
    Group,
    /// syscall-stop, marked by `PTRACE_O_TRACESYSGOOD`
    Syscall,
    /// syscall-stop without a mark
    PlainSyscall,
    /// `PTRACE_EVENT_EXIT`, an event as any other
    Event,
    /// `PTRACE_EVENT_STOP` after `PTRACE_INTERRUPT`
    Interrupted,
}

impl Axis for Kind {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("signal", Kind::Signal),
        ("group", Kind::Group),
        ("syscall", Kind::Syscall),
        ("plainsyscall", Kind::PlainSyscall),
        ("event", Kind::Event),
        ("interrupted", Kind::Interrupted),
    ];
}

/// Which call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Wait4,
    Waitid,
}

impl Axis for Call {
    const VALUES: &'static [(&'static str, Self)] = &[("wait4", Call::Wait4), ("waitid", Call::Waitid)];
}

/// The program that comes to the variant's kind of stop.
pub(super) fn program(p: &mut Program) {
    match p.pick() {
        Kind::Signal => drop(p.raise(Signal::USR1)),
        Kind::Group => drop(p.raise(Signal::STOP)),
        Kind::Syscall | Kind::PlainSyscall => drop(p.call(Syscall::GETPID, &[0; 0])),
        Kind::Event => {}
        Kind::Interrupted => drop(p.await_word(Program::shared(ON))),
    }
    p.exit(3);
}

/// Sets the tracee going to the variant's stop.
pub(super) fn to_stop(t: Stopped) -> Flow<Running> {
    match t.pick()? {
        Kind::Signal => t.cont(),
        Kind::Group => {
            t.cont()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?.resume(Resume::Cont, Signal::STOP)
        }
        Kind::Syscall => t.syscall(),
        Kind::PlainSyscall => {
            t.change_options(0)?;
            t.syscall()
        }
        Kind::Event => {
            t.change_options(options::TRACESYSGOOD | options::TRACEEXIT)?;
            t.cont()
        }
        Kind::Interrupted => {
            let t = t.cont()?;
            t.interrupt()?;
            Ok(t)
        }
    }
}

/// What the variant's stop is, and its code: the upper part of its wait status.
pub(super) fn stop(t: &Task) -> Flow<(Stop, i32)> {
    const TRAP: i32 = libc::SIGTRAP;
    Ok(match t.pick()? {
        Kind::Signal => (Stop::Signal(Signal::USR1), libc::SIGUSR1),
        Kind::Group => (group_stop(t.start, Signal::STOP), group_code(t.start, Signal::STOP)),
        Kind::Syscall => (Stop::SyscallEnter, TRAP | 0x80),
        Kind::PlainSyscall => (Stop::SyscallEnter, TRAP),
        Kind::Event => (Stop::Event(Event::EXIT), TRAP | i32::from(Event::EXIT.0) << 8),
        Kind::Interrupted => (Stop::EventStop(Signal::TRAP), TRAP | EVENT_STOP),
    })
}

/// `PTRACE_EVENT_STOP` where a wait status has it.
const EVENT_STOP: i32 = 128 << 8;

/// How a tracer is told of a group-stop.
pub(crate) const fn group_stop(start: Start, signal: Signal) -> Stop {
    match start {
        Start::Seize => Stop::EventStop(signal),
        Start::Traceme | Start::Attach => Stop::Group(signal),
    }
}

/// Waits for a group-stop by that signal.
pub(super) fn to_group_stop(t: Running, clause: &str, signal: Signal) -> Flow<Stopped> {
    let stop = group_stop(t.start, signal);
    t.expect(clause, stop)
}

/// Passes a stop signal on, to the group-stop that it begins.
pub(super) fn stop_by(t: Stopped, clause: &str, signal: Signal) -> Flow<Stopped> {
    to_group_stop(t.resume(Resume::Cont, signal)?, clause, signal)
}

/// The code of a group-stop.
pub(super) const fn group_code(start: Start, signal: Signal) -> i32 {
    match start {
        Start::Seize => signal.0 | EVENT_STOP,
        Start::Traceme | Start::Attach => signal.0,
    }
}

/// The wait status of a stop with that code.
pub(super) const fn stopped(code: i32) -> Status {
    Status(0x7f | code << 8)
}

/// What wait4 gives of a stop of that task.
pub(super) const fn found(t: &Task, code: i32) -> Found {
    Ok(Some((Pid(t.pid), stopped(code))))
}

/// From the variant's stop to the program's end.
pub(super) fn finish(t: Stopped) -> Flow {
    t.set_word(ON, 1);
    t.cont()?.ends(END, ENDS)?;
    Ok(())
}

/// Waits for a stop by the variant's call, which must tell it so, and gives the task in it.
pub(super) fn consume(t: Running, clause: &str, code: i32, flags: i32) -> Flow<Stopped> {
    let status = match t.pick()? {
        Call::Wait4 => {
            let answer = t.wait4(t.pid, flags);
            t.check(clause, "wait4", found(&t, code), answer);
            answer.ok().flatten().map(|(_, status)| status)
        }
        Call::Waitid => {
            let answer = t.waitid(Which::pid(t.pid), libc::WSTOPPED | flags);
            t.check(clause, "waitid", Ok(Some(Told::of(&t, libc::CLD_TRAPPED, code))), answer);
            answer.ok().flatten().map(|told| told.as_stop())
        }
    };
    t.found(status.unwrap_or(Status(0)))
}

/// Neither call has anything to tell of the task.
pub(super) fn nothing(t: &Task, clause: &str, told: &str) {
    t.check(clause, &format!("wait4 {told}"), Ok(None), t.wait4(t.pid, libc::WNOHANG));
    let answer = t.waitid(Which::pid(t.pid), libc::WSTOPPED | libc::WEXITED | libc::WNOHANG);
    t.check(clause, &format!("waitid {told}"), Ok(None), answer);
}

/// /proc shows this state, and that the task is ours still.
pub(super) fn check_state(t: &Task, clause: &str, state: char) -> Flow {
    let status = t.proc_status()?;
    t.check(clause, "state", state.to_string(), status.state.to_string());
    t.check(clause, "whether we trace it", true, status.tracer == std::process::id() as i32);
    Ok(())
}
