//! User namespaces: what capabilities in one mean in another.

use super::ONE_START;
use super::answers::{ALL, Allowed, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Capable, Dumpable, Namespace, Users};
use super::change::{BIND, DAC, OTHER, POWERLESS, PTRACE, USER};
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const OWNER: &str = "userns.parent-owner";
const UPWARDS: &str = "userns.no-cap-upwards";
const INSIDE: &str = "userns.cap-in-own-ns";
const SUPERSET: &str = "access.step5-cap-superset";
const MEMORY: &str = "access.mm-namespace";

/// Namespaces of two tasks of the same user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair);

/// The same, and users that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owned(Pair);

impl Pairs for Of {
    fn pair(self) -> Pair {
        self.0
    }
}

impl Pairs for Owned {
    fn pair(self) -> Pair {
        self.0
    }
}

const fn apart(
    asker: &'static [Change],
    target: &'static [Change],
    allowed: Allowed,
    clause: &'static str,
) -> Of {
    Of(Pair { both: &[], asker, target, allowed, clause })
}

/// Both in a namespace that their parent has made.
const fn inside(
    asker: &'static [Change],
    target: &'static [Change],
    allowed: Allowed,
    clause: &'static str,
) -> Of {
    Of(Pair { both: &[Namespace], asker, target, allowed, clause })
}

const fn owned(
    asker: &'static [Change],
    target: &'static [Change],
    allowed: Allowed,
    clause: &'static str,
) -> Owned {
    Owned(Pair { both: &[], asker, target, allowed, clause })
}

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("child", apart(&[POWERLESS], &[Namespace], ALL, OWNER)),
        ("childpowerless", apart(&[POWERLESS], &[Namespace, POWERLESS], ALL, OWNER)),
        ("childnotdumpable", apart(&[POWERLESS], &[Namespace, Dumpable(0)], NOTHING, MEMORY)),
        ("parent", apart(&[Namespace], &[POWERLESS], NOTHING, UPWARDS)),
        ("sibling", apart(&[Namespace], &[Namespace, POWERLESS], NOTHING, SUPERSET)),
        ("same", inside(&[], &[], ALL, SUPERSET)),
        ("samepowerless", inside(&[POWERLESS], &[Capable(BIND)], NOTHING, SUPERSET)),
        ("samepowerful", inside(&[Capable(PTRACE)], &[Capable(BIND)], ALL, INSIDE)),
        ("samenotdumpable", inside(&[], &[Dumpable(0)], NOTHING, MEMORY)),
    ];
}

const ASKER: Change = Users(USER, USER, USER);
/// The owner of the namespace that it makes.
const TARGET: &[Change] = &[Users(USER, USER, USER), Dumpable(1), Namespace];

impl Axis for Owned {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("owner", owned(&[ASKER], TARGET, ALL, OWNER)),
        ("owneronlyreal", owned(&[Users(USER, OTHER, USER)], TARGET, NOTHING, OWNER)),
        ("powerful", owned(&[Capable(PTRACE | DAC)], TARGET, ALL, INSIDE)),
        ("powerless", owned(&[POWERLESS], TARGET, NOTHING, OWNER)),
        ("upwards", owned(&[Users(OTHER, OTHER, OTHER), Namespace], &[ASKER, Dumpable(1)], NOTHING, UPWARDS)),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();
const OWNED: &[&str] = &words::<Owned, { Owned::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[
    Case {
        name: "namespaces",
        title: "Who made a user namespace has all rights there; all capabilities in it are worth nothing in its parent, in a sibling, and for memory that is not dumpable and was there before it.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, OWNER, UPWARDS, INSIDE, SUPERSET, MEMORY, END],
        needs: &[Need::UserNamespaces],
        axes: &[ONE_START, axis::<Of>(WORDS)],
        ..pair::case::<Of>()
    },
    Case {
        name: "namespaces_of_users",
        title: "The owner of a user namespace is who had its maker's effective user; CAP_SYS_PTRACE in the parent counts in it too.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, OWNER, UPWARDS, INSIDE, END],
        needs: &[Need::Root, Need::UserNamespaces],
        axes: &[ONE_START, axis::<Owned>(OWNED)],
        ..pair::case::<Owned>()
    },
];
