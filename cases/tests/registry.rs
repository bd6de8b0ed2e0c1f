//! Rules that every case and clause keeps.

use ptrace_conformance_cases::{FAMILIES, changes, clauses, notes};
use ptrace_conformance_harness::case::{Arch, Case, all_variants};
use ptrace_conformance_harness::kernel::Kernel;
use ptrace_conformance_harness::record::Verdict;
use ptrace_conformance_harness::run::{be_plain, end_strays, run_case};
use std::collections::{BTreeSet, HashSet};

/// Every case with its family's name before its own.
fn cases() -> Vec<(String, &'static Case)> {
    let of = |family: &'static ptrace_conformance_harness::case::Family| {
        family.cases().map(move |case| (format!("{}::{}", family.name, case.name), case))
    };
    FAMILIES.iter().flat_map(of).collect()
}

fn check(rule: &str, breaks: impl Fn(&str, &'static Case) -> bool) {
    let breaking: Vec<_> =
        cases().into_iter().filter(|(name, case)| breaks(name, case)).map(|(n, _)| n).collect();
    assert!(breaking.is_empty(), "{rule}: {breaking:#?}");
}

#[test]
fn names_are_plain_and_unique() {
    let mut known = HashSet::new();
    for (name, _) in all_variants(FAMILIES) {
        let parts: Vec<_> = name.split("::").collect();
        let plain = |part: &&str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        assert!(parts.len() == 3 && parts.iter().all(plain), "{name} is not family::behaviour::variant");
        assert!(known.insert(name.clone()), "{name} occurs twice");
    }
}

#[test]
fn there_are_as_many_cases_as_promised() {
    assert!(all_variants(FAMILIES).len() >= 120);
}

#[test]
fn titles_are_sentences() {
    check("a title is a sentence", |_, case| case.title.len() < 20 || !case.title.ends_with('.'));
}

#[test]
fn every_case_cites_known_clauses() {
    check("at least one clause", |_, case| case.clauses.is_empty());
    check("every clause is in the register", |_, case| {
        case.clauses.iter().any(|id| clauses::find(id).is_none())
    });
}

/// A clause that is hard to test may be cited all the same: a case has found a way.
#[test]
fn cited_clauses_are_of_an_architecture_of_the_case() {
    check("a clause and its case share an architecture", |_, case| {
        let cited = case.clauses.iter().filter_map(|id| clauses::find(id));
        cited.into_iter().any(|clause| !clause.arches.iter().any(|arch| case.arches.contains(arch)))
    });
}

/// Whether a clause can be checked on this architecture.
fn concerns_here(id: &str) -> bool {
    clauses::find(id).is_some_and(|clause| clause.arches.contains(&Arch::HERE))
}

#[test]
fn a_case_for_one_architecture_says_why() {
    check("`only` says why an architecture is missing", |_, case| {
        (case.arches.len() == Arch::ALL.len()) != case.only.is_empty()
    });
}

#[test]
fn quirks_say_why_and_where_from() {
    check("a quirk has check, answer, architectures, reason, source, end and advice", |_, case| {
        case.quirks.iter().any(|quirk| {
            let texts = [quirk.what, quirk.observed, quirk.reason, quirk.source, quirk.ends, quirk.advice];
            texts.iter().any(|text| text.is_empty()) || quirk.arches.is_empty()
        })
    });
}

#[test]
fn every_kernel_change_is_complete_and_shown_by_a_case() {
    let shown: HashSet<_> =
        cases().iter().flat_map(|(_, case)| case.changes).map(|change| change.id).collect();
    let mut known = HashSet::new();
    for change in changes::ALL {
        let texts = [change.title, change.before, change.after, change.source, change.advice];
        assert!(texts.iter().all(|text| !text.is_empty()) && !change.arches.is_empty(), "{change:?}");
        assert!(known.insert(change.id), "{} occurs twice", change.id);
        assert!(shown.contains(change.id), "no case shows {}", change.id);
    }
    let strange: Vec<_> = shown.difference(&known).collect();
    assert!(strange.is_empty(), "not in the register of changes: {strange:?}");
}

#[test]
fn notes_name_behaviours_that_there_are() {
    let known: HashSet<_> = cases().into_iter().map(|(name, _)| name).collect();
    for note in notes::NOTES {
        let texts = [note.title, note.documented, note.happens, note.advice];
        assert!(texts.iter().all(|text| text.len() > 20), "{note:?}");
        assert!(!note.title.ends_with('.') && !note.cases.is_empty(), "{note:?}");
        for case in note.cases {
            assert!(known.contains(*case), "{}: there is no {case}", note.title);
        }
    }
    assert!(notes::NOTES[0].cases.contains(&"event_stops::clone_event_is_inside_the_call"), "it comes first");
}

/// What a case declares, at least one of its variants checks; else `list` would promise too much.
#[test]
fn every_declared_clause_is_checked_by_some_variant() {
    be_plain();
    let mut unchecked = BTreeSet::new();
    for (name, case) in cases() {
        let records: Vec<_> =
            case.variants().map(|variant| run_case(&name, variant, Kernel::default())).collect();
        if records.iter().any(|record| matches!(record.verdict, Verdict::Skipped | Verdict::Broken)) {
            continue;
        }
        let seen: HashSet<_> = records
            .iter()
            .flat_map(|record| &*record.observations)
            .filter_map(|seen| seen.clause.clone())
            .collect();
        unchecked.extend(
            case.clauses
                .iter()
                .filter(|id| !seen.contains(**id) && concerns_here(id))
                .map(|id| format!("{name} never checks {id}")),
        );
    }
    eprintln!("ended {} tasks that cases have left", end_strays());
    assert!(unchecked.is_empty(), "{unchecked:#?}");
}
