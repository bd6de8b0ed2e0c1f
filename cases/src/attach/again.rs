//! Attaching again after `PTRACE_DETACH`, and leaving without a trace.

use super::way::{
    COME, Come, DETACHED, ON, ONE_START, PARENT_ENDS, PLACES, Place, READY, SIGSTOP, TRAP, check_once,
    check_proc, ends_untraced, program, to_place,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};

const NOTHING_LEFT: &str = "detach.nothing-left";
const CYCLES: usize = 8;

/// What the former tracer was at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Was {
    Enter,
    Exit,
    Step,
    Emulation,
}

impl Axis for Was {
    const VALUES: &'static [(&'static str, Self)] =
        &[("enter", Was::Enter), ("exit", Was::Exit), ("step", Was::Step), ("emulation", Was::Emulation)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "no_trace_is_left",
        title: "A task that runs, sleeps in a call or is a thread goes on after attach and detach as if nothing had been, and its parent has seen nothing.",
        clauses: &[DETACHED, SIGSTOP, TRAP, END],
        axes: &[ONE_START, COME, PLACES],
        program,
        scenario: |t| {
            let (come, place): (Come, Place) = (t.pick()?, t.pick()?);
            let (parent, t) = to_place(t)?;
            let t = come.stop(t)?.detach(Signal::NONE)?;
            t.await_state(&[place.letter()])?;
            check_proc(&t, DETACHED, place.letter(), false)?;
            ends_untraced(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "attached_time_and_again",
        title: "Attached and detached time and again a task stops once for each time, and no SIGSTOP is lost, doubled or left over.",
        clauses: &[SIGSTOP, TRAP, DETACHED, "group.no-run-until-restart", END],
        axes: &[ONE_START, COME, PLACES],
        program,
        scenario: |t| {
            let (come, place): (Come, Place) = (t.pick()?, t.pick()?);
            let (parent, mut t) = to_place(t)?;
            for _ in 0..CYCLES {
                let stop = come.stop(t)?;
                check_once(&stop);
                t = stop.detach(Signal::NONE)?;
            }
            t.await_state(&[place.letter()])?;
            check_proc(&t, DETACHED, place.letter(), false)?;
            ends_untraced(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "nothing_is_left_to_the_next_tracer",
        title: "A task left in the middle of a call, a step or an emulated call gives the next tracer no stop that it has not asked for, and none of the old options.",
        clauses: &[NOTHING_LEFT, SIGSTOP, TRAP, "sysstop.entry", "sysstop.exit-after-entry"],
        axes: &[ONE_START, COME, axis::<Was>(&["enter", "exit", "step", "emulation"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.store(Program::shared(READY), 1);
            p.await_word(Program::shared(ON));
            p.call(Syscall::GETTID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let come: Come = t.pick()?;
            t.change_options(options::TRACESYSGOOD | options::TRACEEXIT)?;
            let t = to_stop(t)?.detach(Signal::NONE)?;
            t.await_word(READY);
            let t = come.stop(t)?.cont()?;
            t.set_word(ON, 1);
            let t = t.ends(NOTHING_LEFT, PARENT_ENDS)?;
            t.check_saw_pid(NOTHING_LEFT, "gettid", &t)
        },
        ..Case::NEW
    },
];

fn to_stop(t: Stopped) -> Flow<Stopped> {
    const STEPPED: Stop = Stop::Signal(Signal::TRAP);
    match t.pick()? {
        Was::Enter => t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter),
        Was::Exit => {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)
        }
        Was::Step => t.resume(Resume::Singlestep, Signal::NONE)?.expect(NOTHING_LEFT, STEPPED),
        Was::Emulation => t.resume(Resume::Sysemu, Signal::NONE)?.expect("sysstop.entry", Stop::SyscallEnter),
    }
}
