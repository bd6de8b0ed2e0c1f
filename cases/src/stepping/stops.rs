//! Steps from stops that are neither a step's nor a breakpoint's, and steps that are followed by something else.

use super::handlers::shown;
use super::plain::WAY;
use super::{AFTER_ONE, END, ONE, REPORT, STOPS, TRAP, program, step, to_routine};
use crate::waiting::way::group_stop;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Start, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const STOP: &str = "stop.group.reported";
const INTERRUPTED: &str = "interrupt.plain-event-stop";
const INTO: &str = "kdoc.step-handler-entry";
const KILLED: &str = "kill.direct-sigkill-any-state";
const HIDDEN: &str = "x86.tf-hidden";
const FAULT: &str = "signal.fault-of-fetch";

/// `SEGV_ACCERR`: the page is there, and what was tried is not allowed.
const SEGV_ACCERR: i32 = 2;
/// The record, which programs read and write and cannot execute.
const NO_CODE: u64 = Program::shared(8);

/// The stop in front of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// That of the signal SIGSTOP, which the step suppresses.
    Delivery,
    /// The group-stop that it begins.
    Group,
}

impl Axis for From {
    const VALUES: &'static [(&'static str, Self)] = &[("delivery", From::Delivery), ("group", From::Group)];
}

/// Who kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Killer {
    /// kill(2)
    Kill,
    /// `PTRACE_KILL`
    Request,
}

impl Axis for Killer {
    const VALUES: &'static [(&'static str, Self)] =
        &[("kill", Killer::Kill), ("ptracekill", Killer::Request)];
}

/// How the tracee comes to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Onto {
    /// A step over a return leads there.
    Return,
    /// The tracer has put the instruction pointer there.
    Written,
}

impl Axis for Onto {
    const VALUES: &'static [(&'static str, Self)] = &[("return", Onto::Return), ("written", Onto::Written)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_from_sigstop",
        title: "From the signal-delivery-stop of SIGSTOP and from the group-stop that it begins a step executes one instruction, as from anywhere.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, STOP],
        axes: &[ANY_START, axis::<From>(&["delivery", "group"])],
        program,
        scenario: |t| {
            let from: From = t.pick()?;
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            t.kill(Signal::STOP)?;
            let mut t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
            check_nothing_executed(&t, STOPS, &before)?;
            if from == From::Group {
                let stop = group_stop(t.start, Signal::STOP);
                t = t.resume(Resume::Cont, Signal::STOP)?.expect(STOP, stop)?;
                check_nothing_executed(&t, STOP, &before)?;
            }
            all_the_way(t, &before)
        },
        ..Case::NEW
    },
    Case {
        name: "step_from_an_interrupted_stop",
        title: "From the stop that PTRACE_INTERRUPT makes a step executes one instruction.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, INTERRUPTED],
        axes: &[axis::<Start>(&["seize"])],
        program,
        scenario: |t| {
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            t.interrupt()?;
            let t = t.cont()?.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))?;
            check_nothing_executed(&t, INTERRUPTED, &before)?;
            all_the_way(t, &before)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_where_a_handler_begins",
        title: "A tracee that a step has led into a handler can be killed there, and that instruction is never executed.",
        clauses: &[STOPS, INTO, KILLED],
        axes: &[ANY_START, axis::<Killer>(&["kill", "ptracekill"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            program(p);
        },
        scenario: |t| {
            let (t, _) = to_routine(t, label::STEPPED_1)?;
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(INTO, Stop::Signal(Signal::TRAP))?;
            let ip = t.syscall_info().map(|info| Address(info.ip()));
            t.check(INTO, "ip", Ok(Address(label::HANDLER)), ip);
            let t = if t.pick::<Killer>()? == Killer::Request {
                t.kill_by_ptrace()?
            } else {
                t.kill(Signal::KILL)?;
                t.left_alone()
            };
            let t = t.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
            t.check(KILLED, "runs of the handler", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "continued_elsewhere_behind_a_step",
        title: "Behind a step PTRACE_CONT from another place runs there without a trap, and PUSHF pushes no trap flag.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, HIDDEN],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: "aarch64 has no trap flag that a program could see",
        program,
        scenario: |t| {
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            let (t, now) = step(t, &before, WAY[0])?;
            t.set_registers(&now.with(arch::IP, PUSHF))?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            let pushed = now.words[arch::FLAGS] & !(TF | RF);
            t.check(HIDDEN, "flags that the program has", Some(Word(pushed)), t.saw("stepped")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "step_onto_a_page_without_code",
        title: "A step at an address that cannot be executed gives SIGSEGV there, and a step that leads there is a step; no trap is left over.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, FAULT],
        axes: &[ANY_START, axis::<Onto>(&["return", "written"])],
        program,
        scenario: |t| {
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            let onto: Onto = t.pick()?;
            // Where the way back leads, and what is executed there.
            let (place, next) = match onto {
                Onto::Return => (label::STEPPED_4, WAY[4]),
                Onto::Written => (label::STEPPED_1, WAY[0]),
            };
            let (t, before) = match onto {
                Onto::Return => return_there(t, before)?,
                Onto::Written => {
                    let there = before.with(arch::IP, NO_CODE);
                    t.set_registers(&there)?;
                    (t, there)
                }
            };
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(FAULT, Stop::Signal(Signal::SEGV))?;
            let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
            t.check(FAULT, "si_code and si_addr", Ok((SEGV_ACCERR, Address(NO_CODE))), told);
            // The processor marks a fault for its own return (RF).
            let now = t.registers()?;
            let now = now.with(arch::FLAGS, now.words[arch::FLAGS] & !RF);
            let before = before.with(arch::FLAGS, before.words[arch::FLAGS] & !RF);
            t.check(FAULT, "ip", Address(NO_CODE), Address(now.ip()));
            t.check(FAULT, "registers that changed", vec![], now.differing(&shown(&before)));
            let back = now.with(arch::IP, place);
            t.set_registers(&back)?;
            let (t, _) = step(t, &back, next)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];

/// `TF` and `RF` in eflags; aarch64 has nothing there that a step would touch.
const TF: u64 = 0x100;
const RF: u64 = if cfg!(target_arch = "x86_64") { 0x1_0000 } else { 0 };
/// The routine that pushes the flags; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
const PUSHF: u64 = label::PUSHED_1;
#[cfg(target_arch = "aarch64")]
const PUSHF: u64 = label::STEPPED_1;

/// The registers are those of before.
fn check_nothing_executed(t: &Stopped, clause: &str, before: &Registers) -> Flow {
    let changed = t.registers()?.differing(before);
    t.check(clause, "registers that changed", vec![], changed);
    Ok(())
}

/// Step by step through the routine, and on to the program's end.
fn all_the_way(t: Stopped, before: &Registers) -> Flow {
    let (mut t, mut before) = (t, *before);
    for next in WAY {
        (t, before) = step(t, &before, next)?;
    }
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check(ONE, "what the routine returned", Some(Word(super::ARGUMENT)), t.saw("stepped")?.map(Word));
    Ok(())
}

/// Into the leaf of the routine, whose return leads to the page.
fn return_there(t: Stopped, before: Registers) -> Flow<(Stopped, Registers)> {
    let (mut t, mut now) = (t, before);
    for next in &WAY[..3] {
        (t, now) = step(t, &now, *next)?;
    }
    if cfg!(target_arch = "x86_64") {
        t.set_memory(now.sp(), &[NO_CODE])?;
        return step(t, &now, (NO_CODE, &["rsp"]));
    }
    let there = now.with(arch::index("x30"), NO_CODE);
    t.set_registers(&there)?;
    // The routine takes the register back itself.
    step(t, &there, (NO_CODE, &[]))
}
