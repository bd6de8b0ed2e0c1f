//! Killing in several ways at once, beside other stops, and with a full queue of signals.

use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return};
use ptrace_conformance_harness::waiting::our_uid;

const SIGNAL: &str = "stop.signal.every-delivery-stops";
const ENTER: &str = "sysstop.entry";
const NO_STOP: &str = "stop.signal.sigkill-no-stop";
const SENDS: &str = "kill.sends-sigkill";
const GONE: &str = "death.esrch-after-kill";
const LIMIT: &str = "signal.pending-limit";
const UNTOLD: &str = "signal.pending-limit-siginfo";
/// The word that lets a child of vfork end, of which nobody else knows.
const RELEASED: usize = 1;
const BY_KILL: Gone = Gone::Killed(Signal::KILL, false);

/// Which of SIGKILL, `PTRACE_KILL` and `PTRACE_CONT` comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    Sigkill,
    PtraceKill,
    Cont,
}

impl Axis for First {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigkill", First::Sigkill), ("ptracekill", First::PtraceKill), ("cont", First::Cont)];
}

/// What would be next if SIGKILL did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// Signals sent before it.
    Signals,
    /// A signal that is blocked and pending.
    Blocked,
    /// A breakpoint instruction.
    Breakpoint,
    /// The exit-stop of a call.
    SyscallStop,
    /// Signals for a task that no signal wakes from its call.
    InVfork,
}

impl Axis for Beside {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("signals", Beside::Signals),
        ("blocked", Beside::Blocked),
        ("breakpoint", Beside::Breakpoint),
        ("syscallstop", Beside::SyscallStop),
        ("invfork", Beside::InVfork),
    ];
}

const BESIDE: Dimension = axis::<Beside>(&["signals", "blocked", "breakpoint", "syscallstop", "invfork"]);

/// How a task with a full queue is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Sigkill,
    PtraceKill,
    Given,
}

impl Axis for By {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sigkill", By::Sigkill), ("ptracekill", By::PtraceKill), ("given", By::Given)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "killed_in_three_ways_at_once",
        title: "SIGKILL, PTRACE_KILL and PTRACE_CONT with a signal that has a handler, one after the other at one stop: whichever is first, the tracee dies of SIGKILL, without another stop.",
        clauses: &[SIGNAL, SENDS, GONE, NO_STOP],
        axes: &[ANY_START, axis::<First>(&["sigkill", "ptracekill", "cont"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
            let cont = |t: &Task| t.request(Request::CONT, 0, Data::Word(libc::SIGUSR1 as u64)).map(drop);
            let by_request = |t: &Task| t.request(Request::KILL, 0, Data::Word(0)).map(drop);
            match t.pick()? {
                First::Sigkill => {
                    t.kill(Signal::KILL)?;
                    t.check(SENDS, "PTRACE_KILL behind SIGKILL", Ok(()), by_request(&t));
                    t.check(GONE, "PTRACE_CONT behind both", Err(Errno::ESRCH), cont(&t));
                }
                First::PtraceKill => {
                    t.check(SENDS, "PTRACE_KILL", Ok(()), by_request(&t));
                    t.check(GONE, "PTRACE_CONT behind it", Err(Errno::ESRCH), cont(&t));
                    t.kill(Signal::KILL)?;
                }
                First::Cont => {
                    t.check(SIGNAL, "PTRACE_CONT", Ok(()), cont(&t));
                    t.kill(Signal::KILL)?;
                    t.check(SENDS, "PTRACE_KILL behind SIGKILL", Ok(()), by_request(&t));
                }
            }
            t.left_alone().ends(NO_STOP, BY_KILL)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigkill_beside_another_stop",
        title: "With signals pending, a breakpoint or a syscall-stop ahead SIGKILL is all that happens: the death comes next.",
        clauses: &[SIGNAL, ENTER, NO_STOP],
        axes: &[ANY_START, BESIDE],
        program: |p| {
            let beside: Beside = p.pick();
            match beside {
                Beside::Blocked => {
                    p.block(&[Signal::USR1]);
                    p.raise(Signal::USR1);
                    p.raise(Signal::USR2);
                    p.unblock_all();
                }
                Beside::SyscallStop => drop(p.call(Syscall::GETPID, &[0; 0])),
                Beside::InVfork => drop(p.vfork("child", |p| {
                    p.await_word(Program::shared(RELEASED));
                    p.exit_thread(0);
                })),
                Beside::Signals | Beside::Breakpoint => drop(p.raise(Signal::USR2)),
            }
            p.breakpoint();
            p.store(Program::shared(0), 1);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_the_kill(t)?;
            t.kill(Signal::KILL)?;
            let t = t.ends(NO_STOP, BY_KILL)?;
            t.set_word(RELEASED, 1);
            t.check(NO_STOP, "word of a program that has run on", 0, t.word(0));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "killed_with_a_full_queue",
        title: "At the limit for pending signals no signal can be queued, but kill(2) still sends one, tgkill(2) one without its sender, and every way to kill works.",
        clauses: &[SIGNAL, LIMIT, UNTOLD, SENDS, NO_STOP, "inject.nonzero-delivers"],
        axes: &[ANY_START, axis::<By>(&["sigkill", "ptracekill", "given"])],
        program: |p| {
            let (none, number) = (p.data(&[0, 0]), Signal(34).0 as u64);
            let queued = p.data(&[number, u64::from((libc::SI_QUEUE) as u32), 0, 0]);
            p.call(Syscall::PRLIMIT64, &[0, RLIMIT_SIGPENDING, none, 0]);
            let own = p.call(Syscall::GETPID, &[0; 0]);
            p.call(Syscall::RT_SIGQUEUEINFO, &[Arg::from(own), number.into(), queued.into()]);
            p.call(Syscall::KILL, &[Arg::from(own), (libc::SIGUSR1 as u64).into()]);
            p.raise(Signal::TERM);
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?.expect(LIMIT, Stop::Signal(Signal::USR1))?;
            t.check_saw(LIMIT, "prlimit64", Some(Return(0)))?;
            t.check_saw(LIMIT, "rt_sigqueueinfo", Some(Return::error(Errno::EAGAIN)))?;
            check_sender(&t, LIMIT, Signal::USR1, t.pid);
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::TERM))?;
            t.check_saw(LIMIT, "kill", Some(Return(0)))?;
            check_sender(&t, UNTOLD, Signal::TERM, 0);
            killed(t)
        },
        ..Case::NEW
    },
];

const RLIMIT_SIGPENDING: u64 = libc::RLIMIT_SIGPENDING as u64;

/// To where the variant's other stop is next.
fn to_the_kill(t: Stopped) -> Flow<Running> {
    let t = match t.pick()? {
        Beside::Signals => {
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR2))?;
            t.kill(Signal::USR1)?;
            t.kill(Signal::TERM)?;
            t
        }
        Beside::Blocked | Beside::Breakpoint => t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR2))?,
        Beside::SyscallStop => t.syscall()?.expect(ENTER, Stop::SyscallEnter)?,
        Beside::InVfork => {
            let t = t.cont()?;
            t.await_state(&['D'])?;
            t.kill(Signal::USR1)?;
            t.kill(Signal::TERM)?;
            return Ok(t);
        }
    };
    Ok(t.left_alone())
}

/// The siginfo as it is: one that was not queued says nothing of its sender.
fn check_sender(t: &Stopped, clause: &str, signal: Signal, sender: i32) {
    let siginfo = Task::siginfo(t);
    let told = siginfo.map(|siginfo| (siginfo.signal, siginfo.code));
    t.check(clause, "si_signo and si_code", Ok((signal, libc::SI_USER)), told);
    t.check(clause, "si_errno", Ok(0), siginfo.map(|siginfo| siginfo.errno));
    t.check(clause, "si_pid", Ok(Pid(sender)), siginfo.map(|siginfo| Pid(siginfo.pid)));
    let user = if sender == 0 { 0 } else { our_uid() };
    t.check(clause, "si_uid is who it has to be", Ok(true), siginfo.map(|siginfo| siginfo.uid == user));
}

/// The variant's way to kill.
fn killed(t: Stopped) -> Flow {
    let (t, clause, signal) = match t.pick()? {
        By::Sigkill => {
            t.kill(Signal::KILL)?;
            (t.left_alone(), NO_STOP, Signal::KILL)
        }
        By::PtraceKill => (t.kill_by_ptrace()?, SENDS, Signal::KILL),
        By::Given => (t.resume(Resume::Cont, Signal::TERM)?, "inject.nonzero-delivers", Signal::TERM),
    };
    t.ends(clause, Gone::Killed(signal, false)).map(drop)
}
