//! aarch64.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_doc(
        "arm64.tagged.thread-scoped",
        "Documentation/arch/arm64/tagged-address-abi.rst",
        "AArch64 Tagged Address ABI",
        "The tagged-address setting is per thread, inherited on fork/clone and cleared on exec: visible through NT_ARM_TAGGED_ADDR_CTRL.",
    ),
    Clause::kernel_doc(
        "arm64.tagged.fault-addr",
        "Documentation/arch/arm64/tagged-pointers.rst",
        "Preserving tags",
        "si_addr of a fault on a tagged pointer has the tag removed unless SA_EXPOSE_TAGBITS is set; watchpoint traps keep the tag.",
    )
    .note("At the signal-delivery-stop the tracer sees siginfo before that masking: undocumented."),
    Clause::uapi_header(
        "arm64.sysemu-numbers",
        "arch/arm64/include/uapi/asm/ptrace.h",
        "PTRACE_SYSEMU",
        "PTRACE_SYSEMU is 31 and SYSEMU_SINGLESTEP 32 on aarch64.",
    ),
    Clause::uapi_header(
        "arm64.mte-numbers",
        "arch/arm64/include/uapi/asm/ptrace.h",
        "PTRACE_PEEKMTETAGS",
        "PEEKMTETAGS is 33 and POKEMTETAGS 34 (33 is SINGLEBLOCK on x86).",
    ),
    Clause::uapi_header(
        "arm64.user-pt-regs",
        "arch/arm64/include/uapi/asm/ptrace.h",
        "struct user_pt_regs",
        "NT_PRSTATUS is 31 x registers, sp, pc, pstate: 272 bytes.",
    ),
    Clause::uapi_header(
        "arm64.ssve-ffr-zero",
        "arch/arm64/include/uapi/asm/ptrace.h",
        "SVE_PT_SVE_FFR_OFFSET comment",
        "FFR in streaming-mode data reads and must be written as zero.",
    ),
    Clause::kernel_source(
        "arm64.x7-direction",
        "arch/arm64/kernel/ptrace.c",
        "ptrace_save_reg()",
        "During syscall-stops x7 reads 0 at entry and 1 at exit, its real value is hidden and tracer writes to it are discarded.",
    )
    .note("ptrace_save_reg()."),
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
    Clause::kernel_source(
        "arm64.orig-x0-sync",
        "arch/arm64/kernel/ptrace.c",
        "update_syscall_orig_x0_after_ptrace()",
        "A change of x0 through NT_PRSTATUS at a syscall-enter-stop is seen by seccomp and audit as first argument.",
    )
    .note("7.3 update_syscall_orig_x0_after_ptrace(); 6.12 and older use the original x0."),
    Clause::kernel_source(
        "arm64.pstate-validation",
        "arch/arm64/kernel/ptrace.c",
        "valid_user_regs()",
        "SETREGSET with pstate selecting another mode or masked interrupts fails with EINVAL.",
    )
    .note("valid_native_regs(), gpr_set()."),
    Clause::kernel_source(
        "arm64.step-ss-reset",
        "arch/arm64/kernel/ptrace.c",
        "valid_user_regs()",
        "The software-step bit in pstate is managed by the kernel: tracer writes do not change stepping.",
    )
    .note("valid_user_regs()."),
    Clause::kernel_source(
        "arm64.tls-regset",
        "arch/arm64/kernel/ptrace.c",
        "tls_get(), tls_set()",
        "NT_ARM_TLS reads and writes TPIDR_EL0.",
    )
    .note("Word 2: see sme.tls.two-words."),
    Clause::kernel_source(
        "arm64.hwbp-regset",
        "arch/arm64/kernel/ptrace.c",
        "hw_break_get(), hw_break_set()",
        "NT_ARM_HW_BREAK and NT_ARM_HW_WATCH report slot count and debug arch in dbg_info; writes set address/control pairs.",
    )
    .note("hw_break_get/set()."),
    Clause::kernel_source(
        "arm64.hwbp-trap",
        "arch/arm64/kernel/ptrace.c",
        "ptrace_hbptriggered()",
        "A hardware breakpoint or watchpoint hit on aarch64 stops the tracee with SIGTRAP, si_code TRAP_HWBKPT and si_addr the trigger address.",
    )
    .note("Hypervisor support varies."),
    Clause::kernel_source(
        "arm64.fpmr-regset",
        "arch/arm64/kernel/ptrace.c",
        "fpmr_get(), fpmr_set()",
        "NT_ARM_FPMR reads and writes FPMR on capable CPUs, EINVAL otherwise.",
    )
    .note("Present in 6.12 tree."),
    Clause::kernel_source(
        "arm64.poe-regset",
        "arch/arm64/kernel/ptrace.c",
        "poe_get(), poe_set()",
        "NT_ARM_POE reads and writes POR_EL0 on capable CPUs, EINVAL otherwise.",
    )
    .note("Present in 6.12 tree."),
    Clause::kernel_source(
        "arm64.pac-enabled-keys-regset",
        "arch/arm64/kernel/ptrace.c",
        "pac_enabled_keys_get()",
        "NT_ARM_PAC_ENABLED_KEYS reads and writes the enabled-key mask.",
    ),
    Clause::kernel_source(
        "arm64.exit-stop-after-entry-work",
        "arch/arm64/kernel/syscall.c",
        "el0_svc_common()",
        "On aarch64, if syscall entry was traced, the exit work runs even if the trace flags changed during the call.",
    )
    .note("el0_svc_common() comment; observable as exit-stop only when PTRACE_SYSCALL is in effect."),
    Clause::kernel_source(
        "arm64.mte-async-before-syscall",
        "arch/arm64/kernel/syscall.c",
        "el0_svc_common()",
        "A pending asynchronous tag fault is reported before the syscall runs and the syscall is restarted.",
    )
    .note("el0_svc_common()."),
];
