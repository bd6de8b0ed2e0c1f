//! Vectors of any length in memory, as `NT_ARM_SVE` lays them out (asm/ptrace.h, `struct user_sve_header`).

use super::floating_image::image as floating_image;

/// Bytes of the header, and of the smallest piece of the set.
pub(super) const HEADER: usize = 16;
/// Flags: what is behind the header, and what becomes of the length at execve.
pub(super) const VECTORS: u16 = 1;
pub(super) const INHERIT: u16 = 2;
pub(super) const AT_EXEC: u16 = 4;
/// Bytes of `struct user_fpsimd_state`.
const FLOATING: usize = 528;

/// A length of vectors, and the longest that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) bytes: usize,
    pub(super) most: usize,
}

impl Length {
    /// Bytes of vectors, predicates and the first-fault register.
    pub(super) const fn registers(self) -> usize {
        32 * self.bytes + 17 * self.bytes / 8
    }

    /// Where the registers are that control floating point.
    const fn control(self) -> usize {
        (HEADER + self.registers()).next_multiple_of(16)
    }

    /// Bytes of the whole set.
    pub(super) const fn size(self) -> usize {
        self.control() + 16
    }

    /// The header of a set with these flags that has so many bytes.
    pub(super) fn header(self, flags: u16, size: usize) -> Vec<u8> {
        let most = Length { bytes: self.most, ..self }.size();
        let words = [size as u32, most as u32].map(u32::to_le_bytes).concat();
        let halves = [self.bytes as u16, self.most as u16, flags, 0].map(u16::to_le_bytes).concat();
        [words, halves].concat()
    }

    /// The whole set: these registers, and what controls them.
    pub(super) fn set(self, flags: u16, registers: &[u8], control: &[u8]) -> Vec<u8> {
        let mut bytes = self.header(flags | VECTORS, self.size());
        bytes.extend_from_slice(registers);
        bytes.resize(self.control(), 0);
        bytes.extend_from_slice(control);
        bytes.resize(self.size(), 0);
        bytes
    }

    /// The set of a thread that has used no vectors: its floating-point registers.
    pub(super) fn floating(self, flags: u16, floating: &[u8]) -> Vec<u8> {
        [self.header(flags, HEADER + FLOATING), floating.to_vec()].concat()
    }

    /// Registers of a kind of their own for each `seed`, a small number.
    pub(super) fn image(self, seed: u8) -> Vec<u8> {
        let byte = |at: usize| (at as u8).wrapping_mul(11) ^ (at >> 8) as u8 ^ seed;
        let mut bytes: Vec<u8> = (0..self.registers()).map(byte).collect();
        // The first-fault register has ones up to where a fault was.
        let faults = self.registers() - self.bytes / 8;
        bytes[faults..].fill(0);
        bytes[faults] = 0xff >> (seed & 7);
        bytes
    }

    /// The registers when only those of floating point are known.
    pub(super) fn widened(self, floating: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; self.registers()];
        for (vector, register) in bytes.chunks_exact_mut(self.bytes).zip(floating[..512].chunks_exact(16)) {
            vector[..16].copy_from_slice(register);
        }
        bytes
    }

    /// The floating-point registers that these vectors contain.
    pub(super) fn narrowed(self, registers: &[u8], control: &[u8]) -> Vec<u8> {
        let vectors = registers.chunks_exact(self.bytes).take(32);
        let mut bytes = vectors.flat_map(|vector| vector[..16].to_vec()).collect::<Vec<_>>();
        bytes.extend_from_slice(control);
        bytes.resize(FLOATING, 0);
        bytes
    }
}

/// FPSR and FPCR of a seed.
pub(super) fn control(seed: u8) -> Vec<u8> {
    let image = floating_image(seed);
    image.iter().skip(512).take(8).copied().collect()
}
