//! The ledger: what is known of the planned cases, over all boots of a guest.

use std::collections::{HashMap, HashSet};

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::cause;
use super::qemu::{self, Machine};
use super::transcript::{Plan, Transcript};
use super::watch::{Ending, Watched};
use crate::report::Report;
use crate::target::Target;

/// Boots of one guest at most: a kernel that dies so often is not worth more time.
pub const BOOTS: usize = 6;

/// What follows after a boot.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Every case has its record.
    Done,
    /// The guest is gone; these cases have no record yet.
    Again(Vec<String>, String),
    /// Nothing more is to be had, and why.
    End(String),
}

/// All that the boots of a guest established.
#[derive(Debug, Default)]
pub struct Ledger {
    plan: Option<Plan>,
    records: HashMap<String, CaseRecord>,
    culprits: HashSet<String>,
    boots: usize,
    /// Why there had to be another boot, the last time.
    death: Option<String>,
}

impl Ledger {
    /// Takes in what a boot brought to light.
    pub fn take(&mut self, watched: &Watched) -> Next {
        self.boots += 1;
        let transcript = &watched.transcript;
        let asked = self.plan.is_some().then(|| self.missing());
        self.plan = self.plan.take().or_else(|| transcript.planned.clone());
        if let Some(why) = distrust(transcript, asked.as_ref()) {
            return Next::End(why);
        }
        let cause = cause::cause(watched);
        if transcript.planned.is_none() {
            return Next::End(cause);
        }
        let before = self.records.len();
        self.records.extend(transcript.records.clone());
        if self.missing().is_empty() && transcript.fault.is_none() {
            return Next::Done;
        }
        if matches!(watched.ending, Ending::Interrupted(_)) {
            return Next::End(cause);
        }
        if let Some(name) = transcript.culprit() {
            self.blame(name, cause::of_the_culprit(watched));
        }
        self.death = Some(cause.clone());
        match self.missing() {
            missing if missing.is_empty() => Next::End(cause),
            _ if self.records.len() == before => Next::End(cause),
            _ if self.boots >= BOOTS => Next::End(format!("{cause}; given up after {BOOTS} boots")),
            missing => Next::Again(missing, cause),
        }
    }

    /// A case that takes the guest down is not run again.
    fn blame(&mut self, name: &str, reason: String) {
        if !self.records.contains_key(name) {
            self.records.insert(name.to_owned(), broken(&[name.to_owned()], &reason).remove(0));
            self.culprits.insert(name.to_owned());
        }
    }

    /// The planned cases that have no record.
    fn missing(&self) -> Vec<String> {
        let cases = self.plan.iter().flat_map(|plan| &plan.cases);
        cases.filter(|name| !self.records.contains_key(*name)).cloned().collect()
    }

    /// How often the guest was booted.
    pub const fn boots(&self) -> usize {
        self.boots
    }

    /// The report, if there was a plan; cases without a record are `broken` for this reason. With it comes
    /// why it is not whole, if it is not.
    pub fn report(mut self, ended: Option<String>, machine: &Machine) -> Option<(Report, Option<String>)> {
        let missing = self.missing();
        let why = ended.as_deref().unwrap_or("the guest did not tell");
        let rest = broken(&missing, &format!("no record arrived: {why}"));
        self.records.extend(missing.into_iter().zip(rest));
        let ended = ended.or_else(|| {
            let death = self.death.as_ref()?;
            Some(format!("the guest was lost on the way and booted again: {death}"))
        });
        let plan = self.plan?;
        let cases: Vec<_> = plan.cases.iter().filter_map(|name| self.records.remove(name)).collect();
        let target = as_seen_from_here(plan.target, machine);
        let mut report = Report::new(target, plan.cases.len(), cases);
        report.complete &= ended.is_none();
        Some((report, ended))
    }
}

/// Why nothing of this boot can be believed, if so.
fn distrust(transcript: &Transcript, asked: Option<&Vec<String>>) -> Option<String> {
    let plan = transcript.planned.as_ref();
    if transcript.distrust.is_some() {
        return transcript.distrust.clone();
    }
    if asked.zip(plan).is_some_and(|(asked, plan)| *asked != plan.cases) {
        return Some("the guest planned other cases than it was asked to run".to_owned());
    }
    let planned: HashSet<_> = plan.iter().flat_map(|plan| &plan.cases).collect();
    let foreign = |name: &String| !planned.contains(name);
    let told = |(&at, &verdict): (&u32, &Verdict)| {
        let record = transcript.name(at).and_then(|name| transcript.records.get(name));
        record.is_none_or(|record| record.verdict == verdict)
    };
    let contradicts =
        plan.is_some() && (transcript.records.keys().any(foreign) || !transcript.judged.iter().all(told));
    contradicts.then(|| "the guest's records contradict what it said while it ran".to_owned())
}

/// Records of cases that gave none, in this order.
fn broken(names: &[String], reason: &str) -> Vec<CaseRecord> {
    let clauses: HashMap<_, _> =
        all_variants(FAMILIES).into_iter().map(|(name, variant)| (name, variant.case.clauses)).collect();
    let record = |name: &String| {
        let clauses = clauses.get(name).copied().unwrap_or_default();
        CaseRecord::without_observations(name, clauses, Verdict::Broken, reason.to_owned())
    };
    names.iter().map(record).collect()
}

/// A guest takes itself for a host; what it ran on is known here.
fn as_seen_from_here(target: Target, machine: &Machine) -> Target {
    Target {
        platform: "qemu".to_owned(),
        emulator: qemu::version(&machine.program),
        accelerator: Some(machine.accelerator.name().to_owned()),
        model: Some(machine.cpu().to_owned()),
        ..target
    }
}
