//! What PTRACE_GETSIGINFO and PTRACE_GETEVENTMSG say at stops that are no delivery of a signal, or look like one.

use super::told::{Origin, Told, tracer};
use crate::event_stops::tasks::{MADE, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{ReturnPid, Word};

/// Where a stop comes from whose status is that of a SIGTRAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    Raised,
    Sent,
    Breakpoint,
    Step,
    Enter,
    Exit,
}

impl Axis for Trap {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("raised", Trap::Raised),
        ("sent", Trap::Sent),
        ("breakpoint", Trap::Breakpoint),
        ("step", Trap::Step),
        ("enter", Trap::Enter),
        ("exit", Trap::Exit),
    ];
}

const AMBIGUOUS: &str = "stop.signal.sigtrap-ambiguous";
const HARD: &str = "siginfo.synthetic-hard-to-tell";
const TELLS: &str = "stop.differentiate";
const CODES: &str = "sigaction.trap-codes";
const EVENT_CODE: &str = "sigaction.event-si-code";
const EVENT_SENDER: &str = "sigaction.event-si-pid-uid";
const FILTERED: &str = "sigaction.seccomp-si-pid";
const NEW: &str = "eventmsg.new-pid";
const ENDS: &str = "eventmsg.exit";
const DATA: &str = "eventmsg.seccomp";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "traps_told_apart",
        title: "Without PTRACE_O_TRACESYSGOOD a SIGTRAP that was sent, a breakpoint, a step and a syscall-stop have one wait status; siginfo tells which it is.",
        clauses: &[AMBIGUOUS, HARD, TELLS, CODES],
        axes: &[ANY_START, axis::<Trap>(&["raised", "sent", "breakpoint", "step", "enter", "exit"])],
        options: 0,
        program: |p| {
            match p.pick() {
                Trap::Raised => p.raise(Signal::TRAP),
                Trap::Breakpoint => p.breakpoint(),
                _ => p.call(Syscall::GETPID, &[0; 0]),
            };
            p.exit(3);
        },
        scenario: |t| {
            let trap: Trap = t.pick()?;
            let t = trap.reach(t)?;
            t.check(AMBIGUOUS, "status", Status::stopped(libc::SIGTRAP, Event(0)), t.status);
            trap.told(&t).check(trap.clause(), &t);
            let message = match trap {
                Trap::Enter => 1,
                Trap::Exit => 2,
                _ => 0,
            };
            t.check(TELLS, "event message", Ok(Word(message)), t.message().map(Word));
            if trap == Trap::Breakpoint {
                t.pass_breakpoint()?;
            }
            t.cont()?.ends(AMBIGUOUS, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "events_of_a_process",
        title: "At each event siginfo has the event in its code and the task that stops as its sender, and the message is the event's own.",
        clauses: &[MADE, TRACED, EVENT_CODE, EVENT_SENDER, NEW, ENDS],
        options: options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXEC | options::TRACEEXIT,
        program: |p| {
            p.thread("thread", |p| {
                p.exit_thread(7);
            });
            p.exec(|p| {
                p.exit(3);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
            check_event(&t, Event::CLONE);
            let thread = to_first_stop(t.new_task("thread")?)?;
            t.check(NEW, "event message", Ok(ReturnPid(thread.pid as u64)), t.message().map(ReturnPid));
            let thread = thread.cont()?.expect(ENDS, Stop::Event(Event::EXIT))?;
            check_event(&thread, Event::EXIT);
            thread.check(ENDS, "event message", Ok(Word(7 << 8)), thread.message().map(Word));
            thread.cont()?.ends(ENDS, Gone::Exited(7))?;
            let t = t.cont()?.expect(EVENT_CODE, Stop::Event(Event::EXEC))?;
            check_event(&t, Event::EXEC);
            t.check(EVENT_CODE, "event message", Ok(ReturnPid(t.pid as u64)), t.message().map(ReturnPid));
            let t = t.cont()?.expect(ENDS, Stop::Event(Event::EXIT))?;
            check_event(&t, Event::EXIT);
            t.check(ENDS, "event message", Ok(Word(3 << 8)), t.message().map(Word));
            t.cont()?.ends(ENDS, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "event_of_a_filter",
        title: "At PTRACE_EVENT_SECCOMP siginfo names the tracee itself, and the message is the filter's data.",
        clauses: &[EVENT_CODE, FILTERED, DATA],
        needs: &[Need::SeccompFilter],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| {
            p.filter(Syscall::GETPPID, libc::SECCOMP_RET_TRACE | 0xabcd);
            p.call(Syscall::GETPPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(FILTERED, Stop::Event(Event::SECCOMP))?;
            check_event(&t, Event::SECCOMP);
            t.check(DATA, "event message", Ok(Word(0xabcd)), t.message().map(Word));
            t.cont()?.ends(DATA, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// kernel/signal.c, `ptrace_do_notify()`.
fn check_event(t: &Stopped, event: Event) {
    let code = libc::SIGTRAP | i32::from(event.0) << 8;
    let siginfo = t.siginfo();
    t.check(EVENT_CODE, "si_code by itself", Ok(code), siginfo.map(|siginfo| siginfo.code));
    let clause = if event == Event::SECCOMP { FILTERED } else { EVENT_SENDER };
    Told::new(Signal::TRAP, code, Origin::Process(t.pid)).check(clause, t);
}

impl Trap {
    fn reach(self, t: Stopped) -> Flow<Stopped> {
        const TRAP: Stop = Stop::Signal(Signal::TRAP);
        match self {
            Trap::Raised | Trap::Breakpoint => t.cont()?.expect(AMBIGUOUS, TRAP),
            Trap::Sent => {
                t.kill(Signal::TRAP)?;
                t.cont()?.expect(AMBIGUOUS, TRAP)
            }
            Trap::Step => t.resume(Resume::Singlestep, Signal::NONE)?.expect(AMBIGUOUS, TRAP),
            Trap::Enter => t.syscall()?.expect(AMBIGUOUS, Stop::SyscallEnter),
            Trap::Exit => {
                let t = t.syscall()?.expect(AMBIGUOUS, Stop::SyscallEnter)?;
                t.syscall()?.expect(AMBIGUOUS, Stop::SyscallExit)
            }
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Trap::Raised | Trap::Sent => HARD,
            Trap::Breakpoint | Trap::Step => CODES,
            Trap::Enter | Trap::Exit => TELLS,
        }
    }

    fn told(self, t: &Stopped) -> Told {
        let told = |code, origin| Told::new(Signal::TRAP, code, origin);
        match self {
            Trap::Raised => Told::thread_killed(Signal::TRAP, t.pid),
            Trap::Sent => Told::killed(Signal::TRAP, tracer()),
            Trap::Breakpoint if Arch::HERE == Arch::X86_64 => told(libc::SI_KERNEL, Origin::Address(0)),
            Trap::Breakpoint => told(libc::TRAP_BRKPT, Origin::Address(label::BREAKPOINT)),
            Trap::Step => {
                let ip = t.syscall_info().map(|info| info.ip()).unwrap_or_default();
                told(libc::TRAP_TRACE, Origin::Address(ip))
            }
            Trap::Enter | Trap::Exit => told(libc::SIGTRAP, Origin::Process(t.pid)),
        }
    }
}
