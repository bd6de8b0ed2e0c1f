//! Options.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "opt.traceclone.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "With PTRACE_O_TRACECLONE a clone that is neither fork- nor vfork-like stops the tracee with status>>8 == SIGTRAP|(3<<8).",
    ),
    Clause::manual(
        "opt.traceclone.vfork-precedence",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "A clone with CLONE_VFORK reports PTRACE_EVENT_VFORK when TRACEVFORK is set and not PTRACE_EVENT_CLONE, whatever its exit signal.",
    ),
    Clause::manual(
        "opt.traceclone.fork-precedence",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "A clone without CLONE_VFORK whose exit signal is SIGCHLD reports PTRACE_EVENT_FORK when TRACEFORK is set.",
    ),
    Clause::manual(
        "opt.traceclone.missed-kinds",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "With only TRACECLONE set, a fork-like or vfork-like clone produces no event and its child is not traced.",
    ),
    Clause::manual(
        "opt.traceexec.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXEC",
        "With PTRACE_O_TRACEEXEC a successful execve stops the tracee with status>>8 == SIGTRAP|(4<<8).",
    ),
    Clause::manual(
        "opt.traceexec.tid-reset-first",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXEC",
        "When a non-leader thread execs, the EXEC event is reported under the thread-group leader's ID.",
    ),
    Clause::manual(
        "opt.traceexec.msg-former-tid",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXEC",
        "PTRACE_GETEVENTMSG at the EXEC event yields the execing thread's previous TID (equal to the PID when the leader exec'd).",
    ),
    Clause::manual(
        "opt.traceexec.no-event-on-failure",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXEC",
        "A failing execve produces no PTRACE_EVENT_EXEC.",
    ),
    Clause::manual(
        "opt.traceexit.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXIT",
        "With PTRACE_O_TRACEEXIT a terminating tracee stops with status>>8 == SIGTRAP|(6<<8) before it dies.",
    ),
    Clause::manual(
        "opt.traceexit.msg-status",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXIT",
        "PTRACE_GETEVENTMSG at the EXIT event yields the termination status in wait-status encoding (exit code << 8, or signal number with 0x80 for a core dump).",
    )
    .note("Page says only 'exit status'; observed _exit(3) gives 0x300, SIGKILL gives 9."),
    Clause::manual(
        "opt.traceexit.regs-available",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXIT",
        "At the EXIT event registers and memory are still readable, and the instruction pointer is at the exit site.",
    ),
    Clause::manual(
        "opt.traceexit.real-exit-after",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXIT",
        "The ordinary WIFEXITED/WIFSIGNALED report follows only after the tracee is restarted from the EXIT event.",
    ),
    Clause::manual(
        "opt.traceexit.cannot-prevent",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEEXIT",
        "No restart operation, injected signal or register change at the EXIT event prevents termination.",
    ),
    Clause::manual(
        "opt.tracefork.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEFORK",
        "With PTRACE_O_TRACEFORK a fork stops the tracee with status>>8 == SIGTRAP|(1<<8).",
    ),
    Clause::manual(
        "opt.tracevfork.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORK",
        "With PTRACE_O_TRACEVFORK a vfork stops the tracee with status>>8 == SIGTRAP|(2<<8).",
    ),
    Clause::manual(
        "opt.vforkdone.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORKDONE",
        "With PTRACE_O_TRACEVFORKDONE the vfork caller stops with status>>8 == SIGTRAP|(5<<8) once the child has exec'd or exited.",
    ),
    Clause::manual(
        "opt.vforkdone.independent",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORKDONE",
        "VFORK_DONE is reported even when TRACEVFORK is not set, and then the child is not traced.",
    ),
    Clause::manual(
        "opt.vforkdone.msg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORKDONE",
        "PTRACE_GETEVENTMSG at VFORK_DONE yields the child's PID, even if the child has already been reaped.",
    ),
    Clause::manual(
        "opt.traceseccomp.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACESECCOMP",
        "With PTRACE_O_TRACESECCOMP a syscall for which the filter returns SECCOMP_RET_TRACE stops the tracee with status>>8 == SIGTRAP|(7<<8).",
    ),
    Clause::manual(
        "opt.traceseccomp.like-entry-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACESECCOMP",
        "At the SECCOMP event the syscall has not run yet and its number and argument registers are those of the pending call.",
    ),
    Clause::manual(
        "opt.traceseccomp.msg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACESECCOMP",
        "PTRACE_GETEVENTMSG at the SECCOMP event yields the low 16 bits of the filter's return value.",
    ),
];
