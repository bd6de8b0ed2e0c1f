//! Who is traced after an execve in a process of which only some threads were.

use super::image::{END, ENDED, EXECS, IMAGE_ENDS, STOPS, THREADS, event};
use super::state::{MAKING, State, both};
use super::thread_calls::thread_and_leader;
use crate::creation::way::{STATE, TRACER, check_proc};
use ptrace_conformance_harness::case::{Axis, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Pid;

const BECOMES: &str = "exec.untraced-leader-becomes-tracee";
const FOLLOWS: &str = "exec.tracing-follows-caller";
const SILENT: &str = "sysstop.silent-leader-death";
const FORMER: &str = "exec.traceexec-former-tid";

/// Which thread has an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Leader,
    Thread,
}

impl Axis for Holder {
    const VALUES: &'static [(&'static str, Self)] = &[("leader", Holder::Leader), ("thread", Holder::Thread)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "untraced_leader_becomes_a_tracee",
        title: "The leader was let go; when a traced thread executes, the leader's id is a tracee's again.",
        clauses: &[MAKING[0], MAKING[1], STOPS, BECOMES, FORMER, TRACER, STATE, END],
        options: THREADS,
        program: |p| thread_and_leader(p, State::Asleep),
        scenario: |t| {
            let (leader, thread) = both(t)?;
            let leader = leader.detach(Signal::NONE)?;
            let thread = thread.cont()?;
            leader.await_state(&['S'])?;
            check_proc(&leader, false, 'S')?;
            leader.set_word(1, 1);
            let t = event(leader)?;
            check_proc(&t, true, 't')?;
            t.check(FORMER, "event message", Ok(Pid(thread.pid)), t.message().map(|id| Pid(id as i32)));
            t.check(BECOMES, "report of the former id", Err(Errno::ECHILD), thread.poll());
            thread.renamed();
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "untraced_thread_executes",
        title: "An untraced thread executes: no event and no SIGTRAP, and the process is no longer traced, although its leader was.",
        clauses: &[FOLLOWS, SILENT, TRACER, END],
        options: EXECS,
        program: |p| {
            p.clone_task(THREAD, "thread", |p| {
                p.exec(|p| {
                    p.call(Syscall::GETTID, &[0; 0]);
                    p.store(Program::shared(1), 1);
                    p.await_word(Program::shared(0));
                    p.exit(IMAGE_ENDS.into());
                });
            });
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(1);
            check_proc(&t, false, 'R')?;
            t.check(SILENT, "report of the process", Ok(None), t.poll());
            t.set_word(0, 1);
            let t = t.ends(END, ENDED)?;
            t.check_saw_pid(FOLLOWS, "gettid", &t)
        },
        ..Case::NEW
    },
];
