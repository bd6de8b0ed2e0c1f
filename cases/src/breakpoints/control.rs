//! The control and status registers of x86_64: what they read, and what is written.

use super::point::{self, Kind, NO_HIT, Point, set};
use super::{BEFORE, ENDED, Hit, NEEDS, ONLY_X86, RUNS, SET, STATUS, STOPS, TRAP, check_ran};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Resume, Stopped};
use ptrace_conformance_harness::values::Word;

const INITIAL: &str = "x86.dr-initial";
const WRITABLE: &str = "x86.dr6-writable";
const ONE_TRAP: &str = "x86.dr6-of-one-trap";
const AS_WRITTEN: &str = "x86.dr7-reads-as-written";
const STEP: &str = "restart.step.sigtrap";

/// Values of DR7 that enable nothing: LE and GE, GD, reserved bits, kinds and lengths of slots without an address.
const CONTROLS: [u64; 7] = [0x300, 0x2000, 0xfc00, 0x400, 0xffff_ffff_0000_0000, 0xdddd_0000, 0];

const ODD: [u64; 4] = [u64::MAX, 0, 0x1234_5678_9abc_def0, NO_HIT | 0xe00f];

fn program(p: &mut Program) {
    p.call(Syscall::GETPPID, &[0; 0]);
    p.breakpoint();
    super::program(p);
}

fn check_status(t: &Stopped, clause: &str, what: &str, expected: u64) {
    t.check(clause, what, Ok(Word(expected)), point::debug(t, 6).map(Word));
}

fn check_kept(t: &Stopped, points: &[Point]) {
    for point in points {
        let what = format!("DR{}", point.slot);
        t.check(AS_WRITTEN, &what, Ok(Word(point.address)), point::debug(t, point.slot).map(Word));
    }
    t.check(AS_WRITTEN, "DR7", Ok(Word(point::control(points))), point::debug(t, 7).map(Word));
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "registers_before_any_use",
        title: "In a task without breakpoints DR0 to DR5 and DR7 read 0, and DR6 reads 0xffff0ff0, as the processor's does.",
        clauses: &[INITIAL, RUNS],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program: super::program,
        scenario: |t| {
            for index in 0..8 {
                let expected = if index == 6 { NO_HIT } else { 0 };
                t.check(
                    INITIAL,
                    &format!("DR{index}"),
                    Ok(Word(expected)),
                    point::debug(&t, index).map(Word),
                );
            }
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
    Case {
        name: "status_is_of_the_last_trap",
        title: "DR6 keeps what a hit has put there over system calls, signals and breakpoint instructions, whatever the tracer resumes with, until the next hit or step replaces all of it.",
        clauses: &[
            SET,
            TRAP,
            BEFORE,
            STEP,
            ONE_TRAP,
            STATUS,
            STOPS,
            "sysstop.entry",
            "sysstop.exit-after-entry",
            RUNS,
        ],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            set(&t, &[Point::execute(1, label::SYSCALL_INSTRUCTION), Point::execute(2, label::STRAIGHT_1)])?;
            let (t, _) = Hit::execute(label::SYSCALL_INSTRUCTION, &[1]).comes(t.cont()?)?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            check_status(&t, ONE_TRAP, "DR6 in a call", NO_HIT | 2);
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            check_status(&t, ONE_TRAP, "DR6 behind the call", NO_HIT | 2);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            check_status(&t, ONE_TRAP, "DR6 at a breakpoint instruction", NO_HIT | 2);
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
            check_status(&t, ONE_TRAP, "DR6 behind a step", NO_HIT | 0x4000);
            let (t, registers) = Hit::execute(label::STRAIGHT_1, &[2]).comes(t.cont()?)?;
            // What the call did not execute twice, the routine must not either.
            t.check(BEFORE, "first argument", Word(super::ARGUMENT), Word(registers.words[arch::ARGS[0]]));
            // The exit's system call is a hit too, for a program that is nearly over.
            let (t, _) = Hit::execute(label::SYSCALL_INSTRUCTION, &[1]).comes(t.cont()?)?;
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
    Case {
        name: "status_can_be_written",
        title: "DR6 takes any value and reads it back, hits nothing by it, and loses it at the next hit.",
        clauses: &[SET, TRAP, BEFORE, WRITABLE, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program: super::program,
        scenario: |t| {
            set(&t, &[Point::execute(3, label::STRAIGHT_2)])?;
            for value in ODD {
                t.check(WRITABLE, "DR6 is written", Ok(()), point::set_debug(&t, 6, value));
                check_status(&t, WRITABLE, "DR6", value);
            }
            let (t, _) = Hit::execute(label::STRAIGHT_2, &[3]).comes(t.cont()?)?;
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
    Case {
        name: "all_are_kept",
        title: "Addresses and control read as they were set over a system call, a breakpoint instruction and a step.",
        clauses: &[SET, STEP, AS_WRITTEN, STOPS, "sysstop.entry", "sysstop.exit-after-entry", RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let points = [
                Point::execute(0, label::ILLEGAL),
                Point::data(1, Kind::Write, Program::shared(8), 8),
                Point::execute(2, label::HANDLER),
                Point::data(3, Kind::Access, Program::shared(9) + 2, 2),
            ];
            set(&t, &points)?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            check_kept(&t, &points);
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            check_kept(&t, &points);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            check_kept(&t, &points);
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
            check_kept(&t, &points);
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
    Case {
        name: "control_reads_as_written",
        title: "DR7 reads back as it was written, reserved bits included; they have no effect, and without an enable bit there is no hit.",
        clauses: &[TRAP, BEFORE, AS_WRITTEN, STATUS, RUNS],
        needs: NEEDS,
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program: super::program,
        scenario: |t| {
            let points = [Point::execute(0, label::STRAIGHT_1)];
            let enabled = point::control(&points) | 0xffff_ffff_0000_fc00;
            for value in CONTROLS.into_iter().chain([enabled]) {
                t.check(AS_WRITTEN, "DR7 is written", Ok(()), point::set_debug(&t, 7, value));
                t.check(AS_WRITTEN, "DR7", Ok(Word(value)), point::debug(&t, 7).map(Word));
            }
            t.check(AS_WRITTEN, "DR0 is written", Ok(()), point::set_debug(&t, 0, label::STRAIGHT_1));
            let (t, _) = Hit::execute(label::STRAIGHT_1, &[0]).comes(t.cont()?)?;
            let t = t.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, RUNS)
        },
        ..Case::NEW
    },
];
