//! vfork: its caller's wait for the new task, and the event at its end.

use super::axes::{CHILD_ENDS, EVENTS, Maker, PARENT_ENDS, VFORKS, makes_a_task};
use super::look;
use super::tasks::{
    END, EVENT, TRACED, alone_at_event, child_ends, parent_ends, parent_saw, to_event, to_first_stop,
};
use super::ways_on::go_on;
use ptrace_conformance_harness::case::{ANY_START, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Pid;

const DONE: u32 = EVENTS | options::TRACEVFORKDONE;

/// Every way to go on.
const WAYS: Dimension =
    axis::<Resume>(&["cont", "syscall", "singlestep", "sysemu", "sysemusinglestep", "detach"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "vfork_waits_for_the_childs_end",
        title: "After the VFORK event the caller stays inside its call, and reports nothing, until the child ends.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "event.vfork.position",
            "event.vfork.waits-after",
            "vfork.caller-suspended",
            "sysstop.entry",
        ],
        axes: &[ANY_START, VFORKS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.syscall()?;
            t.check("event.vfork.waits-after", "report while the child is stopped", Ok(None), t.poll());
            let child = child.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            t.check("vfork.caller-suspended", "report while the child is in a call", Ok(None), t.poll());
            let child = child_ends(child)?;
            let t = t.expect("event.vfork.position", Stop::SyscallExit)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_waits_for_the_childs_exec",
        title: "execve in the child releases the caller of vfork, even while the child is stopped at PTRACE_EVENT_EXEC.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "event.exec.position", "opt.vforkdone.stop"],
        axes: &[ANY_START, VFORKS],
        options: DONE | options::TRACEEXEC,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, |child| {
                child.exec(|image| {
                    image.exit(CHILD_ENDS.into());
                });
            });
            p.exit(PARENT_ENDS.into());
        },
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.cont()?;
            let child = child.cont()?.expect("event.exec.position", Stop::Event(Event::EXEC))?;
            let t = t.expect("opt.vforkdone.stop", Stop::Event(Event::VFORK_DONE))?;
            let child = child_ends(child)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_defers_signals",
        title: "A signal for the caller of vfork is reported only after the child has released it.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "vfork.signals-deferred"],
        axes: &[ANY_START, VFORKS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.cont()?;
            t.kill(Signal::USR1)?;
            t.check("vfork.signals-deferred", "report while the child is there", Ok(None), t.poll());
            let child = child_ends(child)?;
            let t = t.expect("vfork.signals-deferred", Stop::Signal(Signal::USR1))?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_done",
        title: "VFORK_DONE names the child, even after its end, and the registers are still those inside the call.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "opt.vforkdone.stop",
            "opt.vforkdone.msg",
            "event.siginfo",
            "inside.siginfo-own-id",
            "inside.result-not-yet",
            "inside.call-registers",
            "sysinfo.none-elsewhere",
            "sysinfo.common-fields-all-ops",
        ],
        axes: &[ANY_START, VFORKS],
        options: DONE,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let at_vfork = t.registers()?;
            let t = to_done(t)?;
            look::status(&t, Event::VFORK_DONE);
            look::no_syscall_info(&t)?;
            let message = t.message().map(|id| Pid(id as i32));
            t.check("opt.vforkdone.msg", "event message", Ok(Pid(child.pid)), message);
            let registers = t.registers()?;
            super::fork_family::check_inside(&t, &registers)?;
            let differing = registers.differing(&at_vfork);
            t.check("inside.call-registers", "registers unlike at the VFORK event", vec![], differing);
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "ways_on_from_vfork_done",
        title: "From VFORK_DONE each way on leads to the same stops as from the event at the making of a task.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "opt.vforkdone.stop",
            "event.vforkdone.position",
            "inside.no-exit-stop",
            "inside.exit-stop-follows",
            "inside.step-traps-at-return",
            "inside.sysemu-singlestep",
            "stop.step.undocumented",
            "sysemu.stop-no-exec",
            "sysinfo.exit-rval",
            "detach.ends-tracing",
        ],
        axes: &[ANY_START, VFORKS, WAYS],
        options: DONE,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let t = to_done(t)?;
            let seen = t.saw(t.pick::<Maker>()?.step())?;
            t.check("event.vforkdone.position", "the call has returned", false, seen.is_some());
            let how = t.pick()?;
            parent_saw(go_on(t, how, &child)?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_done_without_the_vfork_event",
        title: "With PTRACE_O_TRACEVFORKDONE alone the caller stops once the child has ended, and the child is not traced.",
        clauses: &[END, "opt.vforkdone.independent", "opt.vforkdone.msg"],
        axes: &[ANY_START, VFORKS],
        options: options::TRACESYSGOOD | options::TRACEVFORKDONE,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, |child| {
                child.call(Syscall::GETTID, &[0; 0]);
                child.exit_thread(CHILD_ENDS.into());
            });
            p.call(Syscall::WAIT4, &[u64::MAX, 0, libc::__WALL as u64, 0]);
            p.exit(PARENT_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect("opt.vforkdone.independent", Stop::Event(Event::VFORK_DONE))?;
            let id = t.message();
            t.check("opt.vforkdone.msg", "the message is the child's id", true, id.ok() == t.saw("gettid")?);
            let traced = t.poll_id(id.unwrap_or_default());
            t.check("opt.vforkdone.independent", "waiting for the child", Err(Errno::ECHILD), traced);
            let t = t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?;
            let reaped = id.ok() == t.saw("wait4")?;
            t.check("opt.vforkdone.independent", "the program itself reaped the child", true, reaped);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_done_for_vfork_only",
        title: "PTRACE_O_TRACEVFORKDONE gives no event for calls that do not suspend their caller.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "event.vforkdone.position"],
        axes: &[
            ANY_START,
            axis::<Maker>(&["fork", "cloneprocess", "clonethread", "clone3process", "clone3thread"]),
        ],
        options: DONE,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = alone_at_event(t)?;
            let t = t.syscall()?.expect("event.vforkdone.position", Stop::SyscallExit)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
];

/// `PTRACE_CONT` from the VFORK event, with the child gone, to VFORK_DONE.
fn to_done(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect("opt.vforkdone.stop", Stop::Event(Event::VFORK_DONE))
}
