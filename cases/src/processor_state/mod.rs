//! What a task has beyond the general registers: floating point, vectors, thread pointers, and what else the
//! processors of each architecture keep for it.

mod bases;
mod floating;
mod floating_image;
mod floating_refused;
mod matrix;
mod migrations;
mod others;
mod pac;
mod ports;
mod sets;
mod shadow_stack;
mod streaming;
mod tagged;
mod thread_area;
mod thread_pointer;
mod vector_image;
mod vectors;
mod vectors_exec;
mod vectors_length;
mod vectors_written;
mod xstate;
mod xstate_image;
mod xstate_refused;

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "processor_state",
    title: "Registers beyond the general ones: every set of them, what a write does, and what is refused",
    cases: &[
        others::CASES,
        floating::CASES,
        floating_refused::CASES,
        migrations::CASES,
        xstate::CASES,
        xstate_refused::CASES,
        bases::CASES,
        thread_area::CASES,
        ports::CASES,
        shadow_stack::CASES,
        thread_pointer::CASES,
        vectors::CASES,
        vectors_written::CASES,
        vectors_length::CASES,
        vectors_exec::CASES,
        streaming::CASES,
        matrix::CASES,
        pac::CASES,
        tagged::CASES,
    ],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";
