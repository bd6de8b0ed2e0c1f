//! Group-stops of a process of one thread: which signals begin them, and what the tracer makes of the signal.

use super::cont::{NOTIFIES, continued};
use super::way::{END, ENDS, SIGNAL, check_state, group_code, nothing, stop_by, stopped, to_group_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Resume, Stopped};
use ptrace_conformance_harness::values::{Pid, Word};

/// A signal that stops processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopper(pub(super) Signal);

impl Axis for Stopper {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("stop", Stopper(Signal::STOP)),
        ("tstp", Stopper(Signal::TSTP)),
        ("ttin", Stopper(Signal::TTIN)),
        ("ttou", Stopper(Signal::TTOU)),
    ];
}

/// Whether somebody in the process's session, but in another group, is left to continue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// A group of its own in the tracer's session, the tracer being its parent.
    Kept,
    /// A session of its own.
    Orphaned,
}

impl Axis for Group {
    const VALUES: &'static [(&'static str, Self)] = &[("kept", Group::Kept), ("orphaned", Group::Orphaned)];
}

/// A signal that the program raises, the one that the tracer passes on, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Passed(Signal, Signal, Outcome);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Nothing,
    Handled,
    Killed,
    Stopped,
}

impl Axis for Passed {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("stopnothing", Passed(Signal::STOP, Signal::NONE, Outcome::Nothing)),
        ("tstpnothing", Passed(Signal::TSTP, Signal::NONE, Outcome::Nothing)),
        ("stophandler", Passed(Signal::STOP, Signal::USR1, Outcome::Handled)),
        ("tstpkill", Passed(Signal::TSTP, Signal::TERM, Outcome::Killed)),
        ("stoptstp", Passed(Signal::STOP, Signal::TSTP, Outcome::Stopped)),
        ("termstop", Passed(Signal::TERM, Signal::STOP, Outcome::Stopped)),
        ("contstop", Passed(Signal::CONT, Signal::STOP, Outcome::Stopped)),
        ("contcont", Passed(Signal::CONT, Signal::CONT, Outcome::Nothing)),
        ("winchwinch", Passed(Signal(libc::SIGWINCH), Signal(libc::SIGWINCH), Outcome::Nothing)),
    ];
}

const FOUR: &str = "group.four-signals-only";
const ORPHANED: &str = "group.orphaned-ignores-terminal-stops";
const FIRST: &str = "group.signal-stop-first";
const RUNS: &str = "group.cont-ignores-stop";
const SEIZED: &str = "group.seized-event-stop";
const UNSEIZED: &str = "group.status-nonseized";
const NO_SIGINFO: &str = "group.getsiginfo-einval";
const AMBIGUOUS: &str = "stop.signal.stopsig-ambiguous";
const HIDDEN: &str = "kdoc.real-parent-same-hidden";
const CODE: &str = "event.siginfo-group-stop";
const SIGNO: &str = "kdoc.seized-stop-signo";
const SENT: &str = "inject.getsiginfo";
const REPLACES: &str = "inject.suppress-or-replace";
const STILL: &str = "group.no-run-until-restart";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stopped_by_each_signal",
        title: "Each of the four signals stops the process once it is passed on, but in an orphaned group only SIGSTOP does; the tracer, who is the parent, is told once.",
        clauses: &[
            FOUR, ORPHANED, FIRST, RUNS, SEIZED, UNSEIZED, NO_SIGINFO, AMBIGUOUS, HIDDEN, SENT, SIGNO, CODE,
        ],
        axes: &[
            ANY_START,
            axis::<Stopper>(&["stop", "tstp", "ttin", "ttou"]),
            axis::<Group>(&["kept", "orphaned"]),
        ],
        program: |p| {
            match p.pick() {
                Group::Kept => p.call(Syscall::SETPGID, &[0, 0]),
                Group::Orphaned => p.call(Syscall::SETSID, &[0; 0]),
            };
            let Stopper(signal) = p.pick();
            p.raise(signal);
            p.exit(3);
        },
        scenario: |t| {
            let (Stopper(signal), group) = (t.pick()?, t.pick::<Group>()?);
            let t = t.cont()?.expect(FIRST, Stop::Signal(signal))?;
            t.check(AMBIGUOUS, "status of the signal-delivery-stop", stopped(signal.0), t.status);
            let siginfo = t.siginfo();
            t.check(SENT, "its si_code", Ok(libc::SI_TKILL), siginfo.map(|siginfo| siginfo.code));
            t.check(SENT, "its si_pid", Ok(Pid(t.pid)), siginfo.map(|siginfo| Pid(siginfo.pid)));
            let t = t.resume(Resume::Cont, signal)?;
            if group == Group::Orphaned && signal != Signal::STOP {
                t.ends(ORPHANED, ENDS)?;
                return Ok(());
            }
            let clause = if group == Group::Orphaned { ORPHANED } else { FOUR };
            let t = to_group_stop(t, clause, signal)?;
            check_group_stop(&t, signal);
            nothing(&t, HIDDEN, "of the group-stop once more");
            t.cont()?.ends(RUNS, ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stop_signal_passed_on_or_not",
        title: "What the tracer passes on decides, whatever was raised: nothing, a handler, an end, or a group-stop.",
        clauses: &[
            SIGNAL,
            END,
            REPLACES,
            NOTIFIES,
            "inject.stop-signal-after-injection",
            "inject.different-signal",
            "kdoc.inject-changed-siginfo",
        ],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            axis::<Passed>(&[
                "stopnothing",
                "tstpnothing",
                "stophandler",
                "tstpkill",
                "stoptstp",
                "termstop",
                "contstop",
                "contcont",
                "winchwinch",
            ]),
        ],
        program: |p| {
            // Not orphaned: the parent is in the same session, in another group.
            p.call(Syscall::SETPGID, &[0, 0]);
            p.handle(Signal::USR1, 0);
            let Passed(raised, ..) = p.pick();
            p.raise(raised);
            p.exit(3);
        },
        scenario: |t| {
            let Passed(raised, passed, outcome) = t.pick()?;
            let t = t.cont()?;
            // A seized tracee is told of SIGCONT by its own event first.
            let t =
                if raised == Signal::CONT { continued(t)? } else { t.expect(SIGNAL, Stop::Signal(raised))? };
            let t = t.resume(Resume::Cont, passed)?;
            match outcome {
                Outcome::Killed => drop(t.ends(REPLACES, Gone::Killed(passed, false))?),
                Outcome::Nothing => drop(t.ends("inject.stop-signal-after-injection", ENDS)?),
                Outcome::Handled => {
                    let t = t.ends(END, ENDS)?;
                    let (times, signal, code) = t.handled();
                    t.check("inject.different-signal", "what was handled", (1, passed), (times, signal));
                    t.check("kdoc.inject-changed-siginfo", "its si_code", libc::SI_USER, code);
                }
                Outcome::Stopped => {
                    let t = to_group_stop(t, REPLACES, passed)?;
                    t.cont()?.ends(END, ENDS)?;
                }
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "second_group_stop",
        title: "A tracee resumed from a group-stop can begin another one, with a signal of its own.",
        clauses: &[SIGNAL, END, FIRST, "kdoc.second-group-stop"],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Stopper>(&["stop", "ttin"])],
        program: |p| {
            p.call(Syscall::SETPGID, &[0, 0]);
            p.raise(Signal::TSTP);
            let Stopper(signal) = p.pick();
            p.raise(signal);
            p.exit(3);
        },
        scenario: |t| {
            const SECOND: &str = "kdoc.second-group-stop";
            let Stopper(signal) = t.pick()?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::TSTP))?;
            let t = stop_by(t, FIRST, Signal::TSTP)?;
            let t = t.cont()?.expect(SECOND, Stop::Signal(signal))?;
            let t = stop_by(t, SECOND, signal)?;
            t.cont()?.ends(END, ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "still_in_a_group_stop",
        title: "In a group-stop the tracee neither runs nor reports a signal, until SIGKILL ends it and requests fail with ESRCH.",
        clauses: &[
            SIGNAL,
            FIRST,
            STILL,
            "group.getsiginfo-esrch",
            "wait.macro.signaled",
            "wait.zombie-until-waited",
        ],
        program: |p| {
            p.raise(Signal::STOP);
            p.store(Program::shared(0), 1);
            p.exit(3);
        },
        scenario: |t| {
            const GONE: &str = "group.getsiginfo-esrch";
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            let t = stop_by(t, FIRST, Signal::STOP)?;
            t.kill(Signal::USR1)?;
            check_state(&t, STILL, 't')?;
            nothing(&t, STILL, "after SIGUSR1");
            t.check(STILL, "word that the program has stored", Word(0), Word(t.word(0)));
            t.kill(Signal::KILL)?;
            let t = t.left_alone();
            t.await_state(&['Z'])?;
            t.check(GONE, "PTRACE_GETSIGINFO", Err(Errno::ESRCH), t.siginfo().map(|_| ()));
            check_state(&t, "wait.zombie-until-waited", 'Z')?;
            t.ends("wait.macro.signaled", Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Status and siginfo of a group-stop.
fn check_group_stop(t: &Stopped, signal: Signal) {
    let seized = t.start == Start::Seize;
    let clause = if seized { SEIZED } else { UNSEIZED };
    t.check(clause, "status", stopped(group_code(t.start, signal)), t.status);
    let code = group_code(t.start, signal);
    match seized {
        true => {
            let siginfo = t.siginfo();
            t.check(CODE, "si_code", Ok(code), siginfo.map(|siginfo| siginfo.code));
            t.check(SIGNO, "si_signo", Ok(signal), siginfo.map(|siginfo| siginfo.signal))
        }
        false => t.check(NO_SIGINFO, "PTRACE_GETSIGINFO", Err(Errno::EINVAL), t.siginfo().map(|_| ())),
    };
}
