//! Yama: at which scope whom of the family, or of those that were named, one may trace.

use super::ONE_START;
use super::answers::{ALL, Allowed, NOTHING, READING};
use super::asker::{self, ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{Capable, Dumpable};
use super::change::{DAC, POWERLESS, PTRACE, steps};
use super::relation::{ASKER_ENDS, IN_PLACE, READY, Relation, TARGET, TARGET_ENDS};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const READS: &str = "yama.limits-attach-and-traceme";
const LEVEL: &str = "access.attach-level-users";
const CLASSIC: &str = "yama.scope0-attach";
const CLASSIC_DUMPABLE: &str = "yama.rst.scope0-dumpable";
const ADDS: &str = "yama.rst.scope1-classic-too";
const DESCENDANT: &str = "yama.scope1-descendant";
const NAMED: &str = "yama.scope1-setptracer";
const ANYBODY: &str = "yama.setptracer.any";
const DESCENDANTS: &str = "yama.rst.exception-descendants";
const REPLACES: &str = "yama.setptracer.replaces";
const CLEARS: &str = "yama.setptracer.zero-clears";
const PROCESS: &str = "yama.setptracer.process";
const INHERITED: &str = "yama.setptracer.not-inherited";
const LEADER: &str = "yama.exception-of-leader";
const DEAD: &str = "yama.setptracer.dead";
const CAPABILITY: &str = "yama.scope1-cap";
const CAPABLE_ONLY: &str = "yama.scope2-attach";

/// `kernel.yama.ptrace_scope`; the last, 3, can never be left again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Classic = 0,
    Restricted = 1,
    Admins = 2,
}

impl Axis for Scope {
    const VALUES: &'static [(&'static str, Self)] =
        &[("scope0", Scope::Classic), ("scope1", Scope::Restricted), ("scope2", Scope::Admins)];
}

pub(super) const SCOPES: &[&str] = &["scope0", "scope1", "scope2"];

/// What is allowed, and the clause that decides.
const fn allowed(scope: Scope, relation: Relation) -> (Allowed, &'static str) {
    match (scope, relation) {
        (Scope::Classic, Relation::AncestorOfNotDumpable) => (NOTHING, CLASSIC_DUMPABLE),
        (_, Relation::AncestorOfNotDumpable) => (NOTHING, ADDS),
        (Scope::Classic, _) => (ALL, CLASSIC),
        (Scope::Restricted, Relation::Powerful) => (ALL, CAPABILITY),
        (Scope::Admins, Relation::Powerful) => (ALL, CAPABLE_ONLY),
        (Scope::Admins, _) => (READING, CAPABLE_ONLY),
        (Scope::Restricted, Relation::Stranger) => (READING, DESCENDANT),
        (Scope::Restricted, Relation::Ancestor) => (ALL, DESCENDANT),
        (Scope::Restricted, Relation::Named) => (ALL, NAMED),
        (Scope::Restricted, Relation::Anybody) => (ALL, ANYBODY),
        (Scope::Restricted, Relation::ChildOfNamed) => (ALL, DESCENDANTS),
        (Scope::Restricted, Relation::ChildOfDead) => (READING, DEAD),
        (Scope::Restricted, Relation::Replaced) => (READING, REPLACES),
        (Scope::Restricted, Relation::Cleared) => (READING, CLEARS),
        (Scope::Restricted, Relation::ByThread) => (ALL, PROCESS),
        (Scope::Restricted, Relation::ExecOfLeader) => (ALL, LEADER),
        (Scope::Restricted, Relation::ExecOfThread) => (READING, LEADER),
        (Scope::Restricted, Relation::ByParent) => (READING, INHERITED),
    }
}

const CASE: Case = Case {
    name: "yama",
    title: "At scope 1 of Yama one may attach to descendants, and to those that named one, or an ancestor of one, by PR_SET_PTRACER; at scope 2 to nobody. Reading is never restricted.",
    clauses: &[
        ATTACH,
        SEIZE,
        VM,
        GETFD,
        MEM,
        EXE,
        ROBUST,
        READS,
        LEVEL,
        CLASSIC,
        CLASSIC_DUMPABLE,
        ADDS,
        DESCENDANT,
        NAMED,
        ANYBODY,
        DESCENDANTS,
        REPLACES,
        CLEARS,
        PROCESS,
        INHERITED,
        LEADER,
        DEAD,
        CAPABLE_ONLY,
        END,
    ],
    needs: &[Need::Yama],
    axes: &[
        ONE_START,
        axis::<Scope>(SCOPES),
        axis::<Relation>(&[
            "stranger",
            "ancestor",
            "ancestorofnotdumpable",
            "named",
            "anybody",
            "childofnamed",
            "childofdead",
            "replaced",
            "cleared",
            "bythread",
            "execofleader",
            "execofthread",
            "byparent",
        ]),
    ],
    program: |p| p.pick::<Relation>().program(p),
    scenario,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "yama_and_capability",
        title: "With CAP_SYS_PTRACE one may attach to strangers at scopes 1 and 2 of Yama.",
        clauses: &[
            ATTACH,
            SEIZE,
            VM,
            GETFD,
            MEM,
            EXE,
            ROBUST,
            READS,
            LEVEL,
            CLASSIC,
            CAPABILITY,
            CAPABLE_ONLY,
            END,
        ],
        needs: &[Need::Yama, Need::Root],
        axes: &[ONE_START, axis::<Scope>(SCOPES), axis::<Relation>(&["powerful"])],
        ..CASE
    },
];

fn scenario(t: Stopped) -> Flow {
    let (scope, relation): (Scope, Relation) = (t.pick()?, t.pick()?);
    let (allowed, clause) = allowed(scope, relation);
    let before = t.yama(scope as u32)?;
    let parent = t.cont()?;
    let (asker, target) = relation.made();
    let (asker, target) = (parent.made(asker, "asker")?, parent.made(target, "target")?);
    parent.await_word(READY);
    parent.await_word(IN_PLACE);
    parent.set_word(TARGET, target.pid as u64);
    asker::go(&parent, &target);
    let parent = parent.ends(END, Gone::Exited(3))?;
    drop(before);
    let changed = match relation {
        Relation::Powerful => [Capable(PTRACE | DAC), POWERLESS].to_vec(),
        Relation::AncestorOfNotDumpable => [POWERLESS, Dumpable(0), POWERLESS].to_vec(),
        _ => [POWERLESS; 2].to_vec(),
    };
    for (step, result) in steps(changed.into_iter()) {
        // The first prctl is the one by which the program gets its orphans.
        let step = if step == "prctl" { "prctl_2" } else { &step };
        parent.check_saw(clause, step, Some(result))?;
    }
    for number in 1..=relation.names() {
        let step = if number == 1 { "set_ptracer".to_owned() } else { format!("set_ptracer_{number}") };
        parent.check_saw(clause, &step, Some(Return(0)))?;
    }
    asker::check(&parent, &target, allowed, &[clause, READS, LEVEL])?;
    parent.check(END, "status of the asker", Word(5 << 8), Word(parent.word(ASKER_ENDS)));
    parent.check(END, "status of the target", Word(libc::SIGKILL as u64), Word(parent.word(TARGET_ENDS)));
    target.reaped_by_parent();
    asker.reaped_by_parent();
    Ok(())
}
