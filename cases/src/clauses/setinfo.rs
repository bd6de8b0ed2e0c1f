//! PTRACE_SET_SYSCALL_INFO.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "setinfo.modifies",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "PTRACE_SET_SYSCALL_INFO applies the structure at data to the stopped syscall and returns 0; GET_SYSCALL_INFO then shows the new values.",
    ),
    Clause::manual(
        "setinfo.addr-size",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "PTRACE_SET_SYSCALL_INFO needs addr of at least sizeof(struct ptrace_syscall_info) (88); a smaller value fails with EINVAL.",
    )
    .note("Larger is accepted (observed 6.18); errno undocumented."),
    Clause::manual(
        "setinfo.nr",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "Changing entry.nr with PTRACE_SET_SYSCALL_INFO at a syscall-enter-stop makes that other system call execute.",
    ),
    Clause::manual(
        "setinfo.args",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "Changing entry.args with PTRACE_SET_SYSCALL_INFO at a syscall-enter-stop changes the arguments the call receives.",
    ),
    Clause::manual(
        "setinfo.rval",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "Changing exit.rval and exit.is_error with PTRACE_SET_SYSCALL_INFO at a syscall-exit-stop changes the result the tracee sees.",
    ),
    Clause::manual(
        "setinfo.other-fields-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SET_SYSCALL_INFO",
        "PTRACE_SET_SYSCALL_INFO ignores arch, instruction_pointer and stack_pointer in the passed structure.",
    ),
    Clause::kernel_source(
        "setinfo.rejects",
        "kernel/ptrace.c",
        "ptrace_set_syscall_info()",
        "PTRACE_SET_SYSCALL_INFO with nonzero flags or reserved byte, with an op other than the stop's, or in a stop whose op is NONE fails with EINVAL.",
    ),
    Clause::kernel_source(
        "setinfo.range",
        "kernel/ptrace.c",
        "ptrace_set_syscall_info_entry()",
        "entry.nr that is no sign-extended int fails with ERANGE.",
    ),
    Clause::kernel_source(
        "setinfo.skip",
        "kernel/ptrace.c",
        "ptrace_set_syscall_info_entry()",
        "entry.nr -1 skips the call, leaves the arguments alone, and the result is -ENOSYS on both architectures.",
    )
    .note("aarch64: syscall_set_nr() writes -ENOSYS to x0."),
];
