//! Two tasks, each with credentials of its own, and which accesses one gets to the other.

use super::answers::Allowed;
use super::asker::{self, asks};
use super::change::{Change, make_all, steps};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::abi::IMAGE_FD;
use ptrace_conformance_harness::case::{Axis, Case};
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::Word;

/// Two tasks of one program, who are no more to each other than children of the same parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// What their parent does before it makes them.
    pub both: &'static [Change],
    /// What the task that asks does first.
    pub asker: &'static [Change],
    /// What the task that it asks about does first.
    pub target: &'static [Change],
    /// What is allowed then.
    pub allowed: Allowed,
    /// The clause that decides it.
    pub clause: &'static str,
}

/// An axis whose values are pairs.
pub(super) trait Pairs: Axis {
    /// The pair.
    fn pair(self) -> Pair;
}

/// Words of the program: the target is there; wait statuses of both.
pub(super) const READY: usize = 3;
pub(super) const ASKER_ENDS: usize = 4;
const TARGET_ENDS: usize = 5;

/// The tasks, and their parent, which waits for one and kills the other.
pub(super) fn program<A: Pairs>(p: &mut Program) {
    let pair = p.pick::<A>().pair();
    tasks(p, pair, |p, target| asks(p, target, IMAGE_FD));
}

/// The same with an asker of another kind.
pub(super) fn tasks(p: &mut Program, pair: Pair, ask: impl FnOnce(&mut Program, At)) {
    p.block(&[Signal::CHLD]);
    make_all(p, pair.both);
    // The target comes first: so its id is there for the other.
    let target = p.fork("target", |p| {
        make_all(p, pair.target);
        anybody_may(p);
        p.store(Program::shared(READY), 1);
        p.sleep();
    });
    let asker = p.fork("asker", |p| {
        make_all(p, pair.asker);
        ask(p, target);
        p.exit(5);
    });
    both_end(p, asker, target);
}

/// Where Yama restricts it to ancestors, anybody may attach who might otherwise.
pub(super) fn anybody_may(p: &mut Program) {
    p.call(SET_PTRACER, &[libc::PR_SET_PTRACER as u64, libc::PR_SET_PTRACER_ANY]);
}

/// prctl(2), with a name of its own in the program.
pub(super) const SET_PTRACER: Syscall = Syscall::numbered(libc::SYS_prctl as u64, "set_ptracer");

/// The parent's part: the asker ends, and the other is killed.
pub(super) fn both_end(p: &mut Program, asker: At, target: At) {
    p.wait4(asker, ASKER_ENDS, 0);
    p.call(Syscall::KILL, &[Arg::from(target), (libc::SIGKILL as u64).into()]);
    p.wait4(target, TARGET_ENDS, 0);
    p.exit(3);
}

/// Both change, one asks, and all end.
pub(super) fn scenario<A: Pairs>(t: Stopped) -> Flow {
    let pair = t.pick::<A>()?.pair();
    has_asked(t, pair, |parent, target| asker::check(parent, target, pair.allowed, &[pair.clause]))
}

/// The same, once more under these clauses.
pub(super) fn scenario_under<A: Pairs>(t: Stopped, clauses: &[&'static str]) -> Flow {
    let pair = t.pick::<A>()?.pair();
    let all = [&[pair.clause], clauses].concat();
    has_asked(t, pair, |parent, target| asker::check(parent, target, pair.allowed, &all))
}

/// The same with what there is to check of an asker of another kind, from the parent, about the target.
pub(super) fn has_asked(t: Stopped, pair: Pair, check: impl FnOnce(&Task, &Task) -> Flow) -> Flow {
    let parent = t.cont()?;
    let (target, asker) = (parent.made("fork", "target")?, parent.made("fork_2", "asker")?);
    parent.await_word(READY);
    // It sleeps from now on, which some files tell of.
    target.await_state(&['S'])?;
    asker::go(&parent, &target);
    let parent = parent.ends(END, Gone::Exited(3))?;
    let changes = pair.both.iter().chain(pair.target).chain(pair.asker);
    for (step, result) in steps(changes.copied()) {
        parent.check_saw(pair.clause, &step, Some(result))?;
    }
    check(&parent, &target)?;
    check_ends(&parent);
    target.reaped_by_parent();
    asker.reaped_by_parent();
    Ok(())
}

/// How both ended, as their parent heard of it.
fn check_ends(parent: &Task) {
    let (asker, target) = (parent.word(ASKER_ENDS), parent.word(TARGET_ENDS));
    parent.check(END, "status of the asker", Word(5 << 8), Word(asker));
    parent.check(END, "status of the target", Word(libc::SIGKILL as u64), Word(target));
}

/// The words of all values of an axis.
pub(super) const fn words<A: Axis, const N: usize>() -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = A::VALUES[at].0;
        at += 1;
    }
    words
}

/// A case about these pairs.
pub(super) const fn case<A: Pairs>() -> Case {
    Case { program: program::<A>, scenario: scenario::<A>, ..Case::NEW }
}
