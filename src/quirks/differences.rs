//! Differences between targets, as they were measured: between kernels, architectures and platforms.

use std::collections::BTreeMap;

use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use crate::evidence::history::{Answer, Look, Series, Shift, answers};
use crate::report::Report;
use crate::select::behaviour;

/// Shifts of several behaviours that are one and the same: between the same kernels, of the same look.
#[derive(Debug)]
pub struct Group<'a> {
    /// The first of them; it speaks for all.
    pub shift: Shift<'a>,
    /// Every behaviour that shows it.
    pub behaviours: Vec<&'a str>,
}

/// Groups shifts that differ in nothing but their behaviour.
pub fn grouped<'a>(shifts: &[Shift<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let sides = |shift: &Shift<'a>| {
        let (_, what, _) = shift.look;
        (what, shift.old.0, shift.new.0, shift.old.1.label(), shift.new.1.label())
    };
    for shift in shifts {
        match groups.iter_mut().find(|group| sides(&group.shift) == sides(shift)) {
            Some(group) if group.behaviours.contains(&shift.behaviour) => {}
            Some(group) => group.behaviours.push(shift.behaviour),
            None => groups.push(Group { shift: shift.clone(), behaviours: vec![shift.behaviour] }),
        }
    }
    groups
}

/// What two architectures answer differently to the same look, on the newest kernel that both ran.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Divide<'a> {
    /// What was looked at.
    pub what: &'a str,
    /// The answers, in the order of the two series.
    pub answers: [Answer<'a>; 2],
}

/// Every divide, with the behaviours that show it.
pub fn divides<'a>(one: &Series<'a>, other: &Series<'a>) -> BTreeMap<Divide<'a>, Vec<&'a str>> {
    let mut divides: BTreeMap<Divide<'a>, Vec<&'a str>> = BTreeMap::new();
    for (ours, theirs) in pairs(one, other) {
        let behaviour = behaviour(&ours.name);
        for divide in differing(ours, theirs) {
            let behaviours = divides.entry(divide).or_default();
            if !behaviours.contains(&behaviour) {
                behaviours.push(behaviour);
            }
        }
    }
    divides
}

/// Records of the same case on the newest kernels of both, where both looked at the kernel.
fn pairs<'a>(one: &Series<'a>, other: &Series<'a>) -> impl Iterator<Item = (&'a CaseRecord, &'a CaseRecord)> {
    let theirs: BTreeMap<_, _> = other.newest().map(|record| (&*record.name, record)).collect();
    one.newest().filter_map(move |ours| Some((ours, *theirs.get(&*ours.name)?)))
}

fn differing<'a>(ours: &'a CaseRecord, theirs: &'a CaseRecord) -> Vec<Divide<'a>> {
    let (ours, theirs) = (answers(ours), answers(theirs));
    let looks = ours.keys().chain(theirs.keys().filter(|look| !ours.contains_key(*look)));
    let divide = |look: &Look<'a>| Divide {
        what: look.1,
        answers: [ours.get(look).copied(), theirs.get(look).copied()],
    };
    looks.map(divide).filter(|divide| divide.answers[0] != divide.answers[1]).collect()
}

/// The first check of a case that a platform fails.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failing<'a> {
    /// The clause that says what is right.
    pub clause: &'a str,
    /// What was looked at.
    pub what: &'a str,
    /// What is right.
    pub expected: &'a str,
    /// What was answered.
    pub observed: &'a str,
}

/// For each first failing check of a report the cases that fail with it.
pub fn failing(report: &Report) -> BTreeMap<Failing<'_>, Vec<&str>> {
    let mut failing: BTreeMap<Failing<'_>, Vec<&str>> = BTreeMap::new();
    for record in report.cases.iter().filter(|record| record.verdict == Verdict::Deviates) {
        if let Some(check) = record.observations.iter().find(|seen| seen.holds == Some(false)) {
            let first = Failing {
                clause: check.clause.as_deref().unwrap_or_default(),
                what: &check.what,
                expected: check.expected.as_deref().unwrap_or_default(),
                observed: &check.observed,
            };
            failing.entry(first).or_default().push(&record.name);
        }
    }
    failing
}
