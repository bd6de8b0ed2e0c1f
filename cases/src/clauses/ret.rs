//! Return values.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::manual(
    "ret.sysinfo-bytes",
    "ptrace(2)",
    "RETURN VALUE",
    "PTRACE_GET_SYSCALL_INFO returns the number of bytes available.",
)];
