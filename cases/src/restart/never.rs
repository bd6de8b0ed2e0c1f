//! Calls that fail with `EINTR` whatever interrupted them.

use super::way::{END, ENTER, EXIT, INTERRUPTS, SIGNAL};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Return;

const BUG: &str = "bug.eintr-suppressed";
const EPOLL: &str = "bug.eintr-epoll";
const STOPS: &str = "signal.stop-cont-eintr";
const FORGOTTEN: &str = "restore.restart-block";

/// Such a call.
#[derive(Clone, Copy, PartialEq)]
enum Never {
    /// epoll_pwait(2) on nothing.
    Epoll,
    /// rt_sigtimedwait(2), for a signal that never comes.
    Sigtimedwait,
}

impl Axis for Never {
    const VALUES: &'static [(&'static str, Self)] =
        &[("epoll", Never::Epoll), ("sigtimedwait", Never::Sigtimedwait)];
}

const NEVER: Dimension = axis::<Never>(&["epoll", "sigtimedwait"]);
const FAILED: Return = Return::error(Errno::EINTR);

impl Never {
    const fn step(self) -> &'static str {
        match self {
            Never::Epoll => Syscall::EPOLL_PWAIT.name,
            Never::Sigtimedwait => Syscall::RT_SIGTIMEDWAIT.name,
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Never::Epoll => EPOLL,
            Never::Sigtimedwait => BUG,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "never_restarted",
        title: "epoll_wait and sigtimedwait fail with EINTR although the only signal was suppressed: no restart code, no second entry.",
        clauses: &[SIGNAL, ENTER, EXIT, END, BUG, EPOLL],
        axes: &[ANY_START, NEVER],
        program,
        scenario: |t| {
            let clause = t.pick::<Never>()?.clause();
            let t = to_exit(t, INTERRUPTS, clause)?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            to_end(t.syscall()?.expect(clause, Stop::SyscallEnter)?, clause)
        },
        ..Case::NEW
    },
    Case {
        name: "never_restarted_after_a_stop",
        title: "They fail with EINTR as well after SIGSTOP and SIGCONT, without any handler.",
        clauses: &[SIGNAL, ENTER, EXIT, END, STOPS, "stop.group.reported"],
        axes: &[ANY_START, NEVER],
        program,
        scenario: |t| {
            let t = to_exit(t, Signal::STOP, STOPS)?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            let seized = t.start == Start::Seize;
            let stop = if seized { Stop::EventStop(Signal::STOP) } else { Stop::Group(Signal::STOP) };
            let t = t.resume(Resume::Syscall, Signal::STOP)?.expect("stop.group.reported", stop)?;
            t.kill(Signal::CONT)?;
            let mut t = t.syscall()?;
            if seized {
                t = t.expect("stop.group.reported", Stop::EventStop(Signal::TRAP))?.syscall()?;
            }
            let t = t.expect(SIGNAL, Stop::Signal(Signal::CONT))?;
            to_end(t.resume(Resume::Syscall, Signal::CONT)?.expect(STOPS, Stop::SyscallEnter)?, STOPS)
        },
        ..Case::NEW
    },
    Case {
        name: "restart_syscall_of_a_program",
        title: "restart_syscall that a program makes itself has nothing to go on with and fails with EINTR.",
        clauses: &[SIGNAL, ENTER, END, FORGOTTEN],
        program: |p| {
            p.handle(INTERRUPTS, 0);
            p.raise(INTERRUPTS);
            p.call(Syscall::RESTART_SYSCALL, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            // Behind a handler, since a new task inherits what there is to restart.
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(ENTER, Stop::SyscallEnter)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.check(ENTER, "number", Syscall::RESTART_SYSCALL.number, t.syscall_number()?);
            let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            t.check(FORGOTTEN, "result", FAILED, Return(t.registers()?.result()));
            t.cont()?.ends(END, Gone::Exited(3))?.check_saw(FORGOTTEN, "restart_syscall", Some(FAILED))
        },
        ..Case::NEW
    },
];

fn program(p: &mut Program) {
    let signals = p.data(&[1 << (libc::SIGUSR2 - 1)]);
    match p.pick() {
        Never::Epoll => {
            let epoll = p.call(Syscall::EPOLL_CREATE1, &[0]);
            let rest = [Program::shared(0), 1, -1_i64 as u64, 0, 8].map(Arg::from);
            p.breakpoint();
            p.call(Syscall::EPOLL_PWAIT, &[&[epoll.into()], &rest[..]].concat());
        }
        Never::Sigtimedwait => {
            p.breakpoint();
            p.call(Syscall::RT_SIGTIMEDWAIT, &[signals, 0, 0, 8]);
        }
    }
    p.exit(3);
}

/// From the start to the exit-stop of the call that the signal interrupts.
fn to_exit(t: Stopped, signal: Signal, clause: &str) -> Flow<Stopped> {
    let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::TRAP))?;
    if cfg!(target_arch = "aarch64") {
        // Stopped at the instruction, not behind it.
        t.pass_breakpoint()?;
    }
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    t.kill(signal)?;
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    t.check(clause, "result", FAILED, Return(t.registers()?.result()));
    Ok(t)
}

/// At the next enter-stop, which is that of exit_group.
fn to_end(t: Stopped, clause: &str) -> Flow {
    t.check(clause, "number of the next call", Syscall::EXIT_GROUP.number, t.syscall_number()?);
    let step = t.pick::<Never>()?.step();
    t.cont()?.ends(END, Gone::Exited(3))?.check_saw(clause, step, Some(FAILED))
}
