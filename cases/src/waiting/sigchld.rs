//! The SIGCHLD that a tracer gets of its tracee's stops, seen by tracing that tracer too.

use super::way::{END, ENDS, Kind};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};
use ptrace_conformance_harness::waiting::{Code, our_uid};

/// What the tracer has done about SIGCHLD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    /// A handler that wants no stops.
    NoStops,
    /// It is ignored.
    Ignored,
    /// It is blocked, with every other signal.
    Blocked,
}

impl Axis for Disposition {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nocldstop", Disposition::NoStops),
        ("ignored", Disposition::Ignored),
        ("blocked", Disposition::Blocked),
    ];
}

const TRAPPED: &str = "sigaction.sigchld-fields";
const LOW_BITS: &str = "sigaction.sigchld-low-bits";
const GROUP: &str = "sigaction.sigchld-group-stop";
const NO_STOPS: &str = "sigaction.nocldstop";
const IGNORED: &str = "wait.sigchld-ignored-traced";
const WAKES: &str = "wait.notify-on-entry";
const BLOCKS: &str = "wait.blocks-until-change";
const INTERRUPTED: &str = "wait.err.eintr";
const EXITED: &str = "death.sigchld-status";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sigchld_of_a_stop",
        title: "A tracer's SIGCHLD is CLD_TRAPPED with the lower bits of the stop code, but CLD_STOPPED for a group-stop, and for the stop after PTRACE_INTERRUPT, which is of no signal.",
        clauses: &[END, TRAPPED, LOW_BITS, GROUP, EXITED, "wait.waitid.si-status-event"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Kind>(&["signal", "group", "syscall", "event", "interrupted"]),
        ],
        program: |p| tracer(p, |_| {}),
        scenario: |t| {
            let kind: Kind = t.pick()?;
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            t.set_word(0, 1);
            let t = hears(t, TRAPPED, &child, (libc::CLD_TRAPPED, first_signal(kind).0))?;
            let clause = if matches!(kind, Kind::Group | Kind::Interrupted) { GROUP } else { LOW_BITS };
            let t = hears(t, clause, &child, second_told(kind))?;
            // The stop after an interrupt is of a program that waits.
            t.set_word(1, 1);
            let t = hears(t, EXITED, &child, (libc::CLD_EXITED, 7))?.ends(END, ENDS)?;
            check_waits(&t, &child, "wait.waitid.si-status-event")?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stops_without_sigchld",
        title: "A tracer that wants no SIGCHLD of stops, ignores it or blocks it gets none and can wait for stops and end all the same.",
        clauses: &[END, NO_STOPS, IGNORED, "wait.stop-reported-by-wait-family"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Kind>(&["signal", "group"]),
            axis::<Disposition>(&["nocldstop", "ignored", "blocked"]),
        ],
        program: |p| tracer(p, dispose),
        scenario: |t| {
            let disposition: Disposition = t.pick()?;
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            t.set_word(0, 1);
            t.set_word(1, 1);
            let (t, clause) = match disposition {
                Disposition::Blocked => (t, "wait.stop-reported-by-wait-family"),
                // That it is ignored does not keep it from who traces the tracer.
                Disposition::NoStops => (hears(t, NO_STOPS, &child, (libc::CLD_EXITED, 7))?, NO_STOPS),
                Disposition::Ignored => (hears(t, IGNORED, &child, (libc::CLD_EXITED, 7))?, IGNORED),
            };
            let t = t.ends(END, ENDS)?;
            check_waits(&t, &child, clause)?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stop_interrupts_a_wait_for_another",
        title: "A tracee's stop wakes no wait for another child, but its SIGCHLD, handled, makes that fail with EINTR; the wait for the tracee then returns.",
        clauses: &[END, WAKES, BLOCKS, INTERRUPTED, TRAPPED, EXITED],
        axes: &[axis::<Start>(&["seize"])],
        program: |p| {
            p.handle(Signal::CHLD, 0);
            let other = p.fork("other", |p| {
                p.sleep();
            });
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.raise(Signal::USR1);
                p.exit(7);
            });
            p.ptrace(Request::SEIZE, child, 0, 0);
            p.wait4(other, 10, 0);
            p.wait4(child, 11, 0);
            p.ptrace(Request::CONT, child, 0, 0);
            p.wait4(child, 12, 0);
            p.wait4(other, 13, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let (other, child) = (t.made("fork", "other")?, t.made("fork_2", "child")?);
            t.await_state(&['S'])?;
            t.check_saw(BLOCKS, "wait4", None)?;
            t.set_word(0, 1);
            let t = t.expect(TRAPPED, Stop::Signal(Signal::CHLD))?;
            check_sigchld(&t, TRAPPED, &child, (libc::CLD_TRAPPED, libc::SIGUSR1));
            let t = t.resume(Resume::Cont, Signal::CHLD)?;
            let t = hears(t, EXITED, &child, (libc::CLD_EXITED, 7))?;
            t.await_state(&['S'])?;
            t.check_saw(INTERRUPTED, "wait4", Some(Return::error(Errno::EINTR)))?;
            t.check_saw_pid(WAKES, "wait4_2", &child)?;
            t.check(WAKES, "status at the stop", Word(0x7f | 10 << 8), Word(t.word(11)));
            t.check_saw_pid(WAKES, "wait4_3", &child)?;
            other.kill(Signal::KILL)?;
            let t = hears(t, EXITED, &other, (libc::CLD_KILLED, libc::SIGKILL))?.ends(END, ENDS)?;
            t.check_saw_pid(BLOCKS, "wait4_4", &other)?;
            let (times, signal, code) = t.handled();
            let handled = ((times, signal), Code(code));
            t.check(INTERRUPTED, "what was handled", ((1, Signal::CHLD), Code(libc::CLD_TRAPPED)), handled);
            child.reaped_by_parent();
            other.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// A program that traces a child of its own through two stops to its end, once it has done something else.
fn tracer(p: &mut Program, and: fn(&mut Program)) {
    let kind: Kind = p.pick();
    let child = p.fork("child", |p| tracee(p, kind));
    and(p);
    let options = if kind == Kind::Event { options::TRACEEXIT } else { 0 };
    p.ptrace(Request::SEIZE, child, 0, u64::from(options | options::TRACESYSGOOD));
    p.store(Program::shared(2), 1);
    p.wait4(child, 10, 0);
    let (resume, signal) = match kind {
        Kind::Group => (Request::CONT, Signal::STOP),
        Kind::Syscall | Kind::PlainSyscall => (Request::SYSCALL, Signal::NONE),
        _ => (Request::CONT, Signal::NONE),
    };
    p.ptrace(resume, child, 0, signal.0 as u64);
    if kind == Kind::Interrupted {
        p.ptrace(Request::INTERRUPT, child, 0, 0);
    }
    p.wait4(child, 11, 0);
    p.ptrace(Request::CONT, child, 0, 0);
    p.wait4(child, 12, 0);
    p.exit(3);
}

fn tracee(p: &mut Program, kind: Kind) {
    p.await_word(Program::shared(0));
    p.await_word(Program::shared(2));
    p.raise(first_signal(kind));
    match kind {
        Kind::Signal => drop(p.raise(Signal::USR2)),
        Kind::Syscall | Kind::PlainSyscall => drop(p.call(Syscall::GETPID, &[0; 0])),
        Kind::Interrupted => drop(p.await_word(Program::shared(1))),
        Kind::Group | Kind::Event => {}
    }
    p.exit(7);
}

const fn first_signal(kind: Kind) -> Signal {
    if matches!(kind, Kind::Group) { Signal::STOP } else { Signal::USR1 }
}

/// What SIGCHLD says of the second stop: `si_code`, `si_status`.
const fn second_told(kind: Kind) -> (i32, i32) {
    match kind {
        Kind::Signal => (libc::CLD_TRAPPED, libc::SIGUSR2),
        Kind::Syscall | Kind::PlainSyscall | Kind::Event => (libc::CLD_TRAPPED, libc::SIGTRAP),
        Kind::Group => (libc::CLD_STOPPED, libc::SIGSTOP),
        Kind::Interrupted => (libc::CLD_STOPPED, 0),
    }
}

/// What the tracer's own waits told: both stops and the end.
fn check_waits(t: &Task, child: &Task, clause: &str) -> Flow {
    const TRAP: i32 = libc::SIGTRAP;
    let kind: Kind = t.pick()?;
    let second = match kind {
        Kind::Signal => libc::SIGUSR2,
        Kind::Syscall => TRAP | 0x80,
        Kind::PlainSyscall => TRAP,
        Kind::Event => TRAP | 6 << 8,
        Kind::Group => libc::SIGSTOP | 128 << 8,
        Kind::Interrupted => TRAP | 128 << 8,
    };
    for step in ["wait4", "wait4_2", "wait4_3"] {
        t.check_saw_pid(clause, step, child)?;
    }
    let statuses = [0x7f | first_signal(kind).0 << 8, 0x7f | second << 8, 7 << 8];
    let told = [10, 11, 12].map(|word| Word(t.word(word)));
    t.check(clause, "statuses that the tracer got", statuses.map(|status| Word(status as u64)), told);
    Ok(())
}

fn dispose(p: &mut Program) {
    match p.pick() {
        Disposition::NoStops => drop(p.handle(Signal::CHLD, libc::SA_NOCLDSTOP)),
        Disposition::Ignored => drop(p.ignore(Signal::CHLD)),
        Disposition::Blocked => {
            let all: Vec<_> = (1..=64).map(Signal).collect();
            p.block(&all);
        }
    }
}

/// SIGCHLD comes, with this siginfo, and is suppressed.
pub(super) fn hears(t: Running, clause: &str, child: &Task, told: (i32, i32)) -> Flow<Running> {
    let t = t.expect(clause, Stop::Signal(Signal::CHLD))?;
    check_sigchld(&t, clause, child, told);
    t.cont()
}

/// The siginfo of the SIGCHLD at hand: `si_code`, `si_status`, and whose it is.
pub(super) fn check_sigchld(t: &Stopped, clause: &str, child: &Task, told: (i32, i32)) {
    let siginfo = t.siginfo();
    t.check(clause, "si_code", Ok(Code(told.0)), siginfo.map(|siginfo| Code(siginfo.code)));
    t.check(clause, "si_status", Ok(told.1), siginfo.map(|siginfo| siginfo.status));
    t.check(clause, "si_pid", Ok(Pid(child.pid)), siginfo.map(|siginfo| Pid(siginfo.pid)));
    t.check(clause, "si_uid is ours", Ok(true), siginfo.map(|siginfo| siginfo.uid == our_uid()));
}
