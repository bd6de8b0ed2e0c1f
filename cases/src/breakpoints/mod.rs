//! Hardware breakpoints and watchpoints: where they hit, how that is told, what is refused, and whose they are.

mod accesses;
mod by_child;
mod change;
mod control;
mod execute;
mod forms;
pub(crate) mod point;
mod refused;
mod sets;
mod signal;
mod slot;
mod steps;
mod tasks;
mod threads;

use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{Arch, Family, Need};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};
use std::rc::Rc;

use point::{Point, clear, set};

/// The family.
pub const FAMILY: Family = Family {
    name: "breakpoints",
    title: "Hardware breakpoints and watchpoints: their hits, what is refused, and whose they are",
    cases: &[
        execute::CASES,
        change::CASES,
        accesses::CASES,
        signal::CASES,
        steps::CASES,
        tasks::CASES,
        threads::CASES,
        by_child::CASES,
        control::CASES,
        refused::CASES,
        sets::CASES,
        forms::CASES,
    ],
};

const NEEDS: &[Need] = &[Need::Breakpoints];

const STOPS: &str = "stop.signal.reported-via-waitpid";
/// The clause that promises the end: the program has run as if nobody had stopped it.
const RUNS: &str = "wait.macro.exited";
const SET: &str = "hwbp.set";
const TRAP: &str = "hwbp.trap";
const BEFORE: &str = "hwbp.execute-before";
const PLACE: &str = "hwbp.data-place";
pub(crate) const GOING_ON: &str = "hwbp.going-on";
/// What DR6 reads; x86_64 alone has it.
const STATUS: &str = "x86.dr6-polarity";

const ONLY_X86: &str = "aarch64 has its breakpoints in register sets";
const ONLY_ARM: &str = "x86_64 has its breakpoints in the USER area";

const ENDED: Gone = Gone::Exited(3);

/// What routines are called with, and return.
const ARGUMENT: u64 = 0x5a5a_0042;

/// Runs three instructions, and ends.
fn program(p: &mut Program) {
    p.run(label::STRAIGHT, &[ARGUMENT]);
    p.exit(3);
}

/// Where a hit is reported, what was accessed, and by which slots.
#[derive(Clone, Copy, Debug)]
struct Hit<'a> {
    /// The clause about its place.
    clause: &'static str,
    /// The instruction pointer.
    place: u64,
    /// The address that was executed or accessed, where it is known to the byte.
    address: Option<u64>,
    slots: &'a [usize],
}

impl<'a> Hit<'a> {
    /// One for execution.
    const fn execute(place: u64, slots: &'a [usize]) -> Hit<'a> {
        Hit { clause: BEFORE, place, address: Some(place), slots }
    }

    /// The tracee's next stop is this hit; gives the registers there.
    fn comes(self, t: Running) -> Flow<(Stopped, Registers)> {
        let t = t.expect(TRAP, Stop::Signal(Signal::TRAP))?;
        let registers = self.check(&t)?;
        Ok((t, registers))
    }

    /// What a stop tells of the hit.
    fn check(self, t: &Stopped) -> Flow<Registers> {
        let registers = t.registers()?;
        t.check(self.clause, "ip", Address(self.place), Address(registers.ip()));
        t.check(self.clause, "registers that read otherwise", vec![], t.registers()?.differing(&registers));
        let told = if Arch::HERE == Arch::X86_64 { Some(self.place) } else { self.address };
        // aarch64 may tell any byte of an access that is only in part on the watchpoint.
        if let Some(told) = told {
            let siginfo = t.siginfo();
            t.check(TRAP, "si_code", Ok(libc::TRAP_HWBKPT), siginfo.map(|siginfo| siginfo.code));
            t.check(TRAP, "si_addr", Ok(Address(told)), siginfo.map(|siginfo| Address(siginfo.address)));
        }
        if Arch::HERE == Arch::X86_64 {
            let bits = self.slots.iter().fold(0, |bits, slot| bits | 1 << slot);
            t.check(STATUS, "DR6", Ok(Word(point::NO_HIT | bits)), point::debug(t, 6).map(Word));
        }
        Ok(registers)
    }
}

/// From a hit to behind its instruction: x86_64 needs nothing for that, on aarch64 the instruction is stepped over
/// with the breakpoints disabled.
pub(crate) fn pass(t: Stopped, points: &[Point]) -> Flow<Stopped> {
    if Arch::HERE == Arch::X86_64 {
        return Ok(t);
    }
    clear(&t, points)?;
    let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(GOING_ON, Stop::Signal(Signal::TRAP))?;
    let code = t.siginfo().map(|siginfo| siginfo.code);
    t.check(GOING_ON, "si_code of the step", Ok(libc::TRAP_TRACE), code);
    set(&t, points)?;
    Ok(t)
}

/// From the last hit to the end of the program.
fn ends_behind(t: Stopped, points: &[Point]) -> Flow<Rc<Task>> {
    if Arch::HERE == Arch::Aarch64 {
        clear(&t, points)?;
    }
    t.cont()?.ends(RUNS, ENDED)
}

/// The routine has returned what it does without breakpoints.
fn check_ran(t: &Task, clause: &str) -> Flow {
    t.check(clause, "what the routine returned", Some(Word(ARGUMENT)), t.saw("straight")?.map(Word));
    Ok(())
}

/// To the breakpoint with which a routine begins, and in front of its first instruction.
fn to_routine(t: Stopped, first: u64) -> Flow<(Stopped, Registers)> {
    use ptrace_conformance_harness::arch;
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    let length = if Arch::HERE == Arch::X86_64 { 1 } else { 4 };
    let at_breakpoint = Address(first - length + arch::BREAKPOINT_ADVANCE);
    t.check(STOPS, "breakpoint", at_breakpoint, Address(registers.ip()));
    // What is written back without being known must at least be what it was.
    t.check(STOPS, "registers that read otherwise", vec![], t.registers()?.differing(&registers));
    let registers = registers.with(arch::IP, first);
    t.set_registers(&registers)?;
    Ok((t, registers))
}
