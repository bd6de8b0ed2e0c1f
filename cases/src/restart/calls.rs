//! Calls that a signal can interrupt, by the way in which they are restarted.

use ptrace_conformance_harness::case::{Axis, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

/// The free word that futex(2) waits for.
pub(super) const FUTEX: usize = 0;
/// The two words of the time that calls are given.
pub(super) const TIME: usize = 2;
/// The two words of the time that is left.
pub(super) const LEFT: usize = 4;
/// Far away, and at the end of what a case waits for.
const FAR: u64 = 1_000_000_000;

/// The call, named after the program's step but where two of them are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// read(2) from an empty pipe, whose other end a child has.
    Read,
    /// wait4(2) for a child that sleeps.
    Wait4,
    /// futex(2), `FUTEX_WAIT` without a timeout.
    Futex,
    /// clone(2), which looks for pending signals before it makes the child.
    Clone,
    /// ppoll(2) on nothing, with a timeout.
    Ppoll,
    /// pselect6(2) on nothing, with a timeout.
    Pselect6,
    /// rt_sigsuspend(2).
    Sigsuspend,
    /// clock_nanosleep(2) with `TIMER_ABSTIME`.
    Until,
    /// nanosleep(2).
    Nanosleep,
    /// clock_nanosleep(2) for a time.
    ClockNanosleep,
    /// futex(2), `FUTEX_WAIT` with a timeout.
    FutexTimed,
}

impl Axis for Call {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("read", Call::Read),
        ("wait4", Call::Wait4),
        ("futex", Call::Futex),
        ("clone", Call::Clone),
        ("ppoll", Call::Ppoll),
        ("pselect6", Call::Pselect6),
        ("sigsuspend", Call::Sigsuspend),
        ("until", Call::Until),
        ("nanosleep", Call::Nanosleep),
        ("clocknanosleep", Call::ClockNanosleep),
        ("futextimed", Call::FutexTimed),
    ];
}

/// All of them.
pub(super) const CALLS: Dimension = axis::<Call>(&[
    "read",
    "wait4",
    "futex",
    "clone",
    "ppoll",
    "pselect6",
    "sigsuspend",
    "until",
    "nanosleep",
    "clocknanosleep",
    "futextimed",
]);
/// One of each class.
pub(super) const CLASSES: Dimension = axis::<Call>(&["read", "clone", "ppoll", "futextimed"]);

/// How an interrupted call is restarted; each has a code in the result register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Made again unless a handler without `SA_RESTART` runs.
    Sys,
    /// Always made again.
    NoIntr,
    /// Made again unless a handler runs.
    NoHand,
    /// Goes on as restart_syscall(2) unless a handler runs.
    Block,
}

impl Axis for Class {
    const VALUES: &'static [(&'static str, Self)] =
        &[("sys", Class::Sys), ("nointr", Class::NoIntr), ("nohand", Class::NoHand), ("block", Class::Block)];
}

impl Class {
    /// What is in the result register.
    pub(super) const fn code(self) -> Return {
        Return::error(match self {
            Class::Sys => Errno::ERESTARTSYS,
            Class::NoIntr => Errno::ERESTARTNOINTR,
            Class::NoHand => Errno::ERESTARTNOHAND,
            Class::Block => Errno::ERESTART_RESTARTBLOCK,
        })
    }
}

impl Call {
    /// The call; its name is that of the program's step.
    pub(super) const fn syscall(self) -> Syscall {
        match self {
            Call::Read => Syscall::READ,
            Call::Wait4 => Syscall::WAIT4,
            Call::Futex | Call::FutexTimed => Syscall::FUTEX,
            Call::Clone => Syscall::CLONE,
            Call::Ppoll => Syscall::PPOLL,
            Call::Pselect6 => Syscall::PSELECT6,
            Call::Sigsuspend => Syscall::RT_SIGSUSPEND,
            Call::Until | Call::ClockNanosleep => Syscall::CLOCK_NANOSLEEP,
            Call::Nanosleep => Syscall::NANOSLEEP,
        }
    }

    /// How it is restarted.
    pub(super) const fn class(self) -> Class {
        match self {
            Call::Read | Call::Wait4 | Call::Futex => Class::Sys,
            Call::Clone => Class::NoIntr,
            Call::Ppoll | Call::Pselect6 | Call::Sigsuspend | Call::Until => Class::NoHand,
            Call::Nanosleep | Call::ClockNanosleep | Call::FutexTimed => Class::Block,
        }
    }

    /// What it has in the result register while it may be restarted.
    pub(super) const fn code(self) -> Return {
        self.class().code()
    }

    /// The call that goes on with it when no handler has run.
    pub(super) const fn restarted(self) -> Syscall {
        match self.class() {
            Class::Block => Syscall::RESTART_SYSCALL,
            _ => self.syscall(),
        }
    }

    /// What it needs is made now, the call itself later. Gives the child, if there is one, to `later`.
    pub(super) fn prepare(self, p: &mut Program) -> impl FnOnce(&mut Program) + use<> {
        p.store(Program::shared(TIME), FAR);
        let (time, left) = (Program::shared(TIME), Program::shared(LEFT));
        let mut child = None;
        let args: Vec<Arg> = match self {
            Call::Read => {
                let ends = p.data(&[0, 0]);
                p.call(Syscall::PIPE2, &[ends, 0]);
                // Two ints: a call that takes one sees the lower half of a word.
                let (reads, writes) = (p.load(ends), p.load(ends + 4));
                child = Some(sleeper(p));
                p.call(Syscall::CLOSE, &[writes]);
                vec![reads.into(), ends.into(), 1.into()]
            }
            Call::Wait4 => {
                let sleeps = sleeper(p);
                vec![sleeps.into(), 0.into(), (libc::__WALL as u64).into(), 0.into()]
            }
            Call::Futex => words(&[Program::shared(FUTEX), libc::FUTEX_WAIT as u64, 0, 0]),
            Call::FutexTimed => words(&[Program::shared(FUTEX), libc::FUTEX_WAIT as u64, 0, time]),
            Call::Clone => Vec::new(),
            Call::Ppoll => words(&[0, 0, time, 0, 8]),
            Call::Pselect6 => words(&[0, 0, 0, 0, time, 0]),
            Call::Sigsuspend => words(&[p.data(&[0]), 8]),
            Call::Until => words(&[libc::CLOCK_MONOTONIC as u64, libc::TIMER_ABSTIME as u64, time, left]),
            Call::ClockNanosleep => words(&[libc::CLOCK_MONOTONIC as u64, 0, time, left]),
            Call::Nanosleep => words(&[time, left]),
        };
        move |p| {
            if self == Call::Clone {
                // No exit signal, which would be one more stop.
                child = Some(p.clone_task(0, "child", |p| {
                    p.exit(0);
                }));
            } else {
                p.call(self.syscall(), &args);
            }
            if let Some(child) = child {
                p.wait4(child, 1, libc::__WALL);
            }
        }
    }
}

/// A child that sleeps until it is killed, and whose end sends no signal.
fn sleeper(p: &mut Program) -> At {
    p.clone_task(0, "child", |p| {
        p.sleep();
    })
}

fn words(args: &[u64]) -> Vec<Arg> {
    args.iter().map(|&word| word.into()).collect()
}
