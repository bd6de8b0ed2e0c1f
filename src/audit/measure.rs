//! The measurement: which lies of a case its checks notice.

use std::convert::Infallible;

use ptrace_conformance_harness::lie::Lie;
use ptrace_conformance_harness::parallel;
use ptrace_conformance_harness::pool::Pool;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::findings::{Audited, Fate, Told};
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

fn audit_one(pool: &Pool, (name, variant): &Named) -> Audited {
    let clauses = variant.case.clauses;
    let (honest, offers) = pool.list_lies(name, clauses);
    let mut told = Vec::new();
    if matches!(honest.verdict, Verdict::Conforms | Verdict::Quirk) {
        for offer in offers {
            for what in offer.lies {
                let lie = Lie { answer: offer.answer, what };
                let fate = match &offer.unspecified {
                    Some(reason) => Fate::Unspecified(reason.clone()),
                    None => fate(pool.run_under_lie(name, clauses, &lie)),
                };
                told.push(Told { lie: lie.to_string(), question: offer.question.clone(), fate });
            }
        }
    }
    Audited { name: name.clone(), verdict: honest.verdict, reason: honest.reason, told }
}

fn fate(record: CaseRecord) -> Fate {
    match record.verdict {
        Verdict::Deviates => Fate::Noticed,
        Verdict::Broken if record.reason.starts_with("time limit") => Fate::ByTimeLimit,
        Verdict::Broken if record.reason.starts_with("this lie cannot be told") => Fate::Untold,
        Verdict::Broken => Fate::Noticed,
        Verdict::Conforms | Verdict::Quirk | Verdict::Skipped => Fate::Silent,
    }
}
