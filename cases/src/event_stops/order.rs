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
        name: "either_stop_is_told_first",
        title: "Once maker and new task have both stopped, the tracer may be told of the new task's first stop before the event in its maker, or behind it.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "inside.child-runs-first"],
        axes: &[
            ANY_START,
            axis::<Maker>(&["fork", "vfork", "clonethread", "clone3process"]),
            axis::<First>(&["childfirst", "parentfirst"]),
        ],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = t.cont()?;
            t.await_state(&['t'])?;
            // A tracee that has stopped answers, whether its stop has been waited for or not.
            let child = t.traced(t.must("PTRACE_GETEVENTMSG", t.message())?, "child")?;
            child.await_state(&['t'])?;
            let (t, child) = match t.pick()? {
                First::Child => {
                    let child = child.expect("inside.child-runs-first", tasks::first(t.start))?;
                    (t.expect(EVENT, Stop::Event(maker.event()))?, child)
                }
                First::Parent => (t.expect(EVENT, Stop::Event(maker.event()))?, tasks::to_first_stop(child)?),
            };
            let child = child_ends(child)?;
            parent_ends(t.cont()?, &child)
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
