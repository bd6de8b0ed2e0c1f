//! Filters that kill a thread or the process.

use super::{CALL, MARK, NEEDS};
use crate::death::threads::{BORN, MADE, OPTIONS, split};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Dimension, Need, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const PROCESS: &str = "seccomp.kill-process-status";
const THREAD: &str = "seccomp.kill-thread-status";
const FORCED: &str = "kdoc.immutable-signal-not-traced";
const MESSAGE: &str = "opt.traceexit.msg-status";
const ENTER: &str = "sysstop.entry";
const BEFORE_DEATH: &str = "seccomp.kill-exit-stop";
const KILLS: Dimension = axis::<Kill>(&["thread", "process"]);
const BY_SYS: Gone = Gone::Killed(Signal::SYS, false);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "kill_process",
        title: "SECCOMP_RET_KILL_PROCESS ends all threads as killed by SIGSYS, without a signal-delivery-stop.",
        clauses: &[MADE, BORN, PROCESS],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| killed_in_a_thread(p, libc::SECCOMP_RET_KILL_PROCESS),
        scenario: |t| {
            let (leader, thread) = split(t)?;
            thread.cont()?.ends(PROCESS, BY_SYS)?;
            leader.ends(PROCESS, BY_SYS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "kill_thread",
        title: "SECCOMP_RET_KILL_THREAD ends the one thread as killed by SIGSYS, and the others go on.",
        clauses: &[MADE, BORN, THREAD],
        options: OPTIONS,
        needs: NEEDS,
        program: |p| killed_in_a_thread(p, libc::SECCOMP_RET_KILL_THREAD),
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?.ends(THREAD, BY_SYS)?;
            leader.check(THREAD, "wait for the leader", Ok(None), leader.poll());
            thread.set_word(0, 1);
            leader.ends(THREAD, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "kill_of_the_only_thread",
        title: "SECCOMP_RET_KILL_THREAD in a process of one thread ends it as killed by SIGSYS, without a signal-delivery-stop.",
        clauses: &[THREAD],
        needs: NEEDS,
        program: |p| super::filtered(p, &[libc::SECCOMP_RET_KILL_THREAD]),
        scenario: |t| {
            t.cont()?.ends(THREAD, BY_SYS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_event_of_a_kill",
        title: "A task that a filter kills has no signal-delivery-stop, also where the program handles SIGSYS, but comes to PTRACE_EVENT_EXIT with SIGSYS as message; no signal given there saves it.",
        clauses: &[MARK, THREAD, PROCESS, FORCED, MESSAGE],
        needs: NEEDS,
        axes: &[ANY_START, KILLS],
        options: options::TRACESYSGOOD | options::TRACEEXIT,
        program: killed_behind_a_mark,
        scenario: |t| {
            let t = to_the_mark(t)?.cont()?.expect(FORCED, Stop::Event(Event::EXIT))?;
            dies(t)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_stop_of_a_kill",
        title: "Under PTRACE_SYSCALL a call that a filter kills for has both its stops, the exit-stop with the result register as the program had it, before PTRACE_EVENT_EXIT.",
        clauses: &[MARK, THREAD, PROCESS, FORCED, MESSAGE, ENTER, BEFORE_DEATH],
        needs: &[Need::SeccompFilter, Need::Kernel(5, 16)],
        axes: &[ANY_START, KILLS],
        options: options::TRACESYSGOOD | options::TRACEEXIT,
        program: killed_behind_a_mark,
        scenario: |t| {
            let t = to_the_mark(t)?.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.check(ENTER, "number", CALL.number, t.syscall_number()?);
            let t = t.syscall()?.expect(BEFORE_DEATH, Stop::SyscallExit)?;
            t.check(BEFORE_DEATH, "number", CALL.number, t.syscall_number()?);
            let result = Return(t.registers()?.result());
            t.check(BEFORE_DEATH, "result register", Return(rolled_back(&t)?), result);
            dies(t.syscall()?.expect(FORCED, Stop::Event(Event::EXIT))?)
        },
        ..Case::NEW
    },
];

/// What the filter kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kill {
    Thread,
    Process,
}

impl Axis for Kill {
    const VALUES: &'static [(&'static str, Self)] = &[("thread", Kill::Thread), ("process", Kill::Process)];
}

impl Kill {
    const fn action(self) -> u32 {
        match self {
            Kill::Thread => libc::SECCOMP_RET_KILL_THREAD,
            Kill::Process => libc::SECCOMP_RET_KILL_PROCESS,
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Kill::Thread => THREAD,
            Kill::Process => PROCESS,
        }
    }
}

/// The call that kills, behind a breakpoint.
fn killed_behind_a_mark(p: &mut Program) {
    let kill: Kill = p.pick();
    p.handle(Signal::SYS, 0);
    p.filter(CALL, kill.action());
    p.breakpoint();
    p.call(CALL, &[0; 0]);
    p.exit(3);
}

fn to_the_mark(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(MARK, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    Ok(t)
}

/// What the program had in the result register: the number, or the first argument.
fn rolled_back(t: &Stopped) -> Flow<u64> {
    Ok(if cfg!(target_arch = "x86_64") { CALL.number } else { t.given(CALL.name)?[0] })
}

/// From the exit event to the end, whatever is given there.
fn dies(t: Stopped) -> Flow {
    let kill: Kill = t.pick()?;
    t.check(MESSAGE, "event message", Ok(Word(Signal::SYS.0 as u64)), t.message().map(Word));
    let t = t.resume(Resume::Cont, Signal::USR1)?.ends(kill.clause(), BY_SYS)?;
    t.check(FORCED, "runs of the handler", 0, t.handled().0);
    t.check_saw(FORCED, CALL.name, None)
}

fn killed_in_a_thread(p: &mut Program, action: u32) {
    p.thread("thread", |p| {
        p.filter(CALL, action);
        p.call(CALL, &[0; 0]);
        p.spin();
    });
    p.await_word(Program::shared(0));
    p.exit(3);
}
