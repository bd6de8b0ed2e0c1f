//! Death by exit: the status, and what becomes of the other threads.

use super::threads::{BORN, EITHER, MADE, OPTIONS, by_rank, doer_and_other, one_of_two};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::Address;

const MEMORY: &str = "event.exit.memory-there";

/// What the program hands to exit, and the eight bits that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Code(u64);

impl Axis for Code {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("zero", Code(0)),
        ("most", Code(255)),
        ("over", Code(256 + 7)),
        ("minus", Code(u64::MAX)),
        ("high", Code(5 << 32 | 9)),
    ];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exit_status_is_eight_bits",
        title: "Of the number given to exit_group the tracer gets the lowest eight bits; of 0 the whole status is 0.",
        clauses: &["death.exit-reports"],
        axes: &[ANY_START, axis::<Code>(&["zero", "most", "over", "minus", "high"])],
        program: |p| {
            let Code(code) = p.pick();
            p.exit(code);
        },
        scenario: |t| {
            let Code(code) = t.pick()?;
            t.cont()?.ends("death.exit-reports", Gone::Exited(code as u8))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "memory_at_the_exit_event",
        title: "At PTRACE_EVENT_EXIT the task has its memory still: /proc/PID/maps has the code that it was in, and /proc/PID/auxv what it began with.",
        clauses: &["event.exit.position", MEMORY, "death.exit-reports"],
        options: options::TRACEEXIT,
        program: |p| {
            p.exit(5);
        },
        scenario: |t| {
            let place = t.registers()?.ip();
            let before = (t.proc_maps(place)?, Address(t.proc_auxiliary(libc::AT_ENTRY)?));
            let t = t.cont()?.expect("event.exit.position", Stop::Event(Event::EXIT))?;
            let now = (t.proc_maps(place)?, Address(t.proc_auxiliary(libc::AT_ENTRY)?));
            t.check(MEMORY, "lines of /proc/PID/maps around its code", before.0, now.0);
            t.check(MEMORY, "entry point in /proc/PID/auxv", before.1, now.1);
            t.cont()?.ends("death.exit-reports", Gone::Exited(5)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_group_of_two",
        title: "exit_group by either thread ends both, and both report the same status.",
        clauses: &[MADE, BORN, "death.exit-group-all-report"],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: |p| {
            one_of_two(p, |p| {
                p.exit(5);
            });
        },
        scenario: |t| {
            let (doer, other) = doer_and_other(t)?;
            let (leader, thread) = by_rank(doer, other)?;
            thread.ends("death.exit-group-all-report", Gone::Exited(5))?;
            leader.ends("death.exit-group-all-report", Gone::Exited(5))?;
            Ok(())
        },
        ..Case::NEW
    },
];
