//! execve by a thread: which ids can be waited for meanwhile, what is told of the other threads, and under which id the
//! process goes on.

use super::cont::{NOTIFIES, past_the_event};
use crate::death::threads::{BORN, MADE, split};
use crate::event_stops::tasks::to_first_stop;
use ptrace_conformance_harness::case::{Case, Start};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Pid, Word};

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXEC | options::TRACEEXIT;
const END: &str = "wait.macro.exited";
const OTHERS: &str = "exec.others-exit-event";
const STATUS: &str = "exec.others-report-exit0";
const DESTROYED: &str = "exec.other-threads-destroyed";
const REAPED: &str = "kdoc.exec-blocks-until-reaped";
const EVENT: &str = "exec.exec-event-after-tid";
const FORMER: &str = "exec.traceexec-former-tid";
const REGISTERS: &str = "event.exec.registers";
const SAME: &str = "exec.tid-becomes-tgid";
const UNREPORTED: &str = "exec.confusing-tid";
const EXIT: &str = "opt.traceexit.msg-status";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exec_of_one_of_three_threads",
        title: "An exec waits until the other threads are past their exit events and reaped, those but the leader with status 0; its event and all that follows come under the leader's id.",
        clauses: &[
            MADE, BORN, OTHERS, STATUS, DESTROYED, REAPED, EVENT, FORMER, REGISTERS, SAME, UNREPORTED, EXIT,
            END,
        ],
        options: OPTIONS,
        program: |p| {
            p.thread("sibling", |p| {
                p.spin();
            });
            p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                executes(p);
            });
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
            let sibling = to_first_stop(t.new_task("sibling")?)?.cont()?;
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            leader.set_word(0, 1);
            let leader = exit_event(leader, OTHERS, 0)?.cont()?;
            let sibling = exit_event(sibling, OTHERS, 0)?;
            leader.check(DESTROYED, "wait for the leader", Ok(None), leader.poll());
            let sibling = sibling.cont()?;
            sibling.await_state(&['Z'])?;
            leader.check(REAPED, "wait for the leader before the other is reaped", Ok(None), leader.poll());
            sibling.ends(STATUS, Gone::Exited(0))?;
            let t = to_exec_event(leader, thread, EVENT)?;
            ends(t)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_revives_a_dead_leader",
        title: "A leader that has ended, with no end to wait for, is back when another thread executes, under its own id.",
        clauses: &[
            MADE,
            BORN,
            FORMER,
            REGISTERS,
            SAME,
            UNREPORTED,
            EXIT,
            END,
            "opt.traceexit.stop",
            "exec.leader-reappears",
            "exec.leader-no-wifexited",
        ],
        options: OPTIONS,
        program: |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                executes(p);
            });
            p.exit_thread(1);
        },
        scenario: |t| {
            const DEAD: &str = "exec.leader-no-wifexited";
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            let leader = exit_event(leader, "opt.traceexit.stop", 1 << 8)?.cont()?;
            leader.await_state(&['Z'])?;
            leader.check(DEAD, "wait for the leader", Ok(None), leader.poll());
            leader.set_word(0, 1);
            ends(to_exec_event(leader, thread, "exec.leader-reappears")?)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_of_a_thread_without_event",
        title: "Without PTRACE_O_TRACEEXEC a thread's exec gives SIGTRAP under the leader's id, or nothing if the tracee was seized.",
        clauses: &[
            MADE,
            BORN,
            END,
            SAME,
            UNREPORTED,
            "exec.legacy-sigtrap",
            "exec.legacy-sigtrap-not-seized",
        ],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            p.thread("thread", executes);
            p.spin();
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            let t = if leader.start == Start::Seize {
                leader.ends("exec.legacy-sigtrap-not-seized", Gone::Exited(7))?
            } else {
                let t = leader.expect("exec.legacy-sigtrap", Stop::Signal(Signal::TRAP))?;
                t.check(UNREPORTED, "wait for the former id", Err(Errno::ECHILD), thread.poll());
                t.cont()?.ends(END, Gone::Exited(7))?
            };
            t.check(UNREPORTED, "wait for the former id, later", Err(Errno::ECHILD), thread.poll());
            thread.renamed();
            t.check_saw_pid(SAME, "gettid", &t)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "signal_at_the_exec_event",
        title: "A signal sent at the exec event has its stop next, and no exit-stop of the call comes between.",
        clauses: &["opt.traceexec.stop", "stop.no-delivery-while-stopped", EXIT, END],
        options: OPTIONS,
        program: executes,
        scenario: |t| {
            const NEXT: &str = "stop.no-delivery-while-stopped";
            let t = t.cont()?.expect("opt.traceexec.stop", Stop::Event(Event::EXEC))?;
            t.kill(Signal::USR1)?;
            t.check(NEXT, "wait at the event", Ok(None), t.poll_id(t.pid as u64));
            let t = t.cont()?.expect(NEXT, Stop::Signal(Signal::USR1))?;
            let t = exit_event(t.cont()?, EXIT, 7 << 8)?;
            t.cont()?.ends(END, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_after_stop_and_sigcont",
        title: "SIGSTOP and then SIGCONT at execve's enter-stop disturb no exec: the new image is told of SIGCONT only.",
        clauses: &[EXIT, END, NOTIFIES, "sysstop.entry", "opt.traceexec.stop", "kdoc.sigcont-removes-stops"],
        options: OPTIONS,
        program: executes,
        scenario: |t| {
            const LEFT: &str = "kdoc.sigcont-removes-stops";
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            t.kill(Signal::STOP)?;
            t.kill(Signal::CONT)?;
            let t = t.cont()?.expect("opt.traceexec.stop", Stop::Event(Event::EXEC))?;
            let t = past_the_event(t.cont()?)?.expect(LEFT, Stop::Signal(Signal::CONT))?;
            let t = exit_event(t.cont()?, EXIT, 7 << 8)?;
            t.cont()?.ends(END, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Executes an image that says who it is and ends.
fn executes(p: &mut Program) {
    p.exec(|image| {
        image.call(Syscall::GETTID, &[0; 0]);
        image.exit(7);
    });
}

fn exit_event(t: Running, clause: &str, message: u64) -> Flow<Stopped> {
    let t = t.expect(clause, Stop::Event(Event::EXIT))?;
    t.check(EXIT, "event message", Ok(Word(message)), t.message().map(Word));
    Ok(t)
}

/// The event under the leader's id, with the former id of the thread, for which nobody can wait any more.
fn to_exec_event(leader: Running, thread: Running, clause: &str) -> Flow<Stopped> {
    let t = leader.expect(clause, Stop::Event(Event::EXEC))?;
    let message = t.message().map(|id| Pid(id as i32));
    t.check(FORMER, "event message", Ok(Pid(thread.pid)), message);
    t.check(UNREPORTED, "wait for the former id", Err(Errno::ECHILD), thread.poll());
    thread.renamed();
    let ip = t.registers()?.ip();
    t.check(REGISTERS, "instruction pointer", Address(label::START), Address(ip));
    Ok(t)
}

/// From the exec event to the end, past the event of the exit: the options are in force still.
fn ends(t: Stopped) -> Flow {
    let t = exit_event(t.cont()?, EXIT, 7 << 8)?.cont()?.ends(END, Gone::Exited(7))?;
    t.check_saw_pid(SAME, "gettid", &t)
}
