//! Steps over plain instructions, calls, jumps and breakpoints.

use super::{AFTER_ONE, ARGUMENT, END, Next, ONE, REPORT, STOPS, TRAP, program, step, to_routine};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const BREAKPOINT: &str = "kdoc.breakpoint-under-step";

/// Where each step leads, and which registers it changes.
pub(super) const WAY: [Next; 6] = if cfg!(target_arch = "x86_64") {
    [
        (label::STEPPED_2, &[]),
        (label::STEPPED_3, &["rax"]),
        (label::STEPPED_LEAF, &["rsp"]),
        (label::STEPPED_4, &["rsp"]),
        (label::STEPPED_5, &[]),
        (label::STEPPED_6, &[]),
    ]
} else {
    [
        (label::STEPPED_2, &[]),
        (label::STEPPED_3, &["x9"]),
        (label::STEPPED_LEAF, &["x30"]),
        (label::STEPPED_4, &[]),
        (label::STEPPED_5, &[]),
        (label::STEPPED_6, &["x30"]),
    ]
};

/// `si_code` of a breakpoint instruction.
const OF_BREAKPOINT: i32 = if cfg!(target_arch = "x86_64") { libc::SI_KERNEL } else { libc::TRAP_BRKPT };

/// Steps from the routine's first instruction to its end, and the program's.
pub(super) fn all_the_way(t: Stopped) -> Flow {
    let (mut t, mut before) = to_routine(t, label::STEPPED_1)?;
    for next in WAY {
        (t, before) = step(t, &before, next)?;
    }
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check(ONE, "what the routine returned", Some(Word(ARGUMENT)), t.saw("stepped")?.map(Word));
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "one_instruction_each",
        title: "Each PTRACE_SINGLESTEP executes one instruction, also over calls, returns and jumps: SIGTRAP with TRAP_TRACE and the next instruction's address, and no register changes but those of the instruction.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT],
        axes: &[ANY_START],
        program,
        scenario: all_the_way,
        ..Case::NEW
    },
    Case {
        name: "step_onto_a_breakpoint",
        title: "A step that ends in front of a breakpoint instruction is a step; the next one is the breakpoint's own SIGTRAP, with its si_code, and executes nothing more.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, BREAKPOINT],
        axes: &[ANY_START],
        program: |p| {
            p.run(label::TRAPPED, &[ARGUMENT]);
            p.exit(3);
        },
        scenario: |t| {
            let (t, before) = to_routine(t, label::TRAPPED_1)?;
            let (t, before) = step(t, &before, (label::TRAPPED_2, &[]))?;
            let t =
                t.resume(Resume::Singlestep, Signal::NONE)?.expect(BREAKPOINT, Stop::Signal(Signal::TRAP))?;
            let at = label::TRAPPED_2 + arch::BREAKPOINT_ADVANCE;
            t.check(BREAKPOINT, "si_code", Ok(OF_BREAKPOINT), t.siginfo().map(|siginfo| siginfo.code));
            let now = t.registers()?;
            t.check(BREAKPOINT, "ip", Address(at), Address(now.ip()));
            let unchanged = now.with(arch::IP, before.ip());
            t.check(BREAKPOINT, "other registers that changed", vec![], unchanged.differing(&before));
            let before = now.with(arch::IP, label::TRAPPED_3);
            t.set_registers(&before)?;
            let (t, _) = step(t, &before, (label::TRAPPED_4, &[]))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "step_from_a_written_place",
        title: "A step executes the instruction at which the tracer has put the instruction pointer.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT],
        axes: &[ANY_START],
        program,
        scenario: |t| {
            // On to the jump, back to the first instruction, and on from there.
            let (mut t, mut before) = to_routine(t, label::STEPPED_1)?;
            for (from, to) in [(label::STEPPED_4, label::STEPPED_5), (label::STEPPED_1, label::STEPPED_2)] {
                before = before.with(arch::IP, from);
                t.set_registers(&before)?;
                (t, before) = step(t, &before, (to, &[]))?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
