//! The measurement: which lies of a case its checks notice.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use ptrace_conformance_harness::lie::{Lie, Offer};
use ptrace_conformance_harness::parallel;
use ptrace_conformance_harness::pool::Pool;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::audited::{Audited, Fate};
use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::select::Named;

/// How many lies are told.
pub enum Extent {
    /// Each to each case.
    All,
    /// To each behaviour, only until each of its clauses has been seen failing.
    UntilProved(Mutex<HashMap<String, BTreeSet<String>>>),
}

impl Extent {
    /// Which of the two.
    pub fn new(until_proved: bool) -> Extent {
        if until_proved { Extent::UntilProved(Mutex::default()) } else { Extent::All }
    }

    /// Whether anything is left to prove of this case.
    fn is_enough(&self, case: &Audited) -> bool {
        let Extent::UntilProved(behaviours) = self else { return false };
        let mut behaviours = behaviours.lock().unwrap_or_else(PoisonError::into_inner);
        let proved = behaviours.entry(case.behaviour().to_owned()).or_default();
        proved.extend(case.proved.iter().cloned());
        case.checked.is_subset(proved)
    }
}

/// Audits the cases, some at a time; those that were not begun before an interruption are left out.
pub fn audit(
    pool: &Pool,
    jobs: usize,
    cases: &[Named],
    extent: &Extent,
    interruption: &Interruption,
) -> Vec<Audited> {
    let mut audited: Vec<Option<Audited>> = cases.iter().map(|_| None).collect();
    let mut progress = Progress::new(cases.len(), 1);
    let keep = |at: usize, outcome: Audited| {
        progress.done(&outcome.name, outcome.verdict);
        audited[at] = Some(outcome);
        Ok::<_, Infallible>(())
    };
    let go_on = || interruption.signal().is_none();
    let Ok(()) = parallel::each(jobs, cases, go_on, |_, case| audit_one(pool, case, extent), keep);
    progress.clear();
    audited.into_iter().flatten().collect()
}

/// The lies to one case.
pub fn audit_one(pool: &Pool, (name, variant): &Named, extent: &Extent) -> Audited {
    let clauses = variant.case.clauses;
    let (honest, offers) = pool.list_lies(name, clauses);
    let mut audited = Audited::new(name.clone(), honest.verdict, honest.reason.clone());
    if !matches!(honest.verdict, Verdict::Conforms | Verdict::Quirk) {
        return audited;
    }
    audited.checked.extend(clauses_of(&honest, |_| true));
    // What a quirk deviates from is seen failing without any lie.
    audited.proved.extend(clauses_of(&honest, |holds| !holds));
    for (offer, what) in in_turn(&offers, extent) {
        if extent.is_enough(&audited) {
            break;
        }
        let lie = Lie { answer: offer.answer, what: what.clone() };
        let fate = match &offer.unspecified {
            Some(reason) => Fate::Unspecified(reason.clone()),
            None => {
                let record = pool.run_under_lie(name, clauses, &lie);
                audited.proved.extend(clauses_of(&record, |holds| !holds));
                fate(&record)
            }
        };
        audited.told(lie.to_string(), offer.question.clone(), fate);
    }
    audited
}

/// Every lie, answer by answer; if not all are needed, the first of each answer first.
fn in_turn<'a>(offers: &'a [Offer], extent: &Extent) -> Vec<(&'a Offer, &'a String)> {
    let mut lies: Vec<_> = offers
        .iter()
        .flat_map(|offer| offer.lies.iter().enumerate().map(move |(turn, what)| (turn, offer, what)))
        .collect();
    if let Extent::UntilProved(_) = extent {
        lies.sort_by_key(|(turn, ..)| *turn);
    }
    lies.into_iter().map(|(_, offer, what)| (offer, what)).collect()
}

fn fate(record: &CaseRecord) -> Fate {
    match record.verdict {
        Verdict::Deviates => Fate::Noticed,
        Verdict::Broken if record.reason.starts_with("time limit") => Fate::ByTimeLimit,
        Verdict::Broken if record.reason.starts_with("this lie cannot be told") => Fate::Untold,
        Verdict::Broken => Fate::Noticed,
        Verdict::Conforms | Verdict::Quirk | Verdict::Skipped => Fate::Silent,
    }
}

/// The clauses of such checks, by whether they hold.
fn clauses_of(record: &CaseRecord, which: impl Fn(bool) -> bool) -> impl Iterator<Item = String> {
    let checks = record.observations.iter().filter(move |seen| seen.holds.is_some_and(&which));
    checks.filter_map(|seen| seen.clause.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, checked: &[&str], proved: &[&str]) -> Audited {
        let set = |clauses: &[&str]| clauses.iter().map(|&clause| clause.to_owned()).collect();
        let case = Audited::new(name.to_owned(), Verdict::Conforms, String::new());
        Audited { checked: set(checked), proved: set(proved), ..case }
    }

    #[test]
    fn variants_prove_their_behaviour_together() {
        let extent = Extent::new(true);
        assert!(!extent.is_enough(&case("a::b::attach", &["one", "two"], &["one"])));
        assert!(extent.is_enough(&case("a::b::seize", &["one", "two"], &["two"])));
        assert!(!extent.is_enough(&case("a::c::seize", &["two"], &[])), "another behaviour");
        assert!(!Extent::new(false).is_enough(&case("a::b::seize", &[], &[])), "all is all");
    }

    #[test]
    fn the_first_lie_of_each_answer_comes_first_where_not_all_are_told() {
        let offer = |answer, lies: &[&str]| Offer {
            answer,
            question: "wait".to_owned(),
            lies: lies.iter().map(|&lie| lie.to_owned()).collect(),
            unspecified: None,
        };
        let offers = [offer(1, &["a", "b"]), offer(2, &["c"])];
        let told =
            |extent| in_turn(&offers, &extent).into_iter().map(|(_, what)| what.clone()).collect::<String>();
        assert_eq!(told(Extent::All), "abc");
        assert_eq!(told(Extent::new(true)), "acb");
    }
}
