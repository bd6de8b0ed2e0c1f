//! Which call makes a task, and of which kind the task is: what most of the family's cases vary.

use crate::event_stops::axes::CHILD_ENDS;
use ptrace_conformance_harness::case::{Axis, Dimension, Start, axis};
use ptrace_conformance_harness::program::{At, Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::Pid;
use std::os::unix::fs::MetadataExt as _;

/// The call that takes the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// clone(2)
    Clone,
    /// clone3(2)
    Clone3,
}

impl Axis for Caller {
    const VALUES: &'static [(&'static str, Self)] = &[("clone", Caller::Clone), ("clone3", Caller::Clone3)];
}

/// Started by `PTRACE_TRACEME` or `PTRACE_SEIZE`: the ways whose new tasks begin differently.
pub(crate) const EITHER: Dimension = axis::<Start>(&["traceme", "seize"]);

/// Either call.
pub(super) const CALLERS: Dimension = axis::<Caller>(&["clone", "clone3"]);

impl Caller {
    /// The step that makes `child` with these flags and exit signal.
    pub(super) fn make(
        self,
        p: &mut Program,
        flags: u64,
        signal: Signal,
        child: impl FnOnce(&mut Program),
    ) -> At {
        match self {
            Caller::Clone => p.clone_task(flags | signal.0 as u64, "child", child),
            Caller::Clone3 => p.clone3_task(flags, signal, "child", child),
        }
    }

    /// Name of that step.
    pub(super) const fn step(self) -> &'static str {
        match self {
            Caller::Clone => "clone",
            Caller::Clone3 => "clone3",
        }
    }
}

/// What the new task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A process that ends without a signal.
    Process,
    /// A process that ends with `SIGCHLD`.
    Fork,
    /// A thread.
    Thread,
    /// A process that its maker waits for.
    Vfork,
}

impl Axis for Kind {
    const VALUES: &'static [(&'static str, Self)] =
        &[("process", Kind::Process), ("fork", Kind::Fork), ("thread", Kind::Thread), ("vfork", Kind::Vfork)];
}

/// Each kind.
pub(super) const KINDS: Dimension = axis::<Kind>(&["process", "fork", "thread", "vfork"]);

impl Kind {
    const fn flags(self) -> u64 {
        match self {
            Kind::Process | Kind::Fork => 0,
            Kind::Thread => THREAD,
            Kind::Vfork => (libc::CLONE_VM | libc::CLONE_VFORK) as u64,
        }
    }

    const fn signal(self) -> Signal {
        match self {
            Kind::Process | Kind::Thread => Signal::NONE,
            Kind::Fork | Kind::Vfork => Signal::CHLD,
        }
    }

    /// The event that it gives.
    pub(super) const fn event(self) -> Event {
        match self {
            Kind::Process | Kind::Thread => Event::CLONE,
            Kind::Fork => Event::FORK,
            Kind::Vfork => Event::VFORK,
        }
    }

    /// The step that makes `child`, with these flags too.
    pub(super) fn make(
        self,
        p: &mut Program,
        caller: Caller,
        flags: libc::c_int,
        child: impl FnOnce(&mut Program),
    ) -> At {
        caller.make(p, self.flags() | flags as u64, self.signal(), child)
    }
}

/// How a child ended, as the siginfo of the signal tells that its parent gets for it.
pub(crate) fn check_told(t: &Task, clause: &str, signal: Signal, child: i32, (code, status): (i32, i32)) {
    let siginfo = Task::siginfo(t);
    let told = siginfo.map(|siginfo| ((siginfo.signal, siginfo.code), (siginfo.status, siginfo.errno)));
    t.check(clause, "si_signo, si_code, si_status and si_errno", Ok(((signal, code), (status, 0))), told);
    t.check(clause, "si_pid", Ok(Pid(child)), siginfo.map(|siginfo| Pid(siginfo.pid)));
    let ours = std::fs::metadata("/proc/self").map(|metadata| metadata.uid()).ok();
    t.check(clause, "si_uid is ours", Ok(true), siginfo.map(|siginfo| Some(siginfo.uid) == ours));
}

/// Checks that /proc shows this tracer, which is ours or none, and a task in this state.
pub(crate) fn check_proc(t: &Task, ours: bool, state: char) -> Flow {
    let status = t.proc_status()?;
    let tracer = if ours { std::process::id() as i32 } else { 0 };
    t.check(TRACER, "TracerPid", Pid(tracer), Pid(status.tracer));
    let clause = if state == 't' { STATE } else { TRACER };
    t.check(clause, "state in /proc", state.to_string(), status.state.to_string());
    Ok(())
}

/// The clause about the tracer that /proc shows.
pub(crate) const TRACER: &str = "proc.status.tracerpid";
/// The clause about the state of a task that is stopped.
pub(crate) const STATE: &str = "proc.status.tracing-stop";

/// Exit code of a program of the family.
pub(super) const MAKER_ENDS: u8 = 3;

/// With `PTRACE_O_TRACESYSGOOD` and the option of one event.
pub(super) const FORKS: u32 = options::TRACESYSGOOD | options::TRACEFORK;

/// What a new task does where it does not matter: one call, then its end.
pub(super) fn lives_and_ends(child: &mut Program) {
    child.call(Syscall::GETTID, &[0; 0]);
    child.exit_thread(CHILD_ENDS.into());
}
