//! The SIGCHLD that tells a tracer of its tracee's stop, seen by the tracer's own tracer.

use super::told::{Origin, Told};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};

/// Whether the program that traces wants to hear of stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quiet(bool);

impl Axis for Quiet {
    const VALUES: &'static [(&'static str, Self)] = &[("told", Quiet(false)), ("nocldstop", Quiet(true))];
}

const CHILD: &str = "sigaction.sigchld-fields";
const QUIET: &str = "sigaction.nocldstop";
const SUPPRESSED: &str = "inject.zero-none";

pub(super) const CASES: &[Case] = &[Case {
    name: "sigchld_of_a_tracer",
    title: "A stop of its tracee sends a tracer SIGCHLD with CLD_TRAPPED, the tracee and the signal, unless it has asked for SA_NOCLDSTOP.",
    clauses: &[CHILD, QUIET, SUPPRESSED],
    axes: &[ANY_START, axis::<Quiet>(&["told", "nocldstop"])],
    program: traces_its_child,
    scenario: |t| {
        let Quiet(quiet) = t.pick()?;
        let mut t = t.cont()?;
        if quiet {
            t.set_word(0, 1);
        } else {
            let stopped = t.expect(CHILD, Stop::Signal(Signal::CHLD))?;
            let child = stopped.saw("fork")?.unwrap_or_default();
            let trapped = Origin::Child(child, Signal::USR1.0 as u64);
            Told::new(Signal::CHLD, libc::CLD_TRAPPED, trapped).check(CHILD, &stopped);
            stopped.set_word(0, 1);
            t = stopped.cont()?;
        }
        let t = t.expect(QUIET, Stop::Signal(LATER))?;
        Told::thread_killed(LATER, t.pid).check(QUIET, &t);
        let child = t.saw("fork")?.unwrap_or_default();
        t.check(CHILD, "the program waited for its tracee", true, t.saw("wait4")? == Some(child));
        let status = Status::stopped(Signal::USR1.0, Event(0));
        t.check(CHILD, "wait status in the program", status, Status(t.word(1) as i32));
        let t = t.cont()?.expect(CHILD, Stop::Signal(Signal::CHLD))?;
        Told::new(Signal::CHLD, libc::CLD_EXITED, Origin::Child(child, 5)).check(CHILD, &t);
        t.cont()?.ends(SUPPRESSED, Gone::Exited(3))?;
        Ok(())
    },
    ..Case::NEW
}];

/// What the program sends itself once its tracee has stopped; a SIGCHLD would come before it.
const LATER: Signal = Signal(40);

fn traces_its_child(p: &mut Program) {
    let Quiet(quiet) = p.pick();
    p.handle(Signal::CHLD, if quiet { libc::SA_NOCLDSTOP } else { 0 });
    let child = p.fork("child", |p| {
        p.await_word(Program::shared(2));
        p.ptrace(Request::TRACEME, 0, 0, 0);
        p.raise(Signal::USR1);
        p.exit(5);
    });
    p.store(Program::shared(2), 1);
    p.await_word(Program::shared(0));
    p.wait4(child, 1, 0);
    p.raise(LATER);
    p.ptrace(Request::CONT, child, 0, 0);
    p.wait4(child, 1, 0);
    p.exit(3);
}
