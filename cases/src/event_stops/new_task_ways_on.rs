//! Every way on from the first stop of a new task.

use super::axes::{CHILD_ENDS, EVENTS, MAKERS, Maker, PARENT_ENDS, SOME_MAKERS, makes_a_task};
use super::new_task::{both_stopped, go_on};
use super::tasks::{END, EVENT, TRACED, child_ends, parent_ends, parent_saw, to_call, to_first_stop};
use super::ways_on::{ONE_LATER, check_trap};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Return;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "syscall_from_the_first_stop",
        title: "PTRACE_SYSCALL from the first stop: the enter-stop of the task's own first call, and no exit-stop of the call that made it.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "newtask.no-exit-stop", "sysstop.exit-after-entry"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child.syscall()?.expect("newtask.no-exit-stop", Stop::SyscallEnter)?;
            let number = child.syscall_number()?;
            child.check("newtask.no-exit-stop", "system call", Syscall::GETTID.number, number);
            let child = child.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "singlestep_from_the_first_stop",
        title: "PTRACE_SINGLESTEP from the first stop: one instruction of the new task.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "stop.step.undocumented"],
        axes: &[ANY_START, MAKERS, axis::<Resume>(&["singlestep", "sysemusinglestep"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let how: Resume = t.pick()?;
            let child = child.resume(how, Signal::NONE)?;
            let child = child.expect("stop.step.undocumented", Stop::Signal(Signal::TRAP))?;
            check_trap(&child, "stop.step.undocumented", ONE_LATER, libc::TRAP_TRACE, 0)?;
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_from_the_first_stop",
        title: "PTRACE_SYSEMU from the first stop: the task's own first call is caught and not executed.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "newtask.no-exit-stop", "sysemu.stop-no-exec"],
        axes: &[ANY_START, SOME_MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child.resume(Resume::Sysemu, Signal::NONE)?;
            let child = child.expect("newtask.no-exit-stop", Stop::SyscallEnter)?;
            let untouched = Return(arch::result_inside_call(&child.registers()?.args()));
            let child = child_ends(child)?;
            child.check_saw("sysemu.stop-no-exec", "gettid", Some(untouched))?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "detach_from_the_first_stop",
        title: "PTRACE_DETACH from the first stop: the task runs on untraced, without the SIGSTOP, and its parent reaps it.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "detach.any-attach-method", "detach.ends-tracing"],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess", "clonevfork", "clone3process"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, |child| {
                child.call(Syscall::GETTID, &[0; 0]);
                child.exit(CHILD_ENDS.into());
            });
            p.call(Syscall::WAIT4, &[u64::MAX, Program::shared(0), libc::__WALL as u64, 0]);
            p.exit(PARENT_ENDS.into());
        },
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child.resume(Resume::Detach, Signal::NONE)?;
            let t = t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?;
            t.check_saw_pid("detach.any-attach-method", "wait4", &child)?;
            let status = t.word(0) as u32;
            child.check("detach.ends-tracing", "status for the parent", u32::from(CHILD_ENDS) << 8, status);
            parent_saw(t, &child)?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigstop_passed_on_at_the_first_stop",
        title: "The SIGSTOP of the first stop is a real signal: passed on, it stops the new process.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "attach.auto-attach-sigstop"],
        axes: &[
            axis::<ptrace_conformance_harness::case::Start>(&["traceme", "attach"]),
            axis::<Maker>(&["fork", "vfork", "cloneprocess"]),
        ],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child.resume(Resume::Cont, Signal::STOP)?;
            let child = child.expect("attach.auto-attach-sigstop", Stop::Group(Signal::STOP))?;
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_is_not_traced_step_by_step",
        title: "A new task runs freely although its maker entered the call under PTRACE_SYSCALL or PTRACE_SINGLESTEP.",
        clauses: &[
            "sysstop.entry",
            "sysstop.exit-after-entry",
            "sysstop.other-stop-possible",
            TRACED,
            END,
            "clone.ret-tid",
            "newtask.no-exit-stop",
            "newtask.not-stepped",
        ],
        axes: &[ANY_START, MAKERS, axis::<Resume>(&["syscall", "singlestep"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let how: Resume = t.pick()?;
            let event = Stop::Event(t.pick::<Maker>()?.event());
            let t = to_call(t)?.resume(how, Signal::NONE)?.expect("sysstop.other-stop-possible", event)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let clause = if how == Resume::Syscall { "newtask.no-exit-stop" } else { "newtask.not-stepped" };
            let child = child.cont()?.ends(clause, Gone::Exited(CHILD_ENDS))?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
];
