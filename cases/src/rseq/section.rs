//! A stop within a critical section: the kernel sends the thread to its abort handler, unless the tracer leads it out.

use super::{AREA, END, SECTION, register};
use crate::stepping;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Quirk, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return};
use ptrace_conformance_harness::version::Change;

const STOPS: &str = "stop.signal.every-delivery-stops";
const ABORTED: &str = "rseq.stop-aborts";
const SHOWN: &str = "rseq.stop-shows-section";
const OUTSIDE: &str = "rseq.outside-kept";

/// What the routine returns behind its critical section, and where it was aborted.
const COMMITTED: u64 = 1;
const BY_HANDLER: u64 = 2;
/// What the tracer makes it return.
const LED_OUT: u64 = 5;

/// The free word where the program leaves the address of its descriptor.
const DESCRIPTOR: usize = 0;

/// Enters a critical section with a breakpoint in it.
fn enters(p: &mut Program) {
    let length = label::CRITICAL_COMMIT - label::CRITICAL_START;
    let descriptor = p.data(&[0, label::CRITICAL_START, length, label::CRITICAL_ABORT]);
    p.store(Program::shared(DESCRIPTOR), descriptor);
    p.run(label::CRITICAL, &[AREA, descriptor]);
    p.exit(3);
}

/// To the breakpoint, which stops within the section and has aborted nothing yet, and past it; with the registers there.
fn to_section(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.steady_registers(SHOWN)?;
    let at = label::CRITICAL_START + arch::BREAKPOINT_ADVANCE;
    t.check(SHOWN, "ip", Address(at), Address(registers.ip()));
    t.check(SHOWN, "section of the area", Address(t.word(DESCRIPTOR)), Address(t.word(SECTION)));
    let registers = registers.with(arch::IP, label::CRITICAL_1);
    t.set_registers(&registers)?;
    Ok((t, registers))
}

/// What aarch64 kernels do where nothing notes that an exception came from user space.
const fn not_aborted(what: &'static str, observed: &'static str) -> Quirk {
    Quirk {
        what,
        observed,
        arches: &[Arch::Aarch64],
        since: Change::at(6, 19),
        until: Some(Change::at(7, 1).and_stable(&[(7, 0, 14)])),
        reason: "Since the rewrite of 6.19 a critical section is looked at only where the entry from user space was noted, \
                 which the entry code of aarch64 did not do: a thread that stops in one goes on there.",
        source: "411c1cf43039 arm64/entry: Fix arm64-specific rseq brokenness",
        ends: "411c1cf43039, in 7.1 and 7.0.14",
        advice: "Do not stop threads of these kernels within critical sections: what they commit may be another \
                 processor's.",
    }
}

/// What the program returns there, and the section that its area still names.
const COMMITS: Quirk = not_aborted("result of critical in the program", "1");
const STILL_NAMED: Quirk = not_aborted("section of the area", "PROGRAM+0x1000");

/// Whether the area is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    Registered,
    Not,
}

impl Axis for Area {
    const VALUES: &'static [(&'static str, Self)] =
        &[("registered", Area::Registered), ("unregistered", Area::Not)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stop_aborts",
        title: "A thread that stops within a critical section goes on at its abort handler, not where the tracer saw it; without a registered area it goes on there.",
        clauses: &[STOPS, SHOWN, ABORTED, END],
        axes: &[
            ANY_START,
            axis::<Area>(&["registered", "unregistered"]),
            axis::<Resume>(&["cont", "syscall"]),
        ],
        quirks: &[COMMITS, STILL_NAMED],
        program: |p| {
            if p.pick::<Area>() == Area::Registered {
                register(p);
            }
            enters(p);
        },
        scenario: |t| {
            let registered = t.pick::<Area>()? == Area::Registered;
            let (t, _) = to_section(t)?;
            let t = match t.pick::<Resume>()? {
                Resume::Syscall => t.syscall()?.expect(ABORTED, Stop::SyscallEnter)?,
                _ => t,
            };
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            let returned = if registered { BY_HANDLER } else { COMMITTED };
            task.check_saw(ABORTED, "critical", Some(Return(returned)))?;
            let section = if registered { 0 } else { task.word(DESCRIPTOR) };
            task.check(ABORTED, "section of the area", Address(section), Address(task.word(SECTION)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "step_goes_to_the_abort_handler",
        title: "PTRACE_SINGLESTEP within a critical section executes the first instruction of its abort handler, so a debugger cannot step through one.",
        clauses: &[STOPS, SHOWN, ABORTED, END],
        quirks: &[COMMITS, not_aborted("ip", "critical_1+4"), not_aborted("result register", "0x10000140")],
        program: |p| {
            register(p);
            enters(p);
        },
        scenario: |t| {
            let (t, before) = to_section(t)?;
            let t =
                t.resume(Resume::Singlestep, Signal::NONE)?.expect(ABORTED, Stop::Signal(Signal::TRAP))?;
            let now = t.registers()?;
            t.check(ABORTED, "ip", Address(label::CRITICAL_ABORTED), Address(now.ip()));
            t.check(ABORTED, "result register", Return(BY_HANDLER), Return(now.result()));
            let before = before.with(arch::FLAGS, before.words[arch::FLAGS] | stepping::SHOWN);
            let rest = now.with(arch::IP, before.ip()).with(arch::RESULT, before.result());
            t.check(ABORTED, "other registers that it changed", vec![], rest.differing(&before));
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(ABORTED, "critical", Some(Return(BY_HANDLER)))
        },
        ..Case::NEW
    },
    Case {
        name: "led_out_by_the_tracer",
        title: "With the instruction pointer outside the critical section nothing is aborted: the thread goes on where the tracer put it.",
        clauses: &[STOPS, SHOWN, OUTSIDE, END],
        // The same address as a number.
        quirks: &[not_aborted("section of the area", "4268032")],
        program: |p| {
            register(p);
            enters(p);
        },
        scenario: |t| {
            let (t, registers) = to_section(t)?;
            t.set_registers(&registers.with(arch::IP, label::CRITICAL_COMMIT).with(arch::RESULT, LED_OUT))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(OUTSIDE, "critical", Some(Return(LED_OUT)))?;
            task.check(OUTSIDE, "section of the area", 0, task.word(SECTION));
            Ok(())
        },
        ..Case::NEW
    },
];
