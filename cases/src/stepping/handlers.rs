//! Steps and signals: into and through handlers, with signals that wait, and with SIGTRAP itself out of reach.

use super::plain::WAY;
use super::{AFTER_ONE, END, How, ONE, REPORT, SHOWN, STOPS, TRAP, program, step, to_routine};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const INTO: &str = "kdoc.step-handler-entry";
const RETURNS: &str = "signal.sigreturn-restores";
const CALL: &str = "sysstop.step-report";
const GIVEN: &str = "restart.syscall-step.data-injects";
const FIRST: &str = "restart.step.signals-still-stop";
const FORCED: &str = "signal.forced-while-blocked";

/// Steps from the handler's first instruction to the one that makes rt_sigreturn(2), on either architecture.
const IN_HANDLER: usize = 21;
/// Bytes of the restorer in front of that instruction.
const TO_CALL: u64 = if cfg!(target_arch = "x86_64") { 5 } else { 4 };
/// `si_code` of a step over a call.
const OF_CALL: i32 = if cfg!(target_arch = "x86_64") { libc::TRAP_BRKPT } else { libc::SI_USER };

/// What the program has made of SIGTRAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Blocked,
    Ignored,
    Handled,
    BlockedHandled,
}

impl Axis for Made {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("blocked", Made::Blocked),
        ("ignored", Made::Ignored),
        ("handled", Made::Handled),
        ("blockedhandled", Made::BlockedHandled),
    ];
}

const ONWARDS: ptrace_conformance_harness::case::Dimension = axis::<How>(&["stepped", "continued"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_through_a_handler",
        title: "A step with a signal ends at its handler's first instruction; steps from there go through the handler and rt_sigreturn(2), behind which all registers are as before, and on; PTRACE_CONT meets no trap.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, INTO, RETURNS, CALL],
        axes: &[ANY_START, ONWARDS],
        program: |p| {
            p.handle(Signal::USR1, 0);
            program(p);
        },
        scenario: |t| {
            let on: How = t.pick()?;
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(INTO, Stop::Signal(Signal::TRAP))?;
            t.check(INTO, "si_code", Ok(libc::SIGTRAP), t.siginfo().map(|siginfo| siginfo.code));
            check_ip(&t, INTO, label::HANDLER);
            let t = if on == How::Stepped { through(t, &before)? } else { t };
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            let (runs, signal, code) = t.handled();
            t.check(INTO, "signals handled", (1, (Signal::USR1, libc::SI_USER)), (runs, (signal, code)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "step_with_an_ignored_signal",
        title: "A step with a signal that the program ignores is a step: it ends behind the next instruction.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, GIVEN],
        axes: &[ANY_START],
        program: |p| {
            p.ignore(Signal::USR1);
            program(p);
        },
        scenario: |t| {
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(GIVEN, Stop::Signal(Signal::TRAP))?;
            let now = super::check_one(&t, &before, WAY[0])?;
            let (t, _) = step(t, &now, WAY[1])?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "step_with_a_signal_pending",
        title: "A signal that is pending at a step has its stop first, with no instruction executed; the step is made if it is asked for again, and not owed under PTRACE_CONT.",
        clauses: &[STOPS, TRAP, ONE, AFTER_ONE, REPORT, FIRST],
        axes: &[ANY_START, ONWARDS],
        program,
        scenario: |t| {
            let on: How = t.pick()?;
            let (t, before) = to_routine(t, label::STEPPED_1)?;
            t.kill(Signal::USR1)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(FIRST, Stop::Signal(Signal::USR1))?;
            let changed = t.registers()?.differing(&shown(&before));
            t.check(FIRST, "registers that changed", vec![], changed);
            let t = if on == How::Stepped { step(t, &before, WAY[0])?.0 } else { t };
            t.cont()?.ends(FIRST, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "step_with_sigtrap_out_of_reach",
        title: "A step stops also where SIGTRAP is blocked or ignored: it is unblocked, and what the program had set for it is lost; a handler of an unblocked SIGTRAP stays.",
        clauses: &[STOPS, END, TRAP, FORCED],
        axes: &[ANY_START, axis::<Made>(&["blocked", "ignored", "handled", "blockedhandled"])],
        program: |p| {
            let made: Made = p.pick();
            out_of_reach(p, made);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let made: Made = t.pick()?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
            t.check(FORCED, "PTRACE_GETSIGMASK", Ok(Word(0)), t.signal_mask().map(Word));
            let seen = t.proc_signals()?;
            let caught = if made == Made::Handled { Signal::set(&[Signal::TRAP]) } else { 0 };
            t.check(FORCED, "blocked in /proc", Word(0), Word(seen.blocked));
            t.check(FORCED, "ignored and caught in /proc", (0, caught), (seen.ignored, seen.caught));
            t.check(FORCED, "pending in /proc", (0, 0), (seen.of_thread, seen.of_process));
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(FORCED, "signals handled", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
];

fn out_of_reach(p: &mut Program, made: Made) {
    if matches!(made, Made::Handled | Made::BlockedHandled) {
        p.handle(Signal::TRAP, 0);
    }
    if made == Made::Ignored {
        p.ignore(Signal::TRAP);
    }
    if matches!(made, Made::Blocked | Made::BlockedHandled) {
        p.block(&[Signal::TRAP]);
    }
}

/// As a stop under a step shows them.
pub(super) const fn shown(registers: &Registers) -> Registers {
    registers.with(arch::FLAGS, registers.words[arch::FLAGS] | SHOWN)
}

fn check_ip(t: &Stopped, clause: &str, at: u64) {
    t.check(clause, "ip", Ok(Address(at)), t.syscall_info().map(|info| Address(info.ip())));
}

/// Through the handler, over rt_sigreturn(2), and a step more.
fn through(mut t: Stopped, before: &Registers) -> Flow<Stopped> {
    for _ in 0..IN_HANDLER {
        t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
    }
    check_ip(&t, ONE, label::RESTORER + TO_CALL);
    let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
    t.check(CALL, "si_code", Ok(OF_CALL), t.siginfo().map(|siginfo| siginfo.code));
    let mut differing = t.registers()?.differing(&shown(before));
    // There is no call any more that could be made again; aarch64 has its mark of an exit-stop in x7.
    differing.retain(|&name| !["orig_rax", "x7"].contains(&name));
    t.check(RETURNS, "registers unlike before the handler", vec![], differing);
    Ok(step(t, before, WAY[0])?.0)
}
