//! Breakpoints for execution: where they hit, and how the tracee goes on.

use super::point::{Point, set};
use super::slot::{SLOTS, Slot};
use super::{
    BEFORE, ENDED, GOING_ON, Hit, NEEDS, ONLY_X86, RUNS, SET, STATUS, TRAP, check_ran, ends_behind, pass,
    program,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

const ONE_REPORT: &str = "hwbp.one-report";
const RESUME_FLAG: &str = "x86.rf-at-hit";

/// `RF` in eflags.
const RF: u64 = 0x1_0000;

/// The four instructions of the routine.
const ALL: [u64; 4] = [label::STRAIGHT, label::STRAIGHT_1, label::STRAIGHT_2, label::STRAIGHT_RETURN];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "each_slot_hits_before_its_instruction",
        title: "A breakpoint in each slot stops the tracee in front of its instruction: SIGTRAP with TRAP_HWBKPT, and the slot's bit in DR6. On x86_64 the tracee then goes on, on aarch64 it hits again until the breakpoint is disabled.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, STATUS, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, SLOTS],
        program,
        scenario: |t| {
            let Slot(slot) = t.pick()?;
            let points = [Point::execute(slot, label::STRAIGHT_1)];
            set(&t, &points)?;
            let slots = [slot];
            let hit = Hit::execute(label::STRAIGHT_1, &slots);
            let (mut t, registers) = hit.comes(t.cont()?)?;
            if Arch::HERE == Arch::Aarch64 {
                let again;
                (t, again) = hit.comes(t.cont()?)?;
                t.check(GOING_ON, "registers that changed", vec![], again.differing(&registers));
            }
            check_ran(&*ends_behind(t, &points)?, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "all_slots_at_once",
        title: "Breakpoints in four slots on four instructions hit one after the other, each told by its own bit alone.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, STATUS, RUNS],
        needs: NEEDS,
        program,
        scenario: |mut t| {
            // Not in the order of the slots.
            let slots = [2, 0, 3, 1];
            let points: Vec<_> = (0..4).map(|at| Point::execute(slots[at], ALL[at])).collect();
            set(&t, &points)?;
            for (place, slot) in ALL.into_iter().zip(slots) {
                (t, _) = Hit::execute(place, &[slot]).comes(t.cont()?)?;
                t = pass(t, &points)?;
            }
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "two_slots_on_one_instruction",
        title: "Two breakpoints on one instruction give one SIGTRAP, which tells of both.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, ONE_REPORT, STATUS, RUNS],
        needs: NEEDS,
        program,
        scenario: |t| {
            let points = [0, 1].map(|slot| Point::execute(slot, label::STRAIGHT_1));
            set(&t, &points)?;
            let (t, _) = Hit::execute(label::STRAIGHT_1, &[0, 1]).comes(t.cont()?)?;
            let pending = t.pending(false).map(|pending| pending.len());
            t.check(ONE_REPORT, "further signals of the thread", Ok(0), pending);
            check_ran(&*ends_behind(t, &points)?, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "under_each_resume",
        title: "A breakpoint hits whichever request has set the tracee going.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, STATUS, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall", "sysemu"])],
        program,
        scenario: |t| {
            let points = [Point::execute(1, label::STRAIGHT_RETURN)];
            set(&t, &points)?;
            let how: Resume = t.pick()?;
            let (t, _) = Hit::execute(label::STRAIGHT_RETURN, &[1]).comes(t.resume(how, Signal::NONE)?)?;
            check_ran(&*ends_behind(t, &points)?, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "resume_flag_lets_the_tracee_go_on",
        title: "At a hit for execution the resume flag is set; cleared by the tracer, the same breakpoint hits again, and set by the tracer, it does not.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, RESUME_FLAG, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: "aarch64 has no such flag",
        program,
        scenario: |t| {
            set(&t, &[Point::execute(0, label::STRAIGHT_1), Point::execute(1, label::STRAIGHT_2)])?;
            let first = Hit::execute(label::STRAIGHT_1, &[0]);
            let (t, registers) = first.comes(t.cont()?)?;
            let flags = registers.words[arch::FLAGS];
            t.check(RESUME_FLAG, "RF", Word(RF), Word(flags & RF));
            t.set_registers(&registers.with(arch::FLAGS, flags & !RF))?;
            let t = t.cont()?.expect(RESUME_FLAG, Stop::Signal(Signal::TRAP))?;
            let again = first.check(&t)?;
            t.check(RESUME_FLAG, "registers at the second hit", vec![], again.differing(&registers));
            // As if the second breakpoint's hit were being resumed.
            t.set_registers(&again.with(arch::IP, label::STRAIGHT_2))?;
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "no_hit_within_an_instruction",
        title: "A breakpoint on another byte of an instruction than its first does not hit.",
        clauses: &[SET, BEFORE],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            set(&t, &[1, 2].map(|at| Point::execute(at, label::STRAIGHT + at as u64)))?;
            let t = t.cont()?.ends(BEFORE, ENDED)?;
            check_ran(&t, BEFORE)
        },
        ..Case::NEW
    },
];
