//! Group-stops of a process of two threads: each tracee tells of it once, whoever began it.

use super::sigchld::hears;
use super::way::{NOTHING, SIGNAL, check_state, nothing, stop_by, to_group_stop};
use crate::death::threads::{BORN, EITHER, MADE, OPTIONS, by_rank, doer_and_other, one_of_two};
use ptrace_conformance_harness::case::{ANY_START, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};

const ALL: &str = "group.all-threads-stop";
const EACH: &str = "group.each-tracee-reports";
const FIRST: &str = "group.signal-stop-first";
const RUNS: &str = "group.cont-ignores-stop";
const UNTRACED: &str = "group.untraced-thread-initiates";
const END: &str = "wait.macro.exited";
const ALL_WAKE: &str = "inject.sigcont-wakes-before-stop";
const ONE: &str = "stop.signal.one-thread";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "threads_stop_together",
        title: "A stop signal of one thread stops the other too once it is passed on, each tells of it once, and each is resumed alone.",
        clauses: &[MADE, BORN, SIGNAL, FIRST, ALL, EACH, RUNS, END],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: raises_stop,
        scenario: |t| {
            let (doer, other) = both_stopped(t)?;
            nothing(&doer, EACH, "of the thread that began the stop");
            nothing(&other, EACH, "of the other thread");
            let doer = doer.cont()?;
            check_state(&other, RUNS, 't')?;
            nothing(&other, RUNS, "after the first went on");
            both_end(doer, other.cont()?)
        },
        ..Case::NEW
    },
    Case {
        name: "threads_continue_together",
        title: "SIGCONT is told by the event of each seized thread that listens, and by one signal-delivery-stop, in the thread that goes on first.",
        clauses: &[MADE, BORN, SIGNAL, FIRST, ALL, ONE, END, ALL_WAKE, "listen.still-notifies"],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: raises_stop,
        scenario: |t| {
            let (doer, other) = both_stopped(t)?;
            let (doer, other) = if doer.start == Start::Seize {
                let (doer, other) = (doer.listen()?, other.listen()?);
                doer.kill(Signal::CONT)?;
                let notified = |t: Running, clause| t.expect(clause, Stop::EventStop(Signal::TRAP));
                (notified(doer, "listen.still-notifies")?, notified(other, ALL_WAKE)?)
            } else {
                doer.kill(Signal::CONT)?;
                (doer, other)
            };
            let doer = doer.cont()?.expect(ONE, Stop::Signal(Signal::CONT))?;
            let other = other.cont()?;
            other.await_state(&['R'])?;
            other.check(ONE, "wait for the other thread", Ok(None), other.poll());
            both_end(doer.cont()?, other)
        },
        ..Case::NEW
    },
    Case {
        name: "untraced_leader_stops_its_thread",
        title: "When a leader that nobody traces takes a stop signal, its traced thread enters the group-stop without a signal-delivery-stop, and the parent is told once both have stopped.",
        clauses: &[
            SIGNAL,
            UNTRACED,
            END,
            "kdoc.real-parent-group-stop",
            "wait.macro.signaled",
            "death.sigchld-status",
        ],
        axes: &[axis::<Start>(&["attach", "seize"])],
        program: |p| {
            let process = p.fork("process", |p| {
                p.thread("thread", |p| {
                    p.spin();
                });
                p.await_word(Program::shared(0));
                p.raise(Signal::STOP);
                p.exit(7);
            });
            p.wait4(process, 5, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let (process, thread) = (t.made("fork", "process")?, t.made("clone", "thread")?);
            let thread = super::parents::come_under_trace(thread)?;
            t.set_word(0, 1);
            let thread = to_group_stop(thread, UNTRACED, Signal::STOP)?;
            process.await_state(&['T'])?;
            let t = hears(t, "kdoc.real-parent-group-stop", &process, (libc::CLD_STOPPED, libc::SIGSTOP))?;
            process.kill(Signal::KILL)?;
            thread.left_alone().ends("wait.macro.signaled", Gone::Killed(Signal::KILL, false))?;
            let t = hears(t, "death.sigchld-status", &process, (libc::CLD_KILLED, libc::SIGKILL))?;
            let t = t.ends(END, Gone::Exited(3))?;
            t.check_saw_pid(END, "wait4", &process)?;
            process.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// The variant's thread raises SIGSTOP.
fn raises_stop(p: &mut Program) {
    one_of_two(p, |p| {
        p.raise(Signal::STOP);
    });
}

/// Both threads in the group-stop that the first one began.
fn both_stopped(t: Stopped) -> Flow<(Stopped, Stopped)> {
    let (doer, other) = doer_and_other(t)?;
    let doer = doer.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
    other.check(FIRST, "wait for the other thread", Ok(None), other.poll());
    let doer = stop_by(doer, ALL, Signal::STOP)?;
    Ok((doer, to_group_stop(other, ALL, Signal::STOP)?))
}

/// Both run to the end of the process, which the leader's program decides.
fn both_end(doer: Running, other: Running) -> Flow {
    let (leader, thread) = by_rank(doer, other)?;
    leader.set_word(0, 1);
    thread.ends(END, NOTHING)?;
    leader.ends(END, NOTHING)?;
    Ok(())
}
