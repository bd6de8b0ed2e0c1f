//! Restarting interrupted calls.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "restart.cont.resumes",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_CONT",
        "PTRACE_CONT returns 0 and the ptrace-stopped tracee runs.",
    ),
    Clause::manual(
        "restart.cont.inject",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_CONT",
        "PTRACE_CONT with a nonzero data from a signal-delivery-stop delivers that signal (handler runs or default action happens).",
    ),
    Clause::manual(
        "restart.cont.zero",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_CONT",
        "PTRACE_CONT with data 0 delivers no signal.",
    ),
    Clause::manual(
        "restart.cont.tracer-controls",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_CONT",
        "The tracer's choice at the signal-delivery-stop alone decides whether a sent signal reaches the tracee.",
    ),
    Clause::manual(
        "restart.cont.addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_CONT",
        "PTRACE_CONT ignores addr.",
    )
    .note("On other architectures addr could be a resume PC historically; here check addr=1."),
    Clause::manual(
        "restart.syscall.stops",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "PTRACE_SYSCALL restarts like CONT and stops the tracee at the next syscall entry or exit.",
    ),
    Clause::manual(
        "restart.step.one-insn",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "PTRACE_SINGLESTEP restarts the tracee and stops it after exactly one instruction; the PC advances to that instruction's successor.",
    ),
    Clause::manual(
        "restart.step.signals-still-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "While syscall-tracing or stepping, an arriving signal still produces its own signal-delivery-stop.",
    ),
    Clause::manual(
        "restart.step.sigtrap",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "Both kinds of stop are reported with signal SIGTRAP (SIGTRAP|0x80 for syscall-stops under TRACESYSGOOD).",
    ),
    Clause::manual(
        "restart.syscall.args-then-result",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "Two consecutive PTRACE_SYSCALL restarts around one call stop first where the arguments are readable and then where the return value is readable.",
    ),
    Clause::manual(
        "restart.syscall-step.data-injects",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "The data argument of PTRACE_SYSCALL and PTRACE_SINGLESTEP injects a signal exactly as for PTRACE_CONT.",
    ),
    Clause::manual(
        "restart.syscall-step.addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
        "PTRACE_SYSCALL and PTRACE_SINGLESTEP ignore addr.",
    ),
    Clause::manual(
        "restart.restart-syscall-set",
        "restart_syscall(2)",
        "DESCRIPTION",
        "After stop plus SIGCONT nanosleep, clock_nanosleep, poll and futex waits resume via restart_syscall with the elapsed time deducted.",
    )
    .note("Observable with PTRACE_SYSCALL as number 219/128."),
    Clause::manual(
        "restart.restart-syscall-return",
        "restart_syscall(2)",
        "DESCRIPTION",
        "The exit value of a restart_syscall entry is that of the call it restarts.",
    ),
];
