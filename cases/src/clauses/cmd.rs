//! Requests in general.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "cmd.arg-order",
        "ptrace(2)",
        "SYNOPSIS",
        "The raw system call takes operation, thread ID, address and data in that order; the operation is matched as a full machine word, so stray upper bits make it an unknown operation (EIO on a stopped tracee).",
    )
    .note("Upper-bits part is code (SYSCALL_DEFINE4), not documentation."),
    Clause::manual(
        "cmd.inspect-while-stopped",
        "ptrace(2)",
        "DESCRIPTION",
        "While the tracee is ptrace-stopped the tracer can read and write its memory and registers and the values persist after restart.",
    ),
    Clause::manual(
        "cmd.requires-stop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_TRACEME",
        "Any operation other than ATTACH, SEIZE, INTERRUPT, KILL (and TRACEME) applied to a tracee that is not ptrace-stopped fails with ESRCH.",
    )
    .note("Parametrise over every request in the uapi header."),
    Clause::manual(
        "cmd.interrupt-kill-no-stop-needed",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_TRACEME",
        "PTRACE_INTERRUPT (seized tracee) and PTRACE_KILL return 0 when the tracee is running.",
    ),
    Clause::manual(
        "cmd.esrch-unless-stopped",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "All operations except ATTACH, SEIZE, TRACEME, INTERRUPT and KILL fail with ESRCH when the tracee is not in a ptrace-stop.",
    ),
    Clause::manual(
        "cmd.informational-keep-stopped",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "Informational operations leave the tracee in its ptrace-stop (state t, no new wait report).",
    ),
    Clause::manual(
        "cmd.informational-list",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PEEK/POKE TEXT, DATA and USER, GET/SETREGS, GET/SETFPREGS, GET/SETREGSET, GET/SETSIGINFO, GETEVENTMSG and SETOPTIONS each return 0 (or the word) in a ptrace-stop and do not restart the tracee.",
    )
    .note("USER and *REGS x86 only."),
    Clause::manual(
        "cmd.setsiginfo-silent-noop",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PTRACE_SETSIGINFO can return 0 in a stop where it has no effect.",
    ),
    Clause::manual(
        "cmd.eventmsg-random",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PTRACE_GETEVENTMSG returns 0 with an unspecified value in stops that define no message.",
    )
    .note("Kernel since 5.18: 0; 5.10: last event's value."),
    Clause::manual(
        "cmd.setoptions-one-tracee",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "PTRACE_SETOPTIONS changes the options of the named tracee only, not of its sibling threads or children.",
    ),
    Clause::manual(
        "cmd.setoptions-replace",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "A second PTRACE_SETOPTIONS replaces the whole option set; options not named again are off.",
    ),
    Clause::manual(
        "cmd.options-inherited",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "Auto-attached children have the parent tracee's option set at creation time.",
    ),
    Clause::manual(
        "cmd.restarting-list",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "CONT, LISTEN, DETACH, SYSCALL, SINGLESTEP, SYSEMU and SYSEMU_SINGLESTEP end the ptrace-stop.",
    ),
    Clause::manual(
        "cmd.restart-sig-signal-stop",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "From a signal-delivery-stop the data argument of every restarting operation is the signal to inject if nonzero.",
    )
    .note("LISTEN cannot be used from a signal-delivery-stop (EIO), contrary to the list."),
    Clause::manual(
        "cmd.restart-sig-otherwise",
        "ptrace(2)",
        "Informational and restarting ptrace commands",
        "From other stops the data may be ignored.",
    ),
];
