//! Seccomp under trace: what each answer of a filter looks like, who inherits it, and how it is read or suspended.
//!
//! `PTRACE_EVENT_SECCOMP` itself is among the event stops.

mod actions;
mod inherit;
mod kill;
mod metadata;
mod privilege;
mod read;
mod strict;
mod suspend;

use ptrace_conformance_harness::case::{Family, Need};
use ptrace_conformance_harness::context::{Flow, Halt};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::syscalls::Syscall;

/// The family.
pub const FAMILY: Family = Family {
    name: "seccomp",
    title: "Seccomp under trace: what each answer looks like, and how filters are read or suspended",
    cases: &[
        actions::CASES,
        kill::CASES,
        strict::CASES,
        inherit::CASES,
        read::CASES,
        metadata::CASES,
        privilege::CASES,
        suspend::CASES,
    ],
};

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACESECCOMP;
const NEEDS: &[Need] = &[Need::SeccompFilter];
const ROOT: &[Need] = &[Need::SeccompFilter, Need::Root];

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

/// Skips where filters can neither be read nor suspended: only with checkpoint and restore has a kernel this file.
fn checkpoint_restore() -> Flow {
    match std::path::Path::new("/proc/sys/kernel/ns_last_pid").exists() {
        true => Ok(()),
        false => Err(Halt::Skip("this kernel has no CONFIG_CHECKPOINT_RESTORE".into())),
    }
}

/// Word `at` of a buffer.
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[8 * at..8 * at + 8].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}
