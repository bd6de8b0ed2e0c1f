//! The suite inside a guest: runs what was ordered, one case at a time, and sends the records as it goes.

use std::time::Duration;

use anyhow::Context;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};
use serde::{Deserialize, Serialize};

use super::files::ORDER;
use super::kernel_log::KernelLog;
use super::record::{Document, Record};
use super::speaker::Speaker;
use super::transcript::Plan;
use crate::audit;
use crate::audit::guest::Telling;
use crate::audit::measure::Extent;
use crate::cli::Filters;
use crate::partition::Partition;
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
    /// Audit the cases instead of running them.
    pub lies: Option<Telling>,
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
    let plan = serde_json::to_vec(&Plan { target, cases: names })?;
    speaker.send(Document::PLAN, &plan).context("cannot send the plan")?;
    run_all(&cases, order.time_limit, order.lies, speaker)
}

/// Records in a document: so many are lost at most when the guest dies, and run again.
const CHUNK: usize = 64;

/// Runs the cases one by one, so that what the kernel says meanwhile belongs to one of them.
fn run_all(
    cases: &[Named],
    time_limit: Duration,
    lies: Option<Telling>,
    speaker: &mut Speaker,
) -> anyhow::Result<()> {
    let pool = Pool::new(Settings {
        jobs: 1,
        time_limit: lies.map_or(time_limit, |lies| lies.time_limit),
        journal: false,
    });
    let extent = Extent::new(lies.is_some_and(|lies| lies.until_proved));
    let mut log = KernelLog::open();
    let mut ended = None;
    for (chunk, number) in cases.chunks(CHUNK).zip(0..) {
        let mut records = Vec::new();
        for (case, index) in chunk.iter().zip(number * CHUNK as u32..) {
            step(speaker, ended, Some(index))?;
            let (name, clauses) = (&case.0, case.1.case.clauses);
            let mut record = match lies {
                None => pool.run_one(name, clauses).record,
                Some(_) => audit::guest::record(&audit::measure::audit_one(&pool, case, &extent), clauses)?,
            };
            record.observe(log.alarms().into_iter().map(observation));
            ended = Some((index, record.verdict));
            records.push(record);
        }
        // Sending is no case's doing.
        step(speaker, ended.take(), None)?;
        send(speaker, Document(number + 1), &records)?;
    }
    Ok(())
}

fn step(speaker: &mut Speaker, ended: Option<(u32, Verdict)>, begins: Option<u32>) -> anyhow::Result<()> {
    speaker.say(&Record::Step { ended, begins }).context("cannot write to the console")
}

fn send(speaker: &mut Speaker, document: Document, records: &[CaseRecord]) -> anyhow::Result<()> {
    let text = serde_json::to_vec(records).context("cannot write the records")?;
    speaker.send(document, &text).context("cannot send the records")
}

/// What the kernel said while a case ran is part of what was seen of it.
fn observation(alarm: String) -> Observation {
    Observation {
        task: "kernel".to_owned(),
        what: "log".to_owned(),
        observed: alarm,
        expected: None,
        clause: None,
        holds: None,
    }
}
