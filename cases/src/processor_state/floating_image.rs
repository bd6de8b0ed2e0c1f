//! Floating-point registers in memory, full of values that the processor keeps as they are.

#[cfg(target_arch = "x86_64")]
pub(super) use x86_64::{ELEMENT, SIZE, image, initial};

#[cfg(target_arch = "aarch64")]
pub(super) use aarch64::{ELEMENT, SIZE, image, initial};

/// Puts a number at its place.
fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    bytes[at..at + number.len()].copy_from_slice(number);
}

/// The layout of FXSAVE.
#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::put;
    use ptrace_conformance_harness::feature::mxcsr_mask;

    /// Bytes of the set, and of what it consists of.
    pub(in super::super) const SIZE: usize = 512;
    pub(in super::super) const ELEMENT: usize = 8;

    const X87: usize = 32;
    const XMM: usize = 160;

    /// Registers of a kind of their own for each `seed`, a small number. No exception is pending in the x87 unit, for
    /// then some processors lose its pointers.
    pub(in super::super) fn image(seed: u8) -> Vec<u8> {
        let mut bytes = vec![0; SIZE];
        // Precision and rounding, with all exceptions masked; condition codes; every register in use.
        put(&mut bytes, 0, &(0x027f_u16 | u16::from(seed & 3) << 10).to_le_bytes());
        put(&mut bytes, 2, &(u16::from(seed & 7) << 8).to_le_bytes());
        bytes[4] = 0xff;
        put(&mut bytes, 24, &(0x1f80_u32 | u32::from(seed & 3) << 13 | 0x20).to_le_bytes());
        put(&mut bytes, 28, &mxcsr_mask().to_le_bytes());
        for index in 0..8 {
            let mantissa = 1 << 63 | u64::from(seed) << 8 | index as u64;
            put(&mut bytes, X87 + 16 * index, &mantissa.to_le_bytes());
            put(&mut bytes, X87 + 16 * index + 8, &(0x3fff_u16 + index as u16).to_le_bytes());
        }
        for (at, byte) in bytes.iter_mut().enumerate().skip(XMM).take(256) {
            *byte = (at as u8).wrapping_mul(7) ^ seed;
        }
        bytes
    }

    /// Registers as a new program has them.
    pub(in super::super) fn initial() -> Vec<u8> {
        let mut bytes = vec![0; SIZE];
        put(&mut bytes, 0, &0x037f_u16.to_le_bytes());
        put(&mut bytes, 24, &0x1f80_u32.to_le_bytes());
        put(&mut bytes, 28, &mxcsr_mask().to_le_bytes());
        bytes
    }
}

/// `struct user_fpsimd_state`
#[cfg(target_arch = "aarch64")]
mod aarch64 {
    use super::put;

    /// Bytes of the set, and of what it consists of.
    pub(in super::super) const SIZE: usize = 528;
    pub(in super::super) const ELEMENT: usize = 4;

    const FPSR: usize = 512;

    /// Registers of a kind of their own for each `seed`, a small number.
    pub(in super::super) fn image(seed: u8) -> Vec<u8> {
        let mut bytes = vec![0; SIZE];
        for (at, byte) in bytes[..FPSR].iter_mut().enumerate() {
            *byte = (at as u8).wrapping_mul(7) ^ (at >> 8) as u8 ^ seed;
        }
        // Saturation and exceptions that have been; rounding, flushing, default NaNs.
        put(&mut bytes, FPSR, &(0x0800_0000_u32 | u32::from(seed & 0x1f)).to_le_bytes());
        put(&mut bytes, FPSR + 4, &(0x0300_0000_u32 | u32::from(seed & 3) << 22).to_le_bytes());
        bytes
    }

    /// Registers as a new program has them.
    pub(in super::super) fn initial() -> Vec<u8> {
        vec![0; SIZE]
    }
}
