//! Whether a new task has its maker's memory or a copy, as its tracer sees it.

use super::way::{Caller, EITHER, Kind, MAKER_ENDS, TRACER, check_proc};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use crate::waiting::way::group_stop;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
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

/// What a process does alone that a thread would do with all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alone {
    Stops,
    Exits,
    Executes,
}

impl Axis for Alone {
    const VALUES: &'static [(&'static str, Self)] =
        &[("stops", Alone::Stops), ("exits", Alone::Exits), ("executes", Alone::Executes)];
}

const PROCESS: &str = "attach.thread-group-meaning";

const ALONE: Case = Case {
    name: "process_that_shares_memory",
    title: "A task with its maker's memory, files and handlers that is no thread is a process of its own: a group-stop, exit_group and an execve are its own, and its maker runs on.",
    clauses: &[EVENT, TRACED, END, PROCESS, TRACER],
    axes: &[EITHER, axis::<Alone>(&["stops", "exits", "executes"])],
    options: EVENTS | options::TRACEEXEC,
    program: |p| {
        let alone: Alone = p.pick();
        p.block(&[Signal::CHLD]);
        let shared = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND;
        p.clone_task((shared | libc::SIGCHLD) as u64, "child", |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            match alone {
                Alone::Stops => drop(p.raise(Signal::STOP)),
                Alone::Exits => {}
                Alone::Executes => drop(p.exec(|p| {
                    p.exit(CHILD_ENDS.into());
                })),
            }
            p.exit(CHILD_ENDS.into());
        });
        p.await_word(Program::shared(0));
        p.exit(MAKER_ENDS.into());
    },
    scenario: |t| {
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
        let child = to_first_stop(t.new_task("child")?)?;
        let (t, child) = (t.cont()?, child.cont()?);
        let child = match t.pick()? {
            Alone::Exits => child,
            Alone::Executes => child.expect(PROCESS, Stop::Event(Event::EXEC))?.cont()?,
            Alone::Stops => {
                let child = child.expect(PROCESS, Stop::Signal(Signal::STOP))?;
                let child = child.resume(Resume::Cont, Signal::STOP)?;
                let child = child.expect(PROCESS, group_stop(t.start, Signal::STOP))?;
                check_proc(&t, true, 'R')?;
                child.cont()?
            }
        };
        let child = child.ends(PROCESS, Gone::Exited(CHILD_ENDS))?;
        child.check_saw_pid(PROCESS, "getpid", &child)?;
        check_proc(&t, true, 'R')?;
        t.check(PROCESS, "report of the maker", Ok(None), t.poll());
        t.set_word(0, 1);
        t.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    ALONE,
    Case {
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
    },
];
