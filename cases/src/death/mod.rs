//! Exit and death: who dies of what, in which order it is reported, and to whom.

mod by_exit;
mod by_signal;
pub(crate) mod core_dump;
mod killing;
mod leader;
mod many;
mod parents;
pub(crate) mod threads;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "death",
    title: "Exit and death: of what, in which order, and who is told",
    cases: &[
        by_signal::CASES,
        killing::CASES,
        by_exit::CASES,
        leader::CASES,
        many::CASES,
        core_dump::CASES,
        parents::CASES,
    ],
};
