//! `PTRACE_GETSIGMASK` and `PTRACE_SETSIGMASK`: whose mask, which signals, and what comes of it.

use super::told::Told;
use crate::death::threads::{BORN, MADE, OPTIONS, split};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

/// A signal that nothing can hold back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unblockable(Signal);

impl Axis for Unblockable {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigkill", Unblockable(Signal::KILL)), ("sigstop", Unblockable(Signal::STOP))];
}

/// Who asked for all signals to be blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocker {
    Program,
    Tracer,
}

impl Axis for Blocker {
    const VALUES: &'static [(&'static str, Self)] =
        &[("byprogram", Blocker::Program), ("bytracer", Blocker::Tracer)];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const GET: &str = "sigmask.get";
const SET: &str = "sigmask.set";
const CLEARED: &str = "sigmask.set-kill-stop-cleared";
const DEFERRED: &str = "stop.signal.blocked-deferred";
const ALWAYS: &str = "signal.kill-stop-uncatchable";
const NOT_STOP: &str = "stop.signal.sigstop-not-blockable";
const OWN: &str = "signal.mask-per-thread";

const SOME: u64 = Signal::set(&[Signal::USR1, Signal(32), Signal(64), Signal::CHLD]);
const ALL_BUT: u64 = !Signal::set(&[Signal::KILL, Signal::STOP]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "mask_of_the_program",
        title: "PTRACE_GETSIGMASK gives the mask that the program has set, as /proc does.",
        clauses: &[GET, STOPS],
        axes: &[ANY_START],
        program: |p| {
            p.block(&[Signal::USR1, Signal(32), Signal(64), Signal::CHLD]);
            p.raise(Signal::USR2);
            p.exit(3);
        },
        scenario: |t| {
            check_mask(&t, 0)?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR2))?;
            check_mask(&t, SOME)?;
            t.cont()?.ends(STOPS, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "mask_of_the_tracer",
        title: "The mask that PTRACE_SETSIGMASK sets is the program's: it reads it, signals of it wait, and lifted again each has its stop.",
        clauses: &[GET, SET, CLEARED, DEFERRED],
        axes: &[ANY_START],
        program: |p| {
            p.read_mask(0);
            p.raise(Signal::USR1);
            p.raise(Signal::CHLD);
            p.call(Syscall::RT_SIGPENDING, &[Program::shared(1), 8]);
            p.raise(Signal::USR2);
            p.read_mask(2);
            p.exit(3);
        },
        scenario: |t| {
            t.check(CLEARED, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(SOME | !ALL_BUT));
            check_mask(&t, SOME)?;
            let t = t.cont()?.expect(DEFERRED, Stop::Signal(Signal::USR2))?;
            t.check(SET, "mask that the program read", Word(SOME), Word(t.word(0)));
            let pending = Signal::set(&[Signal::USR1, Signal::CHLD]);
            t.check(DEFERRED, "pending signals in the program", Word(pending), Word(t.word(1)));
            t.check(SET, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(Signal::set(&[Signal::CHLD])));
            let t = t.cont()?.expect(SET, Stop::Signal(Signal::USR1))?;
            Told::thread_killed(Signal::USR1, t.pid).check(SET, &t);
            check_mask(&t, Signal::set(&[Signal::CHLD]))?;
            t.check(SET, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(0));
            let t = t.cont()?.expect(SET, Stop::Signal(Signal::CHLD))?;
            Told::thread_killed(Signal::CHLD, t.pid).check(SET, &t);
            let t = t.cont()?.ends(SET, Gone::Exited(3))?;
            t.check(SET, "mask that the program read in the end", Word(0), Word(t.word(2)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "nothing_holds_back",
        title: "Whoever blocks all signals, SIGSTOP has its stop and SIGKILL kills; no action can be set for either.",
        clauses: &[STOPS, ALWAYS, NOT_STOP, GET, CLEARED, "stop.signal.sigkill-no-stop"],
        axes: &[
            axis::<Start>(&["traceme"]),
            axis::<Blocker>(&["byprogram", "bytracer"]),
            axis::<Unblockable>(&["sigkill", "sigstop"]),
        ],
        program: |p| {
            let Unblockable(signal) = p.pick();
            p.handle(signal, 0);
            p.ignore(signal);
            p.raise(Signal::USR1);
            let all = p.data(&[u64::MAX]);
            if p.pick::<Blocker>() == Blocker::Program {
                p.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_SETMASK as u64, all, 0, 8]);
            }
            p.read_mask(0);
            p.raise(signal);
            p.exit(3);
        },
        scenario: |t| {
            const NO_ACTION: u64 = ptrace_conformance_harness::errno::Errno::EINVAL.as_result();
            let (Unblockable(signal), blocker): (Unblockable, Blocker) = (t.pick()?, t.pick()?);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let refused = Some(ptrace_conformance_harness::values::Return(NO_ACTION));
            t.check_saw(ALWAYS, "rt_sigaction", refused)?;
            t.check_saw(ALWAYS, "rt_sigaction_2", refused)?;
            if blocker == Blocker::Tracer {
                t.check(CLEARED, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(u64::MAX));
                check_mask(&t, ALL_BUT)?;
            }
            let t = t.cont()?;
            if signal == Signal::KILL {
                let t = t.ends("stop.signal.sigkill-no-stop", Gone::Killed(Signal::KILL, false))?;
                t.check(ALWAYS, "mask that the program read", Word(ALL_BUT), Word(t.word(0)));
                return Ok(());
            }
            let t = t.expect(NOT_STOP, Stop::Signal(Signal::STOP))?;
            Told::thread_killed(Signal::STOP, t.pid).check(NOT_STOP, &t);
            check_mask(&t, ALL_BUT)?;
            let t = t.cont()?.ends(ALWAYS, Gone::Exited(3))?;
            t.check(ALWAYS, "mask that the program read", Word(ALL_BUT), Word(t.word(0)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "mask_of_one_thread",
        title: "PTRACE_SETSIGMASK changes one thread's mask, and its sibling's stays.",
        clauses: &[MADE, BORN, OWN, GET, "signal.fork-mask-inherited"],
        axes: &[ANY_START],
        options: OPTIONS,
        program: |p| {
            p.block(&[Signal::USR2]);
            p.thread("thread", |p| {
                p.read_mask(1);
                p.store(Program::shared(0), 1);
                p.spin();
            });
            p.await_word(Program::shared(0));
            p.read_mask(2);
            p.exit(3);
        },
        scenario: |t| {
            const BEFORE: u64 = Signal::set(&[Signal::USR2]);
            let (leader, thread) = split(t)?;
            t_mask(&thread, "signal.fork-mask-inherited", BEFORE);
            thread.check(OWN, "PTRACE_SETSIGMASK", Ok(()), thread.set_signal_mask(SOME));
            check_mask(&thread, SOME)?;
            let seen = leader.proc_signals()?;
            leader.check(
                OWN,
                "blocked and caught in /proc",
                (Word(BEFORE), 0),
                (Word(seen.blocked), seen.caught),
            );
            leader.check(OWN, "pending in /proc", (0, 0), (seen.of_thread, seen.of_process));
            leader.check(OWN, "ignored in /proc", 0, seen.ignored);
            let thread = thread.cont()?;
            thread.ends(OWN, Gone::Exited(3))?;
            let leader = leader.ends(OWN, Gone::Exited(3))?;
            leader.check(OWN, "mask that the thread read", Word(SOME), Word(leader.word(1)));
            leader.check(OWN, "mask that the leader read", Word(BEFORE), Word(leader.word(2)));
            Ok(())
        },
        ..Case::NEW
    },
];

fn t_mask(t: &Stopped, clause: &str, expected: u64) {
    t.check(clause, "PTRACE_GETSIGMASK", Ok(Word(expected)), t.signal_mask().map(Word));
}

/// By request and in /proc.
fn check_mask(t: &Stopped, expected: u64) -> Flow {
    t_mask(t, GET, expected);
    t.check(GET, "blocked in /proc", Word(expected), Word(t.proc_blocked()?));
    Ok(())
}
