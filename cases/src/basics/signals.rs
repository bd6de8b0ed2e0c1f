//! Every signal that there is has its stop, and no number beyond them is one.

use super::END;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;

const EVERY: &str = "stop.signal.every-delivery-stops";
const NOTIFIED: &str = "kdoc.sigcont-notifies-seized";
const HALF: &str = "detach.signal-32-bits";
const KILLED: &str = "kill.direct-sigkill-any-state";
const OUT_OF_RANGE: &str = "err.eio-bad-signal";

/// The free word with the next signal.
const NEXT: usize = 0;
/// No signal as a word, but one in its lower half.
const BEYOND: u64 = 1 << 32 | libc::SIGUSR1 as u64;
/// The last one (`_NSIG`).
const LAST: i32 = 64;

/// What the program does about each signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    Default,
    Ignored,
    Handled,
}

impl Axis for Disposition {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("default", Disposition::Default),
        ("ignored", Disposition::Ignored),
        ("handled", Disposition::Handled),
    ];
}

impl Disposition {
    const fn handler(self) -> u64 {
        match self {
            Disposition::Default => libc::SIG_DFL as u64,
            Disposition::Ignored => libc::SIG_IGN as u64,
            Disposition::Handled => label::HANDLER,
        }
    }
}

/// Sends itself the signal that the tracer names, again and again.
fn sends_itself(p: &mut Program) {
    let disposition: Disposition = p.pick();
    let action = p.data(&[disposition.handler(), 0, 0, 0]);
    let signal = Arg::Result(p.load(Program::shared(NEXT)));
    p.call(Syscall::RT_SIGACTION, &[signal, Arg::Word(action), Arg::Word(0), Arg::Word(8)]);
    let own = Arg::Result(p.call(Syscall::GETPID, &[0; 0]));
    p.call(Syscall::TGKILL, &[own, own, signal]);
    p.again();
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "every_signal_stops",
        title: "Every signal but SIGKILL that a tracee sends itself has its signal-delivery-stop, whether its action is the default one, a handler, or to be ignored; SIGCONT has a PTRACE_EVENT_STOP before it if the tracee was seized.",
        clauses: &[EVERY, NOTIFIED, KILLED],
        axes: &[ANY_START, axis::<Disposition>(&["default", "ignored", "handled"])],
        program: sends_itself,
        scenario: |t| {
            let mut t = t;
            for number in (1..=LAST).filter(|&number| number != libc::SIGKILL) {
                t.set_word(NEXT, number as u64);
                if t.start == Start::Seize && number == libc::SIGCONT {
                    t = t.cont()?.expect(NOTIFIED, Stop::EventStop(Signal::TRAP))?;
                }
                t = t.cont()?.expect(EVERY, Stop::Signal(Signal(number)))?;
            }
            t.set_word(NEXT, libc::SIGKILL as u64);
            let task = t.cont()?.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
            task.check(EVERY, "runs of the handler", 0, task.handled().0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "no_such_signal",
        title: "A number that is no signal, bits above the 32nd included, is refused with EIO by each restarting request, and the tracee stays stopped.",
        clauses: &[OUT_OF_RANGE, END],
        axes: &[
            ANY_START,
            axis::<Resume>(&["cont", "syscall", "singlestep", "sysemu", "sysemusinglestep", "detach"]),
        ],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let how: Resume = t.pick()?;
            let request = how.request();
            for number in [LAST as u64 + 1, u64::MAX, BEYOND] {
                // PTRACE_DETACH does not see the upper half.
                if how == Resume::Detach && number == BEYOND {
                    continue;
                }
                let answer = t.request(request, 0, Data::Word(number));
                t.check(OUT_OF_RANGE, &format!("{request} with signal {number:#x}"), Err(Errno::EIO), answer);
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "detach_takes_half_a_word",
        title: "PTRACE_DETACH looks at the lower 32 bits of the signal alone: with others set the signal is delivered all the same.",
        clauses: &[EVERY, HALF, END],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVERY, Stop::Signal(Signal::TRAP))?;
            t.pass_breakpoint()?;
            t.check(HALF, "PTRACE_DETACH", Ok(0), t.request(Request::DETACH, 0, Data::Word(BEYOND)));
            let task = t.left_alone().ends(END, Gone::Exited(3))?;
            let (runs, signal, _) = task.handled();
            task.check(HALF, "runs of the handler", 1, runs);
            task.check(HALF, "its signal", Signal::USR1, signal);
            Ok(())
        },
        ..Case::NEW
    },
];
