//! The recorder's accident: the state captured where a call makes a task has no result of that call in it.

use super::place::{
    END, ENTER, EXIT, PLACES, Place, SIGNAL, from_signal, later, to_end, to_enter, to_signal,
};
use super::snapshot::Snapshot;
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{EVENT, TRACED, alone_at_event, child_ends, to_first_stop};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case, Dimension, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{EarlyReturn, ReturnPid};
use std::rc::Rc;

const LOST: &str = "restore.result-lost";
const CURED: &str = "restore.exit-stop-has-all";

/// The calls that make a task, and whose event stops inside them.
const MAKERS: Dimension = axis::<Maker>(&["clonethread", "cloneprocess", "clone3thread", "fork", "vfork"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "task_event_at_once",
        title: "Registers captured at the event of clone, fork or vfork and written back at once: all goes well, so the recorder's test passes.",
        clauses: &[EVENT, TRACED, END, SIGNAL, "restore.at-once"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            Snapshot::capture(&t)?.write_back(&t)?;
            let t = to_end(to_signal(t)?)?;
            t.check_saw_pid("restore.at-once", step(&t)?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "task_event_later",
        title: "Registers captured at the event of clone, fork or vfork and written back later or elsewhere: the program gets -ENOSYS as result of the call on x86_64, its own first argument on aarch64.",
        clauses: &[EVENT, TRACED, END, SIGNAL, ENTER, EXIT, "inside.result-not-yet", LOST],
        axes: &[ANY_START, MAKERS, PLACES],
        options: EVENTS,
        program,
        scenario: |t| {
            let (t, _) = alone_at_event(t)?;
            let inside = t.registers()?;
            let not_yet = arch::result_inside_call(&t.given(step(&t)?)?);
            t.check("inside.result-not-yet", "no result to capture", true, inside.result() == not_yet);
            let snapshot = Snapshot::capture(&t)?;
            let t = restored(t, &snapshot)?;
            check_lost(&t)?;
            let differing = snapshot.differing(&t.saved(step(&t)?)?);
            t.check(LOST, "other registers that differ", Vec::new(), differing);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "task_exit_stop_later",
        title: "The cure: one PTRACE_SYSCALL from the event to the syscall-exit-stop before capturing, and the program gets the call's true result wherever the state is restored.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            SIGNAL,
            ENTER,
            EXIT,
            "inside.exit-stop-follows",
            CURED,
            "restore.x7-of-exit-stop",
        ],
        axes: &[ANY_START, MAKERS, PLACES],
        options: EVENTS,
        program,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let at_event = Snapshot::capture(&t)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let snapshot = Snapshot::capture(&t)?;
            let captured = ReturnPid(snapshot.registers.result());
            t.check(CURED, "captured result", ReturnPid(child.pid as u64), captured);
            let t = restored(t, &snapshot)?;
            t.check_saw_pid(CURED, step(&t)?, &child)?;
            let differing = at_event.differing(&t.saved(step(&t)?)?);
            t.check(
                "restore.x7-of-exit-stop",
                "other registers that differ",
                lost_at_exit_stop(t.pick()?),
                differing,
            );
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "fork_event_at_enter_stop",
        title: "Written back at another call's enter-stop, the state captured at a fork event makes x86_64 fork again; aarch64 makes the other call, and gives its result for fork's.",
        clauses: &[EVENT, TRACED, END, SIGNAL, ENTER, "restore.at-enter-stop"],
        axes: &[ANY_START, axis::<Maker>(&["fork"])],
        options: EVENTS,
        program,
        scenario: |t| {
            const AGAIN: &str = "restore.at-enter-stop";
            let (t, _) = alone_at_event(t)?;
            let snapshot = Snapshot::capture(&t)?;
            let t = to_enter(to_signal(t)?)?;
            snapshot.write_back(&t)?;
            if cfg!(target_arch = "x86_64") {
                let t = t.cont()?.expect(AGAIN, Stop::Event(Event::FORK))?;
                let second = child_ends(to_first_stop(t.new_task("second child")?)?)?;
                let t = to_end(to_signal(t)?)?;
                return t.check_saw_pid(AGAIN, "fork", &second);
            }
            let t = to_end(to_signal(t)?)?;
            t.check_saw_pid(AGAIN, "fork", &t)
        },
        ..Case::NEW
    },
];

/// Makes a task that ends at once. `SIGCHLD` is blocked: it would be one more stop.
fn program(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let maker: Maker = p.pick();
    maker.make(p, |child| {
        child.exit_thread(CHILD_ENDS.into());
    });
    later(p);
}

/// The program's step that makes the task.
fn step(t: &Task) -> Flow<&'static str> {
    Ok(t.pick::<Maker>()?.step())
}

/// Restores the state at the variant's place, and sees the program from there to its end.
fn restored(t: Stopped, snapshot: &Snapshot) -> Flow<Rc<Task>> {
    let place: Place = t.pick()?;
    let t = if place == Place::Fresh {
        let fresh = t.fresh("fresh")?;
        to_end(to_signal(t)?)?;
        fresh
    } else {
        from_signal(to_signal(t)?, place)?
    };
    snapshot.write_back(&t)?;
    to_end(to_signal(t)?)
}

/// Registers that a state captured at a syscall-exit-stop has not got: aarch64 shows the kind of the stop in
/// x7. Written at another syscall-stop it is out of harm's way.
fn lost_at_exit_stop(place: Place) -> Vec<&'static str> {
    if cfg!(target_arch = "x86_64") || place == Place::ExitStop { Vec::new() } else { vec!["x7"] }
}

/// What the program got instead of a result. The first argument may be an address, which no report shows.
fn check_lost(t: &Task) -> Flow {
    let step = step(t)?;
    let not_yet = arch::result_inside_call(&t.given(step)?);
    if cfg!(target_arch = "x86_64") {
        let what = format!("result of {step} in the program");
        t.check(LOST, &what, Some(EarlyReturn(not_yet)), t.saw(step)?.map(EarlyReturn));
        return Ok(());
    }
    let saw = t.saw(step)?.map(|result| result == not_yet);
    t.check(LOST, &format!("first argument as result of {step} in the program"), Some(true), saw);
    Ok(())
}
