//! Whose area a new task has, and when a new image loses it.

use super::configuration::check_none;
use super::{ASKS, END, REGISTERED, check, register};
use crate::changes::RSEQ_LENGTH;
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{EVENT, TRACED, child_ends, to_event, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::Return;

const COPIED: &str = "rseq.fork-copies";
const AT_EXEC: &str = "rseq.exec-event-old";
const EXECS: &str = "opt.traceexec.stop";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new_task",
        title: "A process with memory of its own has its maker's area from its first stop on; a task that shares memory has none.",
        clauses: &[EVENT, TRACED, COPIED, END],
        changes: &[&RSEQ_LENGTH],
        axes: &[ANY_START, axis::<Maker>(&["fork", "cloneprocess", "vfork", "clonethread"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            register(p);
            maker.make(p, |p| {
                p.exit_thread(CHILD_ENDS.into());
            });
            p.exit(3);
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            if matches!(maker, Maker::Fork | Maker::CloneProcess) {
                check(&child, COPIED, REGISTERED)?;
            } else {
                check_none(&child, COPIED)?;
            }
            check(&t, COPIED, REGISTERED)?;
            t.check_saw(COPIED, "rseq", Some(Return(0)))?;
            child_ends(child)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..ASKS
    },
    Case {
        name: "new_image",
        title: "At PTRACE_EVENT_EXEC the tracer still reads the old image's area, which is an address of memory that is gone; behind it, none.",
        clauses: &[EXECS, AT_EXEC],
        changes: &[&RSEQ_LENGTH],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            register(p);
            p.exec(|p| {
                p.exit(7);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(EXECS, Stop::Event(Event::EXEC))?;
            check(&t, AT_EXEC, REGISTERED)?;
            t.check_saw(AT_EXEC, "rseq", Some(Return(0)))?;
            let t = t.syscall()?.expect(AT_EXEC, Stop::SyscallExit)?;
            check_none(&t, AT_EXEC)?;
            t.cont()?.ends(EXECS, Gone::Exited(7)).map(drop)
        },
        ..ASKS
    },
];
