//! CLONE_PTRACE: with and without an option for the event, by many at once, unwanted, and in a task that nobody traces.

use super::way::{
    CALLERS, Caller, EITHER, KINDS, Kind, MAKER_ENDS, STATE, TRACER, check_proc, lives_and_ends,
};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running};

const FLAG: &str = "clone.clone-ptrace";
const NO_EFFECT: &str = "clone.clone-ptrace-untraced";
const DETACHED: &str = "detach.ends-tracing";
const REAPED: &str = "detach.any-attach-method";

/// Threads that one program makes at once: as many as the tracee has room for.
const MANY: [(&str, &str); 6] = [
    ("clone", "first"),
    ("clone_2", "second"),
    ("clone_3", "third"),
    ("clone_4", "fourth"),
    ("clone_5", "fifth"),
    ("clone_6", "sixth"),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "clone_ptrace_with_its_option",
        title: "CLONE_PTRACE with the option for the event: one event, and a task that is attached once, with one first stop.",
        clauses: &[EVENT, TRACED, END, FLAG, "inside.exit-stop-follows", "clone.ret-tid"],
        axes: &[EITHER, CALLERS, KINDS],
        options: EVENTS,
        program: |p| {
            let (caller, kind): (Caller, Kind) = (p.pick(), p.pick());
            p.block(&[Signal::CHLD]);
            kind.make(p, caller, libc::CLONE_PTRACE, lives_and_ends);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let (caller, kind): (Caller, Kind) = (t.pick()?, t.pick()?);
            let t = t.cont()?.expect(EVENT, Stop::Event(kind.event()))?;
            let child = to_first_stop(t.new_task("child")?)?;
            calls_next(child.syscall()?, FLAG)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let child = t.registers()?.result();
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            let saw = t.saw(caller.step())?;
            t.check("clone.ret-tid", "exit-stop and program have the same result", true, saw == Some(child));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "many_threads_with_clone_ptrace",
        title: "Six threads made at once with CLONE_PTRACE: each has its one first stop, and then its first call.",
        clauses: &[FLAG, TRACED, END, "sysstop.entry"],
        program: |p| {
            for (_, name) in MANY {
                p.clone_task(THREAD | libc::CLONE_PTRACE as u64, name, |p| {
                    p.call(Syscall::GETTID, &[0; 0]);
                    p.exit_thread(CHILD_ENDS.into());
                });
            }
            p.await_word(Program::shared(0));
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?;
            let made: Vec<_> = MANY.iter().map(|(step, name)| t.made(step, name)).collect::<Flow<_>>()?;
            let stopped: Vec<_> = made.into_iter().map(to_first_stop).collect::<Flow<_>>()?;
            t.check(FLAG, "report of the maker", Ok(None), t.poll());
            for thread in stopped {
                calls_next(thread.syscall()?, "sysstop.entry")?;
            }
            t.set_word(0, 1);
            t.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "unwanted_tracee_is_detached",
        title: "A task that came unasked by CLONE_PTRACE is detached at its first stop: it runs on, nobody traces it, and its parent reaps it.",
        clauses: &[TRACED, END, DETACHED, REAPED, TRACER, STATE],
        axes: &[ANY_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.clone_task((libc::CLONE_PTRACE | libc::SIGCHLD) as u64, "child", |p| {
                p.await_word(Program::shared(0));
                p.exit(CHILD_ENDS.into());
            });
            p.wait4(child, 1, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = to_first_stop(t.made("clone", "child")?)?;
            check_proc(&child, true, 't')?;
            let child = child.detach(Signal::NONE)?;
            check_proc(&child, false, 'R')?;
            child.set_word(0, 1);
            let t = t.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid(REAPED, "wait4", &child)?;
            t.check(DETACHED, "status for the parent", u32::from(CHILD_ENDS) << 8, t.word(1) as u32);
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "clone_ptrace_in_an_untraced_task",
        title: "CLONE_PTRACE in a task that nobody traces does nothing: the new task is not traced either.",
        clauses: &[NO_EFFECT, TRACER, END],
        axes: &[ANY_START, CALLERS],
        program: |p| {
            let caller: Caller = p.pick();
            p.block(&[Signal::CHLD]);
            let child = p.fork("untraced", |p| {
                caller.make(p, libc::CLONE_PTRACE as u64, Signal::CHLD, |p| {
                    p.await_word(Program::shared(0));
                    p.exit(CHILD_ENDS.into());
                });
                p.wait4(u64::MAX, 1, 0);
                p.exit(CHILD_ENDS.into());
            });
            p.wait4(child, 2, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let caller: Caller = t.pick()?;
            let t = t.cont()?;
            let child = t.made(caller.step(), "child")?;
            t.check(NO_EFFECT, "waiting for it", Err(Errno::ECHILD), t.poll_id(child.pid as u64));
            check_proc(&child, false, 'R')?;
            t.set_word(0, 1);
            let t = t.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid(NO_EFFECT, "wait4", &child)?;
            let statuses = [t.word(1) as u32, t.word(2) as u32];
            let ended = u32::from(CHILD_ENDS) << 8;
            t.check(NO_EFFECT, "both ended as the program says", true, statuses == [ended; 2]);
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// The enter-stop of a new task's first call, and on to its end: there is no second stop of its making.
fn calls_next(child: Running, clause: &str) -> Flow {
    let child = child.expect(clause, Stop::SyscallEnter)?;
    child.check(clause, "system call", Syscall::GETTID.number, child.syscall_number()?);
    child_ends(child).map(drop)
}
