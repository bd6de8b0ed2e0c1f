//! Who is told of an end: the tracer, the real parent, and what becomes of a task when either dies first.

use super::threads::{MADE, split};
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};

/// What the real parent of a zombie hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parent {
    Told,
    Ignoring,
    WithoutSignal,
}

impl Axis for Parent {
    const VALUES: &'static [(&'static str, Self)] =
        &[("told", Parent::Told), ("ignoring", Parent::Ignoring), ("nosignal", Parent::WithoutSignal)];
}

const END: &str = "wait.macro.exited";
const FIRST: &str = "realparent.death-order";
const RELEASED: &str = "kdoc.detach-zombie-notify";
const TRACER: &str = "death.tracer-sigchld";
const NAMESPACE: &str = "death.namespace-init";

const REAPED: &str = "death.autoreap-traced";
/// `CLONE_AUTOREAP` of clone3(2) (include/uapi/linux/sched.h).
const AUTOREAP: u64 = 1 << 34;

const IGNORED: &str = "kdoc.sigkill-ignored-init";
const STOPS: &str = "stop.signal.every-delivery-stops";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "tracer_is_told_first",
        title: "The real parent hears of its child's end only once the tracer has waited for it.",
        clauses: &[FIRST, END],
        program: |p| {
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.exit(7);
            });
            p.await_word(Program::shared(1));
            p.wait4(child, 2, libc::WNOHANG);
            p.store(Program::shared(3), 1);
            p.wait4(child, 2, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            child.seize(0)?;
            t.set_word(0, 1);
            child.await_state(&['Z'])?;
            t.set_word(1, 1);
            t.await_word(3);
            t.check_saw(FIRST, "wait4", Some(Return(0)))?;
            t.check(FIRST, "wait for the parent, which has no SIGCHLD", Ok(None), t.poll());
            let child = child.ends(FIRST, Gone::Exited(7))?;
            let t = t.expect(FIRST, Stop::Signal(Signal::CHLD))?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw_pid(FIRST, "wait4_2", &child)?;
            t.check(FIRST, "status that the parent got", Word(7 << 8), Word(t.word(2)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "autoreaped_child_of_another",
        title: "A child that reaps itself (CLONE_AUTOREAP) waits as a zombie for its tracer, and is gone once that has waited: its parent gets ECHILD.",
        clauses: &[REAPED, END],
        needs: &[Need::Kernel(7, 1)],
        program: |p| {
            p.clone3_task(AUTOREAP, Signal::NONE, "child", |p| {
                p.await_word(Program::shared(0));
                p.exit(7);
            });
            p.store(Program::shared(1), 1);
            p.call(Syscall::WAIT4, &[u64::MAX, Program::shared(2), libc::__WALL as u64, 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(1);
            let child = t.made("clone3", "child")?;
            child.seize(0)?;
            t.set_word(0, 1);
            child.await_state(&['Z'])?;
            t.check_saw(REAPED, "wait4", None)?;
            child.ends(REAPED, Gone::Exited(7))?;
            let t = t.ends(END, Gone::Exited(3))?;
            t.check_saw(REAPED, "wait4", Some(Return::error(Errno::ECHILD)))?;
            t.check(REAPED, "status that the parent got", Word(0), Word(t.word(2)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "one_report_for_tracer_and_parent",
        title: "A tracer that is the real parent too gets one report of the end.",
        clauses: &["realparent.same-process-once"],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            const ONCE: &str = "realparent.same-process-once";
            let t = t.cont()?.ends(ONCE, Gone::Exited(3))?;
            t.check(ONCE, "a second wait", Err(Errno::ECHILD), t.poll_id(t.pid as u64));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "zombie_of_a_dead_tracer",
        title: "A zombie that its tracer leaves unreaped goes to its real parent: to wait for, or at once if that ignores SIGCHLD.",
        clauses: &[RELEASED, TRACER, END],
        axes: &[ANY_START, axis::<Parent>(&["told", "ignoring", "nosignal"])],
        program: |p| {
            p.fork("parent", parent_of_a_zombie);
            p.await_word(Program::shared(1));
            let child = p.load(Program::shared(1));
            p.ptrace(Request::SEIZE, child, 0, 0);
            p.store(Program::shared(5), 1);
            p.await_word(Program::shared(6));
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(5);
            t.check_saw(RELEASED, "ptrace", Some(Return(0)))?;
            let (child, parent) = zombie_and_parent(&t)?;
            let t = t.expect(TRACER, Stop::Signal(Signal::CHLD))?.cont()?;
            parent.await_state(&['S'])?;
            t.check_saw(RELEASED, "wait4", None)?;
            t.set_word(6, 1);
            let t = t.ends(END, Gone::Exited(3))?;
            t.await_word(4);
            let ignored = t.pick::<Parent>()? == Parent::Ignoring;
            match ignored {
                true => t.check_saw(RELEASED, "wait4", Some(Return::error(Errno::ECHILD)))?,
                false => t.check_saw_pid(RELEASED, "wait4", &child)?,
            }
            let status = if ignored { 0 } else { 7 << 8 };
            t.check(RELEASED, "status that the parent got", Word(status), Word(t.word(3)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "parent_dies_before_its_traced_child",
        title: "A tracee whose real parent ends gets another, the next sub-reaper, and stays under trace to its own end.",
        clauses: &[EVENT, TRACED, END, "death.reparented"],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.call(Syscall::GETPPID, &[0; 0]);
                p.exit(7);
            });
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.set_word(0, 1);
            let child = child.ends("death.reparented", Gone::Exited(7))?;
            let parent = child.saw("getppid")?;
            let here = Some(u64::from(std::process::id()));
            child.check("death.reparented", "its parent is this process, a sub-reaper", true, parent == here);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "parent_death_signal_of_a_thread",
        title: "The parent-death signal comes when the thread that made the process ends, although the parent lives on.",
        clauses: &[MADE, EVENT, TRACED, END, "death.pdeathsig-thread"],
        options: options::TRACESYSGOOD | options::TRACEFORK | options::TRACECLONE,
        program: |p| {
            p.thread("thread", |p| {
                p.fork("child", |p| {
                    p.call(Syscall::PRCTL, &[libc::PR_SET_PDEATHSIG as u64, libc::SIGUSR1 as u64, 0, 0, 0]);
                    p.store(Program::shared(0), 1);
                    p.spin();
                });
                p.await_word(Program::shared(0));
                p.exit_thread(7);
            });
            p.spin();
        },
        scenario: |t| {
            const SIGNAL: &str = "death.pdeathsig-thread";
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            let child = to_first_stop(thread.new_task("child")?)?.cont()?;
            thread.cont()?.ends(END, Gone::Exited(7))?;
            let child = child.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
            child.check_saw(SIGNAL, "prctl", Some(Return(0)))?;
            leader.check(SIGNAL, "wait for the leader", Ok(None), leader.poll());
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "namespace_init_is_not_killed_from_inside",
        title: "SIGKILL that a task of a PID namespace sends to the traced init of it is not delivered, and SIGTERM has its stop but, given, does nothing.",
        clauses: &[EVENT, TRACED, END, IGNORED, STOPS],
        needs: &[Need::Root],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            p.clone_task((libc::CLONE_NEWPID | libc::SIGCHLD) as u64, "init", |p| {
                p.block(&[Signal::CHLD]);
                p.fork("member", |p| {
                    p.call(Syscall::KILL, &[1, libc::SIGKILL as u64]);
                    p.call(Syscall::KILL, &[1, libc::SIGTERM as u64]);
                    p.exit(7);
                });
                p.await_word(Program::shared(0));
                p.exit(5);
            });
            p.sleep();
        },
        scenario: |t| {
            let (maker, init) = forked(t, "init")?;
            let (init, member) = forked(init, "member")?;
            let (member, init, _maker) = (member.cont()?, init.cont()?, maker);
            let member = member.ends(END, Gone::Exited(7))?;
            member.check_saw(IGNORED, "kill", Some(Return(0)))?;
            member.check_saw(STOPS, "kill_2", Some(Return(0)))?;
            let init = init.expect(IGNORED, Stop::Signal(Signal::TERM))?;
            let init = init.resume(Resume::Cont, Signal::TERM)?;
            init.set_word(0, 1);
            init.ends(IGNORED, Gone::Exited(5)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "namespace_init_ends",
        title: "When a PID namespace's init ends, its other tasks are killed, and its end is reported once the tracer has reaped them.",
        clauses: &[EVENT, TRACED, NAMESPACE, "death.namespace-init-waits"],
        needs: &[Need::Root],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            p.clone_task((libc::CLONE_NEWPID | libc::SIGCHLD) as u64, "init", |p| {
                p.fork("member", |p| {
                    p.spin();
                });
                p.await_word(Program::shared(0));
                p.exit(5);
            });
            p.sleep();
        },
        scenario: |t| {
            const WAITS: &str = "death.namespace-init-waits";
            let (maker, init) = forked(t, "init")?;
            let (init, member) = forked(init, "member")?;
            let (member, init, _maker) = (member.cont()?, init.cont()?, maker);
            init.set_word(0, 1);
            member.await_state(&['Z'])?;
            init.check(WAITS, "wait for the namespace's init", Ok(None), init.poll());
            member.ends(NAMESPACE, Gone::Killed(Signal::KILL, false))?;
            init.ends(WAITS, Gone::Exited(5))?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn parent_of_a_zombie(p: &mut Program) {
    let parent: Parent = p.pick();
    if parent == Parent::Ignoring {
        p.ignore(Signal::CHLD);
    }
    let child = |p: &mut Program| {
        p.await_word(Program::shared(0));
        p.exit(7);
    };
    let child = match parent {
        Parent::WithoutSignal => p.clone_task(0, "child", child),
        _ => p.fork("child", child),
    };
    p.store(Program::shared(1), child);
    p.wait4(child, 3, libc::__WALL);
    p.store(Program::shared(4), 1);
    p.sleep();
}

/// Lets the child end and waits until it has. The child's step was written before its parent's.
fn zombie_and_parent(t: &Task) -> Flow<(Running, Running)> {
    let (child, parent) = match t.pick()? {
        Parent::WithoutSignal => ("clone", "fork"),
        Parent::Told | Parent::Ignoring => ("fork", "fork_2"),
    };
    let child = t.made(child, "child")?;
    t.set_word(0, 1);
    child.await_state(&['Z'])?;
    Ok((child, t.made(parent, "parent")?))
}

/// To the event and the new task's first stop.
fn forked(t: Stopped, role: &str) -> Flow<(Stopped, Stopped)> {
    let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
    let child = to_first_stop(t.new_task(role)?)?;
    Ok((t, child))
}
