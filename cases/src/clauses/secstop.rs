//! PTRACE_EVENT_SECCOMP stops.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "secstop.legacy-order-absent",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (Linux 3.5 to Linux 4.7)",
        "On kernels in range the pre-4.8 order must not be seen: a syscall-enter-stop never follows the SECCOMP event of the same call.",
    )
    .note("Section describes out-of-range kernels; kept as a negative test."),
    Clause::manual(
        "secstop.legacy-sysemu-runs",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (Linux 3.5 to Linux 4.7)",
        "The pre-4.8 behaviour of running seccomp under SYSEMU must not be seen on kernels in range.",
    ),
    Clause::manual(
        "secstop.legacy-negative-nr",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (Linux 3.5 to Linux 4.7)",
        "After setting a negative syscall number in the SECCOMP event and restarting with PTRACE_SYSCALL the next report is a syscall-exit-stop.",
    )
    .note("Holds both in the old and the new ordering."),
    Clause::manual(
        "secstop.order",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "With PTRACE_SYSCALL and TRACESECCOMP the order of reports for one call is enter-stop, SECCOMP event, exit-stop.",
    ),
    Clause::manual(
        "secstop.not-under-sysemu",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "A call caught by SYSEMU triggers no SECCOMP event and no filter action.",
    ),
    Clause::manual(
        "secstop.syscall-gives-exit",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "PTRACE_SYSCALL from the SECCOMP event leads to a syscall-exit-stop.",
    ),
    Clause::manual(
        "secstop.change-nr",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "Changing the syscall number in the SECCOMP event makes the new call execute.",
    ),
    Clause::manual(
        "secstop.change-args",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "Changing argument registers in the SECCOMP event changes the arguments of the executed call.",
    ),
    Clause::manual(
        "secstop.no-entry-needed",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "The SECCOMP event occurs also without a preceding enter-stop (restart by CONT).",
    ),
    Clause::manual(
        "secstop.rerun",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "After the event the filters are evaluated again on the possibly changed call; RET_TRACE then counts as allow, other actions apply.",
    )
    .note("Example: change to a number the filter answers with RET_ERRNO."),
    Clause::manual(
        "secstop.unmodified-allowed",
        "ptrace(2)",
        "PTRACE_EVENT_SECCOMP stops (since Linux 4.8)",
        "If no register was changed the call executes.",
    ),
    Clause::kernel_source(
        "secstop.skip-untouched",
        "kernel/seccomp.c",
        "__seccomp_filter()",
        "A call skipped at the SECCOMP event gets no result from the kernel: the program finds what the result register held, -ENOSYS on x86_64 and the first argument on aarch64.",
    ),
    Clause::kernel_source(
        "secstop.tsync-at-enter",
        "include/linux/entry-common.h",
        "syscall_trace_enter()",
        "Filters decide after the enter-stop: one that another thread installs with SECCOMP_FILTER_FLAG_TSYNC during the stop decides about the call at hand.",
    )
    .note("aarch64: syscall_trace_enter() of arch/arm64/kernel/ptrace.c calls secure_computing() behind the stop."),
];
