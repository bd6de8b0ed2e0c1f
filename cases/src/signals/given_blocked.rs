//! A signal that the tracee blocks, given by the tracer: queued again, and in which queue.

use super::told::{Told, tracer};
use crate::changes::QUEUE_OF_THE_FIRST;
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Word;

/// Whom the first signal was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Process,
    Thread,
}

impl Axis for To {
    const VALUES: &'static [(&'static str, Self)] = &[("toprocess", To::Process), ("tothread", To::Thread)];
}

/// Which signal the tracer gives, and how it came to be blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gift {
    /// The one at hand, blocked by the tracer just now.
    Same,
    /// Another one, blocked by the program.
    Other,
}

impl Axis for Gift {
    const VALUES: &'static [(&'static str, Self)] = &[("same", Gift::Same), ("other", Gift::Other)];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const REQUEUED: &str = "kdoc.inject-blocked-requeued";
const DEFERRED: &str = "stop.signal.blocked-deferred";
const DELIVERED: &str = "inject.nonzero-delivers";
const PRIVATE: &str = "siginfo.peek-private-default";
const SHARED: &str = "siginfo.peek-shared-flag";

pub(super) const CASES: &[Case] = &[Case {
    name: "given_signal_is_blocked",
    title: "A signal given while it is blocked is queued, with the first one's siginfo or the tracer's, in the queue of the first, and has a stop of its own once unblocked.",
    clauses: &[STOPS, REQUEUED, DEFERRED, DELIVERED, PRIVATE, SHARED],
    axes: &[
        axis::<Start>(&["attach"]),
        axis::<To>(&["toprocess", "tothread"]),
        axis::<Gift>(&["same", "other"]),
    ],
    changes: &[&QUEUE_OF_THE_FIRST],
    program: |p| {
        p.handle(Signal::USR1, 0);
        p.handle(Signal::USR2, 0);
        p.block(&[Signal::USR2]);
        let (to, signal) = (p.pick(), Signal::USR1.0 as u64);
        match to {
            To::Thread => {
                p.raise(Signal::USR1);
            }
            To::Process => {
                let pid = p.call(Syscall::GETPID, &[0; 0]);
                p.call(Syscall::KILL, &[pid.into(), ptrace_conformance_harness::program::Arg::Word(signal)]);
            }
        }
        p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
        p.breakpoint();
        p.unblock_all();
        p.exit(3);
    },
    scenario: |t| {
        let (to, gift): (To, Gift) = (t.pick()?, t.pick()?);
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
        let told = told(gift, to, t.pid);
        told_first(to, t.pid).check(STOPS, &t);
        let blocked = Signal::set(&[told.signal]);
        if gift == Gift::Same {
            t.check(REQUEUED, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(blocked));
        }
        let t = t.resume(Resume::Cont, told.signal)?.expect(REQUEUED, Stop::Signal(Signal::TRAP))?;
        t.pass_breakpoint()?;
        t.check(REQUEUED, "runs of the handler", 0, t.handled().0);
        t.check(REQUEUED, "pending signals in the program", Word(blocked), Word(t.word(0)));
        let in_thread = t.across(&QUEUE_OF_THE_FIRST, true, to == To::Thread)?;
        check_queues(&t, told, in_thread)?;
        let t = t.cont()?.expect(DEFERRED, Stop::Signal(told.signal))?;
        told.check(REQUEUED, &t);
        let t = t.resume(Resume::Cont, told.signal)?.ends(DELIVERED, Gone::Exited(3))?;
        told.check_only_run(DELIVERED, &t);
        Ok(())
    },
    ..Case::NEW
}];

fn told_first(to: To, sender: i32) -> Told {
    match to {
        To::Process => Told::killed(Signal::USR1, sender),
        To::Thread => Told::thread_killed(Signal::USR1, sender),
    }
}

fn told(gift: Gift, to: To, sender: i32) -> Told {
    match gift {
        Gift::Same => told_first(to, sender),
        Gift::Other => Told::killed(Signal::USR2, tracer()),
    }
}

/// One signal in one of the queues, and nothing in the other.
fn check_queues(t: &Stopped, told: Told, in_thread: bool) -> Flow {
    let set = Signal::set(&[told.signal]);
    let (of_thread, of_process) = if in_thread { (set, 0) } else { (0, set) };
    let seen = t.proc_signals()?;
    let sets = (Word(seen.of_thread), Word(seen.of_process));
    t.check(REQUEUED, "pending for thread and process in /proc", (Word(of_thread), Word(of_process)), sets);
    t.check(REQUEUED, "blocked in /proc", Word(set), Word(seen.blocked));
    t.check(REQUEUED, "ignored in /proc", Word(0), Word(seen.ignored));
    let handled = Signal::set(&[Signal::USR1, Signal::USR2]);
    t.check(REQUEUED, "caught in /proc", Word(handled), Word(seen.caught));
    for (of_process, clause) in [(false, PRIVATE), (true, SHARED)] {
        let found = t.pending(of_process);
        let expected = usize::from(in_thread != of_process);
        let count = found.as_ref().map(Vec::len).map_err(|&errno| errno);
        t.check(clause, "signals that PTRACE_PEEKSIGINFO shows", Ok(expected), count);
        if let Ok([siginfo]) = found.as_deref() {
            told.check_answer(clause, t, " in the queue", Ok(*siginfo));
        }
    }
    Ok(())
}
