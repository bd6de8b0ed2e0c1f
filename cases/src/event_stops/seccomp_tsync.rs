//! A filter that another thread installs for all, while the tracee waits at the enter-stop of a call.

use super::seccomp::NEEDS;
use super::tasks::{END, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{Arch, Case, Quirk};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;
use ptrace_conformance_harness::version::Change;

const INSTALLED: &str = "seccomp.tsync";
const FILTERED: &str = "secstop.tsync-at-enter";

/// Why x86_64 kernels before 7.3 make the call, if the filter is the tracee's first.
const UNFILTERED: Quirk = Quirk {
    what: "result of sched_yield in the program",
    observed: "0",
    arches: &[Arch::X86_64],
    since: Change::at(3, 17),
    until: Some(Change::at(7, 3).and_stable(&[(6, 1, 188), (6, 12, 110), (7, 2, 6)])),
    reason: "whether the task has filters was read before the enter-stop, and not again after it",
    source: "include/linux/entry-common.h: syscall_trace_enter()",
    ends: "4a3591287fb7 entry: Fix seccomp bypass after ptrace with TSYNC",
    advice: "do not hold a thread at an enter-stop while another one installs the first filter for all: skip the call and have it made again, or give every thread a filter before",
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "seccomp_tsync_first",
        title: "A first filter that another thread installs for all while the tracee waits at an enter-stop decides about that call.",
        quirks: &[UNFILTERED],
        program: calls_and_forbids,
        scenario: |t| forbidden_at_enter(t, "seccomp"),
        ..TSYNC
    },
    Case {
        name: "seccomp_tsync_second",
        title: "The same where the tracee already has a filter, one that lets the call pass.",
        program: |p| {
            p.filter(Syscall::GETPPID, libc::SECCOMP_RET_ERRNO);
            calls_and_forbids(p);
        },
        scenario: |t| forbidden_at_enter(t, "seccomp_2"),
        ..TSYNC
    },
];

/// What the two have in common.
const TSYNC: Case = Case {
    clauses: &[
        TRACED,
        END,
        "event.clone.position",
        "sysstop.entry",
        "sysstop.exit-after-entry",
        INSTALLED,
        FILTERED,
    ],
    options: options::TRACESYSGOOD | options::TRACECLONE,
    needs: NEEDS,
    ..Case::NEW
};

/// A thread that forbids a call to all, and the call.
fn calls_and_forbids(p: &mut Program) {
    p.clone_task(THREAD, "thread", |thread| {
        thread.filter_all_threads(Syscall::SCHED_YIELD, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32);
        thread.exit_thread(7);
    });
    p.call(Syscall::SCHED_YIELD, &[0; 0]);
    p.exit(3);
}

/// To the call's enter-stop, then the thread to its end, then on with the call.
fn forbidden_at_enter(t: Stopped, installing: &str) -> Flow {
    let t = t.cont()?.expect("event.clone.position", Stop::Event(Event::CLONE))?;
    let thread = to_first_stop(t.new_task("thread")?)?;
    let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
    let thread = thread.cont()?.ends(END, Gone::Exited(7))?;
    thread.check_saw(INSTALLED, installing, Some(Return(0)))?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check_saw(FILTERED, "sched_yield", Some(Return::error(Errno::EPERM)))
}
