//! What a recorder keeps of a tracee and puts back: general registers, and the stack that they lead to.

use ptrace_conformance_harness::abi::TASK_SIZE;
use ptrace_conformance_harness::arch::{self, NAMES, Registers, SAVED};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The state of a program's first task.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// The general registers, `NT_PRSTATUS`.
    pub registers: Registers,
    /// Its stack, from the stack pointer up; empty where the program has not begun to use its own.
    stack: Vec<u64>,
}

impl Snapshot {
    /// Captures the state at this stop.
    pub(super) fn capture(t: &Stopped) -> Flow<Snapshot> {
        const OWN_STACK: std::ops::Range<u64> = label::TASK..label::TASK + TASK_SIZE;
        let registers = t.registers()?;
        let sp = registers.sp();
        let words = if OWN_STACK.contains(&sp) { (OWN_STACK.end - sp) / 8 } else { 0 };
        Ok(Snapshot { registers, stack: t.memory(sp, words as usize)? })
    }

    /// Restores the state, at whatever stop of whatever tracee with the same program.
    pub(super) fn write_back(&self, t: &Stopped) -> Flow {
        t.set_memory(self.registers.sp(), &self.stack)?;
        t.set_registers(&self.registers)
    }

    /// The same with another word in a register, see the indices in [`arch`].
    pub(super) fn with(&self, index: usize, word: u64) -> Snapshot {
        Snapshot { registers: self.registers.with(index, word), stack: self.stack.clone() }
    }

    /// Names of the registers other than the result's that differ from those a program saved behind a call.
    pub(super) fn differing(&self, saved: &[u64]) -> Vec<&'static str> {
        let differs = |&(name, word): &(&&'static str, &u64)| {
            *name != NAMES[arch::RESULT] && self.registers.named(name) != Some(*word)
        };
        SAVED.iter().zip(saved).filter(differs).map(|(name, _)| *name).collect()
    }
}
