//! Signal injection and suppression.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "inject.suppressed-restarts",
        "ptrace(2)",
        "Signal injection and suppression",
        "After suppression the interrupted syscall is entered again with the same number, or as restart_syscall for calls with time-based restart.",
    )
    .note("With PTRACE_SYSCALL the second entry-stop is observable."),
];
