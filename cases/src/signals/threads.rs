//! Which thread a signal stops.

use super::told::{Told, tracer};
use crate::death::threads::{BORN, EITHER, MADE, OPTIONS, Who, by_rank, split};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Word;

const TARGET: &str = "stop.signal.tgkill-target";
const ONE: &str = "stop.signal.one-thread";
const UNBLOCKED: &str = "signal.process-directed-one-thread";
const SUPPRESSED: &str = "inject.zero-none";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signal_for_one_thread",
        title: "A signal sent with tgkill stops the thread that it names, and no other.",
        clauses: &[MADE, BORN, TARGET, SUPPRESSED],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: two_threads,
        scenario: |t| {
            let process = t.pid;
            let (target, other) = target_and_other(t, 0)?;
            target.kill_thread(process, Signal::USR1)?;
            let target = target.expect(TARGET, Stop::Signal(Signal::USR1))?;
            finish(target, other, Told::thread_killed(Signal::USR1, tracer()), TARGET)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_for_the_process",
        title: "A signal sent with kill stops one thread, one that does not block it.",
        clauses: &[MADE, BORN, ONE, UNBLOCKED, SUPPRESSED],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: two_threads,
        scenario: |t| {
            let (target, other) = target_and_other(t, Signal::set(&[Signal::USR1]))?;
            target.kill(Signal::USR1)?;
            let target = target.expect(UNBLOCKED, Stop::Signal(Signal::USR1))?;
            finish(target, other, Told::killed(Signal::USR1, tracer()), ONE)
        },
        ..Case::NEW
    },
];

/// Both run in place until word 0 is set.
fn two_threads(p: &mut Program) {
    p.thread("thread", |p| {
        p.spin();
    });
    p.await_word(Program::shared(0));
    p.exit(3);
}

/// Both threads running: the variant's, and the other one, which blocks these signals.
fn target_and_other(t: Stopped, blocked: u64) -> Flow<(Running, Running)> {
    let who: Who = t.pick()?;
    let of_leader = if who == Who::Leader { 0 } else { blocked };
    // The leader's mask is the thread's at first.
    t.check(MADE, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(of_leader));
    let (leader, thread) = split(t)?;
    t_mask(&thread, of_leader);
    t_set(&thread, if who == Who::Leader { blocked } else { 0 });
    let thread = thread.cont()?;
    Ok(if who == Who::Leader { (leader, thread) } else { (thread, leader) })
}

fn t_mask(t: &Stopped, expected: u64) {
    t.check(BORN, "PTRACE_GETSIGMASK", Ok(Word(expected)), t.signal_mask().map(Word));
}

fn t_set(t: &Stopped, mask: u64) {
    t.check(BORN, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(mask));
}

/// The other thread runs on meanwhile; suppressed, the signal is gone for both.
fn finish(target: Stopped, other: Running, told: Told, clause: &str) -> Flow {
    told.check(clause, &target);
    other.check(clause, "wait for the other thread", Ok(None), other.poll());
    let target = target.cont()?;
    let (leader, thread) = by_rank(target, other)?;
    leader.set_word(0, 1);
    thread.ends(SUPPRESSED, Gone::Exited(3))?;
    leader.ends(SUPPRESSED, Gone::Exited(3))?;
    Ok(())
}
