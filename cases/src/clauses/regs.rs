//! Register sets.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "regs.getregs-copies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGS, PTRACE_GETFPREGS",
        "On x86_64 PTRACE_GETREGS fills struct user_regs_struct (27 words) at data with the tracee's general registers and returns 0.",
    ),
    Clause::manual(
        "regs.getfpregs-copies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGS, PTRACE_GETFPREGS",
        "On x86_64 PTRACE_GETFPREGS fills struct user_fpregs_struct (512-byte FXSAVE layout) at data and returns 0.",
    ),
    Clause::manual(
        "regs.get-addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGS, PTRACE_GETFPREGS",
        "PTRACE_GETREGS and GETFPREGS give the same result for any addr value.",
    ),
    Clause::manual(
        "regs.get-absent-aarch64",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGS, PTRACE_GETFPREGS",
        "On aarch64 PTRACE_GETREGS (12) and GETFPREGS (14) do not exist and fail with EIO.",
    )
    .note("Errno not documented; value follows from 'op is invalid' in ERRORS."),
    Clause::manual(
        "regs.getregset-prstatus",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with addr NT_PRSTATUS (1) returns the general registers: 27 words on x86_64, struct user_pt_regs (31 x-registers, sp, pc, pstate) on aarch64.",
    ),
    Clause::manual(
        "regs.getregset-prfpreg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with NT_PRFPREG (2) returns floating-point state: 512 bytes on x86_64, struct user_fpsimd_state (528 bytes) on aarch64.",
    ),
    Clause::manual(
        "regs.getregset-vector",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with a vector note type present on the CPU (NT_X86_XSTATE; NT_ARM_SVE) returns that register set.",
    ),
    Clause::manual(
        "regs.getregset-type-selects",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "The addr argument of PTRACE_GETREGSET alone selects the register set, with values that are the ELF NT_* note types.",
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
        "regs.getregset-iov-len-variable",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "For regsets with variable content (aarch64 SVE, SSVE, ZA) iov_len is set to min(len, maximum size) and not to the number of bytes actually written.",
    )
    .note("ptrace_regset() never receives the real count; contradicts 'actual number of bytes returned' and the uapi comment."),
    Clause::manual(
        "regs.getregset-short-len",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETREGSET",
        "PTRACE_GETREGSET with a length that is a multiple of the element size but shorter than the set returns the leading elements; a non-multiple fails with EINVAL; length 0 succeeds with 0 bytes.",
    )
    .note("Multiple-of-size rule is code, not documentation."),
    Clause::manual(
        "regs.setregs-modifies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGS, PTRACE_SETFPREGS",
        "On x86_64 PTRACE_SETREGS installs all general registers from data and the tracee resumes with them.",
    ),
    Clause::manual(
        "regs.setfpregs-modifies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGS, PTRACE_SETFPREGS",
        "On x86_64 PTRACE_SETFPREGS installs the FXSAVE image from data and the tracee resumes with it.",
    ),
    Clause::manual(
        "regs.setregs-disallowed",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGS, PTRACE_SETFPREGS",
        "PTRACE_SETREGS applies the same filtering as POKEUSER: protected eflags bits are silently kept, bad selectors or bases fail with EIO.",
    ),
    Clause::manual(
        "regs.set-addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGS, PTRACE_SETFPREGS",
        "PTRACE_SETREGS and SETFPREGS give the same result for any addr value.",
    ),
    Clause::manual(
        "regs.set-absent-aarch64",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGS, PTRACE_SETFPREGS",
        "On aarch64 PTRACE_SETREGS (13) and SETFPREGS (15) do not exist and fail with EIO.",
    ),
    Clause::manual(
        "regs.setregset-modifies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETREGSET",
        "PTRACE_SETREGSET with NT_PRSTATUS changes the tracee's general registers; GETREGSET then reads the new values and the tracee runs with them.",
    ),
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
