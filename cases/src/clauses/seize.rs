//! PTRACE_SEIZE.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "seize.children-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "Auto-attached children of a seized tracee first stop with PTRACE_EVENT_STOP and WSTOPSIG SIGTRAP, and no SIGSTOP is queued to them.",
    ),
    Clause::manual(
        "seize.no-exec-sigtrap",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "A seized tracee without TRACEEXEC gets no SIGTRAP after execve.",
    ),
    Clause::manual(
        "seize.inherited",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "Children auto-attached through TRACEFORK, TRACEVFORK or TRACECLONE from a seized tracee are themselves seized (they accept PTRACE_INTERRUPT).",
    ),
];
