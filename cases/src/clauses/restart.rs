//! Restarting interrupted calls.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::manual(
    "restart.step.one-insn",
    "ptrace(2)",
    "DESCRIPTION/PTRACE_SYSCALL, PTRACE_SINGLESTEP",
    "PTRACE_SINGLESTEP restarts the tracee and stops it after exactly one instruction; the PC advances to that instruction's successor.",
)];
