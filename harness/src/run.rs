//! Runs one case on the calling thread, from a fresh tracee to the record, and leaves nothing behind.

use crate::case::{Arch, Quirk, Start, Variant};
use crate::context::{Context, Flow, Halt};
use crate::program::Program;
use crate::record::{CaseRecord, Observation, Verdict};
use crate::spawn::can_execute_descriptors;
use crate::version::KernelVersion;
use crate::{environment, start, teardown, worker_images};
use std::rc::Rc;

/// Runs the variant under its full name; with a journal of every request and answer if asked.
pub fn run_case(name: &str, variant: Variant, journal: bool) -> CaseRecord {
    let context = Rc::new(Context::new(variant, journal));
    let end = match unfit(&variant) {
        Some(reason) => Err(Halt::Skip(reason)),
        None => scenario(&context),
    };
    clean_up(&context);
    let observations = context.observations.take();
    let (verdict, reason) = judge(&variant, &observations, end, KernelVersion::running());
    let roles = context.roles.borrow();
    let journal = context.kernel.take_journal();
    CaseRecord {
        name: name.to_owned(),
        verdict,
        reason,
        clauses: variant.case.clauses.iter().map(|&id| id.to_owned()).collect(),
        observations,
        journal: journal.into_iter().map(|(pid, line)| format!("{}: {line}", roles.of(pid))).collect(),
    }
}

fn scenario(context: &Rc<Context>) -> Flow {
    let case = context.variant.case;
    let program = Program::of(context.variant);
    if program.executes() && !can_execute_descriptors() {
        return Err(Halt::Skip("execveat(2) does not take an empty path on this kernel".into()));
    }
    let program = program.encode().map_err(Halt::Broken)?;
    let how = context.variant.pick::<Start>().unwrap_or(Start::Traceme);
    let stopped = start::start(context, &Rc::new(program), how, case.options, "tracee")?;
    (case.scenario)(stopped)
}

/// Why this variant makes no sense here, as far as its declaration tells.
fn unfit(variant: &Variant) -> Option<String> {
    let case = variant.case;
    if !case.arches.contains(&Arch::HERE) {
        return Some(format!("not for {}: {}", Arch::HERE.name(), case.only));
    }
    case.needs.iter().find_map(|&need| environment::lacks(need))
}

/// Kills and reaps every task that is still known, and takes the images back.
fn clean_up(context: &Context) {
    teardown::end(&context.alive.take());
    worker_images::give_back(context.images.take());
}

/// The verdict: our own failures first, then skips, then what the checks say.
fn judge(
    variant: &Variant,
    observations: &[Observation],
    end: Flow,
    kernel: KernelVersion,
) -> (Verdict, String) {
    let failed: Vec<_> = observations.iter().filter(|seen| seen.holds == Some(false)).collect();
    match end {
        Err(Halt::Broken(reason)) => return (Verdict::Broken, reason),
        Err(Halt::Skip(reason)) if failed.is_empty() => return (Verdict::Skipped, reason),
        _ => {}
    }
    if let Some(reason) = against_its_rules(variant, observations) {
        return (Verdict::Broken, reason);
    }
    let quirks: Vec<_> = variant.case.quirks.iter().filter(|quirk| applies(quirk, kernel)).collect();
    let gone = quirks.iter().find(|quirk| holds_everywhere(quirk, observations));
    if let Some(quirk) = gone {
        return (Verdict::Deviates, format!("the quirk of `{}` has gone: {}", quirk.what, quirk.reason));
    }
    let unexplained = failed.iter().find(|seen| !quirks.iter().any(|quirk| explains(quirk, seen)));
    match (unexplained, failed.first()) {
        (Some(seen), _) => (Verdict::Deviates, describe(seen)),
        (None, Some(_)) => {
            let mut reasons: Vec<_> = quirks.iter().map(|quirk| quirk.reason).collect();
            reasons.dedup();
            (Verdict::Quirk, reasons.join("; "))
        }
        (None, None) => (Verdict::Conforms, String::new()),
    }
}

/// A case that checks nothing, or cites what it has not declared, is broken.
fn against_its_rules(variant: &Variant, observations: &[Observation]) -> Option<String> {
    if observations.iter().all(|seen| seen.holds.is_none()) {
        return Some("the case checked nothing".to_owned());
    }
    let cited = observations.iter().filter_map(|seen| seen.clause.as_deref());
    let undeclared = cited.into_iter().find(|cited| !variant.case.clauses.contains(cited));
    undeclared.map(|clause| format!("the case cites {clause} without declaring it"))
}

fn applies(quirk: &Quirk, kernel: KernelVersion) -> bool {
    let ended = quirk.until.is_some_and(|change| change.is_in(kernel));
    quirk.arches.contains(&Arch::HERE) && quirk.since.is_in(kernel) && !ended
}

fn explains(quirk: &Quirk, seen: &Observation) -> bool {
    seen.what == quirk.what && seen.observed == quirk.observed
}

/// Whether the check that a quirk is about was made, and found no deviation.
fn holds_everywhere(quirk: &Quirk, observations: &[Observation]) -> bool {
    let mut about = observations.iter().filter(|seen| seen.what == quirk.what).peekable();
    about.peek().is_some() && about.all(|seen| seen.holds == Some(true))
}

fn describe(seen: &Observation) -> String {
    let expected = seen.expected.as_deref().unwrap_or_default();
    format!("{} of {}: expected {expected}, got {}", seen.what, seen.task, seen.observed)
}
