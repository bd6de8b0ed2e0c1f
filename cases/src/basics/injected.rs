//! Signals that a tracer hands on: SIGSTOP in another's place, and such as an event stop swallows.

use super::{END, STOPS};
use crate::event_stops::tasks::to_first_stop;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};

const INJECTED: &str = "inject.sigstop-injectable";
const DROPPED: &str = "kdoc.event-stop-signal-dropped";

/// An event stop behind which the program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Fork,
    VforkDone,
    Exec,
    Seccomp,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] =
        &[("fork", At::Fork), ("vforkdone", At::VforkDone), ("exec", At::Exec), ("seccomp", At::Seccomp)];
}

impl At {
    const fn event(self) -> Event {
        match self {
            At::Fork => Event::FORK,
            At::VforkDone => Event::VFORK_DONE,
            At::Exec => Event::EXEC,
            At::Seccomp => Event::SECCOMP,
        }
    }

    fn deed(self, p: &mut Program) {
        match self {
            At::Fork => p.fork("child", short),
            At::VforkDone => p.vfork("child", short),
            At::Exec => p.exec(ends),
            At::Seccomp => {
                p.filter(Syscall::GETPPID, libc::SECCOMP_RET_TRACE);
                p.call(Syscall::GETPPID, &[0; 0])
            }
        };
    }
}

fn short(p: &mut Program) {
    p.exit_thread(7);
}

fn ends(p: &mut Program) {
    p.exit(3);
}

/// To the event; a child there comes to its end first.
fn to_event(t: Stopped, event: Event) -> Flow<Stopped> {
    let t = t.cont()?.expect(DROPPED, Stop::Event(event))?;
    if event == Event::FORK {
        to_first_stop(t.new_task("child")?)?.cont()?.ends(END, Gone::Exited(7))?;
    }
    Ok(t)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sigstop_in_its_place",
        title: "SIGSTOP handed on in the place of another signal stops the process; from that stop PTRACE_CONT lets it run.",
        clauses: &[STOPS, INJECTED, END],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let stop = if t.start == Start::Seize {
                Stop::EventStop(Signal::STOP)
            } else {
                Stop::Group(Signal::STOP)
            };
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Cont, Signal::STOP)?.expect(INJECTED, stop)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check(INJECTED, "runs of the handler", 0, task.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "dropped_at_an_event",
        title: "A signal handed on from an event stop is dropped: it neither runs its handler nor kills.",
        clauses: &[DROPPED, "attach.auto-attach", END],
        axes: &[ANY_START, axis::<At>(&["fork", "vforkdone", "exec", "seccomp"])],
        options: options::TRACESYSGOOD
            | options::TRACEFORK
            | options::TRACEVFORKDONE
            | options::TRACEEXEC
            | options::TRACESECCOMP,
        program: |p| {
            let at: At = p.pick();
            p.block(&[Signal::CHLD]);
            at.deed(p);
            p.exit(3);
        },
        scenario: |t| {
            let event = t.pick::<At>()?.event();
            let t = to_event(t, event)?;
            t.resume(Resume::Cont, Signal::TERM)?.ends(DROPPED, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
