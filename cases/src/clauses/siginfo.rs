//! Siginfo.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "siginfo.get-at-signal-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETSIGINFO",
        "In a signal-delivery-stop PTRACE_GETSIGINFO copies the pending signal's siginfo_t (si_signo equals WSTOPSIG; si_code, si_pid, si_uid, si_value as set by the sender).",
    )
    .note("Parametrise over kill, tgkill, sigqueue, timer, fault, SIGCHLD."),
    Clause::manual(
        "siginfo.set-only-normal-signals",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETSIGINFO",
        "PTRACE_SETSIGINFO in a syscall-stop or PTRACE_EVENT stop has no effect on what the tracee later receives.",
    )
    .note("See cmd.setsiginfo-silent-noop."),
];
