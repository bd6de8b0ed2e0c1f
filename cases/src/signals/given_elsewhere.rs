//! A signal given that goes elsewhere than to a handler of the tracee: to another thread, to a descriptor, or nowhere.

use super::told::{Origin, Told, tracer};
use crate::changes::QUEUE_OF_THE_FIRST;
use crate::death::threads::{BORN, MADE, OPTIONS, split};
use crate::waiting::way::group_stop;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const REQUEUED: &str = "kdoc.inject-blocked-requeued";
const REBUILT: &str = "kdoc.inject-changed-siginfo";
const DEFERRED: &str = "stop.signal.blocked-deferred";
const DELIVERED: &str = "inject.nonzero-delivers";
const NOT_SUPPRESSED: &str = "inject.zero-none";
const QUEUED: &str = "sysstop.data-queued";
const DROPPED: &str = "kdoc.trap-data-dropped";
const GROUP: &str = "stop.group.reported";
const INTERRUPTED: &str = "interrupt.plain-event-stop";
const FULL: &str = "signal.kernel-signals-override-limit";

/// `RLIMIT_SIGPENDING`
const PENDING: u64 = libc::RLIMIT_SIGPENDING as u64;
/// Bytes of `struct signalfd_siginfo`.
const SIGNALFD_SIGINFO: u64 = 128;

/// The stop at which the signal is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// An exit-stop.
    Exit,
    /// A signal-delivery-stop, of another signal, while the one given is blocked.
    Blocked,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] = &[("exitstop", At::Exit), ("blocked", At::Blocked)];
}

/// A `PTRACE_EVENT_STOP` that is no group-stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    Interrupted,
    NewTask,
}

impl Axis for Trap {
    const VALUES: &'static [(&'static str, Self)] =
        &[("interrupted", Trap::Interrupted), ("newtask", Trap::NewTask)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "given_signal_is_read",
        title: "A signal given while it is blocked can be read from a signalfd, with the siginfo of one that the tracer has sent, and has no stop.",
        clauses: &[STOPS, REQUEUED, REBUILT, NOT_SUPPRESSED],
        program: |p| {
            p.block(&[Signal::USR2]);
            p.raise(Signal::USR1);
            let mask = p.data(&[Signal::set(&[Signal::USR2])]);
            let fd = p.call(Syscall::SIGNALFD4, &[u64::MAX, mask, 8, 0]);
            let words = [Program::shared(0), SIGNALFD_SIGINFO].map(Arg::Word);
            p.call(Syscall::READ, &[fd.into(), words[0], words[1]]);
            p.unblock_all();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Cont, Signal::USR2)?.ends(NOT_SUPPRESSED, Gone::Exited(3))?;
            t.check_saw(REQUEUED, "read", Some(Return(SIGNALFD_SIGINFO)))?;
            t.check(REQUEUED, "ssi_signo and ssi_errno", Word(Signal::USR2.0 as u64), Word(t.word(0)));
            let (code_and_pid, uid) = (t.word(1), t.word(2) as u32);
            t.check(REBUILT, "ssi_code", libc::SI_USER, code_and_pid as i32);
            t.check(REBUILT, "ssi_pid is the tracer's", true, code_and_pid >> 32 == tracer() as u64);
            t.check(REBUILT, "ssi_uid is the tracer's", true, uid == foreign::user());
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "given_signal_finds_another_thread",
        title: "A signal for the process, given while its thread blocks it, stops another thread that sleeps and does not block it; before 5.17 it waits for its thread.",
        clauses: &[MADE, BORN, STOPS, REQUEUED],
        axes: &[ANY_START],
        options: OPTIONS,
        changes: &[&QUEUE_OF_THE_FIRST],
        program: |p| {
            p.block(&[Signal::USR1]);
            p.thread("thread", |p| {
                p.await_word(Program::shared(1));
                p.unblock_all();
                p.store(Program::shared(2), 1);
                p.sleep();
            });
            p.unblock_all();
            p.store(Program::shared(3), 1);
            p.await_word(Program::shared(0));
            p.exit(3);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            leader.await_word(3);
            leader.kill(Signal::USR1)?;
            let leader = leader.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let told = Told::killed(Signal::USR1, tracer());
            told.check(STOPS, &leader);
            leader.set_word(1, 1);
            leader.await_word(2);
            let blocked = Signal::set(&[Signal::USR1]);
            leader.check(REQUEUED, "PTRACE_SETSIGMASK", Ok(()), leader.set_signal_mask(blocked));
            let leader = leader.resume(Resume::Cont, Signal::USR1)?;
            let thread = if leader.across(&QUEUE_OF_THE_FIRST, false, true)? {
                let thread = thread.expect(REQUEUED, Stop::Signal(Signal::USR1))?;
                told.check(REQUEUED, &thread);
                thread.cont()?
            } else {
                thread
            };
            leader.set_word(0, 1);
            thread.ends(REQUEUED, Gone::Exited(3))?;
            leader.ends(REQUEUED, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "given_with_a_full_queue",
        title: "A signal given is not lost although no signal may be queued any more, and has its siginfo: that of the kernel's if it was given at a syscall-stop, and otherwise the tracer's.",
        clauses: &[
            "sysstop.entry",
            "sysstop.exit-after-entry",
            STOPS,
            QUEUED,
            REQUEUED,
            DEFERRED,
            DELIVERED,
            FULL,
        ],
        axes: &[ANY_START, axis::<At>(&["exitstop", "blocked"])],
        program: |p| {
            let at: At = p.pick();
            let none = p.data(&[0, 0]);
            p.handle(Signal::USR2, 0);
            p.call(Syscall::PRLIMIT64, &[0, PENDING, none, 0]);
            p.breakpoint();
            match at {
                At::Exit => p.call(Syscall::GETPID, &[0; 0]),
                At::Blocked => p.unblock_all(),
            };
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            let (told, clause, t) = match t.pick()? {
                At::Exit => {
                    let told = Told::new(Signal::USR2, libc::SI_KERNEL, Origin::Nobody);
                    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
                    (told, QUEUED, t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?)
                }
                At::Blocked => {
                    let blocked = t.set_signal_mask(Signal::set(&[Signal::USR2]));
                    t.check(REQUEUED, "PTRACE_SETSIGMASK", Ok(()), blocked);
                    (Told::killed(Signal::USR2, tracer()), DEFERRED, t)
                }
            };
            let t = t.resume(Resume::Cont, Signal::USR2)?.expect(clause, Stop::Signal(Signal::USR2))?;
            told.check(FULL, &t);
            let t = t.resume(Resume::Cont, Signal::USR2)?.ends(DELIVERED, Gone::Exited(3))?;
            told.check_only_run(DELIVERED, &t);
            t.check_saw(FULL, "prlimit64", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "given_at_a_group_stop",
        title: "A signal given at a group-stop is dropped: it neither runs its handler nor stops the tracee again.",
        clauses: &[STOPS, GROUP, DROPPED],
        program: raises_sigstop,
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
            let stop = group_stop(t.start, Signal::STOP);
            let t = t.resume(Resume::Cont, Signal::STOP)?.expect(GROUP, stop)?;
            dropped(t)
        },
        ..Case::NEW
    },
    Case {
        name: "given_at_an_event_stop",
        title: "A signal given at a PTRACE_EVENT_STOP is dropped, be it that of PTRACE_INTERRUPT or that of a new task.",
        clauses: &[MADE, BORN, INTERRUPTED, DROPPED],
        axes: &[axis::<Start>(&["seize"]), axis::<Trap>(&["interrupted", "newtask"])],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            let trap: Trap = p.pick();
            p.handle(Signal::USR1, 0);
            if trap == Trap::NewTask {
                p.clone_task(0, "child", |p| {
                    p.exit(3);
                });
            }
            p.exit(3);
        },
        scenario: |t| match t.pick()? {
            Trap::Interrupted => {
                t.interrupt()?;
                dropped(t.cont()?.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))?)
            }
            Trap::NewTask => {
                let (leader, child) = split(t)?;
                dropped(child)?;
                leader.ends(DROPPED, Gone::Exited(3)).map(drop)
            }
        },
        ..Case::NEW
    },
];

/// Handles `SIGUSR1`, and raises `SIGSTOP`.
fn raises_sigstop(p: &mut Program) {
    p.handle(Signal::USR1, 0);
    p.raise(Signal::STOP);
    p.exit(3);
}

/// On from the stop with a signal, which never comes.
fn dropped(t: Stopped) -> Flow {
    let t = t.resume(Resume::Cont, Signal::USR1)?.ends(DROPPED, Gone::Exited(3))?;
    t.check(DROPPED, "runs of the handler", 0, t.handled().0);
    Ok(())
}
