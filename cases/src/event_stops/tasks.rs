//! The way to the event, to the new task's first stop, and to both tasks' ends.

use super::axes::{CHILD_ENDS, Maker, PARENT_ENDS};
use ptrace_conformance_harness::case::Start;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use std::rc::Rc;

/// The clause that promises the event.
pub(crate) const EVENT: &str = "event.status-encoding";
/// The clause that promises that the new task is traced too.
pub(crate) const TRACED: &str = "attach.auto-attach";
/// The clause that promises the end: whatever the tracer did, the program's own way is the same.
pub(crate) const END: &str = "wait.macro.exited";

/// `PTRACE_CONT` to the event of the variant's maker.
pub(crate) fn to_event(t: Stopped) -> Flow<Stopped> {
    let maker: Maker = t.pick()?;
    t.cont()?.expect(EVENT, Stop::Event(maker.event()))
}

/// `PTRACE_SYSCALL` to the enter-stop of the call that makes the task: past both stops of the one before.
pub(crate) fn to_call(t: Stopped) -> Flow<Stopped> {
    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
    let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)
}

/// The stop that a new task begins with.
pub(crate) fn first(start: Start) -> Stop {
    match start {
        Start::Seize => Stop::EventStop(Signal::TRAP),
        Start::Traceme | Start::Attach => Stop::Signal(Signal::STOP),
    }
}

/// Waits for the first stop of a new task. It comes before or after the event in its maker: the order is
/// undefined, and waiting for each by its id does not depend on it.
pub(crate) fn to_first_stop(child: Running) -> Flow<Stopped> {
    let stop = first(child.start);
    child.expect(TRACED, stop)
}

/// The clause that says when the event of a new thread comes.
pub(crate) const MADE: &str = "event.clone.position";

/// Past the making of a thread: the leader running, the thread at its first stop.
pub(crate) fn split(t: Stopped) -> Flow<(Running, Stopped)> {
    let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
    let thread = to_first_stop(t.new_task("thread")?)?;
    Ok((t.cont()?, thread))
}

/// From a new task's first stop to its end; before its maker goes on, so that nothing is left to chance.
pub(crate) fn child_ends(child: Stopped) -> Flow<Rc<Task>> {
    child.cont()?.ends(END, Gone::Exited(CHILD_ENDS))
}

/// To the event, and the new task to its end: gives the maker, still at the event, and what is left of the
/// task.
pub(crate) fn alone_at_event(t: Stopped) -> Flow<(Stopped, Rc<Task>)> {
    let t = to_event(t)?;
    let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
    Ok((t, child))
}

/// The maker to the end of its program, which must have got the new task's id.
pub(crate) fn parent_ends(t: Running, child: &Task) -> Flow {
    parent_saw(t.ends(END, Gone::Exited(PARENT_ENDS))?, child)
}

/// The result that the program itself got from the call is the new task's id.
pub(crate) fn parent_saw(t: Rc<Task>, child: &Task) -> Flow {
    t.check_saw_pid("clone.ret-tid", t.pick::<Maker>()?.step(), child)
}
