//! Event stops: what can be seen at each, and what follows it.

pub(crate) mod asked_for;
pub(crate) mod axes;
mod exec;
mod exec_group_stop;
pub(crate) mod exit;
mod fork_family;
mod founding;
mod later_stops;
mod look;
mod new_task;
mod new_task_ways_on;
mod order;
mod seccomp;
mod seccomp_change;
mod seccomp_tsync;
pub(crate) mod tasks;
mod vfork;
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
        vfork::CASES,
        asked_for::CASES,
        new_task::CASES,
        new_task_ways_on::CASES,
        order::CASES,
        exec::CASES,
        exec_group_stop::CASES,
        exit::CASES,
        later_stops::CASES,
        seccomp::CASES,
        seccomp_change::CASES,
        seccomp_tsync::CASES,
    ],
};
