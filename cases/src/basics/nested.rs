//! PTRACE_TRACEME in a program whose parent, itself a tracee, is the tracer: what it does, and what a task cannot ask of
//! itself.

use super::END;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

const RUNS_ON: &str = "traceme.keeps-running";
const RAISED: &str = "traceme.raise-sigstop";
const NOT_ITSELF: &str = "traceme.only-by-tracee";

/// Words of the program: the child has run on; the first status of it and the second.
const RAN: usize = 1;
const FIRST: usize = 2;
const SECOND: usize = 3;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "traceme_does_not_stop",
        title: "PTRACE_TRACEME stops nothing: the first stop that the parent sees is that of the SIGSTOP which the child then raises.",
        clauses: &[RUNS_ON, RAISED, END],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.ptrace(Request::TRACEME, 0, 0, 0);
                p.store(Program::shared(RAN), 1);
                p.raise(Signal::STOP);
                p.exit(7);
            });
            p.wait4(child, FIRST, 0);
            p.load(Program::shared(RAN));
            p.ptrace(Request::CONT, child, 0, 0);
            p.wait4(child, SECOND, 0);
            p.exit(3);
        },
        scenario: |t| {
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(RUNS_ON, "ptrace", Some(Return(0)))?;
            task.check_saw(RUNS_ON, "load", Some(Return(1)))?;
            let status = Status(task.word(FIRST) as i32);
            task.check(RAISED, "first status", Status::stopped(libc::SIGSTOP, Event(0)), status);
            task.check_saw(RAISED, "ptrace_2", Some(Return(0)))?;
            task.check(END, "second status", Status(7 << 8), Status(task.word(SECOND) as i32));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "nothing_else_on_itself",
        title: "Nothing but PTRACE_TRACEME can a task ask about itself: attaching fails with EPERM, all else with ESRCH, traced or not.",
        clauses: &[NOT_ITSELF, END],
        program: |p| {
            let own = p.call(Syscall::GETPID, &[0; 0]);
            p.ptrace(Request::ATTACH, own, 0, 0);
            p.ptrace(Request::SEIZE, own, 0, 0);
            p.ptrace(Request::CONT, own, 0, 0);
            p.ptrace(Request::PEEKDATA, own, Program::shared(0), Program::shared(0));
            p.exit(3);
        },
        scenario: |t| {
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            for step in ["ptrace", "ptrace_2"] {
                task.check_saw(NOT_ITSELF, step, Some(Return::error(Errno::EPERM)))?;
            }
            for step in ["ptrace_3", "ptrace_4"] {
                task.check_saw(NOT_ITSELF, step, Some(Return::error(Errno::ESRCH)))?;
            }
            Ok(())
        },
        ..Case::NEW
    },
];
