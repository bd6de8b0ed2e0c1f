//! PTRACE_TRACEME.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "traceme.fork-child-starts-trace",
        "ptrace(2)",
        "DESCRIPTION",
        "A forked child that performs PTRACE_TRACEME becomes the tracee of its parent with no action by the parent, and a following execve stops it under the parent's control.",
    ),
    Clause::manual(
        "traceme.parent-becomes-tracer",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_TRACEME",
        "PTRACE_TRACEME returns 0 and makes the caller's parent its tracer: the caller's TracerPid equals its PPid.",
    ),
    Clause::manual(
        "traceme.args-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_TRACEME",
        "PTRACE_TRACEME succeeds whatever values are passed as pid, addr and data.",
    ),
    Clause::manual(
        "traceme.only-by-tracee",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_TRACEME",
        "PTRACE_TRACEME acts on the calling thread only; no other operation can be issued by a tracee on itself (a self-directed operation fails with ESRCH, or EPERM for ATTACH/SEIZE).",
    ),
    Clause::manual(
        "traceme.calling-thread",
        "ptrace(2)",
        "Attaching and detaching",
        "PTRACE_TRACEME affects the calling thread only: other threads of the process stay untraced.",
    ),
    Clause::manual(
        "traceme.keeps-running",
        "ptrace(2)",
        "Attaching and detaching",
        "PTRACE_TRACEME does not stop the caller.",
    ),
    Clause::manual(
        "traceme.raise-sigstop",
        "ptrace(2)",
        "Attaching and detaching",
        "raise(SIGSTOP) after TRACEME is reported to the parent as a signal-delivery-stop with SIGSTOP.",
    ),
];
