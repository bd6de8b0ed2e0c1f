//! Return values.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "ret.peek-data",
        "ptrace(2)",
        "RETURN VALUE",
        "PEEK operations return the data word (C library).",
    ),
    Clause::manual(
        "ret.filter-count",
        "ptrace(2)",
        "RETURN VALUE",
        "PTRACE_SECCOMP_GET_FILTER returns the instruction count.",
    ),
    Clause::manual(
        "ret.sysinfo-bytes",
        "ptrace(2)",
        "RETURN VALUE",
        "PTRACE_GET_SYSCALL_INFO returns the number of bytes available.",
    ),
    Clause::manual(
        "ret.zero-otherwise",
        "ptrace(2)",
        "RETURN VALUE",
        "Every other successful operation returns 0.",
    )
    .note("Wrong for PTRACE_PEEKSIGINFO (count), SECCOMP_GET_METADATA and GET_RSEQ_CONFIGURATION (size)."),
    Clause::manual("ret.error-minus-one", "ptrace(2)", "RETURN VALUE", "Failure returns -1 and sets errno."),
    Clause::manual(
        "ret.peek-minus-one",
        "ptrace(2)",
        "RETURN VALUE",
        "A successful PEEK of a word with all bits set returns -1 with errno left 0 when cleared before the call.",
    ),
];
