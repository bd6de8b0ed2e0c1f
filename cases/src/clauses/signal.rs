//! signal(7).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "signal.sync-fault-thread-directed",
        "signal(7)",
        "Signal mask and pending signals",
        "A hardware fault signal (SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP) is thread-directed: the faulting tracee itself stops with it.",
    ),
    Clause::manual(
        "signal.process-directed-one-thread",
        "signal(7)",
        "Signal mask and pending signals",
        "A process-directed signal is delivered to exactly one thread not blocking it.",
    ),
    Clause::manual(
        "signal.mask-per-thread",
        "signal(7)",
        "Signal mask and pending signals",
        "The blocked mask is per thread: SETSIGMASK on one thread leaves its siblings' masks unchanged.",
    ),
    Clause::manual(
        "signal.fork-mask-inherited",
        "signal(7)",
        "Signal mask and pending signals",
        "A forked child inherits the mask and starts with an empty pending set, apart from the SIGSTOP of auto-attach.",
    ),
    Clause::manual(
        "signal.exec-mask-pending-kept",
        "signal(7)",
        "Signal mask and pending signals",
        "Mask and pending set are preserved across execve.",
    ),
    Clause::manual(
        "signal.handler-adds-mask",
        "signal(7)",
        "Execution of signal handlers",
        "While a handler runs its signal and sa_mask are blocked; GETSIGMASK at a stop inside the handler shows it.",
    ),
    Clause::manual(
        "signal.sigreturn-restores",
        "signal(7)",
        "Execution of signal handlers",
        "rt_sigreturn restores registers and mask; stepping over it resumes at the interrupted PC.",
    ),
    Clause::manual(
        "signal.kill-stop-uncatchable",
        "signal(7)",
        "Standard signals",
        "No handler, mask or SIG_IGN setting, nor a mask installed by SETSIGMASK, has any effect on SIGKILL or SIGSTOP.",
    ),
    Clause::manual(
        "signal.rt-queue",
        "signal(7)",
        "Real-time signals",
        "Several instances of a real-time signal queue and cause as many signal-delivery-stops, in order, with their own si_value.",
    ),
    Clause::manual(
        "signal.std-coalesce",
        "signal(7)",
        "Standard signals",
        "Several instances of a blocked standard signal cause one signal-delivery-stop.",
    ),
    Clause::manual(
        "signal.rt-order",
        "signal(7)",
        "Real-time signals",
        "Pending real-time signals stop the tracee lowest number first.",
    ),
    Clause::manual(
        "signal.std-before-rt",
        "signal(7)",
        "Real-time signals",
        "Standard signals are delivered before real-time signals.",
    )
    .note("Linux behaviour noted by the page."),
    Clause::manual(
        "signal.restart-with-sa-restart",
        "signal(7)",
        "Interruption of system calls and library functions by signal handlers",
        "A blocked read on a pipe interrupted by an injected signal with an SA_RESTART handler is restarted after the handler.",
    ),
    Clause::manual(
        "signal.eintr-without-sa-restart",
        "signal(7)",
        "Interruption of system calls and library functions by signal handlers",
        "Without SA_RESTART the call returns EINTR, visible at the syscall-exit-stop or after the handler.",
    )
    .note("At the exit-stop the raw value is -ERESTARTSYS (512): undocumented."),
    Clause::manual(
        "signal.never-restarted-list",
        "signal(7)",
        "Interruption of system calls and library functions by signal handlers",
        "poll, select, epoll_wait, nanosleep, pause, sigsuspend, semop, msgrcv and others return EINTR after a handler regardless of SA_RESTART.",
    ),
    Clause::manual(
        "signal.stop-cont-eintr",
        "signal(7)",
        "Interruption of system calls and library functions by stop signals",
        "A subset (epoll_wait, semop, sigtimedwait, sockets with timeouts) returns EINTR after stop plus SIGCONT with no handler.",
    )
    .note("Same set as bug.eintr-suppressed on 6.18."),
    Clause::manual(
        "signal.inotify-restart",
        "signal(7)",
        "Interruption of system calls and library functions by stop signals",
        "read from inotify is restarted after a stop signal and SIGCONT.",
    )
    .note("Contradicts the BUGS list in ptrace(2)."),
    Clause::manual(
        "signal.rt-range",
        "signal(7)",
        "Real-time signals",
        "Signals 32..64 can be used as injection numbers.",
    ),
];
