//! Signals under trace: stops, siginfo, what the tracer gives, queues, masks and handlers.

mod actions;
mod at_stops;
mod beside_events;
mod fault_kinds;
mod faults;
mod given;
mod given_blocked;
mod given_elsewhere;
mod handlers;
mod inherited;
mod mask;
mod mask_at_delivery;
mod peek;
mod queued;
mod senders;
mod set;
mod sigchld;
mod stop_cont;
mod threads;
mod told;
mod waiting;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "signals",
    title: "Signals: their stops and siginfo, what a tracer gives, queues, masks, handlers",
    cases: &[
        senders::CASES,
        faults::CASES,
        actions::CASES,
        given::CASES,
        given_blocked::CASES,
        given_elsewhere::CASES,
        set::CASES,
        queued::CASES,
        peek::CASES,
        mask::CASES,
        mask_at_delivery::CASES,
        waiting::CASES,
        handlers::CASES,
        threads::CASES,
        stop_cont::CASES,
        inherited::CASES,
        at_stops::CASES,
        beside_events::CASES,
        sigchld::CASES,
    ],
};
