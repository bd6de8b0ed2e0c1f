//! PTRACE_DETACH.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "detach.ends-tracing",
        "ptrace(2)",
        "DESCRIPTION",
        "After PTRACE_DETACH the tracee continues without being traced: TracerPid is 0 and later signals, syscalls and execve produce no stops.",
    ),
    Clause::manual(
        "detach.any-attach-method",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_DETACH",
        "PTRACE_DETACH works for tracees attached by TRACEME, ATTACH, SEIZE or auto-attach.",
    ),
];
