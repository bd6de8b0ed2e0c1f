//! The suite inside a guest: runs what was ordered and tells it as it happens, then as a report.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::record::CaseRecord;
use serde::{Deserialize, Serialize};

use super::files::ORDER;
use super::record::{Document, Record};
use super::speaker::Speaker;
use super::transcript::Plan;
use crate::cli::Filters;
use crate::partition::Partition;
use crate::report::Report;
use crate::select::{self, Named};
use crate::target::Target;

/// What the suite shall do in the guest; travels in the initramfs, where no word can be too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which cases.
    pub filters: Vec<String>,
    /// Whether the filters are full names.
    pub exact: bool,
    /// Which share of them.
    pub partition: Option<Partition>,
    /// Time limit of each case.
    pub time_limit: Duration,
}

/// Does what was ordered. An error is told to the host before it ends this process.
pub fn run() -> anyhow::Result<()> {
    let mut speaker = Speaker::new(1).context("cannot open the console")?;
    let done = obey(&mut speaker);
    if let Err(error) = &done {
        let reason = format!("the suite in the guest gave up: {error:#}");
        speaker.say(&Record::Fault { reason }).context("cannot write to the console")?;
    }
    done
}

fn obey(speaker: &mut Speaker) -> anyhow::Result<()> {
    let order = std::fs::read(format!("/{ORDER}")).context("cannot read the order")?;
    let order: Order = serde_json::from_slice(&order).context("cannot understand the order")?;
    let filters = Filters { filters: order.filters, exact: order.exact, partition: order.partition };
    let cases = select::select(&filters, all_variants(FAMILIES))?;
    let target = Target::host()?;

    let names = cases.iter().map(|(name, _)| name.clone()).collect();
    let plan = serde_json::to_vec(&Plan { target: target.clone(), cases: names })?;
    speaker.send(Document::Plan, &plan).context("cannot send the plan")?;
    let records = run_all(&cases, order.time_limit, speaker)?;
    let report = Report::new(target, cases.len(), records);
    speaker.send(Document::Report, report.to_json()?.as_bytes()).context("cannot send the report")
}

/// Runs the cases, one per processor at a time, each told when it begins and when it ends.
fn run_all(cases: &[Named], time_limit: Duration, speaker: &mut Speaker) -> anyhow::Result<Vec<CaseRecord>> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool::new(Settings { jobs, time_limit, journal: false });
    let (next, speaker) = (AtomicUsize::new(0), Mutex::new(speaker));
    let say = |record: &Record| match speaker.lock() {
        Ok(mut speaker) => speaker.say(record).context("cannot write to the console"),
        Err(_) => Err(anyhow!("another worker's thread panicked")),
    };
    let serve = || {
        let mut records = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((name, variant)) = cases.get(at) else { return Ok(records) };
            let index = u32::try_from(at)?;
            say(&Record::Start { index })?;
            let record = pool.run_one(name, variant.case.clauses).record;
            say(&Record::Case { index, verdict: record.verdict, reason: record.reason.clone() })?;
            records.push((at, record));
        }
    };
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(serve)).collect();
        for thread in threads {
            let records: anyhow::Result<Vec<(usize, CaseRecord)>> =
                thread.join().map_err(|_| anyhow!("a thread that runs cases panicked"))?;
            all.extend(records?);
        }
        anyhow::Ok(())
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, record)| record).collect())
}
