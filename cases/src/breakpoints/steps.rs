//! Breakpoints and single steps.

use super::point::{self, Kind, Point, clear, set};
use super::{BEFORE, ENDED, GOING_ON, Hit, NEEDS, PLACE, RUNS, SET, STATUS, STOPS, TRAP, to_routine};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{Arch, Case, Need};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const STEP: &str = "restart.step.sigtrap";
const ONTO: &str = "hwbp.step-onto";
const BOTH: &str = "x86.dr-step-and-data";

/// `BS`, the step's bit in DR6.
const BS: u64 = 0x4000;

/// What the routine for accesses is called with.
const PLACE_OF_DATA: u64 = Program::shared(8);
const VALUE: u64 = 0xa5;

fn stepping(t: Stopped) -> Flow<Running> {
    t.resume(Resume::Singlestep, Signal::NONE)
}

/// A step that ends at a place, and is reported as one; on x86_64 DR6 has these bits.
fn step(t: Stopped, clause: &str, to: u64, bits: u64) -> Flow<(Stopped, Registers)> {
    let t = stepping(t)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    t.check(clause, "ip behind the step", Address(to), Address(registers.ip()));
    t.check(clause, "registers that read otherwise", vec![], t.registers()?.differing(&registers));
    let siginfo = t.siginfo();
    t.check(clause, "si_code of the step", Ok(libc::TRAP_TRACE), siginfo.map(|siginfo| siginfo.code));
    let address = siginfo.map(|siginfo| Address(siginfo.address));
    t.check(clause, "si_addr of the step", Ok(Address(to)), address);
    if Arch::HERE == Arch::X86_64 {
        t.check(STATUS, "DR6", Ok(Word(point::NO_HIT | bits)), point::debug(&t, 6).map(Word));
    }
    Ok((t, registers))
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_onto_a_breakpoint",
        title: "A step onto an instruction with a breakpoint is a step; the next step is the breakpoint's hit and executes nothing. The one after that executes the instruction on x86_64, and on aarch64 as soon as the breakpoint is disabled.",
        clauses: &[STOPS, SET, TRAP, BEFORE, GOING_ON, STEP, ONTO, STATUS, RUNS],
        needs: NEEDS,
        program: |p| {
            p.run(label::STEPPED, &[super::ARGUMENT]);
            p.exit(3);
        },
        scenario: |t| {
            let points = [Point::execute(0, label::STEPPED_2)];
            let (t, _) = to_routine(t, label::STEPPED_1)?;
            set(&t, &points)?;
            let (t, before) = step(t, ONTO, label::STEPPED_2, BS)?;
            let hit = Hit::execute(label::STEPPED_2, &[0]);
            let (mut t, at_hit) = hit.comes(stepping(t)?)?;
            let flags = before.words[arch::FLAGS];
            let changed = at_hit.with(arch::FLAGS, flags).differing(&before);
            t.check(ONTO, "registers that changed", vec![], changed);
            if Arch::HERE == Arch::Aarch64 {
                (t, _) = hit.comes(stepping(t)?)?;
                clear(&t, &points)?;
            }
            let (t, _) = step(t, GOING_ON, label::STEPPED_3, BS)?;
            let t = t.cont()?.ends(RUNS, ENDED)?;
            let returned = t.saw("stepped")?.map(Word);
            t.check(GOING_ON, "what the routine returned", Some(Word(super::ARGUMENT)), returned);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "step_over_a_watched_store",
        title: "A step over a store that is watched is one report: a step with the watchpoint's bit too in DR6.",
        clauses: &[STOPS, SET, STEP, BOTH, STATUS, RUNS],
        needs: &[Need::Breakpoints, Need::StepOntoWatchpoint],
        arches: &[Arch::X86_64],
        only: "aarch64 reports the hit, see step_into_a_watched_store",
        program: touches,
        scenario: |t| {
            let (t, _) = to_routine(t, label::TOUCHED_1)?;
            let point = Point::data(3, Kind::Write, PLACE_OF_DATA, 1);
            set(&t, &[point])?;
            let (t, _) = step(t, BOTH, label::TOUCHED_2, BS | 1 << 3)?;
            t.check(BOTH, "byte that was stored", Ok(Word(VALUE)), t.peek(PLACE_OF_DATA).map(Word));
            clear(&t, &[point])?;
            t.cont()?.ends(RUNS, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "step_into_a_watched_store",
        title: "On aarch64 a step of a store that is watched is the watchpoint's hit, and stores nothing.",
        clauses: &[STOPS, SET, TRAP, PLACE, GOING_ON, STEP, RUNS],
        needs: NEEDS,
        arches: &[Arch::Aarch64],
        only: ONLY_X86_STEPS,
        program: touches,
        scenario: |t| {
            let (t, _) = to_routine(t, label::TOUCHED_1)?;
            let point = Point::data(1, Kind::Write, PLACE_OF_DATA, 1);
            set(&t, &[point])?;
            let hit =
                Hit { clause: PLACE, place: label::TOUCHED_1, address: Some(PLACE_OF_DATA), slots: &[1] };
            let (t, _) = hit.comes(stepping(t)?)?;
            t.check(PLACE, "byte that is not stored", Ok(Word(0)), t.peek(PLACE_OF_DATA).map(Word));
            clear(&t, &[point])?;
            let (t, _) = step(t, GOING_ON, label::TOUCHED_2, 0)?;
            t.check(GOING_ON, "byte that was stored", Ok(Word(VALUE)), t.peek(PLACE_OF_DATA).map(Word));
            t.cont()?.ends(RUNS, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

const ONLY_X86_STEPS: &str = "x86_64 makes the store, see step_over_a_watched_store";

fn touches(p: &mut Program) {
    p.run(label::TOUCHED, &[PLACE_OF_DATA, VALUE]);
    p.exit(3);
}
