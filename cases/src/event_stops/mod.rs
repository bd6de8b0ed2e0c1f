//! Event stops: what can be seen at each, and what follows it.

pub(crate) mod axes;
mod exec;
mod exit;
mod fork_family;
mod founding;
mod look;
mod seccomp;
mod seccomp_change;
pub(crate) mod tasks;
mod ways_on;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "event_stops",
    title: "What can be seen at an event stop, and what follows it",
    cases: &[
        founding::CASES,
        fork_family::CASES,
        ways_on::CASES,
        exec::CASES,
        exit::CASES,
        seccomp::CASES,
        seccomp_change::CASES,
    ],
};
