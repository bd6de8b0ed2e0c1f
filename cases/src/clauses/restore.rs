//! Registers written back by a tracer: what the kernel and the program make of them, where the manual is silent.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::kernel_source(
        "restore.at-once",
        "arch/x86/entry/syscall_64.c",
        "do_syscall_x64()",
        "Registers captured at an event stop inside a call and written back at that stop change nothing: the kernel writes the result over them when the call returns.",
    )
    .note("arch/x86/entry/common.c before 6.14. aarch64: invoke_syscall() in arch/arm64/kernel/syscall.c."),
    Clause::kernel_source(
        "restore.result-lost",
        "arch/x86/kernel/ptrace.c",
        "genregs_set()",
        "Registers captured at an event stop inside a call and written where that call is not under way are what the program runs with: it finds in the result register what stood there inside the call, -ENOSYS on x86_64 and the first argument on aarch64, and takes it for the result.",
    )
    .note("aarch64: gpr_set() in arch/arm64/kernel/ptrace.c. Neither tells such registers from others."),
    Clause::kernel_source(
        "restore.exit-stop-has-all",
        "kernel/entry/common.c",
        "syscall_exit_work()",
        "The syscall-exit-stop comes when the result is written: registers captured there carry it to wherever they are written.",
    )
    .note("aarch64: syscall_trace_exit() in arch/arm64/kernel/ptrace.c."),
    Clause::kernel_source(
        "restore.x7-of-exit-stop",
        "arch/arm64/kernel/ptrace.c",
        "report_syscall()",
        "On aarch64 x7 reads 1 at a syscall-exit-stop, so that registers captured there and written elsewhere give the program 1 instead of its x7, unless that is another syscall-stop, where the write is lost; x86_64 has no such register.",
    )
    .note("At an event stop x7 is the real register."),
    Clause::kernel_source(
        "restore.at-enter-stop",
        "kernel/entry/common.c",
        "syscall_trace_enter()",
        "Registers captured inside a call and written at another call's enter-stop: x86_64 takes the number from them, so that the captured call is made again; on aarch64 the number is no general register, so that the call at hand is made, and its result is the captured call's for the program.",
    )
    .note("aarch64: syscall_trace_enter() in arch/arm64/kernel/ptrace.c gives back regs->syscallno."),
    Clause::kernel_source(
        "restore.exec-result-lost",
        "arch/x86/include/asm/elf.h",
        "elf_common_init()",
        "Registers captured at the EXEC event and written later are those the new image begins with, except for the result: rax -ENOSYS instead of 0 on x86_64; on aarch64 execve clears x0 and returns 0 in it, so that nothing is lost.",
    )
    .note("aarch64: start_thread_common() in arch/arm64/include/asm/processor.h."),
    Clause::kernel_source(
        "restore.restart-x86",
        "arch/x86/kernel/signal.c",
        "arch_do_signal_or_restart()",
        "x86_64 restarts an interrupted call on the way out of a signal or interrupt stop: until then rax has a restart code, orig_rax the number, and the instruction pointer is behind the call. Whatever is in them when the tracee goes on from such a stop decides, also if the tracer wrote it where no call or another one is under way: with a number other than -1 a restart code moves the instruction pointer back.",
    ),
    Clause::kernel_source(
        "restore.restart-arm64",
        "arch/arm64/kernel/signal.c",
        "do_signal()",
        "aarch64 rewinds an interrupted call before the stop: x0 is the first argument again, the instruction pointer at the call instruction, the number -1. Written back anywhere else, these registers make the call from its beginning.",
    ),
    Clause::kernel_source(
        "restore.restart-code-leaks",
        "kernel/entry/common.c",
        "exit_to_user_mode_loop()",
        "Where neither a signal nor an interrupt is handled, nobody looks for a restart code: written at a syscall-exit-stop the program gets it as the call's result.",
    )
    .note("_TIF_SIGPENDING is clear there. aarch64: do_notify_resume() in arch/arm64/kernel/signal.c, and do_signal() itself looks before a signal-delivery-stop, never behind it."),
    Clause::kernel_source(
        "restore.restart-block",
        "kernel/signal.c",
        "do_no_restart_syscall()",
        "What restart_syscall goes on with is kept in the kernel and is no part of the registers: where it has been forgotten, as by the return from a handler, or is another task's, restart_syscall fails with EINTR.",
    )
    .note("restore_sigcontext() in arch/x86/kernel/signal_64.c, sys_rt_sigreturn() in arch/arm64/kernel/signal.c."),
    Clause::kernel_source(
        "restore.exit-stop-restart-code",
        "kernel/entry/common.c",
        "syscall_exit_work()",
        "The exit-stop of an interrupted call comes before anything is rewound: on both architectures the result register has the restart code and the instruction pointer is behind the call.",
    )
    .note("aarch64: syscall_trace_exit() runs before do_notify_resume()."),
    Clause::kernel_source(
        "restore.rewound",
        "arch/x86/kernel/signal.c",
        "arch_do_signal_or_restart()",
        "An interrupted state rewound by the tracer, with the instruction pointer at the call instruction, the number in rax and -1 in orig_rax, makes the call again wherever it is written; on aarch64 the kernel has done so itself.",
    ),
    Clause::kernel_source(
        "restore.result-given",
        "arch/x86/kernel/signal.c",
        "arch_do_signal_or_restart()",
        "A tracer that puts a result into the result register of an interrupted call, and the instruction pointer behind it, ends the call: nothing is restarted.",
    )
    .note("aarch64: do_signal() leaves the restart alone if the tracer has moved the instruction pointer."),
];
