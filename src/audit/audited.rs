//! What was found about one case: how many lies met which fate, and which clauses its checks were seen failing for.

use std::collections::{BTreeMap, BTreeSet};

use ptrace_conformance_harness::record::Verdict;
use serde::{Deserialize, Serialize};

use crate::select::behaviour;

/// What became of one lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// A lie that no check noticed, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Missed {
    /// `answer 7: event message + 1`
    pub lie: String,
    /// What had been asked.
    pub question: String,
    /// What became of it.
    pub fate: Fate,
}

/// How many lies met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    fn count(&mut self, fate: &Fate) {
        self.lies += 1;
        *match fate {
            Fate::Noticed => &mut self.noticed,
            Fate::ByTimeLimit => &mut self.by_time_limit,
            Fate::Unspecified(_) => &mut self.unspecified,
            Fate::Silent => &mut self.silent,
            Fate::Untold => &mut self.untold,
        } += 1;
    }

    /// Both together.
    pub fn plus(self, other: &Totals) -> Totals {
        Totals {
            lies: self.lies + other.lies,
            noticed: self.noticed + other.noticed,
            by_time_limit: self.by_time_limit + other.by_time_limit,
            unspecified: self.unspecified + other.unspecified,
            silent: self.silent + other.silent,
            untold: self.untold + other.untold,
        }
    }

    /// All of these together.
    pub fn sum<'a>(totals: impl Iterator<Item = &'a Totals>) -> Totals {
        totals.fold(Totals::default(), Totals::plus)
    }

    /// The share of lies that checks noticed, in percent, of those that a case has to care about.
    pub fn share(&self) -> f64 {
        let concerned = self.lies - self.unspecified;
        if concerned == 0 { 100.0 } else { 100.0 * self.noticed as f64 / concerned as f64 }
    }
}

/// All lies of one case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audited {
    /// The case.
    pub name: String,
    /// What it says of the honest kernel; only what is as expected can be lied to.
    pub verdict: Verdict,
    /// Why it is not simply `conforms`.
    pub reason: String,
    /// What was asked, and the fates of the lies about it.
    pub questions: BTreeMap<String, Totals>,
    /// The lies that no check noticed, in order.
    pub missed: Vec<Missed>,
    /// Clauses that its checks cite.
    pub checked: BTreeSet<String>,
    /// Clauses of which a check failed, under some lie or as a quirk.
    pub proved: BTreeSet<String>,
}

impl Audited {
    /// A case to which nothing has been told yet.
    pub fn new(name: String, verdict: Verdict, reason: String) -> Audited {
        Audited {
            name,
            verdict,
            reason,
            questions: BTreeMap::new(),
            missed: Vec::new(),
            checked: BTreeSet::new(),
            proved: BTreeSet::new(),
        }
    }

    /// Notes what became of a lie.
    pub fn told(&mut self, lie: String, question: String, fate: Fate) {
        self.questions.entry(question.clone()).or_default().count(&fate);
        if fate != Fate::Noticed {
            self.missed.push(Missed { lie, question, fate });
        }
    }

    /// Of all questions.
    pub fn totals(&self) -> Totals {
        Totals::sum(self.questions.values())
    }

    /// The family it belongs to.
    pub fn family(&self) -> &str {
        self.name.split("::").next().unwrap_or_default()
    }

    /// `family::behaviour`
    pub fn behaviour(&self) -> &str {
        behaviour(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_are_counted_by_question_and_kept_if_missed() {
        let mut case = Audited::new("a::b::seize".to_owned(), Verdict::Conforms, String::new());
        for (question, fate) in [("wait", Fate::Noticed), ("wait", Fate::Silent), ("message", Fate::Noticed)]
        {
            case.told("a lie".to_owned(), question.to_owned(), fate);
        }
        assert_eq!((case.questions["wait"].noticed, case.questions["wait"].silent), (1, 1));
        assert_eq!((case.totals().lies, case.missed.len()), (3, 1));
        assert_eq!((case.family(), case.behaviour()), ("a", "a::b"));
    }

    #[test]
    fn the_share_is_of_what_cases_care_about() {
        let totals = Totals { lies: 5, noticed: 1, unspecified: 1, silent: 2, by_time_limit: 1, untold: 0 };
        assert_eq!(totals.share(), 25.0);
        assert_eq!(Totals::default().share(), 100.0);
    }
}
