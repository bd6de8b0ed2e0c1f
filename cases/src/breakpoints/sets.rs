//! The register sets of aarch64: what they tell, what is refused, and what has been written then.

use super::point::{Kind, Point, bytes, check_set, read, set};
use super::{
    BEFORE, ENDED, GOING_ON, Hit, NEEDS, ONLY_ARM, RUNS, SET, TRAP, check_ran, ends_behind, program,
};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

pub(super) const TELLS: &str = "arm64.hwbp-regset";
const SLOTS: &str = "arm64.hwbp-slots";
const REFUSED: &str = "arm64.hwbp-einval";
const IN_ORDER: &str = "arm64.hwbp-in-order";
const SHORT: &str = "arm64.hwbp-short";

/// Which register set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Break,
    Watch,
}

impl Axis for Set {
    const VALUES: &'static [(&'static str, Self)] = &[("break", Set::Break), ("watch", Set::Watch)];
}

pub(super) const BOTH: Dimension = axis::<Set>(&["break", "watch"]);

impl Set {
    pub const fn note(self) -> u64 {
        match self {
            Set::Break => note::ARM_HW_BREAK,
            Set::Watch => note::ARM_HW_WATCH,
        }
    }

    /// A breakpoint of the set that the program does not meet.
    const fn point(self, slot: usize) -> Point {
        match self {
            Set::Break => Point::execute(slot, label::ILLEGAL),
            Set::Watch => Point::data(slot, Kind::Write, UNTOUCHED, 8),
        }
    }

    /// What a slot of it reads that has been written, and never enabled.
    const fn unused(self) -> u64 {
        match self {
            Set::Break => 0xf << 5 | 2 << 1,
            Set::Watch => 0xf << 5 | 3 << 3 | 2 << 1,
        }
    }
}

/// Memory that the program does not touch.
pub(super) const UNTOUCHED: u64 = Program::shared(8);
/// No user's address, whichever size its address space has.
const OF_THE_KERNEL: u64 = 0xffff_8000_0000_0000;
/// Bytes of a set with all sixteen slots that it has room for.
const WHOLE: usize = 8 + 16 * 16;

/// Versions of the debug architecture: 6 came with Armv8.0.
const VERSIONS: std::ops::RangeInclusive<u64> = 6..=15;

pub(super) fn taken(t: &Stopped, set: Set, pairs: &[(u64, u64)]) -> Result<usize, Errno> {
    t.set_regset(set.note(), &bytes(pairs))
}

pub(super) const fn length(pairs: usize) -> usize {
    8 + 16 * pairs
}

pub(super) fn ends(t: Stopped) -> Flow {
    let t = t.cont()?.ends(RUNS, ENDED)?;
    check_ran(&t, RUNS)
}

/// A control word, from bytes, kind and whether it is enabled; user mode may be left out.
pub(super) const fn word(bytes: u64, kind: u64, rest: u64) -> u64 {
    bytes << 5 | kind << 3 | rest
}

/// Controls that are refused in either set: of the other's kind, without bytes, with a gap.
const BAD_BREAKS: [u64; 5] =
    [word(0xf, 1, 5), word(0xf, 2, 5), word(0xf, 3, 5), word(0, 0, 5), word(0x5, 0, 5)];
const BAD_WATCHES: [u64; 5] =
    [word(0xff, 0, 5), word(0, 2, 5), word(0x05, 2, 5), word(0x81, 3, 5), word(0, 1, 5)];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "slots_are_as_many_as_told",
        title: "The header tells the debug architecture and how many slots there are; the last one can be written, and the one behind it is refused with ENOSPC, the others having been written.",
        clauses: &[TELLS, SLOTS, IN_ORDER, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, BOTH],
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        program,
        scenario: |t| {
            let set: Set = t.pick()?;
            let mut whole = [0; WHOLE + 64];
            t.check(TELLS, "bytes", Ok(WHOLE), t.regset(set.note(), &mut whole));
            let rest = &whole[8..];
            t.check(TELLS, "slots that are in use", 0, rest.iter().filter(|&&byte| byte != 0).count());
            let (header, _) = t.must("PTRACE_GETREGSET", read(&t, set.note(), 0))?;
            let slots = (header & 0xff) as usize;
            let known = (2..=16).contains(&slots) && VERSIONS.contains(&(header >> 8));
            t.check(TELLS, "slots and version are possible", true, known);
            let mut pairs: Vec<_> = (0..slots).map(|_| (UNTOUCHED & !3, 0)).collect();
            t.check(SLOTS, "all of them are taken", true, taken(&t, set, &pairs) == Ok(length(slots)));
            pairs.push((UNTOUCHED, 0));
            t.check(SLOTS, "one more", Err(Errno(libc::ENOSPC)), taken(&t, set, &pairs));
            ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "bad_controls_and_addresses",
        title: "A control of the other set's kind, without bytes or with a gap in them, and an address of the kernel's are refused with EINVAL; a disabled control is not looked at. Slots in front are in force then, those behind as before.",
        clauses: &[TELLS, REFUSED, IN_ORDER, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, BOTH],
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        program,
        scenario: |t| {
            let set: Set = t.pick()?;
            let point = set.point(0);
            let good = (point.address, point.word());
            let bad_controls = if set == Set::Break { BAD_BREAKS } else { BAD_WATCHES };
            for control in bad_controls {
                let what = format!("control {control:#x}");
                let pairs = [good, (point.address, control)];
                t.check(REFUSED, &what, Err(Errno::EINVAL), taken(&t, set, &pairs));
                check_set(&t, IN_ORDER, set.note(), &[good, (point.address, set.unused())]);
                let disabled = [(point.address, 0), (point.address, control & !1)];
                t.check(TELLS, "bytes taken of disabled ones", Ok(length(2)), taken(&t, set, &disabled));
                let off = (point.address, good.1 & !1);
                check_set(&t, REFUSED, set.note(), &[off, (point.address, set.unused())]);
            }
            let pairs = [good, (OF_THE_KERNEL, 0)];
            t.check(REFUSED, "address of the kernel", Err(Errno::EINVAL), taken(&t, set, &pairs));
            check_set(&t, IN_ORDER, set.note(), &[good, (point.address, set.unused())]);
            ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "refused_in_the_middle",
        title: "A breakpoint in front of the slot that is refused hits, and one behind it does not.",
        clauses: &[TRAP, BEFORE, GOING_ON, SET, IN_ORDER, RUNS],
        needs: NEEDS,
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        program,
        scenario: |t| {
            let first = Point::execute(0, label::STRAIGHT_2);
            let last = (label::STRAIGHT_1, first.word());
            let pairs = [(first.address, first.word()), (OF_THE_KERNEL, first.word()), last];
            t.check(IN_ORDER, "three slots", Err(Errno::EINVAL), taken(&t, Set::Break, &pairs));
            let (t, _) = Hit::execute(first.address, &[0]).comes(t.cont()?)?;
            check_ran(&*ends_behind(t, &[first])?, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "short_writes",
        title: "A write may end behind the header, an address or a control; one that ends within an address is refused with EINVAL and changes nothing of that slot.",
        clauses: &[SET, SHORT, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, BOTH],
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        program,
        scenario: |t| {
            let which: Set = t.pick()?;
            let point = which.point(0);
            set(&t, &[point])?;
            let other = point.address & !7;
            let bytes = bytes(&[(other, point.word() & !1), (other, 0)]);
            // What has been written by then reads as written, the rest as before.
            let written = (other, point.word());
            for (end, answer, reads) in [
                (8, Ok(8), (point.address, point.word())),
                (12, Err(Errno::EINVAL), (point.address, point.word())),
                (16, Ok(16), written),
                (20, Ok(20), (other, point.word() & !1)),
                (28, Err(Errno::EINVAL), (other, point.word() & !1)),
            ] {
                let taken = t.set_regset(which.note(), &bytes[..end]);
                t.check(SHORT, &format!("{end} bytes"), answer, taken);
                check_set(&t, SHORT, which.note(), &[reads]);
            }
            ends(t)
        },
        ..Case::NEW
    },
];
