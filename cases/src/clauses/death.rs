//! Death under ptrace.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "death.signal-kills-all-threads",
        "ptrace(2)",
        "Death under ptrace",
        "A signal with default killing action, once injected, terminates every thread of the process.",
    ),
    Clause::manual(
        "death.each-tracee-reports",
        "ptrace(2)",
        "Death under ptrace",
        "On group death each traced thread produces its own WIFSIGNALED (or WIFEXITED) report via waitpid to its tracer.",
    )
    .note("Observed: non-leader first, leader last."),
    Clause::manual(
        "death.signal-stop-first",
        "ptrace(2)",
        "Death under ptrace",
        "A killing signal first causes one signal-delivery-stop in exactly one traced thread; while it is not restarted no other thread dies.",
    ),
    Clause::manual(
        "death.untraced-thread-takes-it",
        "ptrace(2)",
        "Death under ptrace",
        "If the killing signal is taken by an untraced thread, the traced siblings die with no signal-delivery-stop.",
    ),
    Clause::manual(
        "death.suppressed-no-death",
        "ptrace(2)",
        "Death under ptrace",
        "If the tracer suppresses the killing signal no thread dies.",
    ),
    Clause::manual(
        "death.sigkill-not-suppressible",
        "ptrace(2)",
        "Death under ptrace",
        "SIGKILL cannot be suppressed: no restart choice keeps the tracee alive.",
    ),
    Clause::manual(
        "death.sigkill-in-syscall",
        "ptrace(2)",
        "Death under ptrace",
        "SIGKILL terminates a tracee blocked in a syscall (entered under PTRACE_SYSCALL) without a syscall-exit-stop.",
    ),
    Clause::manual(
        "death.sigkill-all-threads",
        "ptrace(2)",
        "Death under ptrace",
        "SIGKILL to a process kills all of its threads even if some are ptrace-stopped.",
    ),
    Clause::manual(
        "death.exit-reports",
        "ptrace(2)",
        "Death under ptrace",
        "A tracee calling _exit(N) is reported to its tracer with WIFEXITED and WEXITSTATUS N & 0xff.",
    ),
    Clause::manual(
        "death.thread-exit-isolated",
        "ptrace(2)",
        "Death under ptrace",
        "A single thread's exit (SYS_exit) leaves the other threads running.",
    )
    .note("The page names _exit(3); the C wrapper calls exit_group, so test with the raw exit syscall."),
    Clause::manual(
        "death.exit-group-all-report",
        "ptrace(2)",
        "Death under ptrace",
        "exit_group by any thread makes each traced thread in the group report death to its tracer, all with the same exit status.",
    ),
    Clause::manual(
        "death.exit-event-before",
        "ptrace(2)",
        "Death under ptrace",
        "With TRACEEXIT each thread's PTRACE_EVENT_EXIT precedes its death report.",
    ),
    Clause::manual(
        "death.exit-event-causes",
        "ptrace(2)",
        "Death under ptrace",
        "The EXIT event occurs for exit, exit_group, fatal signals, and for threads torn down by another thread's execve.",
    ),
    Clause::manual(
        "death.exit-event-sigkill",
        "ptrace(2)",
        "Death under ptrace",
        "For SIGKILL the EXIT event may or may not occur.",
    )
    .note("Version dependent by the page's own words; observed on 6.18: it occurs."),
    Clause::manual(
        "death.tracee-may-vanish",
        "ptrace(2)",
        "Death under ptrace",
        "A ptrace-stopped tracee that is SIGKILLed stops accepting operations without any action of the tracer.",
    ),
    Clause::manual(
        "death.esrch-after-kill",
        "ptrace(2)",
        "Death under ptrace",
        "Operations on a tracee killed while stopped fail with ESRCH.",
    ),
    Clause::manual(
        "death.esrch-not-stopped",
        "ptrace(2)",
        "Death under ptrace",
        "Operations on a live tracee that is not ptrace-stopped fail with ESRCH, the same errno as for a dead one.",
    ),
    Clause::manual(
        "death.esrch-not-tracer",
        "ptrace(2)",
        "Death under ptrace",
        "Operations on a stopped process traced by someone else fail with ESRCH, the same errno as for a dead one.",
    ),
    Clause::manual(
        "death.wnohang-may-be-zero",
        "ptrace(2)",
        "Death under ptrace",
        "After an operation failed with ESRCH because of death, waitpid(WNOHANG) may still return 0 for a while; a blocking waitpid eventually reports the death.",
    )
    .note("Race: test only that one of the two permitted outcomes happens and that blocking wait reports."),
    Clause::manual(
        "death.no-report-exec-thread",
        "ptrace(2)",
        "Death under ptrace",
        "A non-leader thread that execs is never reported dead under its old TID; later stops carry the leader's ID.",
    ),
];
