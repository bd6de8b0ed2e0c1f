//! Processes of several threads, traced or tracing.

use super::way::{
    CHILD_ENDS, COME, Come, DETACHED, ON, ONE_START, PARENT, READY, SIGSTOP, STATUS, TRAP, awaited, both_end,
    check_proc, ends_untraced, to_child,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Status, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};

const SEVERAL: &str = "attach.different-tracers-per-thread";
const DEAD: &str = "kdoc.attach-zombie";
const ALL_STOP: &str = "kdoc.unlink-group-stop";
const GROUP: &str = "stop.group.reported";
const FOR_EACH_OTHER: &str = "wait.threads-wait-for-each-other";
const OWN_ONLY: &str = "wait.wnothread";
const REQUESTS: &str = "kdoc.tracer-is-thread";
const TRACEME: &str = "traceme.parent-becomes-tracer";

/// Words of the program: ids, what waits told, and who may go on.
const THREAD: usize = 10;
const FIRST: usize = 11;
const SECOND: usize = 12;
const SEIZED: usize = 13;
const ASKED: usize = 14;

/// How many threads the process has besides its leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Threads {
    None,
    One,
    Two,
}

impl Axis for Threads {
    const VALUES: &'static [(&'static str, Self)] =
        &[("alone", Threads::None), ("withone", Threads::One), ("withtwo", Threads::Two)];
}

impl Threads {
    /// The steps that make them.
    const fn steps(self) -> &'static [&'static str] {
        match self {
            Threads::None => &[],
            Threads::One => &["clone"],
            Threads::Two => &["clone", "clone_2"],
        }
    }
}

/// What the process does when the tracer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Running,
    Stopped,
}

impl Axis for Before {
    const VALUES: &'static [(&'static str, Self)] =
        &[("running", Before::Running), ("stopped", Before::Stopped)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "detach_each_with_sigstop",
        title: "PTRACE_DETACH with SIGSTOP from each thread of a process leaves all of them stopped, whether it was stopped before or not.",
        clauses: &[SIGSTOP, GROUP, ALL_STOP, DETACHED, END],
        axes: &[
            ONE_START,
            axis::<Threads>(&["alone", "withone", "withtwo"]),
            axis::<Before>(&["running", "stopped"]),
        ],
        program: |p| {
            let threads: Threads = p.pick();
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                for step in threads.steps() {
                    p.thread(if *step == "clone" { "thread" } else { "thread2" }, |p| {
                        p.spin();
                    });
                }
                awaited(p);
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (threads, before): (Threads, Before) = (t.pick()?, t.pick()?);
            let (parent, leader) = to_child(t)?;
            let others = threads.steps().iter().map(|step| parent.made(step, step));
            let mut all = others.collect::<Flow<Vec<_>>>()?;
            all.push(leader);
            if before == Before::Stopped {
                parent.made("fork", "child")?.kill(Signal::STOP)?;
                all.iter().try_for_each(|t| t.await_state(&['T']))?;
            }
            let stopped: Vec<_> = all.into_iter().map(|t| attached(t, before)).collect::<Flow<_>>()?;
            let left: Vec<_> = stopped.into_iter().map(|t| t.detach(Signal::STOP)).collect::<Flow<_>>()?;
            for t in &left {
                t.await_state(&['T'])?;
            }
            for t in &left {
                check_proc(t, ALL_STOP, 'T', false)?;
            }
            let mut left = left;
            let leader = left
                .pop()
                .ok_or_else(|| ptrace_conformance_harness::tracee::Halt::Broken("no leader".into()))?;
            leader.kill(Signal::CONT)?;
            ends_untraced(parent, leader, "wait4")?;
            left.into_iter().for_each(Running::reaped_by_parent);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "dead_leader",
        title: "A leader that has ended cannot be attached to while its threads live; they can.",
        clauses: &[DEAD, SIGSTOP, TRAP, END, PARENT],
        axes: &[ONE_START, COME],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", awaited);
                p.exit_thread(1);
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let come: Come = t.pick()?;
            let (parent, leader) = to_child(t)?;
            leader.await_state(&['Z'])?;
            let request = if come == Come::Attach { Request::ATTACH } else { Request::SEIZE };
            let answer = leader.request(request, 0, Data::Word(0)).map(drop);
            leader.check(DEAD, &request.to_string(), Err(Errno::EPERM), answer);
            check_proc(&leader, DEAD, 'Z', false)?;
            let t = come.stop(parent.made("clone", "thread")?)?;
            both_end(parent, t.cont()?, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "two_tracers_of_one_process",
        title: "Two threads of a process with two tracers: each tracer has the stops of its own thread.",
        clauses: &[SEVERAL, END],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                let thread = p.thread("thread", |p| {
                    p.await_word(Program::shared(SEIZED));
                    p.raise(Signal::USR1);
                    p.await_word(Program::shared(ON));
                    p.exit(7);
                });
                p.store(Program::shared(THREAD), thread);
                p.store(Program::shared(READY), 1);
                p.spin();
            });
            p.await_word(Program::shared(THREAD));
            let thread = p.load(Program::shared(THREAD));
            p.ptrace(Request::SEIZE, thread, 0, 0);
            p.store(Program::shared(SEIZED), 1);
            p.wait4(thread, FIRST, libc::__WALL);
            p.store(Program::shared(ASKED), 1);
            p.await_word(Program::shared(ASKED + 1));
            p.ptrace(Request::CONT, thread, 0, 0);
            p.wait4(thread, SECOND, libc::__WALL);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, leader) = to_child(t)?;
            leader.seize(0)?;
            parent.await_word(ASKED);
            let thread = parent.made("clone", "thread")?;
            let status = Word(0x7f | (libc::SIGUSR1 as u64) << 8);
            parent.check(SEVERAL, "status that the other tracer got", status, Word(parent.word(FIRST)));
            traced_by(&thread, SEVERAL, 't', &parent)?;
            check_proc(&leader, SEVERAL, 'R', true)?;
            leader.check(SEVERAL, "wait", Ok(None), leader.poll());
            leader.kill_leader(Signal::USR2)?;
            let leader = leader.expect(SEVERAL, Stop::Signal(Signal::USR2))?.cont()?;
            parent.set_word(ASKED + 1, 1);
            parent.check_saw(SEVERAL, "ptrace", Some(Return(0)))?;
            both_end_twice(parent, leader, thread)
        },
        ..Case::NEW
    },
    Case {
        name: "another_thread_waits",
        title: "A stop can be waited for by any thread of the tracer's process, unless it asks for its own tracees only; then the tracer goes on from it.",
        clauses: &[FOR_EACH_OTHER, OWN_ONLY, REQUESTS, END],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", awaited);
            p.ptrace(Request::SEIZE, child, 0, 0);
            p.ptrace(Request::INTERRUPT, child, 0, 0);
            p.thread("waiter", |p| {
                p.wait4(child, FIRST, libc::__WALL | libc::__WNOTHREAD);
                p.wait4(child, SECOND, 0);
                p.ptrace(Request::CONT, child, 0, 0);
                p.store(Program::shared(ASKED), 1);
                p.exit_thread(0);
            });
            p.await_word(Program::shared(ASKED));
            p.ptrace(Request::CONT, child, 0, 0);
            p.store(Program::shared(ON), 1);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let parent = t.cont()?.ends(END, super::way::PARENT_ENDS)?;
            let child = parent.made("fork", "child")?;
            parent.check_saw(OWN_ONLY, "wait4", Some(Return::error(Errno::ECHILD)))?;
            parent.check_saw_pid(FOR_EACH_OTHER, "wait4_2", &child)?;
            let status = Word(Status::stopped(libc::SIGTRAP, Event::STOP).0 as u64);
            parent.check(FOR_EACH_OTHER, "status that the thread got", status, Word(parent.word(SECOND)));
            parent.check_saw(REQUESTS, "ptrace_3", Some(Return::error(Errno::ESRCH)))?;
            parent.check_saw(REQUESTS, "ptrace_4", Some(Return(0)))?;
            parent.check_saw_pid(END, "wait4_3", &child)?;
            parent.check(END, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "traceme_under_a_thread",
        title: "PTRACE_TRACEME makes the very thread that made the process its tracer, and no other of its parent's.",
        clauses: &[TRACEME, REQUESTS, END],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.thread("maker", |p| {
                let child = p.fork("child", |p| {
                    p.ptrace(Request::TRACEME, 0, 0, 0);
                    p.raise(Signal::USR1);
                    p.exit(7);
                });
                p.store(Program::shared(THREAD), child);
                p.wait4(child, FIRST, libc::__WALL | libc::__WNOTHREAD);
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ASKED));
                p.ptrace(Request::CONT, child, 0, 0);
                p.wait4(child, STATUS, libc::__WALL | libc::__WNOTHREAD);
                p.exit(3);
            });
            p.await_word(Program::shared(READY));
            let child = p.load(Program::shared(THREAD));
            p.ptrace(Request::CONT, child, 0, 0);
            p.store(Program::shared(SEIZED), 1);
            p.spin();
        },
        scenario: |t| {
            let parent = t.cont()?;
            parent.await_word(SEIZED);
            let (maker, child) = (parent.made("clone", "maker")?, parent.made("fork", "child")?);
            parent.check_saw(TRACEME, "ptrace", Some(Return(0)))?;
            let status = Word(0x7f | (libc::SIGUSR1 as u64) << 8);
            parent.check(TRACEME, "status that the maker got", status, Word(parent.word(FIRST)));
            traced_by(&child, TRACEME, 't', &maker)?;
            parent.check_saw(REQUESTS, "ptrace_3", Some(Return::error(Errno::ESRCH)))?;
            parent.set_word(ASKED, 1);
            let parent = parent.ends(END, super::way::PARENT_ENDS)?;
            parent.check_saw(REQUESTS, "ptrace_2", Some(Return(0)))?;
            parent.check(
                END,
                "status that the maker got in the end",
                Word(7 << 8),
                Word(parent.word(STATUS)),
            );
            child.reaped_by_parent();
            maker.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// At the stop of an attach to one thread.
fn attached(t: Running, before: Before) -> Flow<Stopped> {
    t.attach()?;
    match before {
        Before::Running => t.expect(SIGSTOP, Stop::Signal(Signal::STOP)),
        Before::Stopped => t.expect(GROUP, Stop::Group(Signal::STOP)),
    }
}

/// Who traces it as procfs shows it, by the role of that task.
pub(crate) fn traced_by(t: &Task, clause: &str, letter: char, tracer: &Task) -> Flow {
    let status = t.proc_status()?;
    t.check(clause, "state in /proc", letter.to_string(), status.state.to_string());
    t.check(clause, "tracer in /proc", Pid(tracer.pid), Pid(status.tracer));
    Ok(())
}

/// Both threads end, each for its tracer, and then the process for its parent.
fn both_end_twice(parent: Running, leader: Running, thread: Running) -> Flow {
    parent.set_word(ON, 1);
    leader.ends(END, CHILD_ENDS)?;
    let parent = parent.ends(END, super::way::PARENT_ENDS)?;
    parent.check_saw(SEVERAL, "ptrace_2", Some(Return(0)))?;
    parent.check_saw_pid(SEVERAL, "wait4_2", &thread)?;
    parent.check(SEVERAL, "status of the other thread", Word(7 << 8), Word(parent.word(SECOND)));
    parent.check(SEVERAL, "status of the process", Word(7 << 8), Word(parent.word(STATUS)));
    thread.reaped_by_parent();
    Ok(())
}
