//! What the tracer sees of each answer of a filter, and which of several counts.

use super::{CALL, END, NEEDS, OPTIONS, check_made, filtered};
use ptrace_conformance_harness::arch::AUDIT_ARCH;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// What a filter answers with its data.
const DATA: u32 = 13;

/// An answer that does not ask the tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Kill,
    Trap,
    Errno,
    UserNotif,
    Log,
    Allow,
}

impl Axis for Answer {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("kill", Answer::Kill),
        ("trap", Answer::Trap),
        ("errno", Answer::Errno),
        ("usernotif", Answer::UserNotif),
        ("log", Answer::Log),
        ("allow", Answer::Allow),
    ];
}

impl Answer {
    const fn action(self) -> u32 {
        match self {
            Answer::Kill => libc::SECCOMP_RET_KILL_PROCESS,
            Answer::Trap => libc::SECCOMP_RET_TRAP | DATA,
            Answer::Errno => libc::SECCOMP_RET_ERRNO | DATA,
            Answer::UserNotif => libc::SECCOMP_RET_USER_NOTIF,
            Answer::Log => libc::SECCOMP_RET_LOG,
            Answer::Allow => libc::SECCOMP_RET_ALLOW,
        }
    }
}

const FIRST: &str = "seccomp.trace-precedence";
const NOTIF: &str = "seccomp.user-notif-precedence";
const LATEST: &str = "seccomp.ret-data-most-recent";
const TRAP: &str = "seccomp.trap-siginfo";
const ERRNO: &str = "seccomp.errno-skips";
const SILENT: &str = "seccomp.log-allow-no-event";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "more_severe_than_trace",
        title: "Where another filter kills, traps, fails or notifies, the tracer is not asked.",
        clauses: &[FIRST, NOTIF],
        axes: &[ANY_START, axis::<Answer>(&["kill", "trap", "errno", "usernotif"])],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            let answer: Answer = p.pick();
            filtered(p, &[libc::SECCOMP_RET_TRACE | 5, answer.action()]);
        },
        scenario: |t| match t.pick()? {
            Answer::Kill => t.cont()?.ends(FIRST, Gone::Killed(Signal::SYS, false)).map(drop),
            Answer::Trap => {
                let t = t.cont()?.expect(FIRST, Stop::Signal(Signal::SYS))?;
                t.cont()?.ends(FIRST, Gone::Exited(3)).map(drop)
            }
            Answer::Errno => fails(t, FIRST, Errno(DATA as i32)),
            // Nobody listens, so the kernel answers for itself (kernel/seccomp.c: __seccomp_filter()).
            _ => fails(t, NOTIF, Errno::ENOSYS),
        },
        ..Case::NEW
    },
    Case {
        name: "data_of_the_latest_filter",
        title: "If several filters ask the tracer, the event message is the data of the one installed last.",
        clauses: &[LATEST, END],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            let trace = libc::SECCOMP_RET_TRACE;
            filtered(p, &[trace | 5, trace | 7, trace | 6]);
        },
        scenario: |t| {
            let t = t.cont()?.expect(LATEST, Stop::Event(Event::SECCOMP))?;
            t.check(LATEST, "event message", Ok(Word(6)), t.message().map(Word));
            t.cont()?.ends(END, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "every_way_to_the_event",
        title: "The event comes whichever way the tracee was resumed from the enter-stop of the call.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", EVERY, END],
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall", "singlestep"])],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| filtered(p, &[libc::SECCOMP_RET_TRACE | 5]),
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = to_call(t)?.resume(how, Signal::NONE)?.expect(EVERY, Stop::Event(Event::SECCOMP))?;
            t.check(EVERY, "event message", Ok(Word(5)), t.message().map(Word));
            t.cont()?.ends(END, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "trap",
        title: "SECCOMP_RET_TRAP stops the tracee with SIGSYS, whose siginfo names the call, its place and the filter's data.",
        clauses: &[TRAP, END],
        needs: NEEDS,
        program: |p| filtered(p, &[Answer::Trap.action()]),
        scenario: |t| {
            /// asm-generic/siginfo.h
            const SYS_SECCOMP: i32 = 1;
            let t = t.cont()?.expect(TRAP, Stop::Signal(Signal::SYS))?;
            let siginfo = t.siginfo();
            t.check(TRAP, "si_code", Ok(SYS_SECCOMP), siginfo.map(|siginfo| siginfo.code));
            t.check(TRAP, "si_errno", Ok(DATA as i32), siginfo.map(|siginfo| siginfo.errno));
            let place = siginfo.map(|siginfo| Address(siginfo.address));
            t.check(TRAP, "si_call_addr", Ok(Address(label::SYSCALL_RETURN)), place);
            t.check(TRAP, "si_syscall", Ok(CALL.number as i32), siginfo.map(|siginfo| siginfo.status));
            t.check(TRAP, "si_arch", Ok(AUDIT_ARCH), siginfo.map(|siginfo| siginfo.arch));
            t.cont()?.ends(END, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "errno",
        title: "SECCOMP_RET_ERRNO skips the call; under PTRACE_SYSCALL it has both stops, and the errno at the second.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", ERRNO, END],
        needs: NEEDS,
        program: |p| filtered(p, &[Answer::Errno.action()]),
        scenario: |t| {
            let t = to_call(t)?.syscall()?.expect(ERRNO, Stop::SyscallExit)?;
            let errno = Return::error(Errno(DATA as i32));
            t.check(ERRNO, "result register", errno, Return(t.registers()?.result()));
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(ERRNO, CALL.name, Some(errno))
        },
        ..Case::NEW
    },
    Case {
        name: "log_and_allow",
        title: "SECCOMP_RET_LOG and SECCOMP_RET_ALLOW give no event, and the call is made.",
        clauses: &[SILENT],
        axes: &[ANY_START, axis::<Answer>(&["log", "allow"])],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| {
            let answer: Answer = p.pick();
            filtered(p, &[answer.action()]);
        },
        scenario: |t| {
            let task = t.cont()?.ends(SILENT, Gone::Exited(3))?;
            check_made(&task, SILENT, CALL.name)
        },
        ..Case::NEW
    },
];

const EVERY: &str = "secstop.legacy-every-trace";

/// To the end, without an event: the call has failed.
fn fails(t: Stopped, clause: &str, errno: Errno) -> Flow {
    let task = t.cont()?.ends(clause, Gone::Exited(3))?;
    task.check_saw(clause, CALL.name, Some(Return::error(errno)))
}

/// To the enter-stop of the filtered call: past prctl and seccomp.
fn to_call(t: Stopped) -> Flow<Stopped> {
    let mut t = t;
    for _ in 0..2 {
        t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
        t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    }
    t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)
}
