//! PTRACE_GET_SYSCALL_INFO.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "sysinfo.get",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO at a syscall-stop stores struct ptrace_syscall_info at data describing the call that caused the stop.",
    ),
    Clause::manual(
        "sysinfo.addr-is-size",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "addr of PTRACE_GET_SYSCALL_INFO is the size of the caller's buffer and no byte past it is written.",
    ),
    Clause::manual(
        "sysinfo.returns-available",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO returns the size the kernel could provide for the stop kind, independent of addr: 24 (NONE), 80 (ENTRY), 33 (EXIT), 84 (SECCOMP).",
    )
    .note("Sizes follow from the structure layout; observed 6.18."),
    Clause::manual(
        "sysinfo.truncates",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO with a smaller addr writes only a prefix and still succeeds; addr 0 writes nothing.",
    ),
    Clause::manual(
        "sysinfo.field-op",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "Byte 0 (op) of ptrace_syscall_info is one of NONE=0, ENTRY=1, EXIT=2, SECCOMP=3.",
    ),
    Clause::manual(
        "sysinfo.field-reserved",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO returns the reserved byte as zero.",
    )
    .note("Before 6.16 this was padding."),
    Clause::manual(
        "sysinfo.field-flags",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO returns the 16-bit flags field as zero.",
    ),
    Clause::manual(
        "sysinfo.field-arch",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "ptrace_syscall_info.arch is the AUDIT_ARCH_* value of the tracee's current ABI: 0xc000003e on x86_64, 0xc00000b7 on aarch64.",
    )
    .note("AUDIT_ARCH_I386 for int80/compat entry."),
    Clause::manual(
        "sysinfo.field-ip",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "ptrace_syscall_info.instruction_pointer equals the PC reported by NT_PRSTATUS.",
    ),
    Clause::manual(
        "sysinfo.field-sp",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "ptrace_syscall_info.stack_pointer equals the SP reported by NT_PRSTATUS.",
    ),
    Clause::manual(
        "sysinfo.entry-nr",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a syscall-enter-stop PTRACE_GET_SYSCALL_INFO gives op ENTRY and entry.nr equal to the system call number.",
    ),
    Clause::manual(
        "sysinfo.entry-args",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a syscall-enter-stop entry.args[0..5] of ptrace_syscall_info are the six argument registers.",
    ),
    Clause::manual(
        "sysinfo.exit-rval",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a syscall-exit-stop PTRACE_GET_SYSCALL_INFO gives op EXIT and exit.rval equal to the return value.",
    ),
    Clause::manual(
        "sysinfo.exit-is-error",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a syscall-exit-stop exit.is_error is 1 and rval the negated errno when the call failed; is_error is 0 otherwise.",
    ),
    Clause::manual(
        "sysinfo.seccomp-nr-args",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a PTRACE_EVENT_SECCOMP stop PTRACE_GET_SYSCALL_INFO gives op SECCOMP, and seccomp.nr and seccomp.args describe the pending call.",
    ),
    Clause::manual(
        "sysinfo.seccomp-ret-data",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In a PTRACE_EVENT_SECCOMP stop seccomp.ret_data is the SECCOMP_RET_DATA part of the filter's SECCOMP_RET_TRACE value.",
    ),
    Clause::manual(
        "sysinfo.common-fields-all-ops",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "PTRACE_GET_SYSCALL_INFO fills op, arch, instruction_pointer and stack_pointer for every op, including NONE.",
    ),
    Clause::manual(
        "sysinfo.none-elsewhere",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In stops that are neither syscall nor seccomp stops PTRACE_GET_SYSCALL_INFO gives op NONE and returns 24.",
    ),
    Clause::manual(
        "sysinfo.needs-sysgood",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GET_SYSCALL_INFO",
        "In syscall-stops taken while TRACESYSGOOD is unset PTRACE_GET_SYSCALL_INFO gives op NONE, and setting the option during the stop does not change its answer for this stop.",
    )
    .note("Observed 6.18. Not required for SECCOMP stops."),
    Clause::kernel_source(
        "sysinfo.error-range",
        "include/asm-generic/syscall.h",
        "syscall_get_error()",
        "exit.is_error is 1 exactly for results from -4095 to -1, also for one that the tracer wrote.",
    ),
];
