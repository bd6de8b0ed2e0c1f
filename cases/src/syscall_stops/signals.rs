//! Signals passed or sent at syscall-stops, and death there.

use super::stops::{ENTER, EXIT, Side, pass, to, to_enter, to_exit};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Pid, ReturnPid, Word};

const QUEUED: &str = "sysstop.data-queued";
const BETWEEN: &str = "sysstop.no-signal-between";

/// Ways to kill a stopped tracee.
#[derive(Clone, Copy, PartialEq)]
enum Killer {
    /// kill(2)
    Kill,
    /// `PTRACE_KILL`
    Request,
    /// `SIGKILL` as data of `PTRACE_SYSCALL`
    Data,
}

impl Axis for Killer {
    const VALUES: &'static [(&'static str, Self)] =
        &[("kill", Killer::Kill), ("ptracekill", Killer::Request), ("data", Killer::Data)];
}

impl Killer {
    fn kill(self, t: Stopped) -> Flow<Running> {
        match self {
            Killer::Kill => t.kill(Signal::KILL)?,
            Killer::Request => {
                t.must("PTRACE_KILL", t.request(Request::KILL, 0, Data::Word(0)))?;
            }
            Killer::Data => return t.resume(Resume::Syscall, Signal::KILL),
        }
        Ok(t.left_alone())
    }
}

/// Signals of which each kind is passed on in its own way.
#[derive(Clone, Copy, PartialEq)]
enum Passed {
    Standard,
    RealTime,
}

impl Axis for Passed {
    const VALUES: &'static [(&'static str, Self)] =
        &[("standard", Passed::Standard), ("realtime", Passed::RealTime)];
}

impl Passed {
    const fn signal(self) -> Signal {
        match self {
            Passed::Standard => Signal::USR1,
            // The highest one.
            Passed::RealTime => Signal(64),
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signal_passed_at_enter",
        title: "A signal given with PTRACE_SYSCALL at an enter-stop has a stop of its own behind the exit-stop.",
        clauses: &[ENTER, EXIT, QUEUED],
        axes: &[ANY_START, axis::<Passed>(&["standard", "realtime"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let signal = t.pick::<Passed>()?.signal();
            let t = to_enter(t)?;
            let t = t.resume(Resume::Syscall, signal)?.expect(EXIT, Stop::SyscallExit)?;
            t.check(QUEUED, "result", ReturnPid(t.pid as u64), ReturnPid(t.registers()?.result()));
            let t = t.syscall()?.expect(QUEUED, Stop::Signal(signal))?;
            check_queued(&t, signal);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(QUEUED, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_passed_at_exit",
        title: "A signal given at an exit-stop is queued and has a signal-delivery-stop of its own at once.",
        clauses: &[ENTER, EXIT, QUEUED],
        axes: &[ANY_START, axis::<Passed>(&["standard", "realtime"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let signal = t.pick::<Passed>()?.signal();
            let t = pass(t)?.resume(Resume::Cont, signal)?.expect(QUEUED, Stop::Signal(signal))?;
            check_queued(&t, signal);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(QUEUED, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_passed_and_delivered",
        title: "A signal given at a syscall-stop and passed on at its own reaches the handler as SI_KERNEL.",
        clauses: &[ENTER, EXIT, QUEUED],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, pass(t)?)?;
            let t = t.resume(Resume::Cont, Signal::USR1)?.expect(QUEUED, Stop::Signal(Signal::USR1))?;
            let (times, ..) = t.handled();
            t.check(QUEUED, "handled so far", 0, times);
            let task = t.resume(Resume::Cont, Signal::USR1)?.ends(ENTER, Gone::Exited(3))?;
            let (times, signal, code) = task.handled();
            task.check(QUEUED, "handled", (1, Signal::USR1), (times, signal));
            task.check(QUEUED, "si_code in the handler", libc::SI_KERNEL, code);
            task.check_saw_pid(QUEUED, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "signal_sent_at_a_stop",
        title: "A signal sent to a tracee in a syscall-stop is reported behind the exit-stop.",
        clauses: &[ENTER, EXIT, BETWEEN, "stop.no-delivery-while-stopped", "siginfo.get-at-signal-stop"],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let side: Side = t.pick()?;
            let t = to(side, t)?;
            t.kill(Signal::USR1)?;
            t.check("stop.no-delivery-while-stopped", "a further report", Ok(None), t.poll_id(t.pid as u64));
            let t = if side == Side::Enter { to_exit(t)? } else { t };
            let t = t.syscall()?.expect(BETWEEN, Stop::Signal(Signal::USR1))?;
            let code = t.siginfo().map(|siginfo| siginfo.code);
            t.check("siginfo.get-at-signal-stop", "si_code", Ok(libc::SI_USER), code);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(EXIT, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "signals_sent_at_enter_and_continued",
        title: "After PTRACE_CONT the call is made before a signal sent at the enter-stop is reported.",
        clauses: &[ENTER, BETWEEN, "sysstop.no-exit-after-cont"],
        program: |p| {
            let blocked = p.data(&[Signal::set(&[Signal::USR2])]);
            p.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_BLOCK as u64, blocked, 0, 8]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.kill(Signal::USR1)?;
            let t = t.cont()?.expect("sysstop.no-exit-after-cont", Stop::Signal(Signal::USR1))?;
            let blocked = Ok(Word(Signal::set(&[Signal::USR2])));
            t.check(BETWEEN, "signals that the call blocked", blocked, t.signal_mask().map(Word));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigstop_sent_at_enter",
        title: "Even SIGSTOP waits behind the exit-stop, and suppressed there stops nothing.",
        clauses: &[ENTER, BETWEEN],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.kill(Signal::STOP)?;
            let t = t.syscall()?.expect(BETWEEN, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(BETWEEN, Stop::Signal(Signal::STOP))?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(BETWEEN, "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_at_enter",
        title: "A tracee killed in an enter-stop dies without an exit-stop, and the call is not made.",
        clauses: &[ENTER, "sysstop.killed-at-entry", "kill.direct-sigkill-any-state"],
        axes: &[ANY_START, axis::<Killer>(&["kill", "ptracekill", "data"])],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let killer: Killer = t.pick()?;
            let t = to_enter(t)?;
            let died = Gone::Killed(Signal::KILL, false);
            let task = killer.kill(t)?.ends("kill.direct-sigkill-any-state", died)?;
            task.check("sysstop.killed-at-entry", "the call was made", false, task.word(0) != 0);
            task.check_saw("sysstop.killed-at-entry", "pipe2", None)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_before_a_filter",
        title: "A tracee killed in an enter-stop has no event of a filter that would ask about the call: its exit event comes next, with SIGKILL as message.",
        clauses: &[ENTER, "sysstop.killed-at-entry", "opt.traceexit.msg-status"],
        needs: &[Need::SeccompFilter],
        axes: &[ANY_START, axis::<Killer>(&["kill", "ptracekill", "data"])],
        options: options::TRACESYSGOOD | options::TRACESECCOMP | options::TRACEEXIT,
        program: |p| {
            p.filter(Syscall::PIPE2, libc::SECCOMP_RET_TRACE);
            p.breakpoint();
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            const KILLED: &str = "sysstop.killed-at-entry";
            let killer: Killer = t.pick()?;
            let t = t.cont()?.expect(ENTER, Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            let t = killer.kill(to_enter(t)?)?.expect(KILLED, Stop::Event(Event::EXIT))?;
            t.check("opt.traceexit.msg-status", "event message", Ok(Signal::KILL.0 as u64), t.message());
            let task = t.cont()?.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
            task.check(KILLED, "the call was made", false, task.word(0) != 0);
            task.check_saw(KILLED, "pipe2", None)
        },
        ..Case::NEW
    },
    Case {
        name: "killed_at_exit",
        title: "A tracee killed in an exit-stop dies there: the call is made, no instruction behind it runs.",
        clauses: &[ENTER, EXIT, "kill.direct-sigkill-any-state"],
        axes: &[ANY_START, axis::<Killer>(&["kill", "ptracekill", "data"])],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let killer: Killer = t.pick()?;
            let t = pass(t)?;
            let died = Gone::Killed(Signal::KILL, false);
            let task = killer.kill(t)?.ends("kill.direct-sigkill-any-state", died)?;
            task.check(EXIT, "the call was made", true, task.word(0) != 0);
            task.check_saw("kill.direct-sigkill-any-state", "pipe2", None)
        },
        ..Case::NEW
    },
];

fn check_queued(t: &Stopped, signal: Signal) {
    let siginfo = t.siginfo();
    t.check(QUEUED, "si_signo", Ok(signal), siginfo.map(|siginfo| siginfo.signal));
    t.check(QUEUED, "si_code", Ok(libc::SI_KERNEL), siginfo.map(|siginfo| siginfo.code));
    t.check(QUEUED, "si_pid", Ok(Pid(0)), siginfo.map(|siginfo| Pid(siginfo.pid)));
}
