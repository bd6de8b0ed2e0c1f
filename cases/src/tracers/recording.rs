//! A recorder with every option set: each event of a program that makes tasks of all kinds and executes, in its order.

use super::END;
use crate::event_stops::tasks::{TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{ReturnPid, Word};
use std::rc::Rc;

const EVENT: &str = "event.status-encoding";
const MESSAGE: &str = "event.fork-family-msg";
const DONE: &str = "opt.vforkdone.msg";
const FORMER: &str = "opt.traceexec.msg-former-tid";
const EXITS: &str = "opt.traceexit.msg-status";
const RESULT: &str = "clone.ret-tid";

/// Every event there is, but for the one that stops a program at its calls.
const OPTIONS: u32 = options::TRACESYSGOOD
    | options::TRACEFORK
    | options::TRACEVFORK
    | options::TRACECLONE
    | options::TRACEEXEC
    | options::TRACEVFORKDONE
    | options::TRACEEXIT
    | options::TRACESECCOMP;

/// Words of the program: what its parent's waits gave.
const FIRST: usize = 8;
const SECOND: usize = 9;

pub(super) const CASES: &[Case] = &[Case {
    name: "rr_sees_all_events",
    title: "With all options set a program that forks, vforks, starts a thread and executes gives each event once and nothing else, each new task its first stop, its exit event and its end; and it gets its results as ever.",
    clauses: &[EVENT, MESSAGE, DONE, FORMER, EXITS, TRACED, RESULT, END],
    axes: &[ANY_START],
    options: OPTIONS,
    program: |p| {
        p.block(&[Signal::CHLD]);
        let forked = p.fork("forked", |p| {
            p.exit(7);
        });
        p.wait4(forked, FIRST, 0);
        let vforked = p.vfork("vforked", |p| {
            p.exit_thread(8);
        });
        p.wait4(vforked, SECOND, 0);
        p.thread("thread", |p| {
            p.exit_thread(5);
        });
        p.exec(|p| {
            p.load(Program::shared(FIRST));
            p.exit(3);
        });
    },
    scenario: |t| {
        let (t, forked) = makes(t, Event::FORK, "forked", 7)?;
        let (t, vforked) = makes(t, Event::VFORK, "vforked", 8)?;
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::VFORK_DONE))?;
        let done = t.message().map(ReturnPid);
        t.check(DONE, "event message", Ok(ReturnPid(vforked.pid as u64)), done);
        let (t, thread) = makes(t, Event::CLONE, "thread", 5)?;
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::EXEC))?;
        let former = t.message().map(ReturnPid);
        t.check(FORMER, "event message", Ok(ReturnPid(t.pid as u64)), former);
        let task = exits(t, 3)?;
        for (made, waited, child, code, word) in
            [("fork", "wait4", &forked, 7, FIRST), ("vfork", "wait4_2", &vforked, 8, SECOND)]
        {
            task.check_saw_pid(RESULT, made, child)?;
            task.check_saw_pid(RESULT, waited, child)?;
            task.check(END, "status that the program got", Word(code << 8), Word(task.word(word)));
        }
        task.check_saw_pid(RESULT, "clone", &thread)
    },
    ..Case::NEW
}];

/// To the event of a call that makes a task, and that task to its end.
fn makes(t: Stopped, event: Event, role: &str, code: u8) -> Flow<(Stopped, Rc<Task>)> {
    let t = t.cont()?.expect(EVENT, Stop::Event(event))?;
    let child = t.new_task(role)?;
    let message = t.message().map(ReturnPid);
    t.check(MESSAGE, "event message", Ok(ReturnPid(child.pid as u64)), message);
    let child = exits(to_first_stop(child)?, code)?;
    Ok((t, child))
}

/// Through the exit event, whose message is the wait status to come.
fn exits(t: Stopped, code: u8) -> Flow<Rc<Task>> {
    let t = t.cont()?.expect(EVENT, Stop::Event(Event::EXIT))?;
    let status = u64::from(code) << 8;
    t.check(EXITS, "event message", Ok(Word(status)), t.message().map(Word));
    t.cont()?.ends(END, Gone::Exited(code))
}
