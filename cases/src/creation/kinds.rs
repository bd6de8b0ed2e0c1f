//! Which event it is when flags are combined in unusual ways.

use super::way::{MAKER_ENDS, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Pid, ReturnPid};

const THREAD_SIGNAL: &str = "event.thread-exit-signal";
const ALONE: &str = "event.kind-by-signal-alone";
const SUSPENDED: &str = "clone.vfork-suspends";
const VFORK: &str = "opt.traceclone.vfork-precedence";
const DONE: &str = "opt.vforkdone.stop";
const DONE_MESSAGE: &str = "opt.vforkdone.msg";

/// What a new process shares with its maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shares {
    Memory,
    Handlers,
    Directory,
    Files,
    Undo,
    Io,
}

impl Axis for Shares {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("vm", Shares::Memory),
        ("sighand", Shares::Handlers),
        ("fs", Shares::Directory),
        ("files", Shares::Files),
        ("sysvsem", Shares::Undo),
        ("io", Shares::Io),
    ];
}

impl Shares {
    const fn flags(self) -> libc::c_int {
        match self {
            Shares::Memory => libc::CLONE_VM,
            Shares::Handlers => libc::CLONE_VM | libc::CLONE_SIGHAND,
            Shares::Directory => libc::CLONE_FS,
            Shares::Files => libc::CLONE_FILES,
            Shares::Undo => libc::CLONE_SYSVSEM,
            Shares::Io => libc::CLONE_IO,
        }
    }
}

/// Whether the exit signal makes it a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signalled {
    Chld,
    Nothing,
}

impl Axis for Signalled {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigchld", Signalled::Chld), ("nosignal", Signalled::Nothing)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "shared_resources_do_not_matter",
        title: "Whatever a new process shares with its maker, its exit signal decides whether it is a FORK or a CLONE event.",
        clauses: &[ALONE, TRACED, END, "clone.ret-tid"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Shares>(&["vm", "sighand", "fs", "files", "sysvsem", "io"]),
            axis::<Signalled>(&["sigchld", "nosignal"]),
        ],
        options: EVENTS,
        program: |p| {
            let (shares, signalled): (Shares, Signalled) = (p.pick(), p.pick());
            let signal = if signalled == Signalled::Chld { libc::SIGCHLD } else { 0 };
            p.block(&[Signal::CHLD]);
            p.clone_task((shares.flags() | signal) as u64, "child", lives_and_ends);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let signalled: Signalled = t.pick()?;
            let event = if signalled == Signalled::Chld { Event::FORK } else { Event::CLONE };
            let t = t.cont()?.expect(ALONE, Stop::Event(event))?;
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", "clone", &child)
        },
        ..Case::NEW
    },
    Case {
        name: "thread_with_sigchld_is_a_fork_event",
        title: "clone(2) of a thread with SIGCHLD in its flags is a FORK event, and a thread all the same, whose end sends nothing.",
        clauses: &[THREAD_SIGNAL, TRACED, END, "clone.ret-tid"],
        options: EVENTS,
        program: thread_with_sigchld,
        scenario: |t| {
            let t = t.cont()?.expect(THREAD_SIGNAL, Stop::Event(Event::FORK))?;
            let thread = child_ends(to_first_stop(t.new_task("thread")?)?)?;
            let process = thread.saw("getpid")?.map(ReturnPid);
            t.check(THREAD_SIGNAL, "process of the new task", Some(ReturnPid(t.pid as u64)), process);
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", "clone", &thread)
        },
        ..Case::NEW
    },
    Case {
        name: "thread_with_sigchld_under_traceclone",
        title: "PTRACE_O_TRACECLONE alone does not catch a thread that was made with SIGCHLD in the flags.",
        clauses: &["opt.traceclone.missed-kinds", END],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: thread_with_sigchld,
        scenario: |t| {
            let t = t.cont()?.ends("opt.traceclone.missed-kinds", Gone::Exited(MAKER_ENDS))?;
            let process = t.saw("getpid")?.map(ReturnPid);
            t.check(END, "process of the new task", Some(ReturnPid(t.pid as u64)), process);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "vfork_of_a_thread",
        title: "CLONE_VFORK with CLONE_THREAD: a VFORK event, and the caller is suspended until the thread ends.",
        clauses: &[VFORK, TRACED, END, SUSPENDED, DONE, DONE_MESSAGE, "clone.ret-tid"],
        axes: &[ANY_START],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            p.clone_task(THREAD | libc::CLONE_VFORK as u64, "thread", lives_and_ends);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect(VFORK, Stop::Event(Event::VFORK))?;
            let thread = to_first_stop(t.new_task("thread")?)?;
            let t = t.cont()?;
            t.check(SUSPENDED, "report while the thread is stopped", Ok(None), t.poll());
            let thread = thread.cont()?.ends(END, Gone::Exited(CHILD_ENDS))?;
            let t = t.expect(DONE, Stop::Event(Event::VFORK_DONE))?;
            let message = t.message().map(|id| Pid(id as i32));
            t.check(DONE_MESSAGE, "event message", Ok(Pid(thread.pid)), message);
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", "clone", &thread)
        },
        ..Case::NEW
    },
];

/// Makes a thread, waits until it has begun, and ends the process.
fn thread_with_sigchld(p: &mut Program) {
    p.clone_task(THREAD | libc::SIGCHLD as u64, "thread", |p| {
        p.call(Syscall::GETPID, &[0; 0]);
        p.store(Program::shared(0), 1);
        p.exit_thread(CHILD_ENDS.into());
    });
    p.await_word(Program::shared(0));
    p.exit(MAKER_ENDS.into());
}
