//! The tracer's way to the dispatch: reading it, arming it at each kind of stop, turning it off.

use super::{
    ALL, ALLOW, ARGUMENTS, BLOCK, BY_PROGRAM, BY_TRACER, CALL, END, NONE, ON, PASSED, SELECTOR, STOPS, WORD,
    arm, blocked_call, check_made, ends_without_it, to_sigsys,
};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return, Word};

const FRESH: &str = "uapi.sud.get-off";
const READ_BACK: &str = "uapi.sud.set-get-roundtrip";
const GET: &str = "sud.rst.ptrace-get";
const SET: &str = "sud.rst.ptrace-set";
const TURNED_OFF: &str = "sud.off";
const NEXT_CALL: &str = "sud.set-for-next-call";
const NULL: &str = "uapi.sud.selector-null";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";

/// Checks the whole configuration of a task.
pub(super) fn check_config(t: &Task, clause: &str, expected: SyscallUserDispatch) -> Flow {
    let read = t.must("PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG", t.dispatch())?;
    t.check(clause, "mode", expected.mode, read.mode);
    t.check(clause, "selector", Address(expected.selector), Address(read.selector));
    t.check(clause, "offset", Address(expected.offset), Address(read.offset));
    t.check(clause, "length", Word(expected.length), Word(read.length));
    Ok(())
}

/// The stop at which the tracer arms the dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Enter,
    Exit,
    Signal,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] =
        &[("enter", At::Enter), ("exit", At::Exit), ("signal", At::Signal)];
}

/// Two calls, with a signal before them.
fn two_calls(p: &mut Program) {
    p.breakpoint();
    p.call(Syscall::GETPID, &[0; 0]);
    blocked_call(p);
}

/// An intercepted call, and one behind it while the selector still blocks.
fn armed_and_more(p: &mut Program) {
    arm(p, ALL);
    p.store(SELECTOR, BLOCK);
    p.call(CALL, &ARGUMENTS);
    p.call(Syscall::GETPID, &[0; 0]);
    p.exit(4);
}

/// To the stop of the variant.
fn to_the_stop(t: Stopped) -> Flow<Stopped> {
    let at: At = t.pick()?;
    let t = t.cont()?.expect(SET, Stop::Signal(Signal::TRAP))?;
    if at == At::Signal {
        return Ok(t);
    }
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    if at == At::Enter { Ok(t) } else { t.syscall()?.expect(EXIT, Stop::SyscallExit) }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fresh_task_is_off",
        title: "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG of a task that never had a dispatch is all zero.",
        clauses: &[FRESH, GET, END],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            check_config(&t, FRESH, NONE)?;
            check_config(&t, GET, NONE)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..BY_TRACER
    },
    Case {
        name: "shows_what_the_program_set",
        title: "The tracer reads the dispatch that the program armed with prctl(2), field by field.",
        clauses: &[STOPS, PASSED, GET, END],
        program: |p| {
            arm(p, SyscallUserDispatch { offset: 0x1000, length: 0x2000, ..ALL });
            blocked_call(p);
        },
        scenario: |t| {
            let t = to_sigsys(t)?;
            check_config(&t, GET, SyscallUserDispatch { offset: 0x1000, length: 0x2000, ..ALL })?;
            ends_without_it(t)
        },
        ..BY_TRACER
    },
    Case {
        name: "reads_back_and_is_in_force",
        title: "What the tracer sets it reads back, and the next call is intercepted.",
        clauses: &[STOPS, PASSED, READ_BACK, SET, END],
        program: blocked_call,
        scenario: |t| {
            let config = SyscallUserDispatch { offset: 0x3000, length: 1, ..ALL };
            t.check(SET, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Ok(()), t.set_dispatch(config));
            check_config(&t, READ_BACK, config)?;
            let t = to_sigsys(t)?;
            check_config(&t, READ_BACK, config)?;
            ends_without_it(t)
        },
        ..BY_TRACER
    },
    Case {
        name: "armed_for_the_next_call",
        title: "A dispatch that the tracer arms at an enter-stop lets the call in progress go on to its exit-stop; the next is intercepted, as after any other stop.",
        clauses: &[ENTER, EXIT, STOPS, PASSED, SET, NEXT_CALL, END],
        axes: &[ANY_START, axis::<At>(&["enter", "exit", "signal"])],
        program: two_calls,
        scenario: |t| {
            let at: At = t.pick()?;
            let t = to_the_stop(t)?;
            t.check(SET, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Ok(()), t.set_dispatch(ALL));
            // At an enter-stop, with a selector that blocks the call in progress.
            t.set_word(WORD, if at == At::Enter { BLOCK } else { ALLOW });
            let t = if at == At::Enter { t.syscall()?.expect(NEXT_CALL, Stop::SyscallExit)? } else { t };
            t.set_word(WORD, ALLOW);
            let t = to_sigsys(t)?;
            t.check_saw_pid(NEXT_CALL, "getpid", &t)?;
            ends_without_it(t)
        },
        ..BY_TRACER
    },
    Case {
        name: "turned_off",
        title: "A dispatch that is turned off, by the tracer or by the program, intercepts no call, whatever the selector says.",
        clauses: &[TURNED_OFF],
        program: |p| {
            arm(p, ALL);
            arm(p, NONE);
            blocked_call(p);
        },
        scenario: |t| {
            let task = t.cont()?.ends(TURNED_OFF, Gone::Exited(3))?;
            task.check_saw(TURNED_OFF, "prctl_2", Some(Return(0)))?;
            check_made(&task, TURNED_OFF)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "turned_off_by_the_tracer",
        title: "At the stop of an intercepted call the tracer turns the dispatch off, which reads back as all zero; further calls are made.",
        clauses: &[STOPS, PASSED, SET, READ_BACK],
        program: armed_and_more,
        scenario: |t| {
            let t = to_sigsys(t)?;
            t.check(SET, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Ok(()), t.set_dispatch(NONE));
            check_config(&t, READ_BACK, NONE)?;
            let task = t.cont()?.ends(SET, Gone::Exited(4))?;
            task.check_saw(STOPS, CALL.name, Some(Return(CALL.number)))?;
            task.check_saw_pid(SET, "getpid", &task)
        },
        ..BY_TRACER
    },
    Case {
        name: "without_a_selector",
        title: "A dispatch without a selector intercepts every call until the tracer turns it off.",
        clauses: &[STOPS, PASSED, NULL, END],
        program: |p| {
            p.call(CALL, &ARGUMENTS);
            p.call(CALL, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let config = SyscallUserDispatch { mode: ON, selector: 0, ..NONE };
            t.check(NULL, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Ok(()), t.set_dispatch(config));
            let t = to_sigsys(to_sigsys(t)?)?;
            check_config(&t, NULL, config)?;
            t.must("PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", t.set_dispatch(NONE))?;
            ends_without_it(t)
        },
        ..BY_TRACER
    },
];
