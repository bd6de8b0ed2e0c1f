//! signal(7).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::manual(
    "signal.eintr-without-sa-restart",
    "signal(7)",
    "Interruption of system calls and library functions by signal handlers",
    "Without SA_RESTART the call returns EINTR, visible at the syscall-exit-stop or after the handler.",
)
.note("At the exit-stop the raw value is -ERESTARTSYS (512): undocumented.")];
