//! Attaching.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "attach.per-thread",
        "ptrace(2)",
        "DESCRIPTION",
        "Attachment binds exactly one thread ID: after attaching one thread of a multithreaded process, the other threads keep TracerPid 0, keep running, and operations naming their TIDs fail with ESRCH.",
    )
    .note("Check with /proc/PID/task/TID/status."),
    Clause::manual(
        "attach.different-tracers-per-thread",
        "ptrace(2)",
        "DESCRIPTION",
        "Two threads of one process can be traced at the same time by two different tracers; each tracer receives only the stops of its own thread.",
    ),
    Clause::manual(
        "attach.pid-is-tid",
        "ptrace(2)",
        "DESCRIPTION",
        "Every operation selects its tracee by kernel thread ID, so a non-leader thread is addressed with its TID (not the process ID) and operations naming the TGID act on the leader thread only.",
    ),
    Clause::manual(
        "attach.thread-group-meaning",
        "ptrace(2)",
        "DESCRIPTION",
        "Threads that count as one multithreaded process are those created with CLONE_THREAD: a CLONE_VM child without CLONE_THREAD is a separate process for group-stop, exit_group and execve purposes.",
    ),
    Clause::manual(
        "attach.third-party-trace",
        "ptrace(2)",
        "DESCRIPTION",
        "A process can start tracing a process that did not cooperate, by PTRACE_ATTACH or PTRACE_SEIZE, and TracerPid of the target then names the caller.",
    ),
    Clause::manual(
        "attach.attach.makes-tracee",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_ATTACH",
        "PTRACE_ATTACH returns 0 and makes the target thread a tracee of the caller.",
    ),
    Clause::manual(
        "attach.attach.sends-sigstop",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_ATTACH",
        "PTRACE_ATTACH queues a SIGSTOP for the target thread, reported as a signal-delivery-stop with WSTOPSIG SIGSTOP.",
    ),
    Clause::manual(
        "attach.attach.not-yet-stopped",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_ATTACH",
        "On return from PTRACE_ATTACH the target need not be stopped: operations may fail with ESRCH until waitpid reports the stop.",
    ),
    Clause::manual(
        "attach.attach.args-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_ATTACH",
        "PTRACE_ATTACH ignores addr and data (no options are set whatever data holds).",
    ),
    Clause::manual(
        "attach.attach.access-mode",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_ATTACH",
        "PTRACE_ATTACH fails with EPERM when the ATTACH_REALCREDS access check denies.",
    )
    .note("Needs two UIDs."),
    Clause::manual(
        "attach.form-attach",
        "ptrace(2)",
        "Attaching and detaching",
        "ptrace(PTRACE_ATTACH, tid, 0, 0) attaches one thread.",
    ),
    Clause::manual(
        "attach.form-seize",
        "ptrace(2)",
        "Attaching and detaching",
        "ptrace(PTRACE_SEIZE, tid, 0, options) attaches one thread with options.",
    ),
    Clause::manual(
        "attach.attach.sigstop-thread",
        "ptrace(2)",
        "Attaching and detaching",
        "The SIGSTOP of PTRACE_ATTACH is thread-directed at the attached thread.",
    )
    .note("SigPnd vs ShdPnd while the thread is held in an uninterruptible or traced state is hard; the stop itself is enough."),
    Clause::manual(
        "attach.attach.suppress-sigstop",
        "ptrace(2)",
        "Attaching and detaching",
        "Restarting with 0 from the attach SIGSTOP lets the tracee go on as if nothing happened; injecting it puts the process in group-stop.",
    ),
    Clause::manual(
        "attach.attach.other-signal-first",
        "ptrace(2)",
        "Attaching and detaching",
        "A signal sent around the attach may be reported before the attach SIGSTOP.",
    ),
    Clause::manual(
        "attach.attach.sigstop-race",
        "ptrace(2)",
        "Attaching and detaching",
        "A SIGSTOP sent concurrently with PTRACE_ATTACH may be lost (merged with the attach SIGSTOP).",
    )
    .note("Deterministic form: hold the target in a vfork wait, send SIGSTOP, attach, release: a single SIGSTOP stop is seen."),
    Clause::manual(
        "attach.attach.stray-eintr",
        "ptrace(2)",
        "Attaching and detaching",
        "Suppressing the attach SIGSTOP may still make the tracee's current syscall return EINTR for calls that are not restarted.",
    ),
    Clause::manual(
        "attach.seize-alternative",
        "ptrace(2)",
        "Attaching and detaching",
        "PTRACE_SEIZE attaches without stopping or signalling the target.",
    ),
    Clause::manual(
        "attach.auto-attach",
        "ptrace(2)",
        "Attaching and detaching",
        "With TRACEFORK, TRACEVFORK or TRACECLONE active, children of the corresponding kind are attached to the tracer of their parent.",
    )
    .note("The page's 'respectively' list swaps fork and vfork relative to the option order."),
    Clause::manual(
        "attach.auto-attach-sigstop",
        "ptrace(2)",
        "Attaching and detaching",
        "Auto-attached children of a non-seized tracee get SIGSTOP and stop with it after returning from the creating syscall.",
    ),
];
