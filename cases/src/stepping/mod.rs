//! Single steps of plain code: what each executes, how it is reported, and what else uses the same trap.

mod flags;
mod plain;

use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::Family;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Address;

/// The family.
pub const FAMILY: Family = Family {
    name: "stepping",
    title: "Single steps of plain code, and the flags that make them",
    cases: &[plain::CASES, flags::CASES],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";
const TRAP: &str = "restart.step.sigtrap";
const ONE: &str = "restart.step.one-insn";
const AFTER_ONE: &str = "kdoc.step-after-one-insn";
const REPORT: &str = "stop.step.undocumented";

/// To the breakpoint with which a routine begins, and in front of its first instruction.
fn to_routine(t: Stopped, first: u64) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    let at_breakpoint = Address(first - BREAKPOINT_LENGTH + arch::BREAKPOINT_ADVANCE);
    t.check(STOPS, "breakpoint", at_breakpoint, Address(registers.ip()));
    // What is written back without being known must at least be what it was.
    t.check(STOPS, "registers that read otherwise", vec![], t.registers()?.differing(&registers));
    let registers = registers.with(arch::IP, first);
    t.set_registers(&registers)?;
    Ok((t, registers))
}

/// Bytes of a breakpoint instruction.
const BREAKPOINT_LENGTH: u64 = if cfg!(target_arch = "x86_64") { 1 } else { 4 };

/// Where an instruction leads, and the registers that it changes besides the instruction pointer.
type Next = (u64, &'static [&'static str]);

/// One step, which is reported as such and has done that and no more; gives the registers behind it.
fn step(t: Stopped, before: &Registers, next: Next) -> Flow<(Stopped, Registers)> {
    let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
    let registers = check_one(&t, before, next)?;
    Ok((t, registers))
}

/// What the flags have besides behind a step: x86_64 hides its trap flag, aarch64 leaves `PSTATE.SS` set
/// (arch/arm64/kernel/debug-monitors.c, `user_rewind_single_step()`).
const SHOWN: u64 = if cfg!(target_arch = "x86_64") { 0 } else { 1 << 21 };

/// That one instruction was executed.
fn check_one(t: &Stopped, before: &Registers, (to, changes): Next) -> Flow<Registers> {
    let registers = t.registers()?;
    t.check(AFTER_ONE, "ip", Address(to), Address(registers.ip()));
    let before = before.with(arch::FLAGS, before.words[arch::FLAGS] | SHOWN);
    let changed = registers.with(arch::IP, before.ip()).differing(&before);
    t.check(ONE, "other registers that it changed", changes.to_vec(), changed);
    check_report(t, to);
    Ok(registers)
}

/// The siginfo of a step that ended at a place.
fn check_report(t: &Stopped, to: u64) {
    let siginfo = t.siginfo();
    t.check(REPORT, "si_code", Ok(libc::TRAP_TRACE), siginfo.map(|siginfo| siginfo.code));
    t.check(REPORT, "si_addr", Ok(Address(to)), siginfo.map(|siginfo| Address(siginfo.address)));
}
