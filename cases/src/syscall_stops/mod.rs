//! Syscall-stops: what they look like, what can be read there, what the tracer can change.

mod aarch64;
mod change;
mod emulated;
mod info;
mod info_memory;
mod info_size;
mod leave;
mod registers;
mod regset;
mod resume;
mod sequence;
mod set_info;
mod set_info_result;
mod signals;
mod skip;
mod status;
mod stops;
mod sysemu;
mod x86;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "syscall_stops",
    title: "Syscall-enter-stops and syscall-exit-stops",
    cases: &[
        sequence::CASES,
        status::CASES,
        registers::CASES,
        x86::CASES,
        aarch64::CASES,
        change::CASES,
        skip::CASES,
        info::CASES,
        info_memory::CASES,
        info_size::CASES,
        set_info::CASES,
        set_info_result::CASES,
        leave::CASES,
        signals::CASES,
        resume::CASES,
        sysemu::CASES,
        emulated::CASES,
        regset::CASES,
    ],
};
