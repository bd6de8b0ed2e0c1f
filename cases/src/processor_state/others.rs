//! Register sets that a task does not have: those of other architectures, and those of other processors.

use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Stopped;

const UNKNOWN: &str = "regs.getregset-unknown-type";
const WRITTEN: &str = "regs.setregset-same-conventions";
const SELECTS: &str = "regs.getregset-type-selects";
/// Of `struct elf_prstatus` the registers alone.
const WITHOUT_MORE: &str = "uapi.regset-prstatus-layout";

/// Sets of s390 and Power (linux/elf.h).
const S390_HIGH_GPRS: u64 = 0x300;
const PPC_VMX: u64 = 0x100;

/// Sets with the one that has them; what a processor may have or lack names it. Those of streaming mode are left to its
/// own cases: whether a kernel has them where the processor does is its configuration's.
const SETS: &[(&str, u64, Owner)] = &[
    ("NT_PPC_VMX", PPC_VMX, Owner::Nobody),
    ("NT_S390_HIGH_GPRS", S390_HIGH_GPRS, Owner::Nobody),
    ("NT_386_IOPERM", note::X86_IOPERM, Owner::One(Arch::X86_64)),
    ("NT_X86_XSTATE", note::X86_XSTATE, Owner::One(Arch::X86_64)),
    ("NT_X86_SHSTK", note::X86_SHSTK, Owner::One(Arch::X86_64)),
    ("NT_ARM_TLS", note::ARM_TLS, Owner::One(Arch::Aarch64)),
    ("NT_ARM_HW_BREAK", note::ARM_HW_BREAK, Owner::One(Arch::Aarch64)),
    ("NT_ARM_HW_WATCH", note::ARM_HW_WATCH, Owner::One(Arch::Aarch64)),
    ("NT_ARM_SYSTEM_CALL", note::ARM_SYSTEM_CALL, Owner::One(Arch::Aarch64)),
    ("NT_ARM_SVE", note::ARM_SVE, Owner::Processor(Feature::Sve)),
    ("NT_ARM_ZT", note::ARM_ZT, Owner::Processor(Feature::Sme2)),
    ("NT_ARM_FPMR", note::ARM_FPMR, Owner::Processor(Feature::Fpmr)),
    ("NT_ARM_POE", note::ARM_POE, Owner::Processor(Feature::Poe)),
    ("NT_ARM_GCS", note::ARM_GCS, Owner::Processor(Feature::Gcs)),
];

/// Who has a set.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Nobody,
    One(Arch),
    /// A processor of aarch64 with this.
    Processor(Feature),
}

impl Owner {
    fn is_here(self) -> bool {
        match self {
            Owner::Nobody => false,
            Owner::One(arch) => Arch::HERE == arch,
            Owner::Processor(feature) => feature.is_here(),
        }
    }
}

/// The sets that every task has, of which the number alone tells one from the other.
fn check_lengths(t: &Stopped) {
    let lengths: &[(u64, usize)] = match Arch::HERE {
        Arch::X86_64 => &[(1, 216), (2, 512)],
        Arch::Aarch64 => &[(1, 272), (2, 528)],
    };
    for &(set, length) in lengths {
        let mut bytes = [[0; 1024]; 2];
        let clause = if set == note::PRSTATUS { WITHOUT_MORE } else { SELECTS };
        for bytes in &mut bytes {
            t.check(clause, &format!("length of set {set}"), Ok(length), t.regset(set, bytes));
        }
        t.check(SELECTS, &format!("set {set} reads the same"), true, bytes[0] == bytes[1]);
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "sets_of_others",
    title: "The number of a register set alone selects it; a set of another architecture, or one that the processor lacks, can be neither read nor written, EINVAL.",
    clauses: &[STOPS, END, UNKNOWN, WRITTEN, SELECTS, WITHOUT_MORE],
    axes: &[ANY_START],
    program: |p| {
        p.raise(Signal::USR1);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
        for &(name, set, owner) in SETS {
            if !owner.is_here() {
                let (read, written) = (t.regset(set, &mut [0; 64]), t.set_regset(set, &[0; 64]));
                t.check(UNKNOWN, &format!("reading {name}"), Err(Errno::EINVAL), read);
                t.check(WRITTEN, &format!("writing {name}"), Err(Errno::EINVAL), written);
            }
        }
        check_lengths(&t);
        t.cont()?.ends(END, Gone::Exited(3)).map(drop)
    },
    ..Case::NEW
}];
