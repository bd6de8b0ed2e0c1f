//! The leader executes while another thread is there, in whatever state: that thread ends, and must be reaped first.

use super::image::{END, ENDED, STOPS, THREADS, asks_and_ends, event};
use super::state::{ENTER, MAKING, SIGNAL, State, both};
use super::view::{ALONE, check_alone};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::{Pid, Word};

const DESTROYED: &str = "exec.other-threads-destroyed";
const STATUS: &str = "exec.others-report-exit0";
const BLOCKS: &str = "kdoc.exec-blocks-until-reaped";
const MESSAGE: &str = "opt.traceexec.msg-former-tid";
const EXIT: &str = "exec.others-exit-event";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "leader_executes",
        title: "When the leader executes, a thread in any state ends with status 0; execve goes on once the tracer has reaped it, and at the event the leader is alone.",
        clauses: &[
            MAKING[0], MAKING[1], ENTER, SIGNAL, STOPS, DESTROYED, STATUS, BLOCKS, MESSAGE, ALONE, END,
        ],
        axes: &[ANY_START, axis::<State>(&["running", "asleep", "firststop", "enterstop", "signalstop"])],
        options: THREADS,
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            let (leader, thread) = both(t)?;
            let thread = state.reach(thread)?;
            let leader = leader.cont()?;
            leader.set_word(1, 1);
            thread.await_state(&['Z'])?;
            leader.check(BLOCKS, "report before the thread is reaped", Ok(None), leader.poll());
            thread.ends(STATUS, Gone::Exited(0))?;
            let t = event(leader)?;
            let message = t.message().map(|id| Pid(id as i32));
            t.check(MESSAGE, "event message", Ok(Pid(t.pid)), message);
            check_alone(&t)?;
            let t = t.cont()?.ends(END, ENDED)?;
            t.check_saw_pid(DESTROYED, "gettid", &t)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_event_in_a_leaders_execve",
        title: "With PTRACE_O_TRACEEXIT the other thread has its event, with message 0, and holds up execve until it is resumed and reaped.",
        clauses: &[MAKING[0], MAKING[1], STOPS, EXIT, STATUS, BLOCKS, END, "opt.traceexit.stop"],
        options: THREADS | options::TRACEEXIT,
        axes: &[ANY_START, axis::<State>(&["running", "firststop"])],
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            let (leader, thread) = both(t)?;
            let thread = state.reach(thread)?;
            let leader = leader.cont()?;
            leader.set_word(1, 1);
            let thread = thread.expect(EXIT, Stop::Event(Event::EXIT))?;
            thread.check(EXIT, "event message", Ok(Word(0)), thread.message().map(Word));
            leader.check(BLOCKS, "report before the thread goes on", Ok(None), leader.poll());
            thread.cont()?.ends(STATUS, Gone::Exited(0))?;
            let t = event(leader)?.cont()?;
            let t = t.expect("opt.traceexit.stop", Stop::Event(Event::EXIT))?;
            t.check(EXIT, "message of its own", Ok(Word(7 << 8)), t.message().map(Word));
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// A thread comes to its state, and the leader executes.
fn program(p: &mut Program) {
    let state: State = p.pick();
    p.thread("thread", |p| state.lead_to(p));
    p.await_word(Program::shared(1));
    p.exec(asks_and_ends);
}
