//! The routine that begins with a breakpoint, and is stepped through.

use super::breakpoint::{POKED, step_by};
use super::{IS_X86, STOPS};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::Address;

/// To the breakpoint with which the routine begins, and in front of its first instruction.
pub(super) fn to_routine(t: Running, argument: u64) -> Flow<(Stopped, Registers)> {
    let t = t.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.steady_registers(STOPS)?;
    let length = if IS_X86 { 1 } else { 4 };
    let place = Address(label::STEPPED_1 - length + arch::BREAKPOINT_ADVANCE);
    t.check(POKED, "breakpoint", place, Address(registers.ip()));
    t.check(POKED, "argument of the one that hits it", argument, registers.arg(0));
    let registers = registers.with(arch::IP, label::STEPPED_1);
    t.set_registers(&registers)?;
    Ok((t, registers))
}

/// A step: nothing at first, then x86_64's result or aarch64's link register in another.
pub(super) fn step(t: Stopped, how: Resume, before: &Registers, next: u64) -> Flow<(Stopped, Registers)> {
    let mut behind = before.with(arch::IP, next);
    behind.words[arch::FLAGS] |= crate::stepping::SHOWN;
    if next == label::STEPPED_3 {
        #[cfg(target_arch = "x86_64")]
        let moved = (arch::RESULT, behind.arg(0));
        #[cfg(target_arch = "aarch64")]
        let moved = (9, behind.words[30]);
        behind = behind.with(moved.0, moved.1);
    }
    let t = step_by(t, how, &behind)?;
    Ok((t, behind))
}
