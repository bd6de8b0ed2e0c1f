//! The comparison of two reports: what is worse, what is different, what is better, what cannot be told.

use std::collections::BTreeMap;
use std::sync::Arc;

use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::Serialize;

use super::looks::{self, Look};
use super::range::Range;
use crate::exit::Status;
use crate::report::{Report, Suite};
use crate::target::Target;

/// Two reports, case by case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Who answered before.
    pub old: Side,
    /// Who answers now.
    pub new: Side,
    /// What a reader must know before the differences mean anything.
    pub notes: Vec<String>,
    /// What differs, the worst first, then in the suite's order; variants that changed alike are one entry.
    pub entries: Vec<Entry>,
    /// Cases of which only one report, or none, has a judgement.
    pub coverage: Vec<Coverage>,
    /// How many cases were judged by both and answered the same, by verdict.
    pub unchanged: BTreeMap<Verdict, usize>,
}

/// One of the two reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Who answered.
    pub target: Target,
    /// Who asked.
    pub suite: Suite,
    /// Whether every planned case was run to its end.
    pub complete: bool,
}

/// How a case differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was as expected and deviates, or a check that held fails in a case that deviates.
    Regression,
    /// It was judged and is broken, or was not run although it was planned.
    Unjudged,
    /// It answers differently, and nothing says that this is worse or better.
    Finding,
    /// It deviated and is as expected, or a check that failed holds and nothing else is worse.
    Improvement,
}

/// What was recorded of a case on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The verdict; nothing where the report has no record.
    pub verdict: Option<Verdict>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// One behaviour that differs, with the variants that differ alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// How.
    pub kind: Kind,
    /// `family::behaviour`.
    pub behaviour: String,
    /// The last parts of the names.
    pub variants: Vec<String>,
    /// What was recorded before.
    pub old: Judged,
    /// What is recorded now.
    pub new: Judged,
    /// The looks that differ, and those that fail now.
    pub looks: Vec<Look>,
    /// Between which kernels it changed, as far as others ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// Cases that could not be compared, all for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// What became of them.
    pub what: Change,
    /// Why, in the words of the report that did not judge them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Their full names.
    pub cases: Vec<String>,
}

/// What became of cases that could not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the new report has them, and they deviate.
    NewAndDeviating,
    /// Only the new report has them.
    New,
    /// Only the old report has them, and the new one is complete without.
    Gone,
    /// They ran and are skipped.
    Skipped,
    /// They were skipped and ran.
    NoLongerSkipped,
    /// They were broken and ran.
    NoLongerBroken,
    /// Neither report judges them.
    NeverJudged,
}

/// Compares an older report with a newer one.
pub fn compare(old: &Report, new: &Report) -> Comparison {
    let before: BTreeMap<_, _> = old.cases.iter().map(|record| (&*record.name, record)).collect();
    let now: BTreeMap<_, _> = new.cases.iter().map(|record| (&*record.name, record)).collect();
    let mut found = Comparison {
        old: Side::of(old),
        new: Side::of(new),
        notes: super::notes::of(old, new),
        entries: Vec::new(),
        coverage: Vec::new(),
        unchanged: BTreeMap::new(),
    };
    for record in &new.cases {
        found.take(&record.name, before.get(&*record.name).copied(), Some(record));
    }
    for record in old.cases.iter().filter(|record| !now.contains_key(&*record.name)) {
        found.take(&record.name, Some(record), None);
    }
    found.entries.sort_by_key(|entry| entry.kind);
    found.coverage.sort_by_key(|coverage| coverage.what);
    found
}

fn is_judged(record: Option<&CaseRecord>) -> bool {
    record.is_some_and(|record| !matches!(record.verdict, Verdict::Skipped | Verdict::Broken))
}

impl Comparison {
    /// Files one case where it belongs.
    fn take(&mut self, name: &str, old: Option<&CaseRecord>, new: Option<&CaseRecord>) {
        let was = old.map(|record| record.verdict);
        match (old, new) {
            (Some(before), Some(now)) if is_judged(old) && is_judged(new) => self.both(before, now),
            (Some(_), None) if is_judged(old) && !self.new.complete => self.unjudged(name, old, new),
            (_, Some(now)) if now.verdict == Verdict::Broken && was != Some(Verdict::Broken) => {
                self.unjudged(name, old, new);
            }
            (Some(_), Some(now)) if now.verdict == Verdict::Deviates => {
                self.add(Entry::of(Kind::Finding, name, old, new, failing(now)));
            }
            _ => self.cover(name, old, new),
        }
    }

    fn both(&mut self, old: &CaseRecord, new: &CaseRecord) {
        let looks = looks::all(old, new);
        if old.verdict == new.verdict && !looks.iter().any(Look::differs) {
            *self.unchanged.entry(new.verdict).or_default() += 1;
            return;
        }
        let kind = match kind(old.verdict, new.verdict, &looks) {
            // What differs between architectures is a difference, not a change for the worse or better.
            Kind::Regression | Kind::Improvement if self.across_architectures() => Kind::Finding,
            kind => kind,
        };
        let told = |look: &Look| look.differs() || (kind == Kind::Regression && look.fails());
        let looks = looks.into_iter().filter(told).collect();
        self.add(Entry::of(kind, &new.name, Some(old), Some(new), looks));
    }

    fn unjudged(&mut self, name: &str, old: Option<&CaseRecord>, new: Option<&CaseRecord>) {
        self.add(Entry::of(Kind::Unjudged, name, old, new, Vec::new()));
    }

    /// Takes in an entry, or its variant if the same is known of another.
    pub fn add(&mut self, entry: Entry) {
        let same =
            |known: &&mut Entry| Entry { variants: entry.variants.clone(), ..(*known).clone() } == entry;
        match self.entries.iter_mut().rev().find(same) {
            Some(known) => known.variants.extend(entry.variants),
            None => self.entries.push(entry),
        }
    }

    fn cover(&mut self, name: &str, old: Option<&CaseRecord>, new: Option<&CaseRecord>) {
        let (what, reason) = change(old, new);
        match self.coverage.iter_mut().find(|known| (known.what, &*known.reason) == (what, reason)) {
            Some(known) => known.cases.push(name.to_owned()),
            None => {
                self.coverage.push(Coverage {
                    what,
                    reason: reason.to_owned(),
                    cases: vec![name.to_owned()],
                });
            }
        }
    }

    /// Whether the two kernels are of different architectures.
    pub fn across_architectures(&self) -> bool {
        self.old.target.arch != self.new.target.arch
    }

    /// The entries of this kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    /// Whether any case was judged by both.
    pub fn has_common_ground(&self) -> bool {
        !self.unchanged.is_empty() || self.differs()
    }

    /// Whether any case that both judged answers differently, for the worse or not.
    pub fn differs(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind != Kind::Unjudged)
    }

    /// What it means to a script: a regression before all, then what could not be judged.
    pub fn status(&self) -> Status {
        if self.of(Kind::Regression).next().is_some() {
            Status::Deviation
        } else if self.of(Kind::Unjudged).next().is_some() {
            Status::OwnFailure
        } else if !self.has_common_ground() {
            Status::NothingRan
        } else {
            Status::AsExpected
        }
    }
}

/// How a case differs that both reports judge.
fn kind(old: Verdict, new: Verdict, looks: &[Look]) -> Kind {
    let worse = looks.iter().any(Look::worsened);
    match (old == Verdict::Deviates, new == Verdict::Deviates) {
        (false, true) => Kind::Regression,
        (true, true) if worse => Kind::Regression,
        (true, false) => Kind::Improvement,
        (true, true) if looks.iter().any(Look::improved) => Kind::Improvement,
        _ => Kind::Finding,
    }
}

/// What became of a case that only one report judges, and why.
fn change<'a>(old: Option<&'a CaseRecord>, new: Option<&'a CaseRecord>) -> (Change, &'a str) {
    let (before, now) = (is_judged(old), is_judged(new));
    match (old, new) {
        (None, Some(record)) if record.verdict == Verdict::Deviates => (Change::NewAndDeviating, ""),
        (None, Some(record)) => (Change::New, &record.reason),
        (Some(_), None) => (Change::Gone, ""),
        (Some(_), Some(record)) if before => (Change::Skipped, &record.reason),
        (Some(record), Some(_)) if now && record.verdict == Verdict::Skipped => {
            (Change::NoLongerSkipped, &record.reason)
        }
        (Some(record), Some(_)) if now => (Change::NoLongerBroken, &record.reason),
        (_, Some(record)) => (Change::NeverJudged, &record.reason),
        (None, None) => (Change::NeverJudged, ""),
    }
}

/// The failing checks of a case that was not judged before.
fn failing(new: &CaseRecord) -> Vec<Look> {
    let nothing = CaseRecord { observations: Arc::default(), ..new.clone() };
    looks::all(&nothing, new).into_iter().filter(Look::fails).collect()
}

impl Side {
    fn of(report: &Report) -> Side {
        let Report { target, suite, complete, .. } = report.clone();
        Side { target, suite, complete }
    }
}

impl Judged {
    fn of(record: Option<&CaseRecord>) -> Judged {
        let reason = record.map(|record| record.reason.clone()).unwrap_or_default();
        Judged { verdict: record.map(|record| record.verdict), reason }
    }
}

impl Entry {
    fn of(
        kind: Kind,
        name: &str,
        old: Option<&CaseRecord>,
        new: Option<&CaseRecord>,
        looks: Vec<Look>,
    ) -> Entry {
        let (behaviour, variant) = name.rsplit_once("::").unwrap_or(("", name));
        Entry {
            kind,
            behaviour: behaviour.to_owned(),
            variants: vec![variant.to_owned()],
            old: Judged::of(old),
            new: Judged::of(new),
            looks,
            range: None,
        }
    }

    /// The full name of one of its cases.
    pub fn case(&self, variant: &str) -> String {
        if self.behaviour.is_empty() { variant.to_owned() } else { format!("{}::{variant}", self.behaviour) }
    }
}
