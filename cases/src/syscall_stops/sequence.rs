//! Which syscall-stops come, and in which order.

use super::stops::{ENTER, EXIT, pass, to_enter, to_exit};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Halt, Resume, Waited};
use ptrace_conformance_harness::values::{Return, ReturnPid};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "enter_and_exit_alternate",
        title: "Each call under PTRACE_SYSCALL gives an enter-stop and then an exit-stop, in turn.",
        clauses: &[ENTER, EXIT, "sysstop.exit-call-dies"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.call(Syscall::GETPPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::GETPID.number, t.syscall_number()?);
            let t = to_enter(to_exit(t)?)?;
            t.check(ENTER, "number", Syscall::GETPPID.number, t.syscall_number()?);
            let t = to_enter(to_exit(t)?)?;
            t.check(ENTER, "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            t.syscall()?.ends("sysstop.exit-call-dies", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "no_stop_without_call",
        title: "Stores, loads and breakpoints under PTRACE_SYSCALL give no syscall-stops.",
        clauses: &[ENTER, "sysstop.sysgood-reliable"],
        program: |p| {
            p.store(Program::shared(0), 7);
            p.load(Program::shared(0));
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.sysgood-reliable", Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(ENTER, "load", Some(Return(7)))
        },
        ..Case::NEW
    },
    Case {
        name: "signal_between_calls",
        title: "A signal-delivery-stop between two calls does not upset the alternation.",
        clauses: &[ENTER, EXIT, "sysstop.sigreturn-number", "sysstop.no-signal-between"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            t.kill(Signal::USR1)?;
            let t = t.syscall()?.expect("sysstop.no-signal-between", Stop::SyscallExit)?;
            let t = t.syscall()?.expect("sysstop.no-signal-between", Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Syscall, Signal::USR1)?.expect(ENTER, Stop::SyscallEnter)?;
            let sigreturn = Syscall::RT_SIGRETURN.number;
            t.check("sysstop.sigreturn-number", "number", sigreturn, t.syscall_number()?);
            let t = to_exit(t)?;
            t.check("sysstop.sigreturn-number", "number behind it", u64::MAX, t.syscall_number()?);
            let restored = ReturnPid(t.registers()?.result());
            t.check("sysstop.sigreturn-number", "restored result", ReturnPid(t.pid as u64), restored);
            let task = to_enter(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(EXIT, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_ends_a_blocked_call",
        title: "A signal makes a blocked call come to its exit-stop; the signal is reported behind it.",
        clauses: &[ENTER, EXIT, "sysstop.exit-on-signal", "sysstop.no-signal-between"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.sleep();
            p.exit(3);
        },
        scenario: |t| {
            let running = to_enter(pass(t)?)?.syscall()?;
            running.kill(Signal::USR1)?;
            let t = running.expect("sysstop.exit-on-signal", Stop::SyscallExit)?;
            let interrupted = Return::error(Errno::ERESTARTNOHAND);
            t.check("sysstop.exit-on-signal", "result", interrupted, Return(t.registers()?.result()));
            let t = t.syscall()?.expect("sysstop.no-signal-between", Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Syscall, Signal::USR1)?.expect(ENTER, Stop::SyscallEnter)?;
            let task = to_enter(to_exit(t)?)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.exit-on-signal", "ppoll", Some(Return::error(Errno::EINTR)))
        },
        ..Case::NEW
    },
    Case {
        name: "suppressed_signal_restarts_the_call",
        title: "A call that a suppressed signal interrupted is made again, with an enter-stop of its own.",
        clauses: &[ENTER, "sysstop.exit-on-signal", "inject.suppressed-restarts"],
        program: |p| {
            p.sleep();
            p.exit(3);
        },
        scenario: |t| {
            let running = to_enter(t)?.syscall()?;
            running.kill(Signal::USR1)?;
            let t = running.expect("sysstop.exit-on-signal", Stop::SyscallExit)?;
            let t = t.syscall()?.expect("sysstop.exit-on-signal", Stop::Signal(Signal::USR1))?;
            let t = t.syscall()?.expect("inject.suppressed-restarts", Stop::SyscallEnter)?;
            let again = t.syscall_number()?;
            t.check("inject.suppressed-restarts", "number", Syscall::PPOLL.number, again);
            t.kill(Signal::KILL)?;
            let task = t.left_alone().ends(ENTER, Gone::Killed(Signal::KILL, false))?;
            task.check_saw("inject.suppressed-restarts", "ppoll", None)
        },
        ..Case::NEW
    },
    Case {
        name: "threads_are_traced_one_by_one",
        title: "PTRACE_SYSCALL on one thread gives another one, resumed by PTRACE_CONT, no syscall-stops.",
        clauses: &[ENTER, EXIT, "sysstop.per-thread"],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            p.clone_task(THREAD, "thread", |p| {
                p.call(Syscall::GETTID, &[0; 0]);
                p.store(Program::shared(0), 1);
                p.exit_thread(0);
            });
            p.await_word(Program::shared(0));
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect("sysstop.per-thread", Stop::Event(Event::CLONE))?;
            let thread = t.new_task("thread")?;
            // Its first stop and the event come in either order.
            let Waited::Stopped(thread) = thread.wait()? else {
                return Err(Halt::Broken("the thread ended before its program began".into()));
            };
            let main = t.syscall()?.expect("sysstop.per-thread", Stop::SyscallExit)?.syscall()?;
            let thread = thread.cont()?.ends("sysstop.per-thread", Gone::Exited(0))?;
            thread.check_saw_pid("sysstop.per-thread", "gettid", &thread)?;
            let t = to_exit(main.expect(ENTER, Stop::SyscallEnter)?)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(EXIT, "getpid", &task)
        },
        ..Case::NEW
    },
];
