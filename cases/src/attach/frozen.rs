//! A process in a frozen cgroup, which runs nothing of its own, and what a tracer gets of it all the same.

use super::way::{
    Come, DETACHED, ON, ONE_START, PARENT, SIGSTOP, STATUS, TRAP, awaited, both_end, ends_untraced, to_child,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;

const TRACED: &str = "cgroup.frozen-traced";
const NOTHING_RUNS: &str = "cgroup.frozen";
const NO_SIGNAL: &str = "cgroup.frozen-signals-wait";

const CASE: Case = Case {
    name: "frozen_and_seized",
    title: "A process in a frozen cgroup can be seized, interrupted, examined, resumed and detached, and the cgroup stays frozen: the process runs nothing of its own until it is thawed.",
    clauses: &[TRACED, NOTHING_RUNS, TRAP, DETACHED, END],
    axes: &[ONE_START],
    needs: &[Need::Freezer],
    program: |p| {
        p.block(&[Signal::CHLD]);
        let child = p.fork("child", awaited);
        p.wait4(child, STATUS, 0);
        p.exit(3);
    },
    scenario: |t| {
        let (parent, child) = to_child(t)?;
        let freezer = child.freeze()?;
        let t = Come::Seize.stop(child)?;
        let before = t.registers()?;
        let code = t.siginfo().map(|siginfo| siginfo.code);
        t.check(TRACED, "si_code", Ok(libc::SIGTRAP | i32::from(Event::STOP.0) << 8), code);
        t.check(TRACED, "the cgroup is frozen, at the stop", true, t.is_frozen(&freezer)?);
        // It would end if it ran.
        t.set_word(ON, 1);
        let t = t.cont()?;
        t.interrupt()?;
        let t = t.expect(NOTHING_RUNS, Stop::EventStop(Signal::TRAP))?;
        let changed = t.registers()?.differing(&before);
        t.check(NOTHING_RUNS, "registers that have changed", Vec::<&str>::new(), changed);
        t.check(TRACED, "the cgroup is frozen, at the next stop", true, t.is_frozen(&freezer)?);
        let t = t.detach(Signal::NONE)?;
        // Thawed for the moment between stop and freezer.
        t.await_state(&['S'])?;
        t.await_frozen(&freezer)?;
        super::way::check_proc(&t, TRACED, 'S', false)?;
        t.thaw(&freezer)?;
        ends_untraced(parent, t, "wait4")
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "frozen_and_attached",
        title: "PTRACE_ATTACH to a process in a frozen cgroup succeeds, and its SIGSTOP has its stop once the cgroup is thawed; PTRACE_INTERRUPT makes no other.",
        clauses: &[NO_SIGNAL, SIGSTOP, PARENT, "interrupt.seize-only", END],
        scenario: |t| {
            let (parent, child) = to_child(t)?;
            let freezer = child.freeze()?;
            child.attach()?;
            child.check(
                "interrupt.seize-only",
                "PTRACE_INTERRUPT",
                Err(Errno::EIO),
                child.request(Request::INTERRUPT, 0, Data::Word(0)).map(drop),
            );
            child.check(NO_SIGNAL, "the cgroup is frozen", true, child.is_frozen(&freezer)?);
            child.check(NO_SIGNAL, "wait", Ok(None), child.poll());
            child.thaw(&freezer)?;
            let t = child.expect(SIGSTOP, Stop::Signal(Signal::STOP))?;
            both_end(parent, t.cont()?, "wait4")
        },
        ..CASE
    },
];
