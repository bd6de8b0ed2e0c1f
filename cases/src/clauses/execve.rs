//! execve(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "execve.ptraced-sigtrap",
        "execve(2)",
        "DESCRIPTION",
        "execve(2) says that a traced program always gets SIGTRAP after a successful execve.",
    )
    .note("Incomplete: not when seized or with TRACEEXEC; see exec.legacy-sigtrap-not-seized."),
    Clause::manual(
        "execve.setid-ignored-traced",
        "execve(2)",
        "DESCRIPTION",
        "A set-user-ID or set-group-ID bit is ignored when the calling process is traced.",
    )
    .note("Kernel exception (not documented): honoured if the tracer had CAP_SYS_PTRACE when it attached (ptracer_capable())."),
    Clause::manual(
        "execve.filecaps-ignored-traced",
        "execve(2)",
        "DESCRIPTION",
        "File capabilities are ignored when the calling process is traced.",
    )
    .note("Same exception."),
    Clause::manual(
        "execve.saved-ids-copied",
        "execve(2)",
        "DESCRIPTION",
        "After execve the saved set IDs equal the effective IDs.",
    )
    .note("Relevant to access step 3."),
    Clause::manual(
        "execve.threads-destroyed",
        "execve(2)",
        "DESCRIPTION",
        "All other threads are destroyed during execve.",
    ),
    Clause::manual(
        "execve.dumpable-reset",
        "execve(2)",
        "DESCRIPTION",
        "execve of an ordinary program sets dumpable to 1; of a set-ID or file-capability program to /proc/sys/fs/suid_dumpable.",
    ),
    Clause::manual(
        "execve.mask-pending-preserved",
        "execve(2)",
        "DESCRIPTION",
        "The blocked mask and pending set survive execve (a blocked SIGTRAP stays pending).",
    )
    .note("See signal(7)."),
    Clause::manual(
        "execve.eperm-traced-setid",
        "execve(2)",
        "ERRORS",
        "execve(2) lists EPERM for execve of a set-ID file by a traced unprivileged process.",
    )
    .note("Contradicts its own DESCRIPTION and the kernel: the call succeeds without the ID change."),
    Clause::manual(
        "execve.setid-not-traceable",
        "execve(2)",
        "NOTES",
        "An unprivileged process cannot attach to a set-user-ID or set-group-ID process.",
    ),
];
