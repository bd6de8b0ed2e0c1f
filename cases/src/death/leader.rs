//! A leader that ends before its threads: when that is reported, and with which status.

use super::threads::{BORN, MADE, OPTIONS, split};
use crate::changes::{GROUP_CODE_IN_SIGCHLD, LAST_THREAD_DECIDES};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Pid, Return, Word};
use std::os::unix::fs::MetadataExt as _;

/// How the last thread ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Alone,
    Group,
    Signal,
}

impl Axis for Last {
    const VALUES: &'static [(&'static str, Self)] =
        &[("exit", Last::Alone), ("exitgroup", Last::Group), ("signal", Last::Signal)];
}

const DEFERRED: &str = "bug.leader-exit-deferred";
const STATUS: &str = "death.leader-status";
const EXIT: &str = "opt.traceexit.stop";
const MESSAGE: &str = "opt.traceexit.msg-status";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "leader_ends_first",
        title: "A leader that ends first comes to its exit event at once, and its end is reported after the last thread's, whose status it takes over.",
        clauses: &[MADE, BORN, EXIT, MESSAGE, DEFERRED, STATUS],
        axes: &[ANY_START, axis::<Last>(&["exit", "exitgroup", "signal"])],
        options: OPTIONS | options::TRACEEXIT,
        changes: &[&LAST_THREAD_DECIDES],
        program: |p| {
            let last: Last = p.pick();
            p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                match last {
                    Last::Alone => p.exit_thread(2),
                    Last::Group => p.exit(2),
                    Last::Signal => p.raise(Signal::TERM),
                };
            });
            p.exit_thread(1);
        },
        scenario: |t| {
            let last: Last = t.pick()?;
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            let leader = exit_event(leader, 1 << 8)?.cont()?;
            leader.await_state(&['Z'])?;
            leader.check(DEFERRED, "wait for the leader", Ok(None), leader.poll());
            thread.set_word(0, 1);
            let end = if last == Last::Signal { Gone::Killed(Signal::TERM, false) } else { Gone::Exited(2) };
            let thread = past_a_signal(thread, last)?;
            let thread = exit_event(thread, status(end))?.cont()?;
            thread.ends(STATUS, end)?;
            let alone = leader.across(&LAST_THREAD_DECIDES, Gone::Exited(1), end)?;
            leader.ends(STATUS, if last == Last::Alone { alone } else { end })?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigchld_of_a_leader_that_ended_first",
        title: "SIGCHLD and wait4 tell the parent how the process ended, not how its leader had.",
        clauses: &["death.sigchld-status", STATUS, "wait.macro.exited"],
        changes: &[&GROUP_CODE_IN_SIGCHLD],
        program: |p| {
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.await_word(Program::shared(0));
                    p.exit(5);
                });
                p.exit_thread(1);
            });
            p.await_word(Program::shared(1));
            p.wait4(child, 2, 0);
            p.exit(3);
        },
        scenario: |t| {
            const TOLD: &str = "death.sigchld-status";
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            child.await_state(&['Z'])?;
            t.set_word(0, 1);
            let t = t.expect(TOLD, Stop::Signal(Signal::CHLD))?;
            let siginfo = t.siginfo();
            t.check(TOLD, "si_code", Ok(libc::CLD_EXITED), siginfo.map(|siginfo| siginfo.code));
            t.check(TOLD, "si_pid", Ok(Pid(child.pid)), siginfo.map(|siginfo| Pid(siginfo.pid)));
            let ours = std::fs::metadata("/proc/self").map(|metadata| metadata.uid()).ok();
            t.check(TOLD, "si_uid is ours", Ok(true), siginfo.map(|siginfo| Some(siginfo.uid) == ours));
            let status = t.across(&GROUP_CODE_IN_SIGCHLD, 1, 5)?;
            t.check(TOLD, "si_status", Ok(status), siginfo.map(|siginfo| siginfo.status));
            t.set_word(1, 1);
            let t = t.cont()?.ends("wait.macro.exited", Gone::Exited(3))?;
            t.check_saw_pid(STATUS, "wait4", &child)?;
            t.check(STATUS, "status that the parent got", Word(5 << 8), Word(t.word(2)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "parent_is_told_once_the_last_thread_ends",
        title: "The real parent is told of the process's end, and not of its leader's.",
        clauses: &["realparent.whole-process", "wait.macro.exited"],
        program: |p| {
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.await_word(Program::shared(0));
                    p.exit_thread(2);
                });
                p.exit_thread(1);
            });
            p.await_word(Program::shared(1));
            p.wait4(child, 2, libc::WNOHANG);
            p.store(Program::shared(3), 1);
            p.wait4(child, 2, 0);
            p.exit(3);
        },
        scenario: |t| {
            const WHOLE: &str = "realparent.whole-process";
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            child.await_state(&['Z'])?;
            t.set_word(1, 1);
            t.await_word(3);
            t.check_saw(WHOLE, "wait4", Some(Return(0)))?;
            t.set_word(0, 1);
            let t = t.expect(WHOLE, Stop::Signal(Signal::CHLD))?;
            let t = t.cont()?.ends("wait.macro.exited", Gone::Exited(3))?;
            t.check_saw_pid(WHOLE, "wait4_2", &child)?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// The last thread's signal-delivery-stop, if that is how it ends.
fn past_a_signal(thread: Running, last: Last) -> Flow<Running> {
    if last != Last::Signal {
        return Ok(thread);
    }
    thread.expect(STATUS, Stop::Signal(Signal::TERM))?.resume(Resume::Cont, Signal::TERM)
}

fn exit_event(t: Running, status: u64) -> Flow<Stopped> {
    let t = t.expect(EXIT, Stop::Event(Event::EXIT))?;
    t.check(MESSAGE, "event message", Ok(Word(status)), t.message().map(Word));
    Ok(t)
}

/// The wait status of such an end.
fn status(end: Gone) -> u64 {
    match end {
        Gone::Exited(code) => u64::from(code) << 8,
        Gone::Killed(signal, _) => signal.0 as u64,
    }
}
