//! A tracee that listens: stopped with its process, and yet heard of.

use super::way::{DETACHED, GROUP, KILLED, ON, PARENT_ENDS, READY, RUNS, SEIZED, STOPS, TRAP, check_proc};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::answers::Siginfo;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use std::os::unix::fs::MetadataExt as _;

const LIKE: &str = "listen.like-stopped";
const NOTHING: &str = "listen.no-execution";
const NO_RESPONSE: &str = "listen.no-signal-response";
const CONT: &str = "group.listen-reports-sigcont";
const AFTER: &str = "interrupt.after-listen";
const RETRAP: &str = "kdoc.listen-retrap";
const NEITHER: &str = "kdoc.listen-after-interrupt-stop";
const NEWS: &str = "listen.still-notifies";
const FLUSHED: &str = "kdoc.sigcont-removes-stops";

/// What ends the listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Sigcont,
    Interrupt,
    Sigkill,
}

impl Axis for Call {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigcont", Call::Sigcont), ("interrupt", Call::Interrupt), ("sigkill", Call::Sigkill)];
}

/// What is sent meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Usr1,
    Term,
    Winch,
    Stop,
}

impl Axis for Sent {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("sigusr1", Sent::Usr1),
        ("sigterm", Sent::Term),
        ("sigwinch", Sent::Winch),
        ("sigstop", Sent::Stop),
    ];
}

impl Sent {
    const fn signal(self) -> Signal {
        match self {
            Sent::Usr1 => Signal::USR1,
            Sent::Term => Signal::TERM,
            Sent::Winch => Signal(libc::SIGWINCH),
            Sent::Stop => Signal::STOP,
        }
    }

    /// The stops behind SIGCONT, which takes stop signals away and has its own place in the order of numbers.
    const fn reported(self) -> &'static [Signal] {
        match self {
            Sent::Usr1 => &[Signal::USR1, Signal::CONT],
            Sent::Term => &[Signal::TERM, Signal::CONT],
            Sent::Winch => &[Signal::CONT, Signal(libc::SIGWINCH)],
            Sent::Stop => &[Signal::CONT],
        }
    }

    /// What becomes of the task if nobody traces it then.
    const fn end(self) -> Gone {
        match self {
            Sent::Usr1 | Sent::Term => Gone::Killed(self.signal(), false),
            Sent::Winch | Sent::Stop => PARENT_ENDS,
        }
    }
}

/// How the tracer goes on from the stop that ends the listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Goes,
    Detaches,
}

impl Axis for Leave {
    const VALUES: &'static [(&'static str, Self)] =
        &[("continued", Leave::Goes), ("detached", Leave::Detaches)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "listening_ends",
        title: "A listening tracee stays stopped and reports nothing, until SIGCONT, PTRACE_INTERRUPT or SIGKILL.",
        clauses: &[LIKE, NOTHING, CONT, AFTER, KILLED, "kdoc.seized-stop-signo", STOPS, GROUP, END],
        axes: &[SEIZED, axis::<Call>(&["sigcont", "interrupt", "sigkill"])],
        program: stops,
        scenario: |t| {
            let t = to_group_stop(t)?.listen()?;
            check_listening(&t, LIKE)?;
            let t = match t.pick()? {
                Call::Sigkill => {
                    t.kill(Signal::KILL)?;
                    let t = t.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
                    t.check(NOTHING, "word of the program that has not run on", 0, t.word(RUNS));
                    return Ok(());
                }
                Call::Interrupt => {
                    t.interrupt()?;
                    let t = t.expect(AFTER, Stop::EventStop(Signal::STOP))?.listen()?;
                    check_listening(&t, LIKE)?;
                    t.interrupt()?;
                    let t = t.expect(AFTER, Stop::EventStop(Signal::STOP))?;
                    check_status(&t, Signal::STOP);
                    t
                }
                Call::Sigcont => {
                    t.kill(Signal::CONT)?;
                    let t = t.expect(CONT, Stop::EventStop(Signal::TRAP))?;
                    check_status(&t, Signal::TRAP);
                    t.cont()?.expect(STOPS, Stop::Signal(Signal::CONT))?
                }
            };
            t.check(NOTHING, "word of the program that has not run on", 0, t.word(RUNS));
            runs_on(t.cont()?)
        },
        ..Case::NEW
    },
    Case {
        name: "signals_while_listening",
        title: "Signals sent to a listening tracee wait for SIGCONT, whose PTRACE_EVENT_STOP comes before all of them; detached there the task meets them untraced.",
        clauses: &[NO_RESPONSE, CONT, FLUSHED, DETACHED, "kdoc.seized-stop-signo", STOPS, GROUP, END],
        axes: &[
            SEIZED,
            axis::<Sent>(&["sigusr1", "sigterm", "sigwinch", "sigstop"]),
            axis::<Leave>(&["continued", "detached"]),
        ],
        program: stops,
        scenario: |t| {
            let (sent, leave): (Sent, Leave) = (t.pick()?, t.pick()?);
            let t = to_group_stop(t)?.listen()?;
            t.kill(sent.signal())?;
            check_listening(&t, NO_RESPONSE)?;
            t.kill(Signal::CONT)?;
            let t = t.expect(CONT, Stop::EventStop(Signal::TRAP))?;
            check_status(&t, Signal::TRAP);
            if leave == Leave::Detaches {
                let t = t.detach(Signal::NONE)?;
                t.set_word(ON, 1);
                return t.ends(DETACHED, sent.end()).map(drop);
            }
            check_pending(&t, sent);
            let mut t = t.cont()?;
            for &signal in sent.reported() {
                t = t.expect(STOPS, Stop::Signal(signal))?.cont()?;
            }
            runs_on(t)
        },
        ..Case::NEW
    },
    Case {
        name: "listening_too_late",
        title: "PTRACE_LISTEN in a group-stop that SIGCONT has ended meanwhile traps again at once.",
        clauses: &[RETRAP, "kdoc.seized-stop-signo", STOPS, GROUP, NOTHING, END],
        axes: &[SEIZED],
        program: stops,
        scenario: |t| {
            let t = to_group_stop(t)?;
            t.kill(Signal::CONT)?;
            t.check(RETRAP, "wait before", Ok(None), t.poll_id(t.pid as u64));
            let t = t.listen()?.expect(RETRAP, Stop::EventStop(Signal::TRAP))?;
            check_status(&t, Signal::TRAP);
            t.check(NOTHING, "word of the program that has not run on", 0, t.word(RUNS));
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::CONT))?;
            runs_on(t.cont()?)
        },
        ..Case::NEW
    },
    Case {
        name: "listening_without_a_group_stop",
        title: "A tracee that listens in the stop of PTRACE_INTERRUPT takes no signal, and reports the group-stop that another thread begins.",
        clauses: &[NEITHER, NEWS, LIKE, TRAP, NO_RESPONSE, KILLED],
        axes: &[SEIZED],
        program: |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(ON));
                p.raise(Signal::STOP);
                p.spin();
            });
            p.store(Program::shared(READY), 1);
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(READY);
            t.interrupt()?;
            let t = t.expect(TRAP, Stop::EventStop(Signal::TRAP))?.listen()?;
            check_proc(&t, NEITHER, 't', true)?;
            t.kill_leader(Signal::USR1)?;
            t.check(NO_RESPONSE, "wait", Ok(None), t.poll());
            t.set_word(ON, 1);
            let t = t.expect(NEWS, Stop::EventStop(Signal::STOP))?.listen()?;
            check_proc(&t, LIKE, 't', true)?;
            t.check(LIKE, "wait", Ok(None), t.poll());
            t.kill(Signal::KILL)?;
            t.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn stops(p: &mut Program) {
    p.raise(Signal::STOP);
    p.store(Program::shared(RUNS), 1);
    p.await_word(Program::shared(ON));
    p.exit(3);
}

fn to_group_stop(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
    let t = t.resume(Resume::Cont, Signal::STOP)?;
    t.expect(GROUP, Stop::EventStop(Signal::STOP))
}

/// It reports nothing, and looks stopped.
fn check_listening(t: &Task, clause: &str) -> Flow {
    t.check(clause, "wait", Ok(None), t.poll_id(t.pid as u64));
    t.check(clause, "word of the program that has not run on", 0, t.word(RUNS));
    check_proc(t, clause, 't', true)
}

/// What has been sent is pending for the process, in the order in which it came.
fn check_pending(t: &Stopped, sent: Sent) {
    let uid = std::fs::metadata("/proc/self").map_or(0, |metadata| metadata.uid());
    let ours = (libc::SI_USER, std::process::id() as i32, uid, 0);
    let mut expected = sent.reported().to_vec();
    expected.sort_by_key(|&signal| signal == Signal::CONT);
    let pending = t.pending(true);
    let all = |found: Vec<Siginfo>| found.iter().map(|siginfo| siginfo.signal).collect();
    t.check(FLUSHED, "pending for the process", Ok(expected), pending.clone().map(all));
    let from = |siginfo: &Siginfo| (siginfo.code, siginfo.pid, siginfo.uid, siginfo.errno) == ours;
    let from_us = pending.map(|found| found.iter().all(from));
    t.check(FLUSHED, "all of it sent by kill(2) from here", Ok(true), from_us);
}

fn check_status(t: &Stopped, signal: Signal) {
    let clause = "kdoc.seized-stop-signo";
    t.check(clause, "status", Status::stopped(signal.0, Event::STOP), t.status);
    let siginfo = t.siginfo().map(|siginfo| (siginfo.signal, siginfo.code));
    t.check(clause, "si_signo and si_code", Ok((signal, signal.0 | 128 << 8)), siginfo);
}

fn runs_on(t: Running) -> Flow {
    t.set_word(ON, 1);
    let t = t.ends(END, PARENT_ENDS)?;
    t.check(END, "word of the program that has run on", 1, t.word(RUNS));
    Ok(())
}
