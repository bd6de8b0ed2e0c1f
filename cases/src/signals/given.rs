//! What the tracer gives at a signal-delivery-stop: nothing, the same signal, another one, by each way on.

use super::told::{Origin, Told, tracer};
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};

/// What the tracer gives where `SIGUSR1` was about to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gift {
    Nothing,
    Same,
    Other,
    RealTime,
}

impl Axis for Gift {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nothing", Gift::Nothing),
        ("same", Gift::Same),
        ("other", Gift::Other),
        ("realtime", Gift::RealTime),
    ];
}

const STOPS: &str = "stop.signal.traced-thread-stops";
const PASS: &str = "stop.signal.pass-on-restart";
const RESTARTS: &str = "inject.restart-form";
const SUPPRESSED: &str = "inject.suppress-or-replace";
const NONE: &str = "inject.zero-none";
const KEPT: &str = "inject.nonzero-delivers";
const REPLACED: &str = "inject.different-signal";
const REBUILT: &str = "kdoc.inject-changed-siginfo";
const STEPS: &str = "kdoc.step-handler-entry";
const HANDLER_MASK: &str = "signal.handler-adds-mask";
const RANGE: &str = "signal.rt-range";

const WAYS: Dimension =
    axis::<Resume>(&["cont", "syscall", "singlestep", "sysemu", "sysemusinglestep", "detach"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "given",
        title: "Each way on from a signal-delivery-stop takes nothing, the same signal with its siginfo, or another one with a siginfo from the tracer; no second stop.",
        clauses: &[
            STOPS,
            PASS,
            RESTARTS,
            SUPPRESSED,
            NONE,
            KEPT,
            REPLACED,
            REBUILT,
            STEPS,
            HANDLER_MASK,
            RANGE,
        ],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            WAYS,
            axis::<Gift>(&["nothing", "same", "other", "realtime"]),
        ],
        program: handles_and_raises,
        scenario: |t| {
            let (how, gift): (Resume, Gift) = (t.pick()?, t.pick()?);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.check(PASS, "runs of the handler at the stop", 0, t.handled().0);
            let told = gift.told(t.pid);
            let t = t.resume(how, gift.signal())?;
            match how {
                Resume::Cont | Resume::Detach => {
                    let t = t.ends(RESTARTS, Gone::Exited(3))?;
                    gift.check(&t, told);
                }
                Resume::Syscall | Resume::Sysemu => {
                    let t = t.expect(RESTARTS, Stop::SyscallEnter)?;
                    let next =
                        if gift == Gift::Nothing { Syscall::EXIT_GROUP } else { Syscall::RT_SIGRETURN };
                    t.check(
                        RESTARTS,
                        "next call",
                        Ok(next.number),
                        t.syscall_info().map(|info| info.number()),
                    );
                    gift.check(&t, told);
                    let t = t.resume(Resume::Cont, Signal::KILL)?;
                    t.ends(RESTARTS, Gone::Killed(Signal::KILL, false))?;
                }
                Resume::Singlestep | Resume::SysemuSinglestep => {
                    let t = t.expect(STEPS, Stop::Signal(Signal::TRAP))?;
                    t.check(STEPS, "runs of the handler", 0, t.handled().0);
                    if gift != Gift::Nothing {
                        at_the_handler(&t, gift.signal())?;
                    }
                    let t = t.cont()?.ends(RESTARTS, Gone::Exited(3))?;
                    gift.check(&t, told);
                }
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "signal_given_where_a_handler_begins",
        title: "The stop where a step has led into a handler is no signal-delivery-stop: what the tracer gives there is dropped.",
        clauses: &[STOPS, STEPS, HANDLER_MASK, "inject.non-signal-stop-may-ignore"],
        program: handles_and_raises,
        scenario: |t| {
            const DROPPED: &str = "inject.non-signal-stop-may-ignore";
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(STEPS, Stop::Signal(Signal::TRAP))?;
            at_the_handler(&t, Signal::USR1)?;
            let told = Told::thread_killed(Signal::USR1, t.pid);
            let t = t.resume(Resume::Cont, Signal::TERM)?.ends(DROPPED, Gone::Exited(3))?;
            told.check_only_run(DROPPED, &t);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "killing_signal_given",
        title: "A killing signal given instead of another one kills, with the event and its message first, and no handler runs.",
        clauses: &[STOPS, REPLACED, "opt.traceexit.stop", "eventmsg.exit"],
        axes: &[axis::<Start>(&["traceme"]), axis::<Resume>(&["cont", "syscall", "singlestep", "detach"])],
        options: options::TRACESYSGOOD | options::TRACEEXIT,
        program: handles_and_raises,
        scenario: |t| {
            const EXIT: Stop = Stop::Event(Event::EXIT);
            let how: Resume = t.pick()?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.resume(how, Signal::TERM)?;
            let t = if how == Resume::Detach {
                t
            } else {
                let t = t.expect("opt.traceexit.stop", EXIT)?;
                t.check(
                    "eventmsg.exit",
                    "event message",
                    Ok(Word(Signal::TERM.0 as u64)),
                    t.message().map(Word),
                );
                t.cont()?
            };
            let t = t.ends(REPLACED, Gone::Killed(Signal::TERM, false))?;
            t.check(REPLACED, "runs of the handler", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
];

/// Where the injected signals' handlers block themselves only.
fn handles_and_raises(p: &mut Program) {
    p.handle(Signal::USR1, 0);
    p.handle(Signal::USR2, 0);
    p.handle(HIGHEST, 0);
    p.raise(Signal::USR1);
    p.exit(3);
}

/// The real-time signal of the highest number.
const HIGHEST: Signal = Signal(64);

/// At the first instruction of the handler, with the signal blocked: kernel/signal.c, `signal_delivered()`.
fn at_the_handler(t: &Stopped, signal: Signal) -> Flow {
    let ip = t.syscall_info().map(|info| Address(info.ip()));
    t.check(STEPS, "ip", Ok(Address(label::HANDLER)), ip);
    Told::new(Signal::TRAP, libc::SIGTRAP, Origin::Process(t.pid)).check(STEPS, t);
    t.check(STEPS, "event message", Ok(Word(0)), t.message().map(Word));
    t.check(HANDLER_MASK, "blocked signals", Ok(Word(Signal::set(&[signal]))), t.signal_mask().map(Word));
    Ok(())
}

impl Gift {
    const fn signal(self) -> Signal {
        match self {
            Gift::Nothing => Signal::NONE,
            Gift::Same => Signal::USR1,
            Gift::Other => Signal::USR2,
            Gift::RealTime => HIGHEST,
        }
    }

    /// What the handler is told, if one runs.
    fn told(self, sender: i32) -> Option<Told> {
        match self {
            Gift::Nothing => None,
            Gift::Same => Some(Told::thread_killed(Signal::USR1, sender)),
            Gift::Other | Gift::RealTime => Some(Told::killed(self.signal(), tracer())),
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Gift::Nothing => NONE,
            Gift::Same => KEPT,
            Gift::Other => REBUILT,
            Gift::RealTime => RANGE,
        }
    }

    fn check(self, t: &Task, told: Option<Told>) {
        let expected = told.map_or((0, (Signal::NONE, 0)), |told| (1, (told.signal, told.code)));
        let (times, signal, code) = t.handled();
        let clause = if self == Gift::Other { REPLACED } else { SUPPRESSED };
        t.check(
            clause,
            "runs of the handler, the last one's signal and code",
            expected,
            (times, (signal, code)),
        );
        match told {
            Some(told) => told.check_only_run(self.clause(), t),
            None => {
                t.check(self.clause(), "runs of the handler", 0, t.handled().0);
            }
        }
    }
}
