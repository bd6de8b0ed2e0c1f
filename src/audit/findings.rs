//! What an audit found, as people and programs read it.

use std::collections::BTreeMap;

use ptrace_conformance_harness::record::Verdict;
use serde::Serialize;

use crate::exit::Status;
use crate::report::Suite;
use crate::style::{BAD, FAINT, GOOD, STRONG, paint};

const SCHEMA: &str = "ptrace-conformance/audit/1";

/// What became of one lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A check failed, or the harness could make no sense of it.
    Noticed,
    /// The case waited for what never came.
    ByTimeLimit,
    /// The case says why it does not care.
    Unspecified(String),
    /// Nobody minded.
    Silent,
    /// The run differed from the honest one before the lie: our own failure.
    Untold,
}

/// One lie, and what became of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// `answer 7: event message + 1`
    pub lie: String,
    /// What had been asked.
    pub question: String,
    /// What became of it.
    pub fate: Fate,
}

/// All lies of one case.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The case.
    pub name: String,
    /// What it says of the honest kernel; only what is as expected can be lied to.
    pub verdict: Verdict,
    /// Why it is not simply `conforms`.
    pub reason: String,
    /// The lies, in order.
    pub told: Vec<Told>,
}

/// How many lies met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Lies that could be told.
    pub lies: usize,
    /// A check noticed.
    pub noticed: usize,
    /// Only the time limit noticed.
    pub by_time_limit: usize,
    /// Declared to be of no concern.
    pub unspecified: usize,
    /// Nobody noticed.
    pub silent: usize,
    /// Could not be told in the end: our own failure.
    pub untold: usize,
}

impl Totals {
    fn add(&mut self, fate: &Fate) {
        self.lies += 1;
        *match fate {
            Fate::Noticed => &mut self.noticed,
            Fate::ByTimeLimit => &mut self.by_time_limit,
            Fate::Unspecified(_) => &mut self.unspecified,
            Fate::Silent => &mut self.silent,
            Fate::Untold => &mut self.untold,
        } += 1;
    }

    fn of<'a>(told: impl Iterator<Item = &'a Told>) -> Totals {
        told.fold(Totals::default(), |mut totals, told| {
            totals.add(&told.fate);
            totals
        })
    }

    /// The share of lies that checks noticed, in percent, of those that a case has to care about.
    pub fn share(&self) -> f64 {
        let concerned = self.lies - self.unspecified;
        if concerned == 0 { 100.0 } else { 100.0 * self.noticed as f64 / concerned as f64 }
    }
}

/// All that was found.
#[derive(Debug)]
pub struct Findings {
    audited: Vec<Audited>,
    planned: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    suite: Suite,
    complete: bool,
    totals: Totals,
    skipped: usize,
    not_as_expected: Vec<&'a str>,
    cases: Vec<CaseEntry<'a>>,
}

#[derive(Serialize)]
struct CaseEntry<'a> {
    name: &'a str,
    totals: Totals,
    silent: Vec<&'a str>,
    by_time_limit: Vec<&'a str>,
    unspecified: Vec<(&'a str, &'a str)>,
    untold: Vec<&'a str>,
}

impl Findings {
    /// From the cases that were audited, of so many.
    pub fn new(audited: Vec<Audited>, planned: usize) -> Findings {
        Findings { audited, planned }
    }

    /// All lies together.
    pub fn totals(&self) -> Totals {
        Totals::of(self.told())
    }

    fn told(&self) -> impl Iterator<Item = &Told> {
        self.audited.iter().flat_map(|case| &case.told)
    }

    fn not_as_expected(&self) -> impl Iterator<Item = &Audited> {
        self.audited.iter().filter(|case| matches!(case.verdict, Verdict::Deviates | Verdict::Broken))
    }

    fn skipped(&self) -> usize {
        self.audited.iter().filter(|case| case.verdict == Verdict::Skipped).count()
    }

    /// How the command ends: 1 if checks notice too little, 3 if something could not be tried.
    pub fn status(&self, least: f64) -> Status {
        let totals = self.totals();
        if totals.share() < least {
            Status::Deviation
        } else if totals.untold > 0 || self.not_as_expected().next().is_some() {
            Status::OwnFailure
        } else if totals.lies == 0 {
            Status::NothingRan
        } else {
            Status::AsExpected
        }
    }

    /// For programs.
    pub fn json(&self) -> anyhow::Result<String> {
        let document = Document {
            schema: SCHEMA,
            suite: Suite::this(),
            complete: self.audited.len() == self.planned,
            totals: self.totals(),
            skipped: self.skipped(),
            not_as_expected: self.not_as_expected().map(|case| case.name.as_str()).collect(),
            cases: self.audited.iter().filter(|case| !case.told.is_empty()).map(entry).collect(),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// For people: the silent lies case by case (or the first of each), then sums by family and by question.
    pub fn human(&self, all: bool) -> String {
        let mut text = String::new();
        for case in &self.audited {
            text += &of_case(case, all);
        }
        for case in self.not_as_expected() {
            let (name, word) = (&case.name, case.verdict.word());
            text += &paint(BAD, format!("{name} {word}, so it cannot be audited: {}\n", case.reason));
        }
        let family = |case: &Audited| case.name.split("::").next().unwrap_or_default().to_owned();
        let by_family =
            self.audited.iter().flat_map(|case| case.told.iter().map(move |told| (family(case), told)));
        text += &table("family", sums(by_family));
        text += &table("question", sums(self.told().map(|told| (told.question.clone(), told))));
        text + &self.closing()
    }

    fn closing(&self) -> String {
        let totals = self.totals();
        let left = self.planned - self.audited.len();
        let left = if left > 0 { format!(", {left} cases not audited") } else { String::new() };
        let line = format!(
            "{} lies to {} cases ({} skipped{left}): {:.2} % noticed by a check, {} silent\n",
            totals.lies,
            self.audited.len() - self.skipped(),
            self.skipped(),
            totals.share(),
            totals.silent,
        );
        paint(if totals.silent == 0 { GOOD } else { STRONG }, line)
    }
}

fn entry(case: &Audited) -> CaseEntry<'_> {
    let with =
        |fate: Fate| case.told.iter().filter(move |told| told.fate == fate).map(|told| told.lie.as_str());
    let unspecified = case.told.iter().filter_map(|told| match &told.fate {
        Fate::Unspecified(reason) => Some((told.lie.as_str(), reason.as_str())),
        _ => None,
    });
    CaseEntry {
        name: &case.name,
        totals: Totals::of(case.told.iter()),
        silent: with(Fate::Silent).collect(),
        by_time_limit: with(Fate::ByTimeLimit).collect(),
        unspecified: unspecified.collect(),
        untold: with(Fate::Untold).collect(),
    }
}

fn of_case(case: &Audited, all: bool) -> String {
    let word = |fate: &Fate| match fate {
        Fate::Silent => Some("silent"),
        Fate::ByTimeLimit => Some("by time limit"),
        Fate::Untold => Some("could not be told"),
        Fate::Noticed | Fate::Unspecified(_) => None,
    };
    let bad: Vec<_> = case.told.iter().filter_map(|told| word(&told.fate).map(|word| (word, told))).collect();
    let shown = if all { bad.len() } else { bad.len().min(1) };
    let mut text = String::new();
    for (word, told) in &bad[..shown] {
        text += &format!("{}, {}: {word} ({})\n", case.name, told.lie, told.question);
    }
    if bad.len() > shown {
        text += &paint(FAINT, format!("  and {} more; --all lists them\n", bad.len() - shown));
    }
    text
}

fn sums<'a>(told: impl Iterator<Item = (String, &'a Told)>) -> BTreeMap<String, Totals> {
    let mut sums: BTreeMap<String, Totals> = BTreeMap::new();
    told.for_each(|(key, told)| sums.entry(key).or_default().add(&told.fate));
    sums
}

fn table(what: &str, sums: BTreeMap<String, Totals>) -> String {
    let heads = ["lies", "noticed", "by limit", "unspecified", "silent", "share"];
    let mut text = format!("\n{what:36}");
    heads.iter().for_each(|head| text += &format!("{head:>12}"));
    text += "\n";
    for (name, totals) in sums {
        let Totals { lies, noticed, by_time_limit, unspecified, silent, .. } = totals;
        text += &format!("{name:36}");
        [lies, noticed, by_time_limit, unspecified, silent]
            .iter()
            .for_each(|count| text += &format!("{count:>12}"));
        text += &format!("{:>10.2} %\n", totals.share());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lie: &str, fate: Fate) -> Told {
        Told { lie: format!("answer 3: {lie}"), question: "wait".to_owned(), fate }
    }

    fn findings() -> Findings {
        let lies = vec![
            told("no event", Fate::Noticed),
            told("the next event", Fate::Silent),
            told("stop signal SIGUSR2", Fate::Silent),
            told("wait finds nothing yet", Fate::ByTimeLimit),
            told("exited with 0 instead of a stop", Fate::Unspecified("said so".to_owned())),
        ];
        let case = |name: &str, verdict, told| Audited {
            name: name.to_owned(),
            verdict,
            reason: "why not".to_owned(),
            told,
        };
        let cases = vec![
            case("a::b::seize", Verdict::Conforms, lies),
            case("a::c::seize", Verdict::Skipped, vec![]),
            case("a::d::seize", Verdict::Deviates, vec![]),
        ];
        Findings::new(cases, 4)
    }

    #[test]
    fn the_share_is_of_what_cases_care_about() {
        let totals = findings().totals();
        assert_eq!((totals.lies, totals.noticed, totals.silent), (5, 1, 2));
        assert_eq!(totals.share(), 25.0);
        assert_eq!(Totals::default().share(), 100.0);
    }

    #[test]
    fn too_little_is_a_failure_and_so_is_what_cannot_be_audited() {
        assert_eq!(findings().status(25.1), Status::Deviation);
        assert_eq!(findings().status(25.0), Status::OwnFailure);
        assert_eq!(Findings::new(vec![], 0).status(99.0), Status::NothingRan);
    }

    #[test]
    fn people_read_this() {
        insta::assert_snapshot!(crate::style::plain(&findings().human(false)), @"
        a::b::seize, answer 3: the next event: silent (wait)
          and 2 more; --all lists them
        a::d::seize deviates, so it cannot be audited: why not

        family                                      lies     noticed    by limit unspecified      silent       share
        a                                              5           1           1           1           2     25.00 %

        question                                    lies     noticed    by limit unspecified      silent       share
        wait                                           5           1           1           1           2     25.00 %
        5 lies to 2 cases (1 skipped, 1 cases not audited): 25.00 % noticed by a check, 2 silent
        ");
    }

    #[test]
    fn programs_read_this() {
        let document: serde_json::Value = serde_json::from_str(&findings().json().unwrap()).unwrap();
        assert_eq!(document["schema"], SCHEMA);
        assert_eq!(document["complete"], false);
        assert_eq!(document["not_as_expected"], serde_json::json!(["a::d::seize"]));
        let case = &document["cases"][0];
        assert_eq!(
            case["silent"],
            serde_json::json!(["answer 3: the next event", "answer 3: stop signal SIGUSR2"])
        );
        assert_eq!(case["totals"]["by_time_limit"], 1);
        assert_eq!(case["unspecified"][0][1], "said so");
    }
}
