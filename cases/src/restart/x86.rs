//! Interruptible calls that only x86_64 has: poll(2) and pause(2).

use super::calls::Class;
use super::way::{END, ENTER, EXIT, INTERRUPTS, SIGNAL, entered};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const CODE: &str = "restart.code-x86";
const POLL: &str = "inject.poll-restarts";

/// The call.
#[derive(Clone, Copy, PartialEq)]
enum Old {
    Poll,
    Pause,
}

impl Axis for Old {
    const VALUES: &'static [(&'static str, Self)] = &[("poll", Old::Poll), ("pause", Old::Pause)];
}

impl Old {
    const fn syscall(self) -> Syscall {
        match self {
            Old::Poll => Syscall::numbered(7, "poll"),
            Old::Pause => Syscall::numbered(34, "pause"),
        }
    }

    const fn class(self) -> Class {
        match self {
            Old::Poll => Class::Block,
            Old::Pause => Class::NoHand,
        }
    }

    const fn restarted(self) -> Syscall {
        match self {
            Old::Poll => Syscall::RESTART_SYSCALL,
            Old::Pause => self.syscall(),
        }
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "poll_and_pause",
    title: "poll that an ignored signal interrupts goes on as restart_syscall, pause is entered again; a result written at the exit-stop ends either.",
    clauses: &[SIGNAL, ENTER, EXIT, END, CODE, POLL],
    arches: &[Arch::X86_64],
    only: "aarch64 has neither call",
    axes: &[ANY_START, axis::<Old>(&["poll", "pause"])],
    program: |p| {
        p.ignore(INTERRUPTS);
        p.breakpoint();
        let old: Old = p.pick();
        match old {
            Old::Poll => p.call(old.syscall(), &[Program::shared(0), 0, 1_000_000_000]),
            Old::Pause => p.call(old.syscall(), &[0; 0]),
        };
        p.exit(3);
    },
    scenario: |t| {
        let old: Old = t.pick()?;
        let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::TRAP))?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let before = t.registers()?;
        let (t, _) = to_exit(t, old, &before)?;
        let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
        let registers = t.registers()?;
        t.check(CODE, "result register", old.class().code(), Return(registers.result()));
        t.check(CODE, "registers changed since entry", vec!["rax"], before.differing(&registers));
        let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(POLL, Stop::SyscallEnter)?;
        let t = entered(t, POLL, old.restarted(), &before)?;
        let (t, registers) = to_exit(t, old, &before.with(arch::NUMBER, old.restarted().number))?;
        t.set_registers(&registers.with(arch::RESULT, 0))?;
        let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
        let task = t.resume(Resume::Cont, INTERRUPTS)?.ends(END, Gone::Exited(3))?;
        task.check_saw(CODE, old.syscall().name, Some(Return(0)))
    },
    ..Case::NEW
}];

/// From an enter-stop to the exit-stop of the call that the signal interrupts.
fn to_exit(t: Stopped, old: Old, before: &Registers) -> Flow<(Stopped, Registers)> {
    t.kill(INTERRUPTS)?;
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let registers = t.registers()?;
    t.check(CODE, "result at the exit-stop", old.class().code(), Return(registers.result()));
    t.check(CODE, "instruction pointer", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    t.check(CODE, "registers changed since entry", vec!["rax"], before.differing(&registers));
    Ok((t, registers))
}
