//! Errors.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "err.ebusy",
        "ptrace(2)",
        "ERRORS",
        "EBUSY is specific to i386 debug-register allocation.",
    )
    .note("Not reachable from x86_64 tracers except via exhausted hw breakpoints (then ENOSPC); treat as not applicable."),
    Clause::manual(
        "err.efault-eio-mem",
        "ptrace(2)",
        "ERRORS",
        "Access to an unmapped tracee address or an invalid tracer buffer fails with EFAULT or EIO.",
    )
    .note("Kernel: tracee side EIO, tracer side EFAULT."),
    Clause::manual(
        "err.einval-option",
        "ptrace(2)",
        "ERRORS",
        "Setting an undefined option bit with PTRACE_SETOPTIONS fails with EINVAL and leaves the options unchanged.",
    )
    .note("PTRACE_SEIZE returns EIO instead."),
    Clause::manual(
        "err.eio-bad-op",
        "ptrace(2)",
        "ERRORS",
        "An unknown operation number on a stopped tracee fails with EIO.",
    )
    .note("On a nonexistent or untraced pid ESRCH takes precedence."),
    Clause::manual(
        "err.eio-invalid-area",
        "ptrace(2)",
        "ERRORS",
        "PEEK/POKE of an unmapped tracee address fails with EIO.",
    ),
    Clause::manual(
        "err.eio-alignment",
        "ptrace(2)",
        "ERRORS",
        "A misaligned USER offset fails with EIO.",
    ),
    Clause::manual(
        "err.eio-bad-signal",
        "ptrace(2)",
        "ERRORS",
        "A restart with a signal number above 64 or negative fails with EIO and the tracee stays stopped.",
    )
    .note("Parametrise over all restarting operations."),
    Clause::manual(
        "err.eperm-cap",
        "ptrace(2)",
        "ERRORS",
        "Attaching without sufficient privilege fails with EPERM; CAP_SYS_PTRACE lifts it.",
    ),
    Clause::manual(
        "err.eperm-other-uid",
        "ptrace(2)",
        "ERRORS",
        "An unprivileged process cannot attach to a process of another user (EPERM).",
    ),
    Clause::manual(
        "err.eperm-setid",
        "ptrace(2)",
        "ERRORS",
        "An unprivileged process cannot attach to a process running a set-user-ID or set-group-ID program (EPERM).",
    ),
    Clause::manual(
        "err.eperm-already-traced",
        "ptrace(2)",
        "ERRORS",
        "Attaching (ATTACH, SEIZE) to a thread that already has a tracer fails with EPERM, including by the same tracer; TRACEME by a traced thread fails with EPERM.",
    ),
    Clause::manual(
        "err.init-traceable",
        "ptrace(2)",
        "ERRORS",
        "PID 1 can be attached by a privileged tracer.",
    )
    .note("Test in a PID namespace."),
    Clause::manual(
        "err.esrch-nonexistent",
        "ptrace(2)",
        "ERRORS",
        "Operations naming a nonexistent thread fail with ESRCH.",
    ),
    Clause::manual(
        "err.esrch-not-mine",
        "ptrace(2)",
        "ERRORS",
        "Operations on a thread not traced by the caller fail with ESRCH.",
    ),
    Clause::manual(
        "err.esrch-not-stopped",
        "ptrace(2)",
        "ERRORS",
        "Operations needing a stop fail with ESRCH on a running tracee.",
    ),
];
