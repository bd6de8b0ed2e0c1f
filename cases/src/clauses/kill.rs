//! PTRACE_KILL.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "kill.sends-sigkill",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_KILL",
        "PTRACE_KILL makes the tracee terminate by SIGKILL.",
    ),
    Clause::manual(
        "kill.args-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_KILL",
        "PTRACE_KILL ignores addr and data.",
    ),
    Clause::manual(
        "kill.may-not-work",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_KILL",
        "ptrace(2) says PTRACE_KILL outside signal-delivery-stop may return 0 without killing; kernels in range send SIGKILL unconditionally, so the tracee dies from any state.",
    )
    .note("Observed 6.18 from running and from syscall-stop."),
    Clause::manual(
        "kill.direct-sigkill-any-state",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_KILL",
        "SIGKILL sent with kill or tgkill terminates the tracee from every ptrace-stop kind except as noted in bug.sigkill-exit-event.",
    ),
];
