//! What of a task's signals its child has, and what an execve leaves.

use super::told::Told;
use crate::event_stops::tasks::{TRACED, to_first_stop};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const INHERITED: &str = "signal.fork-mask-inherited";
const KEPT: &str = "signal.exec-mask-pending-kept";
const FORK: &str = "event.fork.position";
const EXEC: &str = "event.exec.position";
const DEFERRED: &str = "stop.signal.blocked-deferred";
const TRAP: &str = "stop.signal.sigtrap-ambiguous";

const BLOCKED: u64 = Signal::set(&[Signal::USR1, Signal(40)]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signals_of_a_child",
        title: "A child has its parent's mask and actions, and nothing of what was pending there.",
        clauses: &[INHERITED, FORK, TRACED, DEFERRED],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            waiting_signals(p);
            let child = p.fork("child", |p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                p.unblock_all();
                p.exit(7);
            });
            p.wait4(child, 1, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(FORK, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?;
            check(&child, INHERITED, (0, 0), true)?;
            check(&t, DEFERRED, (Signal::set(&[Signal(40)]), Signal::set(&[Signal::USR1])), true)?;
            let child = child.cont()?.ends(INHERITED, Gone::Exited(7))?;
            child.check(INHERITED, "pending in the child", Word(0), Word(child.word(0)));
            // The child's SIGCHLD.
            let t = t.cont()?.expect(FORK, Stop::Signal(Signal::CHLD))?;
            t.cont()?.ends(DEFERRED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "signals_after_an_exec",
        title: "A new image has the mask, what is pending and what is ignored of the old one, and none of its handlers.",
        clauses: &[KEPT, EXEC, DEFERRED],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            waiting_signals(p);
            p.exec(|p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                p.unblock_all();
                p.exit(3);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(EXEC, Stop::Event(Event::EXEC))?;
            check(&t, KEPT, (Signal::set(&[Signal(40)]), Signal::set(&[Signal::USR1])), false)?;
            let t = t.cont()?.expect(DEFERRED, Stop::Signal(Signal(40)))?;
            Told::thread_killed(Signal(40), t.pid).check(KEPT, &t);
            t.check(KEPT, "pending in the program", Word(BLOCKED), Word(t.word(0)));
            let t = t.cont()?.expect(DEFERRED, Stop::Signal(Signal::USR1))?;
            Told::killed(Signal::USR1, t.pid).check(KEPT, &t);
            t.cont()?.ends(KEPT, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "trap_of_an_exec_blocked",
        title: "The SIGTRAP that an execve sends a tracee which was not seized is a signal like another: blocked it waits, and its siginfo names the tracee.",
        clauses: &[KEPT, DEFERRED, TRAP],
        axes: &[axis::<Start>(&["traceme", "attach"])],
        program: |p| {
            p.block(&[Signal::TRAP]);
            p.exec(|p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                p.unblock_all();
                p.exit(3);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(DEFERRED, Stop::Signal(Signal::TRAP))?;
            Told::killed(Signal::TRAP, t.pid).check(TRAP, &t);
            t.check(KEPT, "pending in the program", Word(Signal::set(&[Signal::TRAP])), Word(t.word(0)));
            t.cont()?.ends(KEPT, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// One signal waits for the thread, one for the process; one is ignored, one has a handler.
fn waiting_signals(p: &mut Program) {
    p.handle(Signal::USR2, 0);
    p.ignore(Signal::TERM);
    p.block(&[Signal::USR1, Signal(40)]);
    let pid = p.call(Syscall::GETPID, &[0; 0]);
    p.call(
        Syscall::KILL,
        &[pid.into(), ptrace_conformance_harness::program::Arg::Word(Signal::USR1.0 as u64)],
    );
    p.raise(Signal(40));
}

fn check(t: &Stopped, clause: &str, pending: (u64, u64), handler: bool) -> Flow {
    let seen = t.proc_signals()?;
    t.check(clause, "PTRACE_GETSIGMASK", Ok(Word(BLOCKED)), t.signal_mask().map(Word));
    t.check(clause, "blocked in /proc", Word(BLOCKED), Word(seen.blocked));
    let (of_thread, of_process) = pending;
    let waiting = (Word(seen.of_thread), Word(seen.of_process));
    t.check(clause, "pending for thread and process in /proc", (Word(of_thread), Word(of_process)), waiting);
    t.check(clause, "ignored in /proc", Word(Signal::set(&[Signal::TERM])), Word(seen.ignored));
    let caught = if handler { Signal::set(&[Signal::USR2]) } else { 0 };
    t.check(clause, "caught in /proc", Word(caught), Word(seen.caught));
    Ok(())
}
