//! The founding case: what a debugger finds in a thread that has just made another one.

use super::axes::EVENTS;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::THREAD;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, EarlyReturn, ReturnPid};

pub(super) const CASES: &[Case] = &[Case {
    name: "clone_event_is_inside_the_call",
    title: "A thread stopped at PTRACE_EVENT_CLONE has not left clone(2): its registers do not hold the result yet, and only PTRACE_SYSCALL to the syscall-exit-stop shows it.",
    clauses: &[
        "opt.traceclone.stop",
        "attach.auto-attach",
        "inside.call-registers",
        "inside.result-not-yet",
        "inside.exit-stop-follows",
        "clone.ret-tid",
        "wait.macro.exited",
    ],
    options: EVENTS,
    program: |p| {
        p.clone_task(THREAD, "thread", |p| {
            p.exit_thread(0);
        });
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect("opt.traceclone.stop", Stop::Event(Event::CLONE))?;
        let thread = t.new_task("thread")?;
        let inside = t.registers()?;
        let not_yet = arch::result_inside_call(&t.given("clone")?);
        t.check("inside.call-registers", "ip", Address(label::SYSCALL_RETURN), Address(inside.ip()));
        t.check(
            "inside.result-not-yet",
            "result register",
            EarlyReturn(not_yet),
            EarlyReturn(inside.result()),
        );
        t.check("inside.call-registers", "system call", Syscall::CLONE.number, t.syscall_number()?);

        let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
        let result = ReturnPid(t.registers()?.result());
        t.check("clone.ret-tid", "result register", ReturnPid(thread.pid as u64), result);

        let first = super::tasks::first(thread.start);
        thread.expect("attach.auto-attach", first)?.cont()?.ends("wait.macro.exited", Gone::Exited(0))?;
        let t = t.cont()?.ends("wait.macro.exited", Gone::Exited(3))?;
        t.check(
            "clone.ret-tid",
            "result of clone in the program",
            Some(result),
            t.saw("clone")?.map(ReturnPid),
        );
        Ok(())
    },
    ..Case::NEW
}];
