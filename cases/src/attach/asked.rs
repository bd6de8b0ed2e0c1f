//! `PTRACE_TRACEME`: by one thread of several, by a task whose parent is gone, and under a parent that sleeps in vfork.

use super::threads::traced_by;
use super::way::{
    CHILD_ENDS, KILLED, ON, ONE_START, PARENT, PARENT_ENDS, READY, STATUS, STOPS, awaited, check_proc,
    to_child,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, axis};
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const CALLER: &str = "traceme.calling-thread";
const TRACEME: &str = "traceme.parent-becomes-tracer";
const REPARENTED: &str = "death.reparented";
const SUSPENDED: &str = "vfork.caller-suspended";

/// Words of the program: who may ask, and what a wait told.
const ASKS: usize = 10;
const FIRST: usize = 11;

/// Any child or tracee, as wait4(2) takes it.
const ANY: u64 = u64::MAX;

/// Which of two threads asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Leader,
    Thread,
}

impl Axis for Asks {
    const VALUES: &'static [(&'static str, Self)] = &[("leader", Asks::Leader), ("thread", Asks::Thread)];
}

/// Who becomes the parent of an orphan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heir {
    /// The tracer, which is a sub-reaper.
    Tracer,
    /// The program's first task, which makes itself one.
    Program,
}

impl Axis for Heir {
    const VALUES: &'static [(&'static str, Self)] = &[("tracer", Heir::Tracer), ("program", Heir::Program)];
}

const ASKING: Dimension = axis::<Asks>(&["leader", "thread"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "traceme_by_one_thread",
        title: "PTRACE_TRACEME makes a tracee of the thread that calls it, and of no other of its process.",
        clauses: &[CALLER, TRACEME, END],
        axes: &[ONE_START, ASKING],
        program: |p| {
            let asks: Asks = p.pick();
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    if asks == Asks::Thread {
                        p.ptrace(Request::TRACEME, 0, 0, 0);
                    }
                    p.store(Program::shared(ASKS), 1);
                    p.spin();
                });
                p.await_word(Program::shared(ASKS));
                if asks == Asks::Leader {
                    p.ptrace(Request::TRACEME, 0, 0, 0);
                }
                awaited(p);
            });
            if asks == Asks::Thread {
                p.wait4(ANY, FIRST, libc::__WALL);
            }
            p.wait4(child, STATUS, libc::__WALL);
            p.exit(3);
        },
        scenario: |t| {
            let asks: Asks = t.pick()?;
            let (parent, leader) = to_child(t)?;
            let thread = parent.made("clone", "thread")?;
            parent.check_saw(TRACEME, "ptrace", Some(Return(0)))?;
            let (tracee, other) = if asks == Asks::Leader { (&leader, &thread) } else { (&thread, &leader) };
            traced_by(tracee, TRACEME, 'R', &parent)?;
            check_proc(other, CALLER, 'R', false)?;
            parent.set_word(ON, 1);
            let parent = parent.ends(END, PARENT_ENDS)?;
            if asks == Asks::Thread {
                parent.check_saw_pid(CALLER, "wait4", &thread)?;
                parent.check(CALLER, "status of the thread", Word(7 << 8), Word(parent.word(FIRST)));
            }
            let last = if asks == Asks::Thread { "wait4_2" } else { "wait4" };
            parent.check_saw_pid(END, last, &leader)?;
            parent.check(END, "status of the process", Word(7 << 8), Word(parent.word(STATUS)));
            [leader, thread].into_iter().for_each(|task| task.reaped_by_parent());
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "traceme_by_an_orphan",
        title: "A task whose parent has ended and that calls PTRACE_TRACEME is traced by the sub-reaper that is its parent now.",
        clauses: &[TRACEME, REPARENTED, STOPS, END],
        axes: &[ONE_START, axis::<Heir>(&["tracer", "program"])],
        program: |p| {
            let heir: Heir = p.pick();
            p.block(&[Signal::CHLD]);
            if heir == Heir::Program {
                p.call(Syscall::PRCTL, &[libc::PR_SET_CHILD_SUBREAPER as u64, 1, 0, 0, 0]);
            }
            let parent = p.fork("parent", |p| {
                let orphan = p.fork("orphan", |p| {
                    p.await_word(Program::shared(ASKS));
                    p.ptrace(Request::TRACEME, 0, 0, 0);
                    p.raise(Signal::USR1);
                    p.exit(7);
                });
                p.store(Program::shared(READY), orphan);
                p.exit(5);
            });
            p.wait4(parent, STATUS, 0);
            p.store(Program::shared(ASKS), 1);
            if heir == Heir::Program {
                let orphan = p.load(Program::shared(READY));
                p.wait4(orphan, FIRST, 0);
                p.ptrace(Request::CONT, orphan, 0, 0);
                p.wait4(orphan, ON, 0);
            }
            p.exit(3);
        },
        scenario: |t| {
            let heir: Heir = t.pick()?;
            let t = t.cont()?.ends(END, PARENT_ENDS)?;
            let orphan = t.made("fork", "orphan")?;
            t.check(REPARENTED, "status of the parent", Word(5 << 8), Word(t.word(STATUS)));
            match heir {
                Heir::Tracer => {
                    let orphan = orphan.expect(TRACEME, Stop::Signal(Signal::USR1))?;
                    check_proc(&orphan, TRACEME, 't', true)?;
                    orphan.cont()?.ends(END, CHILD_ENDS)?;
                }
                Heir::Program => {
                    t.check_saw_pid(TRACEME, "wait4_2", &orphan)?;
                    let stopped = 0x7f | (libc::SIGUSR1 as u64) << 8;
                    t.check(STOPS, "status that the heir got", Word(stopped), Word(t.word(FIRST)));
                    t.check_saw(TRACEME, "ptrace_2", Some(Return(0)))?;
                    t.check_saw_pid(END, "wait4_3", &orphan)?;
                    t.check(END, "status in the end", Word(7 << 8), Word(t.word(ON)));
                    orphan.reaped_by_parent();
                }
            }
            t.check_saw(TRACEME, "ptrace", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "traceme_in_vfork",
        title: "A child of vfork that calls PTRACE_TRACEME stops with its signal while its tracer sleeps in vfork and cannot resume it, until somebody else kills it.",
        clauses: &[TRACEME, SUSPENDED, KILLED, PARENT, END],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.vfork("child", |p| {
                p.call(Syscall::GETPID, &[0; 0]);
                p.ptrace(Request::TRACEME, 0, 0, 0);
                p.raise(Signal::USR1);
                p.exit_thread(7);
            });
            p.wait4(Arg::from(child), STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let parent = t.cont()?;
            let child = parent.made("getpid", "child")?;
            child.await_state(&['t'])?;
            traced_by(&child, TRACEME, 't', &parent)?;
            parent.await_state(&['D'])?;
            check_proc(&parent, SUSPENDED, 'D', true)?;
            parent.check(SUSPENDED, "wait for the parent", Ok(None), parent.poll());
            parent.check_saw(SUSPENDED, "vfork", None)?;
            child.kill(Signal::KILL)?;
            let parent = parent.ends(END, PARENT_ENDS)?;
            parent.check_saw(TRACEME, "ptrace", Some(Return(0)))?;
            parent.check_saw_pid(PARENT, "wait4", &child)?;
            let killed = Word(libc::SIGKILL as u64);
            parent.check(KILLED, "status that the parent got", killed, Word(parent.word(STATUS)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];
