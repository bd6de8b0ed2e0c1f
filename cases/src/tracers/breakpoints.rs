//! Breakpoints as gdb and ltrace have them: hit, stepped over in place or displaced, and taken out again.

use super::breakpoint::{Breakpoint, ONE, POKED, STEPPED, TOLD, behind, step_to};
use super::{ARGUMENT, END, IS_X86, STOPS};
use ptrace_conformance_harness::answers::Siginfo;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::handler::Run;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

/// Code that is not executed any more, where gdb puts an instruction to execute it elsewhere: it takes the program's
/// first ones.
const SCRATCH: u64 = label::START;

const FIRST: &str = "stop.signal.not-yet-delivered";
const GIVEN: &str = "kdoc.inject-changed-siginfo";
const CLAUSES: &[&str] = &[STOPS, END, POKED, STEPPED, ONE, TOLD];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "gdb_steps_over_in_place",
        title: "A breakpoint is hit each time the program comes there; with the instruction put back, a step and the breakpoint again the program goes on, and in the end nothing is left of it.",
        clauses: CLAUSES,
        program,
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let mut t = t;
            for _ in 0..2 {
                let (hit, registers) = breakpoint.hit(t.cont()?)?;
                t = breakpoint.step_over(hit, &registers)?;
            }
            breakpoint.remove(&t)?;
            finish(t)
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_steps_over_displaced",
        title: "The instruction under a breakpoint is executed elsewhere, and the instruction pointer moved behind its own place: the breakpoint stays, and the program notices nothing.",
        clauses: CLAUSES,
        program,
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let length = label::STRAIGHT_1 - label::STRAIGHT;
            let mut t = t;
            for _ in 0..2 {
                let (hit, registers) = breakpoint.hit(t.cont()?)?;
                let kept = hit.memory(SCRATCH, 1)?[0];
                hit.set_memory(SCRATCH, &[breakpoint.original()])?;
                hit.set_registers(&registers.with(arch::IP, SCRATCH))?;
                let behind = behind(&registers, SCRATCH + length);
                t = step_to(hit, &behind)?;
                let copy = Word(t.memory(SCRATCH, 1)?[0]);
                t.check(POKED, "the copied instruction", Word(breakpoint.original()), copy);
                t.set_memory(SCRATCH, &[kept])?;
                t.set_registers(&behind.with(arch::IP, label::STRAIGHT_1))?;
            }
            breakpoint.remove(&t)?;
            finish(t)
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_steps_over_with_a_signal_pending",
        title: "A signal that is pending at the step over a breakpoint has its stop first, and nothing is executed; asked for again the step is made, and the signal, given there, runs its handler with the tracer as sender.",
        clauses: &[STOPS, END, POKED, STEPPED, ONE, TOLD, FIRST, GIVEN],
        program: |p| {
            p.handle(Signal::USR1, 0);
            program(p);
        },
        scenario: with_a_signal,
        ..Case::NEW
    },
    Case {
        name: "ltrace_entry_and_return",
        title: "A breakpoint at a function's entry shows its argument and where it returns to; one put there shows the result.",
        clauses: CLAUSES,
        program,
        scenario: |t| {
            let entry = Breakpoint::insert(&t, label::STRAIGHT)?;
            let mut t = t;
            for _ in 0..2 {
                let (hit, registers) = entry.hit(t.cont()?)?;
                hit.check(POKED, "argument", Word(ARGUMENT), Word(registers.arg(0)));
                let exit = Breakpoint::insert(&hit, return_address(&hit, &registers)?)?;
                let over = entry.step_over(hit, &registers)?;
                let (hit, registers) = exit.hit(over.cont()?)?;
                hit.check(POKED, "result", Word(ARGUMENT), Word(registers.result()));
                exit.remove(&hit)?;
                hit.set_registers(&registers)?;
                t = hit;
            }
            entry.remove(&t)?;
            finish(t)
        },
        ..Case::NEW
    },
];

/// Calls a function twice.
fn program(p: &mut Program) {
    p.run(label::STRAIGHT, &[ARGUMENT]);
    p.run(label::STRAIGHT, &[ARGUMENT]);
    p.exit(3);
}

fn with_a_signal(t: Stopped) -> Flow {
    let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
    let (t, registers) = breakpoint.hit(t.cont()?)?;
    breakpoint.remove(&t)?;
    t.set_registers(&registers)?;
    t.kill(Signal::USR1)?;
    let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(FIRST, Stop::Signal(Signal::USR1))?;
    let found = t.registers()?;
    let registers = registers.with(arch::FLAGS, found.words[arch::FLAGS]);
    t.check(FIRST, "registers that changed", vec![], found.differing(&registers));
    t.check(FIRST, "runs of the handler", 0, t.handled().0);
    let t = step_to(t, &behind(&registers, label::STRAIGHT_1))?;
    breakpoint.again(&t)?;
    let (hit, registers) = breakpoint.hit(t.resume(Resume::Cont, Signal::USR1)?)?;
    let runs = hit.runs();
    let told = |run: &Run| {
        let Siginfo { signal, code, errno, pid, uid, .. } = run.siginfo;
        let from_tracer = (pid, uid) == (foreign::tracer(), foreign::user());
        ((signal, code), ((errno, from_tracer), Word(run.mask)))
    };
    let told: Vec<_> = runs.iter().map(told).collect();
    hit.check(
        GIVEN,
        "siginfo in the handler",
        vec![((Signal::USR1, libc::SI_USER), ((0, true), Word(0)))],
        told,
    );
    let t = breakpoint.step_over(hit, &registers)?;
    breakpoint.remove(&t)?;
    finish(t)
}

/// Where a function returns to, at its first instruction.
fn return_address(t: &Stopped, registers: &Registers) -> Flow<u64> {
    if !IS_X86 {
        return Ok(registers.named("x30").unwrap_or_default());
    }
    let address = t.memory(registers.sp(), 1)?[0];
    t.check(POKED, "the return address", Address(address), Address(t.memory(registers.sp(), 1)?[0]));
    Ok(address)
}

/// To the end: both calls have returned what they should.
fn finish(t: Stopped) -> Flow {
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    for step in ["straight", "straight_2"] {
        let saw = task.saw(step)?.map(Word);
        task.check(POKED, &format!("what {step} returned"), Some(Word(ARGUMENT)), saw);
    }
    Ok(())
}
