//! The SIGTRAP of a hit, for a program that handles or blocks it.

use super::point::{Point, clear, set};
use super::{BEFORE, ENDED, GOING_ON, Hit, NEEDS, RUNS, SET, STATUS, STOPS, TRAP, check_ran, program};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

const HANDED_ON: &str = "hwbp.handed-on";
const BLOCKED: &str = "hwbp.blocked";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "hit_is_handed_on",
        title: "The SIGTRAP of a hit is the program's if the tracer passes it on: its handler gets it, with TRAP_HWBKPT. Returning from the handler the program goes on past the breakpoint on x86_64, and hits it again on aarch64.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, HANDED_ON, STATUS, RUNS],
        needs: NEEDS,
        program: |p| {
            p.handle(Signal::TRAP, 0);
            program(p);
        },
        scenario: |t| {
            let points = [Point::execute(0, label::STRAIGHT_1)];
            set(&t, &points)?;
            let hit = Hit::execute(label::STRAIGHT_1, &[0]);
            let (t, _) = hit.comes(t.cont()?)?;
            let mut t = t.resume(Resume::Cont, Signal::TRAP)?;
            if Arch::HERE == Arch::Aarch64 {
                let (again, _) = hit.comes(t)?;
                clear(&again, &points)?;
                t = again.cont()?;
            }
            let t = t.ends(RUNS, ENDED)?;
            let (times, signal, code) = t.handled();
            t.check(HANDED_ON, "runs of the handler", 1, times);
            let told = (Signal::TRAP, libc::TRAP_HWBKPT);
            t.check(HANDED_ON, "signal and si_code of the handler", told, (signal, code));
            check_ran(&t, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "hit_while_sigtrap_is_blocked",
        title: "A hit is reported although the program blocks SIGTRAP, and changes the program: SIGTRAP is unblocked then, and has its default action again.",
        clauses: &[STOPS, SET, TRAP, BEFORE, BLOCKED, STATUS],
        needs: NEEDS,
        program: |p| {
            p.handle(Signal::TRAP, 0);
            p.block(&[Signal::TRAP, Signal::USR1]);
            program_that_raises(p);
        },
        scenario: |t| {
            let points = [Point::execute(1, label::STRAIGHT_1)];
            set(&t, &points)?;
            let (t, _) = Hit::execute(label::STRAIGHT_1, &[1]).comes(t.cont()?)?;
            let left = Signal::set(&[Signal::USR1]);
            t.check(BLOCKED, "mask behind the hit", Ok(Word(left)), t.signal_mask().map(Word));
            clear(&t, &points)?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            let sent = t.siginfo().map(|siginfo| siginfo.code);
            t.check(STOPS, "si_code of the signal that is sent", Ok(libc::SI_TKILL), sent);
            check_ran(&t, BLOCKED)?;
            let end = Gone::Killed(Signal::TRAP, false);
            let t = t.resume(Resume::Cont, Signal::TRAP)?.ends(BLOCKED, end)?;
            t.check(BLOCKED, "runs of the handler", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
];

/// Runs the routine, and sends itself SIGTRAP.
fn program_that_raises(p: &mut ptrace_conformance_harness::program::Program) {
    p.run(label::STRAIGHT, &[super::ARGUMENT]);
    p.raise(Signal::TRAP);
    p.exit(3);
}
