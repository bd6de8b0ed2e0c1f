//! Death by a signal: of one's own or another thread's, and by SIGKILL.

use super::threads::{BORN, EITHER, MADE, OPTIONS, by_rank, doer_and_other, one_of_two, split};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};

const FIRST: &str = "death.signal-stop-first";
const ALL: &str = "death.signal-kills-all-threads";
const EACH: &str = "death.each-tracee-reports";
const VANISH: &str = "death.tracee-may-vanish";
const BY_TERM: Gone = Gone::Killed(Signal::TERM, false);
const BY_KILL: Gone = Gone::Killed(Signal::KILL, false);

/// A stop in which SIGKILL finds the tracee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Enter,
    Exit,
    Delivery,
}

impl Axis for Where {
    const VALUES: &'static [(&'static str, Self)] =
        &[("enter", Where::Enter), ("exit", Where::Exit), ("delivery", Where::Delivery)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "killing_signal",
        title: "A killing signal stops the one thread that takes it while the other lives on; injected, it kills both, and each reports.",
        clauses: &[MADE, BORN, FIRST, ALL, EACH],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: raises_term,
        scenario: |t| {
            let (doer, other) = doer_and_other(t)?;
            let doer = doer.expect(FIRST, Stop::Signal(Signal::TERM))?;
            other.check(FIRST, "wait for the other thread", Ok(None), other.poll());
            let doer = doer.resume(Resume::Cont, Signal::TERM)?;
            let (leader, thread) = by_rank(doer, other)?;
            thread.ends(EACH, BY_TERM)?;
            leader.ends(ALL, BY_TERM)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "killing_signal_suppressed",
        title: "If the tracer suppresses the killing signal, no thread dies.",
        clauses: &[MADE, BORN, FIRST, "death.suppressed-no-death"],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: |p| {
            raises_term(p);
            p.exit(3);
        },
        scenario: |t| {
            const ALIVE: &str = "death.suppressed-no-death";
            let (doer, other) = doer_and_other(t)?;
            let doer = doer.expect(FIRST, Stop::Signal(Signal::TERM))?.cont()?;
            other.check(ALIVE, "wait for the other thread", Ok(None), other.poll());
            doer.check(ALIVE, "wait for the thread that took it", Ok(None), doer.poll());
            doer.set_word(0, 1);
            let (leader, thread) = by_rank(doer, other)?;
            thread.ends(ALIVE, Gone::Exited(3))?;
            leader.ends(ALIVE, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "killing_signal_of_an_untraced_thread",
        title: "A killing signal that an untraced thread takes kills the traced one without a signal-delivery-stop.",
        clauses: &["death.untraced-thread-takes-it"],
        program: |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                p.raise(Signal::TERM);
            });
            p.sleep();
        },
        scenario: |t| {
            let t = t.cont()?;
            t.set_word(0, 1);
            t.ends("death.untraced-thread-takes-it", BY_TERM)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigkill_of_a_stopped_process",
        title: "SIGKILL kills all threads of a process, those in a ptrace-stop too, and nothing can be asked of them any more.",
        clauses: &[MADE, BORN, FIRST, "death.sigkill-all-threads", EACH, VANISH],
        axes: &[ANY_START, EITHER],
        options: OPTIONS,
        program: raises_term,
        scenario: |t| {
            let (doer, other) = doer_and_other(t)?;
            let doer = doer.expect(FIRST, Stop::Signal(Signal::TERM))?;
            doer.kill(Signal::KILL)?;
            refused(&doer, VANISH);
            let (leader, thread) = by_rank(doer.left_alone(), other)?;
            thread.ends(EACH, BY_KILL)?;
            leader.ends("death.sigkill-all-threads", BY_KILL)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigkill_before_the_first_stop_is_left",
        title: "SIGKILL kills a new thread that never left its first stop, and its leader.",
        clauses: &[MADE, BORN, "death.sigkill-all-threads", EACH, VANISH],
        options: OPTIONS,
        program: |p| {
            p.thread("thread", |p| {
                p.exit_thread(7);
            });
            p.spin();
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            leader.kill(Signal::KILL)?;
            refused(&thread, VANISH);
            thread.left_alone().ends(EACH, BY_KILL)?;
            leader.ends("death.sigkill-all-threads", BY_KILL)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigkill_in_a_call",
        title: "SIGKILL ends a tracee that sleeps in a call entered under PTRACE_SYSCALL, without an exit-stop.",
        clauses: &["sysstop.entry", "death.sigkill-in-syscall"],
        program: |p| {
            p.sleep();
        },
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?.syscall()?;
            t.await_state(&['S'])?;
            t.kill(Signal::KILL)?;
            t.ends("death.sigkill-in-syscall", BY_KILL)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "requests_after_sigkill",
        title: "After SIGKILL a stopped tracee answers every request with ESRCH, and a wait that blocks tells of its end.",
        clauses: &[TO_STOP, "death.esrch-after-kill", "death.wnohang-may-be-zero"],
        axes: &[ANY_START, axis::<Where>(&["enter", "exit", "delivery"])],
        program: |p| {
            p.raise(Signal::TERM);
        },
        scenario: |t| {
            const MAY: &str = "death.wnohang-may-be-zero";
            let t = to_place(t)?;
            t.kill(Signal::KILL)?;
            refused(&t, "death.esrch-after-kill");
            t.left_alone().ends(MAY, BY_KILL)?;
            Ok(())
        },
        ..Case::NEW
    },
];

const TO_STOP: &str = "sysstop.entry";

fn raises_term(p: &mut Program) {
    one_of_two(p, |p| {
        p.raise(Signal::TERM);
    });
}

/// Raising a signal is three calls; the stops at the first of them, or the signal.
fn to_place(t: Stopped) -> Flow<Stopped> {
    match t.pick()? {
        Where::Enter => t.syscall()?.expect(TO_STOP, Stop::SyscallEnter),
        Where::Exit => {
            let t = t.syscall()?.expect(TO_STOP, Stop::SyscallEnter)?;
            t.syscall()?.expect(TO_STOP, Stop::SyscallExit)
        }
        Where::Delivery => t.cont()?.expect(TO_STOP, Stop::Signal(Signal::TERM)),
    }
}

/// One request of each kind: to look, to write, to set going.
fn refused(t: &Stopped, clause: &str) {
    let gone = Err(Errno::ESRCH);
    t.check(clause, "PTRACE_GETEVENTMSG", gone, t.message());
    t.check(clause, "PTRACE_PEEKDATA", gone, t.peek(Program::shared(0)));
    t.check(clause, "PTRACE_SETOPTIONS", Err(Errno::ESRCH), t.set_options(0));
    for request in [Request::CONT, Request::DETACH] {
        let answer = t.request(request, 0, Data::Word(0)).map(drop);
        t.check(clause, &request.to_string(), Err(Errno::ESRCH), answer);
    }
}
