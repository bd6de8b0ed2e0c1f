//! What gdb does where the program forks and executes: who is let go, and where its breakpoints are meanwhile.

use super::breakpoint::{Breakpoint, ONE, POKED, STEPPED, TOLD};
use super::{ARGUMENT, DETACHED, END, STATUS, STOPS};
use crate::event_stops::tasks::{TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};

const FORKED: &str = "opt.tracefork.stop";
const VFORKED: &str = "opt.tracevfork.stop";
const DONE: &str = "opt.vforkdone.stop";
const EXECUTED: &str = "opt.traceexec.stop";
const SIGTRAP: &str = "exec.legacy-sigtrap";
const SENDER: &str = "exec.legacy-sigtrap-si-user";
const GONE: &str = "execve.memory-gone";
const SENT: &str = "kdoc.kill-unconditional";

/// Who stays a tracee behind a fork: gdb's `follow-fork-mode`, with `detach-on-fork`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    Parent,
    Child,
}

impl Axis for Follow {
    const VALUES: &'static [(&'static str, Self)] = &[("parent", Follow::Parent), ("child", Follow::Child)];
}

/// Put in again, it hits; without it the program ends.
fn hits_in_the_new_image(t: Stopped, breakpoint: &Breakpoint) -> Flow {
    breakpoint.again(&t)?;
    let (t, registers) = breakpoint.hit(t.cont()?)?;
    let t = breakpoint.step_over(t, &registers)?;
    breakpoint.remove(&t)?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    check_returned(&task, POKED, "straight")
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "gdb_follows_one_side_of_a_fork",
        title: "Parent or child is let go at its stop, without the breakpoint in its own copy of the program; it runs to its end undisturbed, and the other one hits the breakpoint.",
        clauses: &[STOPS, END, POKED, STEPPED, ONE, TOLD, TRACED, FORKED, DETACHED],
        axes: &[ANY_START, axis::<Follow>(&["parent", "child"])],
        options: options::TRACESYSGOOD | options::TRACEFORK,
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", child);
            p.wait4(child, STATUS, 0);
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exit(3);
        },
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let t = t.cont()?.expect(FORKED, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?;
            let (followed, left) = match t.pick()? {
                Follow::Parent => (t, child),
                Follow::Child => (child, t),
            };
            breakpoint.remove(&left)?;
            let left = left.detach(Signal::NONE)?;
            let (hit, registers) = breakpoint.hit(followed.cont()?)?;
            let followed = breakpoint.step_over(hit, &registers)?;
            breakpoint.remove(&followed)?;
            let followed = followed.cont()?;
            match followed.pick()? {
                Follow::Parent => return parent_ends(followed, left),
                Follow::Child => {
                    let child = followed.ends(END, Gone::Exited(7))?;
                    let parent = left.ends(DETACHED, Gone::Exited(3))?;
                    check_parent(&parent, &child)?;
                }
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_lets_a_vfork_child_go",
        title: "While a child of vfork that was let go uses its parent's memory the breakpoints are out of it; at PTRACE_EVENT_VFORK_DONE they are put back, and the parent hits them.",
        clauses: &[STOPS, END, POKED, STEPPED, ONE, TOLD, TRACED, VFORKED, DONE, DETACHED],
        axes: &[ANY_START],
        options: options::TRACESYSGOOD | options::TRACEVFORK | options::TRACEVFORKDONE,
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.vfork("child", child);
            p.wait4(child, STATUS, 0);
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exit(3);
        },
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let t = t.cont()?.expect(VFORKED, Stop::Event(Event::VFORK))?;
            let child = to_first_stop(t.new_task("child")?)?;
            breakpoint.remove(&t)?;
            let child = child.detach(Signal::NONE)?;
            let t = t.cont()?.expect(DONE, Stop::Event(Event::VFORK_DONE))?;
            breakpoint.again(&t)?;
            let (hit, registers) = breakpoint.hit(t.cont()?)?;
            let t = breakpoint.step_over(hit, &registers)?;
            breakpoint.remove(&t)?;
            parent_ends(t.cont()?, child)
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_catches_an_exec",
        title: "At the event of execve the breakpoint of the old image is gone, and the same place of the new one takes it again and hits.",
        clauses: &[STOPS, END, POKED, STEPPED, ONE, TOLD, EXECUTED, GONE],
        axes: &[ANY_START],
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            p.exec(|p| {
                p.run(label::STRAIGHT, &[ARGUMENT]);
                p.exit(3);
            });
        },
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let t = t.cont()?.expect(EXECUTED, Stop::Event(Event::EXEC))?;
            let word = Word(t.memory(label::STRAIGHT, 1)?[0]);
            t.check(GONE, "word of the new image", Word(breakpoint.original()), word);
            hits_in_the_new_image(t, &breakpoint)
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_starts_a_program",
        title: "A program that a shell executes, itself executed, gives a SIGTRAP for each execve; behind the last one gdb puts its breakpoints, and they hit.",
        clauses: &[STOPS, END, POKED, STEPPED, ONE, TOLD, SIGTRAP, SENDER, GONE],
        axes: &[axis::<Start>(&["traceme", "attach"])],
        program: |p| {
            p.exec(|p| {
                p.exec(|p| {
                    p.run(label::STRAIGHT, &[ARGUMENT]);
                    p.exit(3);
                });
            });
        },
        scenario: |t| {
            let breakpoint = Breakpoint::insert(&t, label::STRAIGHT)?;
            let mut t = t;
            for _ in 0..2 {
                t = t.cont()?.expect(SIGTRAP, Stop::Signal(Signal::TRAP))?;
                t.check(SIGTRAP, "ip", Address(label::START), Address(t.registers()?.ip()));
                t.check(SENDER, "si_code", Ok(libc::SI_USER), t.siginfo().map(|told| told.code));
                let word = Word(t.memory(label::STRAIGHT, 1)?[0]);
                t.check(GONE, "word of the new image", Word(breakpoint.original()), word);
            }
            hits_in_the_new_image(t, &breakpoint)
        },
        ..Case::NEW
    },
    Case {
        name: "gdb_tries_options_on_a_child",
        title: "A child that stops itself takes the options, forks under them, and both are killed with PTRACE_KILL: gdb's test of what a kernel can do.",
        clauses: &[STOPS, TRACED, FORKED, "opt.set-from-data", "opt.tracefork.msg", SENT],
        axes: &[ANY_START],
        program: |p| {
            p.raise(Signal::STOP);
            p.fork("child", |p| {
                p.exit(0);
            });
            p.exit(0);
        },
        scenario: |t| {
            const TAKEN: &str = "opt.set-from-data";
            const KILLED: Gone = Gone::Killed(Signal::KILL, false);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
            for options in [
                options::TRACESYSGOOD,
                options::EXITKILL,
                options::TRACEFORK | options::TRACEVFORKDONE | options::EXITKILL,
            ] {
                t.check(TAKEN, "PTRACE_SETOPTIONS", Ok(()), t.set_options(options));
            }
            let t = t.cont()?.expect(FORKED, Stop::Event(Event::FORK))?;
            let child = t.new_task("child")?;
            t.check("opt.tracefork.msg", "event message is an id", true, t.message() == Ok(child.pid as u64));
            let child = to_first_stop(child)?;
            child.kill_by_ptrace()?.ends(SENT, KILLED)?;
            t.kill_by_ptrace()?.ends(SENT, KILLED).map(drop)
        },
        ..Case::NEW
    },
];

/// The child calls the function too.
fn child(p: &mut Program) {
    p.run(label::STRAIGHT, &[ARGUMENT]);
    p.exit_thread(7);
}

/// The end of the parent, whose child nobody traced any more.
fn parent_ends(parent: Running, child: Running) -> Flow {
    let parent = parent.ends(END, Gone::Exited(3))?;
    check_parent(&parent, &child)?;
    child.reaped_by_parent();
    Ok(())
}

/// Both have called the function, and the parent has waited for the child.
fn check_parent(parent: &Task, child: &Task) -> Flow {
    let clause = DETACHED;
    check_returned(parent, clause, "straight")?;
    check_returned(parent, clause, "straight_2")?;
    parent.check_saw_pid(clause, "wait4", child)?;
    parent.check(clause, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
    Ok(())
}

fn check_returned(task: &Task, clause: &str, step: &str) -> Flow {
    let saw = task.saw(step)?.map(Word);
    task.check(clause, &format!("what {step} returned"), Some(Word(ARGUMENT)), saw);
    Ok(())
}
