//! The signal that a new process ends with: which event it makes, what its parent gets, who can wait for it.

use super::way::{CALLERS, Caller, EITHER, MAKER_ENDS, check_told};
use crate::changes::EXIT_SIGNAL_CHECKED;
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::Return;

const SENT: &str = "clone.exit-signal";
const BEYOND: &str = "clone.exit-signal-invalid";
const WAITED: &str = "clone.exit-signal-nonchld-wait";

/// The exit signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Silently,
    Child,
    User,
    Ignored,
    Realtime,
}

impl Axis for Ends {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nosignal", Ends::Silently),
        ("sigchld", Ends::Child),
        ("sigusr1", Ends::User),
        ("sigwinch", Ends::Ignored),
        ("realtime", Ends::Realtime),
    ];
}

impl Ends {
    const fn signal(self) -> Signal {
        match self {
            Ends::Silently => Signal::NONE,
            Ends::Child => Signal::CHLD,
            Ends::User => Signal::USR1,
            Ends::Ignored => Signal(libc::SIGWINCH),
            Ends::Realtime => Signal(40),
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exit_signal_of_the_new_process",
        title: "Only SIGCHLD as exit signal makes it a FORK event; the traced parent gets that very signal at the child's end, and needs __WCLONE to wait for a child with another one.",
        clauses: &[
            "opt.traceclone.fork-precedence",
            "opt.traceclone.stop",
            TRACED,
            END,
            SENT,
            WAITED,
            "clone.ret-tid",
        ],
        axes: &[EITHER, CALLERS, axis::<Ends>(&["nosignal", "sigchld", "sigusr1", "sigwinch", "realtime"])],
        options: EVENTS,
        program: |p| {
            let (caller, ends): (Caller, Ends) = (p.pick(), p.pick());
            caller.make(p, 0, ends.signal(), |child| {
                child.exit(CHILD_ENDS.into());
            });
            waits_twice(p);
        },
        scenario: |t| {
            let (caller, ends): (Caller, Ends) = (t.pick()?, t.pick()?);
            let child = ends == Ends::Child;
            let (clause, event) = match child {
                true => ("opt.traceclone.fork-precedence", Event::FORK),
                false => ("opt.traceclone.stop", Event::CLONE),
            };
            let t = t.cont()?.expect(clause, Stop::Event(event))?;
            through(t, ends.signal(), caller.step(), SENT)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_signal_that_there_is_not",
        title: "clone(2) with a number beyond the last signal: a CLONE event, and the child's end sends nothing; EINVAL and no event since 7.1.",
        clauses: &["opt.traceclone.stop", TRACED, END, BEYOND, WAITED, "clone.ret-tid"],
        options: EVENTS,
        changes: &[&EXIT_SIGNAL_CHECKED],
        program: |p| {
            p.clone_task(200, "child", |child| {
                child.exit(CHILD_ENDS.into());
            });
            waits_twice(p);
        },
        scenario: |t| {
            if !t.across(&EXIT_SIGNAL_CHECKED, true, false)? {
                let t = t.cont()?.ends(BEYOND, Gone::Exited(MAKER_ENDS))?;
                return t.check_saw(BEYOND, "clone", Some(Return::error(Errno::EINVAL)));
            }
            let t = t.cont()?.expect("opt.traceclone.stop", Stop::Event(Event::CLONE))?;
            through(t, Signal::NONE, "clone", BEYOND)
        },
        ..Case::NEW
    },
];

/// Waits for a child without `__WCLONE`, then with it.
fn waits_twice(p: &mut Program) {
    p.wait4(u64::MAX, 0, libc::WNOHANG);
    p.wait4(u64::MAX, 1, libc::WNOHANG | libc::__WCLONE);
    p.exit(MAKER_ENDS.into());
}

/// The child to its end while its maker is at the event; the maker through the signal of that end, to its own.
fn through(t: Stopped, signal: Signal, step: &str, clause: &str) -> Flow {
    let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
    let t = told(t.cont()?, &child, signal, clause)?.ends(clause, Gone::Exited(MAKER_ENDS))?;
    t.check_saw_pid("clone.ret-tid", step, &child)?;
    let none = Some(Return::error(Errno::ECHILD));
    let (reaps, misses) = if signal == Signal::CHLD { ("wait4", "wait4_2") } else { ("wait4_2", "wait4") };
    t.check_saw_pid(WAITED, reaps, &child)?;
    t.check_saw(WAITED, misses, none)
}

/// The stop of the signal that tells of the child's end, if there is one, and what it says.
fn told(t: Running, child: &Task, signal: Signal, clause: &str) -> Flow<Running> {
    if signal == Signal::NONE {
        return Ok(t);
    }
    let t = t.expect(clause, Stop::Signal(signal))?;
    check_told(&t, clause, signal, child.pid, (libc::CLD_EXITED, CHILD_ENDS.into()));
    t.cont()
}
