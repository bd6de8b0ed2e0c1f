//! What is checked: the clauses that documentation states, and the cases that check them.

mod access;
mod attach;
mod basics;
mod breakpoints;
mod capture_restore;
pub mod changes;
pub mod clauses;
mod creation;
mod death;
mod dispatch;
mod event_stops;
mod exec;
pub mod legality;
mod memory;
pub mod notes;
mod other_abis;
pub mod peers;
mod processor_state;
mod registers;
mod restart;
mod rseq;
mod seccomp;
mod signals;
mod stepping;
mod syscall_stops;
mod tracers;
mod waiting;

use ptrace_conformance_harness::case::Registry;

/// Every family, in the order in which they run and are reported.
pub const FAMILIES: Registry = &[
    syscall_stops::FAMILY,
    event_stops::FAMILY,
    capture_restore::FAMILY,
    legality::FAMILY,
    attach::FAMILY,
    restart::FAMILY,
    death::FAMILY,
    creation::FAMILY,
    exec::FAMILY,
    seccomp::FAMILY,
    waiting::FAMILY,
    signals::FAMILY,
    memory::FAMILY,
    registers::FAMILY,
    stepping::FAMILY,
    dispatch::FAMILY,
    rseq::FAMILY,
    basics::FAMILY,
    processor_state::FAMILY,
    access::FAMILY,
    breakpoints::FAMILY,
    tracers::FAMILY,
    other_abis::FAMILY,
];
