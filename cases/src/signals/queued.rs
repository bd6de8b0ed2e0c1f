//! Pending signals of all kinds, in both queues, and the order in which they are delivered.

use super::handlers::other_stack;
use super::told::{Origin, Told};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::made_siginfo::MadeSiginfo;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Address, Word};

/// A signal that is pending: its number, and its value if it was queued with one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queued {
    pub signal: Signal,
    value: Option<u64>,
    to_thread: bool,
}

const HUP: Signal = Signal(libc::SIGHUP);
const ORIGIN: u64 = 0x0000_0042_0000_0017;

const fn of_thread(signal: Signal, value: Option<u64>) -> Queued {
    Queued { signal, value, to_thread: true }
}

const fn of_process(signal: Signal, value: Option<u64>) -> Queued {
    Queued { signal, value, to_thread: false }
}

/// What the thread's queue holds, in order of queueing.
pub(super) const OF_THREAD: &[Queued] = &[
    of_thread(Signal(40), Some(1)),
    of_thread(Signal::USR2, None),
    of_thread(Signal(40), Some(2)),
    of_thread(Signal(34), Some(3)),
    of_thread(HUP, None),
    of_thread(Signal::SEGV, None),
];
/// What the process's queue holds.
pub(super) const OF_PROCESS: &[Queued] = &[
    of_process(Signal(64), Some(5)),
    of_process(Signal::USR1, None),
    of_process(Signal(64), Some(4)),
    of_process(Signal(35), Some(6)),
];
/// The order in which they are delivered: what a fault would send, then by number, then by age.
pub(super) const OF_THREAD_IN_ORDER: &[Queued] =
    &[OF_THREAD[5], OF_THREAD[4], OF_THREAD[1], OF_THREAD[3], OF_THREAD[0], OF_THREAD[2]];
pub(super) const OF_PROCESS_IN_ORDER: &[Queued] =
    &[OF_PROCESS[1], OF_PROCESS[3], OF_PROCESS[0], OF_PROCESS[2]];

const WAITS: &str = "stop.signal.blocked-deferred";
const QUEUE: &str = "signal.rt-queue";
const ONCE: &str = "signal.std-coalesce";
const ORDER: &str = "signal.rt-order";
const STANDARD: &str = "signal.std-before-rt";
const FAULTS: &str = "signal.synchronous-first";
const OWN: &str = "signal.thread-before-process";
const MASKS: &str = "signal.handler-adds-mask";
const DELIVERED: &str = "inject.nonzero-delivers";
const NESTED: &str = "signal.stops-before-handlers";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "order_of_delivery",
        title: "Unblocked all at once, pending signals stop the tracee one by one: the thread's before the process's, faults, standard, then real-time ones by number and age.",
        clauses: &[WAITS, QUEUE, ONCE, ORDER, STANDARD, FAULTS, OWN],
        axes: &[ANY_START],
        program,
        scenario: |t| {
            let mut t = t.cont()?.expect(WAITS, Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            let in_order = OF_THREAD_IN_ORDER.iter().chain(OF_PROCESS_IN_ORDER);
            let clauses = [FAULTS, STANDARD, ONCE, STANDARD, ORDER, QUEUE, OWN, ORDER, QUEUE, QUEUE];
            for (queued, clause) in in_order.zip(clauses) {
                t = t.cont()?.expect(clause, Stop::Signal(queued.signal))?;
                queued.told(t.pid).check(clause, &t);
            }
            t.cont()?.ends(ONCE, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "handlers_of_two_signals",
        title: "Two signals that become deliverable together both stop the tracee before either handler has run an instruction; the second one's runs first.",
        clauses: &[WAITS, ORDER, NESTED, MASKS, DELIVERED],
        program: |p| {
            // Two frames are more than a task's own stack has room for.
            other_stack(p);
            p.handle(Signal::USR1, libc::SA_ONSTACK);
            p.handle_blocking(Signal::USR2, libc::SA_ONSTACK, &[HUP]);
            p.block(&[Signal::USR1, Signal::USR2]);
            p.raise(Signal::USR2);
            p.raise(Signal::USR1);
            p.breakpoint();
            p.unblock_all();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(WAITS, Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            let t = t.cont()?.expect(ORDER, Stop::Signal(Signal::USR1))?;
            let (first, second) =
                (Told::thread_killed(Signal::USR1, t.pid), Told::thread_killed(Signal::USR2, t.pid));
            first.check(ORDER, &t);
            let t = t.resume(Resume::Cont, Signal::USR1)?.expect(NESTED, Stop::Signal(Signal::USR2))?;
            second.check(NESTED, &t);
            t.check(NESTED, "runs of the handler", 0, t.handled().0);
            let ip = t.syscall_info().map(|info| Address(info.ip()));
            t.check(NESTED, "ip", Ok(Address(label::HANDLER)), ip);
            let blocked = Word(Signal::set(&[Signal::USR1]));
            t.check(MASKS, "blocked signals", Ok(blocked), t.signal_mask().map(Word));
            let t = t.resume(Resume::Cont, Signal::USR2)?.ends(DELIVERED, Gone::Exited(3))?;
            let last = (2, (Signal::USR1, libc::SI_TKILL));
            let (times, signal, code) = t.handled();
            t.check(
                NESTED,
                "runs of the handler, the last one's signal and code",
                last,
                (times, (signal, code)),
            );
            if let [one, two] = t.runs()[..] {
                second.check_run(NESTED, &t, &one, blocked.0);
                first.check_run(NESTED, &t, &two, 0);
            }
            Ok(())
        },
        ..Case::NEW
    },
];

/// Blocks all signals, sends itself all of the above, each standard one twice, stops, and unblocks them.
pub(super) fn program(p: &mut Program) {
    let all = p.data(&[u64::MAX]);
    p.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_SETMASK as u64, all, 0, 8]);
    let pid = p.call(Syscall::GETPID, &[0; 0]);
    for queued in OF_THREAD.iter().chain(OF_PROCESS) {
        let signal = Arg::Word(queued.signal.0 as u64);
        if let Some(made) = queued.made() {
            let made = Arg::Word(p.data(&made.words()));
            if queued.to_thread {
                p.call(Syscall::RT_TGSIGQUEUEINFO, &[pid.into(), pid.into(), signal, made]);
            } else {
                p.call(Syscall::RT_SIGQUEUEINFO, &[pid.into(), signal, made]);
            }
            continue;
        }
        for _ in 0..2 {
            if queued.to_thread {
                p.call(Syscall::TGKILL, &[pid.into(), pid.into(), signal]);
            } else {
                p.call(Syscall::KILL, &[pid.into(), signal]);
            }
        }
    }
    p.breakpoint();
    p.unblock_all();
    p.exit(3);
}

/// The set of these signals.
pub(super) fn set(queue: &[Queued]) -> u64 {
    queue.iter().fold(0, |set, queued| set | Signal::set(&[queued.signal]))
}

impl Queued {
    fn made(self) -> Option<MadeSiginfo> {
        let value = self.value?;
        Some(MadeSiginfo { signal: self.signal, errno: 0, code: libc::SI_QUEUE, origin: ORIGIN, value })
    }

    /// What its siginfo says; this very process sent it.
    pub(super) fn told(self, sender: i32) -> Told {
        match self.value {
            Some(value) => Told::new(self.signal, libc::SI_QUEUE, Origin::Words(ORIGIN, value)),
            None if self.to_thread => Told::thread_killed(self.signal, sender),
            None => Told::killed(self.signal, sender),
        }
    }

    /// The one clause for what the kernel fills in, the other one for what the sender made up.
    pub(super) const fn clause(self, kernel: &'static str, made: &'static str) -> &'static str {
        if self.value.is_some() { made } else { kernel }
    }
}
