//! The judgement on a watched guest: its own report, or what can be saved of it and why it is not whole.

use std::collections::HashMap;

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::qemu::Machine;
use super::transcript::{Phase, Plan, Transcript};
use super::watch::{Ending, Watched};
use crate::report::Report;
use crate::target::Target;

/// What a guest leaves behind.
#[derive(Debug)]
pub enum Judgement {
    /// A report that is whole and agrees with all else that was heard.
    Whole(Report),
    /// The verdicts that arrived, all others `broken`, and why.
    Partial(Report, String),
    /// Nothing but the reason.
    Nothing(String),
}

/// Judges what was heard from this machine.
pub fn judge(watched: &Watched, machine: &Machine) -> Judgement {
    let transcript = &watched.transcript;
    let cause = match whole(transcript) {
        Some(Ok(mut report)) => {
            report.target = as_seen_from_here(report.target, machine);
            return Judgement::Whole(report);
        }
        Some(Err(why)) => why,
        None => cause(watched),
    };
    match &transcript.planned {
        Some(plan) => Judgement::Partial(partial(plan, transcript, &cause, machine), cause),
        None => Judgement::Nothing(cause),
    }
}

/// The guest's own report, if all of it arrived and nothing speaks against it.
fn whole(transcript: &Transcript) -> Option<Result<Report, String>> {
    let text = transcript.reported.as_ref().filter(|_| transcript.fault.is_none())?;
    let read = std::str::from_utf8(text).map_err(anyhow::Error::new).and_then(Report::parse);
    Some(match read {
        Ok(report) if agrees(&report, transcript) => Ok(report),
        Ok(_) => Err("the guest's report contradicts what it said while it ran".to_owned()),
        Err(error) => Err(format!("the guest's report cannot be read: {error:#}")),
    })
}

/// Whether the report has the planned cases, with the verdicts that were told as they came.
fn agrees(report: &Report, transcript: &Transcript) -> bool {
    let names = report.cases.iter().map(|record| &record.name);
    let planned = transcript.planned.as_ref().is_none_or(|plan| names.eq(&plan.cases));
    let told = |(&at, (verdict, _)): (&u32, &(Verdict, String))| {
        report.cases.get(at as usize).is_some_and(|record| record.verdict == *verdict)
    };
    planned && transcript.judged.iter().all(told)
}

/// Why there is no whole report, the guest's own words first.
fn cause(watched: &Watched) -> String {
    let doing = watched.phase.name();
    if let Ending::Interrupted(signal) = watched.ending {
        return format!("ended by signal {signal} while the guest was {doing}");
    }
    let told = watched.transcript.fault.as_deref();
    let alarm = watched.transcript.alarms.gravest();
    match (told, alarm) {
        (Some(fault), Some(alarm)) => format!("{fault}; its kernel said: {alarm}"),
        (Some(fault), None) => fault.to_owned(),
        (None, Some(alarm)) if watched.transcript.alarms.panicked() => {
            format!("the guest's kernel died while {doing}: {alarm}")
        }
        (None, Some(alarm)) => format!("{}; its kernel said: {alarm}", ending(watched)),
        (None, None) => ending(watched),
    }
}

fn ending(watched: &Watched) -> String {
    let doing = watched.phase.name();
    let mute = if watched.mute() { ", it never said a word" } else { "" };
    match &watched.ending {
        Ending::Silent(limit) => {
            format!(
                "time limit: nothing new from the guest for {} s while {doing}{mute}",
                limit.as_secs_f64()
            )
        }
        Ending::Exited(Ok(status)) if status.success() && watched.phase == Phase::Report => {
            format!("the console was torn: {}", watched.transcript.missing())
        }
        Ending::Exited(Ok(status)) if status.success() => {
            format!("the guest powered off or rebooted while {doing}{mute}")
        }
        Ending::Exited(Ok(status)) => {
            format!("QEMU ended with {status} while {doing}{}", complaints(watched))
        }
        Ending::Exited(Err(error)) => format!("cannot tell how QEMU ended ({error})"),
        Ending::Interrupted(signal) => format!("ended by signal {signal}"),
    }
}

fn complaints(watched: &Watched) -> String {
    match watched.complaints.is_empty() {
        true => String::new(),
        false => format!(": {}", watched.complaints.join("; ")),
    }
}

fn partial(plan: &Plan, transcript: &Transcript, cause: &str, machine: &Machine) -> Report {
    let clauses: HashMap<_, _> =
        all_variants(FAMILIES).into_iter().map(|(name, variant)| (name, variant.case.clauses)).collect();
    let record = |(name, at): (&String, u32)| {
        let (verdict, reason) = match transcript.judged.get(&at) {
            Some(judged) => judged.clone(),
            None if transcript.started.contains(&at) => {
                (Verdict::Broken, format!("it was running when the guest ended: {cause}"))
            }
            None => (Verdict::Broken, format!("no verdict arrived: {cause}")),
        };
        let clauses = clauses.get(name).copied().unwrap_or_default();
        CaseRecord::without_observations(name, clauses, verdict, reason)
    };
    let cases: Vec<_> = plan.cases.iter().zip(0..).map(record).collect();
    let target = as_seen_from_here(plan.target.clone(), machine);
    let mut report = Report::new(target, cases.len(), cases);
    report.complete = false;
    report
}

/// A guest takes itself for a host; what it ran on is known here.
fn as_seen_from_here(target: Target, machine: &Machine) -> Target {
    Target {
        platform: "qemu".to_owned(),
        accelerator: Some(machine.accelerator.name().to_owned()),
        model: Some(machine.cpu().to_owned()),
        ..target
    }
}
