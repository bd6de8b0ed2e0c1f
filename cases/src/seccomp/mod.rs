//! Seccomp under trace: what each answer of a filter looks like, who inherits it, and how it is read or suspended.
//!
//! `PTRACE_EVENT_SECCOMP` itself is among the event stops.

mod actions;
mod events;
mod inherit;
mod kill;
mod metadata;
mod notify;
mod privilege;
mod read_filter;
mod strict;
mod suspend;

use ptrace_conformance_harness::case::{Family, Need};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::lie::read;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Task;

/// The family.
pub const FAMILY: Family = Family {
    name: "seccomp",
    title: "Seccomp under trace: what each answer looks like, and how filters are read or suspended",
    cases: &[
        actions::CASES,
        events::CASES,
        kill::CASES,
        strict::CASES,
        inherit::CASES,
        read_filter::CASES,
        metadata::CASES,
        privilege::CASES,
        suspend::CASES,
        notify::CASES,
    ],
};

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACESECCOMP;
const NEEDS: &[Need] = &[Need::SeccompFilter];
/// What it takes to read filters and to suspend them.
const CONTROL: &[Need] = &[Need::SeccompFilter, Need::Root, Need::CheckpointRestore];

/// The program's own end.
const END: &str = "wait.macro.exited";
/// The clause that promises the stop at a breakpoint of the program.
const MARK: &str = "stop.signal.every-delivery-stops";

/// The call that the filters of this family are about: no arguments, and no effect.
const CALL: Syscall = Syscall::GETPPID;

/// A filter that gives these answers to [`CALL`], one filter each, the call, and exit(3).
fn filtered(p: &mut Program, actions: &[u32]) {
    for &action in actions {
        p.filter(CALL, action);
    }
    p.call(CALL, &[0; 0]);
    p.exit(3);
}

/// The program got its parent's id from [`CALL`], so the call was made.
fn check_made(t: &Task, clause: &str, step: &str) -> Flow {
    let here = Some(u64::from(std::process::id()));
    t.check(clause, "the program got its parent's id", true, t.saw(step)? == here);
    Ok(())
}

/// The words of a buffer.
fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    std::array::from_fn(|at| read(&bytes[8 * at..8 * at + 8]))
}
