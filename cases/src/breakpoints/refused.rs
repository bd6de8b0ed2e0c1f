//! What x86_64 refuses to have in a debug register, and that it leaves all as it was.

use super::point::{self, Kind, Point, debug, set, set_debug};
use super::{BEFORE, ENDED, Hit, NEEDS, ONLY_X86, RUNS, SET, STATUS, TRAP, check_ran, program};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const ADDRESS: &str = "x86.dr-addr-einval";
const ATOMIC: &str = "x86.dr7-atomic";
const BAD_CONTROL: &str = "x86.dr7-bad-control";
const MISALIGNED: &str = "x86.dr-misaligned";
const ABSENT: &str = "x86.dr45-eio";
const PEEK_ALIGNMENT: &str = "user.peek-alignment";
const POKE_ALIGNMENT: &str = "user.poke-alignment";
const DISALLOWED: &str = "user.poke-disallowed-fields";
const INITIAL: &str = "x86.dr-initial";

/// No addresses of a user's, whichever size its address space has.
const BAD_ADDRESSES: [u64; 4] = [1 << 63, 0xffff_8000_0000_0000, 0xffff_ffff_8100_0000, u64::MAX];

/// Kind and length bits of a slot that are refused: for execution longer than a byte, and I/O of any length.
const BAD_CONTROLS: [u64; 7] = [0x4, 0x8, 0xc, 0x2, 0x6, 0xa, 0xe];

/// The breakpoint that is in force while others are refused.
const POINT: Point = Point::execute(1, label::STRAIGHT_1);

/// Words that are refused leave each debug register as it was.
fn check_registers(t: &Stopped, clause: &str, expected: [u64; 4], control: u64) {
    for (index, address) in expected.into_iter().enumerate() {
        t.check(clause, &format!("DR{index}"), Ok(Word(address)), debug(t, index).map(Word));
    }
    t.check(clause, "DR7", Ok(Word(control)), debug(t, 7).map(Word));
}

/// What is in force hits, and nothing else does.
fn hits_and_ends(t: Stopped) -> Flow {
    let (t, _) = Hit::execute(POINT.address, &[POINT.slot]).comes(t.cont()?)?;
    let t = t.cont()?.ends(RUNS, ENDED)?;
    check_ran(&t, RUNS)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "addresses_of_the_kernel",
        title: "An address that is no user's is refused with EINVAL in each slot, used before or not, and the old address stays, in force if it was.",
        clauses: &[SET, TRAP, BEFORE, ADDRESS, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            set(&t, &[POINT])?;
            for slot in 0..4 {
                for address in BAD_ADDRESSES {
                    let what = format!("{address:#x} in DR{slot}");
                    t.check(ADDRESS, &what, Err(Errno::EINVAL), set_debug(&t, slot, address));
                }
            }
            check_registers(&t, ADDRESS, [0, POINT.address, 0, 0], point::control(&[POINT]));
            hits_and_ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "controls_that_mean_nothing",
        title: "A DR7 with an I/O breakpoint, or with one for execution that is longer than a byte, is refused with EINVAL in each slot, and all slots stay as they were.",
        clauses: &[SET, TRAP, BEFORE, ATOMIC, BAD_CONTROL, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            set(&t, &[POINT])?;
            let old = point::control(&[POINT]);
            for slot in [0, 2, 3] {
                for bits in BAD_CONTROLS {
                    // Beside what is in force, and in its place.
                    let bad = bits << (16 + 4 * slot) | 1 << (2 * slot);
                    let what = format!("{:#x}", old | bad);
                    t.check(BAD_CONTROL, &what, Err(Errno::EINVAL), set_debug(&t, 7, old | bad));
                    let what = format!("{bad:#x}");
                    t.check(BAD_CONTROL, &what, Err(Errno::EINVAL), set_debug(&t, 7, bad));
                    check_registers(&t, ATOMIC, [0, POINT.address, 0, 0], old);
                }
            }
            hits_and_ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "addresses_that_do_not_suit_the_length",
        title: "An address that is no multiple of its slot's length is refused with EINVAL, if the slot is enabled or was given that length before; so is a length that does not suit the address.",
        clauses: &[SET, MISALIGNED, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let place = Program::shared(8);
            for length in [2, 4, 8] {
                let point = Point::data(0, Kind::Write, place, length);
                set(&t, &[point])?;
                let control = point::control(&[point]);
                let disabled = control & !0xff;
                for (what, control) in [("enabled", control), ("disabled", disabled)] {
                    t.check(MISALIGNED, "DR7 is written", Ok(()), set_debug(&t, 7, control));
                    let what = format!("address + {} of length {length}, {what}", length / 2);
                    let written = set_debug(&t, 0, place + length / 2);
                    t.check(MISALIGNED, &what, Err(Errno::EINVAL), written);
                    check_registers(&t, MISALIGNED, [place, 0, 0, 0], control);
                }
                check_length(&t, place + length / 2, control);
            }
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
    Case {
        name: "registers_that_there_are_not",
        title: "DR4 and DR5 read 0 and cannot be written, nor can anything be read or written between two debug registers or behind the last.",
        clauses: &[ABSENT, INITIAL, PEEK_ALIGNMENT, POKE_ALIGNMENT, DISALLOWED, RUNS],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            for index in [4, 5] {
                for value in [0, label::STRAIGHT_1, u64::MAX] {
                    let what = format!("{} in DR{index}", label::name(value));
                    t.check(ABSENT, &what, Err(Errno::EIO), set_debug(&t, index, value));
                }
                t.check(INITIAL, &format!("DR{index}"), Ok(Word(0)), debug(&t, index).map(Word));
            }
            // Within the first and the last one, and behind that.
            for offset in [point::DEBUG + 1, point::DEBUG + 4, point::DEBUG + 8 * 8 - 1] {
                let what = format!("offset {offset}");
                t.check(PEEK_ALIGNMENT, &what, Err(Errno::EIO), t.peek_user(offset));
                t.check(POKE_ALIGNMENT, &what, Err(Errno::EIO), t.poke_user(offset, 0));
            }
            let written = t.poke_user(point::DEBUG + 8 * 8, 0);
            t.check(DISALLOWED, "behind DR7", Err(Errno::EIO), written);
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
];

/// With its slot disabled and short again the address is taken, and then the length is not.
fn check_length(t: &Stopped, address: u64, control: u64) {
    t.check(MISALIGNED, "DR7 is cleared", Ok(()), set_debug(t, 7, 0));
    t.check(MISALIGNED, "DR0 is written", Ok(()), set_debug(t, 0, address));
    t.check(MISALIGNED, "length of the old address", Err(Errno::EINVAL), set_debug(t, 7, control));
    check_registers(t, MISALIGNED, [address, 0, 0, 0], 0);
}
