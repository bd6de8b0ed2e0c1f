//! What is checked: the clauses that documentation states, and the cases that check them.

mod attach;
mod capture_restore;
pub mod changes;
pub mod clauses;
mod creation;
mod death;
mod event_stops;
mod exec;
pub mod legality;
mod memory;
pub mod notes;
pub mod peers;
mod registers;
mod restart;
mod seccomp;
mod signals;
mod stepping;
mod syscall_stops;
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
];
