//! Peers: what other ptrace suites check, and which cases here check the same.
//!
//! The data is in `peers/*.toml`; the build checks it and makes the tables.

use ptrace_conformance_harness::case::Arch;

/// A behaviour that another suite checks, or that a tool relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Stable identifier, its area first; after `o.` for those of the second reading.
    pub id: &'static str,
    /// The behaviour, in our own words.
    pub behaviour: &'static str,
    /// Who checks it, `suite:test` or the suite alone; empty if nobody does.
    pub peers: &'static [&'static str],
    /// Where there is such a behaviour.
    pub arches: &'static [Arch],
    /// The behaviours that check it here, `family::behaviour`; empty if it is not checked, or not all of it.
    pub cases: &'static [&'static str],
    /// Why no case here can check it; none where one does or could.
    pub untestable: Option<&'static str>,
    /// The id under which the same behaviour stands, with the cases that check it.
    pub duplicate_of: Option<&'static str>,
}

impl Peer {
    /// The suites that have a test of it, and not only know of it.
    pub fn suites(&self) -> impl Iterator<Item = &'static Suite> {
        self.peers.iter().filter_map(|peer| suite(peer)).filter(|suite| suite.tests)
    }
}

/// A suite, or a tool that knows a behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite {
    /// How [`Peer::peers`] name it.
    pub code: &'static str,
    /// Its name and where its tests are.
    pub name: &'static str,
    /// Whether it checks behaviours; sources and tools only tell of them.
    pub tests: bool,
}

/// Behaviours of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// What its ids begin with.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// Its behaviours.
    pub peers: &'static [Peer],
}

include!(concat!(env!("OUT_DIR"), "/peers.rs"));

/// Every area, by name.
pub fn areas() -> &'static [Area] {
    AREAS
}

/// Every behaviour, area by area.
pub fn all() -> impl Iterator<Item = &'static Peer> {
    AREAS.iter().flat_map(|area| area.peers)
}

/// Every suite, by code.
pub fn suites() -> &'static [Suite] {
    SUITES
}

/// The suite of a peer, `suite:test` or the suite alone.
pub fn suite(peer: &str) -> Option<&'static Suite> {
    let code = peer.split(':').next()?;
    SUITES.iter().find(|suite| suite.code == code)
}
