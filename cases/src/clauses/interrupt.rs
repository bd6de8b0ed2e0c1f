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
    Clause::manual(
        "interrupt.after-listen",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "PTRACE_INTERRUPT on a tracee listening in group-stop yields PTRACE_EVENT_STOP whose WSTOPSIG is the stop signal.",
    ),
    Clause::manual(
        "interrupt.concurrent-stop-wins",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "If another ptrace-stop arises together with PTRACE_INTERRUPT, that other stop is reported and may consume the interrupt.",
    ),
    Clause::manual(
        "interrupt.plain-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "PTRACE_INTERRUPT of a tracee running in user space yields PTRACE_EVENT_STOP with WSTOPSIG SIGTRAP: status>>8 == SIGTRAP|(128<<8).",
    ),
    Clause::manual(
        "interrupt.seize-only",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "PTRACE_INTERRUPT on a non-seized tracee fails with EIO.",
    )
    .note("Errno undocumented."),
    Clause::manual(
        "interrupt.no-signal-sent",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_INTERRUPT",
        "PTRACE_INTERRUPT leaves the tracee's pending and blocked signal sets unchanged.",
    )
    .note("Stated under 'Attaching and detaching'."),
    Clause::manual(
        "interrupt.after-seize",
        "ptrace(2)",
        "Attaching and detaching",
        "PTRACE_INTERRUPT after PTRACE_SEIZE stops the tracee with no signal sent (SigPnd and ShdPnd unchanged).",
    ),
];
