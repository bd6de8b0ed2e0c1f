//! The columns of the table: the states in which a task can be when it is asked for something.

use ptrace_conformance_harness::case::Axis;

/// A state of a task, as seen by who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// syscall-enter-stop
    Enter,
    /// syscall-exit-stop
    Exit,
    /// signal-delivery-stop
    Signal,
    /// group-stop
    Group,
    /// `PTRACE_EVENT_STOP` after `PTRACE_INTERRUPT`
    Interrupted,
    /// `PTRACE_EVENT_FORK`
    Fork,
    /// `PTRACE_EVENT_VFORK`
    Vfork,
    /// `PTRACE_EVENT_VFORK_DONE`
    VforkDone,
    /// `PTRACE_EVENT_CLONE`
    Clone,
    /// `PTRACE_EVENT_EXEC`
    Exec,
    /// `PTRACE_EVENT_SECCOMP`
    Seccomp,
    /// `PTRACE_EVENT_EXIT` of a task that ends by itself
    Ending,
    /// `PTRACE_EVENT_EXIT` after SIGKILL
    Killed,
    /// Running in its own code
    Running,
    /// Blocked in a call
    Sleeping,
    /// In a group-stop after `PTRACE_LISTEN`
    Listening,
    /// Killed a moment ago
    Dying,
    /// Dead and not waited for
    Zombie,
    /// Running under another tracer
    OfAnother,
    /// In a ptrace-stop under another tracer
    StoppedOfAnother,
    /// Running without a tracer
    Untraced,
    /// Stopped by job control, without a tracer
    UntracedStopped,
    /// The tracer itself
    Tracer,
    /// Another thread of the tracer's process
    Sibling,
    /// A thread of the kernel
    Kernel,
    /// Dead and waited for
    Gone,
    /// The id 0, which no task has
    Zero,
}

/// What decides about a request before its own rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A tracee of the caller in a ptrace-stop.
    Stopped,
    /// A tracee of the caller that is in none.
    NotStopped,
    /// No tracee of the caller.
    NotOurs,
}

impl State {
    /// Every column with its word in names of variants, its title, and its class, in order.
    pub const ALL: &'static [(State, &'static str, &'static str, Class)] = {
        use Class::{NotOurs, NotStopped, Stopped};
        &[
            (State::Enter, "enter", "syscall-enter-stop", Stopped),
            (State::Exit, "exit", "syscall-exit-stop", Stopped),
            (State::Signal, "signal", "signal-delivery-stop", Stopped),
            (State::Group, "group", "group-stop", Stopped),
            (State::Interrupted, "interrupted", "EVENT_STOP after INTERRUPT", Stopped),
            (State::Fork, "fork", "EVENT_FORK", Stopped),
            (State::Vfork, "vfork", "EVENT_VFORK", Stopped),
            (State::VforkDone, "vforkdone", "EVENT_VFORK_DONE", Stopped),
            (State::Clone, "clone", "EVENT_CLONE", Stopped),
            (State::Exec, "exec", "EVENT_EXEC", Stopped),
            (State::Seccomp, "seccomp", "EVENT_SECCOMP", Stopped),
            (State::Ending, "ending", "EVENT_EXIT", Stopped),
            (State::Killed, "killed", "EVENT_EXIT after SIGKILL", Stopped),
            (State::Running, "running", "running", NotStopped),
            (State::Sleeping, "sleeping", "blocked in a call", NotStopped),
            (State::Listening, "listening", "listening", NotStopped),
            (State::Dying, "dying", "killed just now", NotStopped),
            (State::Zombie, "zombie", "zombie", NotStopped),
            (State::OfAnother, "ofanother", "of another tracer", NotOurs),
            (State::StoppedOfAnother, "stoppedofanother", "of another tracer, stopped", NotOurs),
            (State::Untraced, "untraced", "not traced", NotOurs),
            (State::UntracedStopped, "untracedstopped", "not traced, stopped", NotOurs),
            (State::Tracer, "tracer", "the tracer itself", NotOurs),
            (State::Sibling, "sibling", "thread beside the tracer", NotOurs),
            (State::Kernel, "kernel", "kernel thread", NotOurs),
            (State::Gone, "gone", "reaped", NotOurs),
            (State::Zero, "zero", "id 0", NotOurs),
        ]
    };

    /// What decides first.
    pub fn class(self) -> Class {
        State::ALL.iter().find(|(state, ..)| *state == self).map_or(Class::NotOurs, |entry| entry.3)
    }

    /// Whether only a tracee that was seized can be in it.
    pub const fn needs_seize(self) -> bool {
        matches!(self, State::Interrupted | State::Listening)
    }

    /// Whether the task has nothing left to do but to end.
    pub const fn is_an_end(self) -> bool {
        matches!(self, State::Ending | State::Killed)
    }
}

impl Axis for State {
    const VALUES: &'static [(&'static str, Self)] = &{
        let mut values = [("", State::Enter); State::ALL.len()];
        let mut at = 0;
        while at < values.len() {
            values[at] = (State::ALL[at].1, State::ALL[at].0);
            at += 1;
        }
        values
    };
}
