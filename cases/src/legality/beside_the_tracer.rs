//! Requests by a thread beside the one that traces: the tracer is a thread, not a process.

use super::ask::UNCHANGED;
use super::way::ENDS;
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::tracee::WAIT_FLAGS;
use ptrace_conformance_harness::values::Return;

/// What the other thread asks for, with what it gets.
const ASKED: &[(Request, Errno)] = &[
    (Request::CONT, Errno::ESRCH),
    (Request::SYSCALL, Errno::ESRCH),
    (Request::SINGLESTEP, Errno::ESRCH),
    (Request::DETACH, Errno::ESRCH),
    (Request::LISTEN, Errno::ESRCH),
    (Request::INTERRUPT, Errno::ESRCH),
    (Request::KILL, Errno::ESRCH),
    (Request::SETOPTIONS, Errno::ESRCH),
    (Request::ATTACH, Errno::EPERM),
    (Request::SEIZE, Errno::EPERM),
];

/// Words of the program.
const STOP: usize = 0;
const ASKED_ALL: usize = 1;
const STATUS: usize = 2;
const MAY_END: usize = 3;

pub(super) const CASES: &[Case] = &[Case {
    name: "beside_the_tracer",
    title: "A stopped tracee refuses requests of another thread of its tracer's process, and stays stopped for its tracer.",
    clauses: &[END, UNCHANGED, "err.eperm-already-traced", "kdoc.tracer-is-thread"],
    axes: &[axis::<Start>(&["traceme"])],
    program: |p| {
        p.block(&[Signal::CHLD]);
        let child = p.fork("child", |child| {
            child.await_word(Program::shared(MAY_END));
            child.exit(CHILD_ENDS.into());
        });
        p.ptrace(Request::ATTACH, child, 0, 0);
        p.wait4(child, STOP, WAIT_FLAGS);
        p.thread("other", |other| {
            for (request, _) in ASKED {
                other.ptrace(*request, child, 0, 0);
            }
            other.store(Program::shared(ASKED_ALL), 1);
            other.exit_thread(0);
        });
        p.await_word(Program::shared(ASKED_ALL));
        p.store(Program::shared(MAY_END), 1);
        p.ptrace(Request::CONT, child, 0, 0);
        p.wait4(child, STATUS, WAIT_FLAGS);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.ends(END, ENDS)?;
        for (at, (_, errno)) in ASKED.iter().enumerate() {
            let clause =
                if *errno == Errno::EPERM { "err.eperm-already-traced" } else { "kdoc.tracer-is-thread" };
            // The first ptrace of the program is its tracer's.
            t.check_saw(clause, &format!("ptrace_{}", at + 2), Some(Return::error(*errno)))?;
        }
        t.check_saw(UNCHANGED, &format!("ptrace_{}", ASKED.len() + 2), Some(Return(0)))?;
        t.check(END, "end of the child for its tracer", u64::from(CHILD_ENDS) << 8, t.word(STATUS));
        Ok(())
    },
    ..Case::NEW
}];
