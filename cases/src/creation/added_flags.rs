//! Flags that the tracer adds at the enter-stop: they count as if the program had given them.

use super::way::{CALLERS, Caller, EITHER};
use crate::event_stops::asked_for::{reaps, says_so, traced_silently, untraced};
use crate::event_stops::axes::EVENTS;
use crate::event_stops::tasks::{END, to_call};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The flags that are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    Untraced,
    Ptrace,
    Both,
}

impl Axis for Added {
    const VALUES: &'static [(&'static str, Self)] =
        &[("untraced", Added::Untraced), ("ptrace", Added::Ptrace), ("both", Added::Both)];
}

impl Added {
    const fn flags(self) -> u64 {
        let flags = match self {
            Added::Untraced => libc::CLONE_UNTRACED,
            Added::Ptrace => libc::CLONE_PTRACE,
            Added::Both => libc::CLONE_UNTRACED | libc::CLONE_PTRACE,
        };
        flags as u64
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "flags_added_at_the_enter_stop",
    title: "CLONE_UNTRACED and CLONE_PTRACE written by the tracer at the enter-stop decide about event and tracing like the program's own.",
    clauses: &[
        "sysstop.entry",
        "sysstop.exit-after-entry",
        END,
        "clone.untraced",
        "clone.clone-ptrace",
        "clone.untraced-vs-ptrace",
    ],
    axes: &[EITHER, CALLERS, axis::<Added>(&["untraced", "ptrace", "both"])],
    options: EVENTS,
    program: |p| {
        let caller: Caller = p.pick();
        reaps(p, |p| {
            caller.make(p, 0, Signal::CHLD, says_so);
        });
    },
    scenario: |t| {
        let (caller, added): (Caller, Added) = (t.pick()?, t.pick()?);
        let t = to_call(t)?;
        add(&t, caller, added.flags())?;
        match added {
            Added::Untraced => untraced(t, "clone.untraced", false),
            Added::Ptrace => {
                t.change_options(options::TRACESYSGOOD)?;
                traced_silently(t, "clone.clone-ptrace")
            }
            Added::Both => traced_silently(t, "clone.untraced-vs-ptrace"),
        }
    },
    ..Case::NEW
}];

/// Sets the flags: in clone's first argument, or in the structure that clone3's points to.
fn add(t: &Stopped, caller: Caller, flags: u64) -> Flow {
    let first = t.registers()?.arg(0);
    match caller {
        Caller::Clone => t.set_register(arch::ARGS[0], first | flags),
        Caller::Clone3 => {
            let given = t.memory(first, 1)?[0];
            t.set_memory(first, &[given | flags])
        }
    }
}
