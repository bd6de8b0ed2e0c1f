//! Options.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "opt.set-from-data",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETOPTIONS",
        "PTRACE_SETOPTIONS installs the option bits given in data and returns 0.",
    ),
    Clause::manual(
        "opt.addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETOPTIONS",
        "PTRACE_SETOPTIONS ignores addr.",
    ),
    Clause::manual(
        "opt.exitkill.tracer-exit",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_EXITKILL",
        "With PTRACE_O_EXITKILL set, termination of the tracer kills the tracee with SIGKILL; its real parent observes WTERMSIG 9.",
    ),
    Clause::manual(
        "opt.exitkill.any-state",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_EXITKILL",
        "EXITKILL kills the tracee whether it was running, ptrace-stopped, in group-stop or listening when the tracer died, and also when the tracer was killed by SIGKILL.",
    ),
    Clause::manual(
        "opt.exitkill.inherited",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_EXITKILL",
        "EXITKILL is inherited by auto-attached children, so all descendants die with the tracer.",
    )
    .note("Combines with cmd.options-inherited."),
    Clause::manual(
        "opt.traceclone.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "With PTRACE_O_TRACECLONE a clone that is neither fork- nor vfork-like stops the tracee with status>>8 == SIGTRAP|(3<<8).",
    ),
    Clause::manual(
        "opt.traceclone.child-sigstop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "The new thread is traced by the same tracer and, for a non-seized parent, first reports a stop with signal SIGSTOP.",
    ),
    Clause::manual(
        "opt.traceclone.child-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "For a seized parent the new thread first reports PTRACE_EVENT_STOP with signal SIGTRAP instead of SIGSTOP.",
    ),
    Clause::manual(
        "opt.traceclone.msg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACECLONE",
        "PTRACE_GETEVENTMSG at the CLONE event yields the new thread's ID.",
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
        "opt.tracefork.child-sigstop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEFORK",
        "The forked child is traced automatically and its first report is a SIGSTOP stop when the parent was not seized.",
    ),
    Clause::manual(
        "opt.tracefork.child-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEFORK",
        "The forked child of a seized tracee first reports PTRACE_EVENT_STOP (status>>16 == 128) with SIGTRAP.",
    ),
    Clause::manual(
        "opt.tracefork.msg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEFORK",
        "PTRACE_GETEVENTMSG at the FORK event yields the child's PID as seen from the tracer's PID namespace.",
    )
    .note("Namespace part is kernel doc (ptrace_event_pid())."),
    Clause::manual(
        "opt.sysgood.bit7",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACESYSGOOD",
        "With PTRACE_O_TRACESYSGOOD syscall-stops report WSTOPSIG == SIGTRAP|0x80 (133).",
    ),
    Clause::manual(
        "opt.sysgood.not-other-traps",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACESYSGOOD",
        "TRACESYSGOOD does not set bit 7 for breakpoint, single-step, PTRACE_EVENT or user-sent SIGTRAP stops.",
    ),
    Clause::manual(
        "opt.tracevfork.stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORK",
        "With PTRACE_O_TRACEVFORK a vfork stops the tracee with status>>8 == SIGTRAP|(2<<8).",
    ),
    Clause::manual(
        "opt.tracevfork.child-sigstop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORK",
        "The vfork child is traced automatically and starts with SIGSTOP (non-seized).",
    ),
    Clause::manual(
        "opt.tracevfork.child-event-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORK",
        "The vfork child of a seized tracee starts with PTRACE_EVENT_STOP.",
    ),
    Clause::manual(
        "opt.tracevfork.msg",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_TRACEVFORK",
        "PTRACE_GETEVENTMSG at the VFORK event yields the child's PID.",
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
    Clause::manual(
        "opt.suspend.disables-filters",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "With PTRACE_O_SUSPEND_SECCOMP the tracee's seccomp filters are not evaluated: a call a filter would kill, fail or trace executes normally.",
    )
    .note("Needs CAP_SYS_ADMIN and CONFIG_CHECKPOINT_RESTORE."),
    Clause::manual(
        "opt.suspend.strict-mode",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "With PTRACE_O_SUSPEND_SECCOMP set on a tracee in strict mode, a syscall strict mode forbids is executed instead of killing the tracee.",
    ),
    Clause::manual(
        "opt.suspend.before-install",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "PTRACE_O_SUSPEND_SECCOMP may be set before the tracee installs a filter; the installation succeeds and the filter takes effect only after the option is cleared.",
    ),
    Clause::manual(
        "opt.suspend.resume-on-clear",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "Clearing PTRACE_O_SUSPEND_SECCOMP by a later PTRACE_SETOPTIONS makes the tracee's filters effective again.",
    ),
    Clause::manual(
        "opt.suspend.requires-cap",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "A tracer without CAP_SYS_ADMIN (initial user namespace) gets EPERM from SETOPTIONS or SEIZE with SUSPEND_SECCOMP.",
    )
    .note("Errno undocumented; EINVAL without the required config."),
    Clause::manual(
        "opt.suspend.requires-no-seccomp",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "Setting PTRACE_O_SUSPEND_SECCOMP by a tracer that itself has a seccomp mode set fails with EPERM.",
    )
    .note("Errno undocumented."),
    Clause::manual(
        "opt.suspend.requires-not-suspended",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_O_SUSPEND_SECCOMP",
        "Setting PTRACE_O_SUSPEND_SECCOMP by a tracer that is itself traced with that option fails with EPERM.",
    )
    .note("Errno undocumented."),
];
