//! What clone(2) stores in memory, and that it is there at the stops already.

use super::way::{Kind, MAKER_ENDS};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Case, Need, axis};
use ptrace_conformance_harness::program::{Arg, Program, THREAD};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Pid, Return, Word};

const FIRST: &str = "newtask.stores-first";
const PARENT: &str = "clone.parent-settid";
const CHILD: &str = "clone.child-settid";
const CLEARED: &str = "clone.child-cleartid";
const PIDFD: &str = "clone.pidfd";
const KILLED: &str = "stop.signal.sigkill-no-stop";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "ids_in_memory",
        title: "CLONE_PARENT_SETTID has stored the id when the event is reported, CLONE_CHILD_SETTID at the child's first stop; CLONE_CHILD_CLEARTID clears it at a thread's end.",
        clauses: &[EVENT, TRACED, END, FIRST, PARENT, CHILD, CLEARED, "clone.ret-tid"],
        axes: &[ANY_START, axis::<Kind>(&["fork", "thread"])],
        options: EVENTS,
        program: |p| {
            let kind: Kind = p.pick();
            let set = libc::CLONE_PARENT_SETTID | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID;
            let words = p.data(&[0, 0]);
            let flags = if kind == Kind::Thread { THREAD } else { libc::SIGCHLD as u64 };
            p.block(&[Signal::CHLD]);
            p.clone_storing(flags | set as u64, (words, words + 8), "child", |p| {
                p.exit_thread(CHILD_ENDS.into());
            });
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let kind: Kind = t.pick()?;
            let t = t.cont()?.expect(EVENT, Stop::Event(kind.event()))?;
            let words = t.registers()?.arg(2);
            let child = to_first_stop(t.new_task("child")?)?;
            let id = child.pid;
            t.check(PARENT, "word for the parent, at the event", Pid(id), pid_at(&t, words)?);
            child.check(CHILD, "word for the child, at its first stop", Pid(id), pid_at(&child, words + 8)?);
            let thread = kind == Kind::Thread;
            let copy = if thread { id } else { 0 };
            t.check(FIRST, "word for the child, in its maker", Pid(copy), pid_at(&t, words + 8)?);
            // A copy of the memory was made before the parent's word was stored.
            child.check(FIRST, "word for the parent, in the child", Pid(copy), pid_at(&child, words)?);
            let child = child_ends(child)?;
            t.check(CLEARED, "word for the child, after its end", Pid(0), pid_at(&t, words + 8)?);
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", "clone", &child)
        },
        ..Case::NEW
    },
    Case {
        name: "pidfd_of_a_new_process",
        title: "CLONE_PIDFD has stored a descriptor when the event is reported; a signal sent through it comes to the new process.",
        clauses: &[EVENT, TRACED, FIRST, PIDFD, KILLED, "inside.call-registers"],
        program: |p| makes_with_a_descriptor(p, libc::SIGCHLD as u64),
        scenario: |t| through_the_descriptor(t, Kind::Fork, PIDFD),
        ..PIDFDS
    },
    Case {
        name: "pidfd_of_a_new_thread",
        title: "CLONE_PIDFD of a thread: a signal sent through the descriptor comes to that thread.",
        clauses: &[EVENT, TRACED, FIRST, "clone.pidfd-thread", KILLED, "inside.call-registers"],
        needs: &[Need::Kernel(6, 9)],
        program: |p| makes_with_a_descriptor(p, THREAD),
        scenario: |t| through_the_descriptor(t, Kind::Thread, "clone.pidfd-thread"),
        ..PIDFDS
    },
];

const PIDFDS: Case = Case { options: EVENTS, ..Case::NEW };

/// Makes a task that does nothing, with a descriptor, and sends it a signal through that.
fn makes_with_a_descriptor(p: &mut Program, flags: u64) {
    let word = p.data(&[0]);
    p.clone_storing(flags | libc::CLONE_PIDFD as u64, (word, 0), "child", |p| {
        p.spin();
    });
    let descriptor = p.load(word);
    let (signal, none) = (Arg::Word(libc::SIGUSR1 as u64), Arg::Word(0));
    p.call(Syscall::PIDFD_SEND_SIGNAL, &[descriptor.into(), signal, none, none]);
    p.store(Program::shared(0), 1);
    p.spin();
}

/// The signal comes to the new task, and the descriptor was there at the event.
fn through_the_descriptor(t: Stopped, kind: Kind, clause: &str) -> Flow {
    let t = t.cont()?.expect(EVENT, Stop::Event(kind.event()))?;
    let registers = t.registers()?;
    let flags = if kind == Kind::Thread { THREAD } else { libc::SIGCHLD as u64 } | libc::CLONE_PIDFD as u64;
    t.check("inside.call-registers", "flags", Word(flags), Word(registers.arg(0)));
    let word = registers.arg(2);
    let stored = t.memory(word, 1)?[0];
    let child = to_first_stop(t.new_task("child")?)?.cont()?;
    let t = t.cont()?;
    let child = child.expect(clause, Stop::Signal(Signal::USR1))?;
    let sender = child.siginfo().map(|siginfo| Pid(siginfo.pid));
    child.check(clause, "si_pid", Ok(Pid(t.pid)), sender);
    t.await_word(0);
    t.check(FIRST, "the word at the event is the descriptor", Some(stored), t.saw("load")?);
    t.check_saw(clause, "pidfd_send_signal", Some(Return(0)))?;
    let killed = Gone::Killed(Signal::KILL, false);
    child.kill(Signal::KILL)?;
    child.left_alone().ends(KILLED, killed)?;
    t.kill(Signal::KILL)?;
    t.ends(KILLED, killed).map(drop)
}

/// The id, an int, at an address of a task.
fn pid_at(t: &Stopped, address: u64) -> Flow<Pid> {
    Ok(Pid(t.memory(address, 1)?[0] as i32))
}
