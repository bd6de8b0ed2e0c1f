//! Users: whose real, effective and saved ids have to be whose.

use super::ONE_START;
use super::answers::{ALL, Allowed, BY_FILE, BY_REAL, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Dumpable, FileUser, Users};
use super::change::{OTHER, POWERLESS, ROOT, USER};
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const MATCH: &str = "access.step3-uid-match";
const REAL: &str = "access.step2-real";
const FILE: &str = "access.step2-fs";
const ALLOWED: &str = "access.step6-allow";
const BY_FSCREDS: &str = "access.fscreds";
const BY_REALCREDS: &str = "access.realcreds";
const OTHER_USER: &str = "err.eperm-other-uid";
const BEYOND: &str = "access.used-beyond-ptrace";
const FOLLOWS: &str = "creds.fsuid-follows-euid";

/// Users of an asker and of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair);

impl Pairs for Of {
    fn pair(self) -> Pair {
        self.0
    }
}

const SAME: Change = Users(USER, USER, USER);
/// What a change of effective ids ends.
const SEEN: Change = Dumpable(1);

/// An asker to whom all of the target's ids are the same.
const fn asker(asker: &'static [Change], allowed: Allowed, clause: &'static str) -> Of {
    Of(Pair { both: &[], asker, target: &[SAME, SEEN], allowed, clause })
}

/// A target of whose ids one is not the asker's.
const fn target(target: &'static [Change]) -> Of {
    Of(Pair { both: &[], asker: &[SAME], target, allowed: NOTHING, clause: MATCH })
}

/// A target whose files are another's, which the check does not look at.
const FILES: Pair = Pair {
    both: &[],
    asker: &[POWERLESS],
    target: &[FileUser(ROOT, OTHER), POWERLESS, SEEN],
    allowed: ALL,
    clause: MATCH,
};

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("same", asker(&[SAME], ALL, ALLOWED)),
        ("other", asker(&[Users(OTHER, OTHER, OTHER)], NOTHING, MATCH)),
        ("powerlessroot", asker(&[POWERLESS], NOTHING, MATCH)),
        ("targetreal", target(&[Users(OTHER, USER, USER), SEEN])),
        ("targeteffective", target(&[Users(USER, OTHER, USER), SEEN])),
        ("targetsaved", target(&[Users(USER, USER, OTHER), SEEN])),
        ("targetfiles", Of(FILES)),
        ("askerreal", asker(&[Users(OTHER, USER, USER)], BY_FILE, BY_REALCREDS)),
        ("askereffective", asker(&[Users(USER, OTHER, USER)], BY_REAL, FOLLOWS)),
        ("askersaved", asker(&[Users(USER, USER, OTHER)], ALL, REAL)),
        ("askerfiles", asker(&[Users(USER, USER, OTHER), FileUser(USER, OTHER)], BY_REAL, FILE)),
        ("askerfilesonly", asker(&[Users(OTHER, OTHER, USER), FileUser(OTHER, USER)], BY_FILE, BY_FSCREDS)),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[Case {
    name: "users",
    title: "Without capabilities each of the target's real, effective and saved user must be the asker's real one; for files in procfs it is the asker's file system user that counts.",
    clauses: &[
        ATTACH,
        SEIZE,
        VM,
        GETFD,
        MEM,
        EXE,
        ROBUST,
        MATCH,
        REAL,
        FILE,
        ALLOWED,
        BY_FSCREDS,
        BY_REALCREDS,
        FOLLOWS,
        OTHER_USER,
        BEYOND,
        END,
    ],
    needs: &[Need::Root],
    axes: &[ONE_START, axis::<Of>(WORDS)],
    scenario: |t| pair::scenario_under::<Of>(t, &[OTHER_USER, BEYOND]),
    ..pair::case::<Of>()
}];
