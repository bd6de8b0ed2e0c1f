//! What an audit found, as people and programs read it.

use std::collections::BTreeMap;

use ptrace_conformance_harness::record::Verdict;
use serde::Serialize;

use super::audited::{Audited, Fate, Missed, Totals};
use super::gist::{Proved, SCHEMA};
use crate::exit::Status;
use crate::report::Suite;
use crate::style::{BAD, FAINT, GOOD, STRONG, paint};
use crate::target::Target;

/// All that was found.
#[derive(Debug)]
pub struct Findings {
    target: Target,
    audited: Vec<Audited>,
    planned: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    suite: Suite,
    target: &'a Target,
    complete: bool,
    totals: Totals,
    skipped: usize,
    not_as_expected: Vec<&'a str>,
    proved: Proved,
    never_failing: Proved,
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
    /// From the cases that were audited on this target, of so many.
    pub fn new(target: Target, audited: Vec<Audited>, planned: usize) -> Findings {
        Findings { target, audited, planned }
    }

    /// All lies together.
    pub fn totals(&self) -> Totals {
        Totals::sum(self.audited.iter().flat_map(|case| case.questions.values()))
    }

    /// Which checks were seen failing.
    pub fn proved(&self) -> Proved {
        let mut proved = Proved::new();
        for case in &self.audited {
            for clause in &case.proved {
                proved.entry(clause.clone()).or_default().insert(case.behaviour().to_owned());
            }
        }
        proved
    }

    fn not_as_expected(&self) -> impl Iterator<Item = &Audited> {
        self.audited.iter().filter(|case| matches!(case.verdict, Verdict::Deviates | Verdict::Broken))
    }

    fn skipped(&self) -> usize {
        self.audited.iter().filter(|case| case.verdict == Verdict::Skipped).count()
    }

    /// Clauses that a behaviour checks and that no lie made fail: what a coverage must not count.
    pub fn unproved(&self) -> Proved {
        let proved = self.proved();
        let mut unproved = Proved::new();
        for case in &self.audited {
            let behaviour = case.behaviour();
            let seen = |clause: &String| proved.get(clause).is_some_and(|by| by.contains(behaviour));
            for clause in case.checked.iter().filter(|clause| !seen(clause)) {
                unproved.entry(clause.clone()).or_default().insert(behaviour.to_owned());
            }
        }
        unproved
    }

    /// How the command ends: 1 if checks notice too little, 3 if something could not be tried.
    pub fn status(&self, least: Option<f64>) -> Status {
        let totals = self.totals();
        if least.is_some_and(|least| totals.share() < least) {
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
            target: &self.target,
            complete: self.audited.len() == self.planned,
            totals: self.totals(),
            skipped: self.skipped(),
            not_as_expected: self.not_as_expected().map(|case| case.name.as_str()).collect(),
            proved: self.proved(),
            never_failing: self.unproved(),
            cases: self.audited.iter().filter(|case| !case.questions.is_empty()).map(entry).collect(),
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
        for (clause, behaviours) in self.unproved() {
            let behaviours: Vec<_> = behaviours.into_iter().collect();
            text += &format!("no lie made a check of {clause} fail in {}\n", behaviours.join(", "));
        }
        let by_family = self.audited.iter().filter(|case| !case.questions.is_empty());
        text += &table("family", sums(by_family.map(|case| (case.family(), case.totals()))));
        let by_question = self.audited.iter().flat_map(|case| &case.questions);
        text += &table("question", sums(by_question.map(|(question, totals)| (question.as_str(), *totals))));
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
    let with = |fate: Fate| {
        let with = case.missed.iter().filter(move |missed| missed.fate == fate);
        with.map(|missed| missed.lie.as_str())
    };
    let unspecified = case.missed.iter().filter_map(|missed| match &missed.fate {
        Fate::Unspecified(reason) => Some((missed.lie.as_str(), reason.as_str())),
        _ => None,
    });
    CaseEntry {
        name: &case.name,
        totals: case.totals(),
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
    let bad = |missed: &'_ Missed| word(&missed.fate).map(|word| (word, missed.clone()));
    let bad: Vec<_> = case.missed.iter().filter_map(bad).collect();
    let shown = if all { bad.len() } else { bad.len().min(1) };
    let mut text = String::new();
    for (word, missed) in &bad[..shown] {
        text += &format!("{}, {}: {word} ({})\n", case.name, missed.lie, missed.question);
    }
    if bad.len() > shown {
        text += &paint(FAINT, format!("  and {} more; --all lists them\n", bad.len() - shown));
    }
    text
}

fn sums<'a>(parts: impl Iterator<Item = (&'a str, Totals)>) -> BTreeMap<&'a str, Totals> {
    let mut sums: BTreeMap<_, Totals> = BTreeMap::new();
    for (key, totals) in parts {
        let sum = sums.entry(key).or_default();
        *sum = sum.plus(&totals);
    }
    sums
}

fn table(what: &str, sums: BTreeMap<&str, Totals>) -> String {
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
pub mod tests {
    use super::*;

    /// One of each.
    pub fn findings() -> Findings {
        let case = |name: &str, verdict| Audited::new(name.to_owned(), verdict, "why not".to_owned());
        let mut judged = case("a::b::seize", Verdict::Conforms);
        for (lie, fate) in [
            ("no event", Fate::Noticed),
            ("the next event", Fate::Silent),
            ("stop signal SIGUSR2", Fate::Silent),
            ("wait finds nothing yet", Fate::ByTimeLimit),
            ("exited with 0 instead of a stop", Fate::Unspecified("said so".to_owned())),
        ] {
            judged.told(format!("answer 3: {lie}"), "wait".to_owned(), fate);
        }
        judged.proved.insert("stop.event".to_owned());
        judged.checked.extend(["stop.event".to_owned(), "stop.never".to_owned()]);
        let cases =
            vec![judged, case("a::c::seize", Verdict::Skipped), case("a::d::seize", Verdict::Deviates)];
        Findings::new(crate::report::sample::report(&[]).target, cases, 4)
    }

    #[test]
    fn too_little_is_a_failure_and_so_is_what_cannot_be_audited() {
        assert_eq!(findings().status(Some(25.1)), Status::Deviation);
        assert_eq!(findings().status(Some(25.0)), Status::OwnFailure);
        let none = Findings::new(findings().target, vec![], 0);
        assert_eq!(none.status(Some(99.0)), Status::NothingRan);
    }

    #[test]
    fn people_read_this() {
        insta::assert_snapshot!(crate::style::plain(&findings().human(false)), @"
        a::b::seize, answer 3: the next event: silent (wait)
          and 2 more; --all lists them
        a::d::seize deviates, so it cannot be audited: why not
        no lie made a check of stop.never fail in a::b

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
        assert_eq!(document["never_failing"], serde_json::json!({ "stop.never": ["a::b"] }));
        assert_eq!(case["totals"]["by_time_limit"], 1);
        assert_eq!(case["unspecified"][0][1], "said so");
    }
}
