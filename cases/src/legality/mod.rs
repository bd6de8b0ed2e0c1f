//! The legality of requests: each request of ptrace(2) in each state of a task, as one table.

pub mod answer;
mod ask;
mod at_stops;
mod bad_arguments;
pub mod bad_table;
mod beside_the_tracer;
mod going_on;
mod not_ours;
mod not_stopped;
pub mod state;
pub mod table;
mod traceme;
mod way;

use crate::changes::{DISPATCH_CONFIG, RSEQ_CONFIGURATION, SET_SYSCALL_INFO};
use ptrace_conformance_harness::case::Family;
use ptrace_conformance_harness::kernel_change::KernelChange;

/// What cases show that ask for everything.
const NEW_REQUESTS: &[&KernelChange] = &[&RSEQ_CONFIGURATION, &DISPATCH_CONFIG, &SET_SYSCALL_INFO];

/// The family.
pub const FAMILY: Family = Family {
    name: "legality",
    title: "Which request is allowed in which state, and what the others answer",
    cases: &[
        at_stops::CASES,
        going_on::CASES,
        not_stopped::CASES,
        not_ours::CASES,
        traceme::CASES,
        bad_arguments::CASES,
        beside_the_tracer::CASES,
    ],
};
