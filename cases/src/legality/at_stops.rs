//! Requests at each kind of ptrace-stop that leave the tracee there.

use super::NEW_REQUESTS;
use super::ask::{Asked, LENGTH, UNCHANGED};
use super::state::State;
use super::way::{self, GROUP, STOPS};
use crate::event_stops::tasks::{END, EVENT, TRACED};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Dimension, Start, axis};
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The stops that every tracee can come to.
pub(super) const STOPPED: Dimension = axis::<State>(&[
    "enter",
    "exit",
    "signal",
    "group",
    "fork",
    "vfork",
    "vforkdone",
    "clone",
    "exec",
    "seccomp",
    "ending",
    "killed",
]);
/// The one that only a seized tracee comes to.
pub(super) const INTERRUPTED: Dimension = axis::<State>(&["interrupted"]);
/// How a tracee that `PTRACE_INTERRUPT` is allowed for came under trace.
pub(super) const SEIZED: Dimension = axis::<Start>(&["seize"]);

const CASE: Case = Case {
    name: "at_a_stop",
    title: "At each kind of ptrace-stop every request has its answer or its errno, and none that is refused or only looks changes anything.",
    clauses: &[
        LENGTH,
        UNCHANGED,
        END,
        EVENT,
        TRACED,
        GROUP,
        STOPS,
        "sysstop.entry",
        "sysstop.exit-after-entry",
        "state.ready-for-commands",
        "err.eio-bad-op",
        "err.eperm-already-traced",
        "err.refused-in-this-stop",
        "group.getsiginfo-einval",
        "interrupt.seize-only",
        "kdoc.get-filter-nonfilter-mode",
        "kdoc.listen-needs-event-stop",
        "kdoc.setsiginfo-group-stop",
        "listen.seize-only",
        "mte.eio",
        "sysinfo.none-elsewhere",
        "tls.get",
        "tls.set",
        "uapi.metadata.enoent",
        "x86.arch-prctl",
        "x86.getfpxregs-64bit",
        "x86.oldsetoptions",
    ],
    changes: NEW_REQUESTS,
    axes: &[ANY_START, STOPPED],
    arches: Arch::ALL,
    program: way::program,
    scenario,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "at_an_interrupted_stop",
        title: "The same holds at the stop that PTRACE_INTERRUPT makes, which only a seized tracee can come to.",
        clauses: &[
            LENGTH,
            UNCHANGED,
            END,
            EVENT,
            "state.ready-for-commands",
            "err.eio-bad-op",
            "err.eperm-already-traced",
            "err.refused-in-this-stop",
            "kdoc.get-filter-nonfilter-mode",
            "kdoc.interrupt-at-least-one-trap",
            "mte.eio",
            "sysinfo.none-elsewhere",
            "tls.get",
            "tls.set",
            "uapi.metadata.enoent",
            "x86.arch-prctl",
            "x86.getfpxregs-64bit",
            "x86.oldsetoptions",
        ],
        axes: &[SEIZED, INTERRUPTED],
        ..CASE
    },
];

fn scenario(t: Stopped) -> Flow {
    let state: State = t.pick()?;
    let t = way::to_stop(t, state)?;
    Asked::of(&t, state).all_quiet_at_a_stop();
    t.check(UNCHANGED, "report after all requests", Ok(None), t.poll_id(t.pid as u64));
    way::ordinary_end(t, state)
}
