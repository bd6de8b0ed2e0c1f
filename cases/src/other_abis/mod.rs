//! Calls by the processor's other ABIs, and programs of them, as a 64-bit tracer sees them.

mod arm;
mod back;
mod blocked;
mod exec32;
mod fast;
mod int80;
mod int80_changed;
mod int80_filtered;
mod int80_restarted;
mod int80_resumed;
mod interrupt;
mod nr;
mod program;
mod resumed32;
mod segment;
mod sets;
mod thread_area;
mod view;
mod view32;
mod watched;
mod whole;
mod x32;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "other_abis",
    title: "Calls and programs of 32 bits under a 64-bit tracer: numbers, arguments, registers, exec",
    cases: &[
        int80::CASES,
        int80_changed::CASES,
        int80_resumed::CASES,
        int80_filtered::CASES,
        int80_restarted::CASES,
        exec32::CASES,
        resumed32::CASES,
        sets::CASES,
        whole::CASES,
        back::CASES,
        arm::CASES,
        watched::CASES,
        thread_area::CASES,
        fast::CASES,
        segment::CASES,
        x32::CASES,
    ],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";
