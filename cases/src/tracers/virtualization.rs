//! What the program reads of the machine is the tracer's: the time for rr, each instruction's end for User Mode Linux.

use super::breakpoint::{ONE, POKED, STEPPED, TOLD};
use super::remote::{inside, prepared, remote_call};
use super::routine::{step, to_routine};
use super::{ARGUMENT, END, ENTER, EXIT, IS_X86, STOPS, check_entered, check_registers};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

const CATCHES: &str = "sysstop.sysemu-singlestep-same";
const FROM_CALL: &str = "sysemu.step-from-call";
const REFUSED: &str = "x86.tsc-sigsegv";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "uml_steps_a_guest",
        title: "Under PTRACE_SYSEMU_SINGLESTEP an instruction is a step and a call is caught and not made; with the guest's registers as the tracer wants them behind the call, x86_64 goes on with the next instruction's step, and aarch64 reports the call's return before it.",
        clauses: &[STOPS, POKED, STEPPED, ONE, TOLD, CATCHES, FROM_CALL, END],
        program: |p| {
            p.run(label::STEPPED, &[ARGUMENT]);
            p.exit(3);
        },
        scenario: steps,
        ..Case::NEW
    },
    Case {
        name: "rr_tells_the_time",
        title: "The tracee is made to call prctl(PR_SET_TSC); from then on its RDTSC stops with SIGSEGV in front of the instruction, and the tracer gives the time and moves the instruction pointer behind it.",
        clauses: &[STOPS, ENTER, EXIT, REFUSED, END],
        arches: &[Arch::X86_64],
        only: "aarch64 has no such instruction",
        program: |p| {
            p.run(TIMED[0], &[0; 0]);
            p.exit(3);
        },
        scenario: tells_the_time,
        ..Case::NEW
    },
];

fn steps(t: Stopped) -> Flow {
    const HOW: Resume = Resume::SysemuSinglestep;
    let (t, at) = to_routine(t.cont()?, ARGUMENT)?;
    let (t, at) = step(t, HOW, &at, label::STEPPED_2)?;
    let calling = prepared(&at, Syscall::UMASK, &[0o77]);
    t.set_registers(&calling)?;
    let t = t.resume(HOW, Signal::NONE)?.expect(CATCHES, Stop::SyscallEnter)?;
    let found = check_entered(&t, CATCHES, Syscall::UMASK.number)?;
    let mut differing = found.differing(&inside(&calling, &found, Syscall::UMASK));
    // x86_64 has the flag that made the step in a copy of its flags; aarch64 marks the stop, and its step is over.
    differing.retain(|name| !["r11", "x7", "pstate"].contains(name));
    t.check(CATCHES, "registers otherwise than the guest's", vec![], differing);
    t.set_registers(&at)?;
    let t = if IS_X86 { t } else { returned(t, &at)? };
    let (t, _) = step(t, HOW, &at, label::STEPPED_3)?;
    let told = t.siginfo().map(|told| (told.code, Address(told.address)));
    t.check(FROM_CALL, "step behind the call", Ok((libc::TRAP_TRACE, Address(label::STEPPED_3))), told);
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check(ONE, "what it returned", Some(Word(ARGUMENT)), task.saw("stepped")?.map(Word));
    Ok(())
}

/// The return of a caught call is a stop of its own, with no instruction executed.
fn returned(t: Stopped, at: &Registers) -> Flow<Stopped> {
    let t =
        t.resume(Resume::SysemuSinglestep, Signal::NONE)?.expect(FROM_CALL, Stop::Signal(Signal::TRAP))?;
    let code = t.siginfo().map(|siginfo| siginfo.code);
    t.check(FROM_CALL, "si_code", Ok(libc::SI_USER), code);
    let flags = t.registers()?.words[arch::FLAGS];
    check_registers(&t, FROM_CALL, "registers otherwise than written", &at.with(arch::FLAGS, flags))?;
    Ok(t)
}

/// The instruction, and the one behind it.
#[cfg(target_arch = "x86_64")]
const TIMED: [u64; 2] = [label::TIMED, label::TIMED_1];
#[cfg(target_arch = "aarch64")]
const TIMED: [u64; 2] = [0; 2];

fn tells_the_time(t: Stopped) -> Flow {
    const PR_SET_TSC: u64 = 26;
    const PR_TSC_SIGSEGV: u64 = 2;
    const TIME: u64 = 0x1234_5678_9abc_def0;
    /// `rdx`.
    const UPPER: usize = arch::ARGS[2];
    let saved = t.steady_registers(STOPS)?;
    let (t, done) = remote_call(t, &saved, Syscall::PRCTL, &[PR_SET_TSC, PR_TSC_SIGSEGV])?;
    t.check(EXIT, "what prctl returned", Return(0), Return(done));
    t.set_registers(&saved)?;
    let t = t.cont()?.expect(REFUSED, Stop::Signal(Signal::SEGV))?;
    let told = t.siginfo();
    let kind = told.map(|told| (told.signal, told.code));
    t.check(REFUSED, "si_signo and si_code", Ok((Signal::SEGV, libc::SI_KERNEL)), kind);
    t.check(REFUSED, "si_addr", Ok(Address(0)), told.map(|told| Address(told.address)));
    let registers = t.steady_registers(STOPS)?;
    t.check(REFUSED, "ip", Address(TIMED[0]), Address(registers.ip()));
    let read = registers.with(arch::RESULT, TIME & 0xffff_ffff).with(UPPER, TIME >> 32);
    t.set_registers(&read.with(arch::IP, TIMED[1]))?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check(REFUSED, "time in the program", Some(Word(TIME)), task.saw("timed")?.map(Word));
    Ok(())
}
