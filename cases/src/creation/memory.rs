//! Whether a new task has its maker's memory or a copy, as its tracer sees it.

use super::way::{Caller, EITHER, Kind, MAKER_ENDS};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::{Return, Word};

/// How the new task is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    Copied,
    Thread,
    Vfork,
    Vforked,
}

impl Axis for Memory {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("fork", Memory::Copied),
        ("thread", Memory::Thread),
        ("vfork", Memory::Vfork),
        ("clonevfork", Memory::Vforked),
    ];
}

impl Memory {
    const fn kind(self) -> Kind {
        match self {
            Memory::Copied => Kind::Fork,
            Memory::Thread => Kind::Thread,
            Memory::Vfork | Memory::Vforked => Kind::Vfork,
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Memory::Copied | Memory::Thread => "clone.vm-shared",
            Memory::Vfork => "vfork.shares-memory",
            Memory::Vforked => "vfork.equivalent-clone",
        }
    }
}

/// A word of the program's own memory that nobody uses: on the stack of a task that there is not.
const PLACE: u64 = label::TASK + 7 * 4096;
const WRITTEN: u64 = 0x1234_5678_9abc_def0;

pub(super) const CASES: &[Case] = &[Case {
    name: "memory_through_the_new_task",
    title: "What the tracer writes through a new task at its first stop is there in its maker if they share memory, after vfork too, and is not after a fork.",
    clauses: &[EVENT, TRACED, END, "clone.vm-shared", "vfork.shares-memory", "vfork.equivalent-clone"],
    axes: &[EITHER, axis::<Memory>(&["fork", "thread", "vfork", "clonevfork"])],
    options: EVENTS,
    program: |p| {
        let memory: Memory = p.pick();
        p.block(&[Signal::CHLD]);
        let child = |p: &mut Program| {
            p.load(PLACE);
            p.exit_thread(CHILD_ENDS.into());
        };
        match memory {
            Memory::Vfork => p.vfork("child", child),
            _ => memory.kind().make(p, Caller::Clone, 0, child),
        };
        p.load(PLACE);
        p.exit(MAKER_ENDS.into());
    },
    scenario: |t| {
        let memory: Memory = t.pick()?;
        let clause = memory.clause();
        let t = t.cont()?.expect(EVENT, Stop::Event(memory.kind().event()))?;
        let child = to_first_stop(t.new_task("child")?)?;
        t.check(clause, "word before", Word(0), Word(t.memory(PLACE, 1)?[0]));
        child.set_memory(PLACE, &[WRITTEN])?;
        let there = if memory == Memory::Copied { 0 } else { WRITTEN };
        t.check(clause, "word in the maker", Word(there), Word(t.memory(PLACE, 1)?[0]));
        child.check(clause, "word in the new task", Word(WRITTEN), Word(child.memory(PLACE, 1)?[0]));
        let child = child_ends(child)?;
        child.check_saw(clause, "load", Some(Return(WRITTEN)))?;
        let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
        t.check_saw(clause, "load_2", Some(Return(there)))
    },
    ..Case::NEW
}];
