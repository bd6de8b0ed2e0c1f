//! Capabilities: the asker's have to be more than the target's, unless it has the one that is for this.

use super::ONE_START;
use super::answers::{ALL, Allowed, BY_REAL, NOTHING};
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Capabilities, Capable, Dumpable, Users};
use super::change::{BIND, DAC, NICE, POWERLESS, PTRACE, USER};
use super::pair::{self, Pair, Pairs, words};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};

const SUPERSET: &str = "access.step5-cap-superset";
const CHOICE: &str = "access.step5-capset-choice";
const OVERRIDE: &str = "access.step5-cap-override";
const BLIND: &str = "access.commoncap-level-blind";
const EFFECTIVE: &str = "access.cap-effective";
const INSTEAD: &str = "access.step3-cap";
const LACKING: &str = "err.eperm-cap";
const VM_OF_ALL: &str = "caps.sys-ptrace-pvm";
const ROBUST_OF_ALL: &str = "caps.sys-ptrace-kcmp-robust";
const DUMPABLE: &str = "access.step4-dumpable";

/// Capabilities of an asker and of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair);

impl Pairs for Of {
    fn pair(self) -> Pair {
        self.0
    }
}

/// Two tasks of the same user.
const fn of(
    asker: &'static [Change],
    target: &'static [Change],
    allowed: Allowed,
    clause: &'static str,
) -> Of {
    Of(Pair { both: &[], asker, target, allowed, clause })
}

/// `CAP_SYS_PTRACE`, and what opens files of others.
const TRACER: Change = Capable(PTRACE | DAC);
/// The same, not in effect.
const IDLE: Change = Capabilities(PTRACE | DAC, DAC, 0);
const ORDINARY: Change = Users(USER, USER, USER);

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("none", of(&[POWERLESS], &[POWERLESS], ALL, SUPERSET)),
        ("same", of(&[Capable(BIND)], &[Capable(BIND)], ALL, SUPERSET)),
        ("more", of(&[Capable(BIND | NICE)], &[Capable(BIND)], ALL, BLIND)),
        ("less", of(&[POWERLESS], &[Capable(BIND)], NOTHING, SUPERSET)),
        ("others", of(&[Capable(NICE)], &[Capable(BIND)], NOTHING, BLIND)),
        ("askeridle", of(&[Capabilities(BIND, 0, 0)], &[Capable(BIND)], BY_REAL, CHOICE)),
        ("targetidle", of(&[POWERLESS], &[Capabilities(BIND, 0, 0)], NOTHING, SUPERSET)),
        ("targetinheritable", of(&[POWERLESS], &[Capabilities(0, 0, BIND)], ALL, SUPERSET)),
        ("ptrace", of(&[TRACER], &[Capable(BIND)], ALL, OVERRIDE)),
        ("ptraceidle", of(&[IDLE], &[Capable(BIND)], NOTHING, EFFECTIVE)),
        ("ptraceofothers", of(&[TRACER], &[ORDINARY, Dumpable(1)], ALL, INSTEAD)),
        ("ptraceidleofothers", of(&[IDLE], &[ORDINARY, Dumpable(1)], NOTHING, EFFECTIVE)),
        ("ptraceofnotdumpable", of(&[TRACER], &[ORDINARY], ALL, DUMPABLE)),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();

pub(super) const CASES: &[Case] = &[Case {
    name: "capabilities",
    title: "All capabilities that are permitted to the target must be permitted to the asker, or for files in procfs be in effect; CAP_SYS_PTRACE in effect is enough for any target.",
    clauses: &[
        ATTACH,
        SEIZE,
        VM,
        GETFD,
        MEM,
        EXE,
        ROBUST,
        SUPERSET,
        CHOICE,
        OVERRIDE,
        BLIND,
        EFFECTIVE,
        INSTEAD,
        DUMPABLE,
        LACKING,
        VM_OF_ALL,
        ROBUST_OF_ALL,
        END,
    ],
    needs: &[Need::Root],
    axes: &[ONE_START, axis::<Of>(WORDS)],
    scenario: |t| pair::scenario_under::<Of>(t, &[LACKING, VM_OF_ALL, ROBUST_OF_ALL]),
    ..pair::case::<Of>()
}];
