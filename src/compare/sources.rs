//! Sources: what OLD, NEW and a baseline can be, and which report is compared with which.

use std::collections::BTreeSet;
use std::path::Path;

use crate::evidence::{self, history};
use crate::exit::Misuse;
use crate::report::Report;
use crate::target::Target;

/// The reports of one side.
#[derive(Debug)]
pub struct Source {
    /// As it was asked for.
    pub word: String,
    /// What was found.
    pub reports: Vec<Report>,
    /// Whether it is whatever a directory holds; everything else was chosen by hand.
    pub is_directory: bool,
}

/// Finds what a word means: a file, a directory, or a kernel of the evidence.
pub fn find(word: &str, evidence: Option<&Path>) -> anyhow::Result<Source> {
    let path = Path::new(word);
    let is_directory = path.is_dir();
    let reports = if is_directory {
        evidence::read(path)?
    } else if path.exists() || looks_like_a_path(word) {
        vec![evidence::read_file(path)?]
    } else {
        kernels(word, evidence::read_or_built_in(evidence)?)?
    };
    if reports.is_empty() {
        return Err(Misuse(format!("{word} holds no report; `--format json --out FILE` writes one")).into());
    }
    Ok(Source { word: word.to_owned(), reports, is_directory })
}

fn looks_like_a_path(word: &str) -> bool {
    word.contains('/') || word.ends_with(".json")
}

/// The targets of the evidence that a word means, at most one of each architecture.
fn kernels(word: &str, all: Vec<Report>) -> anyhow::Result<Vec<Report>> {
    let known: BTreeSet<_> = all.iter().map(|report| line(&report.target)).collect();
    let known: Vec<_> = known.into_iter().map(|(major, minor)| format!("{major}.{minor}")).collect();
    let mut meant: Vec<_> = all.into_iter().filter(|report| is_meant(word, &report.target)).collect();
    if meant.is_empty() {
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        let why = format!("`{word}` is neither a file nor a kernel of the evidence, which has {known}");
        return Err(Misuse(why).into());
    }
    // The best model and the newest release speak for a line.
    meant.sort_by_key(|report| (history::is_comparable(&report.target), report.target.version()));
    meant.reverse();
    let mut seen = BTreeSet::new();
    meant.retain(|report| seen.insert(report.target.arch.clone()));
    meant.sort_by(|one, other| other.target.arch.cmp(&one.target.arch));
    Ok(meant)
}

fn is_meant(word: &str, target: &Target) -> bool {
    let (major, minor) = line(target);
    let name = target.name.as_deref().unwrap_or_default();
    let named =
        name == word || name.strip_suffix(&target.arch).and_then(|rest| rest.strip_suffix('-')) == Some(word);
    named || format!("{major}.{minor}") == word || target.label() == word
}

fn line(target: &Target) -> (u32, u32) {
    target.version().line
}

/// A way to see that two targets belong together.
type Key = fn(&Target) -> Option<String>;

/// From sure to loose; the loose ones only hold between sides that were chosen by hand.
const KEYS: [(Key, bool); 5] = [
    (|target| target.name.clone(), true),
    (|target| Some(format!("{} {:?} {}", target.arch, line(target), target.platform)), true),
    (|target| Some(format!("{} {:?}", target.arch, line(target))), true),
    (|target| Some(target.arch.clone()), false),
    (|_| Some(String::new()), false),
];

/// Reports that are compared with each other.
#[derive(Debug, Default)]
pub struct Pairs<'a> {
    /// Old and new.
    pub pairs: Vec<(&'a Report, &'a Report)>,
    /// Of the old side, without a partner.
    pub only_old: Vec<&'a Report>,
    /// Of the new side, without a partner.
    pub only_new: Vec<&'a Report>,
}

/// Finds for each report of one side its partner on the other.
pub fn pair<'a>(old: &'a Source, new: &'a Source) -> Pairs<'a> {
    let mut found = Pairs {
        pairs: Vec::new(),
        only_old: old.reports.iter().collect(),
        only_new: new.reports.iter().collect(),
    };
    let by_hand = !(old.is_directory && new.is_directory);
    for (key, _) in KEYS.iter().filter(|(_, sure)| *sure || by_hand) {
        found.pair_by(*key);
    }
    found
}

impl Pairs<'_> {
    /// Pairs what shares a key that nothing else on its side has.
    fn pair_by(&mut self, key: Key) {
        let unique = |reports: &[&Report], wanted: &Option<String>| {
            let mut same = reports.iter().enumerate().filter(|(_, report)| key(&report.target) == *wanted);
            let first = same.next().map(|(at, _)| at);
            first.filter(|_| same.next().is_none())
        };
        let keys: Vec<_> = self.only_new.iter().map(|report| key(&report.target)).collect();
        for wanted in keys.into_iter().filter(Option::is_some) {
            if let (Some(old), Some(new)) = (unique(&self.only_old, &wanted), unique(&self.only_new, &wanted))
            {
                self.pairs.push((self.only_old.remove(old), self.only_new.remove(new)));
            }
        }
    }
}

/// The report of a baseline that fits this one.
pub fn fitting<'a>(baseline: &'a Source, report: &Report) -> anyhow::Result<&'a Report> {
    let new = Source { word: String::new(), reports: vec![report.clone()], is_directory: false };
    let pairs = pair(baseline, &new);
    let at = pairs.pairs.first().and_then(|(old, _)| baseline.reports.iter().position(|known| known == *old));
    at.map(|at| &baseline.reports[at]).ok_or_else(|| {
        let (word, target) = (&baseline.word, &report.target);
        Misuse(format!("no report of {word} fits {target}; name one of its files as the baseline")).into()
    })
}
