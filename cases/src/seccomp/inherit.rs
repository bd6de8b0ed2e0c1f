//! New tasks have their maker's filters.

use super::{CALL, END, NEEDS, OPTIONS};
use crate::event_stops::axes::Maker;
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::Word;

const INHERITED: &str = "seccomp.filter-inherited-traced";

pub(super) const CASES: &[Case] = &[Case {
    name: "new_task_has_the_filters",
    title: "A new task has its maker's filters, and if it is traced with the option, its own events.",
    clauses: &[EVENT, TRACED, INHERITED, END],
    axes: &[ANY_START, axis::<Maker>(&["fork", "clonethread", "clone3process"])],
    options: OPTIONS | options::TRACEFORK | options::TRACECLONE,
    needs: NEEDS,
    program: |p| {
        let maker: Maker = p.pick();
        p.block(&[Signal::CHLD]);
        p.filter(CALL, libc::SECCOMP_RET_TRACE | 5);
        maker.make(p, |p| {
            p.call(CALL, &[0; 0]);
            p.exit_thread(4);
        });
        p.await_word(Program::shared(0));
        p.call(CALL, &[0; 0]);
        p.exit(3);
    },
    scenario: |t| {
        let maker: Maker = t.pick()?;
        let t = t.cont()?.expect(EVENT, Stop::Event(maker.event()))?;
        let child = to_first_stop(t.new_task("child")?)?;
        let child = child.cont()?.expect(INHERITED, Stop::Event(Event::SECCOMP))?;
        child.check(INHERITED, "event message", Ok(Word(5)), child.message().map(Word));
        child.cont()?.ends(END, Gone::Exited(4))?;
        t.set_word(0, 1);
        let t = t.cont()?.expect(INHERITED, Stop::Event(Event::SECCOMP))?;
        t.check(INHERITED, "event message", Ok(Word(5)), t.message().map(Word));
        t.cont()?.ends(END, Gone::Exited(3))?;
        Ok(())
    },
    ..Case::NEW
}];
