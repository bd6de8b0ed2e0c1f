//! PTRACE_EVENT stops.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "event.only-with-options",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "Event stops occur only for options that are set; with none set no event stop (except EVENT_STOP) is reported.",
    ),
    Clause::kernel_source(
        "event.message-cleared",
        "kernel/signal.c",
        "ptrace_stop()",
        "The event message is set for one stop and cleared when the task goes on: at a stop without a message PTRACE_GETEVENTMSG gives 0. Before Linux 5.18 it kept the last event's.",
    ),
    Clause::kernel_source(
        "event.exit.signals-dropped",
        "kernel/signal.c",
        "prepare_signal()",
        "A signal for a process that has begun to end (SIGNAL_GROUP_EXIT) is dropped, and kill(2) succeeds. Before Linux 6.0 it was queued.",
    ),
    Clause::manual(
        "event.status-encoding",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "An event stop has WSTOPSIG SIGTRAP and status>>8 == (event<<8)|SIGTRAP.",
    ),
    Clause::manual(
        "event.vfork.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The VFORK event precedes the return of vfork or clone(CLONE_VFORK) in the parent.",
    ),
    Clause::manual(
        "event.vfork.waits-after",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "After the VFORK event the parent, once continued, stays blocked until its child execs or exits.",
    ),
    Clause::manual(
        "event.fork.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The FORK event precedes the return of fork, or of a clone whose exit signal is SIGCHLD.",
    ),
    Clause::manual(
        "event.clone.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The CLONE event precedes the return of clone.",
    ),
    Clause::manual(
        "event.vforkdone.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The VFORK_DONE event comes after the child released the parent and before the syscall returns in the parent.",
    ),
    Clause::manual(
        "event.fork-family-in-parent",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The four fork-family events stop the creating thread and not the new one.",
    ),
    Clause::manual(
        "event.fork-family-msg",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "In FORK, VFORK, CLONE and VFORK_DONE events PTRACE_GETEVENTMSG returns the new thread's ID.",
    ),
    Clause::manual(
        "event.exec.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The EXEC event occurs inside execve, before its syscall-exit-stop.",
    ),
    Clause::manual(
        "event.exec.msg",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "In the EXEC event PTRACE_GETEVENTMSG returns the former thread ID.",
    ),
    Clause::manual(
        "event.exit.position",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "The EXIT event occurs before death for plain exit, exit_group, fatal signal, and execve teardown.",
    ),
    Clause::manual(
        "event.exit.regs",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "Registers are readable in the EXIT event.",
    ),
    Clause::manual(
        "event.exit.needs-restart",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "A tracee in the EXIT event is alive and only CONT (or another restart) or DETACH lets it finish.",
    ),
    Clause::manual(
        "event.siginfo",
        "ptrace(2)",
        "PTRACE_EVENT stops",
        "In event stops PTRACE_GETSIGINFO returns si_signo SIGTRAP and si_code (event<<8)|SIGTRAP.",
    ),
    Clause::kernel_source(
        "event.sysemu-from-event",
        "kernel/entry/common.c",
        "syscall_exit_work()",
        "PTRACE_SYSEMU from an event stop inside a call lets that call complete without a further stop; the next call is the one that stops and is not made.",
    )
    .note("aarch64: syscall_trace_enter() and syscall_trace_exit() in arch/arm64/kernel/ptrace.c."),
    Clause::kernel_source(
        "event.exec.registers",
        "arch/x86/include/asm/elf.h",
        "ELF_PLAT_INIT(), start_thread()",
        "At the EXEC event the registers are those the new image begins with: instruction pointer at its entry, a stack, all general registers but the result register zero.",
    )
    .note("aarch64: start_thread_common() in arch/arm64/include/asm/processor.h."),
    Clause::kernel_source(
        "event.exec.inside-call",
        "fs/exec.c",
        "exec_binprm()",
        "At the EXEC event the tracee is still inside execve, and no result has been written yet: rax reads -ENOSYS on x86_64, x0 with all other registers zero on aarch64.",
    )
    .note("elf_common_init() leaves ax out; start_thread_common() on aarch64 clears x0."),
    Clause::kernel_source(
        "event.exec.number",
        "arch/x86/kernel/process_64.c",
        "set_personality_64bit()",
        "From the EXEC event to the exit-stop the number on x86_64 is that of execve, also if the program called execveat; on aarch64 it is the one of the call.",
    )
    .note("aarch64: start_thread_common() keeps syscallno."),
    Clause::kernel_source(
        "event.exit.inside-call",
        "kernel/exit.c",
        "do_exit()",
        "At the EXIT event of a task that ends by a call, registers are those inside that call: number, arguments, and a result register in which no result will ever stand.",
    ),
    Clause::kernel_source(
        "event.exit.signal-registers",
        "kernel/signal.c",
        "get_signal()",
        "At the EXIT event of a task that a signal kills, registers are those at the signal's delivery.",
    ),
    Clause::kernel_source(
        "event.exit.group-code",
        "kernel/exit.c",
        "do_group_exit()",
        "When one thread calls exit_group, the event message of every thread's EXIT event is that call's status.",
    ),
    Clause::kernel_source(
        "event.exit.sigkill-dropped",
        "kernel/signal.c",
        "prepare_signal()",
        "A process that is on its way out takes no signal any more: SIGKILL neither wakes its last thread from the EXIT event nor changes its status.",
    )
    .note("Before 6.0 SIGKILL wakes it."),
];
