//! Every way on from an event stop inside a call: which stop follows, and what the program gets.

use super::axes::{ENTRIES, EVENTS, Entry, MAKERS, Maker, PARENT_ENDS, SOME_MAKERS, Sysgood};
use super::axes::{SYSGOODS, makes_a_task};
use super::tasks::{END, EVENT, TRACED, alone_at_event, child_ends, parent_saw, to_call, to_first_stop};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscall_info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return, ReturnPid};
use std::rc::Rc;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "cont_from_the_event",
        title: "PTRACE_CONT from the event: no syscall-exit-stop, even if the entry was reported, and the program gets the new id.",
        clauses: &[ENTER, EXIT, OTHER, EVENT, TRACED, END, "inside.no-exit-stop", "clone.ret-tid"],
        scenario: |t| onwards(t, Resume::Cont),
        ..WAY
    },
    Case {
        name: "syscall_from_the_event",
        title: "PTRACE_SYSCALL from the event: the call's syscall-exit-stop, even if the entry was not reported, with the new id as result.",
        clauses: &[
            ENTER,
            EXIT,
            OTHER,
            EVENT,
            TRACED,
            END,
            "inside.exit-stop-follows",
            "sysinfo.exit-rval",
            "clone.ret-tid",
        ],
        scenario: |t| onwards(t, Resume::Syscall),
        ..WAY
    },
    Case {
        name: "singlestep_from_the_event",
        title: "PTRACE_SINGLESTEP from the event: a SIGTRAP where the call returns, before any instruction, with the new id as result.",
        clauses: &[
            ENTER,
            EXIT,
            OTHER,
            EVENT,
            TRACED,
            END,
            "inside.step-traps-at-return",
            "stop.step.undocumented",
            "clone.ret-tid",
        ],
        scenario: |t| onwards(t, Resume::Singlestep),
        ..WAY
    },
    Case {
        name: "sysemu_from_the_event",
        title: "PTRACE_SYSEMU from the event: the call at hand returns, and the next one is caught and not executed.",
        clauses: &[
            ENTER,
            EXIT,
            OTHER,
            EVENT,
            TRACED,
            END,
            "inside.no-exit-stop",
            "sysemu.stop-no-exec",
            "clone.ret-tid",
        ],
        scenario: |t| onwards(t, Resume::Sysemu),
        ..WAY
    },
    Case {
        name: "sysemu_singlestep_from_the_event",
        title: "PTRACE_SYSEMU_SINGLESTEP from the event: one instruction behind the call on x86_64, where the call returns on aarch64.",
        clauses: &[
            ENTER,
            EXIT,
            OTHER,
            EVENT,
            TRACED,
            END,
            "inside.sysemu-singlestep",
            "stop.step.undocumented",
            "clone.ret-tid",
        ],
        scenario: |t| onwards(t, Resume::SysemuSinglestep),
        ..WAY
    },
    Case {
        name: "detach_from_the_event",
        title: "PTRACE_DETACH from the event: the call returns the new id and the program goes on untraced.",
        clauses: &[ENTER, EXIT, OTHER, EVENT, TRACED, END, "detach.ends-tracing", "clone.ret-tid"],
        scenario: |t| onwards(t, Resume::Detach),
        ..WAY
    },
    Case {
        name: "sysgood_marks_the_exit_stop_only",
        title: "PTRACE_O_TRACESYSGOOD changes the status of the exit-stop behind the event and not that of the event.",
        clauses: &[
            TRACED,
            END,
            EVENT,
            "clone.ret-tid",
            "sysstop.status",
            "sysstop.status-sysgood",
            "inside.exit-stop-follows",
        ],
        axes: &[ANY_START, SOME_MAKERS, SYSGOODS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (sysgood, maker): (Sysgood, Maker) = (t.pick()?, t.pick()?);
            t.change_options(maker.option() | sysgood.option())?;
            let (t, child) = alone_at_event(t)?;
            t.check(EVENT, "status", Status::stopped(libc::SIGTRAP, maker.event()), t.status);
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let clause = if sysgood == Sysgood::On { "sysstop.status-sysgood" } else { "sysstop.status" };
            t.check(clause, "status", Status::stopped(sysgood.trap(), Event(0)), t.status);
            parent_saw(t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_given_at_the_event_is_dropped",
        title: "A signal given with the restart from the event is never delivered.",
        clauses: &[EVENT, TRACED, END, "inside.signal-dropped", "clone.ret-tid"],
        axes: &[ANY_START, SOME_MAKERS, axis::<Resume>(&["cont", "detach"])],
        options: EVENTS,
        program: |p| {
            p.handle(Signal::USR1, 0);
            makes_a_task(p);
        },
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let how: Resume = t.pick()?;
            let t = t.resume(how, Signal::USR1)?;
            let t = t.ends("inside.signal-dropped", Gone::Exited(PARENT_ENDS))?;
            t.check("inside.signal-dropped", "signals handled", 0, t.handled().0);
            parent_saw(t, &child)
        },
        ..Case::NEW
    },
];

const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";
const OTHER: &str = "sysstop.other-stop-possible";

/// What the cases about one way on have in common.
const WAY: Case =
    Case { axes: &[ANY_START, MAKERS, ENTRIES], options: EVENTS, program: makes_a_task, ..Case::NEW };

/// To the event, with the enter-stop seen or not, then on.
fn onwards(t: Stopped, how: Resume) -> Flow {
    let (t, child) = match t.pick()? {
        Entry::Unseen => alone_at_event(t)?,
        Entry::Seen => {
            let event = Stop::Event(t.pick::<Maker>()?.event());
            let t = to_call(t)?.syscall()?.expect(OTHER, event)?;
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            (t, child)
        }
    };
    parent_saw(go_on(t, how, &child)?, &child)
}

/// Resumes a tracee that is inside a call which made `child`, checks what follows, and sees the program of
/// [`makes_a_task`] to its end.
pub(super) fn go_on(t: Stopped, how: Resume, child: &Task) -> Flow<Rc<Task>> {
    match how {
        Resume::Cont => t.cont()?.ends("inside.no-exit-stop", Gone::Exited(PARENT_ENDS)),
        Resume::Detach => t.resume(how, Signal::NONE)?.ends("detach.ends-tracing", Gone::Exited(PARENT_ENDS)),
        Resume::Syscall => to_the_exit_stop(t, child),
        Resume::Singlestep => to_the_return(t, how, "inside.step-traps-at-return", child),
        Resume::Sysemu => to_the_next_call(t),
        Resume::SysemuSinglestep if Arch::HERE == Arch::X86_64 => past_the_return(t, child),
        Resume::SysemuSinglestep => to_the_return(t, how, "inside.sysemu-singlestep", child),
    }
}

fn to_the_exit_stop(t: Stopped, child: &Task) -> Flow<Rc<Task>> {
    let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
    check_result(&t, child)?;
    let expected = Ok((syscall_info::EXIT, ReturnPid(child.pid as u64)));
    let info = t.syscall_info().map(|info| (info.op(), ReturnPid(info.rval())));
    t.check("sysinfo.exit-rval", "op and result of PTRACE_GET_SYSCALL_INFO", expected, info);
    t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))
}

/// `si_code` of the trap that stands for a step out of a call.
const OUT_OF_CALL: i32 = if cfg!(target_arch = "x86_64") { libc::TRAP_BRKPT } else { libc::SI_USER };
/// Behind the first instruction that follows the call: `push r15`, or any of aarch64's.
pub(super) const ONE_LATER: u64 = label::SYSCALL_RETURN + if cfg!(target_arch = "x86_64") { 2 } else { 4 };

fn to_the_return(t: Stopped, how: Resume, clause: &str, child: &Task) -> Flow<Rc<Task>> {
    let t = t.resume(how, Signal::NONE)?.expect(clause, Stop::Signal(Signal::TRAP))?;
    check_trap(&t, clause, label::SYSCALL_RETURN, OUT_OF_CALL, child.pid)?;
    // From there on it steps as anywhere else.
    let t = t.resume(Resume::Singlestep, Signal::NONE)?;
    let t = t.expect("stop.step.undocumented", Stop::Signal(Signal::TRAP))?;
    check_trap(&t, "stop.step.undocumented", ONE_LATER, libc::TRAP_TRACE, child.pid)?;
    t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))
}

fn past_the_return(t: Stopped, child: &Task) -> Flow<Rc<Task>> {
    let t = t.resume(Resume::SysemuSinglestep, Signal::NONE)?;
    let t = t.expect("inside.sysemu-singlestep", Stop::Signal(Signal::TRAP))?;
    check_trap(&t, "stop.step.undocumented", ONE_LATER, libc::TRAP_TRACE, child.pid)?;
    t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))
}

fn to_the_next_call(t: Stopped) -> Flow<Rc<Task>> {
    let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect("inside.no-exit-stop", Stop::SyscallEnter)?;
    t.check("sysemu.stop-no-exec", "system call", Syscall::GETPID.number, t.syscall_number()?);
    let untouched = Return(arch::result_inside_call(&t.registers()?.args()));
    let t = t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?;
    t.check_saw("sysemu.stop-no-exec", "getpid", Some(untouched))?;
    Ok(t)
}

/// The call is over, and its result is the new task's id.
fn check_result(t: &Stopped, child: &Task) -> Flow {
    let registers = t.registers()?;
    t.check("clone.ret-tid", "result register", ReturnPid(child.pid as u64), ReturnPid(registers.result()));
    Ok(())
}

/// A trap of a step behind a call that returned `result`: where, and with which code; a code that the processor's trap
/// has brings the address.
pub(super) fn check_trap(t: &Stopped, clause: &str, ip: u64, code: i32, result: i32) -> Flow {
    let registers = t.registers()?;
    t.check(clause, "ip", Address(ip), Address(registers.ip()));
    let result = ReturnPid(result as u64);
    t.check("clone.ret-tid", "result register", result, ReturnPid(registers.result()));
    let siginfo = t.siginfo();
    t.check(clause, "si_code", Ok(code), siginfo.map(|siginfo| siginfo.code));
    if code > 0 {
        t.check(clause, "si_addr", Ok(Address(ip)), siginfo.map(|siginfo| Address(siginfo.address)));
    }
    Ok(())
}
