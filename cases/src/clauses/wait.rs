//! wait(2).

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[Clause::manual(
    "wait.macro.exited",
    "wait(2)",
    "DESCRIPTION",
    "WIFEXITED/WEXITSTATUS give the low 8 bits of the exit argument for a dying tracee.",
)];
