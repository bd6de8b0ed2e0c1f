//! Interrupted system calls: what a tracer sees of a restart at every stop, and what it can make of it.

mod attached;
mod calls;
mod delivered;
mod inferior;
mod inotify;
mod never;
mod redirected;
mod stopped;
mod suppressed;
mod way;
mod written;
mod x86;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "restart",
    title: "Interrupted system calls and how they go on",
    cases: &[
        suppressed::CASES,
        delivered::CASES,
        stopped::CASES,
        inotify::CASES,
        written::CASES,
        redirected::CASES,
        inferior::CASES,
        never::CASES,
        attached::CASES,
        x86::CASES,
    ],
};
