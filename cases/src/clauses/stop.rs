//! Stops in general, signal-delivery-stops and steps.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
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
        "stop.wstopsig-low-byte",
        "ptrace(2)",
        "Stopped states",
        "WSTOPSIG of an event stop is only the low byte: for a FORK event it is SIGTRAP, and the event number is in status>>16.",
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
    Clause::manual(
        "stop.group.reported",
        "ptrace(2)",
        "Group-stop",
        "A stopping signal that the tracer delivers begins a group-stop, which each traced thread reports: with PTRACE_EVENT_STOP if it was seized, and otherwise as a stop for which PTRACE_GETSIGINFO gives EINVAL.",
    ),
];
