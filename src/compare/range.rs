//! Ranges: between which of the kernels that ran an answer changed. Nothing is said of kernels that did not run.

use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::Serialize;

use super::comparison::{Comparison, Entry, Kind};
use super::looks;
use crate::evidence::history;
use crate::report::Report;
use crate::target::Target;

/// Two kernels that ran, between which something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The last kernel with the old answer.
    pub last_old: String,
    /// The first kernel with the new answer.
    pub first_new: String,
    /// Kernels from between them that ran and decide nothing, each with what it said.
    pub between: Vec<String>,
    /// How many kernels ran between the two that are compared.
    pub consulted: usize,
}

/// What a kernel says of a change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Old,
    New,
    Other,
    Unjudged,
}

impl Says {
    const fn words(self) -> &'static str {
        match self {
            Says::Old => "the old answer",
            Says::New => "the new answer",
            Says::Other => "another answer",
            Says::Unjudged => "not judged",
        }
    }
}

/// Fills in the ranges from the kernels of these reports that lie between the two compared ones.
pub fn locate(found: &mut Comparison, old: &Report, new: &Report, others: &[Report]) {
    if found.across_architectures() {
        return;
    }
    let between = between(&old.target, &new.target, others);
    let entries = std::mem::take(&mut found.entries);
    for entry in entries {
        for variant in entry.variants.clone() {
            let range = range(&entry, &entry.case(&variant), (old, new), &between);
            found.add(Entry { variants: vec![variant], range, ..entry.clone() });
        }
    }
}

/// The kernels of this architecture between the two, in their order.
fn between<'a>(old: &Target, new: &Target, others: &'a [Report]) -> Vec<&'a Report> {
    let (from, to) = (old.version(), new.version());
    let (low, high) = (from.min(to), from.max(to));
    let series = history::of(others).into_iter().filter(|series| series.arch == old.arch);
    let mut kernels: Vec<_> = series.flat_map(|series| series.reports().to_vec()).collect();
    kernels.retain(|report| low < report.target.version() && report.target.version() < high);
    if to < from {
        kernels.reverse();
    }
    kernels
}

fn range(entry: &Entry, case: &str, ends: (&Report, &Report), between: &[&Report]) -> Option<Range> {
    if entry.kind == Kind::Unjudged {
        return None;
    }
    let (old, new) = (record(ends.0, case)?, record(ends.1, case)?);
    let says: Vec<_> =
        between.iter().map(|report| (label(report), says(entry, old, new, record(report, case)))).collect();
    let start = says.iter().take_while(|(_, says)| *says == Says::Old).count();
    let end = says.len() - says[start..].iter().rev().take_while(|(_, says)| *says == Says::New).count();
    let name = |at: usize| says.get(at).map(|(label, _)| label.clone());
    Some(Range {
        last_old: start.checked_sub(1).and_then(name).unwrap_or_else(|| label(ends.0)),
        first_new: name(end).unwrap_or_else(|| label(ends.1)),
        between: says[start..end].iter().map(|(label, says)| format!("{label} ({})", says.words())).collect(),
        consulted: says.len(),
    })
}

fn label(report: &Report) -> String {
    report.target.label()
}

fn record<'a>(report: &'a Report, case: &str) -> Option<&'a CaseRecord> {
    report.cases.iter().find(|record| record.name == case)
}

/// What a kernel from between says: only the looks that changed count, or the verdict where none did.
fn says(entry: &Entry, old: &CaseRecord, new: &CaseRecord, here: Option<&CaseRecord>) -> Says {
    let Some(here) = here.filter(|here| !matches!(here.verdict, Verdict::Skipped | Verdict::Broken)) else {
        return Says::Unjudged;
    };
    let changed: Vec<_> = entry.looks.iter().filter(|look| look.differs()).collect();
    if changed.is_empty() {
        return agrees(here.verdict == old.verdict, here.verdict == new.verdict);
    }
    let answers = looks::all(here, here);
    let answer = |look: &looks::Look| {
        let same =
            |seen: &&looks::Look| (&seen.task, &seen.what, seen.nth) == (&look.task, &look.what, look.nth);
        answers.iter().find(same).and_then(|seen| seen.new.as_ref()).map(|answer| answer.observed.as_str())
    };
    let text = |answer: &Option<looks::Answer>| answer.as_ref().map(|answer| answer.observed.clone());
    let like = |side: fn(&looks::Look) -> &Option<looks::Answer>| {
        changed.iter().all(|look| answer(look) == text(side(look)).as_deref())
    };
    agrees(like(|look| &look.old), like(|look| &look.new))
}

const fn agrees(old: bool, new: bool) -> Says {
    match (old, new) {
        (true, false) => Says::Old,
        (false, true) => Says::New,
        _ => Says::Other,
    }
}
