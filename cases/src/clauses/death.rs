//! Death under ptrace.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
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
        "death.no-report-exec-thread",
        "ptrace(2)",
        "Death under ptrace",
        "A non-leader thread that execs is never reported dead under its old TID; later stops carry the leader's ID.",
    ),
];
