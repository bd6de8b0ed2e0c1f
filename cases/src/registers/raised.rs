//! The registers behind a call that has made a signal.

use super::{END, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, ReturnPid};

const SHOWN: &str = "regs.getregset-prstatus";

pub(super) const CASES: &[Case] = &[Case {
    name: "behind_a_raise",
    title: "At the stop of a signal that the program has raised its registers are those behind tgkill: number, result, thread and signal.",
    clauses: &[STOPS, END, SHOWN],
    axes: &[ANY_START],
    program: |p| {
        p.raise(Signal::STOP);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
        let registers = t.steady_registers(SHOWN)?;
        t.check(SHOWN, "number", Syscall::TGKILL.number, registers.words[arch::NUMBER]);
        t.check(SHOWN, "result", Return(0), Return(registers.result()));
        t.check(SHOWN, "thread", ReturnPid(t.pid as u64), ReturnPid(registers.arg(1)));
        t.check(SHOWN, "signal", Signal::STOP.0 as u64, registers.arg(2));
        t.cont()?.ends(END, Gone::Exited(3)).map(drop)
    },
    ..Case::NEW
}];
