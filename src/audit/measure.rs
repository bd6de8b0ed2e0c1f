//! The measurement: which lies of a case its checks notice.

use std::convert::Infallible;

use ptrace_conformance_harness::lie::Lie;
use ptrace_conformance_harness::parallel;
use ptrace_conformance_harness::pool::Pool;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::audited::{Audited, Fate};
use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::select::Named;

/// Audits the cases, some at a time; those that were not begun before an interruption are left out.
pub fn audit(pool: &Pool, jobs: usize, cases: &[Named], interruption: &Interruption) -> Vec<Audited> {
    let mut audited: Vec<Option<Audited>> = cases.iter().map(|_| None).collect();
    let mut progress = Progress::new(cases.len(), 1);
    let keep = |at: usize, outcome: Audited| {
        progress.done(&outcome.name, outcome.verdict);
        audited[at] = Some(outcome);
        Ok::<_, Infallible>(())
    };
    let go_on = || interruption.signal().is_none();
    let Ok(()) = parallel::each(jobs, cases, go_on, |_, case| audit_one(pool, case), keep);
    progress.clear();
    audited.into_iter().flatten().collect()
}

/// All lies to one case.
pub fn audit_one(pool: &Pool, (name, variant): &Named) -> Audited {
    let clauses = variant.case.clauses;
    let (honest, offers) = pool.list_lies(name, clauses);
    let mut audited = Audited::new(name.clone(), honest.verdict, honest.reason.clone());
    if !matches!(honest.verdict, Verdict::Conforms | Verdict::Quirk) {
        return audited;
    }
    // What a quirk deviates from is seen failing without any lie.
    audited.proved.extend(failing(&honest));
    for offer in offers {
        for what in offer.lies {
            let lie = Lie { answer: offer.answer, what };
            let fate = match &offer.unspecified {
                Some(reason) => Fate::Unspecified(reason.clone()),
                None => {
                    let record = pool.run_under_lie(name, clauses, &lie);
                    audited.proved.extend(failing(&record));
                    fate(&record)
                }
            };
            audited.told(lie.to_string(), offer.question.clone(), fate);
        }
    }
    audited
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

/// The clauses whose checks fail.
fn failing(record: &CaseRecord) -> impl Iterator<Item = String> {
    let failed = record.observations.iter().filter(|seen| seen.holds == Some(false));
    failed.filter_map(|seen| seen.clause.clone())
}
