//! New tasks and new images begin without dispatch.

use super::config::check_config;
use super::{
    ALL, ALLOW, ARGUMENTS, BLOCK, BY_PROGRAM, BY_TRACER, CALL, END, OFF, PASSED, STOPS, WORD, arm,
    ends_without_it, to_sigsys,
};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{EVENT, TRACED, child_ends, to_event, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;

const NOT_INHERITED: &str = "sud.not-inherited";
const RESET: &str = "sud.mode-alone-reset";
const EXECS: &str = "opt.traceexec.stop";

/// Arms the dispatch, makes a task that calls, and calls itself.
fn makes_a_task(p: &mut Program) {
    let maker: Maker = p.pick();
    p.block(&[Signal::CHLD]);
    arm(p, ALL);
    maker.make(p, |p| {
        p.call(Syscall::GETTID, &[0; 0]);
        p.exit_thread(CHILD_ENDS.into());
    });
    p.call(CALL, &ARGUMENTS);
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new_task_is_off",
        title: "A new process or thread has no dispatch: its calls are made where its maker's are intercepted.",
        clauses: &[EVENT, TRACED, STOPS, PASSED, NOT_INHERITED, END],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess", "clonethread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            t.set_word(WORD, BLOCK);
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            let child = child.ends(NOT_INHERITED, Gone::Exited(CHILD_ENDS))?;
            child.check_saw_pid(NOT_INHERITED, "gettid", &child)?;
            let t = to_sigsys(t)?;
            t.set_word(WORD, ALLOW);
            ends_without_it(t)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "new_task_keeps_the_rest",
        title: "Of a new task's dispatch only the mode is reset: PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG still has the selector of its maker's.",
        clauses: &[EVENT, TRACED, RESET, END],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess", "clonethread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            check_config(&child, RESET, SyscallUserDispatch { mode: OFF, ..ALL })?;
            child_ends(child)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..BY_TRACER
    },
    Case {
        name: "new_image_is_off",
        title: "A new image has no dispatch, already at PTRACE_EVENT_EXEC: its calls are made.",
        clauses: &[EXECS, NOT_INHERITED],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            arm(p, ALL);
            p.exec(|p| {
                p.call(CALL, &ARGUMENTS);
                p.exit(7);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(EXECS, Stop::Event(Event::EXEC))?;
            t.set_word(WORD, BLOCK);
            t.cont()?.ends(NOT_INHERITED, Gone::Exited(7)).map(drop)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "new_image_keeps_the_rest",
        title: "At PTRACE_EVENT_EXEC the mode is off, and the selector's address still that of the old image.",
        clauses: &[EXECS, RESET],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            arm(p, ALL);
            p.exec(|p| {
                p.exit(7);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(EXECS, Stop::Event(Event::EXEC))?;
            check_config(&t, RESET, SyscallUserDispatch { mode: OFF, ..ALL })?;
            t.cont()?.ends(EXECS, Gone::Exited(7)).map(drop)
        },
        ..BY_TRACER
    },
];
