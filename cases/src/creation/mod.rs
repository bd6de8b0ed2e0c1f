//! The making of tasks: which event it is, what the new task inherits, and what becomes of both.

mod added_flags;
mod exit_signal;
mod ids;
mod inherited;
mod killed;
mod kinds;
mod maker_signals;
mod memory;
mod namespace;
mod parent;
mod refused;
mod stepped;
mod traced_flag;
mod untraced_flag;
pub(crate) mod way;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "creation",
    title: "Every way to make a task: its event, what the new task inherits, and what becomes of both",
    cases: &[
        kinds::CASES,
        exit_signal::CASES,
        parent::CASES,
        traced_flag::CASES,
        untraced_flag::CASES,
        added_flags::CASES,
        ids::CASES,
        memory::CASES,
        inherited::CASES,
        stepped::CASES,
        refused::CASES,
        maker_signals::CASES,
        killed::CASES,
        namespace::CASES,
    ],
};
