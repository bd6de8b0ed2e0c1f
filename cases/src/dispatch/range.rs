//! The range of addresses whose calls are exempt, or, in inclusive mode, the only ones that are intercepted.

use super::config::check_config;
use super::{
    ALL, ARGUMENTS, BLOCK, BY_PROGRAM, BY_TRACER, CALL, DECIDES, END, INCLUSIVE, NONE, ON, PASSED, SELECTOR,
    STOPS, WORD, arm, check_made, ends_without_it, to_sigsys,
};
use crate::changes::DISPATCH_INCLUSIVE;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label::SYSCALL_RETURN;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::status::Gone;

const EXEMPT: &str = "sud.range-exempt";
const IN_RANGE: &str = "sud.rst.inclusive-range";
const READ_BACK: &str = "sud.inclusive-read-back";

/// A range of addresses and the address behind the program's call instruction, which decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Around,
    From,
    Before,
    Behind,
    Everything,
    Empty,
}

impl Axis for Range {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("around", Range::Around),
        ("from", Range::From),
        ("before", Range::Before),
        ("behind", Range::Behind),
        ("everything", Range::Everything),
        ("empty", Range::Empty),
    ];
}

impl Range {
    /// Offset and length.
    const fn place(self) -> (u64, u64) {
        match self {
            Range::Around => (SYSCALL_RETURN - 2, 3),
            Range::From => (SYSCALL_RETURN, 1),
            // It ends behind the instruction, whose own bytes do not count.
            Range::Before => (SYSCALL_RETURN - 2, 2),
            Range::Behind => (SYSCALL_RETURN + 1, 1),
            Range::Everything => (0, u64::MAX),
            Range::Empty => (0, 0),
        }
    }

    const fn holds_the_call(self) -> bool {
        matches!(self, Range::Around | Range::From | Range::Everything)
    }

    const fn config(self, mode: u64) -> SyscallUserDispatch {
        let (offset, length) = self.place();
        SyscallUserDispatch { mode, selector: SELECTOR, offset, length }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exempt_range",
        title: "Calls from the exempt range are made whatever the selector says; what counts is the address behind the instruction.",
        clauses: &[STOPS, PASSED, DECIDES, EXEMPT, END],
        axes: &[ANY_START, axis::<Range>(&["around", "from", "before", "behind", "everything", "empty"])],
        program: |p| {
            let range: Range = p.pick();
            arm(p, range.config(ON));
            p.store(SELECTOR, BLOCK);
            p.call(CALL, &ARGUMENTS);
            p.store(SELECTOR, 0);
            p.exit(3);
        },
        scenario: |t| {
            if t.pick::<Range>()?.holds_the_call() {
                let task = t.cont()?.ends(EXEMPT, Gone::Exited(3))?;
                return check_made(&task, EXEMPT);
            }
            let t = to_sigsys(t)?;
            t.check(DECIDES, "selector", BLOCK, t.word(WORD));
            ends_without_it(t)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "inclusive_range",
        title: "In inclusive mode only calls from the range are intercepted; it reads back as the exclusive mode with the rest of the addresses, which cannot be set.",
        clauses: &[STOPS, PASSED, IN_RANGE, READ_BACK, END],
        changes: &[&DISPATCH_INCLUSIVE],
        axes: &[ANY_START, axis::<Range>(&["around", "from", "before", "behind"])],
        program: |p| {
            p.call(CALL, &ARGUMENTS);
            p.store(SELECTOR, 0);
            p.exit(3);
        },
        scenario: |t| {
            let range: Range = t.pick()?;
            let (offset, length) = range.place();
            let known = t.across(&DISPATCH_INCLUSIVE, false, true)?;
            let answer = t.set_dispatch(range.config(INCLUSIVE));
            t.check(IN_RANGE, "mode 2", if known { Ok(()) } else { Err(Errno::EINVAL) }, answer);
            let rest = SyscallUserDispatch { offset: offset + length, length: length.wrapping_neg(), ..ALL };
            check_config(&t, READ_BACK, if known { rest } else { NONE })?;
            if known {
                // It wraps, which only the inverted range may.
                t.check(READ_BACK, "what was read, set", Err(Errno::EINVAL), t.set_dispatch(rest));
            }
            t.set_word(WORD, BLOCK);
            if known && range.holds_the_call() {
                let t = to_sigsys(t)?;
                t.set_word(WORD, 0);
                return ends_without_it(t);
            }
            let task = t.cont()?.ends(IN_RANGE, Gone::Exited(3))?;
            check_made(&task, IN_RANGE)
        },
        ..BY_TRACER
    },
];
