//! What the family's cases vary, and the program that most of them share.

use ptrace_conformance_harness::case::{Axis, Dimension, axis};
use ptrace_conformance_harness::program::{At, Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;

/// The three events at the making of a task, and `PTRACE_O_TRACESYSGOOD`.
pub(crate) const EVENTS: u32 =
    options::TRACESYSGOOD | options::TRACEFORK | options::TRACEVFORK | options::TRACECLONE;

/// A call that makes a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// fork(2)
    Fork,
    /// vfork(2)
    Vfork,
    /// clone(2) of a process that ends without a signal.
    CloneProcess,
    /// clone(2) of a process that ends with `SIGCHLD`, which makes it a fork.
    CloneFork,
    /// clone(2) of a thread
    CloneThread,
    /// clone(2) with `CLONE_VFORK`, of a process that ends without a signal and has a stack of its own.
    CloneVfork,
    /// clone3(2) of a process that ends without a signal.
    Clone3Process,
    /// clone3(2) of a process that ends with `SIGCHLD`.
    Clone3Fork,
    /// clone3(2) of a thread
    Clone3Thread,
}

impl Axis for Maker {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("fork", Maker::Fork),
        ("vfork", Maker::Vfork),
        ("cloneprocess", Maker::CloneProcess),
        ("clonefork", Maker::CloneFork),
        ("clonethread", Maker::CloneThread),
        ("clonevfork", Maker::CloneVfork),
        ("clone3process", Maker::Clone3Process),
        ("clone3fork", Maker::Clone3Fork),
        ("clone3thread", Maker::Clone3Thread),
    ];
}

/// One call for each way through the kernel.
pub(super) const MAKERS: Dimension = axis::<Maker>(&[
    "fork",
    "vfork",
    "cloneprocess",
    "clonethread",
    "clonevfork",
    "clone3process",
    "clone3thread",
]);

/// A fork, a vfork and a thread: where the call itself makes no difference.
pub(super) const SOME_MAKERS: Dimension = axis::<Maker>(&["fork", "vfork", "clonethread"]);

/// The calls that suspend their caller until the new task ends or executes another program.
pub(super) const VFORKS: Dimension = axis::<Maker>(&["vfork", "clonevfork"]);

impl Maker {
    /// The event it gives when all events are asked for.
    pub(crate) const fn event(self) -> Event {
        match self {
            Maker::Fork | Maker::CloneFork | Maker::Clone3Fork => Event::FORK,
            Maker::Vfork | Maker::CloneVfork => Event::VFORK,
            _ => Event::CLONE,
        }
    }

    /// The option that asks for this event.
    pub(crate) const fn option(self) -> u32 {
        match self.event() {
            Event::FORK => options::TRACEFORK,
            Event::VFORK => options::TRACEVFORK,
            _ => options::TRACECLONE,
        }
    }

    /// Whether the new task is a thread of its maker's process.
    pub(crate) const fn is_thread(self) -> bool {
        matches!(self, Maker::CloneThread | Maker::Clone3Thread)
    }

    /// Name of the program's step that makes the call.
    pub(crate) const fn step(self) -> &'static str {
        match self {
            Maker::Fork => "fork",
            Maker::Vfork => "vfork",
            Maker::CloneProcess | Maker::CloneFork | Maker::CloneThread | Maker::CloneVfork => "clone",
            Maker::Clone3Process | Maker::Clone3Fork | Maker::Clone3Thread => "clone3",
        }
    }

    /// The number of the system call; aarch64 has neither fork nor vfork.
    pub(crate) const fn number(self) -> u64 {
        match self {
            #[cfg(target_arch = "x86_64")]
            Maker::Fork => Syscall::FORK.number,
            #[cfg(target_arch = "x86_64")]
            Maker::Vfork => Syscall::VFORK.number,
            Maker::Clone3Process | Maker::Clone3Fork | Maker::Clone3Thread => Syscall::CLONE3.number,
            _ => Syscall::CLONE.number,
        }
    }

    /// The step that makes the task `child`.
    pub(crate) fn make(self, p: &mut Program, child: impl FnOnce(&mut Program)) -> At {
        // Something that makes no difference to the task, so that no maker's first argument is 0.
        const PLAIN: u64 = libc::CLONE_FS as u64;
        const SUSPENDS: u64 = (libc::CLONE_VM | libc::CLONE_VFORK) as u64;
        match self {
            Maker::Fork => p.fork("child", child),
            Maker::Vfork => p.vfork("child", child),
            Maker::CloneProcess => p.clone_task(PLAIN, "child", child),
            Maker::CloneFork => p.clone_task(PLAIN | libc::SIGCHLD as u64, "child", child),
            Maker::CloneThread => p.clone_task(THREAD, "child", child),
            Maker::CloneVfork => p.clone_task(SUSPENDS, "child", child),
            Maker::Clone3Process => p.clone3_task(PLAIN, Signal::NONE, "child", child),
            Maker::Clone3Fork => p.clone3_task(PLAIN, Signal::CHLD, "child", child),
            Maker::Clone3Thread => p.clone3_task(THREAD, Signal::NONE, "child", child),
        }
    }
}

/// How the tracee came to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// With `PTRACE_CONT`: no syscall-enter-stop was reported.
    Unseen,
    /// With `PTRACE_SYSCALL`, through the call's syscall-enter-stop.
    Seen,
}

impl Axis for Entry {
    const VALUES: &'static [(&'static str, Self)] = &[("unseen", Entry::Unseen), ("seen", Entry::Seen)];
}

/// With the call's enter-stop, and without.
pub(super) const ENTRIES: Dimension = axis::<Entry>(&["unseen", "seen"]);

/// Whether `PTRACE_O_TRACESYSGOOD` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sysgood {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl Axis for Sysgood {
    const VALUES: &'static [(&'static str, Self)] = &[("sysgood", Sysgood::On), ("plain", Sysgood::Off)];
}

/// With `PTRACE_O_TRACESYSGOOD`, and without.
pub(super) const SYSGOODS: Dimension = axis::<Sysgood>(&["sysgood", "plain"]);

impl Sysgood {
    /// The option bit.
    pub(super) const fn option(self) -> u32 {
        match self {
            Sysgood::On => options::TRACESYSGOOD,
            Sysgood::Off => 0,
        }
    }

    /// The stop signal of a syscall-stop.
    pub(super) const fn trap(self) -> i32 {
        match self {
            Sysgood::On => libc::SIGTRAP | 0x80,
            Sysgood::Off => libc::SIGTRAP,
        }
    }
}

/// Exit code of the task that [`makes_a_task`] makes.
pub(crate) const CHILD_ENDS: u8 = 7;
/// Exit code of the program of [`makes_a_task`].
pub(crate) const PARENT_ENDS: u8 = 3;

/// Makes a task in the variant's way and then asks for its own id; the task asks for its own id too.
///
/// `SIGCHLD` is blocked: the task's end would otherwise be one more stop.
pub(crate) fn makes_a_task(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let maker: Maker = p.pick();
    maker.make(p, |child| {
        child.call(Syscall::GETTID, &[0; 0]);
        child.exit_thread(CHILD_ENDS.into());
    });
    p.call(Syscall::GETPID, &[0; 0]);
    p.exit(PARENT_ENDS.into());
}
