//! Tracees that end in the hands of a tracer that came to them, and what a stop leaves behind without that.

use super::way::{
    CHILD_ENDS, COME, Come, DETACHED, KILLED, ON, ONCE, ONE_START, PARENT, PARENT_ENDS, PLACES, Place, READY,
    SIGSTOP, STATUS, STOPS, TRAP, awaited, check_once, ends_untraced, program, to_child, to_place,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running};
use ptrace_conformance_harness::values::{Return, Word};

const GROUP_ENDS: &str = "death.exit-group-all-report";
const ZOMBIE: &str = "wait.zombie-until-waited";
const NEEDS_STOP: &str = "detach.requires-stop";
const NOT_UNDONE: &str = "inject.sigcont-not-suppressible";
const INIT: &str = "err.init-traceable";
const CONSUMED: &str = "wait.tracee-stopped-without-wuntraced";

/// Words of the program: what a wait told.
const FIRST: usize = 10;
const ASKED: usize = 11;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "killed_at_the_stop",
        title: "SIGKILL ends a tracee at the stop that an attach made, without PTRACE_DETACH, for its tracer and then for its parent.",
        clauses: &[SIGSTOP, TRAP, KILLED, PARENT],
        axes: &[ONE_START, COME, PLACES],
        program,
        scenario: |t| {
            let come: Come = t.pick()?;
            let (parent, t) = to_place(t)?;
            let t = come.stop(t)?;
            t.kill(Signal::KILL)?;
            t.left_alone().ends(KILLED, Gone::Killed(Signal::KILL, false))?;
            parent.set_word(ON, 1);
            parent_hears(parent, PARENT, libc::SIGKILL as u64)
        },
        ..Case::NEW
    },
    Case {
        name: "process_ends_around_the_stop",
        title: "When another thread ends the process, a thread held at a stop ends with it, and its tracer gets the process's status.",
        clauses: &[SIGSTOP, TRAP, GROUP_ENDS, PARENT],
        axes: &[ONE_START, COME],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.store(Program::shared(READY), 1);
                    p.spin();
                });
                p.await_word(Program::shared(ON));
                p.exit(7);
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, _leader) = to_child(t)?;
            let t = parent.pick::<Come>()?.stop(parent.made("clone", "thread")?)?;
            t.set_word(ON, 1);
            t.left_alone().ends(GROUP_ENDS, CHILD_ENDS)?;
            parent_hears(parent, PARENT, 7 << 8)
        },
        ..Case::NEW
    },
    Case {
        name: "detach_from_a_zombie_thread",
        title: "PTRACE_DETACH of a thread that has ended fails with ESRCH, and its tracer still has to wait for it.",
        clauses: &[SIGSTOP, TRAP, NEEDS_STOP, ZOMBIE, PARENT],
        axes: &[ONE_START, COME],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.store(Program::shared(READY), 1);
                    p.await_word(Program::shared(ON));
                    p.exit_thread(5);
                });
                p.await_word(Program::shared(ASKED));
                p.exit(7);
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, _leader) = to_child(t)?;
            let t = parent.pick::<Come>()?.stop(parent.made("clone", "thread")?)?.cont()?;
            t.set_word(ON, 1);
            t.await_state(&['Z'])?;
            let answer = t.request(Request::DETACH, 0, Data::Word(0)).map(drop);
            t.check(NEEDS_STOP, "PTRACE_DETACH", Err(Errno::ESRCH), answer);
            t.ends(ZOMBIE, Gone::Exited(5))?;
            parent.set_word(ASKED, 1);
            parent_hears(parent, PARENT, 7 << 8)
        },
        ..Case::NEW
    },
    Case {
        name: "sigcont_around_the_stop",
        title: "A SIGCONT that comes at the stop of an attach is reported next; suppressed, with PTRACE_DETACH, it does not end the call that the task sleeps in.",
        clauses: &[SIGSTOP, TRAP, STOPS, NOT_UNDONE, DETACHED, ONCE, END],
        axes: &[ONE_START, COME, axis::<Place>(&["sleeping"])],
        program,
        scenario: |t| {
            let come: Come = t.pick()?;
            let (parent, t) = to_place(t)?;
            let t = come.stop(t)?;
            t.kill(Signal::CONT)?;
            check_once(&t);
            let mut t = t.cont()?;
            if come == Come::Seize {
                // A seized tracee is told apart that its process was continued.
                t = t.expect(TRAP, Stop::EventStop(Signal::TRAP))?.cont()?;
            }
            let t = t.expect(STOPS, Stop::Signal(Signal::CONT))?.detach(Signal::NONE)?;
            t.await_state(&['S'])?;
            t.check_saw(NOT_UNDONE, "read", None)?;
            ends_untraced(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "stop_without_a_place",
        title: "A wait without a place for the status consumes a stop like any other, and needs no WUNTRACED.",
        clauses: &[CONSUMED, "attach.attach.makes-tracee", DETACHED, END],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", awaited);
            p.ptrace(Request::ATTACH, child, 0, 0);
            let nowhere = [Arg::from(child), Arg::Word(0), Arg::Word(0), Arg::Word(0)];
            p.call(Syscall::WAIT4, &nowhere);
            p.wait4(child, FIRST, libc::WNOHANG | libc::WUNTRACED);
            p.ptrace(Request::DETACH, child, 0, 0);
            p.store(Program::shared(ON), 1);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let parent = t.cont()?.ends(END, PARENT_ENDS)?;
            let child = parent.made("fork", "child")?;
            parent.check_saw("attach.attach.makes-tracee", "ptrace", Some(Return(0)))?;
            parent.check_saw_pid(CONSUMED, "wait4", &child)?;
            parent.check_saw(CONSUMED, "wait4_2", Some(Return(0)))?;
            parent.check_saw(DETACHED, "ptrace_2", Some(Return(0)))?;
            parent.check_saw_pid(END, "wait4_3", &child)?;
            parent.check(END, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "namespace_init",
        title: "Process 1 of a PID namespace can be attached to, from outside, stops by SIGSTOP like any other task, and goes on when that is suppressed.",
        clauses: &[INIT, SIGSTOP, TRAP, END, PARENT],
        needs: &[Need::Root],
        axes: &[ONE_START, COME],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.clone_task((libc::CLONE_NEWPID | libc::SIGCHLD) as u64, "init", |p| {
                p.call(Syscall::GETPID, &[0; 0]);
                awaited(p);
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let parent = t.cont()?;
            let t = parent.made("clone", "init")?;
            t.await_word(READY);
            t.check_saw(INIT, "getpid", Some(Return(1)))?;
            let t = parent.pick::<Come>()?.stop(t)?.cont()?;
            t.set_word(ON, 1);
            let t = t.ends(INIT, CHILD_ENDS)?;
            let parent = parent.ends(END, PARENT_ENDS)?;
            parent.check_saw_pid(PARENT, "wait4", &t)?;
            parent.check(PARENT, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
            Ok(())
        },
        ..Case::NEW
    },
];

/// The end of the whole process, of which the parent gets this status.
fn parent_hears(parent: Running, clause: &str, status: u64) -> Flow {
    let parent = parent.ends(clause, PARENT_ENDS)?;
    let child = parent.made("fork", "child")?;
    parent.check_saw_pid(clause, "wait4", &child)?;
    parent.check(clause, "status that the parent got", Word(status), Word(parent.word(STATUS)));
    child.reaped_by_parent();
    Ok(())
}
