//! execve(2) under ptrace.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "exec.legacy-sigtrap",
        "ptrace(2)",
        "DESCRIPTION",
        "A tracee attached by PTRACE_TRACEME or PTRACE_ATTACH without PTRACE_O_TRACEEXEC gets a SIGTRAP after each successful execve, reported before any instruction of the new image executes when SIGTRAP is unblocked.",
    )
    .note("The overview sentence omits the PTRACE_SEIZE exception (see exec.legacy-sigtrap-not-seized)."),
    Clause::manual(
        "exec.legacy-sigtrap-failed-exec",
        "ptrace(2)",
        "DESCRIPTION",
        "An execve that fails generates no post-exec SIGTRAP.",
    )
    .note("Implied by 'all successful calls'."),
    Clause::manual(
        "exec.other-threads-destroyed",
        "ptrace(2)",
        "execve(2) under ptrace",
        "execve by one thread destroys all other threads of the process.",
    ),
    Clause::manual(
        "exec.tid-becomes-tgid",
        "ptrace(2)",
        "execve(2) under ptrace",
        "After execve the surviving thread's TID equals the process ID whichever thread called it.",
    ),
    Clause::manual(
        "exec.confusing-tid",
        "ptrace(2)",
        "execve(2) under ptrace",
        "A tracer sees the ID of a non-leader execing tracee change without any report under the old ID.",
    ),
    Clause::manual(
        "exec.others-exit-event",
        "ptrace(2)",
        "execve(2) under ptrace",
        "With TRACEEXIT every other thread (including the leader) reports PTRACE_EVENT_EXIT during the execve.",
    ),
    Clause::manual(
        "exec.others-report-exit0",
        "ptrace(2)",
        "execve(2) under ptrace",
        "During a multithreaded execve all threads other than the caller and the leader report WIFEXITED with status 0.",
    )
    .note("Observed 6.18."),
    Clause::manual(
        "exec.exec-event-after-tid",
        "ptrace(2)",
        "execve(2) under ptrace",
        "With TRACEEXEC the PTRACE_EVENT_EXEC stop comes after the ID change.",
    ),
    Clause::manual(
        "exec.leader-reappears",
        "ptrace(2)",
        "execve(2) under ptrace",
        "If the leader already reported its EXIT event, the EXEC event of another thread arrives under the leader's ID although it was dead.",
    ),
    Clause::manual(
        "exec.leader-no-wifexited",
        "ptrace(2)",
        "execve(2) under ptrace",
        "An exited thread-group leader reports no WIFEXITED while another thread of the process is alive.",
    ),
    Clause::manual(
        "exec.leader-odd-return",
        "ptrace(2)",
        "execve(2) under ptrace",
        "If the leader was in a syscall-stop when another thread completed execve, the next syscall-stop under the leader's ID is the return of execve.",
    ),
    Clause::manual(
        "exec.untraced-leader-becomes-tracee",
        "ptrace(2)",
        "execve(2) under ptrace",
        "If the leader was untraced (or traced by another) when a traced thread execs, its ID afterwards names a tracee of the execing thread's tracer.",
    ),
    Clause::manual(
        "exec.traceexec-before-return",
        "ptrace(2)",
        "execve(2) under ptrace",
        "PTRACE_EVENT_EXEC precedes the syscall-exit-stop of execve.",
    ),
    Clause::manual(
        "exec.traceexec-former-tid",
        "ptrace(2)",
        "execve(2) under ptrace",
        "PTRACE_GETEVENTMSG in the PTRACE_EVENT_EXEC stop gives the execing thread's former TID.",
    ),
    Clause::manual(
        "exec.traceexec-no-legacy-sigtrap",
        "ptrace(2)",
        "execve(2) under ptrace",
        "With TRACEEXEC set no extra SIGTRAP is generated on execve.",
    ),
    Clause::manual(
        "exec.event-others-gone",
        "ptrace(2)",
        "execve(2) under ptrace",
        "When the EXEC event is reported no other thread of the process exists (/proc/PID/task has one entry).",
    ),
    Clause::manual(
        "exec.two-threads-race",
        "ptrace(2)",
        "execve(2) under ptrace",
        "If two threads call execve concurrently exactly one succeeds: one EXEC event and one execve exit-stop with 0 under the leader ID, and the other thread never returns.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-not-seized",
        "ptrace(2)",
        "execve(2) under ptrace",
        "The extra SIGTRAP after execve is generated only if TRACEEXEC is unset and the tracee was not seized.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-ordinary",
        "ptrace(2)",
        "execve(2) under ptrace",
        "The extra SIGTRAP after execve is an ordinary signal: its stop is a signal-delivery-stop, and injecting it kills the tracee or runs its handler.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-si-user",
        "ptrace(2)",
        "execve(2) under ptrace",
        "PTRACE_GETSIGINFO for the extra SIGTRAP after execve gives si_code SI_USER (0).",
    )
    .note("Kernel fills si_pid with the tracee's own pid (observed 6.18)."),
    Clause::manual(
        "exec.legacy-sigtrap-blockable",
        "ptrace(2)",
        "execve(2) under ptrace",
        "If SIGTRAP is blocked, the extra SIGTRAP after execve is reported only once it is unblocked.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-kills",
        "ptrace(2)",
        "execve(2) under ptrace",
        "Injecting the extra SIGTRAP after execve into an image with default disposition terminates it with SIGTRAP.",
    ),
    Clause::kernel_doc(
        "exec.binfmt-identity-complete",
        "Documentation/admin-guide/binfmt-misc.rst",
        "loader override",
        "With a binfmt_misc 'L' entry the new program's identity (auxv, exe link, comm) is complete when PTRACE_EVENT_EXEC stops the tracee.",
    )
    .note("Present only in the 7.3 tree."),
    Clause::kernel_source(
        "exec.returns-at-entry",
        "fs/binfmt_elf.c",
        "load_elf_binary()",
        "A successful execve has its exit-stop at the new image's entry point, with result 0.",
    ),
    Clause::kernel_source(
        "exec.number-behind",
        "arch/x86/kernel/process_64.c",
        "set_personality_64bit()",
        "Behind a successful execveat the number reads execve on x86_64; on aarch64 it is still execveat.",
    )
    .note("aarch64: start_thread_common() keeps syscallno when it clears pt_regs."),
];
