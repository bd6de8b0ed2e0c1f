//! Configurations that make no sense, refused to program and tracer alike, and what that leaves.

use super::config::check_config;
use super::{ALL, BY_PROGRAM, BY_TRACER, END, INCLUSIVE, NONE, ON, SELECTOR, arm};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Return;

const REFUSED: &str = "sud.err";
const LEFTOVERS: &str = "sud.rst.off-fields-zero";
const LEFTOVERS_BY_TRACER: &str = "uapi.sud.off-params-zero";
const UNCHANGED: &str = "sud.refused-unchanged";

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Mode,
    HighMode,
    OffSelector,
    OffOffset,
    OffLength,
    NoLength,
    Wraps,
    Selector,
    InclusiveEmpty,
    InclusiveWraps,
}

impl Axis for Wrong {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("mode", Wrong::Mode),
        ("highmode", Wrong::HighMode),
        ("offselector", Wrong::OffSelector),
        ("offoffset", Wrong::OffOffset),
        ("offlength", Wrong::OffLength),
        ("nolength", Wrong::NoLength),
        ("wraps", Wrong::Wraps),
        ("selector", Wrong::Selector),
        ("inclusiveempty", Wrong::InclusiveEmpty),
        ("inclusivewraps", Wrong::InclusiveWraps),
    ];
}

const GENERAL: Dimension =
    axis::<Wrong>(&["mode", "highmode", "nolength", "wraps", "selector", "inclusiveempty", "inclusivewraps"]);
const LEFT: Dimension = axis::<Wrong>(&["offselector", "offoffset", "offlength"]);

impl Wrong {
    const fn config(self) -> SyscallUserDispatch {
        match self {
            Wrong::Mode => SyscallUserDispatch { mode: 3, ..ALL },
            Wrong::HighMode => SyscallUserDispatch { mode: 1 << 32 | ON, ..ALL },
            Wrong::OffSelector => SyscallUserDispatch { selector: SELECTOR, ..NONE },
            Wrong::OffOffset => SyscallUserDispatch { offset: 1, ..NONE },
            Wrong::OffLength => SyscallUserDispatch { length: 1, ..NONE },
            Wrong::NoLength => SyscallUserDispatch { offset: 0x1000, ..ALL },
            Wrong::Wraps => SyscallUserDispatch { offset: 0x1000, length: u64::MAX - 0xfff, ..ALL },
            Wrong::Selector => SyscallUserDispatch { selector: KERNEL, ..ALL },
            Wrong::InclusiveEmpty => SyscallUserDispatch { mode: INCLUSIVE, ..ALL },
            Wrong::InclusiveWraps => {
                SyscallUserDispatch { mode: INCLUSIVE, offset: 0x1000, length: u64::MAX, ..ALL }
            }
        }
    }

    const fn error(self) -> Errno {
        if matches!(self, Wrong::Selector) { Errno::EFAULT } else { Errno::EINVAL }
    }
}

/// An address of the kernel's half.
const KERNEL: u64 = 0xffff_8000_0000_0000;
/// What is set before.
const BEFORE: SyscallUserDispatch =
    SyscallUserDispatch { mode: ON, selector: SELECTOR, offset: 0x5000, length: 8 };

/// The program tries it itself.
fn tries(p: &mut Program) {
    let wrong: Wrong = p.pick();
    arm(p, wrong.config());
    p.exit(3);
}

/// The tracer tries it on a dispatch that is armed, with a selector that allows.
fn try_it(t: Stopped, clause: &str) -> Flow {
    let wrong: Wrong = t.pick()?;
    t.must("PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", t.set_dispatch(BEFORE))?;
    let answer = t.set_dispatch(wrong.config());
    t.check(clause, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Err(wrong.error()), answer);
    check_config(&t, UNCHANGED, BEFORE)?;
    t.cont()?.ends(END, Gone::Exited(3)).map(drop)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "refused_to_the_program",
        title: "prctl(2) refuses unknown modes, ranges that wrap and selectors beyond the program's addresses.",
        clauses: &[REFUSED, END],
        axes: &[ANY_START, GENERAL],
        program: tries,
        scenario: |t| {
            let wrong: Wrong = t.pick()?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(REFUSED, "prctl", Some(Return::error(wrong.error())))
        },
        ..BY_PROGRAM
    },
    Case {
        name: "off_with_leftovers",
        title: "prctl(2) refuses to turn the dispatch off where a field is not zero.",
        clauses: &[LEFTOVERS, END],
        axes: &[ANY_START, LEFT],
        program: tries,
        scenario: |t| {
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(LEFTOVERS, "prctl", Some(Return::error(Errno::EINVAL)))
        },
        ..BY_PROGRAM
    },
    Case {
        name: "refused_to_the_tracer",
        title: "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG refuses the same, and leaves the dispatch as it was.",
        clauses: &[REFUSED, UNCHANGED, END],
        axes: &[ANY_START, GENERAL],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| try_it(t, REFUSED),
        ..BY_TRACER
    },
    Case {
        name: "off_with_leftovers_by_the_tracer",
        title: "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG refuses to turn the dispatch off where a field is not zero, and leaves it as it was.",
        clauses: &[LEFTOVERS_BY_TRACER, UNCHANGED, END],
        axes: &[ANY_START, LEFT],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| try_it(t, LEFTOVERS_BY_TRACER),
        ..BY_TRACER
    },
];
