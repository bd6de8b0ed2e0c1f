//! What the tracer finds at the event of fork, vfork, clone and clone3.

use super::axes::{CHILD_ENDS, EVENTS, MAKERS, Maker, PARENT_ENDS, SOME_MAKERS, makes_a_task};
use super::look;
use super::tasks::{
    END, EVENT, TRACED, alone_at_event, child_ends, parent_ends, parent_saw, to_call, to_event, to_first_stop,
};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, EarlyReturn, Pid, Return};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fork_family_status_and_message",
        title: "The event's status is SIGTRAP with the event's number above, and its message is the new task's id.",
        clauses: &[
            TRACED,
            END,
            "clone.ret-tid",
            "stop.wstopsig-low-byte",
            "event.fork-family-msg",
            "event.fork-family-in-parent",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let event = t.pick::<Maker>()?.event();
            let t = t.cont()?.expect("stop.wstopsig-low-byte", Stop::Event(event))?;
            let expected = Status::stopped(libc::SIGTRAP, event);
            t.check("stop.wstopsig-low-byte", "status", expected, t.status);
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            // The task's own idea of its id does not go through the event message.
            let own = child.saw("gettid")?.map(|id| Pid(id as i32));
            t.check("event.fork-family-msg", "event message", own, t.message().ok().map(|id| Pid(id as i32)));
            t.check("event.fork-family-in-parent", "the new task's result", Some(0), child.saw("child")?);
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "fork_family_siginfo",
        title: "Siginfo at the event has SIGTRAP, the event's number above it as si_code, and the caller's own ids.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "event.siginfo", "inside.siginfo-own-id"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: |p| {
            p.call(Syscall::GETUID, &[0; 0]);
            makes_a_task(p);
        },
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            look::status(&t, t.pick::<Maker>()?.event());
            let uid = t.siginfo().ok().map(|siginfo| siginfo.uid.into());
            t.check("inside.siginfo-own-id", "si_uid is the program's own", true, uid == t.saw("getuid")?);
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "fork_family_registers",
        title: "At the event all registers are still those of the call, although the tracer never used PTRACE_SYSCALL.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "inside.call-registers", "inside.result-not-yet"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let maker: Maker = t.pick()?;
            let registers = t.registers()?;
            check_inside(&t, &registers)?;
            t.check("inside.call-registers", "system call", maker.number(), t.syscall_number()?);
            let t = t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?;
            let changed = changed(&registers, &t.saved(maker.step())?);
            t.check("inside.call-registers", "registers changed behind the call", vec![], changed);
            parent_saw(t, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "fork_family_registers_after_enter_stop",
        title: "From the syscall-enter-stop to the event no register changes.",
        clauses: &[
            "sysstop.entry",
            "sysstop.exit-after-entry",
            "sysstop.other-stop-possible",
            TRACED,
            END,
            "clone.ret-tid",
            "inside.call-registers",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_call(t)?;
            let at_enter = t.registers()?;
            let event = Stop::Event(t.pick::<Maker>()?.event());
            let t = t.syscall()?.expect("sysstop.other-stop-possible", event)?;
            // aarch64 shows the kind of a syscall-stop in x7, and puts the register back behind it.
            let differing = if Arch::HERE == Arch::Aarch64 { vec!["x7"] } else { vec![] };
            let differs = t.registers()?.differing(&at_enter);
            t.check("inside.call-registers", "changed registers", differing, differs);
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "fork_family_syscall_info",
        title: "At the event PTRACE_GET_SYSCALL_INFO says that this is no syscall-stop, and where the tracee is.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "sysinfo.none-elsewhere",
            "sysinfo.common-fields-all-ops",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            look::no_syscall_info(&t)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "event_precedes_the_return",
        title: "The event comes before the call returns in its maker, also where the new task has long ended.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "event.fork.position",
            "event.vfork.position",
            "event.clone.position",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let maker: Maker = t.pick()?;
            t.check_saw(position(maker), maker.step(), None)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "failed_clone_gives_no_event",
        title: "A clone(2) that fails reports no event: its enter-stop is followed by its exit-stop.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", END, "inside.event-after-success"],
        options: EVENTS,
        program: |p| {
            p.call(Syscall::GETUID, &[0; 0]);
            // Shared handlers without shared memory.
            p.call(Syscall::CLONE, &[libc::CLONE_SIGHAND as u64, 0, 0, 0, 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_call(t)?.syscall()?.expect("inside.event-after-success", Stop::SyscallExit)?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            let refused = Some(Return::error(Errno::EINVAL));
            t.check_saw("inside.event-after-success", "clone", refused)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_at_the_event",
        title: "SIGKILL ends a tracee at the event, and the program never sees the result of its call.",
        clauses: &[EVENT, TRACED, "stop.signal.sigkill-no-stop"],
        axes: &[ANY_START, SOME_MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let maker: Maker = t.pick()?;
            let child = to_first_stop(t.new_task("child")?)?;
            t.kill(Signal::KILL)?;
            let killed = Gone::Killed(Signal::KILL, false);
            // A thread dies with its process, and is reported before the leader.
            let child = if maker.is_thread() { child.left_alone() } else { child.cont()? };
            let end = if maker.is_thread() { killed } else { Gone::Exited(CHILD_ENDS) };
            child.ends("stop.signal.sigkill-no-stop", end)?;
            let t = t.left_alone().ends("stop.signal.sigkill-no-stop", killed)?;
            t.check_saw("stop.signal.sigkill-no-stop", maker.step(), None)
        },
        ..Case::NEW
    },
];

/// The clause that says where the event comes.
fn position(maker: Maker) -> &'static str {
    match maker.event() {
        Event::FORK => "event.fork.position",
        Event::VFORK => "event.vfork.position",
        _ => "event.clone.position",
    }
}

/// The result register does not hold the result, and the instruction pointer is behind the call.
pub(super) fn check_inside(t: &Stopped, registers: &Registers) -> Flow {
    let not_yet = arch::result_inside_call(&t.given(t.pick::<Maker>()?.step())?);
    t.check(
        "inside.result-not-yet",
        "result register",
        EarlyReturn(not_yet),
        EarlyReturn(registers.result()),
    );
    t.check("inside.call-registers", "ip", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    Ok(())
}

/// Names of the registers, but for the result, that the program later found changed behind the call.
fn changed(at_event: &Registers, saved: &[u64]) -> Vec<&'static str> {
    let kept =
        |name: &str, word: u64| at_event.named(name) == Some(word) || name == arch::NAMES[arch::RESULT];
    arch::SAVED.iter().zip(saved).filter(|&(name, &word)| !kept(name, word)).map(|(name, _)| *name).collect()
}
