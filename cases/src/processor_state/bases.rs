//! `PTRACE_ARCH_PRCTL` of x86_64: the bases of fs and gs, as arch_prctl(2) sets them.

use super::{END, STOPS};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const BASES: &str = "x86.arch-prctl";
const REFUSED: &str = "x86.arch-prctl-set-limit";
const SHARED: &str = "x86.arch-prctl-fsbase";
const ONLY: &str = "aarch64 has no such registers";

/// The request, whose address is what is set and whose data is the code.
const REQUEST: Request = Request(30);
/// No code.
const UNKNOWN: u64 = 0x1fff;
/// No addresses of a user's, whichever size its address space has.
const BAD_BASES: [u64; 2] = [1 << 63, u64::MAX];
const OWN: u64 = 0x1234_5000;
const OTHER: u64 = 0x7654_3000;

/// A segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment {
    Fs,
    Gs,
}

impl Axis for Segment {
    const VALUES: &'static [(&'static str, Self)] = &[("fs", Segment::Fs), ("gs", Segment::Gs)];
}

impl Segment {
    /// The codes that set and get its base (asm/prctl.h).
    const fn codes(self) -> (u64, u64) {
        match self {
            Segment::Fs => (0x1002, 0x1003),
            Segment::Gs => (0x1001, 0x1004),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Segment::Fs => "fs_base",
            Segment::Gs => "gs_base",
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn get(t: &Stopped, code: u64) -> Result<u64, Errno> {
    t.arch_prctl_get(code)
}

#[cfg(target_arch = "aarch64")]
const fn get(_: &Stopped, _: u64) -> Result<u64, Errno> {
    Err(Errno::EIO)
}

/// Holds the base against what it must be, and all other registers.
fn check(t: &Stopped, clause: &str, segment: Segment, old: &Registers, base: u64) -> Flow {
    let (_, getting) = segment.codes();
    t.check(clause, "base", Ok(Word(base)), get(t, getting).map(Word));
    let differ = t.registers()?.differing(&old.with(arch::index(segment.name()), base));
    t.check(clause, "registers that read otherwise", vec![], differ);
    Ok(())
}

pub(super) const CASES: &[Case] = &[Case {
    name: "arch_prctl_for_the_program",
    title: "PTRACE_ARCH_PRCTL gets and sets what arch_prctl(2) does in the program; an address that is no user's fails with EPERM, an unknown code with EINVAL.",
    clauses: &[STOPS, END, BASES, REFUSED, SHARED],
    axes: &[ANY_START, axis::<Segment>(&["fs", "gs"])],
    arches: &[Arch::X86_64],
    only: ONLY,
    program: |p| {
        let (setting, getting) = p.pick::<Segment>().codes();
        p.call(Syscall::ARCH_PRCTL, &[setting, OWN]);
        p.raise(Signal::USR1);
        p.call(Syscall::ARCH_PRCTL, &[getting, Program::shared(0)]);
        p.exit(3);
    },
    scenario: |t| {
        let segment: Segment = t.pick()?;
        let (setting, getting) = segment.codes();
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
        t.check(SHARED, "base of the program", Ok(Word(OWN)), get(&t, getting).map(Word));
        let set = t.request(REQUEST, OTHER, Data::Word(setting));
        t.check(BASES, "PTRACE_ARCH_PRCTL", Ok(0), set);
        let old = t.unspecified("only for what does not change", |_| t.registers())?;
        check(&t, BASES, segment, &old, OTHER)?;
        for bad in BAD_BASES {
            let set = t.request(REQUEST, bad, Data::Word(setting));
            t.check(REFUSED, &format!("base {bad:#x}"), Err(Errno::EPERM), set);
            check(&t, REFUSED, segment, &old, OTHER)?;
        }
        let unknown = t.request(REQUEST, 0, Data::Word(UNKNOWN));
        t.check(REFUSED, "an unknown code", Err(Errno::EINVAL), unknown);
        check(&t, REFUSED, segment, &old, OTHER)?;
        let t = t.cont()?.ends(END, Gone::Exited(3))?;
        t.check_saw(SHARED, "arch_prctl", Some(Return(0)))?;
        t.check_saw(SHARED, "arch_prctl_2", Some(Return(0)))?;
        t.check(SHARED, "base in the program", Word(OTHER), Word(t.word(0)));
        Ok(())
    },
    ..Case::NEW
}];
