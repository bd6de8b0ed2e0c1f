//! The tasks that a tracer comes to, how it comes, and how they end: a process with a parent that waits for it.

use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Dimension, Start, axis};
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};

/// How the case's first task came under trace makes no difference to those it made.
pub(super) const ONE_START: Dimension = axis::<Start>(&["traceme"]);
pub(super) const SEIZED: Dimension = axis::<Start>(&["seize"]);

/// The clause on what `PTRACE_ATTACH` makes follow.
pub(super) const SIGSTOP: &str = "attach.attach.sends-sigstop";
/// The clause on what `PTRACE_INTERRUPT` makes follow.
pub(super) const TRAP: &str = "interrupt.plain-event-stop";
/// The clause on how a parent hears of its traced child's end.
pub(super) const PARENT: &str = "realparent.death-order";
/// The clauses on a stopping signal, and on the stop that it makes.
pub(super) const STOPS: &str = "stop.signal.every-delivery-stops";
pub(super) const GROUP: &str = "stop.group.reported";
/// The clause on SIGKILL.
pub(super) const KILLED: &str = "stop.signal.sigkill-no-stop";
/// The clause on what follows `PTRACE_DETACH`.
pub(super) const DETACHED: &str = "detach.ends-tracing";
/// The clauses on what procfs shows.
pub(crate) const TRACER: &str = "proc.status.tracerpid";
pub(super) const TRACING_STOP: &str = "proc.status.tracing-stop";
/// The clause that a stop is reported once.
pub(super) const ONCE: &str = "group.no-run-until-restart";

/// Words of the program: it may go on; it is where it is awaited; wait status that a parent got; it has run on.
pub(super) const ON: usize = 0;
pub(super) const READY: usize = 1;
pub(super) const STATUS: usize = 2;
pub(super) const RUNS: usize = 3;

/// How the process that is attached to ends, and how its parent does.
pub(super) const CHILD_ENDS: Gone = Gone::Exited(7);
pub(super) const PARENT_ENDS: Gone = Gone::Exited(3);

/// How the tracer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Come {
    /// `PTRACE_ATTACH`
    Attach,
    /// `PTRACE_SEIZE`, and `PTRACE_INTERRUPT` where a stop is wanted.
    Seize,
}

impl Axis for Come {
    const VALUES: &'static [(&'static str, Self)] = &[("attached", Come::Attach), ("seized", Come::Seize)];
}

pub(super) const COME: Dimension = axis::<Come>(&["attached", "seized"]);

impl Come {
    /// Makes the task a tracee.
    pub(super) fn to(self, t: &Running) -> Flow {
        match self {
            Come::Attach => t.attach(),
            Come::Seize => t.seize(0),
        }
    }

    /// Makes a task that runs, or sleeps in a call, a stopped tracee.
    pub(super) fn stop(self, t: Running) -> Flow<Stopped> {
        self.to(&t)?;
        match self {
            Come::Attach => t.expect(SIGSTOP, Stop::Signal(Signal::STOP)),
            Come::Seize => {
                t.interrupt()?;
                t.expect(TRAP, Stop::EventStop(Signal::TRAP))
            }
        }
    }

    /// The stop of a process that is stopped by job control with this signal.
    pub(super) const fn group_stop(self, signal: Signal) -> Stop {
        match self {
            Come::Attach => Stop::Group(signal),
            Come::Seize => Stop::EventStop(signal),
        }
    }

    /// Its wait status.
    pub(super) const fn group_status(self, signal: Signal) -> Status {
        match self {
            Come::Attach => Status::stopped(signal.0, Event(0)),
            Come::Seize => Status::stopped(signal.0, Event::STOP),
        }
    }
}

/// Where the task is when the tracer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Running in its own code.
    Running,
    /// Asleep in read(2).
    Sleeping,
    /// A thread beside its process's leader, running.
    Thread,
}

impl Axis for Place {
    const VALUES: &'static [(&'static str, Self)] =
        &[("running", Place::Running), ("sleeping", Place::Sleeping), ("thread", Place::Thread)];
}

pub(super) const PLACES: Dimension = axis::<Place>(&["running", "sleeping", "thread"]);

impl Place {
    /// Its letter in procfs.
    pub(super) const fn letter(self) -> char {
        match self {
            Place::Sleeping => 'S',
            Place::Running | Place::Thread => 'R',
        }
    }
}

/// A child at the variant's place, and its parent, which lets it go on where it sleeps, and waits for its end.
pub(super) fn program(p: &mut Program) {
    let place: Place = p.pick();
    p.block(&[Signal::CHLD]);
    let ends = p.data(&[0, 0]);
    p.call(Syscall::PIPE2, &[ends, 0]);
    // Two ints: a call that takes one sees the lower half of a word.
    let (reads, writes) = (p.load(ends), p.load(ends + 4));
    let child = p.fork("child", |p| match place {
        Place::Running => awaited(p),
        Place::Sleeping => {
            p.store(Program::shared(READY), 1);
            p.call(Syscall::READ, &[Arg::from(reads), ends.into(), 8.into()]);
            p.exit(7);
        }
        Place::Thread => {
            p.thread("thread", awaited);
            p.spin();
        }
    });
    if place == Place::Sleeping {
        p.await_word(Program::shared(ON));
        p.call(Syscall::WRITE, &[Arg::from(writes), ends.into(), 8.into()]);
    }
    p.wait4(child, STATUS, 0);
    p.exit(3);
}

/// Says that it is there, and ends the process once it may.
pub(super) fn awaited(p: &mut Program) {
    p.store(Program::shared(READY), 1);
    p.await_word(Program::shared(ON));
    p.exit(7);
}

/// The parent and the task, at its place.
pub(super) fn to_place(t: Stopped) -> Flow<(Running, Running)> {
    let place: Place = t.pick()?;
    let (parent, child) = to_child(t)?;
    let t = if place == Place::Thread { parent.made("clone", "thread")? } else { child };
    if place == Place::Sleeping {
        t.await_state(&['S'])?;
    }
    Ok((parent, t))
}

/// The parent and its child, which is ready.
pub(super) fn to_child(t: Stopped) -> Flow<(Running, Running)> {
    let parent = t.cont()?;
    let child = parent.made("fork", "child")?;
    parent.await_word(READY);
    Ok((parent, child))
}

/// The end of the process for its tracer, and then for its parent, which gets the same status at that step.
pub(super) fn both_end(parent: Running, t: Running, step: &str) -> Flow {
    t.set_word(ON, 1);
    t.ends(END, CHILD_ENDS)?;
    parent_ends(parent, step, PARENT)
}

/// The end of a process that nobody traces any more: its parent alone hears of it.
pub(super) fn ends_untraced(parent: Running, t: Running, step: &str) -> Flow {
    t.set_word(ON, 1);
    let clause = DETACHED;
    parent_ends(parent, step, clause)?;
    t.reaped_by_parent();
    Ok(())
}

fn parent_ends(parent: Running, step: &str, clause: &str) -> Flow {
    let parent = parent.ends(END, PARENT_ENDS)?;
    let child = parent.made("fork", "child")?;
    parent.check_saw_pid(clause, step, &child)?;
    parent.check(clause, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
    if parent.pick::<Place>().is_ok_and(|place| place == Place::Sleeping) {
        parent.check_saw(clause, "read", Some(Return(8)))?;
    }
    child.reaped_by_parent();
    Ok(())
}

/// The task's state, and whether we trace it, as procfs shows them.
pub(crate) fn check_proc(t: &Task, clause: &str, letter: char, traced: bool) -> Flow {
    let status = t.proc_status()?;
    t.check(clause, "state in /proc", letter.to_string(), status.state.to_string());
    let tracer = if traced { foreign::tracer() } else { 0 };
    t.check(clause, "tracer in /proc is who it has to be", true, status.tracer == tracer);
    Ok(())
}

/// A second wait finds nothing at a stop.
pub(super) fn check_once(t: &Stopped) {
    t.check(ONCE, "a second wait", Ok(None), t.poll_id(t.pid as u64));
}

/// The SIGSTOP of `PTRACE_ATTACH` comes from nobody.
pub(super) fn check_sigstop(t: &Stopped) {
    let clause = "attach.attach.sigstop-siginfo";
    let siginfo = t.siginfo();
    let kind = siginfo.map(|siginfo| (siginfo.signal, siginfo.code));
    let sender = siginfo.map(|siginfo| (Pid(siginfo.pid), siginfo.uid));
    t.check(clause, "si_signo and si_code", Ok((Signal::STOP, libc::SI_KERNEL)), kind);
    t.check(clause, "si_pid and si_uid", Ok((Pid(0), 0)), sender);
}
