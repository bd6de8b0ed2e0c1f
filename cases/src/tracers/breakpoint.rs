//! A breakpoint instruction that a debugger puts over one of the program's.

use super::{IS_X86, STOPS};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

/// The clause that says that what is written there is executed.
pub(super) const POKED: &str = "mem.poke-instruction-visible";
/// The clauses on the step over the instruction that was there.
pub(super) const STEPPED: &str = "restart.step.sigtrap";
pub(super) const ONE: &str = "kdoc.step-after-one-insn";
/// The clause that says what is told of a trap.
pub(super) const TOLD: &str = "siginfo.get-at-signal-stop";

/// `int3` and `brk #0`, and the bits of a word that they take.
const INSTRUCTION: (u64, u64) = if IS_X86 { (0xcc, 0xff) } else { (0xd420_0000, 0xffff_ffff) };
/// `PSTATE.BTYPE`, which tells of the branch to the function and is clear behind its first instruction.
const BRANCHED: u64 = if IS_X86 { 0 } else { 0xc00 };
/// `si_code` of a breakpoint instruction.
const CODE: i32 = if IS_X86 { libc::SI_KERNEL } else { libc::TRAP_BRKPT };

/// One breakpoint: where, and the word that was there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breakpoint {
    pub address: u64,
    original: u64,
}

impl Breakpoint {
    /// Writes it, and keeps what was there.
    pub(super) fn insert(t: &Stopped, address: u64) -> Flow<Breakpoint> {
        let original = t.memory(address, 1)?[0];
        let breakpoint = Breakpoint { address, original };
        breakpoint.again(t)?;
        Ok(breakpoint)
    }

    /// The word with the breakpoint in it.
    const fn armed(self) -> u64 {
        self.original & !INSTRUCTION.1 | INSTRUCTION.0
    }

    /// Writes it anew, to memory that it is not in.
    pub(super) fn again(self, t: &Stopped) -> Flow {
        t.check(
            POKED,
            "word without the breakpoint",
            Word(self.original),
            Word(t.memory(self.address, 1)?[0]),
        );
        t.set_memory(self.address, &[self.armed()])
    }

    /// Takes it out of memory that it is in.
    pub(super) fn remove(self, t: &Stopped) -> Flow {
        t.check(POKED, "word with the breakpoint", Word(self.armed()), Word(t.memory(self.address, 1)?[0]));
        t.set_memory(self.address, &[self.original])
    }

    /// The instruction that was there, for memory elsewhere.
    pub(super) const fn original(self) -> u64 {
        self.original
    }

    /// The program comes to it: a SIGTRAP that is told as such. Gives the registers in front of the instruction.
    pub(super) fn hit(self, t: Running) -> Flow<(Stopped, Registers)> {
        let t = t.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let registers = t.steady_registers(STOPS)?;
        let place = Address(self.address + arch::BREAKPOINT_ADVANCE);
        t.check(POKED, "breakpoint", place, Address(registers.ip()));
        let siginfo = t.siginfo();
        t.check(TOLD, "si_code", Ok(CODE), siginfo.map(|siginfo| siginfo.code));
        let address = if IS_X86 { 0 } else { self.address };
        t.check(TOLD, "si_addr", Ok(Address(address)), siginfo.map(|siginfo| Address(siginfo.address)));
        Ok((t, registers.with(arch::IP, self.address)))
    }

    /// Over the function's first instruction, as gdb does it while nothing else runs: the instruction back, a step,
    /// the breakpoint again. Gives the registers behind it.
    pub(super) fn step_over(self, t: Stopped, registers: &Registers) -> Flow<Stopped> {
        self.remove(&t)?;
        t.set_registers(registers)?;
        let t = step_to(t, &behind(registers, label::STRAIGHT_1))?;
        self.again(&t)?;
        Ok(t)
    }
}

/// The registers behind the first instruction of the function, or of its copy: it moves the argument to the result, or
/// does nothing where that is one register.
pub(super) fn behind(before: &Registers, ip: u64) -> Registers {
    let registers = before.with(arch::IP, ip).with(arch::RESULT, before.arg(0));
    registers.with(arch::FLAGS, before.words[arch::FLAGS] & !BRANCHED | crate::stepping::SHOWN)
}

/// A step, to these registers.
pub(super) fn step_to(t: Stopped, expected: &Registers) -> Flow<Stopped> {
    step_by(t, Resume::Singlestep, expected)
}

/// The same by another request.
pub(super) fn step_by(t: Stopped, how: Resume, expected: &Registers) -> Flow<Stopped> {
    let t = t.resume(how, Signal::NONE)?.expect(STEPPED, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    t.check(ONE, "ip", Address(expected.ip()), Address(registers.ip()));
    let others = registers.with(arch::IP, expected.ip());
    t.check(ONE, "registers that it changed otherwise", vec![], others.differing(expected));
    let siginfo = t.siginfo();
    t.check(TOLD, "si_code of a step", Ok(libc::TRAP_TRACE), siginfo.map(|siginfo| siginfo.code));
    let address = siginfo.map(|siginfo| Address(siginfo.address));
    t.check(TOLD, "si_addr of a step", Ok(Address(expected.ip())), address);
    Ok(t)
}
