//! Waiting and job control: what each wait tells of a tracee, to whom, and when; group-stops and what ends them.

mod cont;
mod descriptors;
mod ends;
mod exec;
mod flags;
mod group;
mod group_threads;
mod nested;
mod parents;
mod selectors;
mod sigchld;
mod stops;
mod untraced;
pub(crate) mod way;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "waiting",
    title: "Waiting and job control: what each wait tells of a tracee, and group-stops",
    cases: &[
        stops::CASES,
        flags::CASES,
        selectors::CASES,
        descriptors::CASES,
        group::CASES,
        group_threads::CASES,
        cont::CASES,
        parents::CASES,
        sigchld::CASES,
        nested::CASES,
        untraced::CASES,
        ends::CASES,
        exec::CASES,
    ],
};
