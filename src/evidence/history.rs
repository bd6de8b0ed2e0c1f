//! The history of answers: what each look at a kernel showed from the oldest kernel that ran to the newest.
//!
//! Nothing is said of kernels that did not run. A change lies between two of them, and stays there until one
//! from in between has run, too.

use std::collections::{BTreeMap, BTreeSet};

use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use crate::report::Report;
use crate::target::Target;

/// Reports of one architecture on one kind of machine, the oldest kernel first.
#[derive(Debug)]
pub struct Series<'a> {
    /// The architecture.
    pub arch: &'a str,
    reports: Vec<&'a Report>,
    cases: Vec<BTreeMap<&'a str, &'a CaseRecord>>,
}

/// One look in a scenario: whose answer, to what, and the how manieth to the same question.
pub type Look<'a> = (&'a str, &'a str, usize);

/// What a look showed; nothing where the scenario did not come to it.
pub type Answer<'a> = Option<&'a str>;

/// A look that shows something else from some kernel on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift<'a> {
    /// The architecture.
    pub arch: &'a str,
    /// `family::behaviour`.
    pub behaviour: &'a str,
    /// The variants that shift alike.
    pub variants: Vec<&'a str>,
    /// Where it was looked.
    pub look: Look<'a>,
    /// What older kernels answered, and the last of them that ran.
    pub old: (Answer<'a>, &'a Target),
    /// What newer kernels answer, and the first of them that ran.
    pub new: (Answer<'a>, &'a Target),
}

/// The kernels of Linux that ran in virtual machines with the best processor model, by architecture.
///
/// Other platforms and lesser models show what the machine does, not what the version does.
pub fn of(reports: &[Report]) -> Vec<Series<'_>> {
    let mut series: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    for report in reports.iter().filter(|report| is_comparable(&report.target)) {
        series.entry(&report.target.arch).or_default().push(report);
    }
    // x86_64 first, as everywhere.
    series.into_iter().rev().map(|(arch, reports)| Series::new(arch, reports)).collect()
}

/// Whether a target stands in a series.
pub fn is_comparable(target: &Target) -> bool {
    let best = target.model.as_deref().is_none_or(|model| model.starts_with("max"));
    target.platform == "qemu" && best
}

impl<'a> Series<'a> {
    fn new(arch: &'a str, mut reports: Vec<&'a Report>) -> Series<'a> {
        reports.sort_by_key(|report| report.target.version());
        let by_name =
            |report: &&'a Report| report.cases.iter().map(|record| (&*record.name, record)).collect();
        Series { arch, cases: reports.iter().map(by_name).collect(), reports }
    }

    /// The targets, the oldest kernel first.
    pub fn targets(&self) -> impl Iterator<Item = &'a Target> {
        self.reports.iter().map(|report| &report.target)
    }

    /// The reports, the oldest kernel first.
    pub fn reports(&self) -> &[&'a Report] {
        &self.reports
    }

    /// Every record of every report.
    pub fn all_records(&self) -> impl Iterator<Item = &'a CaseRecord> {
        self.reports.iter().flat_map(|report| &report.cases)
    }

    /// What each target recorded of a case; nothing where it has none.
    pub fn records(&self, case: &str) -> impl Iterator<Item = (&'a Target, Option<&'a CaseRecord>)> {
        self.targets().zip(self.cases.iter().map(move |cases| cases.get(case).copied()))
    }

    /// The records of the newest kernel in which it was looked at.
    pub fn newest(&self) -> impl Iterator<Item = &'a CaseRecord> {
        let newest = self.reports.last().into_iter().flat_map(|report| &report.cases);
        newest.filter(|record| judged(Some(record)).is_some())
    }

    /// Every shift, case by case in the order of the newest report; variants that shift alike in one.
    pub fn shifts(&self) -> Vec<Shift<'a>> {
        let mut shifts: Vec<Shift<'a>> = Vec::new();
        let newest = self.reports.last().into_iter().flat_map(|report| &report.cases);
        for shift in newest.flat_map(|record| self.shifts_of(&record.name)) {
            let alike = |known: &&mut Shift<'a>| {
                Shift { variants: shift.variants.clone(), ..(*known).clone() } == shift
            };
            match shifts.iter_mut().rev().take_while(|known| known.behaviour == shift.behaviour).find(alike) {
                Some(known) => known.variants.extend(shift.variants),
                None => shifts.push(shift),
            }
        }
        shifts
    }

    /// The shifts of one case.
    pub fn shifts_of(&self, case: &'a str) -> Vec<Shift<'a>> {
        let (behaviour, variant) = case.rsplit_once("::").unwrap_or(("", case));
        let ran: Vec<_> = self
            .records(case)
            .filter_map(|(target, record)| Some((target, answers(judged(record)?))))
            .collect();
        let mut shifts = Vec::new();
        for pair in ran.windows(2) {
            let [(last, old), (first, new)] = pair else { continue };
            let looks: BTreeSet<_> = old.keys().chain(new.keys()).collect();
            for look in looks.into_iter().filter(|look| old.get(*look) != new.get(*look)) {
                shifts.push(Shift {
                    arch: self.arch,
                    behaviour,
                    variants: vec![variant],
                    look: *look,
                    old: (old.get(look).copied(), last),
                    new: (new.get(look).copied(), first),
                });
            }
        }
        shifts
    }
}

/// A record in which the kernel was looked at.
fn judged(record: Option<&CaseRecord>) -> Option<&CaseRecord> {
    record.filter(|record| !matches!(record.verdict, Verdict::Skipped | Verdict::Broken))
}

/// What each look of a record showed.
pub fn answers(record: &CaseRecord) -> BTreeMap<Look<'_>, &str> {
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut answers = BTreeMap::new();
    for seen in &*record.observations {
        let nth = times.entry((&seen.task, &seen.what)).or_default();
        answers.insert((&*seen.task, &*seen.what, *nth), &*seen.observed);
        *nth += 1;
    }
    answers
}
