//! Kinds of faults: signal, code and address of each.

use super::told::{Origin, Told};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Arch, Axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Read,
    Write,
    Jump,
    BehindFile,
    Illegal,
    Breakpoint,
    Division,
    NonCanonical,
}

impl Axis for Fault {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("read", Fault::Read),
        ("write", Fault::Write),
        ("jump", Fault::Jump),
        ("behindfile", Fault::BehindFile),
        ("illegal", Fault::Illegal),
        ("breakpoint", Fault::Breakpoint),
        ("division", Fault::Division),
        ("noncanonical", Fault::NonCanonical),
    ];
}

/// Where nothing is.
pub(super) const NOTHING: u64 = 0x2000;
/// Memory behind the end of a file.
pub(super) const BEHIND_FILE: u64 = 0x3000_0000;

impl Fault {
    pub(super) const fn signal(self) -> Signal {
        match self {
            Fault::Read | Fault::Write | Fault::Jump => Signal::SEGV,
            Fault::BehindFile => Signal(libc::SIGBUS),
            Fault::Illegal => Signal(libc::SIGILL),
            Fault::Breakpoint => Signal::TRAP,
            Fault::Division => Signal(libc::SIGFPE),
            Fault::NonCanonical => Signal::SEGV,
        }
    }

    /// Where the tracer sends the program for it.
    pub(super) const fn jumps_to(self) -> Option<u64> {
        match self {
            Fault::Jump => Some(NOTHING),
            Fault::Illegal => Some(label::ILLEGAL),
            Fault::Division => Some(DIVISION),
            _ => None,
        }
    }

    /// The instruction pointer at the stop, where it is known.
    pub(super) const fn place(self) -> Option<u64> {
        match self {
            Fault::Breakpoint => Some(label::BREAKPOINT + arch::BREAKPOINT_ADVANCE),
            Fault::Division => Some(DIVIDES),
            _ => self.jumps_to(),
        }
    }

    /// arch/x86/kernel/traps.c, arch/arm64/kernel/traps.c, mm/fault.c of both.
    pub(super) fn told(self) -> Told {
        const SEGV_MAPERR: i32 = 1;
        const SEGV_ACCERR: i32 = 2;
        const BUS_ADRERR: i32 = 2;
        // Illegal operand on x86_64, illegal opcode on aarch64.
        let illegal = if Arch::HERE == Arch::X86_64 { 2 } else { 1 };
        let (code, address) = match self {
            Fault::Read | Fault::Jump => (SEGV_MAPERR, NOTHING),
            Fault::Write => (SEGV_ACCERR, label::START),
            Fault::BehindFile => (BUS_ADRERR, BEHIND_FILE),
            Fault::Illegal => (illegal, label::ILLEGAL),
            Fault::Breakpoint if Arch::HERE == Arch::X86_64 => (libc::SI_KERNEL, 0),
            Fault::Breakpoint => (libc::TRAP_BRKPT, label::BREAKPOINT),
            Fault::Division => (1, DIVIDES),
            Fault::NonCanonical => (libc::SI_KERNEL, 0),
        };
        Told::new(self.signal(), code, Origin::Address(address))
    }
}

/// Behind the instruction that makes the divisor zero.
const DIVIDES: u64 = DIVISION + 2;

/// Where the routine is; aarch64, where nothing would go wrong, has none.
#[cfg(target_arch = "x86_64")]
const DIVISION: u64 = label::DIVISION;
#[cfg(target_arch = "aarch64")]
const DIVISION: u64 = 0;
