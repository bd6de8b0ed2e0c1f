//! Strict mode: four calls are allowed, any other kills.

use super::CALL;
use crate::event_stops::exit::Ending;
use ptrace_conformance_harness::case::{ANY_START, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Return;

const KILLS: &str = "seccomp.strict-kill";
const NO_FILTER: &str = "filter.strict";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "strict_kills",
        title: "In strict mode a forbidden call ends the tracee as killed by SIGKILL, after the enter-stop if there is one.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", KILLS],
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall"])],
        program: |p| {
            strict(p);
            p.call(CALL, &[0; 0]);
        },
        scenario: |t| {
            let t = if t.pick::<Resume>()? == Resume::Syscall {
                let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
                let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
                t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?.syscall()?
            } else {
                t.cont()?
            };
            let task = t.ends(KILLS, Gone::Killed(Signal::KILL, false))?;
            task.check_saw(KILLS, "prctl", Some(Return(0)))?;
            task.check_saw(KILLS, CALL.name, None)
        },
        ..Case::NEW
    },
    Case {
        name: "strict_allows_exit",
        title: "In strict mode exit(2) is allowed, and exit_group(2) kills.",
        clauses: &[KILLS, "seccomp.strict-allows"],
        axes: &[ANY_START, axis::<Ending>(&["exit", "exitgroup"])],
        program: |p| {
            let ending: Ending = p.pick();
            strict(p);
            p.call(ending.syscall(), &[3]);
        },
        scenario: |t| {
            match t.pick()? {
                Ending::Thread => t.cont()?.ends("seccomp.strict-allows", Gone::Exited(3))?,
                Ending::Group => t.cont()?.ends(KILLS, Gone::Killed(Signal::KILL, false))?,
            };
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "strict_has_no_filter",
        title: "A tracee in strict mode can be traced as before, and PTRACE_SECCOMP_GET_FILTER finds no filter: EINVAL.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", NO_FILTER],
        needs: &[Need::Root, Need::CheckpointRestore],
        program: |p| {
            strict(p);
            p.exit_thread(3);
        },
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            let answer = t.request(Request::SECCOMP_GET_FILTER, 0, Data::Word(0));
            t.check(NO_FILTER, "PTRACE_SECCOMP_GET_FILTER", Err(Errno::EINVAL), answer.map(drop));
            t.cont()?.ends(NO_FILTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Enters strict mode.
pub(super) fn strict(p: &mut Program) {
    let mode = libc::SECCOMP_MODE_STRICT.into();
    p.call(Syscall::PRCTL, &[libc::PR_SET_SECCOMP as u64, mode, 0, 0, 0]);
}
