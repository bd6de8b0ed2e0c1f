//! Signals under trace: stops, siginfo, what the tracer gives, queues, masks and handlers.

mod faults;
mod given;
mod given_blocked;
mod senders;
mod told;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "signals",
    title: "Signals: their stops and siginfo, what a tracer gives, queues, masks, handlers",
    cases: &[senders::CASES, faults::CASES, given::CASES, given_blocked::CASES],
};
