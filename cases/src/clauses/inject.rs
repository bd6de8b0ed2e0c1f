//! Signal injection and suppression.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "inject.suppress-or-replace",
        "ptrace(2)",
        "DESCRIPTION",
        "From a signal-delivery-stop the tracer may restart with 0 (signal vanishes), with the same number (signal is delivered) or with another number (that one is delivered instead).",
    ),
    Clause::manual(
        "inject.restart-form",
        "ptrace(2)",
        "Signal injection and suppression",
        "Every restarting operation (CONT, SYSCALL, SINGLESTEP, SYSEMU, SYSEMU_SINGLESTEP, DETACH) accepts a signal number in data.",
    )
    .note("Parametrise."),
    Clause::manual(
        "inject.zero-none",
        "ptrace(2)",
        "Signal injection and suppression",
        "Restarting from a signal-delivery-stop with 0 delivers nothing.",
    ),
    Clause::manual(
        "inject.nonzero-delivers",
        "ptrace(2)",
        "Signal injection and suppression",
        "Restarting from a signal-delivery-stop with N delivers N.",
    ),
    Clause::manual(
        "inject.different-signal",
        "ptrace(2)",
        "Signal injection and suppression",
        "The injected number may differ from WSTOPSIG; the handler of the injected signal runs.",
    )
    .note("kernel: siginfo becomes si_code SI_USER with the tracer's pid and uid (see kdoc.inject-changed-siginfo)."),
    Clause::manual(
        "inject.suppressed-interrupts-syscall",
        "ptrace(2)",
        "Signal injection and suppression",
        "A suppressed signal still makes a blocked syscall return to the signal path (a syscall-exit-stop is visible with PTRACE_SYSCALL).",
    ),
    Clause::manual(
        "inject.suppressed-restarts",
        "ptrace(2)",
        "Signal injection and suppression",
        "After suppression the interrupted syscall is entered again with the same number, or as restart_syscall for calls with time-based restart.",
    )
    .note("With PTRACE_SYSCALL the second entry-stop is observable."),
    Clause::manual(
        "inject.restart-syscall-number",
        "ptrace(2)",
        "Signal injection and suppression",
        "nanosleep and poll (with timeout) interrupted by a suppressed signal re-enter through restart_syscall.",
    )
    .note("Number 219 on x86_64, 128 on aarch64."),
    Clause::manual(
        "inject.poll-restarts",
        "ptrace(2)",
        "Signal injection and suppression",
        "poll, which a handled signal would make fail with EINTR, is restarted after a suppressed signal.",
    ),
    Clause::manual(
        "inject.eintr-bug",
        "ptrace(2)",
        "Signal injection and suppression",
        "Some syscalls fail with EINTR although the signal was suppressed.",
    )
    .note("See bug.eintr-*."),
    Clause::manual(
        "inject.non-signal-stop-may-ignore",
        "ptrace(2)",
        "Signal injection and suppression",
        "Restarting from a stop other than signal-delivery-stop with a nonzero signal returns 0 and may or may not deliver it.",
    )
    .note("Kernel: ignored from event and group stops; from syscall-stops it is queued as a new signal."),
    Clause::manual(
        "inject.group-stop-ignored",
        "ptrace(2)",
        "Signal injection and suppression",
        "Restarting a group-stopped tracee with the stop signal in data ignores it: the tracee runs instead of stopping again.",
    ),
    Clause::manual(
        "inject.sigcont-wakes-before-stop",
        "ptrace(2)",
        "Signal injection and suppression",
        "SIGCONT to a group-stopped process wakes all its threads before any signal-delivery-stop for SIGCONT.",
    ),
    Clause::manual(
        "inject.sigcont-not-suppressible",
        "ptrace(2)",
        "Signal injection and suppression",
        "Suppressing SIGCONT at its signal-delivery-stop does not undo the wake-up; it only prevents the handler.",
    ),
    Clause::manual(
        "inject.sigcont-order",
        "ptrace(2)",
        "Signal injection and suppression",
        "After a group-stopped process is woken by SIGCONT, a signal pending since earlier may stop the tracee before SIGCONT does.",
    ),
    Clause::manual(
        "inject.stop-signal-after-injection",
        "ptrace(2)",
        "Signal injection and suppression",
        "A stopping signal stops the process only after it was injected; suppressing it prevents the group-stop.",
    ),
    Clause::manual(
        "inject.sigstop-injectable",
        "ptrace(2)",
        "Signal injection and suppression",
        "SIGSTOP can be injected and then stops the process.",
    )
    .note("The 2.4 limitation is out of range."),
    Clause::manual(
        "inject.getsiginfo",
        "ptrace(2)",
        "Signal injection and suppression",
        "PTRACE_GETSIGINFO in a signal-delivery-stop returns the siginfo of the signal about to be delivered.",
    ),
    Clause::manual(
        "inject.setsiginfo",
        "ptrace(2)",
        "Signal injection and suppression",
        "PTRACE_SETSIGINFO in a signal-delivery-stop changes the siginfo that injection will deliver.",
    ),
    Clause::manual(
        "inject.setsiginfo-mismatch",
        "ptrace(2)",
        "Signal injection and suppression",
        "If si_signo set by SETSIGINFO differs from the injected number the outcome is undefined.",
    )
    .note("Kernel: siginfo is rewritten (SI_USER) when they differ; do not assert."),
];
