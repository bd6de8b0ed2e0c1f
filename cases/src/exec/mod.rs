//! execve(2) under ptrace: its SIGTRAP, its failures, threads, and what the new image keeps.

mod debug;
mod dying_leader;
mod failed;
mod image;
mod kept;
mod leader_calls;
mod signals;
mod sigtrap;
mod state;
mod thread_calls;
mod traceme;
mod tracing;
mod view;
mod waits;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "exec",
    title: "execve under ptrace: the SIGTRAP, failures, threads, and what the new image keeps",
    cases: &[
        sigtrap::CASES,
        failed::CASES,
        leader_calls::CASES,
        thread_calls::CASES,
        tracing::CASES,
        waits::CASES,
        dying_leader::CASES,
        kept::CASES,
        signals::CASES,
        traceme::CASES,
        view::CASES,
        debug::CASES,
    ],
};
