//! Headers for user space.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::uapi_header(
    "uapi.eventmsg-syscall",
    "include/uapi/linux/ptrace.h",
    "PTRACE_EVENTMSG_SYSCALL_*",
    "In a syscall-enter-stop PTRACE_GETEVENTMSG returns 1 and in a syscall-exit-stop 2.",
)
.note("Observed 6.18. Not in ptrace(2).")];
