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
    Clause::kernel_source(
        "x86.orig-ax-other",
        "arch/x86/kernel/signal.c",
        "arch_do_signal_or_restart()",
        "A number other than -1 that the tracer puts into orig_rax of an interrupted call is the call that is made instead, an invalid one included.",
    ),
    Clause::kernel_source(
        "x86.number-32-bits",
        "arch/x86/entry/entry_64.S",
        "entry_SYSCALL_64",
        "The number of a call is sign-extended from the lower 32 bits of rax; orig_rax keeps all 64.",
    ),
    Clause::kernel_source(
        "x86.dispatch-no-stop",
        "kernel/entry/common.c",
        "syscall_trace_enter()",
        "A call that syscall user dispatch intercepts has neither an enter-stop nor an exit-stop: SIGSYS comes in its place.",
    )
    .note("Since 5.11, with the generic entry code: x86_64 here, aarch64 not yet."),
    Clause::kernel_source(
        "x86.dispatch-siginfo",
        "kernel/entry/syscall_user_dispatch.c",
        "trigger_sigsys()",
        "The SIGSYS of an intercepted call has si_code SYS_USER_DISPATCH (2).",
    ),
];
