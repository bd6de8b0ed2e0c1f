//! x86_64.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_source(
        "x86.orig-ax-minus1",
        "arch/x86/kernel/ptrace.c",
        "putreg32()",
        "Writing orig_rax -1 in a syscall-exit or signal stop disables syscall restart.",
    )
    .note("Comment in putreg32(); applies to 64-bit too: observed 6.18, read returned the raw -512 to the tracee."),
    Clause::kernel_source(
        "x86.syscall-clobbers",
        "arch/x86/entry/entry_64.S",
        "entry_SYSCALL_64",
        "At the stops of a 64-bit call, and behind it, rcx is the return address and r11 the flags.",
    )
    .note("Where the kernel uses FRED the instruction leaves both registers alone."),
    Clause::kernel_source(
        "x86.rax-at-entry-lost",
        "arch/x86/entry/syscall_64.c",
        "do_syscall_x64()",
        "rax written at an enter-stop neither selects the call nor survives it: the call's result replaces it.",
    ),
];
