//! The accident's sibling: the state captured where `PTRACE_INTERRUPT` caught the tracee in a blocked call.
//!
//! x86_64 shows a restart code instead of a result and decides later what to make of it; aarch64 has rewound
//! the program to the call instruction already.

use super::blocking::{
    BLOCKING, Blocking, EINTR, MADE_AGAIN, SEIZED, STOPS, handle, interrupted, program, to_call,
    to_interrupted, wake,
};
use super::place::{END, ENTER, EXIT, PLACES, Place, SIGNAL, SIGNAL_PLACES, from_signal, to_end, to_signal};
use super::snapshot::Snapshot;
use crate::changes::ONLY_MINUS_ONE_CANCELS;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Arch, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const X86: &str = "restore.restart-x86";
const ARM64: &str = "restore.restart-arm64";
/// The clause that says when and how this architecture restarts the call.
const RESTART: &str = if IS_X86 { X86 } else { ARM64 };
const LEAKS: &str = "restore.restart-code-leaks";
const FORGOTTEN: &str = "restore.restart-block";
const REWOUND: &str = "restore.rewound";
const AT_EXIT: &str = "restore.exit-stop-restart-code";
const GIVEN: &str = "restore.result-given";

const IS_X86: bool = cfg!(target_arch = "x86_64");

pub(super) const CASES: &[Case] = &[
    Case {
        name: "interrupted_captured",
        title: "In a blocked call PTRACE_INTERRUPT shows x86_64 a restart code as result, aarch64 the program in front of the call, as if it had not begun.",
        clauses: &[STOPS, SIGNAL, ENTER, END, EINTR, X86, ARM64],
        axes: &[SEIZED, BLOCKING],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            let t = interrupted(t)?;
            let registers = t.registers()?;
            let syscall = t.pick::<Blocking>()?.syscall();
            let (place, number, changed) = if IS_X86 {
                let code = t.pick::<Blocking>()?.restart_code();
                t.check(X86, "result register", code, Return(registers.result()));
                (label::SYSCALL_RETURN, syscall.number, vec!["rax"])
            } else {
                // x7 had marked the enter-stop.
                (label::SYSCALL_INSTRUCTION, u64::MAX, vec!["x7", "pc"])
            };
            t.check(RESTART, "instruction pointer", Address(place), Address(registers.ip()));
            t.check(RESTART, "number", number, t.syscall_number()?);
            t.check(RESTART, "registers changed since entry", changed, before.differing(&registers));
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_at_once",
        title: "Registers captured in an interrupted call and written back at once: the call is restarted, so the recorder's test passes.",
        clauses: &[STOPS, SIGNAL, ENTER, END, EINTR, "interrupt.syscall-restarted"],
        axes: &[SEIZED, BLOCKING],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            Snapshot::capture(&t)?.write_back(&t)?;
            let restarted = t.pick::<Blocking>()?.restarted();
            let t = enters(t, "interrupt.syscall-restarted", restarted)?;
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_at_signal_stop",
        title: "Written back at a later signal-delivery-stop, or at one of a fresh tracee, an interrupted ppoll or read is made again.",
        clauses: &[STOPS, SIGNAL, ENTER, END, EINTR, X86, ARM64],
        axes: &[SEIZED, MADE_AGAIN, SIGNAL_PLACES],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            let snapshot = Snapshot::capture(&t)?;
            let t = restored(t, &snapshot)?;
            let again = t.pick::<Blocking>()?.syscall();
            let t = enters(t, RESTART, again)?;
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "sleep_at_signal_stop",
        title: "An interrupted nanosleep written back later: x86_64 makes restart_syscall, which knows nothing of it and fails with EINTR; aarch64 sleeps from the beginning.",
        clauses: &[STOPS, SIGNAL, ENTER, EXIT, END, EINTR, X86, ARM64, FORGOTTEN],
        axes: &[SEIZED, axis::<Blocking>(&["nanosleep"]), SIGNAL_PLACES],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            let snapshot = Snapshot::capture(&t)?;
            let t = restored(t, &snapshot)?;
            if !IS_X86 {
                let t = enters(t, ARM64, Syscall::NANOSLEEP)?;
                return to_end(wake(t)?).map(drop);
            }
            let t = enters(t, X86, Syscall::RESTART_SYSCALL)?;
            let t = to_signal(t.syscall()?.expect(EXIT, Stop::SyscallExit)?)?;
            t.check_saw(FORGOTTEN, "nanosleep", Some(Return::error(Errno::EINTR)))?;
            to_end(t).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_at_exit_stop",
        title: "Written back at another call's exit-stop, an interrupted call gives the program a restart code as result on x86_64, ERESTARTSYS or the like; aarch64 makes the call again.",
        clauses: &[STOPS, SIGNAL, ENTER, EXIT, END, EINTR, ARM64, LEAKS],
        axes: &[SEIZED, BLOCKING, axis::<Place>(&["exitstop"])],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            let snapshot = Snapshot::capture(&t)?;
            let t = restored(t, &snapshot)?;
            if IS_X86 {
                return leaks(t, LEAKS);
            }
            let again = t.pick::<Blocking>()?.syscall();
            let t = enters(t, ARM64, again)?;
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_exit_stop_later",
        title: "The cure for clone is none here: also the exit-stop of an interrupted call has a restart code, and the program gets it wherever the kernel does not look for one, on aarch64 everywhere.",
        clauses: &[SIGNAL, ENTER, EXIT, END, EINTR, X86, LEAKS, AT_EXIT, "interrupt.syscall-exit-stop"],
        axes: &[SEIZED, MADE_AGAIN, PLACES],
        program,
        scenario: |t| {
            let t = to_call(t)?.syscall()?;
            t.interrupt()?;
            let t = t.expect("interrupt.syscall-exit-stop", Stop::SyscallExit)?;
            let (blocking, registers): (Blocking, _) = (t.pick()?, t.registers()?);
            t.check(AT_EXIT, "captured result", blocking.restart_code(), Return(registers.result()));
            let ip = Address(registers.ip());
            t.check(AT_EXIT, "captured instruction pointer", Address(label::SYSCALL_RETURN), ip);
            let snapshot = Snapshot::capture(&t)?;
            t.check(AT_EXIT, "registers captured anew", vec![], registers.differing(&snapshot.registers));
            let t = restored(t, &snapshot)?;
            if !IS_X86 || t.pick::<Place>()? == Place::ExitStop {
                return leaks(t, LEAKS);
            }
            let t = enters(t, X86, blocking.syscall())?;
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_rewound_later",
        title: "The cure for an interrupted call: the recorder rewinds it to the call instruction, as aarch64 does itself, and it is made again wherever it is restored.",
        clauses: &[STOPS, SIGNAL, ENTER, EXIT, END, EINTR, REWOUND],
        axes: &[SEIZED, BLOCKING, PLACES],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            let call = t.pick::<Blocking>()?.syscall();
            let snapshot = rewound(Snapshot::capture(&t)?, call);
            let t = restored(t, &snapshot)?;
            let t = enters(t, REWOUND, call)?;
            to_end(wake(t)?).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_other_number",
        title: "A number out of range in orig_rax of an interrupted call is made in its place and fails; before 5.14 it cancelled the call like -1.",
        clauses: &[STOPS, SIGNAL, ENTER, END, "x86.orig-ax-other"],
        arches: &[Arch::X86_64],
        only: "aarch64 has rewound the call before the stop",
        axes: &[SEIZED, MADE_AGAIN],
        changes: &[&ONLY_MINUS_ONE_CANCELS],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            t.set_register(arch::NUMBER, -2i64 as u64)?;
            let blocking: Blocking = t.pick()?;
            let nosys = Return::error(Errno::ENOSYS);
            let got = t.across(&ONLY_MINUS_ONE_CANCELS, blocking.restart_code(), nosys)?;
            let t = to_signal(t)?;
            t.check_saw("x86.orig-ax-other", blocking.syscall().name, Some(got))?;
            to_end(t).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_without_number",
        title: "With -1 as system call number nothing is restarted: the program gets the restart code as result.",
        clauses: &[STOPS, SIGNAL, ENTER, END, "x86.orig-ax-minus1"],
        arches: &[Arch::X86_64],
        only: "aarch64 has rewound the call before the stop, and the number reads -1 anyway",
        axes: &[SEIZED, BLOCKING],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            t.set_syscall_number(u64::MAX)?;
            leaks(t, "x86.orig-ax-minus1")
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted_given_a_result",
        title: "A tracer that gives an interrupted call a result, and the instruction pointer behind it, ends the call.",
        clauses: &[STOPS, SIGNAL, ENTER, END, GIVEN],
        axes: &[SEIZED, BLOCKING],
        program,
        scenario: |t| {
            let t = to_interrupted(t)?;
            let snapshot = Snapshot::capture(&t)?;
            let given = snapshot.with(arch::RESULT, 77).with(arch::IP, label::SYSCALL_RETURN);
            given.write_back(&t)?;
            let step = t.pick::<Blocking>()?.syscall().name;
            let t = to_signal(t)?;
            t.check_saw(GIVEN, step, Some(Return(77)))?;
            to_end(t).map(drop)
        },
        ..Case::NEW
    },
];

/// Restores the state at the variant's place; the tracee that it is from has left the call behind by then.
fn restored(t: Stopped, snapshot: &Snapshot) -> Flow<Stopped> {
    let place: Place = t.pick()?;
    let t = if place == Place::Fresh {
        let fresh = t.fresh("fresh")?;
        to_end(wake(t)?)?;
        handle(fresh)?
    } else {
        from_signal(wake(t)?, place)?
    };
    snapshot.write_back(&t)?;
    Ok(t)
}

/// The next thing that the program does is to make this call.
fn enters(t: Stopped, clause: &str, syscall: Syscall) -> Flow<Stopped> {
    let t = t.syscall()?.expect(clause, Stop::SyscallEnter)?;
    t.check(clause, "number", syscall.number, t.syscall_number()?);
    Ok(t)
}

/// The program goes on behind the call, with a restart code as its result.
fn leaks(t: Stopped, clause: &str) -> Flow {
    let blocking: Blocking = t.pick()?;
    let t = to_signal(t)?;
    t.check_saw(clause, blocking.syscall().name, Some(blocking.restart_code()))?;
    to_end(t).map(drop)
}

/// The state in front of the call.
fn rewound(snapshot: Snapshot, call: Syscall) -> Snapshot {
    if !IS_X86 {
        return snapshot;
    }
    let in_front = snapshot.with(arch::IP, label::SYSCALL_INSTRUCTION);
    in_front.with(arch::RESULT, call.number).with(arch::NUMBER, u64::MAX)
}
