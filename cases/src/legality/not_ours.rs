//! Requests for tasks that are no tracees of the caller.

use super::ask::{Asked, UNCHANGED};
use super::state::State;
use super::way::{self, ENDS, ON, STOPS};
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Resume, Stopped, WAIT_FLAGS};

/// How the tracer itself traces makes no difference to those whom it does not.
const ONE_START: Dimension = axis::<Start>(&["traceme"]);
const NOT_MINE: &str = "err.esrch-not-mine";
const NONE: &str = "err.esrch-nonexistent";
const SELF: &str = "kdoc.attach-self";

/// Words of the program whose first task is a tracer itself.
const CHILD_ON: usize = 2;
const CHILD_STATUS: usize = 3;
const STOP_STATUS: usize = 4;

/// How a task comes under trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attach {
    Attach,
    Seize,
}

impl Axis for Attach {
    const VALUES: &'static [(&'static str, Self)] =
        &[("byattach", Attach::Attach), ("byseize", Attach::Seize)];
}

const CASE: Case = Case {
    name: "without_a_tracer",
    title: "A task that nobody traces, running or stopped by job control, refuses every request but PTRACE_ATTACH and PTRACE_SEIZE.",
    clauses: &[END, UNCHANGED, STOPS, NOT_MINE],
    axes: &[ONE_START, axis::<State>(&["untraced", "untracedstopped"])],
    program: way::program,
    scenario: untraced,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "attach_without_a_tracer",
        title: "PTRACE_ATTACH and PTRACE_SEIZE are allowed for a task that nobody traces.",
        clauses: &[
            END,
            UNCHANGED,
            "attach.attach.makes-tracee",
            "attach.attach.sends-sigstop",
            "seize.makes-tracee",
            "seize.does-not-stop",
        ],
        axes: &[ONE_START, axis::<State>(&["untraced"]), axis::<Attach>(&["byattach", "byseize"])],
        scenario: attach,
        ..CASE
    },
    Case {
        name: "under_another_tracer",
        title: "A tracee of somebody else refuses every request, running or stopped, and goes on under its tracer.",
        clauses: &[END, UNCHANGED, NOT_MINE, "death.esrch-not-tracer", "err.eperm-already-traced"],
        axes: &[ONE_START, axis::<State>(&["ofanother", "stoppedofanother"])],
        program: traces,
        scenario: of_another,
        ..CASE
    },
    Case {
        name: "within_the_tracer",
        title: "The tracer itself, and a thread beside it, refuse every request; they cannot be attached to either.",
        clauses: &[END, NOT_MINE, SELF],
        axes: &[ONE_START, axis::<State>(&["tracer", "sibling"])],
        scenario: within,
        ..CASE
    },
    Case {
        name: "kernel_thread",
        title: "A kernel thread refuses every request and cannot be attached to, whatever the rights of the caller.",
        clauses: &[END, NOT_MINE, "kdoc.attach-kthread"],
        axes: &[ONE_START, axis::<State>(&["kernel"])],
        scenario: |t| {
            let missing = || Halt::Skip("no kernel thread can be seen from here".into());
            let thread = foreign::kernel_thread().ok_or_else(missing)?;
            outside(t, thread)
        },
        ..CASE
    },
    Case {
        name: "no_such_task",
        title: "Every request for an id that no task has, or has any more, fails with ESRCH.",
        clauses: &[END, NONE],
        axes: &[ONE_START, axis::<State>(&["gone", "zero"])],
        scenario: |t| match t.pick()? {
            State::Zero => outside(t, 0),
            state => {
                let task = t.cont()?.ends(END, ENDS)?;
                Asked::of(&task, state).all_quiet();
                Ok(())
            }
        },
        ..CASE
    },
];

/// Leaves the task alone and asks.
fn untraced(t: Stopped) -> Flow {
    let state: State = t.pick()?;
    if state == State::Untraced {
        let t = t.detach(Signal::NONE)?;
        way::until_there(&t);
        Asked::of(&t, state).all_quiet();
        t.set_word(ON, 1);
        return t.ends(END, ENDS).map(drop);
    }
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?.detach(Signal::STOP)?;
    t.await_state(&['T'])?;
    Asked::of(&t, state).all_quiet();
    let status = t.proc_status()?;
    t.check(UNCHANGED, "state in /proc", 'T'.to_string(), status.state.to_string());
    t.check(UNCHANGED, "tracer in /proc", 0, status.tracer);
    t.kill(Signal::CONT)?;
    t.ends(END, ENDS).map(drop)
}

fn attach(t: Stopped) -> Flow {
    let how: Attach = t.pick()?;
    let t = t.detach(Signal::NONE)?;
    way::until_there(&t);
    let t = match how {
        Attach::Attach => {
            t.attach()?;
            t.expect("attach.attach.sends-sigstop", Stop::Signal(Signal::STOP))?.cont()?
        }
        Attach::Seize => {
            t.seize(0)?;
            t.check("seize.does-not-stop", "report", Ok(None), t.poll());
            t
        }
    };
    let clause = match how {
        Attach::Attach => "attach.attach.makes-tracee",
        Attach::Seize => "seize.makes-tracee",
    };
    // Only a tracee reports a signal.
    t.kill(Signal::USR1)?;
    let t = t.expect(clause, Stop::Signal(Signal::USR1))?;
    t.set_word(ON, 1);
    t.resume(Resume::Cont, Signal::NONE)?.ends(END, ENDS).map(drop)
}

/// A program whose first task traces a child of its own.
fn traces(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let child = p.fork("child", |child| {
        child.await_word(Program::shared(CHILD_ON));
        child.exit(CHILD_ENDS.into());
    });
    if p.pick::<State>() == State::OfAnother {
        p.ptrace(Request::SEIZE, child, 0, 0);
    } else {
        p.ptrace(Request::ATTACH, child, 0, 0);
        p.wait4(child, STOP_STATUS, WAIT_FLAGS);
    }
    p.store(Program::shared(way::THERE), 1);
    p.await_word(Program::shared(ON));
    if p.pick::<State>() == State::StoppedOfAnother {
        p.ptrace(Request::CONT, child, 0, 0);
    }
    p.store(Program::shared(CHILD_ON), 1);
    p.wait4(child, CHILD_STATUS, WAIT_FLAGS);
    p.call(Syscall::GETTID, &[0; 0]);
    p.exit(3);
}

fn of_another(t: Stopped) -> Flow {
    let state: State = t.pick()?;
    let t = t.cont()?;
    way::until_there(&t);
    let child = t.made("fork", "child")?;
    Asked::of(&child, state).all_quiet();
    t.set_word(ON, 1);
    let t = t.ends(END, ENDS)?;
    child.reaped_by_parent();
    let status = u64::from(CHILD_ENDS) << 8;
    t.check(UNCHANGED, "wait status of the child for its tracer", status, t.word(CHILD_STATUS));
    Ok(())
}

fn within(t: Stopped) -> Flow {
    if t.pick::<State>()? == State::Tracer {
        return outside(t, foreign::tracer());
    }
    let done = foreign::beside(|thread| outside(t, thread));
    done.unwrap_or_else(|| Err(Halt::Broken("no thread can be made".into())))
}

/// Asks about a task that is no part of the case, beside a tracee that goes on as it would have.
fn outside(t: Stopped, pid: i32) -> Flow {
    let state: State = t.pick()?;
    Asked { other: Some(pid), ..Asked::of(&t, state) }.all_quiet();
    t.cont()?.ends(END, ENDS).map(drop)
}
