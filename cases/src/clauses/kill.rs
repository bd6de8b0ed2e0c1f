//! PTRACE_KILL.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::manual(
    "kill.direct-sigkill-any-state",
    "ptrace(2)",
    "DESCRIPTION/PTRACE_KILL",
    "SIGKILL sent with kill or tgkill terminates the tracee from every ptrace-stop kind except as noted in bug.sigkill-exit-event.",
)];
