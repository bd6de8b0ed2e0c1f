//! Calls that wait with another mask: which one a tracer sees at a signal's stop, and sets.

use super::told::{Told, tracer};
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

/// The call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiter {
    Sigsuspend,
    Ppoll,
    Pselect,
}

impl Axis for Waiter {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigsuspend", Waiter::Sigsuspend), ("ppoll", Waiter::Ppoll), ("pselect", Waiter::Pselect)];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const SAVED: &str = "kdoc.sigmask-suspended";
const CANCELS: &str = "sigmask.set-cancels-restore";
const DELIVERED: &str = "inject.nonzero-delivers";
const INTERRUPTED: &str = "signal.never-restarted-list";

/// The program's own mask, that of the call, and the tracer's.
const OWN: u64 = Signal::set(&[Signal::USR1, Signal::CHLD]);
const WAITING: u64 = Signal::set(&[Signal(40)]);
const TRACERS: u64 = Signal::set(&[Signal(41), Signal::CHLD]);

const STARTS: Dimension = axis::<Start>(&["attach"]);
const WAITERS: Dimension = axis::<Waiter>(&["sigsuspend", "ppoll", "pselect"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "mask_while_waiting",
        title: "At the stop of a signal that ends a call with a mask of its own, PTRACE_GETSIGMASK gives the mask that will be restored, and /proc the call's.",
        clauses: &[STOPS, SAVED, DELIVERED, INTERRUPTED],
        axes: &[STARTS, WAITERS],
        program: waits,
        scenario: |t| {
            let t = to_signal(t)?;
            t.check(SAVED, "PTRACE_GETSIGMASK", Ok(Word(OWN)), t.signal_mask().map(Word));
            t.check(SAVED, "blocked in /proc", Word(WAITING), Word(t.proc_blocked()?));
            finish(t, OWN, SAVED)
        },
        ..Case::NEW
    },
    Case {
        name: "mask_set_while_waiting",
        title: "PTRACE_SETSIGMASK at such a stop replaces both masks: what it sets is in force, and is what the handler restores.",
        clauses: &[STOPS, CANCELS, DELIVERED, INTERRUPTED],
        axes: &[STARTS, WAITERS],
        program: waits,
        scenario: |t| {
            let t = to_signal(t)?;
            t.check(CANCELS, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(TRACERS));
            t.check(CANCELS, "PTRACE_GETSIGMASK", Ok(Word(TRACERS)), t.signal_mask().map(Word));
            t.check(CANCELS, "blocked in /proc", Word(TRACERS), Word(t.proc_blocked()?));
            finish(t, TRACERS, CANCELS)
        },
        ..Case::NEW
    },
    Case {
        name: "mask_after_a_suppressed_signal",
        title: "A signal suppressed in such a call ends it for nobody: it waits on with its own mask, and the next signal finds everything as before.",
        clauses: &[STOPS, SAVED, DELIVERED, INTERRUPTED, "inject.suppressed-restarts"],
        axes: &[STARTS, WAITERS],
        program: waits,
        scenario: |t| {
            const AGAIN: &str = "inject.suppressed-restarts";
            let t = to_signal(t)?.cont()?;
            t.await_state(&['S'])?;
            t.check(AGAIN, "blocked in /proc", Word(WAITING), Word(t.proc_blocked()?));
            t.kill(Signal::USR1)?;
            let t = t.expect(AGAIN, Stop::Signal(Signal::USR1))?;
            t.check(SAVED, "PTRACE_GETSIGMASK", Ok(Word(OWN)), t.signal_mask().map(Word));
            finish(t, OWN, SAVED)
        },
        ..Case::NEW
    },
];

fn waits(p: &mut Program) {
    p.handle(Signal::USR1, 0);
    p.block(&[Signal::USR1, Signal::CHLD]);
    let waiter: Waiter = p.pick();
    let mask = p.data(&[WAITING]);
    let mask_and_size = p.data(&[mask, 8]);
    match waiter {
        Waiter::Sigsuspend => p.call(Syscall::RT_SIGSUSPEND, &[mask, 8]),
        Waiter::Ppoll => p.call(Syscall::PPOLL, &[0, 0, 0, mask, 8]),
        Waiter::Pselect => p.call(Syscall::PSELECT6, &[0, 0, 0, 0, 0, mask_and_size]),
    };
    p.read_mask(0);
    p.exit(3);
}

fn to_signal(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?;
    t.await_state(&['S'])?;
    t.kill(Signal::USR1)?;
    let t = t.expect(STOPS, Stop::Signal(Signal::USR1))?;
    Told::killed(Signal::USR1, tracer()).check(STOPS, &t);
    Ok(t)
}

/// The handler runs and restores `mask`; the call fails.
fn finish(t: Stopped, mask: u64, clause: &str) -> Flow {
    let waiter: Waiter = t.pick()?;
    let t = t.resume(Resume::Cont, Signal::USR1)?.ends(DELIVERED, Gone::Exited(3))?;
    Told::killed(Signal::USR1, tracer()).check_last_run(clause, &t, 1, mask);
    t.check(clause, "mask behind the call", Word(mask), Word(t.word(0)));
    let call = match waiter {
        Waiter::Sigsuspend => "rt_sigsuspend",
        Waiter::Ppoll => "ppoll",
        Waiter::Pselect => "pselect6",
    };
    t.check_saw(INTERRUPTED, call, Some(Return::error(Errno::EINTR)))
}
