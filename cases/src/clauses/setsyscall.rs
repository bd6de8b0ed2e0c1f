//! PTRACE_SET_SYSCALL.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "setsyscall.x86-by-register",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL",
        "On x86_64 writing orig_rax at a syscall-enter-stop changes which system call runs.",
    ),
    Clause::manual(
        "setsyscall.arm64-by-regset",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL",
        "On aarch64 writing the number through NT_ARM_SYSTEM_CALL at a syscall-enter-stop changes which system call runs; writing x8 does not.",
    )
    .note("Page mentions only 'other means'."),
];
