//! Every signal by its number, the ignored ones, and those that kill.

use super::told::{Told, tracer};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Word;

/// A signal that is ignored, by the program or by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ignored(Signal, bool);

impl Axis for Ignored {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("byprogram", Ignored(Signal::USR1, true)),
        ("realtime", Ignored(Signal(50), true)),
        ("sigchld", Ignored(Signal::CHLD, false)),
        ("sigcont", Ignored(Signal::CONT, false)),
        ("sigurg", Ignored(Signal(libc::SIGURG), false)),
        ("sigwinch", Ignored(Signal(libc::SIGWINCH), false)),
    ];
}

/// Whether it is also blocked when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Blocked(bool);

impl Axis for Blocked {
    const VALUES: &'static [(&'static str, Self)] = &[("free", Blocked(false)), ("blocked", Blocked(true))];
}

const EVERY: &str = "stop.signal.every-delivery-stops";
const STATUS: &str = "stop.signal.reported-via-waitpid";
const RANGE: &str = "signal.rt-range";
const IGNORED: &str = "stop.signal.ignored-signal-still-stops";
const QUEUED: &str = "kdoc.ignored-reported";
const NOTICE: &str = "kdoc.trap-notify-sticky";
const NOTHING: &str = "inject.nonzero-delivers";
const KILLS: &str = "inject.suppress-or-replace";

/// Signals that stop, continue, or do nothing by default.
const HARMLESS: [i32; 8] = [
    libc::SIGCHLD,
    libc::SIGCONT,
    libc::SIGURG,
    libc::SIGWINCH,
    libc::SIGSTOP,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "every_signal_stops",
        title: "Each signal but SIGKILL, from 1 to 64, stops the tracee with its number, and its siginfo is never that of the stop before.",
        clauses: &[EVERY, STATUS, RANGE, NOTICE],
        axes: &[ANY_START],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for signal in (1..=64).map(Signal).filter(|&signal| signal != Signal::KILL) {
                let by_thread = signal.0 % 2 == 0;
                if by_thread {
                    t.kill_thread(t.pid, signal)?
                } else {
                    t.kill(signal)?
                }
                t = after_notice(t, signal)?.cont()?.expect(EVERY, Stop::Signal(signal))?;
                t.check(STATUS, "status", Status::stopped(signal.0, Event(0)), t.status);
                let told = if by_thread {
                    Told::thread_killed(signal, tracer())
                } else {
                    Told::killed(signal, tracer())
                };
                told.check(EVERY, &t);
            }
            t.cont()?.ends(RANGE, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "every_signal_kills",
        title: "Each signal that kills by default does so when it is given, and the end tells its number.",
        clauses: &[EVERY, KILLS, RANGE],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let kills = |signal: &Signal| *signal != Signal::KILL && !HARMLESS.contains(&signal.0);
            for signal in (1..=64).map(Signal).filter(kills) {
                let one = t.fresh("one of many")?;
                one.kill(Signal::CONT)?;
                let one = one.cont()?.expect(EVERY, Stop::Signal(Signal::CONT))?;
                one.resume(Resume::Cont, signal)?.ends(KILLS, Gone::Killed(signal, false))?;
            }
            t.cont()?.ends(RANGE, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "ignored_signal",
        title: "A signal that is ignored stops the tracee all the same, once it is not blocked; given, it does nothing.",
        clauses: &[IGNORED, QUEUED, NOTHING, NOTICE, "stop.signal.blocked-deferred"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Ignored>(&["byprogram", "realtime", "sigchld", "sigcont", "sigurg", "sigwinch"]),
            axis::<Blocked>(&["free", "blocked"]),
        ],
        program: |p| {
            let (Ignored(signal, by_program), Blocked(blocked)) = (p.pick(), p.pick());
            if by_program {
                p.ignore(signal);
            }
            if blocked {
                p.block(&[signal]);
            }
            p.raise(signal);
            p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
            p.unblock_all();
            p.exit(3);
        },
        scenario: |t| {
            let (Ignored(signal, by_program), Blocked(blocked)) = (t.pick()?, t.pick()?);
            let t = after_notice(t, signal)?.cont()?.expect(IGNORED, Stop::Signal(signal))?;
            Told::thread_killed(signal, t.pid).check(IGNORED, &t);
            let pending = if blocked { Signal::set(&[signal]) } else { 0 };
            t.check("stop.signal.blocked-deferred", "pending in the program", Word(pending), Word(t.word(0)));
            let seen = t.proc_signals()?;
            let ignored = if by_program { Signal::set(&[signal]) } else { 0 };
            t.check(QUEUED, "ignored in /proc", Word(ignored), Word(seen.ignored));
            t.check(QUEUED, "caught and blocked in /proc", (0, 0), (seen.caught, seen.blocked));
            t.check(QUEUED, "pending in /proc", (0, 0), (seen.of_thread, seen.of_process));
            t.resume(Resume::Cont, signal)?.ends(NOTHING, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// SIGCONT makes a tracee that was seized stop once more, before its signal-delivery-stop.
fn after_notice(t: Stopped, signal: Signal) -> Flow<Stopped> {
    if signal == Signal::CONT && t.start == Start::Seize {
        return t.cont()?.expect(NOTICE, Stop::EventStop(Signal::TRAP));
    }
    Ok(t)
}
