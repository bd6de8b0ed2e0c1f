//! The way to each state, and from there to the program's ordinary end.

use super::state::State;
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::{END, EVENT, to_first_stop};
use ptrace_conformance_harness::case::{Need, Start};
use ptrace_conformance_harness::environment::lacks;
use ptrace_conformance_harness::program::{At, Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Resume, Running, Stopped, Task};

/// The clause about signal-delivery-stops.
pub(super) const STOPS: &str = "stop.signal.every-delivery-stops";
/// The clause about the group-stop.
pub(super) const GROUP: &str = "stop.group.reported";
/// The clause that a task whose requests were refused goes on as it would have.
pub(super) const GOES_ON: &str = super::ask::UNCHANGED;
/// How the program ends if nothing goes wrong.
pub(super) const ENDS: Gone = Gone::Exited(3);
/// The word that says that the program has got where it is awaited, and the one that lets it go on.
pub(super) const THERE: usize = 0;
pub(super) const ON: usize = 1;

/// The options under which a tracee comes to the state.
pub(super) const fn options(state: State) -> u32 {
    let event = match state {
        State::Fork => options::TRACEFORK,
        State::Vfork => options::TRACEVFORK,
        State::VforkDone => options::TRACEVFORKDONE,
        State::Clone => options::TRACECLONE,
        State::Exec => options::TRACEEXEC,
        State::Seccomp => options::TRACESECCOMP,
        _ => 0,
    };
    options::EXITKILL | options::TRACESYSGOOD | options::TRACEEXIT | event
}

/// The program that comes to the variant's state.
pub(super) fn program(p: &mut Program) {
    match p.pick::<State>() {
        State::Enter | State::Exit => drop(p.call(Syscall::GETPID, &[0; 0])),
        State::Signal => drop(p.raise(Signal::USR2)),
        State::Group | State::Listening | State::UntracedStopped => drop(p.raise(Signal::STOP)),
        State::Fork => makes(p, |p| p.fork("child", ends)),
        State::Vfork => makes(p, |p| p.vfork("child", ends)),
        State::Clone => makes(p, |p| p.clone_task(THREAD, "child", ends)),
        State::VforkDone => {
            // The child is not traced and reaps itself.
            p.ignore(Signal::CHLD);
            p.vfork("child", ends);
        }
        State::Exec => drop(p.exec(goes_on)),
        State::Seccomp => {
            p.filter(Syscall::GETPID, libc::SECCOMP_RET_TRACE);
            p.call(Syscall::GETPID, &[0; 0]);
        }
        State::Running | State::Untraced => {
            p.store(Program::shared(THERE), 1);
            p.await_word(Program::shared(ON));
        }
        State::Sleeping => {
            p.handle(Signal::USR1, 0);
            p.sleep();
        }
        _ => {}
    }
    goes_on(p);
}

fn makes(p: &mut Program, make: impl FnOnce(&mut Program) -> At) {
    p.block(&[Signal::CHLD]);
    make(p);
}

fn ends(p: &mut Program) {
    p.exit_thread(CHILD_ENDS.into());
}

/// What comes after the state: a call that can be seen, and left out, and the end.
fn goes_on(p: &mut Program) {
    p.call(Syscall::GETTID, &[0; 0]);
    p.exit(3);
}

/// Waits until the program is in a state that nobody reports.
pub(super) fn until_there(t: &Task) {
    t.await_word(THERE);
    t.check(GOES_ON, "word of the program", 1, t.word(THERE));
}

/// From the start to a ptrace-stop.
pub(super) fn to_stop(t: Stopped, state: State) -> Flow<Stopped> {
    if state == State::Seccomp {
        needs_filters()?;
    }
    t.change_options(options(state))?;
    match state {
        State::Enter => to_enter(t),
        State::Exit => to_enter(t)?.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit),
        State::Signal => t.cont()?.expect(STOPS, Stop::Signal(Signal::USR2)),
        State::Group => to_group_stop(t),
        State::Interrupted => {
            t.interrupt()?;
            t.cont()?.expect("kdoc.interrupt-at-least-one-trap", Stop::EventStop(Signal::TRAP))
        }
        State::Fork => alone_at(t, Event::FORK),
        State::Vfork => alone_at(t, Event::VFORK),
        State::Clone => alone_at(t, Event::CLONE),
        State::VforkDone => to_event(t.cont()?, Event::VFORK_DONE),
        State::Exec => to_event(t.cont()?, Event::EXEC),
        State::Seccomp => to_event(t.cont()?, Event::SECCOMP),
        State::Killed => {
            t.kill(Signal::KILL)?;
            to_event(t.left_alone(), Event::EXIT)
        }
        _ => to_event(t.cont()?, Event::EXIT),
    }
}

fn needs_filters() -> Flow {
    lacks(Need::SeccompFilter).map_or(Ok(()), |reason| Err(Halt::Skip(reason)))
}

fn to_enter(t: Stopped) -> Flow<Stopped> {
    t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)
}

pub(super) fn to_event(t: Running, event: Event) -> Flow<Stopped> {
    t.expect(EVENT, Stop::Event(event))
}

/// Past the signal-delivery-stop of SIGSTOP to the group-stop that it makes.
pub(super) fn to_group_stop(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
    let stop =
        if t.start == Start::Seize { Stop::EventStop(Signal::STOP) } else { Stop::Group(Signal::STOP) };
    t.resume(Resume::Cont, Signal::STOP)?.expect(GROUP, stop)
}

/// To the event, and the new task to its end.
fn alone_at(t: Stopped, event: Event) -> Flow<Stopped> {
    let t = to_event(t.cont()?, event)?;
    let child = to_first_stop(t.new_task("child")?)?;
    let child = to_event(child.cont()?, Event::EXIT)?;
    child.cont()?.ends(END, Gone::Exited(CHILD_ENDS))?;
    Ok(t)
}

/// The first stop under `PTRACE_SYSCALL` from a state.
pub(super) const fn next_stop(state: State) -> Stop {
    match state {
        State::Exit | State::Signal | State::Group | State::Interrupted => Stop::SyscallEnter,
        _ => Stop::SyscallExit,
    }
}

/// From the stop to the end, by way of stops that only come with the options that were set.
pub(super) fn ordinary_end(t: Stopped, state: State) -> Flow {
    if state.is_an_end() {
        return end_of(t.cont()?, state);
    }
    let t = t.syscall()?.expect(GOES_ON, next_stop(state))?;
    end_of(t.cont()?, state)
}

/// The end of a tracee with its options still in force.
pub(super) fn end_of(t: Running, state: State) -> Flow {
    let t = if state.is_an_end() { t } else { to_event(t, Event::EXIT)?.cont()? };
    let end = if state == State::Killed { Gone::Killed(Signal::KILL, false) } else { ENDS };
    t.ends(END, end).map(drop)
}
