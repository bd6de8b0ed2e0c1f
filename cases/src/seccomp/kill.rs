//! Filters that kill a thread or the process.

use super::{CALL, NEEDS};
use crate::death::threads::{BORN, MADE, OPTIONS, split};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;

const PROCESS: &str = "seccomp.kill-process-status";
const THREAD: &str = "seccomp.kill-thread-status";
const BY_SYS: Gone = Gone::Killed(Signal::SYS, false);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "kill_process",
        title: "SECCOMP_RET_KILL_PROCESS ends all threads as killed by SIGSYS, without a signal-delivery-stop.",
        clauses: &[MADE, BORN, PROCESS],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| killed_in_a_thread(p, libc::SECCOMP_RET_KILL_PROCESS),
        scenario: |t| {
            let (leader, thread) = split(t)?;
            thread.cont()?.ends(PROCESS, BY_SYS)?;
            leader.ends(PROCESS, BY_SYS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "kill_thread",
        title: "SECCOMP_RET_KILL_THREAD ends the one thread as killed by SIGSYS, and the others go on.",
        clauses: &[MADE, BORN, THREAD],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| killed_in_a_thread(p, libc::SECCOMP_RET_KILL_THREAD),
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?.ends(THREAD, BY_SYS)?;
            leader.check(THREAD, "wait for the leader", Ok(None), leader.poll());
            thread.set_word(0, 1);
            leader.ends(THREAD, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "kill_of_the_only_thread",
        title: "SECCOMP_RET_KILL_THREAD in a process of one thread ends it as killed by SIGSYS, without a signal-delivery-stop.",
        clauses: &[THREAD],
        needs: NEEDS,
        program: |p| super::filtered(p, &[libc::SECCOMP_RET_KILL_THREAD]),
        scenario: |t| {
            t.cont()?.ends(THREAD, BY_SYS)?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn killed_in_a_thread(p: &mut Program, action: u32) {
    p.thread("thread", |p| {
        p.filter(CALL, action);
        p.call(CALL, &[0; 0]);
        p.spin();
    });
    p.await_word(Program::shared(0));
    p.exit(3);
}
