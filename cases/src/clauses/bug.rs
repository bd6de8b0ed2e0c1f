//! Declared bugs.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "bug.setoptions-number",
        "ptrace(2)",
        "BUGS",
        "PTRACE_SETOPTIONS is 0x4200; the old number PTRACE_OLDSETOPTIONS (21) is a separate constant.",
    )
    .note("On x86_64 21 still works; absent on aarch64 (EIO)."),
    Clause::manual(
        "bug.group-stop-real-parent",
        "ptrace(2)",
        "BUGS",
        "ptrace(2) says that group-stop of a traced child is not reported to its real parent.",
    )
    .note("Outdated: observed on 6.18 the real parent (different process from the tracer) gets WIFSTOPPED with WUNTRACED and WIFCONTINUED with WCONTINUED."),
    Clause::manual(
        "bug.leader-exit-deferred",
        "ptrace(2)",
        "BUGS",
        "A traced leader calling exit alone reports its EXIT event (if requested) but its WIFEXITED only after all other threads are gone.",
    )
    .note("Still true on 6.18 (state Z, no wait result)."),
    Clause::manual(
        "bug.leader-death-lost-on-exec",
        "ptrace(2)",
        "BUGS",
        "If another thread execs after a traced leader called exit alone, the leader's death is never reported.",
    ),
    Clause::manual(
        "bug.exec-unseen-by-leader-tracer",
        "ptrace(2)",
        "BUGS",
        "If a thread not traced by the leader's tracer execs, the leader's tracer gets no report of the exec.",
    ),
    Clause::manual(
        "bug.detach-leader-workaround",
        "ptrace(2)",
        "BUGS",
        "Detaching the leader at its EXIT event instead of restarting it avoids the lost-leader state.",
    ),
    Clause::manual(
        "bug.sigkill-exit-event",
        "ptrace(2)",
        "BUGS",
        "SIGKILL may produce a PTRACE_EVENT_EXIT stop before the death.",
    )
    .note("Observed on 6.18, message 9. A further SIGKILL does not end that stop on 6.1+ (prepare_signal() drops it); a restart or detach is needed."),
    Clause::manual(
        "bug.eintr-suppressed",
        "ptrace(2)",
        "BUGS",
        "Some syscalls return EINTR although the only signal was suppressed.",
    )
    .note("Observed 6.18: epoll_wait, sigwaitinfo, semop, recv with SO_RCVTIMEO."),
    Clause::manual(
        "bug.eintr-epoll",
        "ptrace(2)",
        "BUGS",
        "epoll_wait returns EINTR after a suppressed signal.",
    )
    .note("Still true on 6.18."),
    Clause::manual(
        "bug.eintr-inotify",
        "ptrace(2)",
        "BUGS",
        "read from an inotify descriptor returns EINTR after a suppressed signal.",
    )
    .note("Outdated: restarts on 6.18; signal(7) dates the fix to 3.8."),
    Clause::manual(
        "bug.attach-visible-restart",
        "ptrace(2)",
        "BUGS",
        "Attaching to a process blocked in a time-based call shows restart_syscall (or the same call) at the next syscall-stop.",
    ),
    Clause::manual(
        "bug.wrapper-errno-zero",
        "ptrace(2)",
        "BUGS",
        "The glibc wrapper may set errno to 0 on a successful PEEK.",
    ),
];
