//! How a tracer comes to a task, holds it without a stop of its own, and leaves it.

mod again;
mod asked;
mod come;
mod detach;
mod ends;
mod execve;
mod frozen;
mod held;
mod interrupt;
mod listen;
mod stopped;
pub(crate) mod threads;
mod tracer_ends;
pub(crate) mod way;
mod who_may;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "attach",
    title: "How a tracer comes to a task that runs already, interrupts it, and leaves it",
    cases: &[
        come::CASES,
        stopped::CASES,
        held::CASES,
        interrupt::CASES,
        listen::CASES,
        detach::CASES,
        again::CASES,
        ends::CASES,
        threads::CASES,
        asked::CASES,
        execve::CASES,
        frozen::CASES,
        tracer_ends::CASES,
        who_may::CASES,
    ],
};
