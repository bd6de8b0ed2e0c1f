//! Runs one case on the calling thread, from a fresh tracee to the record, and leaves nothing behind.

use crate::case::{Arch, Case, Start, Variant};
use crate::context::{Context, Flow, Halt};
use crate::program::Program;
use crate::record::{CaseRecord, Observation, Verdict};
use crate::spawn::can_execute_descriptors;
use crate::version::KernelVersion;
use crate::{environment, judge, start, teardown, worker_images};
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
    let (verdict, reason) = judged(variant.case, &observations, end);
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
fn judged(case: &Case, observations: &[Observation], end: Flow) -> (Verdict, String) {
    match end {
        Err(Halt::Broken(reason)) => return (Verdict::Broken, reason),
        Err(Halt::Skip(reason)) if observations.iter().all(|seen| seen.holds != Some(false)) => {
            return (Verdict::Skipped, reason);
        }
        _ => {}
    }
    judge::verdict(case, observations, Arch::HERE, KernelVersion::running())
}
