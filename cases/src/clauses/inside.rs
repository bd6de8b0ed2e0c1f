//! Event stops that happen inside a system call, where the manual is silent about registers and ways on.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_source(
        "inside.result-not-yet",
        "kernel/fork.c",
        "kernel_clone()",
        "A FORK, VFORK, CLONE or VFORK_DONE event stops the caller inside the call, before its result is written: on x86_64 rax still reads -ENOSYS, as in a syscall-enter-stop and even if the tracer never used PTRACE_SYSCALL; on aarch64 x0 still reads the first argument.",
    )
    .note("rax: PUSH_AND_CLEAR_REGS rax=$-ENOSYS (arch/x86/entry/entry_64.S), overwritten in do_syscall_64(); x0: invoke_syscall() (arch/arm64/kernel/syscall.c)."),
    Clause::kernel_source(
        "inside.call-registers",
        "kernel/fork.c",
        "kernel_clone()",
        "In a fork-family event stop the number, the arguments and every other register are those of the syscall-enter-stop, and the instruction pointer is behind the system call instruction.",
    )
    .note("aarch64 differs in x7, which syscall-stops overwrite and event stops do not: report_syscall(), arch/arm64/kernel/ptrace.c."),
    Clause::kernel_source(
        "inside.exit-stop-follows",
        "kernel/entry/common.c",
        "syscall_exit_work()",
        "PTRACE_SYSCALL from an event stop inside a call leads to the call's syscall-exit-stop, whether or not its entry was reported: the flag is read when the call ends.",
    )
    .note("aarch64: el0_svc_common() and syscall_trace_exit() do the same."),
    Clause::kernel_source(
        "inside.no-exit-stop",
        "kernel/ptrace.c",
        "ptrace_resume()",
        "Any restart but PTRACE_SYSCALL from an event stop inside a call clears SYSCALL_TRACE, so that no syscall-exit-stop follows, even if the entry was reported.",
    ),
    Clause::kernel_source(
        "inside.step-traps-at-return",
        "kernel/entry/common.c",
        "report_single_step()",
        "PTRACE_SINGLESTEP from an event stop inside a call traps where the call returns, its result written and no instruction run: SIGTRAP with si_code TRAP_BRKPT on x86_64, SI_USER on aarch64.",
    )
    .note("user_single_step_report(): arch/x86/kernel/ptrace.c, and include/linux/ptrace.h for architectures without their own. aarch64: syscall_trace_exit()."),
    Clause::kernel_source(
        "inside.sysemu-singlestep",
        "kernel/entry/common.c",
        "report_single_step()",
        "PTRACE_SYSEMU_SINGLESTEP from an event stop inside a call suppresses the trap at the return on x86_64, so that the first trap comes one instruction later with si_code TRAP_TRACE; aarch64 makes no such exception and traps at the return with SI_USER.",
    )
    .note("aarch64: syscall_trace_exit() and report_syscall() look at TIF_SINGLESTEP alone."),
    Clause::kernel_source(
        "inside.signal-dropped",
        "include/linux/ptrace.h",
        "ptrace_event()",
        "A signal given with the restart from an event stop is dropped: ptrace_event() ignores what ptrace_notify() returns.",
    ),
    Clause::kernel_source(
        "inside.siginfo-own-id",
        "kernel/signal.c",
        "ptrace_do_notify()",
        "si_pid and si_uid in an event stop are the tracee's own.",
    ),
    Clause::kernel_source(
        "inside.event-after-success",
        "kernel/fork.c",
        "kernel_clone()",
        "A call that makes no task reports no event: the event follows copy_process() and is left out when that fails.",
    ),
    Clause::kernel_source(
        "inside.child-runs-first",
        "kernel/fork.c",
        "kernel_clone()",
        "The new task is woken before the event is reported and runs independently of it: either task can go on while the other is stopped, and the order of their first reports is undefined.",
    ),
];
