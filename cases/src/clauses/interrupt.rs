//! PTRACE_INTERRUPT.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "interrupt.stops",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "PTRACE_INTERRUPT on a running seized tracee returns 0 and causes a stop.",
    ),
    Clause::manual(
        "interrupt.syscall-exit-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "If the tracee sleeps in a syscall and was resumed with PTRACE_SYSCALL, PTRACE_INTERRUPT aborts the call and a syscall-exit-stop is reported.",
    )
    .note("Observed 6.18: exit value -ERESTARTNOHAND for pause and no extra EVENT_STOP follows."),
    Clause::manual(
        "interrupt.syscall-restarted",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "The call aborted by PTRACE_INTERRUPT is restarted when the tracee resumes (the tracee never sees EINTR for a restartable call).",
    ),
];
