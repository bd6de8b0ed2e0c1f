//! Calls that `PTRACE_SYSEMU` has caught: numbers without a call, the way on by steps, and the call made after all.

use super::stops::{ENTER, EXIT, Side, pass, to};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

const CATCHES: &str = "sysemu.stop-no-exec";
const RESULT: &str = "sysemu.emulation-result";
const REPORT: &str = "sysstop.step-report";
const STEP: &str = "stop.step.undocumented";
const FROM_CALL: &str = "sysemu.step-from-call";
const INSPECT: &str = "cmd.inspect-while-stopped";
const EMULATED: u64 = 0x1234;

const IS_X86: bool = cfg!(target_arch = "x86_64");
/// `si_code` of a step out of a call.
const OUT_OF_CALL: i32 = if IS_X86 { libc::TRAP_BRKPT } else { libc::SI_USER };
/// Behind the first instruction that follows the call: `push r15`, or any of aarch64's.
const ONE_LATER: u64 = label::SYSCALL_RETURN + if IS_X86 { 2 } else { 4 };

/// A number without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    MinusOne,
    Negative,
    Far,
}

impl Axis for Number {
    const VALUES: &'static [(&'static str, Self)] =
        &[("minusone", Number::MinusOne), ("negative", Number::Negative), ("far", Number::Far)];
}

impl Number {
    const fn word(self) -> u64 {
        match self {
            Number::MinusOne => u64::MAX,
            Number::Negative => -101_i64 as u64,
            Number::Far => 1_000_000,
        }
    }
}

/// The call that is made in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// The one that was caught.
    Same,
    /// Another one, with other arguments.
    Other,
}

impl Axis for Made {
    const VALUES: &'static [(&'static str, Self)] = &[("same", Made::Same), ("other", Made::Other)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sysemu_catches_numbers_without_a_call",
        title: "PTRACE_SYSEMU stops also at a number without a call, and the program gets the tracer's result for it.",
        clauses: &[CATCHES, RESULT, "sysinfo.entry-nr"],
        axes: &[ANY_START, axis::<Number>(&["minusone", "negative", "far"])],
        program: |p| {
            let number: Number = p.pick();
            p.call(Syscall::numbered(number.word(), "nothing"), &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let number = Word(t.pick::<Number>()?.word());
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(CATCHES, Stop::SyscallEnter)?;
            t.check(CATCHES, "number", number, Word(t.syscall_number()?));
            let told = t.syscall_info().map(|info| Word(info.number()));
            t.check("sysinfo.entry-nr", "entry.nr", Ok(number), told);
            t.set_register(arch::RESULT, EMULATED)?;
            let task = t.cont()?.ends(CATCHES, Gone::Exited(3))?;
            task.check_saw(RESULT, "nothing", Some(Return(EMULATED)))
        },
        ..Case::NEW
    },
    Case {
        name: "stepped_from_a_caught_call",
        title: "PTRACE_SINGLESTEP from a call that PTRACE_SYSEMU has caught stops where the call would have returned, with the tracer's result and before any instruction; the next step executes one.",
        clauses: &[CATCHES, RESULT, REPORT, STEP],
        program: caught,
        scenario: |t| {
            let (t, before) = to_caught(t)?;
            let before = before.with(arch::RESULT, EMULATED);
            t.set_registers(&before)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(REPORT, Stop::Signal(Signal::TRAP))?;
            check_return(&t, REPORT);
            check_registers(&t, REPORT, label::SYSCALL_RETURN, &before)?;
            one_instruction(t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, TRAP)?, STEP, EMULATED)?
                .cont()?
                .ends(CATCHES, Gone::Exited(3))
                .and_then(|task| {
                    task.check(CATCHES, "the call was made", false, task.word(0) != 0);
                    task.check_saw(RESULT, "pipe2", Some(Return(EMULATED)))
                })
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_singlestep_from_a_stop",
        title: "PTRACE_SYSEMU_SINGLESTEP from a syscall-stop makes the call at hand and executes the next instruction, but stops in front of it if that was an enter-stop of aarch64.",
        clauses: &[ENTER, EXIT, FROM_CALL],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::UMASK, &[0o27]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let side: Side = t.pick()?;
            let t = to(side, pass(t)?)?.resume(Resume::SysemuSinglestep, Signal::NONE)?;
            let mut t = t.expect(FROM_CALL, TRAP)?;
            if side == Side::Enter && !IS_X86 {
                check_return(&t, FROM_CALL);
                let now = t.registers()?;
                t.check(FROM_CALL, "ip", Address(label::SYSCALL_RETURN), Address(now.ip()));
                t.check(FROM_CALL, "result register", Return(0o27), Return(now.result()));
            } else {
                t = one_instruction(t, FROM_CALL, 0o27)?;
            }
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(FROM_CALL, "umask_2", Some(Return(0o27)))
        },
        ..Case::NEW
    },
    Case {
        name: "caught_call_made_by_rewinding",
        title: "With the instruction pointer set back to the call instruction and the registers for it, PTRACE_SYSEMU catches the same call once more, or another one, and PTRACE_CONT makes it.",
        clauses: &[ENTER, EXIT, CATCHES, INSPECT],
        axes: &[ANY_START, axis::<Made>(&["same", "other"])],
        program: |p| {
            p.call(Syscall::UMASK, &[0o27]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let made: Made = t.pick()?;
            let (t, before) = to_caught(pass(t)?)?;
            t.set_registers(&ready(&before, made))?;
            let (t, now) = to_caught(t)?;
            let (call, argument) = made.call();
            let number = if IS_X86 { now.words[arch::NUMBER] } else { t.syscall_number()? };
            t.check(INSPECT, "number made", call.number, number);
            t.check(INSPECT, "first argument", argument, now.arg(0));
            t.set_registers(&ready(&now, made))?;
            let t = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let mask = if made == Made::Same { 0o77 } else { 0o27 };
            t.check_saw(CATCHES, "umask_3", Some(Return(mask)))?;
            match made {
                Made::Same => t.check_saw(INSPECT, "umask_2", Some(Return(0o27))),
                Made::Other => t.check_saw_pid(INSPECT, "umask_2", &t),
            }
        },
        ..Case::NEW
    },
];

const TRAP: Stop = Stop::Signal(Signal::TRAP);

/// A call whose being made would show.
fn caught(p: &mut Program) {
    p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
    p.exit(3);
}

fn to_caught(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(CATCHES, Stop::SyscallEnter)?;
    let registers = t.registers()?;
    t.check(CATCHES, "ip", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    let inside = Return(arch::result_inside_call(&registers.args()));
    t.check(CATCHES, "result register", inside, Return(registers.result()));
    Ok((t, registers))
}

impl Made {
    /// The call, and its first argument; getpid(2) takes none.
    const fn call(self) -> (Syscall, u64) {
        match self {
            Made::Same => (Syscall::UMASK, 0o77),
            Made::Other => (Syscall::GETPID, 0o33),
        }
    }
}

/// The registers in front of the call instruction, for that call.
const fn ready(registers: &Registers, made: Made) -> Registers {
    let (call, argument) = made.call();
    let number = if IS_X86 { arch::RESULT } else { arch::NUMBER };
    registers
        .with(arch::IP, label::SYSCALL_INSTRUCTION)
        .with(arch::ARGS[0], argument)
        .with(number, call.number)
}

/// A step that has executed the one instruction behind the call.
fn one_instruction(t: Stopped, clause: &str, result: u64) -> Flow<Stopped> {
    let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
    t.check(clause, "si_code and si_addr", Ok((libc::TRAP_TRACE, Address(ONE_LATER))), told);
    let now = t.registers()?;
    t.check(clause, "ip one instruction later", Address(ONE_LATER), Address(now.ip()));
    t.check(clause, "result register", Return(result), Return(now.result()));
    Ok(t)
}

/// The report of a step out of the call; aarch64 tells no address.
fn check_return(t: &Stopped, clause: &str) {
    let siginfo = t.siginfo();
    t.check(clause, "si_code", Ok(OUT_OF_CALL), siginfo.map(|siginfo| siginfo.code));
    if IS_X86 {
        let address = siginfo.map(|siginfo| Address(siginfo.address));
        t.check(clause, "si_addr", Ok(Address(label::SYSCALL_RETURN)), address);
    }
}

/// The registers at a place, otherwise as before; x7 of aarch64 marks the side of the call.
fn check_registers(t: &Stopped, clause: &str, ip: u64, before: &Registers) -> Flow {
    let now = t.registers()?;
    t.check(clause, "ip", Address(ip), Address(now.ip()));
    let mut differing = now.with(arch::IP, before.ip()).differing(before);
    differing.retain(|name| !["x7", "pstate"].contains(name));
    t.check(clause, "registers that changed", vec![], differing);
    Ok(())
}
