//! Who may trace a task, read it or write to it: the access check of ptrace(2), asked from every side.

mod answers;
mod asker;
mod beside_tracer;
mod capabilities;
mod change;
mod descriptors;
mod dumpable;
mod files;
mod groups;
mod hidden;
mod kcmp;
mod landlock;
mod looks;
mod mount;
mod namespaces;
mod nobody;
mod pair;
mod relation;
mod same_process;
mod set_id;
mod set_id_file;
mod set_id_target;
mod traceme;
mod tracer_stays;
mod users;
mod yama;
mod yama_cleared;
mod yama_limits;

use ptrace_conformance_harness::case::{Dimension, Family, Start, axis};

/// How the case's first task came under trace makes no difference to those it made.
const ONE_START: Dimension = axis::<Start>(&["traceme"]);

/// The family.
pub const FAMILY: Family = Family {
    name: "access",
    title: "Who may trace a task, read it or write to it",
    cases: &[
        users::CASES,
        groups::CASES,
        capabilities::CASES,
        dumpable::CASES,
        files::CASES,
        hidden::CASES,
        looks::CASES,
        set_id::CASES,
        set_id_target::CASES,
        nobody::CASES,
        same_process::CASES,
        traceme::CASES,
        namespaces::CASES,
        tracer_stays::CASES,
        beside_tracer::CASES,
        descriptors::CASES,
        kcmp::CASES,
        landlock::CASES,
        yama::CASES,
        yama_cleared::CASES,
        yama_limits::CASES,
    ],
};
