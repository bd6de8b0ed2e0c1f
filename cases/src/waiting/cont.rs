//! SIGCONT: at which point it comes, and what the tracer then sees of it.

use super::way::{END, ENDS, ON, SIGNAL, check_state, nothing, stop_by};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::Word;

/// When SIGCONT is sent to a process that SIGSTOP stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// At SIGSTOP's signal-delivery-stop, before it is passed on.
    BeforeTheStop,
    /// In the group-stop.
    Stopped,
    /// After the tracer has resumed the tracee from the group-stop.
    Resumed,
    /// After `PTRACE_LISTEN` in the group-stop.
    Listening,
    /// In the group-stop, with `PTRACE_LISTEN` after it.
    BeforeListening,
}

impl Axis for When {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("beforethestop", When::BeforeTheStop),
        ("stopped", When::Stopped),
        ("resumed", When::Resumed),
        ("listening", When::Listening),
        ("beforelistening", When::BeforeListening),
    ];
}

/// Two signals of which the second discards the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order(Signal, Signal);

impl Axis for Order {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("stopcont", Order(Signal::STOP, Signal::CONT)),
        ("ttoucont", Order(Signal::TTOU, Signal::CONT)),
        ("contstop", Order(Signal::CONT, Signal::STOP)),
        ("conttstp", Order(Signal::CONT, Signal::TSTP)),
    ];
}

const CANCELS: &str = "group.sigcont-cancels-injected-stop";
const UNREPORTED: &str = "group.sigcont-unreported-without-restart";
const LISTENS: &str = "group.listen-reports-sigcont";
const GROUP: &str = "stop.group.reported";
const RETRAPS: &str = "kdoc.listen-retrap";
const WAKES: &str = "inject.sigcont-not-suppressible";
/// The clause about the event of SIGCONT.
pub(super) const NOTIFIES: &str = "kdoc.trap-notify-sticky";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "continued",
        title: "SIGCONT before a group-stop cancels it, and in or after one is told once the tracee goes on: to a seized one first by its event, to all by a signal-delivery-stop; suppressed there, it stops nothing again.",
        clauses: &[SIGNAL, CANCELS, UNREPORTED, WAKES, NOTIFIES, GROUP],
        axes: &[ANY_START, axis::<When>(&["beforethestop", "stopped", "resumed"])],
        ..CONTINUED
    },
    Case {
        name: "continued_while_listening",
        title: "A tracee in a group-stop reports SIGCONT at once by its event if it listens, and as soon as it does.",
        clauses: &[SIGNAL, LISTENS, RETRAPS, WAKES, GROUP],
        axes: &[axis::<Start>(&["seize"]), axis::<When>(&["listening", "beforelistening"])],
        ..CONTINUED
    },
    Case {
        name: "stop_and_sigcont_discard_each_other",
        title: "Of a pending stop signal and SIGCONT only the one sent last is left; SIGCONT's event is told to a seized tracee all the same.",
        clauses: &[SIGNAL, END, NOTIFIES, "kdoc.sigcont-removes-stops", "kdoc.stop-removes-sigcont"],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            axis::<Order>(&["stopcont", "ttoucont", "contstop", "conttstp"]),
        ],
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let Order(first, second) = t.pick()?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
            t.kill(first)?;
            t.kill(second)?;
            let t = past_the_event(t.cont()?)?;
            let lasts = if second == Signal::CONT {
                "kdoc.sigcont-removes-stops"
            } else {
                "kdoc.stop-removes-sigcont"
            };
            let t = t.expect(lasts, Stop::Signal(second))?;
            t.cont()?.ends(END, ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "signal_before_sigcont",
        title: "A signal that was sent to a stopped process before SIGCONT has its stop first, and SIGCONT behind it.",
        clauses: &[SIGNAL, GROUP, NOTIFIES, END, "inject.sigcont-order"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::STOP);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            let t = stop_by(t, GROUP, Signal::STOP)?;
            t.kill(Signal::USR1)?;
            t.kill(Signal::CONT)?;
            let t = past_the_event(t.cont()?)?.expect("inject.sigcont-order", Stop::Signal(Signal::USR1))?;
            let t = t
                .resume(Resume::Cont, Signal::USR1)?
                .expect("inject.sigcont-order", Stop::Signal(Signal::CONT))?;
            let t = t.cont()?.ends(END, ENDS)?;
            let handled = t.handled();
            t.check(END, "runs of the handler", 1, handled.0);
            t.check(
                END,
                "signal and si_code of the handler",
                (Signal::USR1, libc::SI_USER),
                (handled.1, handled.2),
            );
            Ok(())
        },
        ..Case::NEW
    },
];

/// What the cases of SIGCONT at some point have in common.
const CONTINUED: Case = Case {
    program: |p| {
        p.raise(Signal::STOP);
        p.store(Program::shared(1), 1);
        p.await_word(Program::shared(ON));
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
        let t = match t.pick()? {
            When::BeforeTheStop => {
                t.kill(Signal::CONT)?;
                past_the_event(t.resume(Resume::Cont, Signal::STOP)?)?
                    .expect(CANCELS, Stop::Signal(Signal::CONT))?
            }
            When::Stopped => {
                let t = stop_by(t, GROUP, Signal::STOP)?;
                t.kill(Signal::CONT)?;
                check_state(&t, UNREPORTED, 't')?;
                nothing(&t, UNREPORTED, "after SIGCONT");
                t.check(UNREPORTED, "word that the program has stored", Word(0), Word(t.word(1)));
                continued(t.cont()?)?
            }
            When::Resumed => {
                let t = stop_by(t, GROUP, Signal::STOP)?.cont()?;
                t.await_word(1);
                t.kill(Signal::CONT)?;
                continued(t)?
            }
            When::Listening => {
                let t = stop_by(t, GROUP, Signal::STOP)?.listen()?;
                t.kill(Signal::CONT)?;
                let t = t.expect(LISTENS, Stop::EventStop(Signal::TRAP))?.cont()?;
                t.expect(SIGNAL, Stop::Signal(Signal::CONT))?
            }
            When::BeforeListening => {
                let t = stop_by(t, GROUP, Signal::STOP)?;
                t.kill(Signal::CONT)?;
                let t = t.listen()?.expect(RETRAPS, Stop::EventStop(Signal::TRAP))?.cont()?;
                t.expect(SIGNAL, Stop::Signal(Signal::CONT))?
            }
        };
        t.set_word(ON, 1);
        t.cont()?.ends(WAKES, ENDS)?;
        Ok(())
    },
    ..Case::NEW
};

/// Past the event by which a seized tracee tells of SIGCONT.
pub(super) fn past_the_event(t: Running) -> Flow<Running> {
    match t.start {
        Start::Seize => t.expect(NOTIFIES, Stop::EventStop(Signal::TRAP))?.cont(),
        Start::Traceme | Start::Attach => Ok(t),
    }
}

/// To SIGCONT's signal-delivery-stop.
pub(super) fn continued(t: Running) -> Flow<Stopped> {
    past_the_event(t)?.expect(SIGNAL, Stop::Signal(Signal::CONT))
}
