//! The SIGTRAP of an execve without `PTRACE_O_TRACEEXEC`: an ordinary signal, that can be given, blocked, ignored.

use super::image::{
    END, ENDED, EXECS, IMAGE_ENDS, SIGTRAP, STOPS, asks_and_ends, check_at_start, event, executes, sigtrap,
    unblock,
};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, Word};

const ORDINARY: &str = "exec.legacy-sigtrap-ordinary";
const KILLS: &str = "exec.legacy-sigtrap-kills";
const BLOCKABLE: &str = "exec.legacy-sigtrap-blockable";
const SENDER: &str = "exec.legacy-sigtrap-si-user";
const NOT_SEIZED: &str = "exec.legacy-sigtrap-not-seized";
const KEPT: &str = "execve.ignored-kept";
const RESET: &str = "execve.handlers-reset";
const WHEN: &str = "exec.option-when-it-happens";
const NONE: &str = "exec.traceexec-no-legacy-sigtrap";
const EXIT: &str = "opt.traceexit.stop";
const MASK: &str = "signal.exec-mask-pending-kept";

/// What the old image does with SIGTRAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Default,
    Ignored,
    Handled,
}

impl Axis for Before {
    const VALUES: &'static [(&'static str, Self)] =
        &[("default", Before::Default), ("ignored", Before::Ignored), ("handled", Before::Handled)];
}

/// What is set for SIGTRAP beside the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    Blocked,
    Ignored,
    Handled,
}

impl Axis for Beside {
    const VALUES: &'static [(&'static str, Self)] =
        &[("blocked", Beside::Blocked), ("ignored", Beside::Ignored), ("handled", Beside::Handled)];
}

/// What the tracer does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    Itself,
    Another,
}

impl Axis for Given {
    const VALUES: &'static [(&'static str, Self)] =
        &[("suppressed", Given::Nothing), ("given", Given::Itself), ("replaced", Given::Another)];
}

/// How the tracer changes the options at execve's enter-stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changed {
    Set,
    Cleared,
}

impl Axis for Changed {
    const VALUES: &'static [(&'static str, Self)] = &[("set", Changed::Set), ("cleared", Changed::Cleared)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sigtrap_given_or_not",
        title: "The SIGTRAP of an execve is reported whatever its disposition; given back it kills, unless it was ignored before the execve; a handler of the old image is gone.",
        clauses: &[SIGTRAP, SENDER, ORDINARY, KILLS, KEPT, RESET],
        axes: &[
            axis::<Start>(&["traceme", "attach"]),
            axis::<Before>(&["default", "ignored", "handled"]),
            axis::<Given>(&["suppressed", "given", "replaced"]),
        ],
        program: |p| {
            let before: Before = p.pick();
            match before {
                Before::Default => {}
                Before::Ignored => drop(p.ignore(Signal::TRAP)),
                Before::Handled => drop(p.handle(Signal::TRAP, 0)),
            }
            executes(p);
        },
        scenario: |t| {
            let (before, given): (Before, Given) = (t.pick()?, t.pick()?);
            let t = sigtrap(t.cont()?, SIGTRAP)?;
            check_at_start(&t, SIGTRAP)?;
            let (signal, clause, end) = match (given, before) {
                (Given::Nothing, _) => (Signal::NONE, ORDINARY, ENDED),
                (Given::Another, _) => (Signal::TERM, ORDINARY, Gone::Killed(Signal::TERM, false)),
                (Given::Itself, Before::Ignored) => (Signal::TRAP, KEPT, ENDED),
                (Given::Itself, Before::Handled) => (Signal::TRAP, RESET, Gone::Killed(Signal::TRAP, false)),
                (Given::Itself, Before::Default) => (Signal::TRAP, KILLS, Gone::Killed(Signal::TRAP, false)),
            };
            let t = t.resume(Resume::Cont, signal)?.ends(clause, end)?;
            t.check(RESET, "signals handled", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigtrap_while_blocked",
        title: "A blocked SIGTRAP of an execve is pending in the new image, and is reported once that unblocks it; in a seized tracee there is none.",
        clauses: &[SIGTRAP, SENDER, BLOCKABLE, NOT_SEIZED, MASK, END],
        program: |p| {
            p.block(&[Signal::TRAP]);
            p.exec(|p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                unblock(p);
                p.call(Syscall::GETPID, &[0; 0]);
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            let seized = t.start == Start::Seize;
            let mut t = t.cont()?;
            if !seized {
                let stopped = sigtrap(t, BLOCKABLE)?;
                stopped.check_saw(BLOCKABLE, "rt_sigpending", Some(Return(0)))?;
                stopped.check_saw(BLOCKABLE, "getpid", None)?;
                stopped.check(BLOCKABLE, "blocked signals", Ok(Word(0)), stopped.signal_mask().map(Word));
                t = stopped.cont()?;
            }
            let t = t.ends(if seized { NOT_SEIZED } else { END }, ENDED)?;
            let pending = if seized { 0 } else { 1 << (libc::SIGTRAP - 1) };
            t.check(MASK, "pending signals in the new image", Word(pending), Word(t.word(0)));
            t.check_saw(SIGTRAP, "rt_sigprocmask", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "sigtrap_under_syscall",
        title: "Under PTRACE_SYSCALL the exit-stop of execve comes first, then its SIGTRAP, both in front of the first instruction.",
        clauses: &[
            SIGTRAP,
            SENDER,
            "sysstop.entry",
            "sysstop.exit-after-entry",
            "exec.returns-at-entry",
            NOT_SEIZED,
            END,
        ],
        program: executes,
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            check_at_start(&t, "exec.returns-at-entry")?;
            let t = if t.start == Start::Seize {
                t.syscall()?.expect(NOT_SEIZED, Stop::SyscallEnter)?
            } else {
                let t = sigtrap(t.syscall()?, SIGTRAP)?;
                check_at_start(&t, SIGTRAP)?;
                t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?
            };
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "option_changed_at_the_enter_stop",
        title: "PTRACE_O_TRACEEXEC set or cleared at execve's enter-stop decides about event and SIGTRAP.",
        clauses: &["sysstop.entry", WHEN, STOPS, SIGTRAP, SENDER, NONE, NOT_SEIZED],
        axes: &[ANY_START, axis::<Changed>(&["set", "cleared"])],
        program: |p| {
            p.exec(asks_and_ends);
        },
        scenario: |t| {
            let changed: Changed = t.pick()?;
            let (first, then) = match changed {
                Changed::Set => (options::TRACESYSGOOD, EXECS),
                Changed::Cleared => (EXECS, options::TRACESYSGOOD),
            };
            t.change_options(first)?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            t.change_options(then)?;
            let seized = t.start == Start::Seize;
            let t = t.cont()?;
            let (t, clause) = match changed {
                Changed::Set => (event(t)?.cont()?, NONE),
                Changed::Cleared if seized => (t, NOT_SEIZED),
                Changed::Cleared => (sigtrap(t, WHEN)?.cont()?, SIGTRAP),
            };
            t.ends(clause, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "events_beside_sigtrap",
        title: "Blocked, ignored or handled SIGTRAP makes no difference to the events of execve and of the end, and they leave the mask alone and run no handler.",
        clauses: &[STOPS, EXIT, MASK, END],
        axes: &[ANY_START, axis::<Beside>(&["blocked", "ignored", "handled"])],
        options: EXECS | options::TRACEEXIT,
        program: |p| {
            match p.pick() {
                Beside::Blocked => p.block(&[Signal::TRAP]),
                Beside::Ignored => p.ignore(Signal::TRAP),
                Beside::Handled => p.handle(Signal::TRAP, 0),
            };
            p.exec(|p| {
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            let blocked = if t.pick::<Beside>()? == Beside::Blocked { 1 << (libc::SIGTRAP - 1) } else { 0 };
            let t = event(t.cont()?)?;
            t.check(
                MASK,
                "blocked signals at the event of execve",
                Ok(Word(blocked)),
                t.signal_mask().map(Word),
            );
            let t = t.cont()?.expect(EXIT, Stop::Event(Event::EXIT))?;
            t.check(MASK, "blocked signals at the exit event", Ok(Word(blocked)), t.signal_mask().map(Word));
            let t = t.cont()?.ends(END, ENDED)?;
            t.check(STOPS, "signals handled", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
];
