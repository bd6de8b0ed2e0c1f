//! SIGCONT and the signals that stop: each takes the others out of the queues.

use super::told::{Told, tracer};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Word;

/// Whether the program blocks both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Blocked(bool);

impl Axis for Blocked {
    const VALUES: &'static [(&'static str, Self)] = &[("free", Blocked(false)), ("blocked", Blocked(true))];
}

/// A signal that stops the process, by default.
const TSTP: Signal = Signal(libc::SIGTSTP);
const TTIN: Signal = Signal(libc::SIGTTIN);

const STOPS: &str = "stop.signal.reported-via-waitpid";
const CONT: &str = "kdoc.sigcont-removes-stops";
const STOP: &str = "kdoc.stop-removes-sigcont";
const NOTICE: &str = "kdoc.trap-notify-sticky";
const HANDLED: &str = "inject.nonzero-delivers";
const SUPPRESSED: &str = "inject.stop-signal-after-injection";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sigcont_removes_stops",
        title: "Sending SIGCONT takes the signals that stop out of both queues, blocked or not, and has a signal-delivery-stop itself.",
        clauses: &[STOPS, CONT, NOTICE, HANDLED],
        axes: &[ANY_START, axis::<Blocked>(&["free", "blocked"])],
        program: |p| {
            p.handle(Signal::CONT, 0);
            if p.pick::<Blocked>() == Blocked(true) {
                p.block(&[Signal::CONT, TSTP, TTIN]);
            }
            p.raise(Signal::USR1);
            p.unblock_all();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.kill(TSTP)?;
            t.kill_thread(t.pid, TTIN)?;
            check_pending(&t, CONT, Signal::set(&[TTIN]), Signal::set(&[TSTP]))?;
            t.kill(Signal::CONT)?;
            check_pending(&t, CONT, 0, Signal::set(&[Signal::CONT]))?;
            let t = after_notice(t)?;
            let t = t.cont()?.expect(CONT, Stop::Signal(Signal::CONT))?;
            let told = Told::killed(Signal::CONT, tracer());
            told.check(CONT, &t);
            let t = t.resume(Resume::Cont, Signal::CONT)?.ends(HANDLED, Gone::Exited(3))?;
            told.check_only_run(HANDLED, &t);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stop_removes_sigcont",
        title: "Sending a signal that stops takes SIGCONT out of both queues, blocked or not; suppressed at its stop it stops nothing.",
        clauses: &[STOPS, STOP, NOTICE, SUPPRESSED],
        axes: &[ANY_START, axis::<Blocked>(&["free", "blocked"])],
        program: |p| {
            if p.pick::<Blocked>() == Blocked(true) {
                p.block(&[Signal::CONT, TSTP, TTIN]);
            }
            p.raise(Signal::USR1);
            p.unblock_all();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.kill(Signal::CONT)?;
            t.kill_thread(t.pid, Signal::CONT)?;
            let both = Signal::set(&[Signal::CONT]);
            check_pending(&t, STOP, both, both)?;
            t.kill(TSTP)?;
            check_pending(&t, STOP, 0, Signal::set(&[TSTP]))?;
            let t = after_notice(t)?;
            let t = t.cont()?.expect(STOP, Stop::Signal(TSTP))?;
            Told::killed(TSTP, tracer()).check(STOP, &t);
            t.cont()?.ends(SUPPRESSED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// What waits for the thread and for the process.
fn check_pending(t: &Stopped, clause: &str, of_thread: u64, of_process: u64) -> Flow {
    let seen = t.proc_signals()?;
    let pending = (Word(seen.of_thread), Word(seen.of_process));
    t.check(clause, "pending for thread and process in /proc", (Word(of_thread), Word(of_process)), pending);
    let blocked =
        if t.pick::<Blocked>()? == Blocked(true) { Signal::set(&[Signal::CONT, TSTP, TTIN]) } else { 0 };
    t.check(clause, "blocked in /proc", Word(blocked), Word(seen.blocked));
    t.check(clause, "ignored in /proc", 0, seen.ignored);
    let handled = if clause == CONT { Signal::set(&[Signal::CONT]) } else { 0 };
    t.check(clause, "caught in /proc", Word(handled), Word(seen.caught));
    Ok(())
}

/// A tracee that was seized stops once more for SIGCONT, whatever becomes of the signal.
fn after_notice(t: Stopped) -> Flow<Stopped> {
    if t.start == Start::Seize { t.cont()?.expect(NOTICE, Stop::EventStop(Signal::TRAP)) } else { Ok(t) }
}
