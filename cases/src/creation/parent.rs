//! CLONE_PARENT: the new task is its maker's sibling, and its tracer's all the same.

use super::way::MAKER_ENDS;
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::Return;

const SIBLING: &str = "clone.parent";
const ALONE: &str = "event.kind-by-signal-alone";

/// The exit signal in the flags, which the sibling does not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flagged {
    Chld,
    Usr1,
}

impl Axis for Flagged {
    const VALUES: &'static [(&'static str, Self)] = &[("sigchld", Flagged::Chld), ("sigusr1", Flagged::Usr1)];
}

impl Flagged {
    const fn signal(self) -> libc::c_int {
        match self {
            Flagged::Chld => libc::SIGCHLD,
            Flagged::Usr1 => libc::SIGUSR1,
        }
    }

    const fn event(self) -> Event {
        match self {
            Flagged::Chld => Event::FORK,
            Flagged::Usr1 => Event::CLONE,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sibling_of_the_tracee",
        title: "CLONE_PARENT in a child of the tracer: the event is that of the exit signal in the flags, the tracer is the new task's parent, and the maker has no child.",
        clauses: &[ALONE, TRACED, END, SIBLING, "clone.ret-tid"],
        axes: &[ANY_START, axis::<Flagged>(&["sigchld", "sigusr1"])],
        options: EVENTS,
        program: |p| {
            sibling(p);
            p.call(Syscall::WAIT4, &[u64::MAX, 0, libc::__WALL as u64, 0]);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let flagged: Flagged = t.pick()?;
            let t = t.cont()?.expect(ALONE, Stop::Event(flagged.event()))?;
            let child = child_ends(to_first_stop(t.new_task("sibling")?)?)?;
            has_parent(&child, std::process::id() as i32)?;
            t.check(SIBLING, "a second wait", Err(Errno::ECHILD), t.poll_id(child.pid as u64));
            let t = t.cont()?.ends(SIBLING, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", "clone", &child)?;
            t.check_saw(SIBLING, "wait4", Some(Return::error(Errno::ECHILD)))
        },
        ..Case::NEW
    },
    Case {
        name: "sibling_of_a_new_process",
        title: "CLONE_PARENT in a new process: the event is in that one, and both are children of the first tracee, which reaps them.",
        clauses: &[EVENT, ALONE, TRACED, END, SIBLING, "clone.ret-tid"],
        axes: &[ANY_START, axis::<Flagged>(&["sigchld", "sigusr1"])],
        options: EVENTS,
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.fork("child", |p| {
                sibling(p);
                p.exit(CHILD_ENDS.into());
            });
            p.wait4(u64::MAX, 0, 0);
            p.store(Program::shared(1), 1);
            p.wait4(u64::MAX, 0, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let flagged: Flagged = t.pick()?;
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            let child = child.expect(ALONE, Stop::Event(flagged.event()))?;
            let sibling = to_first_stop(child.new_task("sibling")?)?;
            let t = t.cont()?;
            let sibling = child_ends(sibling)?;
            has_parent(&sibling, t.pid)?;
            t.await_word(1);
            let child = child_ends(child)?;
            let t = t.ends(SIBLING, Gone::Exited(MAKER_ENDS))?;
            child.check_saw_pid("clone.ret-tid", "clone", &sibling)?;
            t.check_saw_pid("clone.ret-tid", "fork", &child)?;
            t.check_saw_pid(SIBLING, "wait4", &sibling)?;
            t.check_saw_pid(SIBLING, "wait4_2", &child)
        },
        ..Case::NEW
    },
];

/// Makes a sibling of the caller, which asks for its parent.
fn sibling(p: &mut Program) {
    let flagged: Flagged = p.pick();
    p.clone_task((libc::CLONE_PARENT | flagged.signal()) as u64, "sibling", |p| {
        p.call(Syscall::GETPPID, &[0; 0]);
        p.exit(CHILD_ENDS.into());
    });
}

fn has_parent(sibling: &Task, pid: i32) -> Flow {
    let parent = sibling.saw("getppid")? == Some(pid as u64);
    sibling.check(SIBLING, "its parent is its maker's", true, parent);
    Ok(())
}
