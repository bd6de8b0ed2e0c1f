//! What other suites test: each behaviour once, with everybody who tests it.

use std::collections::BTreeSet;

use ptrace_conformance_cases::peers::{self, Area, Peer, Suite};

/// A behaviour with the peers of all that say the same.
pub struct Behaviour<'a> {
    pub peer: &'a Peer,
    pub area: &'a str,
    /// Who tests it or knows of it, `suite:test` or the suite alone.
    pub tests: BTreeSet<&'a str>,
}

impl Behaviour<'_> {
    /// Whether this suite tests it, or knows of it.
    pub fn is_tested_by(&self, suite: &Suite) -> bool {
        self.tests.iter().any(|test| peers::suite(test).is_some_and(|of| of.code == suite.code))
    }

    /// Whether some suite tests it: sources and tools only know of it.
    pub fn is_tested(&self) -> bool {
        self.tests.iter().any(|test| peers::suite(test).is_some_and(|suite| suite.tests))
    }

    /// Whether a case here could check it.
    pub fn is_testable(&self) -> bool {
        self.peer.untestable.is_none()
    }

    /// Whether cases here check all of it.
    pub fn is_covered(&self) -> bool {
        !self.peer.cases.is_empty()
    }
}

/// Every behaviour once, area by area.
pub fn behaviours(areas: &[Area]) -> Vec<Behaviour<'_>> {
    let all = || areas.iter().flat_map(|area| area.peers.iter().map(move |peer| (area, peer)));
    let originals = all().filter(|(_, peer)| peer.duplicate_of.is_none());
    originals
        .map(|(area, peer)| {
            let same = all().map(|(_, other)| other).filter(|other| other.duplicate_of == Some(peer.id));
            let tests = peer.peers.iter().chain(same.flat_map(|other| other.peers)).copied().collect();
            Behaviour { peer, area: area.name, tests }
        })
        .collect()
}

/// A register for tests.
#[cfg(test)]
pub mod sample {
    use ptrace_conformance_harness::case::Arch;

    use super::*;

    const PEER: Peer = Peer {
        id: "A-1",
        behaviour: "A stop is a stop.",
        peers: &["gvisor:Stop"],
        arches: Arch::ALL,
        cases: &["family::case"],
        untestable: None,
        duplicate_of: None,
    };

    pub static AREAS: &[Area] = &[Area {
        name: "A",
        title: "Stops",
        peers: &[
            PEER,
            Peer { id: "A-2", behaviour: "So is a|b.", peers: &["redhat:x"], cases: &[], ..PEER },
            Peer { id: "A-3", peers: &[], cases: &[], untestable: Some("It is over."), ..PEER },
            Peer { id: "o.A-1", peers: &["redhat:y"], cases: &[], duplicate_of: Some("A-1"), ..PEER },
        ],
    }];

    pub fn suites() -> Vec<Suite> {
        ["gvisor", "redhat"].iter().filter_map(|code| peers::suite(code)).copied().collect()
    }
}
