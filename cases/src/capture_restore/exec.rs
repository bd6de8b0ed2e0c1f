//! The same accident at execve: the state captured at its event lacks the 0 that the new image begins with.

use super::place::{END, ENTER, EXIT, PLACES, Place, SIGNAL, from_signal, later, to_end, to_signal};
use super::snapshot::Snapshot;
use ptrace_conformance_harness::arch::{self, NAMES};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACEEXEC;
const STOPS: &str = "opt.traceexec.stop";
const LOST: &str = "restore.exec-result-lost";
const CURED: &str = "restore.exit-stop-has-all";
const KILLED: &str = "stop.signal.sigkill-no-stop";
const STEP: &str = "restart.step.one-insn";

/// Bytes of the image's first instruction, which leaves the result register alone.
const FIRST_INSTRUCTION: u64 = if cfg!(target_arch = "x86_64") { 2 } else { 4 };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exec_event_at_once",
        title: "Registers captured at PTRACE_EVENT_EXEC and written back at once: the new image begins with result 0, so the recorder's test passes.",
        clauses: &[STOPS, END, SIGNAL, "restore.at-once", "inside.step-traps-at-return"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Event(Event::EXEC))?;
            Snapshot::capture(&t)?.write_back(&t)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?;
            let t = t.expect("inside.step-traps-at-return", Stop::Signal(Signal::TRAP))?;
            t.check("restore.at-once", "result register", Return(0), Return(t.registers()?.result()));
            to_end(to_signal(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_event_later",
        title: "Registers captured at PTRACE_EVENT_EXEC and written back later or elsewhere: on x86_64 the new image begins with -ENOSYS in rax; aarch64 has zero there either way.",
        clauses: &[STOPS, END, SIGNAL, ENTER, EXIT, STEP, KILLED, "event.exec.inside-call", LOST],
        axes: &[ANY_START, PLACES],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Event(Event::EXEC))?;
            let snapshot = Snapshot::capture(&t)?;
            let not_yet = Return(arch::result_inside_call(&[0; 6]));
            let captured = Return(snapshot.registers.result());
            t.check("event.exec.inside-call", "captured result", not_yet, captured);
            begin_with(t, &snapshot, LOST, not_yet)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_exit_stop_later",
        title: "The cure for execve too: one PTRACE_SYSCALL to the syscall-exit-stop before capturing, and the new image begins with result 0 wherever the state is restored.",
        clauses: &[STOPS, END, SIGNAL, ENTER, EXIT, STEP, KILLED, "inside.exit-stop-follows", CURED],
        axes: &[ANY_START, PLACES],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Event(Event::EXEC))?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let snapshot = Snapshot::capture(&t)?;
            begin_with(t, &snapshot, CURED, Return(0))
        },
        ..Case::NEW
    },
];

/// Executes itself.
fn program(p: &mut Program) {
    p.exec(later);
}

/// Restores the new image's first state at the variant's place, and checks what the image begins with.
fn begin_with(t: Stopped, snapshot: &Snapshot, clause: &str, result: Return) -> Flow {
    let place: Place = t.pick()?;
    if place == Place::Fresh {
        let fresh = t.fresh("fresh")?;
        to_end(to_signal(t)?)?;
        return begin_elsewhere(fresh, snapshot, clause, result);
    }
    let t = from_signal(to_signal(t)?, place)?;
    snapshot.write_back(&t)?;
    let t = first_instruction(t, snapshot, clause, result)?;
    to_end(to_signal(t)?).map(drop)
}

/// The same in a fresh tracee, which has its own stack elsewhere: one instruction is as far as it can get.
fn begin_elsewhere(t: Stopped, snapshot: &Snapshot, clause: &str, result: Return) -> Flow {
    let own_stack = t.registers()?.sp();
    let snapshot = snapshot.with(arch::SP, own_stack);
    snapshot.write_back(&t)?;
    let t = first_instruction(t, &snapshot, clause, result)?;
    t.kill(Signal::KILL)?;
    t.left_alone().ends(KILLED, Gone::Killed(Signal::KILL, false)).map(drop)
}

/// Runs the image's first instruction, and checks the result register that it found.
fn first_instruction(t: Stopped, snapshot: &Snapshot, clause: &str, result: Return) -> Flow<Stopped> {
    let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    let behind = Address(label::START + FIRST_INSTRUCTION);
    t.check(STEP, "instruction pointer", behind, Address(registers.ip()));
    t.check(clause, "result register in the new image", result, Return(registers.result()));
    let mut differing = snapshot.registers.differing(&registers);
    differing.retain(|name| !BY_THE_STEP.map(|index| NAMES[index]).contains(name));
    if cfg!(target_arch = "aarch64") && t.pick::<Place>()? == Place::ExitStop {
        // x7 tells the sides of a syscall-stop apart, and what is written to it there may be lost
        // (arch/arm64/kernel/ptrace.c: report_syscall_exit()).
        differing.retain(|name| *name != "x7");
    }
    t.check(clause, "other registers that differ", vec![], differing);
    Ok(t)
}

/// What the step itself changes: the place, the flags that its instruction sets, and the number of a call, which is none
/// at a trap.
const BY_THE_STEP: [usize; 3] = [arch::IP, arch::FLAGS, arch::NUMBER];
