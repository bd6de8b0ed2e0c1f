//! Attaching and execve(2): a tracee that executes before its first stop, and a tracer that executes.

use super::threads::traced_by;
use super::way::{ON, ONE_START, PARENT, PARENT_ENDS, READY, STATUS, both_end, to_child};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Status, Stop};
use ptrace_conformance_harness::values::{Return, Word};

const EVENT: &str = "opt.traceexec.stop";
const EXIT: &str = "inside.exit-stop-follows";
const KEEPS: &str = "note.tracer-exec-keeps";

/// Words of the program: the tracee's id, and what the tracer's first wait told.
const TRACEE: usize = 10;
const FIRST: usize = 11;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "executes_before_its_first_stop",
        title: "The first stop of a seized task is the event of the execve that it makes next, if that is asked for; PTRACE_SYSCALL from there gives an exit-stop that had no enter-stop.",
        clauses: &[EVENT, EXIT, END, PARENT],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ON));
                p.exec(|p| {
                    p.exit(7);
                });
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, child) = to_child(t)?;
            child.seize(options::TRACESYSGOOD | options::TRACEEXEC)?;
            child.set_word(ON, 1);
            let child = child.expect(EVENT, Stop::Event(Event::EXEC))?;
            let child = child.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            let result = child.syscall_info().map(|info| Return(info.rval()));
            child.check(EXIT, "result", Ok(Return(0)), result);
            both_end(parent, child.cont()?, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "tracer_executes",
        title: "A tracer that executes another image stays the tracer: its tracee stays stopped, and the new image resumes it and waits for its end.",
        clauses: &[EVENT, KEEPS, END],
        axes: &[ONE_START],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(ON));
                p.exit(7);
            });
            p.store(Program::shared(TRACEE), child);
            p.ptrace(Request::SEIZE, child, 0, 0);
            p.ptrace(Request::INTERRUPT, child, 0, 0);
            p.wait4(child, FIRST, libc::__WALL);
            p.exec(|p| {
                let child = p.load(Program::shared(TRACEE));
                p.ptrace(Request::CONT, child, 0, 0);
                p.store(Program::shared(ON), 1);
                p.wait4(child, STATUS, libc::__WALL);
                p.exit(3);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::EXEC))?;
            let child = t.made("fork", "child")?;
            let stopped = Status::stopped(libc::SIGTRAP, Event::STOP).0 as u64;
            t.check(KEEPS, "status before the execve", Word(stopped), Word(t.word(FIRST)));
            traced_by(&child, KEEPS, 't', &t)?;
            let t = t.cont()?.ends(END, PARENT_ENDS)?;
            t.check_saw(KEEPS, "ptrace_3", Some(Return(0)))?;
            t.check_saw_pid(KEEPS, "wait4_2", &child)?;
            t.check(KEEPS, "status of the tracee", Word(7 << 8), Word(t.word(STATUS)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];
