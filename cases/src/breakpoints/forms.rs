//! How the register sets of aarch64 show what was written to them, and what does not fit into a watchpoint.

use super::point::{Kind, Point, check_set, set};
use super::sets::{BOTH, Set, TELLS, UNTOUCHED, ends, length, taken, word};
use super::{NEEDS, ONLY_ARM, RUNS, SET, program};
use crate::changes::WATCHPOINT_WITHIN_EIGHT;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::note;

const NORMALISED: &str = "arm64.hwbp-normalised";
const WITHIN_EIGHT: &str = "arm64.hwbp-within-eight";

/// Address and control of a slot.
type Form = (u64, u64);

/// For each set what is written, and what it then reads.
const BREAKS: &[(Form, Form)] = &[
    ((label::ILLEGAL, word(0xf, 0, 1)), (label::ILLEGAL, word(0xf, 0, 5))),
    ((label::ILLEGAL, word(0xf, 0, 3)), (label::ILLEGAL, word(0xf, 0, 5))),
    ((label::ILLEGAL, word(0x1, 0, 5)), (label::ILLEGAL, word(0xf, 0, 5))),
    ((label::ILLEGAL, word(0xff, 0, 5)), (label::ILLEGAL, word(0xf, 0, 5))),
    ((label::ILLEGAL, word(0xf, 0, 4)), (label::ILLEGAL, word(0xf, 0, 4))),
];
const WATCHES: &[(Form, Form)] = &[
    ((UNTOUCHED, word(0xff, 3, 1)), (UNTOUCHED, word(0xff, 3, 5))),
    ((UNTOUCHED, word(0x0f, 1, 3)), (UNTOUCHED, word(0x0f, 1, 5))),
    ((UNTOUCHED, word(0x01, 2, 5)), (UNTOUCHED, word(0x01, 2, 5))),
    ((UNTOUCHED + 5, word(0x01, 2, 5)), (UNTOUCHED, word(0x20, 2, 5))),
    ((UNTOUCHED + 2, word(0x0f, 2, 5)), (UNTOUCHED, word(0x3c, 2, 5))),
    ((UNTOUCHED, word(0x30, 2, 5)), (UNTOUCHED, word(0x30, 2, 5))),
    ((UNTOUCHED, word(0x00, 0, 4)), (UNTOUCHED, word(0x03, 2, 4))),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "what_is_written_reads_back",
        title: "An enabled slot reads back as the kernel has understood it: user mode, four bytes for a breakpoint, and a multiple of eight with the bytes of a watchpoint moved along.",
        clauses: &[TELLS, NORMALISED, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, BOTH],
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        program,
        scenario: |t| {
            let set: Set = t.pick()?;
            for &(written, becomes) in if set == Set::Break { BREAKS } else { WATCHES } {
                t.check(TELLS, "bytes taken", Ok(length(1)), taken(&t, set, &[written]));
                check_set(&t, NORMALISED, set.note(), &[becomes]);
            }
            t.check(TELLS, "bytes taken", Ok(length(1)), taken(&t, set, &[(0, 0)]));
            ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "beyond_eight_bytes",
        title: "A watchpoint that would reach beyond a multiple of 8 is cut there, or refused with EINVAL on newer kernels, as is a shorter one that takes its place; with a multiple of 8 as address and the bytes selected in the control nothing is in doubt.",
        clauses: &[SET, WITHIN_EIGHT, RUNS],
        needs: NEEDS,
        arches: &[Arch::Aarch64],
        only: ONLY_ARM,
        changes: &[&WATCHPOINT_WITHIN_EIGHT],
        program,
        scenario: |t| {
            let whole = Point::data(0, Kind::Write, UNTOUCHED, 8);
            let old = (UNTOUCHED, whole.word());
            for (bytes, cut) in [(0xff, 0xf0), (0x1f, 0xf0), (0x01, 0x10)] {
                set(&t, &[whole])?;
                let answer = taken(&t, Set::Watch, &[(UNTOUCHED + 4, word(bytes, 2, 5))]);
                let expected = t.across(&WATCHPOINT_WITHIN_EIGHT, Ok(length(1)), Err(Errno::EINVAL))?;
                t.check(WITHIN_EIGHT, &format!("bytes {bytes:#x} from 4 on"), expected, answer);
                let reads = t.across(&WATCHPOINT_WITHIN_EIGHT, (UNTOUCHED, word(cut, 2, 5)), old)?;
                check_set(&t, WITHIN_EIGHT, note::ARM_HW_WATCH, &[reads]);
                let selected = (UNTOUCHED, word(cut, 2, 5));
                t.check(SET, "bytes taken", Ok(length(1)), taken(&t, Set::Watch, &[selected]));
                check_set(&t, SET, note::ARM_HW_WATCH, &[selected]);
            }
            ends(t)
        },
        ..Case::NEW
    },
];
