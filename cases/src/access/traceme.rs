//! `PTRACE_TRACEME`, whose tracer is the parent: only capabilities count, and those the other way round.

use super::ONE_START;
use super::change::Change::{self, Capabilities, Capable, Dumpable, Namespace, Sandbox, Users};
use super::change::{BIND, NICE, POWERLESS, PTRACE, USER, make_all, steps};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const SUPERSET: &str = "traceme.cap-superset";
const NO_IDS: &str = "traceme.no-ids";
const PTRACES: &str = "traceme.cap-sys-ptrace";
const LANDLOCK: &str = "traceme.landlock";

/// What parent and child do before the child asks to be traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Family {
    parent: &'static [Change],
    child: &'static [Change],
    allowed: bool,
    clause: &'static str,
}

/// Families that any user can make, that root can, and with namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Dumpable,
    NotDumpable,
    OtherUser,
    Less,
    Same,
    Others,
    More,
    ParentIdle,
    Ptrace,
    PtraceIdle,
    ChildNamespace,
    ParentNamespace,
    ChildSandbox,
    ParentSandbox,
}

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("dumpable", Of::Dumpable),
        ("notdumpable", Of::NotDumpable),
        ("otheruser", Of::OtherUser),
        ("less", Of::Less),
        ("same", Of::Same),
        ("others", Of::Others),
        ("more", Of::More),
        ("parentidle", Of::ParentIdle),
        ("ptrace", Of::Ptrace),
        ("ptraceidle", Of::PtraceIdle),
        ("childnamespace", Of::ChildNamespace),
        ("parentnamespace", Of::ParentNamespace),
        ("childsandbox", Of::ChildSandbox),
        ("parentsandbox", Of::ParentSandbox),
    ];
}

const fn family(
    parent: &'static [Change],
    child: &'static [Change],
    allowed: bool,
    clause: &'static str,
) -> Family {
    Family { parent, child, allowed, clause }
}

impl Of {
    const fn family(self) -> Family {
        match self {
            Of::Dumpable => family(&[POWERLESS], &[POWERLESS], true, SUPERSET),
            Of::NotDumpable => family(&[POWERLESS], &[POWERLESS, Dumpable(0)], true, NO_IDS),
            Of::OtherUser => family(&[POWERLESS], &[Users(USER, USER, USER)], true, NO_IDS),
            Of::Less => family(&[POWERLESS], &[Capable(BIND)], false, SUPERSET),
            Of::Same => family(&[Capable(BIND)], &[Capable(BIND)], true, SUPERSET),
            Of::Others => family(&[Capable(NICE)], &[Capable(BIND)], false, SUPERSET),
            Of::More => family(&[Capable(NICE | BIND)], &[Capable(BIND)], true, SUPERSET),
            Of::ParentIdle => family(&[Capabilities(BIND, 0, 0)], &[Capable(BIND)], true, SUPERSET),
            Of::Ptrace => family(&[Capable(PTRACE)], &[Capable(BIND)], true, PTRACES),
            Of::PtraceIdle => family(&[Capabilities(PTRACE, 0, 0)], &[Capable(BIND)], false, PTRACES),
            Of::ChildNamespace => family(&[POWERLESS], &[Namespace], true, PTRACES),
            Of::ParentNamespace => family(&[Namespace], &[POWERLESS], false, PTRACES),
            Of::ChildSandbox => family(&[POWERLESS], &[POWERLESS, Sandbox], true, LANDLOCK),
            Of::ParentSandbox => family(&[POWERLESS, Sandbox], &[POWERLESS], false, LANDLOCK),
        }
    }
}

/// Words of the program: the parent has changed; wait statuses of child and parent.
const CHANGED: usize = 0;
const CHILD_ENDS: usize = 1;
const PARENT_ENDS: usize = 2;

const CASE: Case = Case { program, scenario, ..Case::NEW };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "traceme",
        title: "PTRACE_TRACEME works for a task that is not dumpable, although nobody could attach to it.",
        clauses: &[SUPERSET, NO_IDS, END],
        axes: &[ONE_START, axis::<Of>(&["dumpable", "notdumpable"])],
        ..CASE
    },
    Case {
        name: "traceme_of_capable",
        title: "PTRACE_TRACEME is refused if a capability is permitted to the caller and not to its parent, unless that has CAP_SYS_PTRACE; users may differ.",
        clauses: &[SUPERSET, NO_IDS, PTRACES, END],
        needs: &[Need::Root],
        axes: &[
            ONE_START,
            axis::<Of>(&[
                "otheruser",
                "less",
                "same",
                "others",
                "more",
                "parentidle",
                "ptrace",
                "ptraceidle",
            ]),
        ],
        ..CASE
    },
    Case {
        name: "traceme_across_namespaces",
        title: "PTRACE_TRACEME works in a user namespace of one's own, which is the parent's too, and not under a parent that has gone into one.",
        clauses: &[PTRACES, END],
        needs: &[Need::UserNamespaces],
        axes: &[ONE_START, axis::<Of>(&["childnamespace", "parentnamespace"])],
        ..CASE
    },
    Case {
        name: "traceme_and_landlock",
        title: "PTRACE_TRACEME works in a Landlock domain of one's own, and not under a parent that has gone into one.",
        clauses: &[LANDLOCK, END],
        needs: &[Need::Landlock],
        axes: &[ONE_START, axis::<Of>(&["childsandbox", "parentsandbox"])],
        ..CASE
    },
];

pub(super) fn program(p: &mut Program) {
    let family = p.pick::<Of>().family();
    p.block(&[Signal::CHLD]);
    let parent = p.fork("parent", |p| {
        let child = p.fork("child", |p| {
            make_all(p, family.child);
            p.await_word(Program::shared(CHANGED));
            p.ptrace(Request::TRACEME, 0, 0, 0);
            p.exit(7);
        });
        make_all(p, family.parent);
        p.store(Program::shared(CHANGED), 1);
        p.wait4(child, CHILD_ENDS, 0);
        p.exit(5);
    });
    p.wait4(parent, PARENT_ENDS, 0);
    p.exit(3);
}

fn scenario(t: Stopped) -> Flow {
    let family = t.pick::<Of>()?.family();
    asked(t, family.allowed, family.clause)
}

/// The child asks, and both end.
pub(super) fn asked(t: Stopped, allowed: bool, clause: &str) -> Flow {
    let family = t.pick::<Of>()?.family();
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    for (step, result) in steps(family.child.iter().chain(family.parent).copied()) {
        t.check_saw(clause, &step, Some(result))?;
    }
    let asked = if allowed { Return(0) } else { Return::error(Errno::EPERM) };
    t.check_saw(clause, "ptrace", Some(asked))?;
    t.check(END, "status of the child", Word(7 << 8), Word(t.word(CHILD_ENDS)));
    t.check(END, "status of the parent", Word(5 << 8), Word(t.word(PARENT_ENDS)));
    Ok(())
}
