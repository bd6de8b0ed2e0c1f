//! seccomp(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "seccomp.trace-no-tracer-enosys",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "SECCOMP_RET_TRACE without a tracer makes the call fail with ENOSYS and it is not executed.",
    ),
    Clause::manual(
        "seccomp.trace-without-option-enosys",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "SECCOMP_RET_TRACE with a tracer that has not set TRACESECCOMP also gives ENOSYS.",
    )
    .note("Observed 6.18."),
    Clause::manual(
        "seccomp.trace-event",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "With TRACESECCOMP the tracer gets PTRACE_EVENT_SECCOMP and the data via GETEVENTMSG.",
    ),
    Clause::manual(
        "seccomp.trace-skip",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "Setting the syscall number to -1 in the SECCOMP event skips the call, and the tracee sees the value the tracer placed in the result register.",
    ),
    Clause::manual(
        "seccomp.trace-change",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "Writing another valid number in the SECCOMP event makes that call execute.",
    ),
    Clause::manual(
        "seccomp.trace-precedence",
        "seccomp(2)",
        "SECCOMP_RET_TRACE",
        "If another filter returns an action of higher precedence (KILL, TRAP, ERRNO, USER_NOTIF) no SECCOMP event is reported.",
    ),
    Clause::manual(
        "seccomp.user-notif-precedence",
        "seccomp(2)",
        "DESCRIPTION",
        "USER_NOTIF wins over TRACE when both are returned.",
    ),
    Clause::manual(
        "seccomp.ret-data-most-recent",
        "seccomp(2)",
        "DESCRIPTION",
        "If several filters return the same action, the data of the most recently installed one is used.",
    )
    .note("Page: first-seen value, filters run newest first."),
    Clause::manual(
        "seccomp.trap-siginfo",
        "seccomp(2)",
        "DESCRIPTION",
        "SECCOMP_RET_TRAP yields a SIGSYS signal-delivery-stop whose siginfo has si_code SYS_SECCOMP, si_call_addr, si_syscall, si_arch and si_errno = data.",
    ),
    Clause::manual(
        "seccomp.kill-process-status",
        "seccomp(2)",
        "DESCRIPTION",
        "SECCOMP_RET_KILL_PROCESS is reported to the tracer as death by SIGSYS with no signal-delivery-stop.",
    )
    .note("Code: SA_IMMUTABLE prevents interception."),
    Clause::manual(
        "seccomp.kill-thread-status",
        "seccomp(2)",
        "DESCRIPTION",
        "SECCOMP_RET_KILL_THREAD terminates only the thread, reported as death by SIGSYS for that TID.",
    ),
    Clause::manual(
        "seccomp.errno-skips",
        "seccomp(2)",
        "DESCRIPTION",
        "SECCOMP_RET_ERRNO skips the call; enter and exit stops of PTRACE_SYSCALL are still reported with the errno result.",
    ),
    Clause::manual(
        "seccomp.log-allow-no-event",
        "seccomp(2)",
        "DESCRIPTION",
        "SECCOMP_RET_LOG and RET_ALLOW cause no SECCOMP event.",
    ),
    Clause::manual(
        "seccomp.filter-inherited-traced",
        "seccomp(2)",
        "DESCRIPTION",
        "A child created by fork or clone has the same filters and, if auto-attached with TRACESECCOMP inherited, reports its own SECCOMP events.",
    ),
    Clause::manual(
        "seccomp.strict-kill",
        "seccomp(2)",
        "DESCRIPTION",
        "In strict mode a forbidden syscall kills the thread with SIGKILL: the tracer sees WTERMSIG 9.",
    ),
    Clause::manual(
        "seccomp.get-filter-ref",
        "seccomp(2)",
        "NOTES",
        "PTRACE_SECCOMP_GET_FILTER dumps a process's filters.",
    ),
    Clause::manual(
        "seccomp.x32-ptrace-numbers",
        "seccomp(2)",
        "DESCRIPTION",
        "On x86_64 numbers 512-547 without the x32 bit, and native numbers with it, fail with ENOSYS.",
    )
    .note("Includes 521 (x32 ptrace)."),
    Clause::kernel_doc(
        "seccomp.rst.exit-status-sigsys",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "KILL_PROCESS and KILL_THREAD give an exit status whose low 7 bits are SIGSYS, not SIGKILL.",
    ),
    Clause::kernel_doc(
        "seccomp.rst.trap-pc",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "For RET_TRAP the PC is past the syscall instruction and si_call_addr names the instruction.",
    ),
    Clause::kernel_doc(
        "seccomp.rst.trace-enosys",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "RET_TRACE without tracer returns ENOSYS.",
    ),
    Clause::kernel_doc(
        "seccomp.rst.trace-skip-minus-one",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "A tracer that writes number -1 in the SECCOMP event skips the call, and its value in the return register is the call's result.",
    ),
    Clause::kernel_doc(
        "seccomp.rst.no-recheck",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "seccomp_filter.rst says that seccomp is not run again after the tracer was notified.",
    )
    .note("Outdated since 4.8; contradicts ptrace(2) and __seccomp_filter()."),
    Clause::kernel_doc(
        "seccomp.rst.data-newest-filter",
        "Documentation/userspace-api/seccomp_filter.rst",
        "Return values",
        "If several filters return the same action, SECCOMP_RET_DATA comes from the newest filter.",
    ),
];
