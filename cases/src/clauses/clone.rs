//! clone(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "clone.clone-ptrace",
        "clone(2)",
        "DESCRIPTION",
        "CLONE_PTRACE in a traced caller makes the child a tracee of the same tracer without any PTRACE_O_* option and without an event stop in the parent.",
    )
    .note("Observed 6.18: child starts with SIGSTOP."),
    Clause::manual(
        "clone.untraced",
        "clone(2)",
        "DESCRIPTION",
        "CLONE_UNTRACED prevents auto-attach: no fork-family event occurs and the child is not traced although options are set.",
    ),
    Clause::manual(
        "clone.untraced-vs-ptrace",
        "clone(2)",
        "DESCRIPTION",
        "CLONE_UNTRACED together with an explicit CLONE_PTRACE still attaches the child.",
    )
    .note("Page wording suggests the opposite; observed 6.18, kernel_clone()."),
    Clause::manual(
        "clone.ret-tid",
        "clone(2)",
        "DESCRIPTION",
        "clone returns the child's TID in the caller; at the syscall-exit-stop the return value equals the event message.",
    )
    .note("Within one PID namespace."),
];
