//! The recorder's accident: registers captured at a stop inside a system call, and written back later.

mod blocking;
mod exec;
mod interrupted;
mod making;
mod place;
mod snapshot;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "capture_restore",
    title: "Registers captured at a stop inside a call and written back: at once, later, into a fresh tracee",
    cases: &[making::CASES, exec::CASES, interrupted::CASES],
};
