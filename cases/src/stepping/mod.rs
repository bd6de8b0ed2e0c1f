//! Single steps: what each executes, how it is reported, what else uses the same trap, and signals beside them.

mod edges;
mod flags;
mod handlers;
mod plain;
mod popped;
mod special;
mod stops;

use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{Axis, Family};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Address;

/// The family.
pub const FAMILY: Family = Family {
    name: "stepping",
    title: "Single steps, over code of every kind and into handlers, and the flags that make them",
    cases: &[
        plain::CASES,
        flags::CASES,
        popped::CASES,
        special::CASES,
        handlers::CASES,
        stops::CASES,
        edges::CASES,
    ],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";
const TRAP: &str = "restart.step.sigtrap";
const ONE: &str = "restart.step.one-insn";
const AFTER_ONE: &str = "kdoc.step-after-one-insn";
const REPORT: &str = "stop.step.undocumented";

/// What the routine is called with, and returns.
const ARGUMENT: u64 = 0x5a5a_0042;

/// Runs straight code with a call and a jump in it.
fn program(p: &mut Program) {
    p.run(label::STEPPED, &[ARGUMENT]);
    p.exit(3);
}

/// To the breakpoint with which a routine begins, and in front of its first instruction.
fn to_routine(t: Stopped, first: u64) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.steady_registers(STOPS)?;
    let at_breakpoint = Address(first - BREAKPOINT_LENGTH + arch::BREAKPOINT_ADVANCE);
    t.check(STOPS, "breakpoint", at_breakpoint, Address(registers.ip()));
    let registers = registers.with(arch::IP, first);
    t.set_registers(&registers)?;
    Ok((t, registers))
}

/// How the tracee goes on, or comes over an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Stepped,
    Continued,
}

impl Axis for How {
    const VALUES: &'static [(&'static str, Self)] =
        &[("stepped", How::Stepped), ("continued", How::Continued)];
}

impl How {
    const fn resume(self) -> Resume {
        match self {
            How::Stepped => Resume::Singlestep,
            How::Continued => Resume::Cont,
        }
    }
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
pub(crate) const SHOWN: u64 = if cfg!(target_arch = "x86_64") { 0 } else { 1 << 21 };

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
