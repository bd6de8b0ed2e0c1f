//! Landlock: who is in a domain reaches nobody outside it.

use super::ONE_START;
use super::answers::{ALL, Allowed, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Sandbox};
use super::change::POWERLESS;
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const LANDLOCK: &str = "access.landlock";
const LSM: &str = "access.step5-lsm";

/// Domains of two tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair);

impl Pairs for Of {
    fn pair(self) -> Pair {
        self.0
    }
}

const fn apart(asker: &'static [Change], target: &'static [Change], allowed: Allowed) -> Of {
    Of(Pair { both: &[], asker, target, allowed, clause: LANDLOCK })
}

/// Both in a domain that their parent is in too.
const fn inside(asker: &'static [Change], target: &'static [Change], allowed: Allowed) -> Of {
    Of(Pair { both: &[Sandbox], asker, target, allowed, clause: LANDLOCK })
}

/// Whoever asks here may have all capabilities.
const CAPABLE: Of =
    Of(Pair { both: &[], asker: &[Sandbox], target: &[POWERLESS], allowed: NOTHING, clause: LSM });

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("asker", apart(&[POWERLESS, Sandbox], &[POWERLESS], NOTHING)),
        ("askercapable", CAPABLE),
        ("target", apart(&[POWERLESS], &[POWERLESS, Sandbox], ALL)),
        ("sibling", apart(&[POWERLESS, Sandbox], &[POWERLESS, Sandbox], NOTHING)),
        ("same", inside(&[POWERLESS], &[POWERLESS], ALL)),
        ("below", inside(&[POWERLESS], &[POWERLESS, Sandbox], ALL)),
        ("above", inside(&[POWERLESS, Sandbox], &[POWERLESS], NOTHING)),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[Case {
    name: "landlock",
    title: "A task in a Landlock domain may trace and read only tasks of that domain and of those below, whatever its capabilities.",
    clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, LANDLOCK, LSM, END],
    needs: &[Need::Landlock],
    axes: &[ONE_START, axis::<Of>(WORDS)],
    ..pair::case::<Of>()
}];
