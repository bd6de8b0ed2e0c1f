//! Where the order of a new task's and its maker's stops is defined, and where it is not.

use super::axes::{EVENTS, Maker, makes_a_task};
use super::new_task::both_stopped;
use super::tasks;
use super::tasks::{END, EVENT, TRACED, child_ends, parent_ends};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::values::Pid;

/// Which of two stopped tasks goes on first, and to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    Child,
    Parent,
}

impl Axis for First {
    const VALUES: &'static [(&'static str, Self)] =
        &[("childfirst", First::Child), ("parentfirst", First::Parent)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "either_task_can_go_on_first",
        title: "A new process and its maker are stopped independently: each can run to its end while the other is stopped.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "inside.child-runs-first"],
        axes: &[
            ANY_START,
            axis::<Maker>(&["fork", "cloneprocess", "clone3process"]),
            axis::<First>(&["childfirst", "parentfirst"]),
        ],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            match t.pick()? {
                First::Child => {
                    let child = child_ends(child)?;
                    let message = t.message().map(|id| Pid(id as i32));
                    t.check("inside.child-runs-first", "event message", Ok(Pid(child.pid)), message);
                    parent_ends(t.cont()?, &child)
                }
                First::Parent => {
                    parent_ends(t.cont()?, &child)?;
                    child.check("inside.child-runs-first", "stop", tasks::first(child.start), child.stop);
                    child_ends(child).map(drop)
                }
            }
        },
        ..Case::NEW
    },
    Case {
        name: "thread_and_maker_take_turns",
        title: "A thread stopped at its first stop does not hold up its maker, which reaches its next call and waits there.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "inside.child-runs-first",
            "inside.exit-stop-follows",
        ],
        axes: &[ANY_START, axis::<Maker>(&["clonethread", "clone3thread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let t = t.syscall()?.expect("inside.child-runs-first", Stop::SyscallEnter)?;
            let child = child_ends(child)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
];
