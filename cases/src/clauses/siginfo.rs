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
        "siginfo.get-addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETSIGINFO",
        "PTRACE_GETSIGINFO ignores addr.",
    ),
    Clause::manual(
        "siginfo.set-changes-delivered",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETSIGINFO",
        "In a signal-delivery-stop PTRACE_SETSIGINFO replaces the siginfo, and the tracee's SA_SIGINFO handler receives the replaced fields when the same signal number is injected.",
    ),
    Clause::manual(
        "siginfo.set-only-normal-signals",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETSIGINFO",
        "PTRACE_SETSIGINFO in a syscall-stop or PTRACE_EVENT stop has no effect on what the tracee later receives.",
    )
    .note("See cmd.setsiginfo-silent-noop."),
    Clause::manual(
        "siginfo.synthetic-hard-to-tell",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETSIGINFO",
        "A ptrace-generated SIGTRAP stop and a user-sent SIGTRAP have the same WSTOPSIG and are told apart only by siginfo.",
    ),
    Clause::manual(
        "siginfo.set-addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SETSIGINFO",
        "PTRACE_SETSIGINFO ignores addr.",
    ),
    Clause::manual(
        "siginfo.peek-nondestructive",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO copies queued siginfo entries and leaves them pending: a repeated call returns the same entries and they are delivered later.",
    ),
    Clause::manual(
        "siginfo.peek-offset-count",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO takes off (starting ordinal), flags and nr from the structure at addr and returns entries off..off+nr-1 in queue order.",
    ),
    Clause::manual(
        "siginfo.peek-data-buffer",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO stores entries consecutively as siginfo_t at data.",
    ),
    Clause::manual(
        "siginfo.peek-return-count",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO returns the number of entries copied, fewer than nr when the queue ends first.",
    ),
    Clause::manual(
        "siginfo.peek-return-zero",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO returns 0 when no entry exists at ordinal off.",
    ),
    Clause::manual(
        "siginfo.peek-sicode-extra",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "ptrace(2) says si_code of peeked entries carries kernel-internal class bits (__SI_FAULT etc.); on kernels in range the values equal those userspace normally sees.",
    )
    .note("Documentation outdated: see copy_siginfo_to_user(). Observed 6.18: plain SI_TKILL/SI_USER."),
    Clause::manual(
        "siginfo.peek-shared-flag",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO with PTRACE_PEEKSIGINFO_SHARED reads the process-directed queue.",
    ),
    Clause::manual(
        "siginfo.peek-private-default",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO with flags 0 reads only the thread-directed queue of the named thread.",
    ),
    Clause::manual(
        "siginfo.peek-unknown-flag",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKSIGINFO",
        "PTRACE_PEEKSIGINFO with a flag bit other than PTRACE_PEEKSIGINFO_SHARED fails with EINVAL.",
    )
    .note("Errno undocumented; page says only one flag exists."),
    Clause::manual(
        "siginfo.sigqueueinfo-visible",
        "rt_sigqueueinfo(2)",
        "DESCRIPTION",
        "siginfo supplied by rt_sigqueueinfo or rt_tgsigqueueinfo (negative si_code) is returned unchanged by PTRACE_GETSIGINFO and PEEKSIGINFO.",
    ),
];
