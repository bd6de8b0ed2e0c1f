//! PTRACE_GETEVENTMSG.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "eventmsg.unsigned-long",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETEVENTMSG",
        "PTRACE_GETEVENTMSG stores one unsigned long at data describing the most recent event.",
    ),
    Clause::manual(
        "eventmsg.exit",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETEVENTMSG",
        "After PTRACE_EVENT_EXIT the message is the tracee's exit status.",
    ),
    Clause::manual(
        "eventmsg.new-pid",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETEVENTMSG",
        "After FORK, VFORK, VFORK_DONE and CLONE events the message is the new task's ID.",
    ),
    Clause::manual(
        "eventmsg.seccomp",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETEVENTMSG",
        "After PTRACE_EVENT_SECCOMP the message is the SECCOMP_RET_DATA value.",
    ),
    Clause::manual(
        "eventmsg.addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_GETEVENTMSG",
        "PTRACE_GETEVENTMSG ignores addr.",
    ),
];
