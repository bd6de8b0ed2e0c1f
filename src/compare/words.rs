//! Words that all texts about a comparison share.

use std::collections::HashSet;

use super::comparison::{Change, Comparison, Coverage, Entry, Judged, Kind};
use super::looks::{Answer, Look, Source};
use super::range::Range;
use crate::target::Target;

/// The heading over entries of a kind.
pub const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Regression => "Regressions",
        Kind::Unjudged => "Could not be judged any more",
        Kind::Finding => "Findings without a verdict for the worse",
        Kind::Improvement => "Improvements",
    }
}

/// The kinds, the worst first.
pub const KINDS: [Kind; 4] = [Kind::Regression, Kind::Unjudged, Kind::Finding, Kind::Improvement];

/// What became of cases that could not be compared.
pub const fn became(change: Change) -> &'static str {
    match change {
        Change::NewAndDeviating => "only in the new report, and deviating",
        Change::New => "only in the new report",
        Change::Gone => "only in the old report",
        Change::Skipped => "ran before, skipped now",
        Change::NoLongerSkipped => "skipped before, run now",
        Change::NoLongerBroken => "broken before, judged now",
        Change::NeverJudged => "judged by neither",
    }
}

/// What was not compared, line by line; that neither side judges some cases is news to nobody, their number is
/// enough.
pub fn not_compared(found: &Comparison) -> Vec<(usize, String, String)> {
    let told = |group: &&Coverage| group.what != Change::NeverJudged;
    let line = |group: &Coverage| {
        let reason = if group.reason.is_empty() { String::new() } else { format!(": {}", group.reason) };
        (group.cases.len(), format!("{}{reason}", became(group.what)), some(&group.cases, 3))
    };
    let never = found.coverage.iter().filter(|group| !told(group)).map(|group| group.cases.len()).sum();
    let rest = (never > 0).then(|| (never, became(Change::NeverJudged).to_owned(), String::new()));
    found.coverage.iter().filter(told).map(line).chain(rest).collect()
}

/// A verdict with its reason.
pub fn judged(judged: &Judged) -> String {
    let word = judged.verdict.map_or("not run", |verdict| verdict.word());
    if judged.reason.is_empty() { word.to_owned() } else { format!("{word}: {}", judged.reason) }
}

/// An answer, and whether it is the expected one.
pub fn answer(answer: Option<&Answer>) -> String {
    match answer {
        None => "(not reached)".to_owned(),
        Some(Answer { observed, holds: Some(false) }) => format!("{observed}  (fails)"),
        Some(Answer { observed, .. }) => observed.clone(),
    }
}

/// The looks of an entry, each with its clause where that is told for the first time.
pub fn with_clauses(entry: &Entry) -> impl Iterator<Item = (&Look, Option<&Source>)> {
    let mut told = HashSet::new();
    entry.looks.iter().map(move |look| {
        let clause = look.clause.as_ref().filter(|clause| told.insert(clause.id.as_str()));
        (look, clause)
    })
}

/// Where was looked.
pub fn place(look: &Look) -> String {
    let nth = if look.nth > 1 { format!(", time {}", look.nth) } else { String::new() };
    format!("{}: {}{nth}", look.task, look.what)
}

/// What is expected, and what was expected of the old kernel if that is something else.
pub fn expected(look: &Look) -> Option<String> {
    let now = look.expected.as_deref()?;
    Some(match &look.expected_before {
        Some(before) => format!("{now} (before: {before})"),
        None => now.to_owned(),
    })
}

/// Between which kernels it changed.
pub fn range(range: &Range) -> String {
    let Range { last_old, first_new, between, consulted } = range;
    let told = format!("changed between {last_old} (last old) and {first_new} (first new)");
    match (consulted, between.is_empty()) {
        (0, _) => told + "; no kernel from between them is in the evidence",
        (_, true) => told + &format!("; {consulted} from between the compared ones ran"),
        (_, false) => told + &format!("; between these: {}", between.join(", ")),
    }
}

/// Command lines that show it again.
pub fn again(entry: &Entry, target: &Target) -> String {
    let case = entry.case(entry.variants.first().map_or("", String::as_str));
    match (target.platform.as_str(), &target.name) {
        ("host", _) => format!("ptrace-conformance explain {case}"),
        ("qemu", Some(_)) => {
            let (major, minor) = target.version().line;
            let arch = &target.arch;
            format!("ptrace-conformance matrix --kernels {major}.{minor} --arch {arch} --exact {case}")
        }
        ("qemu", None) => format!("ptrace-conformance vm --kernel IMAGE --exact {case}"),
        _ => format!("ptrace-conformance run --exact {case}   (there)"),
    }
}

/// The facts about a target, label and value.
pub fn facts(target: &Target) -> Vec<(&'static str, String)> {
    let fact = |label, value: &Option<String>| value.clone().map(|value| (label, value));
    let kernel = format!("Linux {}, {}", target.kernel, target.kernel_version);
    [
        Some(("kernel", kernel)),
        fact("package", &target.package),
        Some(("architecture", target.arch.clone())),
        Some(("platform", target.platform.clone())),
        fact("emulator", &target.emulator),
        fact("accelerator", &target.accelerator),
        fact("model", &target.model),
        fact("processor", &target.cpu),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The counts of what did not change.
pub fn unchanged(found: &Comparison) -> String {
    let told: Vec<_> =
        found.unchanged.iter().map(|(verdict, count)| format!("{count} {}", verdict.word())).collect();
    if told.is_empty() { "unchanged: none".to_owned() } else { format!("unchanged: {}", told.join(", ")) }
}

/// The result in a few words.
pub fn result(found: &Comparison) -> String {
    let counts = KINDS.map(|kind| (kind, found.of(kind).map(|entry| entry.variants.len()).sum::<usize>()));
    let noun = |kind| match kind {
        Kind::Regression => "worse",
        Kind::Unjudged => "could not be judged",
        Kind::Finding => "different",
        Kind::Improvement => "better",
    };
    let told: Vec<_> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{count} {}", noun(*kind)))
        .collect();
    match (told.is_empty(), found.has_common_ground()) {
        (true, true) => "no difference".to_owned(),
        (true, false) => "nothing was judged on both sides".to_owned(),
        (false, _) => told.join(", "),
    }
}

/// The first few of many names, and how many more there are.
pub fn some(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The claim of a behaviour, if this suite knows it.
pub fn claim(behaviour: &str) -> Option<&'static str> {
    let (family, name) = behaviour.split_once("::")?;
    let family = ptrace_conformance_cases::FAMILIES.iter().find(|known| known.name == family)?;
    family.cases.iter().copied().flatten().find(|case| case.name == name).map(|case| case.title)
}
