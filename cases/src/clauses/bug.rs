//! Declared bugs.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "bug.sigkill-exit-event",
        "ptrace(2)",
        "BUGS",
        "SIGKILL may produce a PTRACE_EVENT_EXIT stop before the death.",
    )
    .note("Observed on 6.18, message 9. A further SIGKILL does not end that stop on 6.1+ (prepare_signal() drops it); a restart or detach is needed."),
];
