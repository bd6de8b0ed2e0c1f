//! A process of two traced threads, and which of them does it.

pub(crate) use crate::event_stops::tasks::{MADE, split};

use crate::event_stops::tasks::TRACED;
use ptrace_conformance_harness::case::{Axis, Dimension, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};

/// With new threads traced.
pub(crate) const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACECLONE;

/// The clause, besides [`MADE`], on the way to two traced threads.
pub(crate) const BORN: &str = TRACED;

/// Which thread does what the case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Leader,
    Thread,
}

impl Axis for Who {
    const VALUES: &'static [(&'static str, Self)] = &[("leader", Who::Leader), ("thread", Who::Thread)];
}

/// Either of them.
pub(crate) const EITHER: Dimension = axis::<Who>(&["leader", "thread"]);

/// The variant's thread does `deed` once both run; the leader then waits for word 0, the thread for its end.
pub(crate) fn one_of_two(p: &mut Program, deed: fn(&mut Program)) {
    let who: Who = p.pick();
    p.thread("thread", |p| {
        if who == Who::Thread {
            p.await_word(Program::shared(1));
            deed(p);
        }
        p.spin();
    });
    if who == Who::Leader {
        p.await_word(Program::shared(1));
        deed(p);
    }
    p.await_word(Program::shared(0));
}

/// Both threads running: first the one that does what the case is about, then the other.
pub(crate) fn doer_and_other(t: Stopped) -> Flow<(Running, Running)> {
    let who: Who = t.pick()?;
    let (leader, thread) = split(t)?;
    let thread = thread.cont()?;
    leader.set_word(1, 1);
    Ok(if who == Who::Leader { (leader, thread) } else { (thread, leader) })
}

/// Leader and thread, of which the first given did what the case is about. The leader's end is reported last.
pub(crate) fn by_rank(doer: Running, other: Running) -> Flow<(Running, Running)> {
    Ok(if doer.pick::<Who>()? == Who::Leader { (doer, other) } else { (other, doer) })
}
