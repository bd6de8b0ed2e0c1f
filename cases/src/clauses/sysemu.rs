//! PTRACE_SYSEMU and PTRACE_SYSEMU_SINGLESTEP.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "sysemu.stop-no-exec",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP",
        "PTRACE_SYSEMU restarts the tracee, stops at the next syscall entry, and that call is not executed (no side effect occurs).",
    ),
    Clause::manual(
        "sysemu.singlestep",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP",
        "PTRACE_SYSEMU_SINGLESTEP stops like SYSEMU at a syscall instruction and otherwise stops after one instruction.",
    ),
    Clause::manual(
        "sysemu.emulation-result",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP",
        "A return value the tracer writes at the SYSEMU stop is what the tracee sees after it is resumed.",
    ),
    Clause::manual(
        "sysemu.x86-supported",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP",
        "PTRACE_SYSEMU (31) and SYSEMU_SINGLESTEP (32) are supported on x86_64.",
    ),
    Clause::manual(
        "sysemu.aarch64-support-undocumented",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP",
        "ptrace(2) restricts SYSEMU to x86, yet aarch64 defines 31/32 in its uapi header and implements them on every kernel in range.",
    )
    .note("Documentation outdated."),
];
