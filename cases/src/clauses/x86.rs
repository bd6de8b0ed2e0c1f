//! x86_64.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "x86.arch-prctl-fsbase",
        "arch_prctl(2)",
        "DESCRIPTION",
        "ARCH_SET_FS by the tracee is reflected in fs_base of GETREGS, and ARCH_GET_FS after the tracer changed fs_base returns the tracer's value.",
    ),
    Clause::kernel_doc(
        "x86.shstk.unlock-ptrace-only",
        "Documentation/arch/x86/shstk.rst",
        "Enabling arch_prctl()'s",
        "ARCH_SHSTK_UNLOCK works only through ptrace (PTRACE_ARCH_PRCTL); a self call fails.",
    )
    .note("Needs CONFIG_CHECKPOINT_RESTORE and CET hardware."),
    Clause::kernel_doc(
        "x86.shstk.status-lines",
        "Documentation/arch/x86/shstk.rst",
        "Enabling arch_prctl()'s",
        "/proc/PID/status shows x86_Thread_features and x86_Thread_features_locked.",
    ),
    Clause::kernel_doc(
        "x86.shstk.exec-disables",
        "Documentation/arch/x86/shstk.rst",
        "Enabling arch_prctl()'s",
        "execve disables shadow stack features.",
    ),
    Clause::kernel_doc(
        "x86.xstate.perm-exec",
        "Documentation/arch/x86/xstate.rst",
        "dynamic features",
        "Permission for dynamic features such as AMX is inherited on fork and cleared on exec.",
    )
    .note("Affects which components NT_X86_XSTATE of a new image can carry."),
    Clause::uapi_header(
        "x86.arch-prctl",
        "arch/x86/include/uapi/asm/ptrace-abi.h",
        "PTRACE_ARCH_PRCTL",
        "PTRACE_ARCH_PRCTL (30) performs arch_prctl on the tracee with addr and data in reversed order: ARCH_GET_FS stores fs base at addr.",
    )
    .note("Not in ptrace(2). Argument order documented only in a code comment."),
    Clause::uapi_header(
        "x86.arch-prctl-set-limit",
        "arch/x86/include/uapi/asm/ptrace-abi.h",
        "PTRACE_ARCH_PRCTL",
        "PTRACE_ARCH_PRCTL with ARCH_SET_FS/GS and a non-user address fails with EPERM, and with an unknown code with EINVAL.",
    )
    .note("Observed 6.18."),
    Clause::uapi_header(
        "x86.singleblock",
        "arch/x86/include/uapi/asm/ptrace-abi.h",
        "PTRACE_SINGLEBLOCK",
        "PTRACE_SINGLEBLOCK (33) runs the tracee until the next taken branch.",
    )
    .note("EIO without block-step support; many VMs accept it but stop per instruction."),
    Clause::uapi_header(
        "x86.oldsetoptions",
        "arch/x86/include/uapi/asm/ptrace-abi.h",
        "PTRACE_OLDSETOPTIONS",
        "Request 21 acts as PTRACE_SETOPTIONS.",
    ),
    Clause::uapi_header(
        "x86.getfpxregs-64bit",
        "arch/x86/include/uapi/asm/ptrace-abi.h",
        "PTRACE_GETFPXREGS",
        "PTRACE_GETFPXREGS/SETFPXREGS (18, 19) fail with EIO for 64-bit tracers.",
    )
    .note("Implemented only for 32-bit and ia32 compat."),
    Clause::kernel_source(
        "x86.tf-hidden",
        "arch/x86/kernel/ptrace.c",
        "get_flags()",
        "TF set by the kernel for single-stepping is not shown in eflags by GETREGS/PEEKUSER.",
    )
    .note("get_flags()."),
    Clause::kernel_source(
        "x86.tf-user-kept",
        "arch/x86/kernel/ptrace.c",
        "set_flags()",
        "TF set by the tracee or written by the tracer is kept and shown.",
    )
    .note("set_flags()."),
    Clause::kernel_source(
        "x86.regset-view-by-cs",
        "arch/x86/kernel/ptrace.c",
        "task_user_regset_view()",
        "The layout of NT_PRSTATUS depends on the tracee's CS at the time of the call (32-bit layout for a 32-bit CS).",
    )
    .note("task_user_regset_view() calls the API broken; needs IA32_EMULATION."),
    Clause::kernel_source(
        "x86.dr-addr-einval",
        "arch/x86/kernel/ptrace.c",
        "ptrace_set_breakpoint_addr()",
        "Writing a non-user address to DR0-DR3 fails with EINVAL.",
    )
    .note("Comment CHECKME in ptrace_set_breakpoint_addr(); observed 6.18."),
    Clause::kernel_source(
        "x86.dr45-eio",
        "arch/x86/kernel/ptrace.c",
        "ptrace_set_debugreg()",
        "DR4 and DR5 cannot be written (EIO).",
    ),
    Clause::kernel_source(
        "x86.dr7-atomic",
        "arch/x86/kernel/ptrace.c",
        "ptrace_write_dr7()",
        "A DR7 write rejected for one slot leaves all slots as before.",
    )
    .note("ptrace_write_dr7(); bad length gives EINVAL (observed 6.18)."),
    Clause::kernel_source(
        "x86.dr6-polarity",
        "arch/x86/kernel/ptrace.c",
        "ptrace_get_debugreg()",
        "DR6 reads with architectural polarity and records which ptrace breakpoint fired.",
    )
    .note("Observed 6.18: 0xffff0ff1 after a DR0 hit."),
    Clause::kernel_source(
        "x86.hwbp-trap",
        "arch/x86/kernel/ptrace.c",
        "ptrace_triggered()",
        "A hardware breakpoint set through DR0/DR7 stops the tracee with SIGTRAP, si_code TRAP_HWBKPT.",
    )
    .note("Observed 6.18 in a VM: si_code 4; hypervisor support varies."),
    Clause::kernel_source(
        "x86.xfpregs-size",
        "arch/x86/kernel/fpu/regset.c",
        "xfpregs_set()",
        "SETFPREGS/NT_PRFPREG require the full 512 bytes (EINVAL) and reject invalid MXCSR bits (EINVAL).",
    )
    .note("xfpregs_set(); short length observed 6.18."),
    Clause::kernel_source(
        "x86.xstate-size",
        "arch/x86/kernel/fpu/regset.c",
        "xstateregs_set()",
        "SETREGSET NT_X86_XSTATE requires the exact maximum size, else EFAULT.",
    )
    .note("xstateregs_set(); observed 6.18."),
    Clause::kernel_source(
        "x86.ioperm-enxio",
        "arch/x86/kernel/ptrace.c",
        "ioperm_get()",
        "GETREGSET NT_386_IOPERM without an I/O bitmap fails with ENXIO; SETREGSET with EOPNOTSUPP.",
    )
    .note("Both observed 6.18."),
    Clause::kernel_source(
        "x86.ssp-regset",
        "arch/x86/kernel/fpu/regset.c",
        "ssp_get(), ssp_set()",
        "NT_X86_SHSTK reads and writes the shadow stack pointer; ENODEV when inactive, EINVAL for misaligned or kernel values.",
    )
    .note("Not documented at all."),
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
