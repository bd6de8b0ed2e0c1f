//! General registers under one vocabulary on both architectures.
//!
//! Each architecture's file has the same list of names. Cases speak of the system call number, argument i,
//! the result, the instruction pointer, and of what marks being inside a call.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

pub use crate::abi::sentinel;

/// What argument register `index` holds at a call that gives it nothing.
pub fn argument_sentinel(index: usize) -> u64 {
    let register = NAMES[ARGS[index]];
    sentinel(SAVED.iter().position(|saved| *saved == register).unwrap_or(SAVED.len()))
}

/// The general register set, `NT_PRSTATUS`, word by word in the kernel's order ([`NAMES`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers {
    /// The words.
    pub words: [u64; NAMES.len()],
}

/// The place of the register of this name among [`NAMES`]; behind them all if there is none.
pub fn index(name: &str) -> usize {
    NAMES.iter().position(|known| *known == name).unwrap_or(NAMES.len())
}

impl Registers {
    /// The register that carries the call's result.
    pub const fn result(&self) -> u64 {
        self.words[RESULT]
    }

    /// Argument `index`, 0 to 5.
    pub const fn arg(&self, index: usize) -> u64 {
        self.words[ARGS[index]]
    }

    /// All six arguments.
    pub fn args(&self) -> [u64; 6] {
        ARGS.map(|index| self.words[index])
    }

    /// The instruction pointer.
    pub const fn ip(&self) -> u64 {
        self.words[IP]
    }

    /// The stack pointer.
    pub const fn sp(&self) -> u64 {
        self.words[SP]
    }

    /// As the kernel lays them out.
    pub fn bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// The same registers with word `index` replaced.
    #[must_use]
    pub const fn with(mut self, index: usize, value: u64) -> Registers {
        self.words[index] = value;
        self
    }

    /// The register of this name.
    pub fn named(&self, name: &str) -> Option<u64> {
        self.words.get(index(name)).copied()
    }

    /// Names of the registers that differ, in bits that the processor has.
    pub fn differing(&self, other: &Registers) -> Vec<&'static str> {
        (0..NAMES.len())
            .filter(|&index| (self.words[index] ^ other.words[index]) & !not_of_this_processor(index) != 0)
            .map(|index| NAMES[index])
            .collect()
    }
}
