//! What an event leaves behind: its message at a later stop, and signals for a task that is past its last call.

use super::tasks::{END, TRACED, to_first_stop};
use crate::changes::{MESSAGE_PER_STOP, NO_SIGNALS_WHEN_DYING};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::Pid;

const FORKED: &str = "event.fork.position";
const MESSAGE: &str = "event.message-cleared";
const DYING: &str = "event.exit.signals-dropped";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "message_at_a_later_signal_stop",
        title: "Before any event, and at a signal-delivery-stop after one, the message is 0, and no longer the event's.",
        clauses: &[FORKED, TRACED, MESSAGE, END],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        changes: &[&MESSAGE_PER_STOP],
        program: |p| {
            p.fork("child", |p| {
                p.exit(0);
            });
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            t.check(
                MESSAGE,
                "event message before any event",
                Ok(Pid(0)),
                t.message().map(|id| Pid(id as i32)),
            );
            let t = t.cont()?.expect(FORKED, Stop::Event(Event::FORK))?;
            // Kept at its first stop, so that no SIGCHLD comes between.
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.cont()?.expect(MESSAGE, Stop::Signal(Signal::USR1))?;
            let expected = t.across(&MESSAGE_PER_STOP, Pid(child.pid), Pid(0))?;
            let message = t.message().map(|message| Pid(message as i32));
            t.check(MESSAGE, "event message", Ok(expected), message);
            t.cont()?.ends(END, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "signal_sent_at_the_exit_event",
        title: "A signal sent to a process at PTRACE_EVENT_EXIT is dropped, and its end stays as it was.",
        clauses: &["opt.traceexit.stop", DYING, END],
        options: options::TRACESYSGOOD | options::TRACEEXIT,
        changes: &[&NO_SIGNALS_WHEN_DYING],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect("opt.traceexit.stop", Stop::Event(Event::EXIT))?;
            t.kill(Signal::USR1)?;
            let expected = t.across(&NO_SIGNALS_WHEN_DYING, vec![Signal::USR1], vec![])?;
            let pending = t.pending(true).map(|all| all.iter().map(|info| info.signal).collect());
            t.check(DYING, "signals pending for the process", Ok(expected), pending);
            t.cont()?.ends(END, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];
