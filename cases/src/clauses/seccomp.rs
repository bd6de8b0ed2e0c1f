//! seccomp(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "seccomp.trace-no-tracer-enosys",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "SECCOMP_RET_TRACE without a tracer makes the call fail with ENOSYS and it is not executed.",
    ),
    Clause::manual(
        "seccomp.trace-without-option-enosys",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "SECCOMP_RET_TRACE with a tracer that has not set TRACESECCOMP also gives ENOSYS.",
    )
    .note("Observed 6.18."),
    Clause::manual(
        "seccomp.trace-skip",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "Setting the syscall number to -1 in the SECCOMP event skips the call, and the tracee sees the value the tracer placed in the result register.",
    ),
    Clause::manual(
        "seccomp.trace-change",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "Writing another valid number in the SECCOMP event makes that call execute.",
    ),
    Clause::kernel_doc(
        "seccomp.rst.trace-skip-minus-one",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "A tracer that writes number -1 in the SECCOMP event skips the call, and its value in the return register is the call's result.",
    ),
    Clause::manual(
        "seccomp.tsync",
        "seccomp(2)",
        "SECCOMP_FILTER_FLAG_TSYNC",
        "With SECCOMP_FILTER_FLAG_TSYNC a new filter is installed for all threads of the process at once, and the call returns 0.",
    ),
];
