//! Stops in general, signal-delivery-stops and steps.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "stop.signal.ignored-signal-still-stops",
        "ptrace(2)",
        "DESCRIPTION",
        "A signal whose disposition in the tracee is SIG_IGN (or whose default action is to ignore, e.g. SIGCHLD, SIGURG, SIGWINCH) still produces a signal-delivery-stop when it becomes deliverable.",
    )
    .note("Code: sig_ignored() returns false for traced tasks."),
    Clause::manual(
        "stop.signal.every-delivery-stops",
        "ptrace(2)",
        "DESCRIPTION",
        "Each deliverable signal other than SIGKILL stops the tracee once with WSTOPSIG equal to that signal, for all standard and real-time signal numbers.",
    )
    .note("Parametrise over 1..64 except 9."),
    Clause::manual(
        "stop.signal.sigkill-no-stop",
        "ptrace(2)",
        "DESCRIPTION",
        "SIGKILL sent to a running tracee never yields a stop whose WSTOPSIG is SIGKILL; the next report (without TRACEEXIT) is termination by signal 9.",
    ),
    Clause::manual(
        "stop.kinds",
        "ptrace(2)",
        "Stopped states",
        "Signal-delivery-stops, group-stops, event stops and syscall-stops are all reported with WIFSTOPPED true.",
    ),
    Clause::manual(
        "stop.differentiate",
        "ptrace(2)",
        "Stopped states",
        "status>>8 plus PTRACE_GETSIGINFO suffices to tell all ptrace-stop kinds apart.",
    )
    .note("Build a classifier and assert it on scripted stops."),
    Clause::manual(
        "stop.wstopsig-low-byte",
        "ptrace(2)",
        "Stopped states",
        "WSTOPSIG of an event stop is only the low byte: for a FORK event it is SIGTRAP, and the event number is in status>>16.",
    ),
    Clause::manual(
        "stop.signal.one-thread",
        "ptrace(2)",
        "Signal-delivery-stop",
        "A process-directed signal causes one signal-delivery-stop in one thread that does not block it.",
    ),
    Clause::manual(
        "stop.signal.tgkill-target",
        "ptrace(2)",
        "Signal-delivery-stop",
        "A signal sent with tgkill stops exactly the named thread.",
    ),
    Clause::manual(
        "stop.signal.traced-thread-stops",
        "ptrace(2)",
        "Signal-delivery-stop",
        "The selected thread, if traced, enters signal-delivery-stop before any handler code runs.",
    ),
    Clause::manual(
        "stop.signal.not-yet-delivered",
        "ptrace(2)",
        "Signal-delivery-stop",
        "During the signal-delivery-stop no handler has run and the default action has not happened.",
    ),
    Clause::manual(
        "stop.signal.pass-on-restart",
        "ptrace(2)",
        "Signal-delivery-stop",
        "The signal takes effect only through the signal argument of the next restart.",
    ),
    Clause::manual(
        "stop.signal.blocked-deferred",
        "ptrace(2)",
        "Signal-delivery-stop",
        "A blocked signal causes no stop; the stop happens when the tracee unblocks it.",
    ),
    Clause::manual(
        "stop.signal.sigstop-not-blockable",
        "ptrace(2)",
        "Signal-delivery-stop",
        "SIGSTOP causes a signal-delivery-stop even when the tracee tried to block all signals.",
    ),
    Clause::manual(
        "stop.signal.reported-via-waitpid",
        "ptrace(2)",
        "Signal-delivery-stop",
        "The stop is seen as WIFSTOPPED with WSTOPSIG equal to the signal and status>>16 equal to 0.",
    ),
    Clause::manual(
        "stop.signal.sigtrap-ambiguous",
        "ptrace(2)",
        "Signal-delivery-stop",
        "A WSTOPSIG of SIGTRAP may be a user signal, exec SIGTRAP, step or breakpoint trap, or a syscall-stop.",
    ),
    Clause::manual(
        "stop.signal.stopsig-ambiguous",
        "ptrace(2)",
        "Signal-delivery-stop",
        "For a non-seized tracee a stop with SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU may be a signal-delivery-stop or a group-stop with the same status.",
    ),
    Clause::manual(
        "stop.step.undocumented",
        "ptrace(2)",
        "PTRACE_SINGLESTEP stops",
        "ptrace(2) leaves single-step stops undocumented; observable: WSTOPSIG SIGTRAP, siginfo si_code TRAP_TRACE (2) with si_addr the next PC, PC one instruction further.",
    )
    .note("Observed on 6.18 x86_64; aarch64 reports TRAP_TRACE as well."),
    Clause::manual(
        "stop.no-delivery-while-stopped",
        "ptrace(2)",
        "Attaching and detaching",
        "No signal, not even SIGSTOP, is delivered or reported while the tracee sits in a ptrace-stop; it stays pending until restart.",
    ),
];
