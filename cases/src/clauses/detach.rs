//! PTRACE_DETACH.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "detach.ends-tracing",
        "ptrace(2)",
        "DESCRIPTION",
        "After PTRACE_DETACH the tracee continues without being traced: TracerPid is 0 and later signals, syscalls and execve produce no stops.",
    ),
    Clause::manual(
        "detach.restarts",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_DETACH",
        "PTRACE_DETACH ends tracing first and then lets the tracee run, delivering the signal in data as CONT would.",
    ),
    Clause::manual(
        "detach.any-attach-method",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_DETACH",
        "PTRACE_DETACH works for tracees attached by TRACEME, ATTACH, SEIZE or auto-attach.",
    ),
    Clause::manual(
        "detach.addr-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_DETACH",
        "PTRACE_DETACH ignores addr.",
    ),
    Clause::manual(
        "detach.form",
        "ptrace(2)",
        "Attaching and detaching",
        "ptrace(PTRACE_DETACH, tid, 0, sig) detaches one thread.",
    ),
    Clause::manual(
        "detach.requires-stop",
        "ptrace(2)",
        "Attaching and detaching",
        "PTRACE_DETACH of a tracee that is not ptrace-stopped fails with ESRCH and leaves it traced.",
    ),
    Clause::manual(
        "detach.inject",
        "ptrace(2)",
        "Attaching and detaching",
        "From a signal-delivery-stop PTRACE_DETACH with sig delivers that signal to the now untraced process.",
    ),
    Clause::manual(
        "detach.sig-otherwise-ignored",
        "ptrace(2)",
        "Attaching and detaching",
        "From other stops the sig of PTRACE_DETACH may be silently dropped.",
    ),
    Clause::manual(
        "detach.running-via-sigstop",
        "ptrace(2)",
        "Attaching and detaching",
        "A running tracee can be detached by tgkill(SIGSTOP), waiting for that stop, and PTRACE_DETACH with 0; it then runs on unstopped.",
    ),
    Clause::manual(
        "detach.sigstop-race",
        "ptrace(2)",
        "Attaching and detaching",
        "Detaching a running tracee by sending SIGSTOP, waiting and detaching can race with SIGSTOPs sent by others.",
    ),
    Clause::manual(
        "detach.other-stops-first",
        "ptrace(2)",
        "Attaching and detaching",
        "When SIGSTOP is sent to a running tracee in order to detach it, other ptrace-stops may be reported first and need restarting.",
    ),
    Clause::manual(
        "detach.tracer-death-detaches",
        "ptrace(2)",
        "Attaching and detaching",
        "When the tracer terminates its tracees get TracerPid 0 and resume running, except those in group-stop.",
    ),
    Clause::manual(
        "detach.tracer-death-group-stop",
        "ptrace(2)",
        "Attaching and detaching",
        "A tracee in group-stop when its tracer dies remains stopped (state T) until SIGCONT.",
    )
    .note("The page calls the handling buggy; observed correct on 6.18 for seized, listening and attached tracees."),
    Clause::manual(
        "detach.tracer-death-signal-stop",
        "ptrace(2)",
        "Attaching and detaching",
        "If the tracer terminates while the tracee sits in a signal-delivery-stop, the tracee resumes and receives the signal it had stopped for.",
    )
    .note("Differs from the kernel: if the tracer had already consumed the stop with wait, the signal is lost (wait_task_stopped() clears exit_code); if not consumed or waited with WNOWAIT it is injected. Observed 6.18."),
];
