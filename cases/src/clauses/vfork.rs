//! vfork(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "vfork.caller-suspended",
        "vfork(2)",
        "DESCRIPTION",
        "The vfork caller stays suspended until the child terminates or execs; while the child is ptrace-stopped the caller reports no VFORK_DONE.",
    ),
    Clause::manual(
        "vfork.signals-deferred",
        "vfork(2)",
        "DESCRIPTION",
        "A signal sent to a tracee blocked in vfork is reported as signal-delivery-stop only after the child released it.",
    ),
];
