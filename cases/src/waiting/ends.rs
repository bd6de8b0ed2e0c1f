//! What waits tell of a tracee's end, without and with reaping it.

use super::way::{Call, SIGNAL, check_state};
use crate::changes::GROUP_CODE_WITHOUT_REAPING;
use crate::death::core_dump::{in_a_file_system_of_its_own, to_the_fault};
use crate::death::threads::{BORN, MADE, OPTIONS, split};
use ptrace_conformance_harness::case::{Axis, Case, Need, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running};
use ptrace_conformance_harness::values::Pid;
use ptrace_conformance_harness::waiting::{Told, Which};

/// How the tracee ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Exits,
    Killed,
}

impl Axis for How {
    const VALUES: &'static [(&'static str, Self)] = &[("exits", How::Exits), ("killed", How::Killed)];
}

/// What exit_group(2) is given, and what is left of it.
const CODE: u64 = 0x12c3;
const LOW: i32 = 0xc3;

const NOWAIT: &str = "wait.waitid.wnowait";
const CODES: &str = "wait.waitid.cld-exit-codes";
const ZOMBIE: &str = "wait.zombie-until-waited";
const GONE: &str = "wait.err.echild";
const EXITED: &str = "wait.macro.exited";
const KILLED: &str = "wait.macro.signaled";
const DUMPED: &str = "wait.macro.coredump";
const GROUP: &str = "death.leader-status";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "waitid_of_an_end",
        title: "waitid tells the lower 8 bits of an exit code as CLD_EXITED, or the signal as CLD_KILLED; WNOWAIT leaves the zombie, and once it is reaped waits fail with ECHILD.",
        clauses: &[SIGNAL, NOWAIT, CODES, ZOMBIE, GONE, EXITED, KILLED],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            axis::<How>(&["exits", "killed"]),
            axis::<Call>(&["wait4", "waitid"]),
        ],
        program: |p| {
            if p.pick::<How>() == How::Killed {
                p.raise(Signal::TERM);
            }
            p.exit(CODE);
        },
        scenario: |t| {
            let how: How = t.pick()?;
            let t = t.cont()?;
            let (t, told, status) = match how {
                How::Exits => (t, (libc::CLD_EXITED, LOW), LOW << 8),
                How::Killed => {
                    let t =
                        t.expect(SIGNAL, Stop::Signal(Signal::TERM))?.resume(Resume::Cont, Signal::TERM)?;
                    (t, (libc::CLD_KILLED, libc::SIGTERM), libc::SIGTERM)
                }
            };
            look(&t, told)?;
            let clause = if how == How::Exits { EXITED } else { KILLED };
            reap(t, clause, told, status)
        },
        ..Case::NEW
    },
    Case {
        name: "waitid_of_a_dump",
        title: "The end of a tracee that has dumped core is CLD_DUMPED for waitid, and has the core flag in the wait status.",
        clauses: &["death.signal-stop-first", "core.tracee-dump", NOWAIT, CODES, ZOMBIE, GONE, DUMPED],
        needs: &[Need::Root],
        axes: &[axis::<Start>(&["seize"]), axis::<Call>(&["wait4", "waitid"])],
        program: |p| {
            in_a_file_system_of_its_own(p);
            p.load(0);
        },
        scenario: |t| {
            const FLAG: i32 = 0x80;
            let t = to_the_fault(t)?.resume(Resume::Cont, Signal::SEGV)?;
            let told = (libc::CLD_DUMPED, libc::SIGSEGV);
            look(&t, told)?;
            reap(t, DUMPED, told, libc::SIGSEGV | FLAG)
        },
        ..Case::NEW
    },
    Case {
        name: "thread_that_ended_before_its_process",
        title: "Of a thread that has ended alone a look tells its own exit code until the process ends; then it is the process's, as for the wait that reaps it.",
        clauses: &[MADE, BORN, NOWAIT, ZOMBIE, GONE, GROUP],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Call>(&["wait4", "waitid"])],
        options: OPTIONS,
        changes: &[&GROUP_CODE_WITHOUT_REAPING],
        program: |p| {
            p.thread("thread", |p| {
                p.exit_thread(3);
            });
            p.await_word(Program::shared(0));
            p.exit(5);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            look_once(&thread, (libc::CLD_EXITED, 3));
            leader.set_word(0, 1);
            leader.await_state(&['Z'])?;
            let code = leader.across(&GROUP_CODE_WITHOUT_REAPING, 3, 5)?;
            look_once(&thread, (libc::CLD_EXITED, code));
            reap(thread, GROUP, (libc::CLD_EXITED, 5), 5 << 8)?;
            leader.ends(GROUP, Gone::Exited(5))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "leader_that_ended_before_its_process",
        title: "The same of a leader that has ended alone, of which nothing is told before the other threads are reaped.",
        clauses: &[MADE, BORN, NOWAIT, ZOMBIE, GONE, GROUP, "bug.leader-exit-deferred"],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Call>(&["wait4", "waitid"])],
        options: OPTIONS,
        changes: &[&GROUP_CODE_WITHOUT_REAPING],
        program: |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                p.exit(5);
            });
            p.exit_thread(3);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            leader.await_state(&['Z'])?;
            let answer = leader.waitid(Which::pid(leader.pid), libc::WEXITED | libc::WNOWAIT | libc::WNOHANG);
            leader.check("bug.leader-exit-deferred", "waitid for the leader", Ok(None), answer);
            leader.set_word(0, 1);
            thread.ends(GROUP, Gone::Exited(5))?;
            let code = leader.across(&GROUP_CODE_WITHOUT_REAPING, 3, 5)?;
            look_once(&leader, (libc::CLD_EXITED, code));
            reap(leader, GROUP, (libc::CLD_EXITED, 5), 5 << 8)
        },
        ..Case::NEW
    },
];

/// Two looks that do not reap, of which the first waits for the end.
fn look(t: &Running, told: (i32, i32)) -> Flow {
    let pid = Which::pid(t.pid);
    let expected = Told::of(t, told.0, told.1);
    t.check(CODES, "waitid", Ok(Some(expected)), t.waitid(pid, libc::WEXITED | libc::WNOWAIT));
    let second = t.waitid(pid, libc::WEXITED | libc::WNOWAIT | libc::WNOHANG);
    t.check(NOWAIT, "second waitid", Ok(Some(expected)), second);
    check_state(t, ZOMBIE, 'Z')
}

fn look_once(t: &Running, told: (i32, i32)) {
    let answer = t.waitid(Which::pid(t.pid), libc::WEXITED | libc::WNOWAIT);
    t.check(NOWAIT, "waitid that does not reap", Ok(Some(Told::of(t, told.0, told.1))), answer);
}

/// Reaps the tracee by the variant's call, after which neither has anybody to wait for.
fn reap(t: Running, clause: &str, told: (i32, i32), status: i32) -> Flow {
    let pid = Which::pid(t.pid);
    check_state(&t, ZOMBIE, 'Z')?;
    match t.pick()? {
        Call::Wait4 => {
            let expected = Ok(Some((Pid(t.pid), Status(status))));
            t.check(clause, "wait4", expected, t.wait4(t.pid, 0));
        }
        Call::Waitid => {
            let answer = t.waitid(pid, libc::WEXITED);
            t.check(clause, "waitid", Ok(Some(Told::of(&t, told.0, told.1))), answer);
        }
    }
    t.check(GONE, "wait4 of nobody", Err(Errno::ECHILD), t.wait4(t.pid, 0));
    t.check(GONE, "waitid of nobody", Err(Errno::ECHILD), t.waitid(pid, libc::WEXITED | libc::WSTOPPED));
    t.reaped();
    Ok(())
}
