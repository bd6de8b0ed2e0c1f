//! read(2) from an inotify descriptor, which signal(7) lists among what a stop signal makes fail.

use super::way::{END, ENTER, EXIT, IS_X86, SIGNAL, entered};
use crate::waiting::way::group_stop;
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{Case, Start};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Return;

const GROUP: &str = "stop.group.reported";
const LISTENS: &str = "group.listen-reports-sigcont";
const RESTARTS: &str = "signal.inotify-restart";

pub(super) const CASES: &[Case] = &[Case {
    name: "inotify_stopped_and_continued",
    title: "read from an inotify descriptor that SIGSTOP interrupts shows ERESTARTSYS at its exit-stop, and behind SIGCONT the call is entered again.",
    clauses: &[SIGNAL, ENTER, EXIT, END, GROUP, LISTENS, RESTARTS],
    program: |p| {
        p.handle(Signal::USR1, 0);
        let fd = p.call(Syscall::INOTIFY_INIT1, &[0]);
        p.breakpoint();
        let words = [Program::shared(0), 64].map(Arg::Word);
        p.call(Syscall::READ, &[fd.into(), words[0], words[1]]);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::TRAP))?;
        t.pass_breakpoint()?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let before = t.registers()?;
        t.kill(Signal::STOP)?;
        let t = interrupted(t, &before)?;
        let t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
        let t = stopped_and_continued(t)?;
        let t = t.syscall()?.expect(RESTARTS, Stop::SyscallEnter)?;
        let t = entered(t, RESTARTS, Syscall::READ, &before)?;
        t.kill(Signal::USR1)?;
        let t = interrupted(t, &before)?;
        let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
        let t = t.resume(Resume::Cont, Signal::USR1)?.ends(END, Gone::Exited(3))?;
        t.check_saw(RESTARTS, "read", Some(Return::error(Errno::EINTR)))
    },
    ..Case::NEW
}];

/// From the enter-stop to the exit-stop of the call, which a signal that is pending interrupts.
fn interrupted(t: Stopped, before: &Registers) -> Flow<Stopped> {
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let now = t.registers()?;
    let code = Return(now.result());
    t.check(RESTARTS, "result at the exit-stop", Return::error(Errno::ERESTARTSYS), code);
    let changed = if IS_X86 { vec!["rax"] } else { vec!["x0", "x7"] };
    t.check(RESTARTS, "registers changed since entry", changed, before.differing(&now));
    Ok(t)
}

/// Through the group-stop to the stop of SIGCONT. A seized tracee listens in between.
fn stopped_and_continued(t: Stopped) -> Flow<Stopped> {
    let stop = group_stop(t.start, Signal::STOP);
    let mut t = t.resume(Resume::Syscall, Signal::STOP)?.expect(GROUP, stop)?;
    if t.start == Start::Seize {
        let listening = t.listen()?;
        listening.kill(Signal::CONT)?;
        t = listening.expect(LISTENS, Stop::EventStop(Signal::TRAP))?;
    } else {
        t.kill(Signal::CONT)?;
    }
    t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::CONT))
}
