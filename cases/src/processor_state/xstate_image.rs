//! Extended states in memory as XSAVE lays them out, full of values that the processor keeps as they are.

use super::floating_image::image as floating_image;

#[cfg(target_arch = "x86_64")]
use ptrace_conformance_harness::feature::{cpuid, extended_states};

/// On the other architecture nothing is enabled.
#[cfg(target_arch = "aarch64")]
const fn extended_states() -> u64 {
    0
}

#[cfg(target_arch = "aarch64")]
const fn cpuid(_leaf: u32, _part: u32) -> [u32; 4] {
    [0; 4]
}

/// The leaf of CPUID that tells of states.
const STATES: u32 = 0xd;

/// States by their numbers.
pub(super) const X87: u32 = 0;
pub(super) const SSE: u32 = 1;
pub(super) const AVX: u32 = 2;
pub(super) const PKRU: u32 = 9;

/// Where the layout of FXSAVE ends, and what it leaves to software.
pub(super) const HEADER: usize = 512;
pub(super) const SOFTWARE: usize = 464;
/// `XCOMP_BV`, and what is reserved behind it.
pub(super) const COMPACTED: usize = HEADER + 8;
pub(super) const RESERVED: usize = HEADER + 16;

/// Where the registers of FXSAVE are.
const MXCSR: usize = 24;
const ST: usize = 32;
const XMM: usize = 160;
/// What `FNINIT` leaves in the control word, and a reset in MXCSR.
const CONTROL: [u8; 2] = 0x037f_u16.to_le_bytes();
const MXCSR_INITIAL: [u8; 4] = 0x1f80_u32.to_le_bytes();

/// Bytes of all states that the kernel has enabled.
pub(super) fn size() -> usize {
    cpuid(STATES, 0)[1] as usize
}

/// The states that the kernel has enabled.
pub(super) fn enabled() -> u64 {
    extended_states()
}

/// Those of them that a program of ours loads.
pub(super) fn loaded() -> u64 {
    enabled() & (1 << X87 | 1 << SSE | 1 << AVX | 1 << PKRU)
}

/// Where a state beyond FXSAVE's is; nowhere if it is not enabled.
fn place(state: u32) -> std::ops::Range<usize> {
    let [size, offset, ..] = cpuid(STATES, state).map(|word| word as usize);
    if enabled() & 1 << state == 0 { 0..0 } else { offset..offset + size }
}

/// Loaded states of a kind of their own for each `seed`, a small number, and the header that says so.
pub(super) fn image(seed: u8) -> Vec<u8> {
    let mut bytes = vec![0; size()];
    bytes[..HEADER].copy_from_slice(&floating_image(seed)[..HEADER]);
    put(&mut bytes, HEADER, &loaded().to_le_bytes());
    for at in place(AVX) {
        bytes[at] = (at as u8).wrapping_mul(5) ^ seed;
    }
    if let Some(rights) = bytes.get_mut(place(PKRU)).filter(|rights| !rights.is_empty()) {
        // Of keys other than 0, which is that of all our memory.
        put(rights, 0, &(u32::from(seed) << 8 | 0x5555_0004).to_le_bytes());
    }
    bytes
}

/// The same states with one of them as it is in a new program, whatever is in its place.
pub(super) fn without(image: &[u8], state: u32) -> Vec<u8> {
    let mut bytes = image.to_vec();
    match state {
        X87 => {
            bytes[..MXCSR].fill(0);
            put(&mut bytes, 0, &CONTROL);
            bytes[ST..XMM].fill(0);
        }
        SSE => bytes[XMM..XMM + 256].fill(0),
        other => bytes[place(other)].fill(0),
    }
    bytes
}

/// The same states with MXCSR as it is in a new program.
pub(super) fn with_initial_mxcsr(image: &[u8]) -> Vec<u8> {
    with(image, MXCSR, &MXCSR_INITIAL)
}

/// All states as they are in a new program, but for what only processors and kernels know: the mask of MXCSR, and the
/// rights.
pub(super) fn initial() -> Vec<u8> {
    let image = with_initial_mxcsr(&image(0));
    [X87, SSE, AVX].iter().fold(image, |image, &state| without(&image, state))
}

/// The same states with other bytes at a place.
pub(super) fn with(image: &[u8], at: usize, other: &[u8]) -> Vec<u8> {
    let mut bytes = image.to_vec();
    put(&mut bytes, at, other);
    bytes
}

/// The header's first word.
pub(super) fn in_use(image: &[u8]) -> u64 {
    image[HEADER..].iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    bytes[at..at + number.len()].copy_from_slice(number);
}
