//! What processors have or lack, as they say it themselves, or as the kernel tells every program.
#![expect(
    unsafe_code,
    reason = "neither cpuid and xgetbv nor the auxiliary vector are in the standard library"
)]

/// Something that a processor may have, and that a program may use only where the kernel lets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// x86: extended states.
    Xsave,
    /// x86: the upper halves of the vector registers.
    Avx,
    /// x86: protection keys.
    Pku,
    /// x86: instructions that read and write the bases of fs and gs, with which the kernel keeps both apart.
    Fsgsbase,
    /// aarch64: vectors of any length.
    Sve,
    /// aarch64: streaming mode and the matrix.
    Sme,
    /// aarch64: the table beside the matrix.
    Sme2,
    /// aarch64: authentication codes in addresses.
    Pauth,
    /// aarch64: authentication codes of anything.
    PauthGeneric,
    /// aarch64: tags of memory.
    Mte,
    /// aarch64: the mode register of 8-bit floating point.
    Fpmr,
    /// aarch64: permission overlays.
    Poe,
    /// aarch64: guarded control stacks.
    Gcs,
}

impl Feature {
    /// How reports name it.
    pub const fn name(self) -> &'static str {
        match self {
            Feature::Xsave => "XSAVE",
            Feature::Avx => "AVX",
            Feature::Pku => "protection keys",
            Feature::Fsgsbase => "FSGSBASE",
            Feature::Sve => "SVE",
            Feature::Sme => "SME",
            Feature::Sme2 => "SME2",
            Feature::Pauth => "pointer authentication",
            Feature::PauthGeneric => "generic authentication",
            Feature::Mte => "memory tagging",
            Feature::Fpmr => "FPMR",
            Feature::Poe => "permission overlays",
            Feature::Gcs => "guarded control stacks",
        }
    }

    /// Whether the processor has it and the kernel lets programs use it.
    pub fn is_here(self) -> bool {
        here(self)
    }
}

#[cfg(target_arch = "x86_64")]
fn here(feature: Feature) -> bool {
    const AVX_STATE: u64 = 1 << 2;
    const PKU_STATE: u64 = 1 << 9;
    match feature {
        Feature::Xsave => has_xsave(),
        Feature::Avx => extended_states() & AVX_STATE != 0,
        Feature::Pku => extended_states() & PKU_STATE != 0,
        Feature::Fsgsbase => told_of_bases(),
        _ => false,
    }
}

/// The auxiliary vector's bit (asm/hwcap2.h), which the kernel sets where programs may use the instructions.
#[cfg(target_arch = "x86_64")]
fn told_of_bases() -> bool {
    // SAFETY: reads what the kernel handed over at the start of this process.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & 1 << 1 != 0 }
}

/// The auxiliary vector's bits (asm/hwcap.h), which the kernel sets for what it supports.
#[cfg(target_arch = "aarch64")]
fn here(feature: Feature) -> bool {
    let (vector, bit) = match feature {
        Feature::Sve => (libc::AT_HWCAP, 22),
        Feature::Pauth => (libc::AT_HWCAP, 30),
        Feature::PauthGeneric => (libc::AT_HWCAP, 31),
        Feature::Gcs => (libc::AT_HWCAP, 32),
        Feature::Mte => (libc::AT_HWCAP2, 18),
        Feature::Sme => (libc::AT_HWCAP2, 23),
        Feature::Sme2 => (libc::AT_HWCAP2, 37),
        Feature::Fpmr => (libc::AT_HWCAP2, 48),
        Feature::Poe => (libc::AT_HWCAP2, 63),
        _ => return false,
    };
    // SAFETY: reads what the kernel handed over at the start of this process.
    unsafe { libc::getauxval(vector) & 1 << bit != 0 }
}

/// The registers eax to edx of a leaf.
#[cfg(target_arch = "x86_64")]
pub fn cpuid(leaf: u32, part: u32) -> [u32; 4] {
    let [eax, ebx, ecx, edx]: [u32; 4];
    // SAFETY: an instruction that any program may execute; the compiler keeps rbx to itself.
    unsafe {
        std::arch::asm!("mov {kept:r}, rbx", "cpuid", "xchg {kept:r}, rbx", kept = out(reg) ebx,
            inout("eax") leaf => eax, inout("ecx") part => ecx, out("edx") edx, options(nostack));
    }
    [eax, ebx, ecx, edx]
}

/// The states that the kernel has enabled, XCR0; none where it does not use XSAVE.
#[cfg(target_arch = "x86_64")]
pub fn extended_states() -> u64 {
    if !has_xsave() {
        return 0;
    }
    let (low, high): (u32, u32);
    // SAFETY: CR4.OSXSAVE is set, so any program may execute it.
    unsafe {
        std::arch::asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack));
    }
    u64::from(high) << 32 | u64::from(low)
}

/// CPUID's OSXSAVE.
#[cfg(target_arch = "x86_64")]
fn has_xsave() -> bool {
    cpuid(1, 0)[2] & 1 << 27 != 0
}

/// Bits of MXCSR that this processor has.
#[cfg(target_arch = "x86_64")]
pub fn mxcsr_mask() -> u32 {
    #[repr(align(16))]
    struct Area([u8; 512]);
    let mut area = Area([0; 512]);
    // SAFETY: every x86_64 processor has the instruction, and the area is as it must be.
    unsafe { std::arch::asm!("fxsave64 [{}]", in(reg) area.0.as_mut_ptr(), options(nostack)) };
    match crate::lie::read(&area.0[28..32]) as u32 {
        0 => 0xffbf,
        mask => mask,
    }
}
