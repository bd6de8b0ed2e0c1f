//! A maker that is stepped, emulated or traced call by call while it makes a task: the task is none of that.

use super::way::{EITHER, MAKER_ENDS, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{END, TRACED, to_call, to_first_stop};
use ptrace_conformance_harness::case::{Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;

const NO_EXIT_STOP: &str = "newtask.no-exit-stop";
const NOT_STEPPED: &str = "newtask.not-stepped";
const NOT_EMULATED: &str = "newtask.not-emulated";
const OTHER: &str = "sysstop.other-stop-possible";

/// What a new task does not inherit from a maker that goes on like this.
const fn clause(how: Resume) -> &'static str {
    match how {
        Resume::Singlestep => NOT_STEPPED,
        Resume::Sysemu | Resume::SysemuSinglestep => NOT_EMULATED,
        _ => NO_EXIT_STOP,
    }
}

/// The next stop of a maker that goes on like this from its enter-stop, without an event.
const fn next_stop(how: Resume) -> Stop {
    match how {
        Resume::Singlestep | Resume::SysemuSinglestep => Stop::Signal(Signal::TRAP),
        Resume::Sysemu => Stop::SyscallEnter,
        _ => Stop::SyscallExit,
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "untraced_task_of_a_stepped_maker",
        title: "A task that nobody traces runs freely and to its end although its maker was stepped, emulated or traced call by call.",
        clauses: &[
            "sysstop.entry",
            "sysstop.exit-after-entry",
            OTHER,
            END,
            NO_EXIT_STOP,
            NOT_STEPPED,
            NOT_EMULATED,
        ],
        axes: &[
            EITHER,
            axis::<Maker>(&["fork", "vfork"]),
            axis::<Resume>(&["syscall", "singlestep", "sysemu", "sysemusinglestep"]),
        ],
        program,
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = to_call(t)?.resume(how, Signal::NONE)?.expect(OTHER, next_stop(how))?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            let child = t.saw("gettid")?;
            t.check(clause(how), "the task made its call and was reaped", true, child == t.saw("wait4")?);
            t.check(clause(how), "the call gave its id", true, child == t.saw(t.pick::<Maker>()?.step())?);
            let ended = u32::from(CHILD_ENDS) << 8;
            t.check(clause(how), "status for the parent", ended, t.word(0) as u32);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_of_an_emulated_maker",
        title: "A traced task whose maker goes on with PTRACE_SYSEMU makes its calls itself.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", OTHER, TRACED, END, NOT_EMULATED],
        axes: &[
            EITHER,
            axis::<Maker>(&["fork", "vfork", "clonethread"]),
            axis::<Resume>(&["sysemu", "sysemusinglestep"]),
        ],
        options: EVENTS,
        program,
        scenario: |t| {
            let how: Resume = t.pick()?;
            let maker: Maker = t.pick()?;
            let event = Stop::Event(maker.event());
            let t = to_call(t)?.resume(how, Signal::NONE)?.expect(OTHER, event)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let child = child.cont()?.ends(NOT_EMULATED, Gone::Exited(CHILD_ENDS))?;
            child.check_saw_pid(NOT_EMULATED, "gettid", &child)?;
            t.cont()?.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
];

/// Makes a task, then a call that may be emulated, and reaps the task if it is a process.
fn program(p: &mut Program) {
    let maker: Maker = p.pick();
    p.block(&[Signal::CHLD]);
    maker.make(p, lives_and_ends);
    p.call(Syscall::GETPID, &[0; 0]);
    p.wait4(u64::MAX, 0, libc::__WALL);
    p.exit(MAKER_ENDS.into());
}
