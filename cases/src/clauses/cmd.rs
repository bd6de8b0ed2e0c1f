//! Requests in general.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "cmd.inspect-while-stopped",
        "ptrace(2)",
        "DESCRIPTION",
        "While the tracee is ptrace-stopped the tracer can read and write its memory and registers and the values persist after restart.",
    ),
    Clause::manual(
        "cmd.setsiginfo-silent-noop",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PTRACE_SETSIGINFO can return 0 in a stop where it has no effect.",
    ),
    Clause::manual(
        "cmd.setoptions-one-tracee",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PTRACE_SETOPTIONS changes the options of the named tracee only, not of its sibling threads or children.",
    ),
    Clause::manual(
        "cmd.options-inherited",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "Auto-attached children have the parent tracee's option set at creation time.",
    ),
];
