//! Signals of the maker: pending before the task is made, blocked or ignored SIGTRAP, and their order behind vfork.

use super::way::{Caller, EITHER, Kind, MAKER_ENDS, check_told, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker, makes_a_task};
use crate::event_stops::tasks::{
    END, EVENT, TRACED, child_ends, parent_ends, to_call, to_event, to_first_stop,
};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, Word};

const FIRST: &str = "newtask.signal-first";
const DONE: &str = "opt.vforkdone.stop";
const DEFERRED: &str = "vfork.signals-deferred";
const EQUIVALENT: &str = "vfork.equivalent-clone";
const TOLD: &str = "clone.exit-signal";
const EXIT: &str = "sysstop.exit-after-entry";
const REPLACED: &str = "inject.suppress-or-replace";
const IGNORED: &str = "inject.non-signal-stop-may-ignore";
const MASK: &str = "event.status-encoding";

/// vfork(2), or a clone(2) that is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vfork {
    Call,
    Flags,
}

impl Axis for Vfork {
    const VALUES: &'static [(&'static str, Self)] = &[("vfork", Vfork::Call), ("flags", Vfork::Flags)];
}

/// What the maker does with SIGTRAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    Blocked,
    Ignored,
    Handled,
}

impl Axis for Trap {
    const VALUES: &'static [(&'static str, Self)] =
        &[("blocked", Trap::Blocked), ("ignored", Trap::Ignored), ("handled", Trap::Handled)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signal_before_the_task_is_made",
        title: "With a signal pending the call makes no task: ERESTARTNOINTR at its exit-stop, the signal, the enter-stop again, and then one event.",
        clauses: &["sysstop.entry", EXIT, FIRST, EVENT, TRACED, END, "clone.ret-tid"],
        axes: &[EITHER, axis::<Maker>(&["fork", "vfork", "clonethread", "clone3process"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, lives_and_ends);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = to_call(t)?;
            let number = t.syscall_number()?;
            t.kill(Signal::USR1)?;
            let t = t.syscall()?.expect(FIRST, Stop::SyscallExit)?;
            let again = Return::error(Errno::ERESTARTNOINTR);
            t.check(FIRST, "result register", again, Return(t.registers()?.result()));
            let t = t.syscall()?.expect(FIRST, Stop::Signal(Signal::USR1))?;
            let t = t.syscall()?.expect(FIRST, Stop::SyscallEnter)?;
            t.check(FIRST, "system call", number, t.syscall_number()?);
            let t = t.syscall()?.expect(EVENT, Stop::Event(maker.event()))?;
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw_pid("clone.ret-tid", maker.step(), &child)
        },
        ..Case::NEW
    },
    Case {
        name: "signals_behind_vfork",
        title: "Behind the end of vfork's child come VFORK_DONE, under PTRACE_SYSCALL the exit-stop too, then the signal that waited, then SIGCHLD.",
        clauses: &["sysstop.entry", TRACED, END, DONE, EXIT, DEFERRED, EQUIVALENT, TOLD],
        axes: &[EITHER, axis::<Vfork>(&["vfork", "flags"]), axis::<Resume>(&["cont", "syscall"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            let vfork: Vfork = p.pick();
            match vfork {
                Vfork::Call => p.vfork("child", lives_and_ends),
                Vfork::Flags => Kind::Vfork.make(p, Caller::Clone, 0, lives_and_ends),
            };
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let how: Resume = t.pick()?;
            let t = match how {
                Resume::Syscall => t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?,
                _ => t,
            };
            let t = t.resume(how, Signal::NONE)?.expect(EQUIVALENT, Stop::Event(Event::VFORK))?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.resume(how, Signal::NONE)?;
            t.kill(Signal::USR1)?;
            t.check(DEFERRED, "report while the child is there", Ok(None), t.poll());
            let child = child_ends(child)?;
            let mut t = t.expect(DONE, Stop::Event(Event::VFORK_DONE))?;
            if how == Resume::Syscall {
                t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            }
            let t = t.resume(how, Signal::NONE)?.expect(DEFERRED, Stop::Signal(Signal::USR1))?;
            let t = t.resume(how, Signal::NONE)?.expect(TOLD, Stop::Signal(Signal::CHLD))?;
            check_told(&t, TOLD, Signal::CHLD, child.pid, (libc::CLD_EXITED, CHILD_ENDS.into()));
            t.cont()?.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "events_beside_sigtrap",
        title: "Blocked, ignored or handled SIGTRAP makes no difference to event and first stop, and they leave mask and handler alone.",
        clauses: &[MASK, TRACED, END, "signal.fork-mask-inherited"],
        axes: &[EITHER, axis::<Trap>(&["blocked", "ignored", "handled"]), axis::<Maker>(&["fork", "vfork"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            let (trap, maker): (Trap, Maker) = (p.pick(), p.pick());
            match trap {
                Trap::Blocked => p.block(&[Signal::CHLD, Signal::TRAP]),
                Trap::Ignored => p.ignore(Signal::TRAP),
                Trap::Handled => p.handle(Signal::TRAP, 0),
            };
            p.block(&[Signal::CHLD]);
            maker.make(p, lives_and_ends);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let (trap, maker): (Trap, Maker) = (t.pick()?, t.pick()?);
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let chld = 1 << (libc::SIGCHLD - 1);
            let blocked = if trap == Trap::Blocked { chld | 1 << (libc::SIGTRAP - 1) } else { chld };
            t.check(MASK, "blocked signals", Ok(Word(blocked)), t.signal_mask().map(Word));
            let inherited = child.signal_mask().map(Word);
            child.check("signal.fork-mask-inherited", "blocked signals", Ok(Word(blocked)), inherited);
            child_ends(child)?;
            let vfork = maker == Maker::Vfork;
            let t = if vfork { t.cont()?.expect(MASK, Stop::Event(Event::VFORK_DONE))? } else { t };
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check(END, "signals handled", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigcont_given_at_the_first_stop",
        title: "SIGCONT given with the restart from a new task's first stop does no harm: the task runs to its end.",
        clauses: &[EVENT, TRACED, END, REPLACED, IGNORED, "clone.ret-tid"],
        axes: &[EITHER, axis::<Maker>(&["fork", "vfork", "clonethread"])],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            let clause = if child.start == Start::Seize { IGNORED } else { REPLACED };
            let child = child.resume(Resume::Cont, Signal::CONT)?.ends(clause, Gone::Exited(CHILD_ENDS))?;
            child.check_saw_pid(END, "gettid", &child)?;
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
];
