//! The general registers: every view of them, what a write does, and what is refused.

mod effect;
mod gs;
mod pointers;
mod raised;
mod refused;
mod segments;
mod user_area;
mod views;

use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{Arch, Family};
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

/// The family.
pub const FAMILY: Family = Family {
    name: "registers",
    title: "General registers: their views agree, a write reaches the program, and what is refused",
    cases: &[
        views::CASES,
        raised::CASES,
        user_area::CASES,
        effect::CASES,
        pointers::CASES,
        segments::CASES,
        gs::CASES,
        refused::CASES,
    ],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";

/// Requests of x86_64 by their numbers, which mean nothing elsewhere.
const GETREGS: Request = Request(12);
const SETREGS: Request = Request(13);

/// Sends itself a signal; behind the call it notes all its registers.
fn program(p: &mut Program) {
    let own = p.call(Syscall::GETTID, &[0; 0]);
    p.call(Syscall::TKILL, &[own.into(), Arg::Word(libc::SIGUSR1 as u64)]);
    p.exit(3);
}

/// To the stop of that signal, behind the call, and the registers there: what is written now the program notes.
fn behind_a_call(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
    let registers = t.registers()?;
    t.check(STOPS, "result of the call", Return(0), Return(registers.result()));
    // On aarch64 that is where the first argument was.
    let named = Arch::HERE == Arch::Aarch64 || registers.arg(0) == t.pid as u64;
    t.check(STOPS, "first argument is the own id", true, named);
    Ok((t, registers))
}

/// Holds all registers against what they must be now.
fn check_all(t: &Stopped, clause: &str, expected: &Registers) -> Flow {
    t.check(clause, "registers that read otherwise", vec![], t.registers()?.differing(expected));
    Ok(())
}
