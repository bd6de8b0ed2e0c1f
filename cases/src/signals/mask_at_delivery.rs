//! `PTRACE_SETSIGMASK` around a signal's delivery: what the handler adds to and restores, what then waits.

use super::told::{Told, tracer};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

const STOPS: &str = "stop.signal.reported-via-waitpid";
const SET: &str = "sigmask.set";
const DEFERRED: &str = "stop.signal.blocked-deferred";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "handler_with_the_mask_of_the_tracer",
        title: "What the tracer sets at a signal-delivery-stop is what the handler's return restores, and what the handler's signals are added to.",
        clauses: &[STOPS, SET, "signal.handler-adds-mask", "kdoc.step-handler-entry"],
        axes: &[ANY_START],
        program: |p| {
            p.handle_blocking(Signal::USR1, 0, &[Signal::USR2]);
            p.raise(Signal::USR1);
            p.read_mask(0);
            p.exit(3);
        },
        scenario: |t| {
            const STEPS: &str = "kdoc.step-handler-entry";
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            const CHILD: u64 = Signal::set(&[Signal::CHLD]);
            t.check(SET, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(CHILD));
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(STEPS, Stop::Signal(Signal::TRAP))?;
            let inside = CHILD | Signal::set(&[Signal::USR1, Signal::USR2]);
            t.check(
                "signal.handler-adds-mask",
                "PTRACE_GETSIGMASK",
                Ok(Word(inside)),
                t.signal_mask().map(Word),
            );
            let told = Told::thread_killed(Signal::USR1, t.pid);
            let t = t.cont()?.ends(SET, Gone::Exited(3))?;
            t.check(SET, "mask behind the handler", Word(CHILD), Word(t.word(0)));
            told.check_last_run(SET, &t, 1, CHILD);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "given_signal_just_unblocked",
        title: "A signal sent by the tracer waits while the tracer's mask blocks it, and stops the tracee at once when that is lifted.",
        clauses: &[SET, DEFERRED],
        axes: &[ANY_START],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR2);
            p.raise(Signal::USR2);
            p.exit(3);
        },
        scenario: |t| {
            t.check(SET, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(Signal::set(&[Signal::USR1])));
            t.kill(Signal::USR1)?;
            let t = t.cont()?.expect(DEFERRED, Stop::Signal(Signal::USR2))?;
            t.check(DEFERRED, "runs of the handler", 0, t.handled().0);
            let told = Told::killed(Signal::USR1, tracer());
            let pending = t.pending(true);
            let count = pending.as_ref().map(Vec::len).map_err(|&errno| errno);
            t.check(DEFERRED, "pending for the process", Ok(1), count);
            if let Ok([siginfo]) = pending.as_deref() {
                told.check_answer(DEFERRED, &t, " in the queue", Ok(*siginfo));
            }
            t.check(SET, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(0));
            let t = t.cont()?.expect(SET, Stop::Signal(Signal::USR1))?;
            told.check(SET, &t);
            let t = t.resume(Resume::Cont, Signal::USR1)?.expect(SET, Stop::Signal(Signal::USR2))?;
            told.check_only_run(SET, &t);
            t.cont()?.ends(SET, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];
