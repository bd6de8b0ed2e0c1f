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
        "exec.traceexec-no-legacy-sigtrap",
        "ptrace(2)",
        "execve(2) under ptrace",
        "With TRACEEXEC set no extra SIGTRAP is generated on execve.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-not-seized",
        "ptrace(2)",
        "execve(2) under ptrace",
        "The extra SIGTRAP after execve is generated only if TRACEEXEC is unset and the tracee was not seized.",
    ),
    Clause::manual(
        "exec.legacy-sigtrap-si-user",
        "ptrace(2)",
        "execve(2) under ptrace",
        "PTRACE_GETSIGINFO for the extra SIGTRAP after execve gives si_code SI_USER (0).",
    )
    .note("Kernel fills si_pid with the tracee's own pid (observed 6.18)."),
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
    Clause::kernel_source(
        "exec.ends-group-stop",
        "kernel/signal.c",
        "zap_other_threads()",
        "execve by one thread of several ends a group-stop that has begun: the new image does not stop for it.",
    ),
];
