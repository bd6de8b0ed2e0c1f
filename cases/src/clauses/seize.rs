//! PTRACE_SEIZE.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "seize.makes-tracee",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_SEIZE returns 0 and makes the target thread a tracee of the caller.",
    ),
    Clause::manual(
        "seize.does-not-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_SEIZE of a running process produces no stop and no signal: the target keeps running and waitpid(WNOHANG) returns 0.",
    ),
    Clause::manual(
        "seize.group-stop-report",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "A group-stop of a seized tracee is reported as PTRACE_EVENT_STOP with WSTOPSIG equal to the stop signal.",
    ),
    Clause::manual(
        "seize.children-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "Auto-attached children of a seized tracee first stop with PTRACE_EVENT_STOP and WSTOPSIG SIGTRAP, and no SIGSTOP is queued to them.",
    ),
    Clause::manual(
        "seize.no-exec-sigtrap",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "A seized tracee without TRACEEXEC gets no SIGTRAP after execve.",
    ),
    Clause::manual(
        "seize.only-seized-interrupt-listen",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_INTERRUPT and PTRACE_LISTEN are accepted for seized tracees only.",
    ),
    Clause::manual(
        "seize.inherited",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "Children auto-attached through TRACEFORK, TRACEVFORK or TRACECLONE from a seized tracee are themselves seized (they accept PTRACE_INTERRUPT).",
    ),
    Clause::manual(
        "seize.addr-zero",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_SEIZE with nonzero addr fails with EIO and does not attach.",
    )
    .note("Errno undocumented."),
    Clause::manual(
        "seize.options-immediate",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "Options passed in data of PTRACE_SEIZE are in force as soon as the call returns.",
    ),
    Clause::manual(
        "seize.bad-options",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_SEIZE with an undefined option bit fails with EIO (not EINVAL) and does not attach.",
    )
    .note("Conflicts with the EINVAL entry in ERRORS; historical, see comment in ptrace_attach()."),
    Clause::manual(
        "seize.access-mode",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SEIZE",
        "PTRACE_SEIZE fails with EPERM when the ATTACH_REALCREDS access check denies.",
    ),
];
