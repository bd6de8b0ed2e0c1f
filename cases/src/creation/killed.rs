//! Maker or new task killed, or the maker let go, at each point: what is reported, and what the other one does.

use super::way::{MAKER_ENDS, STATE, TRACER, check_proc, check_told, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker, makes_a_task};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_call, to_event, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const KILLED: &str = "stop.signal.sigkill-no-stop";
const TOLD: &str = "clone.exit-signal";
const LEFT: &str = "detach.ends-tracing";
const DONE: &str = "opt.vforkdone.stop";
const SUSPENDED: &str = "vfork.caller-suspended";
const DEAD: Gone = Gone::Killed(Signal::KILL, false);

/// Where the maker is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Event,
    ExitStop,
}

impl Axis for Point {
    const VALUES: &'static [(&'static str, Self)] = &[("event", Point::Event), ("exitstop", Point::ExitStop)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "maker_killed_at_its_enter_stop",
        title: "SIGKILL at the enter-stop of the call: there is no event, and no task was made.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", KILLED],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "clonethread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_call(t)?;
            t.kill(Signal::KILL)?;
            let t = t.left_alone().ends(KILLED, DEAD)?;
            t.check_saw(KILLED, t.pick::<Maker>()?.step(), None)?;
            t.check_saw(KILLED, "child", None)
        },
        ..Case::NEW
    },
    Case {
        name: "maker_killed_before_its_child_is_seen",
        title: "SIGKILL for the maker at the event or at the exit-stop, before the first stop of the new process was waited for: that comes all the same, and the process goes on.",
        clauses: &[EVENT, TRACED, END, "inside.exit-stop-follows", KILLED],
        axes: &[ANY_START, axis::<Maker>(&["fork", "cloneprocess"]), axis::<Point>(&["event", "exitstop"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (maker, point): (Maker, Point) = (t.pick()?, t.pick()?);
            let t = to_event(t)?;
            let child = t.new_task("child")?;
            let t = match point {
                Point::Event => t,
                Point::ExitStop => t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?,
            };
            t.kill(Signal::KILL)?;
            let t = t.left_alone().ends(KILLED, DEAD)?;
            t.check_saw(KILLED, maker.step(), None)?;
            child_ends(to_first_stop(child)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "maker_killed_while_vfork_waits",
        title: "SIGKILL ends the caller of vfork although its child is stopped; the child goes on and stays under trace.",
        clauses: &[EVENT, TRACED, END, SUSPENDED, KILLED, "sysstop.entry"],
        axes: &[ANY_START, axis::<Maker>(&["vfork", "clonevfork"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.cont()?;
            t.check(SUSPENDED, "report while the child is stopped", Ok(None), t.poll());
            t.kill(Signal::KILL)?;
            let t = t.ends(KILLED, DEAD)?;
            t.check_saw(KILLED, t.pick::<Maker>()?.step(), None)?;
            let child = child.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            child_ends(child).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "new_process_killed_at_its_first_stop",
        title: "SIGKILL ends a new process at its first stop; the tracer reaps it first, and then its traced parent has the stop of SIGCHLD.",
        clauses: &[EVENT, TRACED, END, KILLED, TOLD, DONE, "clone.ret-tid"],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: unblocked,
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            child.kill(Signal::KILL)?;
            let child = child.left_alone().ends(KILLED, DEAD)?;
            child.check_saw(KILLED, "gettid", None)?;
            let vfork = maker == Maker::Vfork;
            let t = if vfork { t.cont()?.expect(DONE, Stop::Event(Event::VFORK_DONE))? } else { t };
            let t = if maker == Maker::CloneProcess { t } else { told(t, child.pid)? };
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", maker.step(), &child)?;
            t.check_saw_pid(TOLD, "wait4", &child)?;
            let killed = libc::SIGKILL as u32;
            t.check(TOLD, "status for the parent", killed, t.word(0) as u32);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "new_thread_killed_at_its_first_stop",
        title: "SIGKILL for a new thread at its first stop ends its process: the thread is reported first, then the leader, at its event.",
        clauses: &[EVENT, TRACED, KILLED],
        axes: &[ANY_START, axis::<Maker>(&["clonethread", "clone3thread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            child.kill(Signal::KILL)?;
            let child = child.left_alone().ends(KILLED, DEAD)?;
            child.check_saw(KILLED, "gettid", None)?;
            t.left_alone().ends(KILLED, DEAD).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "maker_let_go_at_the_event",
        title: "The maker is detached at the event before its child's first stop was seen: the child stops all the same and stays under trace.",
        clauses: &[EVENT, TRACED, END, LEFT, TRACER, STATE, "sysstop.entry", "clone.ret-tid"],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess"])],
        options: EVENTS,
        program: unblocked,
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = to_event(t)?;
            let child = t.new_task("child")?;
            let t = t.detach(Signal::NONE)?;
            let child = to_first_stop(child)?;
            check_proc(&child, true, 't')?;
            let child = child.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let child = child_ends(child)?;
            let t = t.ends(LEFT, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", maker.step(), &child)?;
            t.check_saw_pid(LEFT, "wait4", &child)?;
            t.check(LEFT, "status for the parent", u32::from(CHILD_ENDS) << 8, t.word(0) as u32);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_let_go_and_maker_traced_on",
        title: "The child is detached at its first stop while its maker is at the event: the maker's exit-stop and next calls are still reported.",
        clauses: &[EVENT, TRACED, END, LEFT, TRACER, STATE, "inside.exit-stop-follows", "sysstop.entry"],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess"])],
        options: EVENTS,
        program: |p| {
            p.block(&[Signal::CHLD]);
            unblocked(p);
        },
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let child = child.detach(Signal::NONE)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            check_proc(&t, true, 't')?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid(LEFT, "wait4", &child)?;
            child.check_saw_pid(LEFT, "gettid", &child)?;
            child.check_saw(LEFT, "child", Some(Return(0)))?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// Makes a task and reaps it; SIGCHLD is not blocked.
fn unblocked(p: &mut Program) {
    let maker: Maker = p.pick();
    maker.make(p, lives_and_ends);
    p.wait4(u64::MAX, 0, libc::__WALL);
    p.exit(MAKER_ENDS.into());
}

/// The stop of SIGCHLD, which tells of a child that was killed.
fn told(t: Stopped, child: i32) -> Flow<Stopped> {
    let t = t.cont()?.expect(TOLD, Stop::Signal(Signal::CHLD))?;
    check_told(&t, TOLD, Signal::CHLD, child, (libc::CLD_KILLED, libc::SIGKILL));
    Ok(t)
}
