//! Threads that stand at one breakpoint, and are stepped one at a time, as delve does it.

use super::breakpoint::{ONE, POKED, STEPPED, TOLD};
use super::routine::{step, to_routine};
use super::{ARGUMENT, END, STOPS};
use crate::event_stops::tasks::{MADE, TRACED, split};
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Word;

/// Keeps the leader from its end until the thread has ended.
const ON: usize = 0;

pub(super) const CASES: &[Case] = &[Case {
    name: "delve_steps_all_threads",
    title: "Two threads hit the same breakpoint, each has its own SIGTRAP and its own registers; a step of one moves that one alone.",
    clauses: &[MADE, TRACED, STOPS, END, POKED, STEPPED, ONE, TOLD],
    axes: &[ANY_START],
    options: options::TRACESYSGOOD | options::TRACECLONE,
    program: |p| {
        p.thread("thread", |p| {
            p.run(label::STEPPED, &[ARGUMENT + 1]);
            p.exit_thread(5);
        });
        p.run(label::STEPPED, &[ARGUMENT]);
        p.await_word(Program::shared(ON));
        p.exit(3);
    },
    scenario: |t| {
        let (leader, thread) = split(t)?;
        let (mut leader, mut at) = to_routine(leader, ARGUMENT)?;
        let (mut thread, mut there) = to_routine(thread.cont()?, ARGUMENT + 1)?;
        for next in [label::STEPPED_2, label::STEPPED_3] {
            (leader, at) = step(leader, Resume::Singlestep, &at, next)?;
            unmoved(&thread, &there)?;
            (thread, there) = step(thread, Resume::Singlestep, &there, next)?;
            unmoved(&leader, &at)?;
        }
        let (thread, leader) = (thread.cont()?, leader.cont()?);
        let thread = thread.ends(END, Gone::Exited(5))?;
        leader.set_word(ON, 1);
        let leader = leader.ends(END, Gone::Exited(3))?;
        let saw = [thread.saw("stepped")?, leader.saw("stepped_2")?].map(|word| word.map(Word));
        leader.check(ONE, "what both returned", [ARGUMENT + 1, ARGUMENT].map(|word| Some(Word(word))), saw);
        Ok(())
    },
    ..Case::NEW
}];

/// The other one is where it was.
fn unmoved(t: &Stopped, before: &Registers) -> Flow {
    t.check(ONE, "registers of the other thread", vec![], t.registers()?.differing(before));
    Ok(())
}
