//! Results and numbers that the tracer writes at the stops of an interrupted call.

use super::calls::{CALLS, CLASSES, Call, Class};
use super::way::{
    CODE, END, ENTER, EXIT, INTERRUPTS, IS_X86, SIGNAL, around_the_call, check_before_restart, check_exit,
    ends_by, ends_with, entered, enters, finish, number, program, set_no_number, to_call, to_exit, to_signal,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, ReturnPid};

const DECIDES: &str = "restart.result-decides";
const CANCELS: &str = "restart.number-cancels";
const X0: &str = "restart.x0-at-signal-stop";
const FORGOTTEN: &str = "restore.restart-block";

/// Results that a tracer gives an interrupted call.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    Zero,
    Number,
    Error,
    /// A code of the kernel's own that restarts nothing: `ENOIOCTLCMD`, between the others.
    NoCode,
}

impl Axis for Given {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("zero", Given::Zero),
        ("number", Given::Number),
        ("error", Given::Error),
        ("nocode", Given::NoCode),
    ];
}

impl Given {
    const fn result(self) -> Return {
        match self {
            Given::Zero => Return(0),
            Given::Number => Return(77),
            Given::Error => Return::error(Errno::EPERM),
            Given::NoCode => Return::error(Errno(515)),
        }
    }
}

/// What becomes of the signal.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Suppressed,
    Handled,
}

impl Axis for Then {
    const VALUES: &'static [(&'static str, Self)] =
        &[("suppressed", Then::Suppressed), ("handled", Then::Handled)];
}

impl Then {
    const fn signal(self) -> Signal {
        match self {
            Then::Suppressed => Signal::NONE,
            Then::Handled => INTERRUPTS,
        }
    }
}

const THEN: Dimension = axis::<Then>(&["suppressed", "handled"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "result_written_at_exit",
        title: "A result written at the exit-stop of an interrupted call ends it: nothing is restarted, handler or not.",
        clauses: &[SIGNAL, ENTER, EXIT, END, CODE, DECIDES],
        axes: &[
            axis::<Start>(&["traceme"]),
            // A program that got 0 from clone(2) would take itself for the child.
            axis::<Call>(&["read", "ppoll", "futextimed"]),
            axis::<Given>(&["zero", "number", "error", "nocode"]),
            THEN,
        ],
        program: handled,
        scenario: |t| {
            let (given, then): (Given, Then) = (t.pick()?, t.pick()?);
            let t = to_call(t)?;
            let before = t.registers()?;
            let t = to_exit(t, INTERRUPTS)?;
            let registers = check_exit(&t, &before)?;
            t.set_registers(&registers.with(arch::RESULT, given.result().0))?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            ends_by(t, then.signal(), DECIDES, given.result())
        },
        ..Case::NEW
    },
    Case {
        name: "code_written_at_exit",
        title: "A restart code written at the exit-stop of a call that nothing interrupted restarts it if a signal is pending: as a handler or none decides for its class.",
        clauses: &[SIGNAL, ENTER, EXIT, END, DECIDES, FORGOTTEN],
        axes: &[ANY_START, axis::<Class>(&["sys", "nointr", "nohand", "block"]), THEN],
        program: |p| {
            p.handle(INTERRUPTS, 0);
            p.raise(INTERRUPTS);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let (class, then): (Class, Then) = (t.pick()?, t.pick()?);
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(ENTER, Stop::SyscallEnter)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let before = t.registers()?;
            let t = to_exit(t, INTERRUPTS)?;
            let registers = t.registers()?;
            t.check(EXIT, "result", Return(0o22), Return(registers.result()));
            // The old mask is the new one, so that x0 stays as it was.
            let changed = if IS_X86 { vec!["rax"] } else { vec!["x7"] };
            t.check(EXIT, "registers changed since entry", changed, before.differing(&registers));
            t.set_registers(&registers.with(arch::RESULT, class.code().0))?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let (again, result) = match (class, then) {
                (Class::NoIntr, _) | (Class::Sys | Class::NoHand, Then::Suppressed) => (true, Return(0o22)),
                // Nothing has been left for it to go on with.
                (Class::Block, Then::Suppressed) => (false, Return::error(Errno::EINTR)),
                (_, Then::Handled) => (false, Return::error(Errno::EINTR)),
            };
            let t = t.resume(Resume::Syscall, then.signal())?.expect(DECIDES, Stop::SyscallEnter)?;
            let (clause, next) = match class {
                Class::Block if then == Then::Suppressed => (FORGOTTEN, Syscall::RESTART_SYSCALL),
                _ => (DECIDES, Syscall::UMASK),
            };
            // Behind a handler it is rt_sigreturn.
            let t = if then == Then::Suppressed { entered(t, DECIDES, next, &before)? } else { t };
            let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let behind = again && then == Then::Handled;
            let t = if behind { entered(t, DECIDES, Syscall::UMASK, &before)? } else { t };
            t.cont()?.ends(END, Gone::Exited(3))?.check_saw(clause, "umask", Some(result))
        },
        ..Case::NEW
    },
    Case {
        name: "number_minus_one_at_exit",
        title: "With number -1 written at its exit-stop nothing is made of an interrupted call: the program gets the restart code, handler or not.",
        clauses: &[SIGNAL, ENTER, EXIT, END, CODE, CANCELS, "x86.orig-ax-minus1"],
        axes: &[axis::<Start>(&["traceme"]), CALLS, THEN],
        program: handled,
        scenario: |t| {
            let then: Then = t.pick()?;
            let t = to_call(t)?;
            let before = t.registers()?;
            let t = to_exit(t, INTERRUPTS)?;
            let at_exit = check_exit(&t, &before)?;
            set_no_number(&t, &at_exit)?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let code = t.pick::<Call>()?.code();
            let registers = t.registers()?;
            let mut differing = at_exit.differing(&registers);
            // It marked the exit-stop.
            differing.retain(|name| *name != "x7");
            let changed = if IS_X86 { vec!["orig_rax"] } else { vec![] };
            t.check(CANCELS, "registers changed since the exit-stop", changed, differing);
            t.check(CANCELS, "number", u64::MAX, number(&t, &registers)?);
            let cancels = IS_X86 && then == Then::Suppressed;
            ends_by(t, then.signal(), if cancels { "x86.orig-ax-minus1" } else { CANCELS }, code)
        },
        ..Case::NEW
    },
    Case {
        name: "x0_written_at_the_signals_stop",
        title: "x0 written at the stop of the interrupting signal is the first argument of the call made again; a handler's EINTR takes its place.",
        clauses: &[SIGNAL, ENTER, EXIT, END, X0, "restore.restart-arm64"],
        arches: &[Arch::Aarch64],
        only: "x86_64 has the result in that register, which no argument has",
        axes: &[ANY_START, axis::<Call>(&["ppoll"]), THEN],
        program: handled,
        scenario: |t| {
            let then: Then = t.pick()?;
            let (t, before) = to_signal(t)?;
            let registers = check_before_restart(&t, &before)?.with(arch::RESULT, 1 << 40);
            t.set_registers(&registers)?;
            if then == Then::Handled {
                return ends_by(t, INTERRUPTS, X0, Return::error(Errno::EINTR));
            }
            let written = before.with(arch::RESULT, 1 << 40);
            finish(enters(t, X0, Syscall::PPOLL, &written)?, X0)
        },
        ..Case::NEW
    },
    Case {
        name: "rax_written_at_the_signals_stop",
        title: "A result written at the stop of the interrupting signal ends the call on x86_64, where nothing has been decided yet.",
        clauses: &[SIGNAL, ENTER, EXIT, END, "restore.restart-x86"],
        arches: &[Arch::X86_64],
        only: "aarch64 has decided and rewound before the stop",
        axes: &[ANY_START, CLASSES, THEN],
        program: handled,
        scenario: |t| {
            let then: Then = t.pick()?;
            let (t, before) = to_signal(t)?;
            let registers = check_before_restart(&t, &before)?;
            t.set_registers(&registers.with(arch::RESULT, 77))?;
            ends_by(t, then.signal(), "restore.restart-x86", Return(77))
        },
        ..Case::NEW
    },
    Case {
        name: "number_minus_one_at_the_signals_stop",
        title: "Number -1 written at the stop of the interrupting signal cancels everything on x86_64 and nothing on aarch64, where it reads -1 already.",
        clauses: &[
            SIGNAL,
            ENTER,
            EXIT,
            END,
            "x86.orig-ax-minus1",
            "restore.restart-x86",
            "restore.restart-arm64",
        ],
        axes: &[axis::<Start>(&["traceme"]), CLASSES],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let registers = check_before_restart(&t, &before)?;
            set_no_number(&t, &registers)?;
            let call: Call = t.pick()?;
            if IS_X86 {
                return ends_with(t, "x86.orig-ax-minus1", call.code());
            }
            let clause = "restore.restart-arm64";
            finish(enters(t, clause, call.restarted(), &before)?, clause)
        },
        ..Case::NEW
    },
    Case {
        name: "other_number_at_the_signals_stop",
        title: "Another number in orig_rax at the stop of the interrupting signal is the call made instead, except where restart_syscall goes on.",
        clauses: &[SIGNAL, ENTER, EXIT, END, "x86.orig-ax-other", "restore.restart-x86"],
        arches: &[Arch::X86_64],
        only: "aarch64 has rewound the call before the stop",
        axes: &[ANY_START, CLASSES],
        program,
        scenario: |t| {
            const OTHER: &str = "x86.orig-ax-other";
            let (t, before) = to_signal(t)?;
            let registers = check_before_restart(&t, &before)?;
            t.set_registers(&registers.with(arch::NUMBER, Syscall::GETPID.number))?;
            let call: Call = t.pick()?;
            if call.class() == Class::Block {
                return finish(enters(t, OTHER, Syscall::RESTART_SYSCALL, &before)?, OTHER);
            }
            let t =
                enters(t, OTHER, Syscall::GETPID, &before)?.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            let (pid, result) = (ReturnPid(t.pid as u64), ReturnPid(t.registers()?.result()));
            t.check(OTHER, "result of the other call", pid, result);
            if call == Call::Read {
                t.made("clone", "child")?.kill(Signal::KILL)?;
            }
            t.kill(Signal::KILL)?;
            t.left_alone().ends(END, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// With a handler without `SA_RESTART`.
fn handled(p: &mut Program) {
    around_the_call(p, |p| {
        p.handle(INTERRUPTS, 0);
    });
}
