//! What a tracer can do to a call at `PTRACE_EVENT_SECCOMP`: skip it, make another one, give other arguments.

use super::seccomp::{NEEDS, OPTIONS, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const ARGS: [u64; 6] = [0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "seccomp_skip",
        title: "The number -1 skips the call, and the program gets what the tracer puts into the result register.",
        clauses: &[STOPS, "seccomp.trace-skip", "seccomp.rst.trace-skip-minus-one"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, 77)?;
            let task = t.cont()?.ends("seccomp.trace-skip", Gone::Exited(3))?;
            task.check_saw("seccomp.rst.trace-skip-minus-one", "umask", Some(Return(77)))
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_skip_without_a_result",
        title: "A skipped call without a result placed leaves the result register: -ENOSYS on x86_64, the first argument on aarch64.",
        clauses: &[STOPS, "seccomp.trace-skip", "secstop.skip-untouched"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(u64::MAX)?;
            let task = t.cont()?.ends("seccomp.trace-skip", Gone::Exited(3))?;
            let untouched = Return(arch::result_inside_call(&ARGS));
            task.check_saw("secstop.skip-untouched", "umask", Some(untouched))
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_skip_under_syscall",
        title: "PTRACE_SYSCALL from the event gives an exit-stop also for a skipped call, with the placed result.",
        clauses: &[STOPS, "secstop.legacy-negative-nr", "secstop.syscall-gives-exit", "seccomp.trace-skip"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, 77)?;
            let t = t.syscall()?.expect("secstop.legacy-negative-nr", Stop::SyscallExit)?;
            let result = Return(t.registers()?.result());
            t.check("secstop.syscall-gives-exit", "result register", Return(77), result);
            let task = t.cont()?.ends("seccomp.trace-skip", Gone::Exited(3))?;
            task.check_saw("seccomp.trace-skip", "umask", Some(Return(77)))
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_other_number",
        title: "Another system call number at the event makes that call instead, and the program gets its result.",
        clauses: &[STOPS, "secstop.change-nr", "seccomp.trace-change"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(Syscall::GETPID.number)?;
            let task = t.cont()?.ends("secstop.change-nr", Gone::Exited(3))?;
            task.check_saw_pid("seccomp.trace-change", "umask", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_other_arguments",
        title: "Other argument registers at the event are the call's arguments.",
        clauses: &[STOPS, "secstop.change-args"],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            p.filter(Syscall::EXIT_GROUP, libc::SECCOMP_RET_TRACE);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_event(t)?;
            t.set_register(arch::ARGS[0], 9)?;
            t.cont()?.ends("secstop.change-args", Gone::Exited(9))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_filters_again",
        title: "A call changed at the event goes through the filters again: one that forbids the new call is obeyed.",
        clauses: &[STOPS, "secstop.rerun"],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE);
            p.filter(Syscall::GETPPID, libc::SECCOMP_RET_ERRNO | libc::EBADF as u32);
            p.call(Syscall::UMASK, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(Syscall::GETPPID.number)?;
            let task = t.cont()?.ends("secstop.rerun", Gone::Exited(3))?;
            task.check_saw("secstop.rerun", "umask", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_asks_once",
        title: "A call changed at the event into another one that a filter would ask for is made without a second event.",
        clauses: &[STOPS, "secstop.rerun"],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE);
            p.filter(Syscall::GETPID, libc::SECCOMP_RET_TRACE);
            p.call(Syscall::UMASK, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_event(t)?;
            t.set_syscall_number(Syscall::GETPID.number)?;
            let task = t.cont()?.ends("secstop.rerun", Gone::Exited(3))?;
            task.check_saw_pid("secstop.rerun", "umask", &task)
        },
        ..Case::NEW
    },
];

/// A call that a filter asks the tracer for.
fn program(p: &mut Program) {
    p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE);
    p.call(Syscall::UMASK, &ARGS);
    p.exit(3);
}

fn to_event(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Event(Event::SECCOMP))
}
