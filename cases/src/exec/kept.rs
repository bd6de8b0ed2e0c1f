//! What outlives an execve, and what does not: options, signals, what a child's end sends.

use super::image::{END, ENDED, EXECS, IMAGE_ENDS, STOPS, asks_and_ends, event, to_event, unblock};
use crate::creation::way::{EITHER, check_told};
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::{EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, Word};

const OPTIONS: &str = "exec.options-kept";
const RESET: &str = "execve.handlers-reset";
const KEPT: &str = "execve.ignored-kept";
const PENDING: &str = "execve.mask-pending-preserved";
const ENDS_WITH: &str = "execve.exit-signal-reset";

/// An option, and what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Sysgood,
    Exit,
    Exec,
    Fork,
    Vfork,
    Clone,
}

impl Axis for Shown {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("tracesysgood", Shown::Sysgood),
        ("traceexit", Shown::Exit),
        ("traceexec", Shown::Exec),
        ("tracefork", Shown::Fork),
        ("tracevfork", Shown::Vfork),
        ("traceclone", Shown::Clone),
    ];
}

impl Shown {
    const fn option(self) -> u32 {
        match self {
            Shown::Sysgood => options::TRACESYSGOOD,
            Shown::Exit => options::TRACEEXIT,
            Shown::Exec => options::TRACEEXEC,
            Shown::Fork => options::TRACEFORK,
            Shown::Vfork => options::TRACEVFORK,
            Shown::Clone => options::TRACECLONE,
        }
    }

    const fn stop(self) -> Stop {
        match self {
            Shown::Sysgood => Stop::SyscallEnter,
            Shown::Exit => Stop::Event(Event::EXIT),
            Shown::Exec => Stop::Event(Event::EXEC),
            Shown::Fork => Stop::Event(Event::FORK),
            Shown::Vfork => Stop::Event(Event::VFORK),
            Shown::Clone => Stop::Event(Event::CLONE),
        }
    }

    const fn makes_a_task(self) -> bool {
        matches!(self, Shown::Fork | Shown::Vfork | Shown::Clone)
    }

    /// What the new image does to show it.
    fn deed(self, p: &mut Program) {
        let child = |p: &mut Program| {
            p.exit_thread(CHILD_ENDS.into());
        };
        match self {
            Shown::Sysgood | Shown::Exit => {}
            Shown::Exec => drop(p.exec(asks_and_ends)),
            Shown::Fork => drop(p.fork("child", child)),
            Shown::Vfork => drop(p.vfork("child", child)),
            Shown::Clone => drop(p.clone_task(0, "child", child)),
        }
        p.exit(IMAGE_ENDS.into());
    }
}

/// What the old image does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    Handled,
    Ignored,
}

impl Axis for Disposition {
    const VALUES: &'static [(&'static str, Self)] =
        &[("handled", Disposition::Handled), ("ignored", Disposition::Ignored)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "each_option_outlives_execve",
        title: "Each option is there in the new image too, and goes on to report what it is for.",
        clauses: &[STOPS, OPTIONS, TRACED, END],
        axes: &[
            EITHER,
            axis::<Shown>(&[
                "tracesysgood",
                "traceexit",
                "traceexec",
                "tracefork",
                "tracevfork",
                "traceclone",
            ]),
        ],
        program: |p| {
            let shown: Shown = p.pick();
            p.block(&[Signal::CHLD]);
            p.exec(|p| shown.deed(p));
        },
        scenario: |t| {
            let shown: Shown = t.pick()?;
            t.change_options(options::TRACEEXEC | shown.option())?;
            let t = to_event(t)?;
            let how = if shown == Shown::Sysgood { Resume::Syscall } else { Resume::Cont };
            let mut t = t.resume(how, Signal::NONE)?;
            if shown == Shown::Sysgood {
                t = t.expect(OPTIONS, Stop::SyscallExit)?.syscall()?;
            }
            let t = t.expect(OPTIONS, shown.stop())?;
            if shown == Shown::Sysgood {
                t.check(OPTIONS, "the status is marked", true, t.status.0 >> 8 == libc::SIGTRAP | 0x80);
            }
            if shown.makes_a_task() {
                child_ends(to_first_stop(t.new_task("child")?)?)?;
            }
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "dispositions_in_the_new_image",
        title: "A signal that the old image handled kills the new one, and one that it ignored is ignored.",
        clauses: &[STOPS, RESET, KEPT],
        axes: &[EITHER, axis::<Disposition>(&["handled", "ignored"])],
        options: EXECS,
        program: |p| {
            let disposition: Disposition = p.pick();
            match disposition {
                Disposition::Handled => p.handle(Signal::USR1, 0),
                Disposition::Ignored => p.ignore(Signal::USR1),
            };
            p.exec(|p| {
                p.raise(Signal::USR1);
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            let (clause, end) = match t.pick()? {
                Disposition::Handled => (RESET, Gone::Killed(Signal::USR1, false)),
                Disposition::Ignored => (KEPT, ENDED),
            };
            let t = to_event(t)?.cont()?.expect(clause, Stop::Signal(Signal::USR1))?;
            let t = t.resume(Resume::Cont, Signal::USR1)?.ends(clause, end)?;
            t.check(RESET, "signals handled", 0, t.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "mask_and_pending_signals_are_kept",
        title: "Blocked signals are blocked in the new image, and what was pending is reported once it unblocks it.",
        clauses: &[STOPS, PENDING, END],
        axes: &[EITHER],
        options: EXECS,
        program: |p| {
            p.block(&[Signal::USR1, Signal::USR2]);
            p.raise(Signal::USR1);
            p.exec(|p| {
                p.call(Syscall::RT_SIGPENDING, &[Program::shared(0), 8]);
                unblock(p);
                p.call(Syscall::GETTID, &[0; 0]);
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            const USR1: u64 = 1 << (libc::SIGUSR1 - 1);
            const USR2: u64 = 1 << (libc::SIGUSR2 - 1);
            let t = to_event(t)?;
            t.check(PENDING, "blocked signals", Ok(Word(USR1 | USR2)), t.signal_mask().map(Word));
            let t = t.cont()?.expect(PENDING, Stop::Signal(Signal::USR1))?;
            t.check(PENDING, "pending signals in the new image", Word(USR1), Word(t.word(0)));
            t.check_saw(PENDING, "rt_sigpending", Some(Return(0)))?;
            t.check_saw(PENDING, "gettid", None)?;
            let t = t.cont()?.ends(END, ENDED)?;
            t.check_saw_pid(END, "gettid", &t)
        },
        ..Case::NEW
    },
    Case {
        name: "exit_signal_is_reset",
        title: "A process made with another exit signal executes: at its end its parent gets SIGCHLD, and needs no __WCLONE to reap it.",
        clauses: &[EVENT, TRACED, STOPS, ENDS_WITH, END],
        axes: &[EITHER],
        options: EXECS | options::TRACECLONE,
        program: |p| {
            let child = p.clone_task(libc::SIGUSR1 as u64, "child", |p| {
                p.exec(asks_and_ends);
            });
            p.await_word(Program::shared(0));
            p.wait4(child, 1, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::CLONE))?;
            let child = event(to_first_stop(t.new_task("child")?)?.cont()?)?;
            let child = child.cont()?.ends(END, ENDED)?;
            let t = t.cont()?.expect(ENDS_WITH, Stop::Signal(Signal::CHLD))?;
            check_told(&t, ENDS_WITH, Signal::CHLD, child.pid, (libc::CLD_EXITED, IMAGE_ENDS.into()));
            t.set_word(0, 1);
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw_pid(ENDS_WITH, "wait4", &child)?;
            t.check(ENDS_WITH, "status for the parent", u32::from(IMAGE_ENDS) << 8, t.word(1) as u32);
            Ok(())
        },
        ..Case::NEW
    },
];
