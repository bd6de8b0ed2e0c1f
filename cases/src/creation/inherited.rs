//! What a new task has from its maker: options one by one, over generations, the signal mask; and what it has not.

use super::way::{EITHER, FORKS, MAKER_ENDS, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{
    END, EVENT, MADE, TRACED, child_ends, parent_ends, split, to_event, to_first_stop,
};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, ReturnPid, Word};

const OPTIONS: &str = "newtask.options";
const PENDING: &str = "newtask.pending-empty";
const MASK: &str = "signal.fork-mask-inherited";
const CALLER: &str = "event.caller-reports";

/// An option, and what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Exit,
    Exec,
    VforkDone,
    Vfork,
    Clone,
}

impl Axis for Shown {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nothing", Shown::Nothing),
        ("traceexit", Shown::Exit),
        ("traceexec", Shown::Exec),
        ("tracevforkdone", Shown::VforkDone),
        ("tracevfork", Shown::Vfork),
        ("traceclone", Shown::Clone),
    ];
}

impl Shown {
    const fn option(self) -> u32 {
        match self {
            Shown::Nothing => 0,
            Shown::Exit => options::TRACEEXIT,
            Shown::Exec => options::TRACEEXEC,
            Shown::VforkDone => options::TRACEVFORKDONE,
            Shown::Vfork => options::TRACEVFORK,
            Shown::Clone => options::TRACECLONE,
        }
    }

    const fn event(self) -> Option<Event> {
        match self {
            Shown::Nothing => None,
            Shown::Exit => Some(Event::EXIT),
            Shown::Exec => Some(Event::EXEC),
            Shown::VforkDone => Some(Event::VFORK_DONE),
            Shown::Vfork => Some(Event::VFORK),
            Shown::Clone => Some(Event::CLONE),
        }
    }

    /// What the new task does to show it.
    fn deed(self, p: &mut Program) {
        match self {
            Shown::Nothing | Shown::Exit => {}
            Shown::Exec => {
                p.exec(|p| {
                    p.exit(CHILD_ENDS.into());
                });
            }
            Shown::VforkDone | Shown::Vfork => {
                p.block(&[Signal::CHLD]);
                p.vfork("grandchild", lives_and_ends);
            }
            Shown::Clone => {
                p.clone_task(0, "grandchild", lives_and_ends);
            }
        }
        p.exit(CHILD_ENDS.into());
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "each_option_is_inherited",
        title: "A new process has its maker's options, one by one: what its maker would report, it reports.",
        clauses: &[EVENT, TRACED, END, OPTIONS],
        axes: &[
            EITHER,
            axis::<Shown>(&[
                "nothing",
                "traceexit",
                "traceexec",
                "tracevforkdone",
                "tracevfork",
                "traceclone",
            ]),
        ],
        options: FORKS,
        program: |p| {
            let shown: Shown = p.pick();
            p.block(&[Signal::CHLD]);
            p.fork("child", |p| shown.deed(p));
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let shown: Shown = t.pick()?;
            t.change_options(FORKS | shown.option())?;
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            // From now on it is the child alone that has the option.
            t.change_options(options::TRACESYSGOOD)?;
            let mut child = to_first_stop(t.new_task("child")?)?.cont()?;
            if let Some(event) = shown.event() {
                let stopped = child.expect(OPTIONS, Stop::Event(event))?;
                if matches!(shown, Shown::Vfork | Shown::Clone) {
                    child_ends(to_first_stop(stopped.new_task("grandchild")?)?)?;
                }
                child = stopped.cont()?;
            }
            child.ends(OPTIONS, Gone::Exited(CHILD_ENDS))?;
            t.cont()?.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "three_generations",
        title: "Child, grandchild and great-grandchild come under trace by themselves, each like the one before.",
        clauses: &[EVENT, TRACED, END, OPTIONS, "sysstop.entry", "clone.ret-tid"],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "cloneprocess"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            p.fork("first", |p| {
                p.fork("second", |p| {
                    maker.make(p, lives_and_ends);
                    p.exit(CHILD_ENDS.into());
                });
                p.exit(CHILD_ENDS.into());
            });
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let (t, first) = next(t, Event::FORK, "first")?;
            let (first, second) = next(first, Event::FORK, "second")?;
            let (second, third) = next(second, maker.event(), "third")?;
            let third = third.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            third.check(OPTIONS, "system call", Syscall::GETTID.number, third.syscall_number()?);
            let third = child_ends(third)?;
            let second = child_ends(second)?;
            second.check_saw_pid("clone.ret-tid", maker.step(), &third)?;
            child_ends(first)?;
            t.cont()?.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "events_are_the_calling_threads",
        title: "A thread that makes a task stops at the event, under its own id; the leader runs on and reports nothing.",
        clauses: &[MADE, TRACED, END, CALLER],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork", "clonethread"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            p.thread("thread", |p| {
                maker.make(p, lives_and_ends);
                p.call(Syscall::GETTID, &[0; 0]);
                p.exit_thread(CHILD_ENDS.into());
            });
            p.await_word(Program::shared(0));
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?.expect(CALLER, Stop::Event(maker.event()))?;
            leader.check(CALLER, "report of the leader", Ok(None), leader.poll());
            child_ends(to_first_stop(thread.new_task("child")?)?)?;
            let thread = child_ends(thread)?;
            let own = thread.saw("gettid_2")?.map(ReturnPid);
            thread.check(CALLER, "id of the caller", Some(ReturnPid(thread.pid as u64)), own);
            leader.set_word(0, 1);
            leader.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "mask_is_inherited_and_pending_signals_are_not",
        title: "A new task has its maker's signal mask, and none of the signals that are pending there.",
        clauses: &[EVENT, TRACED, END, PENDING, MASK, "clone.ret-tid"],
        axes: &[EITHER, axis::<Maker>(&["fork", "vfork", "clone3process"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD, Signal::USR1]);
            p.raise(Signal::USR1);
            maker.make(p, |p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                p.exit_thread(CHILD_ENDS.into());
            });
            p.call(Syscall::RT_SIGPENDING, &[Program::shared(1), 8]);
            p.exit(3);
        },
        scenario: |t| {
            const BLOCKED: u64 = 1 << (libc::SIGCHLD - 1) | 1 << (libc::SIGUSR1 - 1);
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?;
            child.check(MASK, "blocked signals", Ok(Word(BLOCKED)), child.signal_mask().map(Word));
            t.check(MASK, "blocked signals", Ok(Word(BLOCKED)), t.signal_mask().map(Word));
            let child = child_ends(child)?;
            child.check_saw(PENDING, "rt_sigpending", Some(Return(0)))?;
            child.check(PENDING, "pending signals", Word(0), Word(child.word(0)));
            let t = t.cont()?;
            parent_ends(t, &child)?;
            // A process without an exit signal has sent none.
            let silent = child.pick::<Maker>()? == Maker::Clone3Process;
            let pending = if silent { BLOCKED & !(1 << (libc::SIGCHLD - 1)) } else { BLOCKED };
            child.check(PENDING, "the maker's pending signals", Word(pending), Word(child.word(1)));
            Ok(())
        },
        ..Case::NEW
    },
];

/// To the event, and the task that it made, at its first stop.
fn next(t: Stopped, event: Event, role: &str) -> Flow<(Stopped, Stopped)> {
    let t = t.cont()?.expect(EVENT, Stop::Event(event))?;
    let child = to_first_stop(t.new_task(role)?)?;
    Ok((t, child))
}
