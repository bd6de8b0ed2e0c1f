//! CLONE_UNTRACED: no event and no tracing, however the task is made; the end of vfork is reported all the same.

use super::way::{CALLERS, Caller, KINDS, Kind, MAKER_ENDS, TRACER, check_proc};
use crate::event_stops::asked_for::{reaps, says_so, untraced};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, to_call, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;

const FLAG: &str = "clone.untraced";
const DONE: &str = "event.untraced-vfork-done";
const MESSAGE: &str = "opt.vforkdone.msg";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "clone_untraced_of_every_kind",
        title: "CLONE_UNTRACED keeps every kind of task from being traced, and its event from being reported, although all options are set.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", END, FLAG],
        axes: &[axis::<Start>(&["seize"]), CALLERS, KINDS],
        options: EVENTS,
        program: |p| {
            let (caller, kind): (Caller, Kind) = (p.pick(), p.pick());
            reaps(p, |p| {
                kind.make(p, caller, libc::CLONE_UNTRACED, says_so);
            });
        },
        scenario: |t| {
            let thread = t.pick::<Kind>()? == Kind::Thread;
            untraced(to_call(t)?, FLAG, thread)
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_done_of_an_untraced_child",
        title: "CLONE_UNTRACED with CLONE_VFORK: no VFORK event, but VFORK_DONE with the id of the child that is not traced.",
        clauses: &[DONE, MESSAGE, FLAG, END],
        axes: &[ANY_START, CALLERS],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            let caller: Caller = p.pick();
            p.block(&[Signal::CHLD]);
            Kind::Vfork.make(p, caller, libc::CLONE_UNTRACED, |p| {
                p.call(Syscall::GETPID, &[0; 0]);
                p.exit_thread(CHILD_ENDS.into());
            });
            p.wait4(u64::MAX, 0, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect(DONE, Stop::Event(Event::VFORK_DONE))?;
            let id = t.message();
            t.check(MESSAGE, "the message is the child's id", true, id.ok() == t.saw("getpid")?);
            let poll = t.poll_id(id.unwrap_or_default());
            t.check(FLAG, "waiting for the child", Err(Errno::ECHILD), poll);
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check(FLAG, "the program itself reaped the child", true, id.ok() == t.saw("wait4")?);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "untraced_helper_beside_a_traced_child",
        title: "A task makes an untraced helper and then a traced child: /proc shows a tracer for the second alone.",
        clauses: &[FLAG, TRACER, END, "event.status-encoding", "attach.auto-attach"],
        options: EVENTS,
        program: |p| {
            p.block(&[Signal::CHLD]);
            let waits = |p: &mut Program| {
                p.await_word(Program::shared(0));
                p.exit(CHILD_ENDS.into());
            };
            let helper = p.clone_task((libc::CLONE_UNTRACED | libc::SIGCHLD) as u64, "helper", waits);
            p.fork("child", waits);
            p.wait4(helper, 1, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect("event.status-encoding", Stop::Event(Event::FORK))?;
            let helper = t.made("clone", "helper")?;
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            check_proc(&child, true, 'R')?;
            check_proc(&helper, false, 'R')?;
            t.set_word(0, 1);
            child.ends(END, Gone::Exited(CHILD_ENDS))?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid(FLAG, "wait4", &helper)?;
            helper.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];
