//! Breakpoints that are moved, disabled and enabled in other ways.

use super::point::{self, Point, clear, set};
use super::{
    BEFORE, ENDED, GOING_ON, Hit, NEEDS, ONLY_X86, RUNS, SET, STATUS, TRAP, check_ran, ends_behind, pass,
    program,
};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::{Address, Word};

const MOVED: &str = "hwbp.moved";
const DISABLED: &str = "hwbp.disabled";
const EITHER_BIT: &str = "x86.dr7-local-or-global";
const BEFORE_ADDRESS: &str = "x86.dr7-before-address";

/// Which bits of DR7 enable a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enable {
    Local,
    Global,
    Both,
}

impl Axis for Enable {
    const VALUES: &'static [(&'static str, Self)] =
        &[("local", Enable::Local), ("global", Enable::Global), ("both", Enable::Both)];
}

impl Enable {
    /// The bits of the last slot.
    const fn bits(self) -> u64 {
        match self {
            Enable::Local => 1 << 6,
            Enable::Global => 2 << 6,
            Enable::Both => 3 << 6,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "moved_while_enabled",
        title: "The address of a breakpoint in force can be rewritten: the new one hits, and the old one does not.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, MOVED, STATUS, RUNS],
        needs: NEEDS,
        program,
        scenario: |t| {
            let (first, then) = (Point::execute(0, label::STRAIGHT), Point::execute(0, label::STRAIGHT_2));
            set(&t, &[first])?;
            let (t, _) = Hit::execute(first.address, &[0]).comes(t.cont()?)?;
            let mut t = pass(t, &[first])?;
            // Further on and back, and never on the instruction in between.
            for address in [label::STRAIGHT_1, then.address] {
                rewrite(&t, address);
            }
            (t, _) = Hit::execute(then.address, &[0]).comes(t.cont()?)?;
            check_ran(&*ends_behind(t, &[then])?, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "disabled_does_not_hit",
        title: "A breakpoint that has been disabled does not hit, and its address can still be read.",
        clauses: &[SET, DISABLED],
        needs: NEEDS,
        program,
        scenario: |t| {
            let points = [Point::execute(1, label::STRAIGHT_1)];
            set(&t, &points)?;
            clear(&t, &points)?;
            check_kept(&t, label::STRAIGHT_1);
            let t = t.cont()?.ends(DISABLED, ENDED)?;
            check_ran(&t, DISABLED)
        },
        ..Case::NEW
    },
    Case {
        name: "either_bit_enables",
        title: "The local bit of a slot enables its breakpoint, and so does the global one, and both together.",
        clauses: &[TRAP, BEFORE, EITHER_BIT, STATUS, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, axis::<Enable>(&["local", "global", "both"])],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let enable: Enable = t.pick()?;
            t.check(EITHER_BIT, "DR3 is written", Ok(()), point::set_debug(&t, 3, label::STRAIGHT_1));
            t.check(EITHER_BIT, "DR7 is written", Ok(()), point::set_debug(&t, 7, enable.bits()));
            t.check(EITHER_BIT, "DR7", Ok(Word(enable.bits())), point::debug(&t, 7).map(Word));
            let (t, _) = Hit::execute(label::STRAIGHT_1, &[3]).comes(t.cont()?)?;
            check_ran(&*t.cont()?.ends(RUNS, ENDED)?, EITHER_BIT)
        },
        ..Case::NEW
    },
    Case {
        name: "enabled_before_its_address",
        title: "DR7 can be written before the address is: the slot has address 0, and hits at the address that is written later.",
        clauses: &[TRAP, BEFORE, BEFORE_ADDRESS, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let control = point::control(&[Point::execute(2, 0)]);
            t.check(BEFORE_ADDRESS, "DR7 is written", Ok(()), point::set_debug(&t, 7, control));
            t.check(BEFORE_ADDRESS, "DR7", Ok(Word(control)), point::debug(&t, 7).map(Word));
            t.check(BEFORE_ADDRESS, "DR2", Ok(Address(0)), point::debug(&t, 2).map(Address));
            let written = point::set_debug(&t, 2, label::STRAIGHT_1);
            t.check(BEFORE_ADDRESS, "DR2 is written", Ok(()), written);
            let (t, _) = Hit::execute(label::STRAIGHT_1, &[2]).comes(t.cont()?)?;
            check_ran(&*t.cont()?.ends(RUNS, ENDED)?, BEFORE_ADDRESS)
        },
        ..Case::NEW
    },
];

/// Writes the first slot's address, and nothing else of it.
fn rewrite(t: &Stopped, address: u64) {
    let enabled = Point::execute(0, address);
    if Arch::HERE == Arch::X86_64 {
        t.check(MOVED, "address is written", Ok(()), point::set_debug(t, 0, address));
        t.check(MOVED, "address", Ok(Address(address)), point::debug(t, 0).map(Address));
    } else {
        let bytes = &point::bytes(&[(address, 0)])[..16];
        let taken = t.set_regset(note::ARM_HW_BREAK, bytes);
        t.check(MOVED, "bytes taken", Ok(bytes.len()), taken);
        point::check_set(t, MOVED, note::ARM_HW_BREAK, &[(address, enabled.word())]);
    }
}

/// The address of the second slot, disabled, beside a first slot that has never been used.
fn check_kept(t: &Stopped, address: u64) {
    if Arch::HERE == Arch::X86_64 {
        t.check(DISABLED, "address", Ok(Address(address)), point::debug(t, 1).map(Address));
        t.check(DISABLED, "DR7", Ok(Word(0)), point::debug(t, 7).map(Word));
    } else {
        let pairs = [(0, point::DISABLED), (address, point::DISABLED)];
        point::check_set(t, DISABLED, note::ARM_HW_BREAK, &pairs);
    }
}
