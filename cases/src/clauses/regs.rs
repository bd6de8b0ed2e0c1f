//! Register sets.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "regs.getregset-prstatus",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with addr NT_PRSTATUS (1) returns the general registers: 27 words on x86_64, struct user_pt_regs (31 x-registers, sp, pc, pstate) on aarch64.",
    ),
    Clause::manual(
        "regs.getregset-unknown-type",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with a note type the tracee's regset view lacks fails with EINVAL.",
    )
    .note("Errno undocumented in ptrace(2)."),
    Clause::manual(
        "regs.getregset-iov-in",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "data of PTRACE_GETREGSET points to a struct iovec whose base/len describe the tracer's buffer; nothing beyond len is written.",
    ),
    Clause::manual(
        "regs.getregset-iov-len-out",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "A successful PTRACE_GETREGSET rewrites iov_len to the number of bytes transferred: the set's size for an oversized buffer, the buffer's length (truncated prefix) for a short one.",
    )
    .note("Kernel sets min(len, maximum regset size); see regs.getregset-iov-len-variable for sets whose content is shorter."),
    Clause::manual(
        "regs.getregset-short-len",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with a length that is a multiple of the element size but shorter than the set returns the leading elements; a non-multiple fails with EINVAL; length 0 succeeds with 0 bytes.",
    )
    .note("Multiple-of-size rule is code, not documentation."),
    Clause::manual(
        "regs.setregset-same-conventions",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGSET",
        "PTRACE_SETREGSET uses addr and the iovec the same way as GETREGSET, including unknown-type EINVAL and the iov_len update.",
    ),
    Clause::manual(
        "regs.setregset-partial",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGSET",
        "PTRACE_SETREGSET NT_PRSTATUS shorter than the set writes the leading elements and leaves the rest unchanged.",
    )
    .note("Not stated by the page."),
];
