//! Code that CRIU puts into a task and runs there: one system call and a breakpoint behind it, under PTRACE_CONT.

use super::remote::{clobbered, prepared};
use super::{IS_X86, check_registers, check_same};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

/// The clause that says that what is written to code is executed.
pub(super) const CODE: &str = "mem.poke-instruction-visible";

/// Where it is put: over code of the program.
const PLACE: u64 = label::SYSCALL_INSTRUCTION;
/// `syscall; int3` and `svc #0; brk #0`, and the bits of a word that they take.
const INSTRUCTIONS: (u64, u64) =
    if IS_X86 { (0xcc_050f, 0xff_ffff) } else { (0xd420_0000_d400_0001, u64::MAX) };

/// The code in place, and what was there.
#[derive(Debug)]
pub(super) struct Parasite {
    original: u64,
}

impl Parasite {
    /// Puts the code there.
    pub(super) fn settle(t: &Stopped) -> Flow<Parasite> {
        let original = t.memory(PLACE, 1)?[0];
        t.set_memory(PLACE, &[original & !INSTRUCTIONS.1 | INSTRUCTIONS.0])?;
        Ok(Parasite { original })
    }

    /// Makes a call by it: gives the task at the breakpoint behind, and the result.
    pub(super) fn call(
        &self,
        t: Stopped,
        saved: &Registers,
        syscall: Syscall,
        args: &[u64],
    ) -> Flow<(Stopped, u64)> {
        let calling = prepared(saved, syscall, args).with(arch::IP, PLACE);
        t.set_registers(&calling)?;
        let t = t.cont()?.expect(CODE, Stop::Signal(Signal::TRAP))?;
        let registers = t.registers()?;
        let behind = PLACE + arch::SYSCALL_LENGTH;
        let trapped = calling.with(arch::IP, behind + arch::BREAKPOINT_ADVANCE);
        let trapped = clobbered(trapped.with(arch::RESULT, registers.result()), &registers);
        t.check(CODE, "breakpoint behind the call", Address(trapped.ip()), Address(registers.ip()));
        check_same(&t, CODE, &format!("registers otherwise behind {}", syscall.name), &registers, &trapped);
        let address = t.siginfo().map(|siginfo| Address(siginfo.address));
        t.check(CODE, "si_addr", Ok(Address(if IS_X86 { 0 } else { behind })), address);
        Ok((t, registers.result()))
    }

    /// Takes the code out again.
    pub(super) fn leave(self, t: &Stopped) -> Flow {
        let there = self.original & !INSTRUCTIONS.1 | INSTRUCTIONS.0;
        t.check(CODE, "word of the parasite", Word(there), Word(t.memory(PLACE, 1)?[0]));
        t.set_memory(PLACE, &[self.original])?;
        t.check(CODE, "word of the program", Word(self.original), Word(t.memory(PLACE, 1)?[0]));
        Ok(())
    }
}

/// Back to registers, as the tracer reads them.
pub(super) fn restore(t: &Stopped, clause: &str, saved: &Registers) -> Flow {
    t.set_registers(saved)?;
    check_registers(t, clause, "registers that read otherwise", saved)
}
