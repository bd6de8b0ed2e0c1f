//! Headers for user space.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::uapi_header(
        "uapi.regset-prstatus-layout",
        "include/uapi/linux/ptrace.h",
        "PTRACE_GETREGSET comment",
        "The NT_PRSTATUS regset is the elf_gregset_t part only, not the full elf_prstatus of a core file.",
    ),
    Clause::uapi_header(
        "uapi.regset-core-equal",
        "include/uapi/linux/ptrace.h",
        "PTRACE_GETREGSET comment",
        "Other regsets have the same layout as the core-file note of the same type.",
    )
    .note("Compare GETREGSET with a core dump taken at the same stop."),
    Clause::uapi_header(
        "uapi.regset-iov-updated",
        "include/uapi/linux/ptrace.h",
        "PTRACE_GETREGSET comment",
        "On success iov_len tells how much was transferred in either direction.",
    ),
    Clause::uapi_header(
        "uapi.range-reserved",
        "include/uapi/linux/ptrace.h",
        "request number range comment",
        "Request numbers 0x4200-0x4300 are architecture independent; unassigned ones fail with EIO.",
    ),
    Clause::uapi_header(
        "uapi.metadata.filter-off",
        "include/uapi/linux/ptrace.h",
        "struct seccomp_metadata",
        "PTRACE_SECCOMP_GET_METADATA takes filter_off as input and returns the filter's flags.",
    )
    .note("Not in ptrace(2). Same EACCES conditions as GET_FILTER."),
    Clause::uapi_header(
        "uapi.metadata.log-flag",
        "include/uapi/linux/ptrace.h",
        "struct seccomp_metadata",
        "flags returned by PTRACE_SECCOMP_GET_METADATA contain SECCOMP_FILTER_FLAG_LOG exactly for filters installed with it.",
    ),
    Clause::uapi_header(
        "uapi.metadata.size",
        "include/uapi/linux/ptrace.h",
        "struct seccomp_metadata",
        "addr of PTRACE_SECCOMP_GET_METADATA is the buffer size, with minimum 8 (EINVAL below), and the call returns min(addr, 16).",
    )
    .note("Code only."),
    Clause::uapi_header(
        "uapi.metadata.enoent",
        "include/uapi/linux/ptrace.h",
        "struct seccomp_metadata",
        "PTRACE_SECCOMP_GET_METADATA with an index out of range fails with ENOENT, and on a tracee not in filter mode with EINVAL.",
    )
    .note("Code only; the latter observed 6.18."),
    Clause::uapi_header(
        "uapi.rseq.config",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_rseq_configuration",
        "PTRACE_GET_RSEQ_CONFIGURATION fills rseq_abi_pointer, rseq_abi_size, signature and flags (0) of the tracee's registered rseq area.",
    )
    .note("Not in ptrace(2). Needs CONFIG_RSEQ."),
    Clause::uapi_header(
        "uapi.rseq.return-size",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_rseq_configuration",
        "PTRACE_GET_RSEQ_CONFIGURATION returns 24 whatever addr is and writes at most addr bytes.",
    )
    .note("Observed 6.18."),
    Clause::uapi_header(
        "uapi.rseq.unregistered",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_rseq_configuration",
        "PTRACE_GET_RSEQ_CONFIGURATION of a thread without rseq registration returns a zero pointer.",
    )
    .note("6.1 still reports size 32, 6.12+ reports 0."),
    Clause::uapi_header(
        "uapi.sud.get-off",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "For a tracee without dispatch the GET config request returns mode OFF and zero selector, offset and len.",
    )
    .note("Selftest get_set_sud.c."),
    Clause::uapi_header(
        "uapi.sud.set-get-roundtrip",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "A dispatch configuration set in ON mode by PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG is read back unchanged by the GET request.",
    )
    .note("Inclusive mode is not: 7.3 reports it as mode ON with inverted range."),
    Clause::uapi_header(
        "uapi.sud.size",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "Both SYSCALL_USER_DISPATCH_CONFIG requests need addr equal to 32 and fail with EINVAL otherwise.",
    )
    .note("Code only; observed 6.18."),
    Clause::uapi_header(
        "uapi.sud.selector-null",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "ptrace_sud_config.selector may be NULL: with mode ON every call outside the range is dispatched.",
    ),
    Clause::uapi_header(
        "uapi.sud.selector-invalid-sigsegv",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "An unmapped selector address in ptrace_sud_config gives the tracee SIGSEGV at its first use.",
    )
    .note("Fatal exit signal, not interceptable by the tracer (observed 6.18)."),
    Clause::uapi_header(
        "uapi.sud.off-params-zero",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "Setting ptrace_sud_config with mode OFF and any other nonzero field fails with EINVAL.",
    ),
    Clause::uapi_header(
        "uapi.sud.aarch64-absent",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_sud_config",
        "On aarch64 kernels without generic entry both SUD requests fail with EINVAL.",
    )
    .note("Mainline header stub (header not in the partial trees): confirm on hardware."),
    Clause::uapi_header(
        "uapi.eventmsg-syscall",
        "include/uapi/linux/ptrace.h",
        "PTRACE_EVENTMSG_SYSCALL_*",
        "In a syscall-enter-stop PTRACE_GETEVENTMSG returns 1 and in a syscall-exit-stop 2.",
    )
    .note("Observed 6.18. Not in ptrace(2)."),
    Clause::uapi_header(
        "uapi.option-values",
        "include/uapi/linux/ptrace.h",
        "PTRACE_O_* definitions",
        "Option bits equal 1<<event for event options, 1 for TRACESYSGOOD, 1<<20 EXITKILL, 1<<21 SUSPEND_SECCOMP; mask 0x3000ff.",
    ),
    Clause::uapi_header(
        "uapi.sysinfo-offsets",
        "include/uapi/linux/ptrace.h",
        "struct ptrace_syscall_info",
        "Field offsets of ptrace_syscall_info: arch 4, ip 8, sp 16, union 24, exit.is_error 32, seccomp.ret_data 80; total 88.",
    ),
];
