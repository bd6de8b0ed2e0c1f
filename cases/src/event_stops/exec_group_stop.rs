//! execve by a thread when a group-stop has begun: the stop was for a process of several threads that is no more.

use super::tasks::{TRACED, to_first_stop};
use ptrace_conformance_harness::case::{Arch, Case, Quirk, Start, axis};
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::version::Change;

const ENDED: &str = "exec.ends-group-stop";
const RESET: &str = "opt.traceexec.tid-reset-first";

/// Why older kernels stop once more.
const STOPS_AGAIN: Quirk = Quirk {
    what: "end",
    observed: "",
    arches: Arch::ALL,
    since: Change::at(2, 6),
    // By the announcements of the stable releases; of 7.0 this is the one that was seen to have it.
    until: Some(Change::at(7, 1).and_stable(&[
        (5, 10, 259),
        (5, 15, 210),
        (6, 1, 176),
        (6, 6, 143),
        (6, 12, 94),
        (6, 18, 36),
        (7, 0, 13),
    ])),
    reason: "execve ended the group-stop for the process and all other threads, but the calling thread was still bound to take part",
    source: "kernel/signal.c: zap_other_threads(), do_signal_stop()",
    ends: "90918794a4e2 signal: clear JOBCTL_PENDING_MASK for caller in zap_other_threads()",
    advice: "take a stop behind PTRACE_EVENT_EXEC that nobody asked for as none: go on with PTRACE_CONT and no signal, not with PTRACE_LISTEN, for no SIGCONT may come",
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exec_ends_a_group_stop",
        title: "A group-stop that began while a thread was at execve's enter-stop is over when the new image runs.",
        axes: &[axis::<Start>(&["seize"])],
        quirks: &[Quirk { observed: "PTRACE_EVENT_STOP SIGTRAP", ..STOPS_AGAIN }],
        ..GROUP_STOP
    },
    Case {
        name: "exec_ends_a_group_stop_unseized",
        title: "The same for a tracee that was not seized, which reports group-stops without PTRACE_EVENT_STOP.",
        axes: &[axis::<Start>(&["traceme", "attach"])],
        quirks: &[Quirk { observed: "group-stop SIGSTOP", ..STOPS_AGAIN }],
        ..GROUP_STOP
    },
];

/// What the two have in common.
const GROUP_STOP: Case = Case {
    clauses: &[
        TRACED,
        RESET,
        ENDED,
        "event.clone.position",
        "sysstop.entry",
        "stop.signal.every-delivery-stops",
        "stop.group.reported",
    ],
    options: options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXEC,
    program,
    scenario: |t| {
        let t = t.cont()?.expect("event.clone.position", Stop::Event(Event::CLONE))?;
        let thread = to_first_stop(t.new_task("thread")?)?;
        let thread = thread.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
        t.kill(Signal::STOP)?;
        let t = t.cont()?.expect("stop.signal.every-delivery-stops", Stop::Signal(Signal::STOP))?;
        let stop = group_stop(t.start);
        let leader = t.resume(Resume::Cont, Signal::STOP)?.expect("stop.group.reported", stop)?;
        let thread = thread.cont()?;
        let t = leader.left_alone().expect(RESET, Stop::Event(Event::EXEC))?;
        thread.renamed();
        t.cont()?.ends(ENDED, Gone::Exited(7))?;
        Ok(())
    },
    ..Case::NEW
};

/// How a tracer is told of a group-stop.
const fn group_stop(start: Start) -> Stop {
    match start {
        Start::Seize => Stop::EventStop(Signal::STOP),
        Start::Traceme | Start::Attach => Stop::Group(Signal::STOP),
    }
}

/// A thread executes, and the leader does nothing.
fn program(p: &mut Program) {
    p.clone_task(THREAD, "thread", |thread| {
        thread.exec(|image| {
            image.exit(7);
        });
    });
    p.sleep();
}
