//! `PTRACE_INTERRUPT` beside other stops: which of them answers it, and what state of the process it tells of.

use super::way::{GROUP, ON, PARENT_ENDS, READY, RUNS, SEIZED, STOPS, TRAP};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};

const OTHER: &str = "interrupt.concurrent-stop-wins";
const CLEARS: &str = "kdoc.interrupt-any-trap-clears";
const ANOTHER: &str = "kdoc.interrupt-at-least-one-trap";
const TELLS: &str = "kdoc.seized-stop-signo";
const CONT: &str = "group.listen-reports-sigcont";
const NO_EFFECT: &str = "kdoc.interrupt-no-side-effect";

/// The stop that the task comes to anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anyway {
    VforkDone,
    Exit,
}

impl Axis for Anyway {
    const VALUES: &'static [(&'static str, Self)] =
        &[("vforkdone", Anyway::VforkDone), ("exitstop", Anyway::Exit)];
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Once,
    Twice,
}

impl Axis for Times {
    const VALUES: &'static [(&'static str, Self)] = &[("once", Times::Once), ("twice", Times::Twice)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "another_stop_answers",
        title: "A stop that comes of itself first, an event or a syscall-exit-stop, answers PTRACE_INTERRUPT: no PTRACE_EVENT_STOP follows it.",
        clauses: &[OTHER, CLEARS, "sysstop.entry", "sysstop.exit-after-entry"],
        axes: &[SEIZED, axis::<Anyway>(&["vforkdone", "exitstop"])],
        program: |p| {
            p.ignore(Signal::CHLD);
            p.vfork("inner", |p| {
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ON));
                p.exit_thread(5);
            });
            p.exit(3);
        },
        scenario: |t| {
            let (t, stop) = to_vfork(t)?;
            t.await_state(&['D'])?;
            t.interrupt()?;
            t.set_word(ON, 1);
            let t = t.expect(OTHER, stop)?.cont()?;
            t.ends(CLEARS, PARENT_ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "interrupt_at_a_signal",
        title: "PTRACE_INTERRUPT at a signal-delivery-stop, once or twice, changes neither it nor the signal: it is delivered, and one PTRACE_EVENT_STOP comes first.",
        clauses: &[ANOTHER, NO_EFFECT, STOPS, END],
        axes: &[SEIZED, axis::<Times>(&["once", "twice"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.interrupt()?;
            if t.pick::<Times>()? == Times::Twice {
                t.interrupt()?;
            }
            t.check(NO_EFFECT, "wait", Ok(None), t.poll_id(t.pid as u64));
            let siginfo = t.siginfo().map(|siginfo| (siginfo.signal, siginfo.code));
            t.check(NO_EFFECT, "si_signo and si_code", Ok((Signal::USR1, libc::SI_TKILL)), siginfo);
            let t = t.resume(Resume::Cont, Signal::USR1)?;
            let t = t.expect(ANOTHER, Stop::EventStop(Signal::TRAP))?;
            let t = t.cont()?.ends(END, PARENT_ENDS)?;
            let (times, signal, code) = t.handled();
            t.check(NO_EFFECT, "runs of the handler", 1, times);
            t.check(NO_EFFECT, "signal and si_code", (Signal::USR1, libc::SI_TKILL), (signal, code));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "interrupt_tells_of_a_stopped_process",
        title: "PTRACE_INTERRUPT of a task that PTRACE_CONT has taken out of its group-stop reports the stop signal until SIGCONT, and SIGTRAP from then on.",
        clauses: &[TELLS, TRAP, STOPS, GROUP, CONT, END],
        axes: &[SEIZED],
        program: |p| {
            p.raise(Signal::STOP);
            p.store(Program::shared(RUNS), 1);
            p.await_word(Program::shared(ON));
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
            let t = t.resume(Resume::Cont, Signal::STOP)?.expect(GROUP, Stop::EventStop(Signal::STOP))?;
            let t = t.cont()?;
            t.await_word(RUNS);
            t.interrupt()?;
            let t = t.expect(TELLS, Stop::EventStop(Signal::STOP))?;
            let siginfo = t.siginfo().map(|siginfo| (siginfo.signal, siginfo.code));
            t.check(TELLS, "si_signo and si_code", Ok((Signal::STOP, libc::SIGSTOP | 128 << 8)), siginfo);
            t.kill(Signal::CONT)?;
            let t = t.cont()?.expect(CONT, Stop::EventStop(Signal::TRAP))?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::CONT))?.cont()?;
            t.interrupt()?;
            let t = t.expect(TRAP, Stop::EventStop(Signal::TRAP))?.cont()?;
            t.set_word(ON, 1);
            t.ends(END, PARENT_ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Into vfork(2), in such a way that the stop comes behind it.
fn to_vfork(t: Stopped) -> Flow<(Running, Stop)> {
    match t.pick()? {
        Anyway::VforkDone => {
            t.change_options(options::TRACEVFORKDONE)?;
            Ok((t.cont()?, Stop::Event(Event::VFORK_DONE)))
        }
        Anyway::Exit => {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            Ok((t.syscall()?, Stop::SyscallExit))
        }
    }
}
