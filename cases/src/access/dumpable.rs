//! What is not dumpable: by prctl(2), and by a change of ids.

use super::ONE_START;
use super::answers::{ALL, Allowed, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Dumpable, FileGroup, FileUser, Groups, Users};
use super::change::{OTHER, POWERLESS, ROOT, USER};
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const DUMPABLE: &str = "access.step4-dumpable";
const VALUES: &str = "access.dumpable.values";
const INVALID: &str = "access.dumpable.einval";
const EFFECTIVE: &str = "access.dumpable.reset-euid";
const FILES: &str = "access.dumpable.reset-fsuid";

/// What a target has said of itself; no capabilities on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said(Pair);

/// Changes of ids that leave both with the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Changed(Pair);

impl Pairs for Said {
    fn pair(self) -> Pair {
        self.0
    }
}

impl Pairs for Changed {
    fn pair(self) -> Pair {
        self.0
    }
}

const fn said(target: &'static [Change], allowed: Allowed, clause: &'static str) -> Said {
    Said(Pair { both: &[], asker: &[POWERLESS], target, allowed, clause })
}

const fn changed(
    asker: &'static [Change],
    target: &'static [Change],
    allowed: Allowed,
    clause: &'static str,
) -> Changed {
    Changed(Pair { both: &[], asker, target, allowed, clause })
}

impl Axis for Said {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nothing", said(&[POWERLESS], ALL, DUMPABLE)),
        ("no", said(&[POWERLESS, Dumpable(0)], NOTHING, DUMPABLE)),
        ("yes", said(&[POWERLESS, Dumpable(1)], ALL, VALUES)),
        ("noandyes", said(&[POWERLESS, Dumpable(0), Dumpable(1)], ALL, VALUES)),
        ("invalid", said(&[POWERLESS, Dumpable(2)], ALL, INVALID)),
        ("noandinvalid", said(&[POWERLESS, Dumpable(0), Dumpable(2)], NOTHING, INVALID)),
    ];
}

const SAME: Change = Users(USER, USER, USER);
const SAME_GROUP: Change = Groups(USER, USER, USER);

impl Axis for Changed {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("user", changed(&[SAME], &[SAME], NOTHING, EFFECTIVE)),
        ("group", changed(&[SAME_GROUP, POWERLESS], &[SAME_GROUP, POWERLESS], NOTHING, EFFECTIVE)),
        (
            "fileuser",
            changed(&[POWERLESS], &[FileUser(ROOT, OTHER), FileUser(OTHER, ROOT), POWERLESS], NOTHING, FILES),
        ),
        (
            "filegroup",
            changed(
                &[POWERLESS],
                &[FileGroup(ROOT, OTHER), FileGroup(OTHER, ROOT), POWERLESS],
                NOTHING,
                FILES,
            ),
        ),
        ("nothing", changed(&[POWERLESS], &[Users(ROOT, ROOT, ROOT), POWERLESS], ALL, EFFECTIVE)),
        ("back", changed(&[SAME], &[SAME, Dumpable(1)], ALL, EFFECTIVE)),
    ];
}

const SAID: &[&str] = &words::<Said, { Said::VALUES.len() }>();
const CHANGED: &[&str] = &words::<Changed, { Changed::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[
    Case {
        name: "not_dumpable",
        title: "A target that has made itself not dumpable is out of reach for all who lack CAP_SYS_PTRACE; PR_SET_DUMPABLE takes 0 and 1.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, DUMPABLE, VALUES, INVALID, END],
        axes: &[ONE_START, axis::<Said>(SAID)],
        ..pair::case::<Said>()
    },
    Case {
        name: "changed_ids",
        title: "Whose effective or file system ids have changed is not dumpable any more, even if they are the same again.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, EFFECTIVE, FILES, END],
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Changed>(CHANGED)],
        ..pair::case::<Changed>()
    },
];
