//! sigaction(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "sigaction.event-si-code",
        "sigaction(2)",
        "The si_code field",
        "For ptrace event stops si_code is SIGTRAP|(event<<8).",
    ),
    Clause::manual(
        "sigaction.event-si-pid-uid",
        "sigaction(2)",
        "The siginfo_t argument to a SA_SIGINFO handler",
        "For ptrace event SIGTRAPs si_pid and si_uid are filled and si_addr is not.",
    )
    .note("Kernel: both always describe the tracee itself (ptrace_do_notify()), also for INTERRUPT."),
    Clause::manual(
        "sigaction.seccomp-si-pid",
        "sigaction(2)",
        "The siginfo_t argument to a SA_SIGINFO handler",
        "For the SECCOMP event si_pid is the tracee's own ID.",
    ),
    Clause::manual(
        "sigaction.kill-si-fields",
        "sigaction(2)",
        "The siginfo_t argument to a SA_SIGINFO handler",
        "kill and sigqueue fill si_pid and si_uid of the sender; sigqueue also si_value.",
    ),
    Clause::manual(
        "sigaction.fault-si-addr",
        "sigaction(2)",
        "The siginfo_t argument to a SA_SIGINFO handler",
        "SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP faults fill si_addr with the fault address.",
    ),
    Clause::manual(
        "sigaction.sigchld-fields",
        "sigaction(2)",
        "The siginfo_t argument to a SA_SIGINFO handler",
        "The tracer's SIGCHLD for a ptrace-stop has si_pid and si_status of the tracee and si_code CLD_TRAPPED.",
    )
    .note("Observed: group-stop of a tracee uses CLD_STOPPED in SIGCHLD although waitid says CLD_TRAPPED."),
    Clause::manual(
        "sigaction.nocldstop",
        "sigaction(2)",
        "DESCRIPTION",
        "With SA_NOCLDSTOP the tracer gets no SIGCHLD for stops.",
    )
    .note("Documented for stopped children; kernel applies it to ptrace-stops (observed)."),
    Clause::manual(
        "sigaction.trap-codes",
        "sigaction(2)",
        "The si_code field",
        "Breakpoint and trace traps use TRAP_BRKPT, TRAP_TRACE, TRAP_BRANCH, TRAP_HWBKPT in si_code.",
    )
    .note("x86_64 int3 uses SI_KERNEL."),
];
