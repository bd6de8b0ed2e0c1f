//! aarch64.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_source(
        "arm64.x0-first-argument",
        "arch/arm64/kernel/ptrace.c",
        "gpr_set()",
        "A first argument that the tracer writes to x0 at a syscall-enter-stop is the call's, and since Linux 7.3 (6.1.191, 6.12.114, 7.2.6) also the one that PTRACE_GET_SYSCALL_INFO, seccomp and audit see.",
    ),
    Clause::kernel_source(
        "arm64.x7-direction",
        "arch/arm64/kernel/ptrace.c",
        "ptrace_save_reg()",
        "During syscall-stops x7 reads 0 at entry and 1 at exit, its real value is hidden and tracer writes to it are discarded.",
    )
    .note("ptrace_save_reg()."),
    Clause::kernel_source(
        "arm64.ssbs-forced",
        "arch/arm64/kernel/process.c",
        "ssbs_thread_switch()",
        "On processors without FEAT_SSBS every switch to a task sets PSTATE.SSBS in its saved registers; with it, and in every other bit, PSTATE is the program's.",
    ),
    Clause::kernel_source(
        "arm64.x7-not-in-seccomp-step",
        "arch/arm64/kernel/ptrace.c",
        "ptrace_save_reg()",
        "In SECCOMP and step stops x7 is the real register.",
    ),
    Clause::kernel_source(
        "arm64.syscall-nr-regset",
        "arch/arm64/kernel/ptrace.c",
        "system_call_get(), system_call_set()",
        "NT_ARM_SYSTEM_CALL (4 bytes) reads the number at a syscall-stop and writing it changes the call.",
    )
    .note("Not documented in ptrace(2)."),
    Clause::kernel_source(
        "arm64.skip-minus-one",
        "arch/arm64/kernel/syscall.c",
        "el0_svc_common()",
        "Writing -1 through NT_ARM_SYSTEM_CALL skips the call and x0 is returned as result.",
    )
    .note("el0_svc_common() comment."),
    Clause::kernel_source(
        "arm64.skip-x0-preserved",
        "arch/arm64/kernel/syscall.c",
        "el0_svc_common()",
        "If the tracer skips a call but does not set x0, the tracee sees x0 unchanged (its first argument).",
    )
    .note("With SET_SYSCALL_INFO nr -1 x0 becomes -ENOSYS instead."),
    Clause::kernel_source(
        "arm64.user-syscall-minus1",
        "arch/arm64/kernel/syscall.c",
        "el0_svc_common()",
        "A tracee-issued syscall number -1 returns ENOSYS when traced and not modified.",
    ),
];
