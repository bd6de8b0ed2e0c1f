//! The measurement: which lies of a case its checks notice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use ptrace_conformance_harness::lie::Lie;
use ptrace_conformance_harness::pool::Pool;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::findings::{Audited, Fate, Told};
use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::select::Named;

/// Audits the cases, some at a time; those that were not begun before an interruption are left out.
pub fn audit(pool: &Pool, jobs: usize, cases: &[Named], interruption: &Interruption) -> Vec<Audited> {
    let next = AtomicUsize::new(0);
    let go_on = || interruption.signal().is_none();
    let work = |done: mpsc::Sender<(usize, Audited)>| {
        while go_on()
            && let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(case) = cases.get(at)
            && done.send((at, audit_one(pool, case))).is_ok()
        {}
    };
    let mut audited: Vec<Option<Audited>> = cases.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let (done, outcome) = mpsc::channel();
        for _ in 0..jobs.min(cases.len()) {
            let (done, work) = (done.clone(), &work);
            scope.spawn(move || work(done));
        }
        drop(done);
        let mut progress = Progress::new(cases.len(), 1);
        for (at, outcome) in outcome {
            progress.done(&outcome.name, outcome.verdict);
            audited[at] = Some(outcome);
        }
        progress.clear();
    });
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
