//! Rules that the register of other suites' behaviours keeps.

use ptrace_conformance_cases::{FAMILIES, peers};
use std::collections::{HashMap, HashSet};

#[test]
fn every_behaviour_is_complete_and_unique() {
    let mut known = HashSet::new();
    for peer in peers::all() {
        assert!(known.insert(peer.id), "{} occurs twice", peer.id);
        let sentence = peer.behaviour.len() > 20 && peer.behaviour.ends_with('.');
        assert!(sentence && !peer.arches.is_empty(), "{peer:?}");
        assert!(peer.peers.iter().all(|name| peers::suite(name).is_some()), "{peer:?}");
    }
}

#[test]
fn every_area_has_behaviours() {
    assert!(peers::areas().len() >= 19);
    for area in peers::areas() {
        assert!(!area.title.is_empty() && !area.peers.is_empty(), "{}", area.name);
    }
}

#[test]
fn every_suite_is_named_by_a_behaviour() {
    let named: HashSet<_> =
        peers::all().flat_map(|peer| peer.peers).filter_map(|name| peers::suite(name)).collect();
    for suite in peers::suites() {
        assert!(named.contains(suite), "{} is of no use", suite.code);
    }
}

#[test]
fn cases_exist_on_an_architecture_of_the_behaviour() {
    let of = |family: &'static ptrace_conformance_harness::case::Family| {
        family.cases().map(move |case| (format!("{}::{}", family.name, case.name), case.arches))
    };
    let known: HashMap<_, _> = FAMILIES.iter().flat_map(of).collect();
    let mut wrong = Vec::new();
    for peer in peers::all() {
        for name in peer.cases {
            match known.get(*name) {
                None => wrong.push(format!("{}: there is no {name}", peer.id)),
                Some(arches) if !arches.iter().any(|arch| peer.arches.contains(arch)) => {
                    wrong.push(format!("{}: {name} is for another architecture", peer.id));
                }
                Some(_) => {}
            }
        }
        // Where a behaviour has cases, some of them are for each of its architectures.
        let covers =
            |arch| peer.cases.iter().any(|name| known.get(*name).is_some_and(|of| of.contains(&arch)));
        let uncovered: Vec<_> = peer.arches.iter().filter(|arch| !covers(**arch)).collect();
        if !peer.cases.is_empty() && !uncovered.is_empty() {
            wrong.push(format!("{}: no case for {uncovered:?}", peer.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn duplicates_have_an_original() {
    let originals: HashSet<_> =
        peers::all().filter(|peer| peer.duplicate_of.is_none()).map(|peer| peer.id).collect();
    for peer in peers::all() {
        assert!(peer.duplicate_of.is_none_or(|id| originals.contains(id)), "{peer:?}");
    }
}
