//! Registers of 32 bits, as `PTRACE_GETREGSET` gives them of a task in 32-bit code.

use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::{Flow, Task};

pub(super) use of_arch::*;

/// The clause about the view itself.
pub(super) const VIEW: &str = "abi.view32-registers";

/// i386: `struct user_regs_struct32` (arch/x86/include/asm/user32.h).
#[cfg(target_arch = "x86_64")]
mod of_arch {
    pub(in super::super) const NAMES: [&str; 17] = [
        "ebx", "ecx", "edx", "esi", "edi", "ebp", "eax", "ds", "es", "fs", "gs", "orig_eax", "eip", "cs",
        "eflags", "esp", "ss",
    ];
    pub(in super::super) const RESULT: usize = 6;
    pub(in super::super) const IP: usize = 12;
    pub(in super::super) const SP: usize = 15;
    /// `AUDIT_ARCH_I386`
    pub(in super::super) const AUDIT_ARCH: u32 = 0x4000_0003;
    /// The bit of eflags that is always 1, which not every kernel writes for a new program.
    pub(in super::super) const UNTOLD: &[(usize, u32)] = &[(14, 2)];
}

/// AArch32: r0 to pc, cpsr, and the first argument as it was at the entry (`compat_get_user_reg()`).
#[cfg(target_arch = "aarch64")]
mod of_arch {
    pub(in super::super) const NAMES: [&str; 18] = [
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc",
        "cpsr", "orig_r0",
    ];
    pub(in super::super) const RESULT: usize = 0;
    pub(in super::super) const IP: usize = 15;
    pub(in super::super) const SP: usize = 13;
    /// `AUDIT_ARCH_ARM`
    pub(in super::super) const AUDIT_ARCH: u32 = 0x4000_0028;
    /// `PSR_AA32_SSBS_BIT`, which the kernel sets on processors with and without it.
    pub(in super::super) const UNTOLD: &[(usize, u32)] = &[(16, 1 << 23)];
}

/// The registers that carry the arguments.
pub(super) const ARGS: [usize; 6] = [0, 1, 2, 3, 4, 5];

/// All of them, in the kernel's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Registers32 {
    pub words: [u32; NAMES.len()],
}

impl Registers32 {
    /// The same with another word.
    #[must_use]
    pub const fn with(mut self, index: usize, word: u32) -> Registers32 {
        self.words[index] = word;
        self
    }

    /// Instruction and stack pointer.
    pub fn place(&self) -> [u64; 2] {
        [self.words[IP].into(), self.words[SP].into()]
    }

    /// The arguments.
    pub fn args(&self) -> [u64; 6] {
        ARGS.map(|index| self.words[index].into())
    }

    /// Names of those that differ.
    fn differing(&self, other: &Registers32) -> Vec<&'static str> {
        let told = |index| {
            UNTOLD.iter().filter(|(at, _)| *at == index).fold(u32::MAX, |told, (_, bits)| told & !bits)
        };
        let differ = |&index: &usize| (self.words[index] ^ other.words[index]) & told(index) != 0;
        (0..NAMES.len()).filter(differ).map(|index| NAMES[index]).collect()
    }
}

/// Reads them; there are as many as this ABI has.
pub(super) fn registers(t: &Task) -> Flow<Registers32> {
    let mut bytes = [0; 512];
    let length = t.must("PTRACE_GETREGSET NT_PRSTATUS", t.regset(note::PRSTATUS, &mut bytes))?;
    t.check(VIEW, "length of NT_PRSTATUS", 4 * NAMES.len(), length);
    let mut words = [0; NAMES.len()];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = u32::from_ne_bytes(bytes.try_into().unwrap_or_default());
    }
    Ok(Registers32 { words })
}

/// Holds all of them against what they must be.
pub(super) fn check(t: &Task, clause: &str, expected: &Registers32) -> Flow {
    compare(t, clause, &registers(t)?, expected);
    Ok(())
}

/// Holds those that were read against what they must be.
pub(super) fn compare(t: &Task, clause: &str, told: &Registers32, expected: &Registers32) {
    t.check(clause, "registers that read otherwise", vec![], told.differing(expected));
}

/// Writes them.
pub(super) fn set(t: &Task, registers: &Registers32) -> Flow {
    let bytes: Vec<u8> = registers.words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let length = t.must("PTRACE_SETREGSET NT_PRSTATUS", t.set_regset(note::PRSTATUS, &bytes))?;
    t.check(VIEW, "length of NT_PRSTATUS written", bytes.len(), length);
    Ok(())
}
