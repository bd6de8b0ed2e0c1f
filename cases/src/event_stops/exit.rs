//! `PTRACE_EVENT_EXIT`: the last look at a task that is bound to end.

use super::look;
use super::tasks::{TRACED, split};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, Quirk, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Pid, Return, Word};
use ptrace_conformance_harness::version::Change;

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACEEXIT;
const STOPS: &str = "opt.traceexit.stop";
const AFTER: &str = "opt.traceexit.real-exit-after";
const DROPPED: &str = "event.exit.sigkill-dropped";

/// Which call the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Thread,
    Group,
}

impl Axis for Ending {
    const VALUES: &'static [(&'static str, Self)] = &[("exit", Ending::Thread), ("exitgroup", Ending::Group)];
}

const EITHER_ENDING: &[Dimension] = &[ANY_START, axis::<Ending>(&["exit", "exitgroup"])];

impl Ending {
    /// The call.
    pub(crate) const fn syscall(self) -> Syscall {
        match self {
            Ending::Thread => Syscall::EXIT,
            Ending::Group => Syscall::EXIT_GROUP,
        }
    }
}

/// Why kernels before 6.0 differ once a task is dying.
const WOKEN_BY_SIGKILL: Quirk = Quirk {
    what: "",
    observed: "",
    arches: Arch::ALL,
    since: Change::at(2, 6),
    until: Some(Change::at(6, 0)),
    reason: "before 6.0 SIGKILL was also sent to a dying task and ended its stop",
    source: "kernel/signal.c: prepare_signal(), complete_signal()",
    ends: "9a95f78eab70 signal: Drop signals received after a fatal signal has been processed",
    advice: "take ESRCH from a request at PTRACE_EVENT_EXIT for the end of the stop, and wait for the end of the task",
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exit_status",
        title: "A task that ends stops with PTRACE_EVENT_EXIT in wait status and si_code, its wait status to come as message.",
        clauses: &[
            STOPS,
            AFTER,
            "event.status-encoding",
            "event.siginfo",
            "inside.siginfo-own-id",
            "opt.traceexit.msg-status",
        ],
        axes: EITHER_ENDING,
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t.cont()?)?;
            look::status(&t, Event::EXIT);
            t.check("opt.traceexit.msg-status", "event message", Ok(Word(3 << 8)), t.message().map(Word));
            t.cont()?.ends(AFTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_registers",
        title: "At the event the task is inside its last call: number, arguments, place, and no result.",
        clauses: &[STOPS, AFTER, "event.exit.regs", "event.exit.inside-call", "opt.traceexit.regs-available"],
        axes: EITHER_ENDING,
        options: OPTIONS,
        program,
        scenario: |t| {
            let ending: Ending = t.pick()?;
            let t = to_event(t.cont()?)?;
            let registers = t.registers()?;
            let number = ending.syscall().number;
            t.check("event.exit.regs", "argument 0", 3, registers.arg(0));
            t.check("event.exit.inside-call", "number", number, t.syscall_number()?);
            let inside = Return(arch::result_inside_call(&[3, 0, 0, 0, 0, 0]));
            t.check("event.exit.inside-call", "result register", inside, Return(registers.result()));
            let place = Address(label::SYSCALL_RETURN);
            let at = Address(registers.ip());
            t.check("opt.traceexit.regs-available", "instruction pointer", place, at);
            t.check("opt.traceexit.regs-available", "memory", Ok(0x77), t.peek(Program::shared(0)));
            t.cont()?.ends(AFTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_syscall_info",
        title: "PTRACE_GET_SYSCALL_INFO takes the event for no syscall-stop, although it is inside a call.",
        clauses: &[STOPS, AFTER, "sysinfo.none-elsewhere", "sysinfo.common-fields-all-ops"],
        axes: EITHER_ENDING,
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t.cont()?)?;
            look::no_syscall_info(&t)?;
            t.cont()?.ends(AFTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_then_any_way",
        title: "However the task is resumed from the event, its end comes next, without any other stop.",
        clauses: &[STOPS, "event.exit.needs-restart"],
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall", "singlestep", "sysemu", "detach"])],
        options: OPTIONS,
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let t = to_event(t.cont()?)?;
            let how: Resume = t.pick()?;
            t.resume(how, Signal::NONE)?.ends("event.exit.needs-restart", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_under_syscall",
        title: "Under PTRACE_SYSCALL the last call has its enter-stop, then the event, and no exit-stop.",
        clauses: &[STOPS, AFTER, "sysstop.sequence"],
        axes: EITHER_ENDING,
        options: OPTIONS,
        program: |p| {
            let ending: Ending = p.pick();
            p.call(ending.syscall(), &[3]);
        },
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.sequence", Stop::SyscallEnter)?;
            let t = to_event(t.syscall()?)?;
            t.syscall()?.ends(AFTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_cannot_be_prevented",
        title: "Neither other registers, nor another system call number, nor a signal keeps the task from ending.",
        clauses: &[STOPS, "opt.traceexit.cannot-prevent", "inside.signal-dropped"],
        axes: EITHER_ENDING,
        options: OPTIONS,
        program: |p| {
            p.handle(Signal::USR1, 0);
            program(p);
        },
        scenario: |t| {
            let t = to_event(t.cont()?)?;
            let elsewhere = t.registers()?.with(arch::IP, label::SPIN).with(arch::ARGS[0], 9);
            t.set_registers(&elsewhere)?;
            t.set_syscall_number(u64::MAX)?;
            let end = t.resume(Resume::Cont, Signal::USR1)?;
            let task = end.ends("opt.traceexit.cannot-prevent", Gone::Exited(3))?;
            task.check("inside.signal-dropped", "runs of the handler", 0, task.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_by_a_signal",
        title: "A task that a signal kills stops at the event with the signal as message and the registers of its delivery.",
        clauses: &[
            STOPS,
            AFTER,
            "opt.traceexit.msg-status",
            "event.exit.signal-registers",
            "event.exit.position",
        ],
        options: OPTIONS,
        program: |p| {
            p.raise(Signal::TERM);
        },
        scenario: |t| {
            let t = t.cont()?.expect("event.exit.position", Stop::Signal(Signal::TERM))?;
            let before = t.registers()?;
            let t = to_event(t.resume(Resume::Cont, Signal::TERM)?)?;
            let message = t.message().map(|status| Signal(status as i32));
            t.check("opt.traceexit.msg-status", "event message", Ok(Signal::TERM), message);
            let changed = before.differing(&t.registers()?);
            t.check("event.exit.signal-registers", "registers that differ", Vec::new(), changed);
            t.cont()?.ends(AFTER, Gone::Killed(Signal::TERM, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_by_sigkill",
        title: "SIGKILL ends any other stop, but the task still comes to the event, with 9 as message.",
        clauses: &[AFTER, "bug.sigkill-exit-event", "opt.traceexit.msg-status"],
        options: OPTIONS,
        program: |p| {
            p.spin();
        },
        scenario: |t| {
            t.kill(Signal::KILL)?;
            let t = t.left_alone().expect("bug.sigkill-exit-event", Stop::Event(Event::EXIT))?;
            let message = t.message().map(|status| Signal(status as i32));
            t.check("opt.traceexit.msg-status", "event message", Ok(Signal::KILL), message);
            t.cont()?.ends(AFTER, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_and_sigkill",
        title: "SIGKILL does not wake a task from the event: it stays until it is resumed, and its status does not change.",
        clauses: &[STOPS, DROPPED],
        axes: EITHER_ENDING,
        options: OPTIONS,
        quirks: &[
            Quirk { what: "event message after SIGKILL", observed: "ESRCH", ..WOKEN_BY_SIGKILL },
            Quirk { what: "end", observed: "killed by SIGKILL", ..WOKEN_BY_SIGKILL },
        ],
        program,
        scenario: |t| {
            let t = to_event(t.cont()?)?;
            t.kill(Signal::KILL)?;
            let message = t.message();
            t.check(DROPPED, "event message after SIGKILL", Ok(Word(3 << 8)), message.map(Word));
            let t = if message.is_ok() { t.cont()? } else { t.left_alone() };
            t.ends(DROPPED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_of_a_thread",
        title: "The event of one thread's exit(2), with its own id in siginfo, leaves the others alone, and its end is its own.",
        clauses: &[
            STOPS,
            AFTER,
            "event.clone.position",
            TRACED,
            "opt.traceexit.msg-status",
            "death.thread-exit-isolated",
            "event.status-encoding",
            "event.siginfo",
            "inside.siginfo-own-id",
            "sysstop.entry",
            "sysstop.siginfo-own-id",
        ],
        options: OPTIONS | options::TRACECLONE,
        program: |p| {
            p.clone_task(THREAD, "thread", |p| {
                p.exit_thread(4);
            });
            p.await_word(Program::shared(0));
            p.exit(3);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let siginfo = thread.siginfo();
            let (own, code) = ("sysstop.siginfo-own-id", libc::SIGTRAP | 0x80);
            thread.check(own, "si_code", Ok(code), siginfo.map(|siginfo| siginfo.code));
            thread.check(own, "si_pid", Ok(Pid(thread.pid)), siginfo.map(|siginfo| Pid(siginfo.pid)));
            let thread = to_event(thread.cont()?)?;
            look::status(&thread, Event::EXIT);
            let message = thread.message().map(Word);
            thread.check("opt.traceexit.msg-status", "event message", Ok(Word(4 << 8)), message);
            let thread = thread.cont()?.ends("death.thread-exit-isolated", Gone::Exited(4))?;
            thread.set_word(0, 1);
            to_event(leader)?.cont()?.ends(AFTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_group_of_a_thread",
        title: "When one thread calls exit_group, every thread comes to the event, with that call's status as message.",
        clauses: &[
            STOPS,
            "event.clone.position",
            TRACED,
            "event.exit.group-code",
            "death.exit-group-all-report",
        ],
        options: OPTIONS | options::TRACECLONE,
        program: |p| {
            p.clone_task(THREAD, "thread", |p| {
                p.exit(5);
            });
            p.await_word(Program::shared(0));
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            // The order of the two events is open: each is waited for on its own.
            let thread = to_event(thread.cont()?)?;
            let leader = to_event(leader)?;
            for t in [&thread, &leader] {
                t.check("event.exit.group-code", "event message", Ok(Word(5 << 8)), t.message().map(Word));
            }
            thread.cont()?.ends("death.exit-group-all-report", Gone::Exited(5))?;
            leader.cont()?.ends("death.exit-group-all-report", Gone::Exited(5))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Leaves a mark in memory and ends with 3.
fn program(p: &mut Program) {
    let ending: Ending = p.pick();
    p.store(Program::shared(0), 0x77);
    p.call(ending.syscall(), &[3]);
}

fn to_event(t: Running) -> Flow<Stopped> {
    t.expect(STOPS, Stop::Event(Event::EXIT))
}
