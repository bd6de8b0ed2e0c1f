//! Calls that strace tampers with: not made, given another result, followed by a signal, or held up.

use super::{
    DETACHED, END, ENTER, EXIT, IS_X86, STATUS, STOPS, check_entered, check_kept, check_registers, to_enter,
    to_exit,
};
use crate::event_stops::tasks::{MADE, TRACED, to_first_stop};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const SIGNAL: &str = "kdoc.syscall-stop-signal-queued";
const RETURNED: &str = "signal.sigreturn-restores";
const FOLLOWS: &str = "inside.exit-stop-follows";
const PER_THREAD: &str = "sysstop.per-thread";
const HELD: &str = "group.no-run-until-restart";

/// What strace is asked to do to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inject {
    /// `error=EACCES`: the call is not made.
    Error,
    /// `retval=`: the same with a result that is none.
    Retval,
    /// `signal=SIGUSR1`: the call is made, and the signal follows.
    Signal,
    /// `error` and `signal`.
    Both,
}

impl Axis for Inject {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("error", Inject::Error),
        ("retval", Inject::Retval),
        ("signal", Inject::Signal),
        ("both", Inject::Both),
    ];
}

impl Inject {
    /// The result that the program gets, where it is not the call's own.
    const fn result(self) -> Option<Return> {
        match self {
            Inject::Error | Inject::Both => Some(Return::error(Errno::EACCES)),
            Inject::Retval => Some(Return(0x1234)),
            Inject::Signal => None,
        }
    }

    const fn signal(self) -> Signal {
        match self {
            Inject::Error | Inject::Retval => Signal::NONE,
            Inject::Signal | Inject::Both => Signal::USR1,
        }
    }
}

/// The mask of the program, and what it would make of it.
const OLD: u64 = 0o22;
const NEW: u64 = 0o77;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "strace_tampers",
        title: "A call that is not made, for the number -1 at its enter-stop, has an exit-stop and there gets the tracer's result; a signal given at the enter-stop comes behind the exit-stop, once, and runs its handler.",
        clauses: &[STOPS, ENTER, EXIT, END, SIGNAL, RETURNED],
        axes: &[ANY_START, axis::<Inject>(&["error", "retval", "signal", "both"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.call(Syscall::UMASK, &[OLD]);
            p.breakpoint();
            p.call(Syscall::UMASK, &[NEW]);
            p.call(Syscall::UMASK, &[OLD]);
            p.exit(3);
        },
        scenario: tampers,
        ..Case::NEW
    },
    Case {
        name: "strace_delays_an_entry",
        title: "While one thread is held at the enter-stop of a call another makes its calls and ends; the call is made when the tracer lets it, and the registers are what they were.",
        clauses: &[MADE, TRACED, FOLLOWS, ENTER, EXIT, PER_THREAD, HELD, END],
        axes: &[ANY_START],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            p.call(Syscall::UMASK, &[OLD]);
            p.thread("thread", |p| {
                p.call(Syscall::UMASK, &[OLD]);
                p.exit_thread(5);
            });
            p.call(Syscall::UMASK, &[NEW]);
            p.exit(3);
        },
        scenario: delays,
        ..Case::NEW
    },
    Case {
        name: "strace_reaches_its_limit",
        title: "A tracer that has seen enough lets go of its tracees at the stops that they are at, one at an exit-stop and one at an enter-stop: both go on to their ends.",
        clauses: &["event.status-encoding", TRACED, FOLLOWS, ENTER, EXIT, DETACHED, END],
        axes: &[ANY_START],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.call(Syscall::UMASK, &[OLD]);
            let child = p.fork("child", |p| {
                p.call(Syscall::UMASK, &[NEW]);
                p.exit(7);
            });
            p.call(Syscall::UMASK, &[NEW]);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: limited,
        ..Case::NEW
    },
];

/// Makes the call at hand none.
fn skip(t: &Stopped, registers: &Registers) -> Flow {
    if IS_X86 {
        t.set_registers(&registers.with(arch::NUMBER, u64::MAX))
    } else {
        t.set_syscall_number(u64::MAX)
    }
}

fn tampers(t: Stopped) -> Flow {
    let inject: Inject = t.pick()?;
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let before = check_entered(&t, ENTER, Syscall::UMASK.number)?;
    if inject.result().is_some() {
        skip(&t, &before)?;
    }
    let t = t.resume(Resume::Syscall, inject.signal())?.expect(EXIT, Stop::SyscallExit)?;
    let result = inject.result().unwrap_or(Return(OLD));
    let injected = before.with(arch::RESULT, result.0);
    if inject.result().is_some() {
        // Nothing has been done, and nothing written.
        let number = if IS_X86 { u64::MAX } else { before.words[arch::NUMBER] };
        check_registers(
            &t,
            EXIT,
            "registers otherwise at the exit-stop",
            &before.with(arch::NUMBER, number),
        )?;
        t.set_registers(&injected.with(arch::NUMBER, number))?;
    } else {
        check_registers(&t, EXIT, "registers otherwise at the exit-stop", &injected)?;
    }
    let mut t = t;
    if inject.signal() != Signal::NONE {
        t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
        let code = t.siginfo().map(|siginfo| siginfo.code);
        t.check(SIGNAL, "si_code", Ok(libc::SI_KERNEL), code);
        let interrupted = t.steady_registers(SIGNAL)?;
        // Handler and its return.
        t = t.resume(Resume::Syscall, Signal::USR1)?.expect(ENTER, Stop::SyscallEnter)?;
        t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
        let back = if IS_X86 { interrupted.with(arch::NUMBER, u64::MAX) } else { interrupted };
        check_registers(&t, RETURNED, "registers otherwise behind the handler", &back)?;
    }
    let task = to_enter(t, Syscall::UMASK.number)?.cont()?.ends(END, Gone::Exited(3))?;
    task.check_saw(EXIT, "umask_2", Some(result))?;
    // The mask says whether the call in between was made.
    let made = if inject.result().is_some() { OLD } else { NEW };
    task.check_saw(EXIT, "umask_3", Some(Return(made)))?;
    check_kept(&task, EXIT, "umask_2", &injected)?;
    let handled = task.handled();
    let expected = if inject.signal() == Signal::NONE {
        (0, Signal::NONE, 0)
    } else {
        (1, Signal::USR1, libc::SI_KERNEL)
    };
    task.check(SIGNAL, "runs of the handler", expected.0, handled.0);
    task.check(SIGNAL, "signal and si_code in the handler", (expected.1, expected.2), (handled.1, handled.2));
    Ok(())
}

fn delays(t: Stopped) -> Flow {
    let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
    let thread = to_first_stop(t.new_task("thread")?)?;
    let held = t.syscall()?.expect(FOLLOWS, Stop::SyscallExit)?;
    let held = held.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let before = check_entered(&held, ENTER, Syscall::UMASK.number)?;
    let thread = to_exit(to_enter(thread, Syscall::UMASK.number)?, Return(OLD))?;
    thread.cont()?.ends(PER_THREAD, Gone::Exited(5))?;
    held.check(HELD, "a report meanwhile", Ok(None), held.poll_id(held.pid as u64));
    check_registers(&held, HELD, "registers that read otherwise", &before)?;
    let t = to_exit(held, Return(OLD))?;
    check_registers(&t, EXIT, "registers otherwise at the exit-stop", &before.with(arch::RESULT, OLD))?;
    t.cont()?.ends(END, Gone::Exited(3)).map(drop)
}

fn limited(t: Stopped) -> Flow {
    let t = t.cont()?.expect("event.status-encoding", Stop::Event(Event::FORK))?;
    let child = to_first_stop(t.new_task("child")?)?;
    let t = t.syscall()?.expect(FOLLOWS, Stop::SyscallExit)?;
    let t = to_exit(to_enter(t, Syscall::UMASK.number)?, Return(OLD))?;
    let child = to_enter(child, Syscall::UMASK.number)?;
    let (parent, child) = (t.detach(Signal::NONE)?, child.detach(Signal::NONE)?);
    let parent = parent.ends(END, Gone::Exited(3))?;
    parent.check_saw_pid(DETACHED, "wait4", &child)?;
    parent.check(DETACHED, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
    for step in ["umask_2", "umask_3"] {
        parent.check_saw(DETACHED, step, Some(Return(OLD)))?;
    }
    child.reaped_by_parent();
    Ok(())
}
