//! Groups: whose real, effective and saved ids have to be whose.

use super::ONE_START;
use super::answers::{ALL, Allowed, BY_FILE, BY_REAL, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Dumpable, FileGroup, Groups, Supplementary, Users};
use super::change::{OTHER, USER};
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const MATCH: &str = "access.step3-gid-match";
const REAL: &str = "access.step2-real";
const FILE: &str = "access.step2-fs";
const ALLOWED: &str = "access.step6-allow";

/// Groups of an asker and of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair);

impl Pairs for Of {
    fn pair(self) -> Pair {
        self.0
    }
}

const SAME: Change = Groups(USER, USER, USER);
/// Comes last: afterwards there are no capabilities, and groups stay.
const NOBODY: Change = Users(USER, USER, USER);
/// What a change of effective ids ends.
const SEEN: Change = Dumpable(1);

/// An asker to whom all of the target's ids are the same.
const fn asker(asker: &'static [Change], allowed: Allowed, clause: &'static str) -> Of {
    Of(Pair { both: &[], asker, target: &[SAME, NOBODY, SEEN], allowed, clause })
}

/// A target that has an id which may not be the asker's.
const fn target(target: &'static [Change], allowed: Allowed) -> Of {
    Of(Pair { both: &[], asker: &[SAME, NOBODY], target, allowed, clause: MATCH })
}

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("same", asker(&[SAME, NOBODY], ALL, ALLOWED)),
        ("other", asker(&[Groups(OTHER, OTHER, OTHER), NOBODY], NOTHING, MATCH)),
        ("targetreal", target(&[Groups(OTHER, USER, USER), NOBODY, SEEN], NOTHING)),
        ("targeteffective", target(&[Groups(USER, OTHER, USER), NOBODY, SEEN], NOTHING)),
        ("targetsaved", target(&[Groups(USER, USER, OTHER), NOBODY, SEEN], NOTHING)),
        ("targetfiles", target(&[SAME, FileGroup(USER, OTHER), NOBODY, SEEN], ALL)),
        ("targetsupplementary", target(&[SAME, Supplementary(OTHER), NOBODY, SEEN], ALL)),
        ("askerreal", asker(&[Groups(OTHER, USER, USER), NOBODY], BY_FILE, REAL)),
        ("askereffective", asker(&[Groups(USER, OTHER, USER), NOBODY], BY_REAL, FILE)),
        ("askersaved", asker(&[Groups(USER, USER, OTHER), NOBODY], ALL, REAL)),
        ("askerfiles", asker(&[SAME, FileGroup(USER, OTHER), NOBODY], BY_REAL, FILE)),
        (
            "askersupplementary",
            asker(&[Groups(OTHER, OTHER, OTHER), Supplementary(USER), NOBODY], NOTHING, MATCH),
        ),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[Case {
    name: "groups",
    title: "Without capabilities each of the target's real, effective and saved group must be the asker's real one, or for files in procfs its file system group; supplementary groups do not count.",
    clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, MATCH, REAL, FILE, ALLOWED, END],
    needs: &[Need::Root],
    axes: &[ONE_START, axis::<Of>(WORDS)],
    ..pair::case::<Of>()
}];
