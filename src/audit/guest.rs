//! Audits in virtual machines: the guest audits as it would run, and what it found of a case is an observation of
//! that case's record.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::bail;
use ptrace_conformance_harness::parallel;
use ptrace_conformance_harness::record::{CaseRecord, Observation};

use super::audited::Audited;
use serde::{Deserialize, Serialize};

use crate::cli::Filters;
use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::report::Report;
use crate::select::{Named, behaviour};
use crate::target::Target;
use crate::vm;

/// How a guest tells lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Of each lie.
    pub time_limit: Duration,
    /// Only until each clause of a behaviour has been seen failing.
    pub until_proved: bool,
}

/// What the findings are observed as.
const WHAT: &str = "audit";

/// In the guest: a record of what was found.
pub fn record(audited: &Audited, clauses: &[&str]) -> anyhow::Result<CaseRecord> {
    let Audited { name, verdict, reason, .. } = audited;
    let mut record = CaseRecord::without_observations(name, clauses, *verdict, reason.clone());
    record.observe([Observation {
        task: "suite".to_owned(),
        what: WHAT.to_owned(),
        observed: serde_json::to_string(audited)?,
        expected: None,
        clause: None,
        holds: None,
    }]);
    Ok(record)
}

/// On the host: what was found, out of such a record. Of a case that the guest died of, nothing.
fn audited(record: CaseRecord) -> anyhow::Result<Audited> {
    match record.observations.iter().find(|seen| seen.what == WHAT) {
        Some(seen) => Ok(serde_json::from_str(&seen.observed)?),
        None => Ok(Audited::new(record.name, record.verdict, record.reason)),
    }
}

/// Audits these cases on the kernel that the arguments name, in several guests at a time.
pub fn audit(
    args: &vm::Args,
    jobs: usize,
    cases: &[Named],
    interruption: &Interruption,
) -> anyhow::Result<(Target, Vec<Audited>)> {
    let behaviours: Vec<_> =
        cases.chunk_by(|(one, _), (next, _)| behaviour(one) == behaviour(next)).collect();
    let jobs = jobs.min(behaviours.len());
    let shares: Vec<_> =
        (0..jobs).map(|first| share(args, behaviours.iter().skip(first).step_by(jobs))).collect();
    let progress = Mutex::new(Progress::new(cases.len(), 1));
    let boot =
        |_, args: &vm::Args| vm::guest_report(args, &mut Audience { progress: &progress, interruption });
    let mut reports = Vec::new();
    parallel::each(
        jobs,
        &shares,
        || true,
        boot,
        |_, outcome| {
            let vm::Outcome { report, ended, .. } = outcome?;
            match ended {
                Some(why) if interruption.signal().is_none() => bail!("{why}"),
                _ => reports.push(report),
            }
            Ok(())
        },
    )?;
    progress.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let Some(first) = reports.first() else { bail!("there is nothing to audit") };
    let target = first.target.clone();
    Ok((target, in_order(cases, reports)?))
}

/// The arguments for a guest that audits these behaviours.
fn share<'a>(args: &vm::Args, behaviours: impl Iterator<Item = &'a &'a [Named]>) -> vm::Args {
    let filters = behaviours.flat_map(|cases| cases.iter()).map(|(name, _)| name.clone()).collect();
    vm::Args { filters: Filters { filters, exact: true, partition: None }, ..args.clone() }
}

/// What was found of each case, in the suite's order.
fn in_order(cases: &[Named], reports: Vec<Report>) -> anyhow::Result<Vec<Audited>> {
    let records = reports.into_iter().flat_map(|report| report.cases);
    let mut found = records.map(audited).collect::<anyhow::Result<Vec<_>>>()?;
    let places: HashMap<_, _> = cases.iter().map(|(name, _)| name).zip(0..).collect();
    found.sort_by_key(|case| places.get(&case.name).copied().unwrap_or(cases.len()));
    Ok(found)
}

/// Puts what all guests do into one line.
struct Audience<'a> {
    progress: &'a Mutex<Progress>,
    interruption: &'a Interruption,
}

impl vm::Audience for Audience<'_> {
    fn boots(&mut self, _: &Path, _: &vm::Machine) {}

    fn remark(&mut self, text: &str) {
        anstream::eprintln!("{text}");
    }

    fn news(&mut self, news: &vm::News, transcript: &vm::Transcript) {
        let vm::News::Judged(at, verdict) = news else { return };
        let plan = transcript.planned.as_ref();
        let name = plan.and_then(|plan| plan.cases.get(*at as usize)).map_or("", String::as_str);
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).done(name, *verdict);
    }

    fn signal(&self) -> Option<i32> {
        self.interruption.signal()
    }
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::record::Verdict;

    use super::*;
    use crate::audit::audited::Fate;

    #[test]
    fn findings_come_through_as_a_record() {
        let mut found = Audited::new("a::b::seize".to_owned(), Verdict::Quirk, "a reason".to_owned());
        found.told("answer 1: no event".to_owned(), "wait".to_owned(), Fate::Silent);
        found.proved.insert("stop.event".to_owned());
        let record = record(&found, &["stop.event"]).unwrap();
        assert_eq!((record.verdict, &*record.clauses), (Verdict::Quirk, &["stop.event".to_owned()][..]));
        let again = audited(record).unwrap();
        assert_eq!((again.totals(), again.proved), (found.totals(), found.proved));
    }

    #[test]
    fn of_a_case_that_ended_the_guest_nothing_is_known() {
        let record = CaseRecord::without_observations("a::b::c", &[], Verdict::Broken, "gone".to_owned());
        let found = audited(record).unwrap();
        assert_eq!((found.reason.as_str(), found.totals().lies), ("gone", 0));
    }
}
