//! What happens to several threads at once: each is told of its own, once.

use super::point::{Kind, Point, set};
use super::{
    ARGUMENT, BEFORE, GOING_ON, Hit, NEEDS, PLACE, RUNS, SET, STATUS, STOPS, TRAP, clear, pass, to_routine,
};
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Word;

const OWN: &str = "hwbp.own";
/// Free words of the record: what is watched, and what lets the leader end.
const WATCHED: usize = 8;
const ON: usize = 0;
const VALUE: u64 = 0x1122_3344_5566_7788;

const BREAKPOINT: Point = Point::execute(0, label::STRAIGHT_1);
const WATCHPOINT: Point = Point::data(0, Kind::Write, Program::shared(WATCHED), 8);
/// Where a store of eight bytes is reported.
const STORED: u64 = if cfg!(target_arch = "x86_64") { label::TOUCHED_2 } else { label::TOUCHED_1 };

/// To the event of a thread's making, and the thread to its first stop.
fn thread(t: Stopped, role: &str) -> Flow<(Stopped, Stopped)> {
    let t = t.cont()?.expect(EVENT, Stop::Event(Event::CLONE))?;
    let thread = to_first_stop(t.new_task(role)?)?;
    Ok((t, thread))
}

/// Nothing more is reported of a task that has been told of.
fn ends(t: Running, clause: &str, code: u8) -> Flow {
    t.ends(clause, Gone::Exited(code)).map(drop)
}

pub(super) const CASES: &[Case] = &[Case {
    name: "threads_at_once",
    title: "A thread that runs into a breakpoint, one that stores to a watched word and one that raises a signal, all running at once, are each reported once, with what is theirs.",
    clauses: &[EVENT, TRACED, STOPS, SET, TRAP, BEFORE, PLACE, GOING_ON, OWN, STATUS, RUNS],
    needs: NEEDS,
    axes: &[ANY_START],
    options: options::TRACESYSGOOD | options::TRACECLONE,
    program: |p| {
        p.thread("executes", |p| {
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exit_thread(4);
        });
        p.thread("stores", |p| {
            p.run(label::TOUCHED, &[Program::shared(WATCHED), VALUE]);
            p.exit_thread(5);
        });
        p.thread("raises", |p| {
            p.raise(Signal::USR1);
            p.exit_thread(6);
        });
        p.await_word(Program::shared(ON));
        p.exit(3);
    },
    scenario: |t| {
        let (t, executes) = thread(t, "executes")?;
        let (t, stores) = thread(t, "stores")?;
        let (t, raises) = thread(t, "raises")?;
        let (stores, _) = to_routine(stores, label::TOUCHED_1)?;
        set(&executes, &[BREAKPOINT])?;
        set(&stores, &[WATCHPOINT])?;
        // All run; whichever is first, each is waited for by its id.
        let (t, executes, stores, raises) = (t.cont()?, executes.cont()?, stores.cont()?, raises.cont()?);
        let raises = raises.expect(OWN, Stop::Signal(Signal::USR1))?;
        let hit = Hit { clause: PLACE, place: STORED, address: Some(WATCHPOINT.address), slots: &[0] };
        let (stores, _) = hit.comes(stores)?;
        let (executes, _) = Hit::execute(label::STRAIGHT_1, &[0]).comes(executes)?;
        let sender = raises.siginfo().map(|told| (told.code, told.pid == t.pid));
        t.check(
            OWN,
            "code of the signal, and whether it is the process's own",
            Ok((libc::SI_TKILL, true)),
            sender,
        );
        let stores = pass(stores, &[WATCHPOINT])?;
        clear(&stores, &[WATCHPOINT])?;
        let executes = pass(executes, &[BREAKPOINT])?;
        ends(raises.cont()?, OWN, 6)?;
        ends(stores.cont()?, OWN, 5)?;
        ends(executes.cont()?, OWN, 4)?;
        t.check(OWN, "nothing of the leader", Ok(None), t.poll());
        t.set_word(ON, 1);
        let t = t.ends(RUNS, Gone::Exited(3))?;
        t.check(
            GOING_ON,
            "what the first routine returned",
            Some(Word(ARGUMENT)),
            t.saw("straight")?.map(Word),
        );
        t.check(GOING_ON, "what was stored", Word(VALUE), Word(t.word(WATCHED)));
        Ok(())
    },
    ..Case::NEW
}];
