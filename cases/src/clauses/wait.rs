//! wait(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "wait.stop-reported-by-wait-family",
        "ptrace(2)",
        "DESCRIPTION",
        "A ptrace-stop is reported by whichever of wait, waitpid, wait4, waitid the tracer calls next, with a status from which the cause can be decoded.",
    ),
    Clause::manual(
        "wait.notify-on-entry",
        "ptrace(2)",
        "Stopped states",
        "Entering a ptrace-stop wakes a tracer blocked in waitpid.",
    ),
    Clause::manual(
        "wait.wall-both-kinds",
        "ptrace(2)",
        "Stopped states",
        "waitpid(-1 or TID, __WALL) returns stops of both thread and process tracees.",
    ),
    Clause::manual(
        "wait.wifstopped",
        "ptrace(2)",
        "Stopped states",
        "A ptrace-stop is returned with a positive pid equal to the tracee's TID and WIFSTOPPED true.",
    ),
    Clause::manual(
        "wait.wall-implies",
        "ptrace(2)",
        "Stopped states",
        "waitpid with only __WALL returns both stops and terminations of tracees.",
    ),
    Clause::manual(
        "wait.wcontinued-shared",
        "ptrace(2)",
        "Stopped states",
        "The continued state is per process: if the tracer waits with WCONTINUED and consumes it, the real parent no longer sees it.",
    ),
    Clause::manual(
        "wait.wnohang-zero",
        "ptrace(2)",
        "Stopped states",
        "waitpid(WNOHANG) may return 0 even though a notification is due.",
    )
    .note("Permission, not a requirement."),
    Clause::manual(
        "wait.tracee-stopped-without-wuntraced",
        "wait(2)",
        "DESCRIPTION",
        "waitpid without WUNTRACED returns ptrace-stops of tracees; for an untraced child WUNTRACED is needed.",
    ),
    Clause::manual(
        "wait.wuntraced-untraced-child",
        "wait(2)",
        "DESCRIPTION",
        "A job-control stop of an untraced child is returned only with WUNTRACED.",
    )
    .note("Contrast test for the previous clause."),
    Clause::manual(
        "wait.wcontinued",
        "wait(2)",
        "DESCRIPTION",
        "WCONTINUED returns a child resumed by SIGCONT with WIFCONTINUED true.",
    ),
    Clause::manual(
        "wait.pid-selectors",
        "wait(2)",
        "DESCRIPTION",
        "pid values below -1, -1, 0 and above 0 select by group, any, own group and exact ID, and apply to tracees as to children.",
    ),
    Clause::manual(
        "wait.macro.exited",
        "wait(2)",
        "DESCRIPTION",
        "WIFEXITED/WEXITSTATUS give the low 8 bits of the exit argument for a dying tracee.",
    ),
    Clause::manual(
        "wait.macro.signaled",
        "wait(2)",
        "DESCRIPTION",
        "WIFSIGNALED/WTERMSIG give the fatal signal of a dying tracee.",
    ),
    Clause::manual(
        "wait.macro.coredump",
        "wait(2)",
        "DESCRIPTION",
        "WCOREDUMP is true when the death produced a core dump.",
    )
    .note("Depends on RLIMIT_CORE and core_pattern."),
    Clause::manual(
        "wait.macro.stopped",
        "wait(2)",
        "DESCRIPTION",
        "WIFSTOPPED can be true only with WUNTRACED or for a traced child.",
    ),
    Clause::manual(
        "wait.macro.stopsig",
        "wait(2)",
        "DESCRIPTION",
        "WSTOPSIG returns the number of the signal that stopped the tracee.",
    ),
    Clause::manual(
        "wait.blocks-until-change",
        "wait(2)",
        "DESCRIPTION",
        "A wait call without WNOHANG blocks until a tracee changes state or a caught signal interrupts it.",
    ),
    Clause::manual(
        "wait.zombie-until-waited",
        "wait(2)",
        "DESCRIPTION",
        "A dead tracee stays a zombie until its tracer waits for it.",
    ),
    Clause::manual(
        "wait.waitid.p-pid",
        "wait(2)",
        "waitid()",
        "waitid(P_PID, tid) selects one tracee by thread ID.",
    ),
    Clause::manual(
        "wait.waitid.p-pidfd",
        "wait(2)",
        "waitid()",
        "waitid(P_PIDFD, fd) selects the tracee the PID file descriptor refers to.",
    ),
    Clause::manual(
        "wait.waitid.p-pgid-zero",
        "wait(2)",
        "waitid()",
        "waitid(P_PGID, 0) selects tracees in the caller's process group.",
    ),
    Clause::manual(
        "wait.waitid.p-all",
        "wait(2)",
        "waitid()",
        "waitid(P_ALL) selects any tracee and ignores id.",
    ),
    Clause::manual(
        "wait.waitid.wstopped",
        "wait(2)",
        "waitid()",
        "waitid with WSTOPPED returns ptrace-stops.",
    ),
    Clause::manual(
        "wait.waitid.wexited-only",
        "wait(2)",
        "waitid()",
        "waitid with WEXITED alone also returns ptrace-stops of tracees.",
    )
    .note("Page implies only terminations; observed 6.18; code comment in wait_task_stopped()."),
    Clause::manual(
        "wait.waitid.wnowait",
        "wait(2)",
        "waitid()",
        "waitid with WNOWAIT leaves a ptrace-stop waitable: a second wait returns the same stop.",
    ),
    Clause::manual(
        "wait.waitid.wnohang-none",
        "wait(2)",
        "waitid()",
        "waitid with WNOHANG and nothing waitable returns 0 with si_pid and si_signo zeroed.",
    ),
    Clause::manual(
        "wait.waitid.si-pid-uid",
        "wait(2)",
        "waitid()",
        "waitid sets si_pid to the tracee's ID and si_uid to its real UID.",
    ),
    Clause::manual(
        "wait.waitid.si-signo",
        "wait(2)",
        "waitid()",
        "waitid sets si_signo to SIGCHLD.",
    ),
    Clause::manual(
        "wait.waitid.si-status",
        "wait(2)",
        "waitid()",
        "waitid sets si_status to the exit status, or to the signal that stopped or killed the tracee.",
    )
    .note("For event stops the kernel stores signal | event<<8 in si_status (observed 0x605, 0x8013): undocumented."),
    Clause::manual(
        "wait.waitid.si-status-event",
        "wait(2)",
        "waitid()",
        "For a ptrace event stop waitid sets si_status to signal | event<<8 (for example 0x605 at the EXIT event), not just the signal number.",
    )
    .note("Observed 6.18; wait_task_stopped() stores the whole exit code."),
    Clause::manual(
        "wait.waitid.cld-trapped",
        "wait(2)",
        "waitid()",
        "waitid sets si_code to CLD_TRAPPED for every ptrace-stop, including group-stop.",
    )
    .note("Observed 6.18."),
    Clause::manual(
        "wait.waitid.cld-exit-codes",
        "wait(2)",
        "waitid()",
        "waitid sets si_code to CLD_EXITED, CLD_KILLED or CLD_DUMPED for a tracee's death.",
    ),
    Clause::manual(
        "wait.waitid.rusage",
        "wait(2)",
        "waitid()",
        "The raw waitid syscall fills the fifth-argument rusage for a ptrace-stop too.",
    ),
    Clause::manual(
        "wait.err.echild",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "Waiting for an ID that is neither child nor tracee fails with ECHILD, also after the last tracee is gone.",
    ),
    Clause::manual(
        "wait.err.eintr",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "A caught signal without SA_RESTART makes a blocking wait fail with EINTR.",
    ),
    Clause::manual(
        "wait.err.einval-options",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "Invalid option bits fail with EINVAL; waitid without any of WEXITED, WSTOPPED, WCONTINUED fails with EINVAL.",
    ),
    Clause::manual(
        "wait.err.eagain-pidfd",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "waitid on a nonblocking PID file descriptor with nothing to report fails with EAGAIN.",
    ),
    Clause::manual(
        "wait.err.esrch-intmin",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "waitpid with pid INT_MIN fails with ESRCH.",
    ),
    Clause::manual(
        "wait.ret.wnohang-zero",
        "wait(2)",
        "RETURN VALUE and ERRORS",
        "waitpid with WNOHANG returns 0 if tracees exist but have nothing to report.",
    ),
    Clause::manual(
        "wait.sigchld-ignored-reap",
        "wait(2)",
        "NOTES",
        "With SIGCHLD ignored or SA_NOCLDWAIT, untraced children are reaped automatically and wait ends with ECHILD.",
    )
    .note("A traced child still becomes waitable for its tracer (observed 6.18 with tracer == parent): not documented."),
    Clause::manual(
        "wait.sigchld-ignored-traced",
        "wait(2)",
        "NOTES",
        "A traced child of a process that ignores SIGCHLD still becomes a waitable zombie for its tracer.",
    )
    .note("Observed 6.18 with tracer == parent; do_notify_parent() skips auto-reaping while traced."),
    Clause::manual(
        "wait.threads-wait-for-each-other",
        "wait(2)",
        "Linux notes",
        "Any thread of the tracer's process can wait for tracees attached by a sibling thread.",
    )
    .note("Only waiting is shared: ptrace operations from the sibling fail with ESRCH."),
    Clause::manual(
        "wait.wnothread",
        "wait(2)",
        "Linux notes",
        "With __WNOTHREAD a thread sees only tracees attached by itself (otherwise ECHILD).",
    ),
    Clause::manual(
        "wait.wclone",
        "wait(2)",
        "Linux notes",
        "For untraced children __WCLONE selects those whose exit signal is not SIGCHLD.",
    ),
    Clause::manual(
        "wait.wall",
        "wait(2)",
        "Linux notes",
        "__WALL selects all children regardless of exit signal.",
    ),
    Clause::manual(
        "wait.wall-implied-ptrace",
        "wait(2)",
        "Linux notes",
        "__WALL is implied for tracees: a stop of a CLONE_THREAD tracee is returned by waitpid(tid, 0).",
    )
    .note("Also with __WCLONE (observed 6.18)."),
    Clause::manual(
        "wait.waitid-linux-flags",
        "wait(2)",
        "Linux notes",
        "__WCLONE, __WALL and __WNOTHREAD are accepted by waitid.",
    ),
    Clause::manual(
        "wait.waitid.null-infop",
        "wait(2)",
        "BUGS",
        "waitid with a null infop succeeds.",
    )
    .note("Page says it returns the PID; the raw syscall returns 0 (the library decides)."),
];
