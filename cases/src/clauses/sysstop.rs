//! Syscall-stops.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "sysstop.entry",
        "ptrace(2)",
        "Syscall-stops",
        "Restart with PTRACE_SYSCALL or PTRACE_SYSEMU leads to a syscall-enter-stop before the next system call starts.",
    ),
    Clause::manual(
        "sysstop.sysemu-skips-always",
        "ptrace(2)",
        "Syscall-stops",
        "A call caught by PTRACE_SYSEMU is skipped whatever the tracer writes to registers and however it restarts.",
    ),
    Clause::manual(
        "sysstop.exit-after-entry",
        "ptrace(2)",
        "Syscall-stops",
        "From any syscall-enter-stop a restart with PTRACE_SYSCALL gives a syscall-exit-stop when the call finishes.",
    )
    .note("Including an enter-stop caused by SYSEMU."),
    Clause::manual(
        "sysstop.exit-on-signal",
        "ptrace(2)",
        "Syscall-stops",
        "If the call is interrupted by a signal the syscall-exit-stop is reported at that point.",
    ),
    Clause::manual(
        "sysstop.no-signal-between",
        "ptrace(2)",
        "Syscall-stops",
        "No signal-delivery-stop is reported between enter and exit stops; the signal's stop follows the exit-stop.",
    ),
    Clause::manual(
        "sysstop.no-exit-after-cont",
        "ptrace(2)",
        "Syscall-stops",
        "From an enter-stop, CONT, SINGLESTEP or SYSEMU produces no syscall-exit-stop for that call.",
    ),
    Clause::manual(
        "sysstop.sysemu-singlestep-same",
        "ptrace(2)",
        "Syscall-stops",
        "PTRACE_SYSEMU_SINGLESTEP obeys the same enter/exit-stop rules as PTRACE_SYSEMU.",
    ),
    Clause::manual(
        "sysstop.other-stop-possible",
        "ptrace(2)",
        "Syscall-stops",
        "After PTRACE_SYSCALL from an enter-stop the next report may be an event stop (fork, exec, seccomp, exit) instead of the exit-stop.",
    ),
    Clause::manual(
        "sysstop.exit-call-dies",
        "ptrace(2)",
        "Syscall-stops",
        "After PTRACE_SYSCALL from the enter-stop of exit or exit_group the next report is death (or the EXIT event), never an exit-stop.",
    ),
    Clause::manual(
        "sysstop.status",
        "ptrace(2)",
        "Syscall-stops",
        "A syscall-stop has WIFSTOPPED and WSTOPSIG SIGTRAP when TRACESYSGOOD is unset.",
    ),
    Clause::manual(
        "sysstop.status-sysgood",
        "ptrace(2)",
        "Syscall-stops",
        "With TRACESYSGOOD WSTOPSIG is SIGTRAP|0x80.",
    ),
    Clause::manual(
        "sysstop.sicode-user",
        "ptrace(2)",
        "Syscall-stops",
        "A SIGTRAP sent by kill, tgkill, sigqueue or a POSIX timer has si_code <= 0 in PTRACE_GETSIGINFO.",
    ),
    Clause::manual(
        "sysstop.sicode-syscall",
        "ptrace(2)",
        "Syscall-stops",
        "In a syscall-stop si_code is SIGTRAP, or SIGTRAP|0x80 with TRACESYSGOOD.",
    ),
    Clause::manual(
        "sysstop.x86-enosys",
        "ptrace(2)",
        "Syscall-stops",
        "On x86_64 rax reads -ENOSYS in a syscall-enter-stop.",
    ),
    Clause::manual(
        "sysstop.sysgood-reliable",
        "ptrace(2)",
        "Syscall-stops",
        "Under TRACESYSGOOD WSTOPSIG 133 occurs for syscall-stops only.",
    ),
    Clause::manual(
        "sysstop.enter-exit-indistinct",
        "ptrace(2)",
        "Syscall-stops",
        "ptrace(2) says enter and exit stops cannot be told apart; since 5.3 PTRACE_GET_SYSCALL_INFO.op and PTRACE_GETEVENTMSG (1 or 2) distinguish them, and on aarch64 x7 reads 0 or 1.",
    )
    .note("Documentation outdated; within wait status and siginfo alone the statement holds."),
    Clause::manual(
        "sysstop.enter-exit-same-status",
        "ptrace(2)",
        "Syscall-stops",
        "Wait status and siginfo of an enter-stop and an exit-stop are identical.",
    ),
    Clause::manual(
        "sysstop.sequence",
        "ptrace(2)",
        "Syscall-stops",
        "Between an enter-stop and its exit-stop only event stops or death may be reported.",
    ),
    Clause::manual(
        "sysstop.exit-without-entry",
        "ptrace(2)",
        "Syscall-stops",
        "A seccomp event followed by PTRACE_SYSCALL yields a syscall-exit-stop with no preceding enter-stop.",
    ),
    Clause::manual(
        "sysstop.other-restart-no-exit",
        "ptrace(2)",
        "Syscall-stops",
        "After an enter-stop any restart other than PTRACE_SYSCALL suppresses the exit-stop.",
    )
    .note("Same as sysstop.no-exit-after-cont; includes DETACH."),
    Clause::manual(
        "sysstop.siginfo",
        "ptrace(2)",
        "Syscall-stops",
        "PTRACE_GETSIGINFO in a syscall-stop returns si_signo SIGTRAP and si_code SIGTRAP or SIGTRAP|0x80.",
    ),
    Clause::manual(
        "sysstop.convention",
        "syscall(2)",
        "Architecture calling conventions",
        "The number goes in rax (x86_64) or x8 (aarch64), the arguments in rdi, rsi, rdx, r10, r8, r9 or x0 to x5, and the result comes back in rax or x0.",
    ),
    Clause::kernel_source(
        "sysstop.ip-behind-call",
        "arch/x86/entry/entry_64.S",
        "entry_SYSCALL_64",
        "At both syscall-stops the instruction pointer is behind the system call instruction and the stack pointer is the one the program called with.",
    )
    .note("aarch64: kernel_entry in arch/arm64/kernel/entry.S saves elr_el1, which svc leaves behind itself."),
    Clause::kernel_source(
        "sysstop.preserves-registers",
        "arch/x86/entry/entry_64.S",
        "entry_SYSCALL_64",
        "A call changes no general register but rax, rcx and r11 on x86_64 and x0 on aarch64, for tracer and program alike.",
    )
    .note("aarch64: kernel_exit in arch/arm64/kernel/entry.S restores x0 to x30 from pt_regs; x7 is a marker while stopped."),
    Clause::kernel_source(
        "sysstop.number-is-int",
        "arch/x86/entry/entry_64.S",
        "entry_SYSCALL_64",
        "Only the lower 32 bits of the number register select a traced call.",
    )
    .note("Sign-extended from eax since 5.14; aarch64 passes x8 as an int (do_el0_svc())."),
    Clause::kernel_source(
        "sysstop.no-number-outside",
        "arch/x86/include/asm/idtentry.h",
        "DECLARE_IDTENTRY()",
        "At a stop caused by an exception, outside any call, the system call number reads -1.",
    )
    .note("x86_64 stubs push -1 as orig_rax; aarch64 kernel_entry stores NO_SYSCALL."),
    Clause::kernel_source(
        "sysstop.sigreturn-number",
        "arch/x86/kernel/signal_64.c",
        "restore_sigcontext()",
        "rt_sigreturn has both stops; at its exit-stop the number reads -1 and the result register is the restored one.",
    )
    .note("aarch64: restore_sigframe() calls forget_syscall()."),
    Clause::kernel_source(
        "sysstop.invalid-number",
        "arch/x86/entry/syscall_64.c",
        "do_syscall_64()",
        "A call with a number that does not exist has both stops and fails with ENOSYS.",
    )
    .note("aarch64: invoke_syscall() and do_ni_syscall() in arch/arm64/kernel/syscall.c."),
    Clause::kernel_source(
        "sysstop.invalid-number-made",
        "arch/x86/entry/syscall_64.c",
        "do_syscall_64()",
        "If the tracer changes the number to one that does not exist, other than -1, the call fails with ENOSYS whatever the tracer put into the result register.",
    )
    .note("x86_64 outside 5.14 to 7.2 keeps what the tracer put there."),
    Clause::kernel_source(
        "sysstop.skip-minus-one",
        "include/linux/entry-common.h",
        "syscall_enter_from_user_mode_work()",
        "A tracer that makes the number -1 at an enter-stop skips the call; the exit-stop comes all the same, and the result is what the result register holds.",
    )
    .note("Untouched it holds -ENOSYS on x86_64 and the first argument on aarch64."),
    Clause::kernel_source(
        "sysstop.data-queued",
        "include/linux/ptrace.h",
        "ptrace_report_syscall()",
        "A signal given when resuming from a syscall-stop is sent to the tracee as a new one: it has a signal-delivery-stop of its own, with si_code SI_KERNEL, behind the exit-stop if there is one.",
    ),
    Clause::kernel_source(
        "sysstop.killed-at-entry",
        "include/linux/ptrace.h",
        "ptrace_report_syscall_entry()",
        "A tracee that gets SIGKILL in an enter-stop does not make the call.",
    ),
    Clause::kernel_source(
        "sysstop.siginfo-own-id",
        "kernel/signal.c",
        "ptrace_do_notify()",
        "At a syscall-stop si_pid and si_uid are the tracee's own, and si_errno is 0.",
    ),
    Clause::kernel_source(
        "sysstop.step-report",
        "include/linux/ptrace.h",
        "ptrace_report_syscall_exit()",
        "A stepped call reports no exit-stop but SIGTRAP, with the result in place and before any instruction behind it: si_code TRAP_BRKPT on x86_64, SI_USER on aarch64.",
    ),
    Clause::kernel_source(
        "sysstop.per-thread",
        "kernel/ptrace.c",
        "ptrace_resume()",
        "PTRACE_SYSCALL is a matter of the one thread that it resumes; another thread of the process, resumed otherwise, has no syscall-stops.",
    ),
];
