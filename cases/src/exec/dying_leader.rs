//! A leader at the exit event of its own end when another thread executes.

use super::image::{END, ENDED, IMAGE_ENDS, THREADS};
use super::state::{MAKING, State, both};
use super::thread_calls::thread_and_leader;
use crate::creation::way::{STATE, TRACER, check_proc};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::values::{Pid, Word};

const RELEASED: &str = "event.exit.released-by-the-process-end";
const LET_GO: &str = "bug.detach-leader-workaround";
const EXIT: &str = "opt.traceexit.stop";
const MESSAGE: &str = "opt.traceexit.msg-status";
const FORMER: &str = "exec.traceexec-former-tid";

/// Words of the program: the thread may execute, has executed, and may end.
const EXECUTES: usize = 1;
const EXECUTED: usize = 2;
const ENDS: usize = 3;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exit_event_is_left",
        title: "A leader at the event of its exit(2) is taken out of it when a thread executes: the next report under its id is the event of the execve.",
        clauses: &[MAKING[0], MAKING[1], RELEASED, EXIT, FORMER, END],
        options: THREADS | options::TRACEEXIT,
        program: |p| thread_and_leader(p, State::Ended),
        scenario: |t| {
            let (leader, thread) = both(t)?;
            let thread = thread.cont()?;
            let leader = leader.cont()?.expect(EXIT, Stop::Event(Event::EXIT))?.left_alone();
            leader.set_word(EXECUTES, 1);
            let t = leader.expect(RELEASED, Stop::Event(Event::EXEC))?;
            t.check(FORMER, "event message", Ok(Pid(thread.pid)), t.message().map(|id| Pid(id as i32)));
            thread.renamed();
            t.cont()?.expect(EXIT, Stop::Event(Event::EXIT))?.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_event_is_missed",
        title: "A leader's exit event that was not waited for when a thread executes is never told: the next one is that of the new image's end.",
        clauses: &[MAKING[0], MAKING[1], RELEASED, EXIT, MESSAGE, END],
        axes: &[axis::<Start>(&["seize"])],
        options: options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXIT,
        program: |p| {
            p.thread("executing", |p| {
                p.await_word(Program::shared(EXECUTES));
                p.exec(|p| {
                    p.store(Program::shared(EXECUTED), 1);
                    p.await_word(Program::shared(ENDS));
                    p.exit(IMAGE_ENDS.into());
                });
            });
            p.exit_thread(1);
        },
        scenario: |t| {
            let (leader, thread) = both(t)?;
            let thread = thread.cont()?;
            let leader = leader.cont()?;
            leader.await_state(&['t'])?;
            leader.set_word(EXECUTES, 1);
            leader.await_word(EXECUTED);
            leader.check(RELEASED, "report of the leader", Ok(None), leader.poll());
            thread.renamed();
            leader.set_word(ENDS, 1);
            let t = leader.expect(EXIT, Stop::Event(Event::EXIT))?;
            let message = t.message().map(Word);
            t.check(MESSAGE, "event message", Ok(Word(u64::from(IMAGE_ENDS) << 8)), message);
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "leader_let_go_at_its_exit_event",
        title: "A leader that is let go at the event of its exit(2) is nobody's tracee, dead as it is; when a thread executes its id is a tracee's again.",
        clauses: &[MAKING[0], MAKING[1], EXIT, LET_GO, TRACER, STATE, FORMER, END],
        options: THREADS | options::TRACEEXIT,
        program: |p| thread_and_leader(p, State::Ended),
        scenario: |t| {
            let (leader, thread) = both(t)?;
            let thread = thread.cont()?;
            let leader = leader.cont()?.expect(EXIT, Stop::Event(Event::EXIT))?;
            let leader = leader.detach(Signal::NONE)?;
            leader.await_state(&['Z'])?;
            check_proc(&leader, false, 'Z')?;
            leader.set_word(EXECUTES, 1);
            let t = leader.expect(LET_GO, Stop::Event(Event::EXEC))?;
            check_proc(&t, true, 't')?;
            t.check(FORMER, "event message", Ok(Pid(thread.pid)), t.message().map(|id| Pid(id as i32)));
            thread.renamed();
            t.cont()?.expect(EXIT, Stop::Event(Event::EXIT))?.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];
