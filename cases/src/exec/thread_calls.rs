//! Another thread than the leader executes: it takes over the leader's id, whatever the leader was doing.

use super::image::{
    END, ENDED, EXECS, SIGTRAP, STOPS, THREADS, asks_and_ends, check_at_start, event, sigtrap,
};
use super::state;
use super::state::{ENTER, MAKING, SIGNAL, State, both};
use super::tracing::Holder;
use super::view::{ALONE, check_alone};
use crate::event_stops::tasks::to_first_stop;
use ptrace_conformance_harness::case::{ANY_START, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::{Pid, Word};

const ID: &str = "exec.tid-becomes-tgid";
const SILENT: &str = "exec.confusing-tid";
const AFTER: &str = "exec.exec-event-after-tid";
const FORMER: &str = "exec.traceexec-former-tid";
const NO_REPORT: &str = "exec.leader-no-wifexited";
const LOST: &str = "bug.leader-death-lost-on-exec";
const REAPPEARS: &str = "exec.leader-reappears";
const EXIT: &str = "exec.others-exit-event";
const STATUS: &str = "exec.others-report-exit0";
const ODD: &str = "exec.leader-odd-return";
const NOT_SEIZED: &str = "exec.legacy-sigtrap-not-seized";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "thread_executes",
        title: "When a thread executes, a leader in any state, ended too, is replaced without a report; the event has its id, and the thread's former id as message.",
        clauses: &[
            MAKING[0],
            MAKING[1],
            ENTER,
            state::EXIT,
            SIGNAL,
            STOPS,
            ID,
            SILENT,
            AFTER,
            FORMER,
            NO_REPORT,
            LOST,
            REAPPEARS,
            ALONE,
            END,
        ],
        axes: &[
            ANY_START,
            axis::<State>(&["running", "asleep", "firststop", "enterstop", "signalstop", "ended"]),
        ],
        options: THREADS,
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            let (leader, thread) = both(t)?;
            let thread = thread.cont()?;
            let leader = state.reach(leader)?;
            let clause = if state == State::Ended { LOST } else { AFTER };
            if state == State::Ended {
                leader.check(NO_REPORT, "report of the ended leader", Ok(None), leader.poll());
            }
            leader.set_word(1, 1);
            let t = leader.expect(clause, Stop::Event(Event::EXEC))?;
            check_took_over(&t, thread)?;
            check_at_start(&t, STOPS)?;
            check_alone(&t)?;
            let reappears = if state == State::Ended { REAPPEARS } else { END };
            let t = t.cont()?.ends(reappears, ENDED)?;
            t.check_saw_pid(ID, "gettid", &t)
        },
        ..Case::NEW
    },
    Case {
        name: "thread_executes_without_the_option",
        title: "Without PTRACE_O_TRACEEXEC a thread's execve gives SIGTRAP under the leader's id, or nothing if it was seized.",
        clauses: &[MAKING[0], MAKING[1], SIGTRAP, "exec.legacy-sigtrap-si-user", ID, SILENT, NOT_SEIZED, END],
        axes: &[ANY_START, axis::<State>(&["running", "ended"])],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            let (leader, thread) = both(t)?;
            let thread = thread.cont()?;
            let leader = state.reach(leader)?;
            leader.set_word(1, 1);
            let t = if leader.start == Start::Seize {
                leader.ends(NOT_SEIZED, ENDED)?
            } else {
                let t = sigtrap(leader, SIGTRAP)?;
                check_at_start(&t, SIGTRAP)?;
                t.cont()?.ends(END, ENDED)?
            };
            t.check_saw_pid(ID, "gettid", &t)?;
            t.check(SILENT, "report of the former id", Err(Errno::ECHILD), thread.poll());
            thread.renamed();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "leader_returns_from_anothers_execve",
        title: "A leader at the enter-stop of another call: the next syscall-stop under its id is the exit-stop of the thread's execve.",
        clauses: &[
            MAKING[0],
            MAKING[1],
            ENTER,
            state::EXIT,
            ODD,
            SILENT,
            END,
            SIGTRAP,
            "exec.legacy-sigtrap-si-user",
        ],
        axes: &[ANY_START, axis::<State>(&["enterstop"])],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            let (leader, thread) = both(t)?;
            let leader = state.reach(leader)?;
            leader.set_word(1, 1);
            let thread = thread.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let thread = thread.syscall()?;
            let t = leader.expect(ODD, Stop::SyscallExit)?;
            check_at_start(&t, ODD)?;
            t.check(SILENT, "report of the former id", Err(Errno::ECHILD), thread.poll());
            thread.renamed();
            let t = if t.start == Start::Seize { t } else { sigtrap(t.cont()?, SIGTRAP)? };
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_events_in_a_threads_execve",
        title: "With PTRACE_O_TRACEEXIT leader and third thread come to their exit events with message 0, and hold up execve until both are resumed; then the leader's id is back.",
        clauses: &[MAKING[0], MAKING[1], EXIT, STATUS, REAPPEARS, FORMER, SILENT, END, "opt.traceexit.stop"],
        options: THREADS | options::TRACEEXIT,
        program: |p| {
            p.thread("other", |p| {
                p.spin();
            });
            thread_and_leader(p, State::Running);
        },
        scenario: |t| {
            let (leader, other) = both(t)?;
            let other = other.cont()?;
            let leader = leader.cont()?.expect(MAKING[0], Stop::Event(Event::CLONE))?;
            let thread = to_first_stop(leader.new_task("executing")?)?.cont()?;
            let leader = leader.cont()?;
            leader.set_word(1, 1);
            let leader = exit_event(leader)?;
            let other = exit_event(other)?;
            leader.check(EXIT, "report of the executing thread", Ok(None), thread.poll());
            let leader = leader.cont()?;
            leader.await_state(&['Z'])?;
            leader.check(EXIT, "report of the leader", Ok(None), leader.poll());
            other.cont()?.ends(STATUS, Gone::Exited(0))?;
            let t = leader.expect(REAPPEARS, Stop::Event(Event::EXEC))?;
            check_took_over(&t, thread)?;
            let t = t.cont()?.expect("opt.traceexit.stop", Stop::Event(Event::EXIT))?;
            t.check(EXIT, "message of its own", Ok(Word(7 << 8)), t.message().map(Word));
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "threads_options_count",
        title: "After a thread's execve its own options count, and no longer the leader's.",
        clauses: &[MAKING[0], MAKING[1], STOPS, "exec.tracing-follows-caller"],
        axes: &[ANY_START, axis::<Holder>(&["leader", "thread"])],
        options: THREADS,
        program: |p| thread_and_leader(p, State::Running),
        scenario: |t| {
            let holder: Holder = t.pick()?;
            let (leader, thread) = both(t)?;
            let has = if holder == Holder::Leader { &leader } else { &thread };
            has.change_options(EXECS | options::TRACEEXIT)?;
            let (thread, leader) = (thread.cont()?, leader.cont()?);
            leader.set_word(1, 1);
            // Whoever has the option comes to its event: the leader when it is replaced, the thread at its end.
            let leader = match holder {
                Holder::Leader => {
                    leader.expect("exec.tracing-follows-caller", Stop::Event(Event::EXIT))?.cont()?
                }
                Holder::Thread => leader,
            };
            let t = event(leader)?;
            thread.renamed();
            let mut t = t.cont()?;
            if holder == Holder::Thread {
                t = t.expect("exec.tracing-follows-caller", Stop::Event(Event::EXIT))?.cont()?;
            }
            t.ends("exec.tracing-follows-caller", ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// The variant's leader, and a thread that executes.
fn program(p: &mut Program) {
    let state: State = p.pick();
    thread_and_leader(p, state);
}

/// A thread executes once it is told to; the leader comes to its state.
pub(super) fn thread_and_leader(p: &mut Program, state: State) {
    p.thread("executing", |p| {
        p.await_word(Program::shared(1));
        p.exec(asks_and_ends);
    });
    state.lead_to(p);
}

/// The event is the thread's, which had another id.
fn check_took_over(t: &Stopped, thread: Running) -> Flow {
    let message = t.message().map(|id| Pid(id as i32));
    t.check(FORMER, "event message", Ok(Pid(thread.pid)), message);
    t.check(SILENT, "report of the former id", Err(Errno::ECHILD), thread.poll());
    thread.renamed();
    Ok(())
}

/// The exit event of a thread that another one's execve ends.
fn exit_event(t: Running) -> Flow<Stopped> {
    let t = t.expect(EXIT, Stop::Event(Event::EXIT))?;
    t.check(EXIT, "event message", Ok(Word(0)), t.message().map(Word));
    Ok(t)
}
