//! Attaching.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "attach.auto-attach",
        "ptrace(2)",
        "Attaching and detaching",
        "With TRACEFORK, TRACEVFORK or TRACECLONE active, children of the corresponding kind are attached to the tracer of their parent.",
    )
    .note("The page's 'respectively' list swaps fork and vfork relative to the option order."),
    Clause::manual(
        "attach.auto-attach-sigstop",
        "ptrace(2)",
        "Attaching and detaching",
        "Auto-attached children of a non-seized tracee get SIGSTOP and stop with it after returning from the creating syscall.",
    ),
];
