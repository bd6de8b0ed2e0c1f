//! Syscall user dispatch under trace: what an intercepted call looks like, which calls are, and how a tracer arms it.

mod calls;
mod config;
mod inherited;
mod range;
mod refused;
mod selector;
mod switched_off;

use ptrace_conformance_harness::arch::{self, AUDIT_ARCH, Registers};
use ptrace_conformance_harness::case::{Arch, Case, Family, Need};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// The family.
pub const FAMILY: Family = Family {
    name: "dispatch",
    title: "Syscall user dispatch under trace: what an intercepted call looks like, and how a tracer arms it",
    cases: &[
        calls::CASES,
        selector::CASES,
        range::CASES,
        inherited::CASES,
        config::CASES,
        refused::CASES,
        switched_off::CASES,
    ],
};

/// A case of this family: on x86_64, where the program arms the dispatch.
const BY_PROGRAM: Case = Case {
    arches: &[Arch::X86_64],
    only: "aarch64 has no syscall user dispatch on the kernels of the matrix",
    needs: &[Need::Kernel(5, 11)],
    ..Case::NEW
};
/// The same, where the tracer does.
const BY_TRACER: Case = Case { needs: &[Need::Kernel(6, 4)], ..BY_PROGRAM };

const STOPS: &str = "sud.sigsys-stop";
const PASSED: &str = "sud.pc-after-insn";
const NO_STOPS: &str = "sud.rst.no-syscall-stop";
const DECIDES: &str = "sud.selector-allow-block";
/// The program's own end.
const END: &str = "wait.macro.exited";

/// `PR_SET_SYSCALL_USER_DISPATCH` and its modes (include/uapi/linux/prctl.h).
const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;
const OFF: u64 = 0;
const ON: u64 = 1;
const INCLUSIVE: u64 = 2;
/// Values of the selector.
const ALLOW: u64 = 0;
const BLOCK: u64 = 1;
/// `si_code` of an intercepted call.
const SYS_USER_DISPATCH: i32 = 2;

/// The free word of the record whose first byte is the selector, and its address.
const WORD: usize = 0;
const SELECTOR: u64 = Program::shared(WORD);
/// The call that the family intercepts, with arguments that show whether registers are as the program set them.
const CALL: Syscall = Syscall::GETPPID;
const ARGUMENTS: [u64; 6] = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66];
/// Every call but none, and a selector that decides.
const ALL: SyscallUserDispatch = SyscallUserDispatch { mode: ON, selector: SELECTOR, offset: 0, length: 0 };
const NONE: SyscallUserDispatch = SyscallUserDispatch { mode: OFF, selector: 0, offset: 0, length: 0 };

/// The program sets its own dispatch.
fn arm(p: &mut Program, config: SyscallUserDispatch) {
    let SyscallUserDispatch { mode, selector, offset, length } = config;
    p.call(Syscall::PRCTL, &[PR_SET_SYSCALL_USER_DISPATCH, mode, offset, length, selector]);
}

/// Makes the call while the selector blocks, and ends.
fn blocked_call(p: &mut Program) {
    p.store(SELECTOR, BLOCK);
    p.call(CALL, &ARGUMENTS);
    p.store(SELECTOR, ALLOW);
    p.exit(3);
}

/// Arms the dispatch of every call, and then that.
fn armed(p: &mut Program) {
    arm(p, ALL);
    blocked_call(p);
}

/// `PTRACE_CONT` to the stop of an intercepted call.
fn to_sigsys(t: Stopped) -> Flow<Stopped> {
    Ok(intercepted(t)?.0)
}

/// The same, with the registers there.
fn intercepted(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::SYS))?;
    let registers = check_sigsys(&t)?;
    Ok((t, registers))
}

/// What the stop says of the call: its siginfo, and the registers of a call that was not made.
fn check_sigsys(t: &Stopped) -> Flow<Registers> {
    check_siginfo(t, CALL);
    let registers = t.registers()?;
    t.check(PASSED, "ip", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    t.check(STOPS, "number", CALL.number, registers.words[arch::NUMBER]);
    // kernel/entry/syscall_user_dispatch.c rolls the call back: the number is in the result register again.
    t.check(STOPS, "result register", Return(CALL.number), Return(registers.result()));
    t.check(STOPS, "arguments", ARGUMENTS.map(Word), registers.args().map(Word));
    Ok(registers)
}

/// The siginfo of an intercepted call.
fn check_siginfo(t: &Stopped, call: Syscall) {
    let siginfo = t.siginfo();
    t.check(STOPS, "si_code", Ok(SYS_USER_DISPATCH), siginfo.map(|siginfo| siginfo.code));
    t.check(STOPS, "si_errno", Ok(0), siginfo.map(|siginfo| siginfo.errno));
    t.check(STOPS, "si_syscall", Ok(call.number as i32), siginfo.map(|siginfo| siginfo.status));
    t.check(STOPS, "si_arch", Ok(AUDIT_ARCH), siginfo.map(|siginfo| siginfo.arch));
    let place = siginfo.map(|siginfo| Address(siginfo.address));
    t.check(STOPS, "si_call_addr", Ok(Address(label::SYSCALL_RETURN)), place);
}

/// To the end of a program whose call was intercepted and the signal suppressed: the call was not made.
fn ends_without_it(t: Stopped) -> Flow {
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check_saw(STOPS, CALL.name, Some(Return(CALL.number)))
}

/// The program made the call: it got its parent's id.
fn check_made(t: &Task, clause: &str) -> Flow {
    let here = Some(u64::from(std::process::id()));
    t.check(clause, "the program got its parent's id", true, t.saw(CALL.name)? == here);
    Ok(())
}
