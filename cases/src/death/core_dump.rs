//! Signals that dump core: the flag in the status, and what waits for the dump.

use super::threads::{BORN, MADE, OPTIONS, split};
use crate::changes::DUMP_FIRST;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

/// Whether the process may be dumped, see PR_SET_DUMPABLE(2const).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dumpable(bool);

impl Axis for Dumpable {
    const VALUES: &'static [(&'static str, Self)] =
        &[("dumpable", Dumpable(true)), ("nondumpable", Dumpable(false))];
}

const FIRST: &str = "death.dump-first";
const EXIT: &str = "opt.traceexit.stop";
const MESSAGE: &str = "opt.traceexit.msg-status";
const FAULT: &str = "death.signal-stop-first";
const END: &str = "death.signal-kills-all-threads";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "dump_before_the_exit_events",
        title: "A signal that dumps core kills two threads: the dump waits for no exit event, and both come to theirs.",
        clauses: &[MADE, BORN, FAULT, EXIT, MESSAGE, FIRST, END],
        options: OPTIONS | options::TRACEEXIT,
        changes: &[&DUMP_FIRST],
        program: |p| {
            p.thread("thread", |p| {
                p.spin();
            });
            p.load(0);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            let leader = leader.expect(FAULT, Stop::Signal(Signal::SEGV))?;
            let leader = leader.resume(Resume::Cont, Signal::SEGV)?;
            let thread = exit_event(thread, EXIT)?;
            let waits = leader.across(&DUMP_FIRST, true, false)?;
            let (leader, thread) = if waits {
                // Uninterruptible, in the dump, until the other thread is past its event.
                leader.await_state(&['D'])?;
                leader.check(FIRST, "wait for the thread that dumps", Ok(None), leader.poll());
                let thread = thread.cont()?;
                (exit_event(leader, EXIT)?, thread)
            } else {
                let leader = exit_event(leader, FIRST)?;
                (leader, thread.cont()?)
            };
            let end = Gone::Killed(Signal::SEGV, false);
            thread.ends(END, end)?;
            leader.cont()?.ends(END, end)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "core_flag",
        title: "The wait status of a tracee that an injected signal kills tells of the core dump; a process that is not dumpable has none.",
        clauses: &["death.signal-stop-first", "core.tracee-dump", "core.nondumpable"],
        needs: &[Need::Root],
        axes: &[ANY_START, axis::<Dumpable>(&["dumpable", "nondumpable"])],
        program: |p| {
            in_a_file_system_of_its_own(p);
            let Dumpable(dumpable) = p.pick();
            p.call(Syscall::PRCTL, &[libc::PR_SET_DUMPABLE as u64, dumpable.into(), 0, 0, 0]);
            p.load(0);
        },
        scenario: |t| {
            let t = to_the_fault(t)?;
            let Dumpable(dumpable) = t.pick()?;
            let clause = if dumpable { "core.tracee-dump" } else { "core.nondumpable" };
            t.resume(Resume::Cont, Signal::SEGV)?.ends(clause, Gone::Killed(Signal::SEGV, dumpable))?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn exit_event(t: Running, clause: &str) -> Flow<Stopped> {
    let t = t.expect(clause, Stop::Event(Event::EXIT))?;
    let message = t.message().map(Word);
    t.check(MESSAGE, "event message", Ok(Word(Signal::SEGV.0 as u64)), message);
    Ok(t)
}

/// To the fault of a program that has made ready for a dump, if dumps come to its working directory here.
pub(crate) fn to_the_fault(t: Stopped) -> Flow<Stopped> {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    if pattern.starts_with(['/', '|', '@']) || pattern.trim().is_empty() {
        return Err(Halt::Skip("core dumps do not go to the working directory here".into()));
    }
    let t = t.cont()?.expect("death.signal-stop-first", Stop::Signal(Signal::SEGV))?;
    for step in ["unshare", "mount", "mount_2", "chdir"] {
        t.check_saw("core.tracee-dump", step, Some(Return(0)))?;
    }
    let limited = t.saw("prlimit64")?.map(Return);
    if limited == Some(Return::error(Errno::EPERM)) {
        return Err(Halt::Skip("the hard limit for core dumps is below 1 MiB here".into()));
    }
    t.check("core.tracee-dump", "limit for core dumps set", Some(Return(0)), limited);
    Ok(t)
}

/// An empty file system for the dump, which goes with the process, and a limit that the dump does not reach.
pub(crate) fn in_a_file_system_of_its_own(p: &mut Program) {
    let (none, root, tmpfs, place) = (p.text("none"), p.text("/"), p.text("tmpfs"), p.text("/proc"));
    let limit = p.data(&[1 << 20, 1 << 20]);
    p.call(Syscall::UNSHARE, &[libc::CLONE_NEWNS as u64]);
    p.call(Syscall::MOUNT, &[none, root, 0, libc::MS_REC | libc::MS_PRIVATE, 0]);
    p.call(Syscall::MOUNT, &[none, place, tmpfs, 0, 0]);
    p.call(Syscall::CHDIR, &[place]);
    p.call(Syscall::PRLIMIT64, &[0, libc::RLIMIT_CORE as u64, limit, 0]);
}
