//! PTRACE_SET_SYSCALL.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "setsyscall.unsupported-native",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL",
        "PTRACE_SET_SYSCALL (23) is not available to 64-bit tracers on x86_64 or aarch64 and fails with EIO.",
    )
    .note("Errno undocumented; on aarch64 only 32-bit compat tracers have it."),
    Clause::manual(
        "setsyscall.compat-arm",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL",
        "For a 32-bit (compat) tracer on aarch64 PTRACE_SET_SYSCALL at a syscall-enter-stop replaces the syscall number; addr is ignored.",
    )
    .note("Needs 32-bit EL0 and COMPAT."),
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
