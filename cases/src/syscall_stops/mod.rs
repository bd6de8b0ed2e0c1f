//! Syscall-stops: what they look like, what can be read there, what the tracer can change.

mod sequence;
mod status;
mod stops;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "syscall_stops",
    title: "Syscall-enter-stops and syscall-exit-stops",
    cases: &[sequence::CASES, status::CASES],
};
