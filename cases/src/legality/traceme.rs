//! `PTRACE_TRACEME`, the one request that is about its caller.

use super::way::ENDS;
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::values::Return;

pub(super) const CASES: &[Case] = &[Case {
    name: "traceme",
    title: "PTRACE_TRACEME is refused with EPERM to a tracee, allowed to any other task, whatever its arguments, and refused the second time.",
    clauses: &[END, "err.eperm-already-traced", "traceme.args-ignored", "traceme.parent-becomes-tracer"],
    axes: &[ANY_START],
    program: |p| {
        p.block(&[Signal::CHLD]);
        p.ptrace(Request::TRACEME, 0, 0, 0);
        let child = p.fork("child", |child| {
            child.ptrace(Request::TRACEME, 0x1111, 0x2222, 0x3333);
            child.ptrace(Request::TRACEME, 0, 0, 0);
            child.raise(Signal::USR1);
            child.exit(CHILD_ENDS.into());
        });
        // Only to its tracer does a child report a signal.
        p.wait4(child, 0, 0);
        p.ptrace(Request::CONT, child, 0, 0);
        p.wait4(child, 1, 0);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.ends(END, ENDS)?;
        let refused = Some(Return::error(Errno::EPERM));
        t.check_saw("err.eperm-already-traced", "ptrace", refused)?;
        t.check_saw("traceme.args-ignored", "ptrace_2", Some(Return(0)))?;
        t.check_saw("err.eperm-already-traced", "ptrace_3", refused)?;
        t.check_saw("traceme.parent-becomes-tracer", "ptrace_4", Some(Return(0)))?;
        t.check("traceme.parent-becomes-tracer", "stop of the child for its parent", STOPPED, t.word(0));
        t.check(END, "end of the child for its parent", u64::from(CHILD_ENDS) << 8, t.word(1));
        Ok(())
    },
    ..Case::NEW
}];

/// The wait status of a signal-delivery-stop by SIGUSR1.
const STOPPED: u64 = 0x7f | (libc::SIGUSR1 as u64) << 8;
