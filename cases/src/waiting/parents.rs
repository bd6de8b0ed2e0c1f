//! What a real parent that is not the tracer hears of its child's group-stop and of SIGCONT, and what of it is one
//! thing with the tracer's reports.

use super::sigchld::hears;
use super::way::{Call, END, ENDS, SIGNAL, to_group_stop};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};
use ptrace_conformance_harness::waiting::{Told, Which};

/// Who waits for the group-stop first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    Tracer,
    Parent,
}

impl Axis for First {
    const VALUES: &'static [(&'static str, Self)] =
        &[("tracerfirst", First::Tracer), ("parentfirst", First::Parent)];
}

/// Whether the tracer takes the report that the child was continued, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Taken(Option<Call>);

impl Axis for Taken {
    const VALUES: &'static [(&'static str, Self)] =
        &[("left", Taken(None)), ("wait4", Taken(Some(Call::Wait4))), ("waitid", Taken(Some(Call::Waitid)))];
}

const HEARS: &str = "kdoc.real-parent-group-stop";
const WITHHELD: &str = "realparent.not-starved";
const GROUP: &str = "stop.group.reported";
const CONTINUED: &str = "kdoc.cldcontinued-both";
const WCONTINUED: &str = "wait.wcontinued";
const LEFT: &str = "kdoc.unlink-group-stop";
const SHARED: &str = "wait.wcontinued-shared";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "real_parent_of_a_stopped_tracee",
        title: "The real parent hears nothing of a signal-delivery-stop, once of the group-stop, whoever waits first, and of SIGCONT unless the tracer has taken that report.",
        clauses: &[
            SIGNAL,
            END,
            HEARS,
            WITHHELD,
            CONTINUED,
            WCONTINUED,
            SHARED,
            GROUP,
            "realparent.death-order",
        ],
        axes: &[
            axis::<Start>(&["attach", "seize"]),
            axis::<First>(&["tracerfirst", "parentfirst"]),
            axis::<Taken>(&["left", "wait4", "waitid"]),
        ],
        program: watching_parent,
        scenario: |t| {
            let t = t.cont()?;
            let child = come_under_trace(t.made("fork", "child")?)?;
            t.set_word(0, 1);
            let child = child.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            round(&t, 2);
            t.check_saw(WITHHELD, "wait4", Some(Return(0)))?;
            let (t, child) = group_stop_for_both(t, child)?;
            let (t, child) = continued_for_both(t, child)?;
            t.set_word(1, 1);
            let child = child.cont()?.ends(END, Gone::Exited(7))?;
            let t = hears(t, "realparent.death-order", &child, (libc::CLD_EXITED, 7))?.ends(END, ENDS)?;
            t.check_saw_pid("realparent.death-order", "wait4_5", &child)?;
            t.check("realparent.death-order", "status that the parent got", Word(7 << 8), Word(t.word(14)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "parent_of_a_child_that_its_tracer_leaves",
        title: "A child that its tracer leaves in a group-stop stays stopped; its parent, who knows of the stop, hears next that it was continued.",
        clauses: &[SIGNAL, END, HEARS, WITHHELD, WCONTINUED, LEFT, GROUP],
        axes: &[axis::<Start>(&["attach", "seize"]), axis::<First>(&["tracerfirst"])],
        program: watching_parent,
        scenario: |t| {
            let t = t.cont()?;
            let child = come_under_trace(t.made("fork", "child")?)?;
            t.set_word(0, 1);
            let child = child.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            round(&t, 2);
            t.check_saw(WITHHELD, "wait4", Some(Return(0)))?;
            let (t, child) = group_stop_for_both(t, child)?;
            let child = child.detach(Signal::NONE)?;
            child.await_state(&['T'])?;
            t.check(LEFT, "wait for the parent, which has no SIGCHLD", Ok(None), t.poll());
            child.kill(Signal::CONT)?;
            let t = hears(t, WCONTINUED, &child, (libc::CLD_CONTINUED, libc::SIGCONT))?;
            round(&t, 6);
            t.check_saw_pid(WCONTINUED, "wait4_4", &child)?;
            check_status(&t, WCONTINUED, 13, 0xffff);
            t.set_word(1, 1);
            let t = hears(t, END, &child, (libc::CLD_EXITED, 7))?.ends(END, ENDS)?;
            t.check_saw_pid(END, "wait4_5", &child)?;
            check_status(&t, END, 14, 7 << 8);
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// A child that stops and ends, and a parent that looks what it hears of that, a round for each even word.
fn watching_parent(p: &mut Program) {
    let child = p.fork("child", |p| {
        p.await_word(Program::shared(0));
        p.raise(Signal::STOP);
        p.await_word(Program::shared(1));
        p.exit(7);
    });
    p.await_word(Program::shared(2));
    p.wait4(child, 10, libc::WNOHANG | libc::WUNTRACED);
    p.store(Program::shared(3), 1);
    p.await_word(Program::shared(4));
    p.wait4(child, 11, libc::WNOHANG | libc::WUNTRACED);
    p.wait4(child, 12, libc::WNOHANG | libc::WUNTRACED);
    p.store(Program::shared(5), 1);
    p.await_word(Program::shared(6));
    p.wait4(child, 13, libc::WNOHANG | libc::WCONTINUED);
    p.store(Program::shared(7), 1);
    p.wait4(child, 14, 0);
    p.exit(3);
}

/// Lets the parent look, and waits until it has.
pub(super) fn round(t: &Task, word: usize) {
    t.set_word(word, 1);
    t.await_word(word + 1);
}

/// Brings a task that nobody traces under trace, running, the variant's way.
pub(super) fn come_under_trace(t: Running) -> Flow<Running> {
    if t.start == Start::Seize {
        t.seize(0)?;
        return Ok(t);
    }
    t.attach()?;
    t.expect(SIGNAL, Stop::Signal(Signal::STOP))?.cont()
}

/// The group-stop, told to both, with whoever the variant says waiting first.
fn group_stop_for_both(t: Running, child: Stopped) -> Flow<(Running, Stopped)> {
    let child = child.resume(Resume::Cont, Signal::STOP)?;
    child.await_state(&['t'])?;
    let t = hears(t, HEARS, &child, (libc::CLD_STOPPED, libc::SIGSTOP))?;
    let child = match t.pick()? {
        First::Tracer => {
            let child = to_group_stop(child, GROUP, Signal::STOP)?;
            round(&t, 4);
            child
        }
        First::Parent => {
            round(&t, 4);
            to_group_stop(child, GROUP, Signal::STOP)?
        }
    };
    t.check_saw_pid(HEARS, "wait4_2", &child)?;
    check_status(&t, HEARS, 11, 0x7f | libc::SIGSTOP << 8);
    t.check_saw(HEARS, "wait4_3", Some(Return(0)))?;
    Ok((t, child))
}

/// SIGCONT, told to both, with the report of wait taken by the tracer or left to the parent.
fn continued_for_both(t: Running, child: Stopped) -> Flow<(Running, Stopped)> {
    let child = if child.start == Start::Seize {
        let child = child.listen()?;
        child.kill(Signal::CONT)?;
        child.expect(GROUP, Stop::EventStop(Signal::TRAP))?.cont()?
    } else {
        child.kill(Signal::CONT)?;
        child.cont()?
    };
    let t = hears(t, CONTINUED, &child, (libc::CLD_CONTINUED, libc::SIGCONT))?;
    let child = child.expect(SIGNAL, Stop::Signal(Signal::CONT))?;
    let Taken(taken) = t.pick()?;
    match taken {
        Some(Call::Wait4) => {
            let answer = child.wait4(child.pid, libc::WCONTINUED | libc::WNOHANG);
            t.check(WCONTINUED, "tracer's wait4", Ok(Some((Pid(child.pid), Status(0xffff)))), answer);
        }
        Some(Call::Waitid) => {
            let answer = child.waitid(Which::pid(child.pid), libc::WCONTINUED | libc::WNOHANG);
            let told = Told::of(&child, libc::CLD_CONTINUED, libc::SIGCONT);
            t.check(WCONTINUED, "tracer's waitid", Ok(Some(told)), answer);
        }
        None => {}
    }
    round(&t, 6);
    if taken.is_some() {
        t.check_saw(SHARED, "wait4_4", Some(Return(0)))?;
    } else {
        t.check_saw_pid(WCONTINUED, "wait4_4", &child)?;
        check_status(&t, WCONTINUED, 13, 0xffff);
    }
    Ok((t, child))
}

/// The wait status that the parent found in that word.
pub(super) fn check_status(t: &Task, clause: &str, word: usize, status: i32) {
    t.check(clause, "status that the parent got", Word(status as u64), Word(t.word(word)));
}
