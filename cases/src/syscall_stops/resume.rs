//! Ways on from a syscall-stop other than `PTRACE_SYSCALL`, and what a stepped call reports.

use super::stops::{ENTER, EXIT, Side, pass, to, to_enter};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, ReturnPid};

/// `si_code` of a stepped call.
const STEPPED_CALL: i32 = if cfg!(target_arch = "x86_64") { TRAP_BRKPT } else { libc::SI_USER };
const TRAP_BRKPT: i32 = 1;
const TRAP_TRACE: i32 = 2;
const REPORT: &str = "sysstop.step-report";

/// Resumes that suppress the exit-stop and run on.
#[derive(Clone, Copy, PartialEq)]
enum Other {
    Cont,
    Detach,
}

impl Axis for Other {
    const VALUES: &'static [(&'static str, Self)] = &[("cont", Other::Cont), ("detach", Other::Detach)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "continued_from_enter",
        title: "PTRACE_CONT from an enter-stop makes the call without any further syscall-stop.",
        clauses: &[ENTER, "sysstop.no-exit-after-cont", "sysstop.other-restart-no-exit"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.call(Syscall::GETTID, &[0; 0]);
            p.breakpoint();
            p.call(Syscall::GETTID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?.cont()?.expect("sysstop.no-exit-after-cont", Stop::Signal(Signal::TRAP))?;
            t.check_saw_pid("sysstop.other-restart-no-exit", "getpid", &t)?;
            t.check_saw_pid("sysstop.other-restart-no-exit", "gettid", &t)?;
            t.pass_breakpoint()?;
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::GETTID.number, t.syscall_number()?);
            t.cont()?.ends("sysstop.no-exit-after-cont", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_from_enter",
        title: "PTRACE_SYSEMU from an enter-stop makes that call without exit-stop and catches the next one.",
        clauses: &[ENTER, "sysstop.no-exit-after-cont", "sysemu.stop-no-exec"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?.resume(Resume::Sysemu, Signal::NONE)?;
            let t = t.expect("sysstop.no-exit-after-cont", Stop::SyscallEnter)?;
            t.check("sysstop.no-exit-after-cont", "number", Syscall::PIPE2.number, t.syscall_number()?);
            t.check_saw_pid("sysstop.no-exit-after-cont", "getpid", &t)?;
            let task = t.cont()?.ends("sysemu.stop-no-exec", Gone::Exited(3))?;
            task.check("sysemu.stop-no-exec", "the next call was made", false, task.word(0) != 0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stepped_from_enter",
        title: "PTRACE_SINGLESTEP from an enter-stop stops behind the call with SIGTRAP, not in an exit-stop.",
        clauses: &[ENTER, "sysstop.no-exit-after-cont", REPORT],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?.resume(Resume::Singlestep, Signal::NONE)?;
            let t = t.expect("sysstop.no-exit-after-cont", Stop::Signal(Signal::TRAP))?;
            check_stepped_call(&t)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(REPORT, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "call_stepped_over",
        title: "PTRACE_SINGLESTEP over a call reports when it is done, before the next instruction.",
        clauses: &[ENTER, EXIT, REPORT],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            back_to_the_instruction(&t)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(REPORT, Stop::Signal(Signal::TRAP))?;
            check_stepped_call(&t)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(REPORT, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "call_made_again",
        title: "With the instruction pointer set back at the exit-stop the call is made again, with its stops.",
        clauses: &[ENTER, EXIT, "cmd.inspect-while-stopped"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            back_to_the_instruction(&t)?;
            let t = to_enter(t)?;
            t.check("cmd.inspect-while-stopped", "number", Syscall::GETPID.number, t.syscall_number()?);
            let ip = Address(t.registers()?.ip());
            t.check("cmd.inspect-while-stopped", "instruction pointer", Address(label::SYSCALL_RETURN), ip);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("cmd.inspect-while-stopped", "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "stepped_from_exit",
        title: "PTRACE_SINGLESTEP from an exit-stop runs one instruction of the program and stops as any step.",
        clauses: &[ENTER, EXIT, "stop.step.undocumented"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            const STEP: &str = "stop.step.undocumented";
            let t = pass(t)?
                .resume(Resume::Singlestep, Signal::NONE)?
                .expect(STEP, Stop::Signal(Signal::TRAP))?;
            t.check(STEP, "si_code", Ok(TRAP_TRACE), t.siginfo().map(|siginfo| siginfo.code));
            // No instruction of either architecture is longer than 15 bytes.
            let further = t.registers()?.ip().wrapping_sub(label::SYSCALL_RETURN);
            t.check(STEP, "one instruction further", true, (1..=15).contains(&further));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(STEP, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "detached",
        title: "A tracee detached at a syscall-stop completes the call and runs on untraced.",
        clauses: &[ENTER, EXIT, "sysstop.other-restart-no-exit", "detach.ends-tracing"],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            let untraced = t.resume(Resume::Detach, Signal::NONE)?;
            let task = untraced.ends("detach.ends-tracing", Gone::Exited(3))?;
            task.check_saw_pid("sysstop.other-restart-no-exit", "getpid", &task)?;
            task.check("detach.ends-tracing", "handled without a stop", 1, task.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "detached_with_a_signal",
        title: "A signal given with PTRACE_DETACH at a syscall-stop is queued; the untraced program handles it.",
        clauses: &[ENTER, EXIT, "sysstop.data-queued", "detach.ends-tracing"],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, pass(t)?)?;
            let untraced = t.resume(Resume::Detach, Signal::USR1)?;
            let task = untraced.ends("detach.ends-tracing", Gone::Exited(3))?;
            let (times, signal, code) = task.handled();
            task.check("sysstop.data-queued", "handled", (1, Signal::USR1), (times, signal));
            task.check("sysstop.data-queued", "si_code", libc::SI_KERNEL, code);
            task.check_saw_pid("detach.ends-tracing", "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "changes_outlive_other_resumes",
        title: "A call changed at its enter-stop is the changed one also if resumed by CONT or DETACH.",
        clauses: &[ENTER, "cmd.inspect-while-stopped", "sysstop.other-restart-no-exit"],
        axes: &[ANY_START, axis::<Other>(&["cont", "detach"])],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let how = if t.pick::<Other>()? == Other::Cont { Resume::Cont } else { Resume::Detach };
            let t = to_enter(t)?;
            t.set_register(arch::ARGS[0], 0o77)?;
            let task = t.resume(how, Signal::NONE)?.ends("sysstop.other-restart-no-exit", Gone::Exited(3))?;
            task.check_saw("cmd.inspect-while-stopped", "umask_2", Some(Return(0o77)))
        },
        ..Case::NEW
    },
];

/// Sets the tracee, at an exit-stop, back to the instruction that made the call.
fn back_to_the_instruction(t: &Stopped) -> Flow {
    let number = t.syscall_number()?;
    let registers = t.registers()?.with(arch::IP, label::SYSCALL_INSTRUCTION);
    // The number is still in x8; x86_64 has the result in its place.
    let ready = if cfg!(target_arch = "x86_64") { registers.with(arch::RESULT, number) } else { registers };
    t.set_registers(&ready)
}

fn check_stepped_call(t: &Stopped) -> Flow {
    t.check(REPORT, "si_code", Ok(STEPPED_CALL), t.siginfo().map(|siginfo| siginfo.code));
    let registers = t.registers()?;
    t.check(REPORT, "instruction pointer", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    t.check(REPORT, "result", ReturnPid(t.pid as u64), ReturnPid(registers.result()));
    Ok(())
}
