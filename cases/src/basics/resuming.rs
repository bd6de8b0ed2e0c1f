//! The restarting requests: what they ignore, what comes first, and what two of them show of a call.

use super::{END, ENTER, EXIT, JUNK, STOPS, to_breakpoint};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, Word};

const CONT: &str = "restart.cont.addr-ignored";
const TRACING: &str = "restart.syscall-step.addr-ignored";
const EMULATING: &str = "sysemu.addr-ignored";
const SIGNALS: &str = "restart.step.signals-still-stop";
const TWO: &str = "restart.syscall.args-then-result";

/// The clause on the address argument of a way to resume.
const fn clause(how: Resume) -> &'static str {
    match how {
        Resume::Syscall | Resume::Singlestep => TRACING,
        Resume::Sysemu | Resume::SysemuSinglestep => EMULATING,
        Resume::Cont | Resume::Detach => CONT,
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "address_is_ignored",
        title: "The restarting requests return 0 and resume as always, whatever their address argument is.",
        clauses: &[STOPS, CONT, TRACING, EMULATING, END],
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall", "singlestep", "sysemu", "sysemusinglestep"])],
        program: |p| {
            p.breakpoint();
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = to_breakpoint(t)?;
            let answer = t.request(how.request(), JUNK, Data::Word(0));
            t.check(clause(how), &how.request().to_string(), Ok(0), answer);
            let t = match how {
                Resume::Cont | Resume::Detach => {
                    let task = t.left_alone().ends(END, Gone::Exited(3))?;
                    return task.check_saw_pid(CONT, "getpid", &task);
                }
                Resume::Syscall | Resume::Sysemu => t.left_alone().expect(clause(how), Stop::SyscallEnter)?,
                _ => t.left_alone().expect(clause(how), Stop::Signal(Signal::TRAP))?,
            };
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_comes_first",
        title: "A signal that arrives while the tracee is traced from call to call, emulated or stepped has its signal-delivery-stop before anything else.",
        clauses: &[STOPS, SIGNALS, END],
        axes: &[ANY_START, axis::<Resume>(&["syscall", "singlestep", "sysemu", "sysemusinglestep"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.breakpoint();
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = to_breakpoint(t)?;
            t.kill(Signal::USR1)?;
            let t = t.resume(how, Signal::NONE)?.expect(SIGNALS, Stop::Signal(Signal::USR1))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check(SIGNALS, "runs of the handler", 0, task.handled().0);
            task.check_saw_pid(SIGNALS, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "arguments_then_result",
        title: "Of two PTRACE_SYSCALL around one call the first stop has its arguments and the second its result.",
        clauses: &[ENTER, EXIT, TWO, END],
        program: |p| {
            p.call(Syscall::UMASK, &[0o27]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            // The first sets a mask that is known, whatever it was before.
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.check(TWO, "first argument", Word(0o22), Word(t.registers()?.arg(0)));
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            t.check(TWO, "result", Return(0o27), Return(t.registers()?.result()));
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(TWO, "umask_2", Some(Return(0o27)))
        },
        ..Case::NEW
    },
];
