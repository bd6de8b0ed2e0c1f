//! A tracee's memory: PTRACE_PEEKDATA and PTRACE_POKEDATA, process_vm_readv(2) and process_vm_writev(2), and
//! /proc/PID/mem, which show the same and obey different rules.

mod agreement;
mod code;
mod edges;
mod many;
mod odd_places;
mod place;
mod refused;
mod secret;
mod tasks;
mod through;
mod vectors;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "memory",
    title: "A tracee's memory by ptrace, process_vm_readv and /proc/PID/mem",
    cases: &[
        agreement::CASES,
        edges::CASES,
        vectors::CASES,
        many::CASES,
        refused::CASES,
        tasks::CASES,
        secret::CASES,
        odd_places::CASES,
        code::CASES,
    ],
};
