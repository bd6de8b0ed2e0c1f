//! `PTRACE_PEEKSIGINFO`: both queues, from where, how many, and what it refuses.

use super::queued::{self, OF_PROCESS, OF_PROCESS_IN_ORDER, OF_THREAD, OF_THREAD_IN_ORDER, Queued};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::edge::Edge;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped};
use ptrace_conformance_harness::values::Word;

/// Which queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Thread,
    Process,
}

impl Axis for Queue {
    const VALUES: &'static [(&'static str, Self)] =
        &[("ofthread", Queue::Thread), ("ofprocess", Queue::Process)];
}

const WAITS: &str = "stop.signal.blocked-deferred";
const STAY: &str = "siginfo.peek-nondestructive";
const PART: &str = "siginfo.peek-offset-count";
const BUFFER: &str = "siginfo.peek-data-buffer";
const COUNT: &str = "siginfo.peek-return-count";
const BEHIND: &str = "siginfo.peek-return-zero";
const CODES: &str = "siginfo.peek-sicode-extra";
const SHARED: &str = "siginfo.peek-shared-flag";
const PRIVATE: &str = "siginfo.peek-private-default";
const FLAG: &str = "siginfo.peek-unknown-flag";
const REFUSED: &str = "kdoc.peeksiginfo-errors";
const MADE: &str = "siginfo.sigqueueinfo-visible";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "peek_queue",
        title: "PTRACE_PEEKSIGINFO shows a queue in order of queueing, with the fields that a stop will show, and takes nothing out.",
        clauses: &[WAITS, STAY, CODES, SHARED, PRIVATE, MADE, COUNT],
        axes: &[ANY_START, axis::<Queue>(&["ofthread", "ofprocess"])],
        program: queued::program,
        scenario: |t| {
            let queue: Queue = t.pick()?;
            let t = to_breakpoint(t)?;
            for _ in 0..2 {
                let found = t.peek_siginfo(0, queue.flags(), 32, 32 * 128);
                let count = found.as_ref().map(Vec::len).map_err(|&errno| errno);
                t.check(COUNT, "how many", Ok(queue.holds().len()), count);
                for (siginfo, queued) in found.unwrap_or_default().into_iter().zip(queue.holds()) {
                    queued.told(t.pid).check_answer(
                        queued.clause(CODES, MADE),
                        &t,
                        " in the queue",
                        Ok(siginfo),
                    );
                }
                let seen = t.proc_signals()?;
                let pending = (Word(queued::set(OF_THREAD)), Word(queued::set(OF_PROCESS)));
                t.check(
                    queue.clause(),
                    "pending in /proc",
                    pending,
                    (Word(seen.of_thread), Word(seen.of_process)),
                );
                t.check(WAITS, "blocked in /proc", Word(!UNBLOCKED), Word(seen.blocked));
                t.check(WAITS, "ignored and caught in /proc", (0, 0), (seen.ignored, seen.caught));
            }
            let mut t = t;
            for queued in OF_THREAD_IN_ORDER.iter().chain(OF_PROCESS_IN_ORDER) {
                t = t.cont()?.expect(STAY, Stop::Signal(queued.signal))?;
                queued.told(t.pid).check(STAY, &t);
            }
            t.cont()?.ends(STAY, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "peek_part_of_the_queue",
        title: "PTRACE_PEEKSIGINFO gives as many entries as it is asked for from the place it is asked for, and says how many there were.",
        clauses: &[WAITS, PART, BUFFER, COUNT, BEHIND],
        axes: &[ANY_START, axis::<Queue>(&["ofthread", "ofprocess"])],
        program: queued::program,
        scenario: |t| {
            let queue: Queue = t.pick()?;
            let t = to_breakpoint(t)?;
            let all = queue.holds();
            for offset in 0..=all.len() + 1 {
                for count in 0..3 {
                    let expected = &all[offset.min(all.len())..(offset + count).min(all.len())];
                    check_part(&t, queue, offset as u64, count, expected)?;
                }
            }
            check_part(&t, queue, u64::MAX, 2, &[])?;
            check_part(&t, queue, 1 << 32, 2, &[])
        },
        ..Case::NEW
    },
    Case {
        name: "peek_refused",
        title: "PTRACE_PEEKSIGINFO refuses flags that it does not know, a negative count, and a buffer for not even one; what fitted is told.",
        clauses: &[WAITS, FLAG, REFUSED, BUFFER],
        program: queued::program,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let invalid = Err(Errno::EINVAL);
            for flags in [2, 3, 1 << 31] {
                let found = t.peek_siginfo(0, flags, 1, 128).map(|found| found.len());
                t.check(FLAG, "with an unknown flag", invalid, found);
            }
            for count in [-1, i32::MIN] {
                let found = t.peek_siginfo(0, 0, count, 128).map(|found| found.len());
                t.check(REFUSED, "with a negative count", invalid, found);
            }
            let mut edge = Edge::new().map_err(|error| Halt::Broken(format!("no edge: {error}")))?;
            for (bytes, answer) in
                [(0, Err(Errno::EFAULT)), (127, Err(Errno::EFAULT)), (128, Ok(1)), (383, Ok(2))]
            {
                let found = t.peek_siginfo_into(0, 0, 4, edge.last(bytes));
                t.check(
                    REFUSED,
                    &format!("into {bytes} bytes"),
                    answer,
                    found.as_ref().map(Vec::len).map_err(|&e| e),
                );
                for (siginfo, queued) in found.unwrap_or_default().into_iter().zip(OF_THREAD) {
                    queued.told(t.pid).check_answer(BUFFER, &t, " in the queue", Ok(siginfo));
                }
            }
            Ok(())
        },
        ..Case::NEW
    },
];

/// SIGKILL and SIGSTOP, and SIGTRAP, which the breakpoint has unblocked.
const UNBLOCKED: u64 = Signal::set(&[Signal::KILL, Signal::STOP, Signal::TRAP]);

impl Queue {
    const fn flags(self) -> u32 {
        match self {
            Queue::Thread => 0,
            Queue::Process => 1,
        }
    }

    const fn holds(self) -> &'static [Queued] {
        match self {
            Queue::Thread => OF_THREAD,
            Queue::Process => OF_PROCESS,
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Queue::Thread => PRIVATE,
            Queue::Process => SHARED,
        }
    }
}

fn to_breakpoint(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(WAITS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    Ok(t)
}

fn check_part(t: &Stopped, queue: Queue, offset: u64, count: usize, expected: &[Queued]) -> Flow {
    let found = t.peek_siginfo(offset, queue.flags(), count as i32, 4 * 128);
    let clause = if expected.is_empty() { BEHIND } else { COUNT };
    let what = format!("how many of {count} from {offset:#x} on");
    t.check(clause, &what, Ok(expected.len()), found.as_ref().map(Vec::len).map_err(|&errno| errno));
    for (siginfo, queued) in found.unwrap_or_default().into_iter().zip(expected) {
        queued.told(t.pid).check_answer(
            if offset == 0 { BUFFER } else { PART },
            t,
            " in the queue",
            Ok(siginfo),
        );
    }
    Ok(())
}
