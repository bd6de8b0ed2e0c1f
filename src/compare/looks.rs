//! Looks: the answers of two records of one case, side by side.
//!
//! Answers are aligned by task, by what was asked, and by their order among the same questions, as the history
//! of the evidence does it: scenarios are fixed, so the n-th `stop` of a task is the same place on each kernel.

use std::collections::BTreeMap;

use ptrace_conformance_cases::clauses;
use ptrace_conformance_harness::record::{CaseRecord, Observation};
use serde::Serialize;

/// One look that the two kernels answered differently, or that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Whose answer.
    pub task: String,
    /// What was looked at.
    pub what: String,
    /// The how manieth time this task was asked that, counted from 1.
    pub nth: usize,
    /// The clause that it was held against, the newer suite's where they differ.
    pub clause: Option<Source>,
    /// What the clause says the answer of the new kernel is.
    pub expected: Option<String>,
    /// What was expected of the old one, if that is something else: another suite, or another architecture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_before: Option<String>,
    /// The old answer; nothing where the scenario did not come to it.
    pub old: Option<Answer>,
    /// The new answer; nothing where the scenario did not come to it.
    pub new: Option<Answer>,
}

/// What a kernel answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The answer.
    pub observed: String,
    /// Whether it is the expected one; nothing where nothing was expected.
    pub holds: Option<bool>,
}

/// A clause with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// The cited document; empty if the register does not know the clause.
    pub page: &'static str,
    /// Its section, or the function.
    pub section: &'static str,
    /// What it says.
    pub statement: &'static str,
}

impl Source {
    fn of(id: &str) -> Source {
        let (page, section, statement) =
            clauses::find(id).map_or(("", "", ""), |known| (known.page, known.section, known.statement));
        Source { id: id.to_owned(), page, section, statement }
    }
}

impl Look {
    fn of(task: &str, what: &str, nth: usize, old: Option<&Observation>, new: Option<&Observation>) -> Look {
        let leading = new.or(old);
        let expected = |seen: Option<&Observation>| seen.and_then(|seen| seen.expected.clone());
        Look {
            task: task.to_owned(),
            what: what.to_owned(),
            nth: nth + 1,
            clause: leading.and_then(|seen| seen.clause.as_deref()).map(Source::of),
            expected: expected(leading),
            expected_before: expected(old).filter(|before| expected(leading).as_ref() != Some(before)),
            old: old.map(Answer::of),
            new: new.map(Answer::of),
        }
    }

    /// Whether the kernels answered differently, or were judged differently.
    pub fn differs(&self) -> bool {
        self.old != self.new
    }

    /// Whether the check held and now fails.
    pub fn worsened(&self) -> bool {
        self.old_holds() == Some(true) && self.new_holds() == Some(false)
    }

    /// Whether the check failed and now holds.
    pub fn improved(&self) -> bool {
        self.old_holds() == Some(false) && self.new_holds() == Some(true)
    }

    /// Whether the check fails now.
    pub fn fails(&self) -> bool {
        self.new_holds() == Some(false)
    }

    fn old_holds(&self) -> Option<bool> {
        self.old.as_ref()?.holds
    }

    fn new_holds(&self) -> Option<bool> {
        self.new.as_ref()?.holds
    }
}

impl Answer {
    fn of(seen: &Observation) -> Answer {
        Answer { observed: seen.observed.clone(), holds: seen.holds }
    }
}

/// Every look of either record, in the order of the newer one; those it does not have come last.
pub fn all(old: &CaseRecord, new: &CaseRecord) -> Vec<Look> {
    let mut before = numbered(old);
    let places: BTreeMap<_, _> = before.iter().map(|(place, seen)| (*place, *seen)).collect();
    let now = numbered(new);
    let taken: Vec<_> = now.iter().map(|(place, _)| *place).collect();
    before.retain(|(place, _)| !taken.contains(place));
    let both = now.into_iter().map(|(place, seen)| (place, places.get(&place).copied(), Some(seen)));
    let gone = before.into_iter().map(|(place, seen)| (place, Some(seen), None));
    both.chain(gone).map(|((task, what, nth), old, new)| Look::of(task, what, nth, old, new)).collect()
}

type Place<'a> = (&'a str, &'a str, usize);

/// The observations with their places.
fn numbered(record: &CaseRecord) -> Vec<(Place<'_>, &Observation)> {
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut numbered = Vec::new();
    for seen in &*record.observations {
        let nth = times.entry((&seen.task, &seen.what)).or_default();
        numbered.push(((&*seen.task, &*seen.what, *nth), seen));
        *nth += 1;
    }
    numbered
}
