//! Signals around an execve: at its enter-stop, at its event, and a SIGKILL at each.

use super::image::{END, ENDED, EXECS, STOPS, check_at_start, event, executes, to_event};
use crate::creation::way::EITHER;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

const FIRST: &str = "exec.signal-before-first";
const KILLED: &str = "stop.signal.sigkill-no-stop";
const EXIT: &str = "opt.traceexit.stop";
const MESSAGE: &str = "opt.traceexit.msg-status";
const ENTER: &str = "sysstop.entry";
const DEAD: Gone = Gone::Killed(Signal::KILL, false);

/// Whether `PTRACE_O_TRACEEXIT` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Traced,
    Silent,
}

impl Axis for Exit {
    const VALUES: &'static [(&'static str, Self)] = &[("traceexit", Exit::Traced), ("plain", Exit::Silent)];
}

/// How the tracee goes on.
const WAYS: ptrace_conformance_harness::case::Dimension = axis::<Resume>(&["cont", "syscall", "singlestep"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signal_sent_at_the_event",
        title: "A signal that is sent at the event is reported before the new image's first instruction, under PTRACE_SYSCALL behind the exit-stop.",
        clauses: &[STOPS, FIRST, "inside.exit-stop-follows", "inside.step-traps-at-return", END],
        axes: &[EITHER, WAYS],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = to_event(t)?;
            t.kill(Signal::TERM)?;
            let mut t = t.resume(how, Signal::NONE)?;
            match how {
                Resume::Syscall => t = t.expect("inside.exit-stop-follows", Stop::SyscallExit)?.syscall()?,
                // The trap of the step is a signal with a lower number.
                Resume::Singlestep => {
                    let stepped = t.expect("inside.step-traps-at-return", Stop::Signal(Signal::TRAP))?;
                    check_at_start(&stepped, "inside.step-traps-at-return")?;
                    t = stepped.cont()?;
                }
                _ => {}
            }
            let t = t.expect(FIRST, Stop::Signal(Signal::TERM))?;
            check_at_start(&t, FIRST)?;
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_sent_at_the_enter_stop",
        title: "A signal that is sent at execve's enter-stop does not keep it from being made: the event first, then the signal, in the new image.",
        clauses: &[ENTER, STOPS, FIRST, END],
        axes: &[EITHER],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.kill(Signal::TERM)?;
            let t = event(t.cont()?)?.cont()?.expect(FIRST, Stop::Signal(Signal::TERM))?;
            check_at_start(&t, FIRST)?;
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_at_the_event",
        title: "SIGKILL ends a tracee at the event, through its exit event if that is asked for; nothing of the new image runs.",
        clauses: &[STOPS, KILLED, EXIT, MESSAGE],
        axes: &[ANY_START, axis::<Exit>(&["traceexit", "plain"])],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let exit: Exit = t.pick()?;
            let asked = if exit == Exit::Traced { options::TRACEEXIT } else { 0 };
            t.change_options(EXECS | asked)?;
            let t = to_event(t)?;
            t.kill(Signal::KILL)?;
            let mut t = t.left_alone();
            if exit == Exit::Traced {
                let stopped = t.expect(EXIT, Stop::Event(Event::EXIT))?;
                let message = stopped.message().map(Word);
                stopped.check(MESSAGE, "event message", Ok(Word(libc::SIGKILL as u64)), message);
                t = stopped.cont()?;
            }
            t.ends(KILLED, DEAD)?.check_saw(KILLED, "gettid", None)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_at_the_enter_stop",
        title: "SIGKILL at execve's enter-stop: no event, and nothing is executed.",
        clauses: &[ENTER, KILLED],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.kill(Signal::KILL)?;
            let t = t.left_alone().ends(KILLED, DEAD)?;
            t.check_saw(KILLED, "execveat", None)?;
            t.check_saw(KILLED, "gettid", None)
        },
        ..Case::NEW
    },
];
