//! The first stop of a task that is traced from its making, where the manual is silent.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_source(
        "newtask.registers",
        "arch/x86/kernel/process.c",
        "copy_thread()",
        "A new task begins with its parent's registers as they were inside the call, except for a result of 0 and the stack pointer if the call gave one; the instruction pointer is behind the system call instruction.",
    )
    .note("aarch64: copy_thread() in arch/arm64/kernel/process.c."),
    Clause::kernel_source(
        "newtask.number",
        "arch/x86/kernel/process.c",
        "copy_thread()",
        "In a new task's first stop orig_rax on x86_64 still has the creating call's number; on aarch64 NT_ARM_SYSTEM_CALL reads -1.",
    )
    .note("aarch64: do_signal() (arch/arm64/kernel/signal.c) forgets the call before it looks for signals."),
    Clause::kernel_source(
        "newtask.no-exit-stop",
        "kernel/fork.c",
        "copy_process()",
        "A new task inherits no syscall tracing, and its first stop is behind the exit work of the creating call: PTRACE_SYSCALL from there leads to the enter-stop of its own first call, not to an exit-stop.",
    )
    .note("x86_64: ret_from_fork() runs syscall_exit_to_user_mode(), whose signal loop comes after the exit work. aarch64: ret_from_fork returns through asm_exit_to_user_mode(), without syscall_trace_exit()."),
    Clause::kernel_source(
        "newtask.not-stepped",
        "kernel/fork.c",
        "copy_process()",
        "A new task is not single-stepped, even if its parent was while it made it.",
    ),
    Clause::kernel_source(
        "newtask.sigstop-siginfo",
        "include/linux/ptrace.h",
        "ptrace_init_task()",
        "The SIGSTOP of a new task whose parent was not seized is only a bit in its pending set, so that its siginfo reads SI_USER with si_pid 0 and si_uid 0.",
    )
    .note("collect_signal() in kernel/signal.c makes up the siginfo."),
];
