//! Who the asker is to its target, and whom the target has named as its tracer: what Yama looks at.

use super::asker::asks;
use super::change::Change::{Capable, Dumpable};
use super::change::{DAC, POWERLESS, PTRACE, make_all};
use super::pair::SET_PTRACER;
use ptrace_conformance_harness::abi::IMAGE_FD;
use ptrace_conformance_harness::case::Axis;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;

/// A relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// Children of one parent.
    Stranger,
    /// The asker is the parent of the target's parent.
    Ancestor,
    /// The same, and the target is not dumpable.
    AncestorOfNotDumpable,
    /// The target has named the asker.
    Named,
    /// The target has named everybody.
    Anybody,
    /// The asker is a child of the one that the target has named.
    ChildOfNamed,
    /// The one that the target has named is gone; the asker was its child.
    ChildOfDead,
    /// The target has named the asker, and then itself.
    Replaced,
    /// The target has named the asker, and then nobody.
    Cleared,
    /// A thread of the target has named the asker.
    ByThread,
    /// A thread of the target has named the asker, and then the leader has executed the program again.
    ExecOfLeader,
    /// The leader of the target has named the asker, and then a thread has executed the program again.
    ExecOfThread,
    /// The target's parent has named everybody, before it made the target.
    ByParent,
    /// A stranger with `CAP_SYS_PTRACE`.
    Powerful,
}

impl Axis for Relation {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("stranger", Relation::Stranger),
        ("ancestor", Relation::Ancestor),
        ("ancestorofnotdumpable", Relation::AncestorOfNotDumpable),
        ("named", Relation::Named),
        ("anybody", Relation::Anybody),
        ("childofnamed", Relation::ChildOfNamed),
        ("childofdead", Relation::ChildOfDead),
        ("replaced", Relation::Replaced),
        ("cleared", Relation::Cleared),
        ("bythread", Relation::ByThread),
        ("execofleader", Relation::ExecOfLeader),
        ("execofthread", Relation::ExecOfThread),
        ("byparent", Relation::ByParent),
        ("powerful", Relation::Powerful),
    ];
}

/// Words of the program: the target is there; the target's id; wait statuses of the asker, the target and a third
/// task; everybody is where the relation has them; the thread is done.
pub(super) const READY: usize = 3;
pub(super) const TARGET: usize = 4;
pub(super) const ASKER_ENDS: usize = 5;
pub(super) const TARGET_ENDS: usize = 6;
const THIRD_ENDS: usize = 7;
pub(super) const IN_PLACE: usize = 17;
const NAMED: usize = 18;

/// prctl(2), with a name of its own in the program.
const NO_NEW_PRIVS: Syscall = Syscall::numbered(libc::SYS_prctl as u64, "set_no_new_privs");
/// wait4(2) by a parent that is not the asker.
const JOIN: Syscall = Syscall::numbered(libc::SYS_wait4 as u64, "join");

impl Relation {
    /// The steps that make the asker and the target.
    pub(super) const fn made(self) -> (&'static str, &'static str) {
        match self {
            Relation::Ancestor | Relation::AncestorOfNotDumpable => ("fork_3", "fork"),
            Relation::ChildOfNamed | Relation::ChildOfDead => ("fork", "fork_3"),
            _ => ("fork", "fork_2"),
        }
    }

    /// How often the target, or its parent, names somebody.
    pub(super) const fn names(self) -> usize {
        match self {
            Relation::Replaced | Relation::Cleared => 2,
            Relation::Stranger
            | Relation::Ancestor
            | Relation::AncestorOfNotDumpable
            | Relation::Powerful => 0,
            _ => 1,
        }
    }

    /// The tasks. Orphans become children of the first, so that it can wait for all.
    pub(super) fn program(self, p: &mut Program) {
        p.block(&[Signal::CHLD]);
        p.call(Syscall::PRCTL, &[libc::PR_SET_CHILD_SUBREAPER as u64, 1, 0, 0, 0]);
        match self {
            Relation::Ancestor | Relation::AncestorOfNotDumpable => self.ancestor(p),
            Relation::ChildOfNamed | Relation::ChildOfDead => self.of_a_third(p),
            Relation::ByParent => self.by_parent(p),
            _ => {
                let asker = p.fork("asker", |p| self.asker(p));
                let target = p.fork("target", |p| self.target(p, asker));
                p.store(Program::shared(IN_PLACE), 1);
                join(p, asker, ASKER_ENDS);
                kill(p, target);
                join(p, target, TARGET_ENDS);
                p.exit(3);
            }
        }
    }

    /// Asks about the task whose id it is told.
    fn asker(self, p: &mut Program) {
        let change = if self == Relation::Powerful { Capable(PTRACE | DAC) } else { POWERLESS };
        make_all(p, &[change]);
        p.await_word(Program::shared(TARGET));
        let target = p.load(Program::shared(TARGET));
        asks(p, target, IMAGE_FD);
        p.exit(5);
    }

    /// Names whom it has to, among them perhaps this one.
    fn target(self, p: &mut Program, named: At) {
        make_all(p, &[POWERLESS]);
        match self {
            Relation::AncestorOfNotDumpable => make_all(p, &[Dumpable(0)]),
            Relation::Anybody => name(p, libc::PR_SET_PTRACER_ANY),
            Relation::Named | Relation::ChildOfNamed | Relation::ChildOfDead => name(p, named),
            Relation::Replaced => {
                name(p, named);
                let target = p.call(Syscall::GETPID, &[0; 0]);
                name(p, target);
            }
            Relation::Cleared => {
                name(p, named);
                name(p, 0);
            }
            Relation::ByThread => {
                p.thread("thread", |p| {
                    name(p, named);
                    p.store(Program::shared(NAMED), 1);
                    p.exit_thread(0);
                });
                p.await_word(Program::shared(NAMED));
            }
            Relation::ExecOfLeader | Relation::ExecOfThread => return self.executes(p, named),
            _ => {}
        }
        is_there(p);
    }

    /// One thread names, the other executes: without new rights, which would keep the asker away.
    fn executes(self, p: &mut Program, named: At) {
        p.call(NO_NEW_PRIVS, &[libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0]);
        let names = |p: &mut Program| {
            name(p, named);
            p.store(Program::shared(NAMED), 1);
            p.sleep();
        };
        let executes = |p: &mut Program| {
            p.await_word(Program::shared(NAMED));
            p.exec(is_there);
        };
        if self == Relation::ExecOfLeader {
            p.thread("thread", names);
            executes(p);
        } else {
            p.thread("thread", executes);
            names(p);
        }
    }

    fn ancestor(self, p: &mut Program) {
        let (mut target, mut middle) = (None, None);
        let asker = p.fork("asker", |p| {
            middle = Some(p.fork("middle", |p| {
                let child = p.fork("target", |p| {
                    make_all(p, &[POWERLESS]);
                    if self == Relation::AncestorOfNotDumpable {
                        make_all(p, &[Dumpable(0)]);
                    }
                    p.store(Program::shared(READY), 1);
                    p.sleep();
                });
                target = Some(child);
                join(p, child, TARGET_ENDS);
                p.exit(0);
            }));
            self.asker(p);
        });
        p.store(Program::shared(IN_PLACE), 1);
        join(p, asker, ASKER_ENDS);
        ends(p, target, middle);
    }

    /// The asker's parent is the one whom the target names.
    fn of_a_third(self, p: &mut Program) {
        let mut asker = None;
        let named = p.fork("named", |p| {
            let child = p.fork("asker", |p| self.asker(p));
            asker = Some(child);
            if self == Relation::ChildOfNamed {
                join(p, child, ASKER_ENDS);
            } else {
                p.await_word(Program::shared(READY));
            }
            p.exit(0);
        });
        let target = p.fork("target", |p| self.target(p, named));
        if self == Relation::ChildOfNamed {
            p.store(Program::shared(IN_PLACE), 1);
            join(p, named, THIRD_ENDS);
        } else {
            join(p, named, THIRD_ENDS);
            p.store(Program::shared(IN_PLACE), 1);
            asker.into_iter().for_each(|asker| join(p, asker, ASKER_ENDS));
        }
        ends(p, Some(target), None);
    }

    fn by_parent(self, p: &mut Program) {
        let asker = p.fork("asker", |p| self.asker(p));
        let mut target = None;
        let middle = p.fork("middle", |p| {
            name(p, libc::PR_SET_PTRACER_ANY);
            let child = p.fork("target", |p| self.target(p, asker));
            target = Some(child);
            join(p, child, TARGET_ENDS);
            p.exit(0);
        });
        p.store(Program::shared(IN_PLACE), 1);
        join(p, asker, ASKER_ENDS);
        ends(p, target, Some(middle));
    }
}

/// The target has done all that there is to do.
fn is_there(p: &mut Program) {
    p.store(Program::shared(READY), 1);
    p.sleep();
}

/// `PR_SET_PTRACER`
pub(super) fn name(p: &mut Program, tracer: impl Into<Arg>) {
    let option = libc::PR_SET_PTRACER as u64;
    p.call(SET_PTRACER, &[option.into(), tracer.into(), Arg::Word(0), Arg::Word(0), Arg::Word(0)]);
}

fn join(p: &mut Program, task: At, status: usize) {
    p.call(JOIN, &[Arg::from(task), Program::shared(status).into(), 0.into(), 0.into()]);
}

fn kill(p: &mut Program, target: At) {
    p.call(Syscall::KILL, &[Arg::from(target), (libc::SIGKILL as u64).into()]);
}

/// The end of the target, for its parent: the middle one, which ends then, or the first task.
fn ends(p: &mut Program, target: Option<At>, middle: Option<At>) {
    if let Some(target) = target {
        kill(p, target);
    }
    match (middle, target) {
        (Some(middle), _) => join(p, middle, THIRD_ENDS),
        (None, Some(target)) => join(p, target, TARGET_ENDS),
        (None, None) => {}
    }
    p.exit(3);
}
