//! Attaching to a task that is blocked in vfork(2), where nothing but SIGKILL wakes it: what comes in meanwhile is
//! there to be seen in order once it goes on.

use super::way::{
    COME, Come, ON, ONE_START, PARENT, READY, SIGSTOP, STATUS, STOPS, TRACER, TRAP, both_end, check_once,
    check_proc, to_child,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};

const NOT_YET: &str = "attach.attach.not-yet-stopped";
const NEEDS_STOP: &str = "detach.requires-stop";
const ORDER: &str = "attach.attach.signal-order";
const OTHER_FIRST: &str = "attach.attach.other-signal-first";
const BOTH: &str = "kdoc.interrupt-at-least-one-trap";
const GROUP: &str = "stop.group.reported";

/// What is sent to the task before the tracer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    ToProcess,
    ToThread,
    StopToProcess,
    StopToThread,
}

impl Axis for Sent {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("toprocess", Sent::ToProcess),
        ("tothread", Sent::ToThread),
        ("stoptoprocess", Sent::StopToProcess),
        ("stoptothread", Sent::StopToThread),
    ];
}

impl Sent {
    const fn signal(self) -> Signal {
        match self {
            Sent::ToProcess | Sent::ToThread => Signal::USR1,
            Sent::StopToProcess | Sent::StopToThread => Signal::STOP,
        }
    }

    fn send(self, t: &Running) -> Flow {
        match self {
            Sent::ToProcess | Sent::StopToProcess => t.kill(self.signal()),
            Sent::ToThread | Sent::StopToThread => t.kill_leader(self.signal()),
        }
    }

    /// The stops after PTRACE_ATTACH, with the `si_code` of each.
    const fn behind_attach(self) -> &'static [(Signal, i32)] {
        match self {
            Sent::ToProcess => &[(Signal::STOP, libc::SI_KERNEL), (Signal::USR1, libc::SI_USER)],
            Sent::ToThread => &[(Signal::USR1, libc::SI_TKILL), (Signal::STOP, libc::SI_KERNEL)],
            Sent::StopToProcess => &[(Signal::STOP, libc::SI_KERNEL), (Signal::STOP, libc::SI_USER)],
            Sent::StopToThread => &[(Signal::STOP, libc::SI_TKILL)],
        }
    }

    const fn code(self) -> i32 {
        match self {
            Sent::ToProcess | Sent::StopToProcess => libc::SI_USER,
            Sent::ToThread | Sent::StopToThread => libc::SI_TKILL,
        }
    }
}

const SENT: Dimension = axis::<Sent>(&["toprocess", "tothread", "stoptoprocess", "stoptothread"]);

const CASE: Case = Case {
    name: "held_in_vfork",
    title: "A task blocked in vfork is a tracee at once and stops only when it goes on; until then it refuses requests, PTRACE_DETACH among them, and stays a tracee.",
    clauses: &[NOT_YET, NEEDS_STOP, TRACER, SIGSTOP, TRAP, "group.no-run-until-restart", END, PARENT],
    axes: &[ONE_START, COME],
    program: |p| {
        p.block(&[Signal::CHLD]);
        let child = p.fork("child", |p| {
            p.ignore(Signal::CHLD);
            // Without a handler it would end an untraced task on the spot.
            p.handle(Signal::USR1, 0);
            p.vfork("inner", |p| {
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ON));
                p.exit_thread(5);
            });
            p.exit(7);
        });
        p.wait4(child, STATUS, 0);
        p.exit(3);
    },
    scenario: |t| {
        let (parent, t) = to_held(t)?;
        let come: Come = t.pick()?;
        come.to(&t)?;
        if come == Come::Seize {
            t.interrupt()?;
        }
        t.check(NOT_YET, "wait", Ok(None), t.poll());
        for (clause, request) in [(NOT_YET, Request::CONT), (NEEDS_STOP, Request::DETACH)] {
            let answer = t.request(request, 0, Data::Word(0)).map(drop);
            t.check(clause, &request.to_string(), Err(Errno::ESRCH), answer);
        }
        check_proc(&t, TRACER, 'D', true)?;
        t.set_word(ON, 1);
        let t = match come {
            Come::Attach => t.expect(SIGSTOP, Stop::Signal(Signal::STOP))?,
            Come::Seize => t.expect(TRAP, Stop::EventStop(Signal::TRAP))?,
        };
        check_once(&t);
        both_end(parent, t.cont()?, "wait4")
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "attach_beside_a_signal",
        title: "A signal that is pending when PTRACE_ATTACH comes is reported before its SIGSTOP or after it, by the kernel's order; one SIGSTOP pending for the thread already takes in the other.",
        clauses: &[ORDER, OTHER_FIRST, STOPS, END, PARENT],
        axes: &[ONE_START, SENT],
        scenario: |t| {
            let (parent, mut t) = to_held(t)?;
            let sent: Sent = t.pick()?;
            sent.send(&t)?;
            t.attach()?;
            t.set_word(ON, 1);
            for &(signal, code) in sent.behind_attach() {
                let clause = if sent == Sent::ToThread { OTHER_FIRST } else { ORDER };
                t = reported(t, clause, signal, code)?.cont()?;
            }
            both_end(parent, t, "wait4")
        },
        ..CASE
    },
    Case {
        name: "interrupt_beside_a_signal",
        title: "A signal that is pending beside PTRACE_INTERRUPT is reported after it: PTRACE_EVENT_STOP once, then the signal, of which a stop signal passed on begins a group-stop.",
        clauses: &[BOTH, STOPS, GROUP, "group.no-run-until-restart", END, PARENT],
        axes: &[ONE_START, SENT],
        scenario: |t| {
            let (parent, t) = to_held(t)?;
            let sent: Sent = t.pick()?;
            t.seize(0)?;
            sent.send(&t)?;
            t.interrupt()?;
            t.set_word(ON, 1);
            let t = t.expect(BOTH, Stop::EventStop(Signal::TRAP))?;
            check_once(&t);
            let t = reported(t.cont()?, BOTH, sent.signal(), sent.code())?;
            if !sent.signal().stops() {
                return both_end(parent, t.cont()?, "wait4");
            }
            let t = t.resume(Resume::Cont, Signal::STOP)?.expect(GROUP, Stop::EventStop(Signal::STOP))?;
            both_end(parent, t.cont()?, "wait4")
        },
        ..CASE
    },
    Case {
        name: "interrupted_twice_in_vfork",
        title: "Two PTRACE_INTERRUPT before the task can stop make one stop.",
        clauses: &[BOTH, "group.no-run-until-restart", END, PARENT],
        axes: &[ONE_START],
        scenario: |t| {
            let (parent, t) = to_held(t)?;
            t.seize(0)?;
            t.interrupt()?;
            t.interrupt()?;
            t.set_word(ON, 1);
            let t = t.expect(BOTH, Stop::EventStop(Signal::TRAP))?;
            check_once(&t);
            both_end(parent, t.cont()?, "wait4")
        },
        ..CASE
    },
];

/// The parent and its child, which is blocked in vfork(2).
fn to_held(t: Stopped) -> Flow<(Running, Running)> {
    let (parent, t) = to_child(t)?;
    t.await_state(&['D'])?;
    Ok((parent, t))
}

fn reported(t: Running, clause: &str, signal: Signal, code: i32) -> Flow<Stopped> {
    let t = t.expect(clause, Stop::Signal(signal))?;
    let siginfo = t.siginfo();
    t.check(STOPS, "si_code", Ok(code), siginfo.map(|siginfo| siginfo.code));
    let sender = if code == libc::SI_KERNEL { 0 } else { std::process::id() as i32 };
    t.check(STOPS, "si_pid is the sender's", Ok(true), siginfo.map(|siginfo| siginfo.pid == sender));
    Ok(t)
}
