//! Runs one case on the calling thread, from a fresh tracee to the record, and leaves nothing behind.

use crate::case::{Arch, Case, Start, Variant};
use crate::context::{Context, Flow, Halt};
use crate::kernel::Kernel;
use crate::lie::{Liar, Noticed, Offer};
use crate::program::Program;
use crate::record::{CaseRecord, Observation, Verdict};
use crate::spawn::can_execute_descriptors;
use crate::version::KernelVersion;
use crate::{environment, judge, process, start, teardown, worker_images};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::{Pid, getpgid, getpgrp, setpgid};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

/// Ends the tracees in this process's group, which [`be_plain`] has made: for who runs cases without a worker, whose
/// guardian would find what an orphan of theirs has left. Says how many there were.
pub fn end_strays() -> usize {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).map(Pid::from_raw);
    let is_tracee = |pid: &Pid| {
        let image = std::fs::read_link(format!("/proc/{pid}/exe"));
        image.is_ok_and(|image| image.as_os_str() == "/memfd:tracee (deleted)")
            && getpgid(Some(*pid)) == Ok(getpgrp())
    };
    // Whoever ends by itself meanwhile is no stray.
    pids.filter(is_tracee).filter(|&pid| kill(pid, Signal::SIGKILL).is_ok()).count()
}

/// Gives this process what tracees inherit and scenarios rely on, whoever started it: workers do so before they run
/// cases, and so must everybody else who runs them.
pub fn be_plain() {
    // Optional: what loses its parent comes to us, and not to init.
    let _ = prctl::set_child_subreaper(true);
    // Not an orphaned group, its leader's parent being in another group of the session: job control stops work.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    // What nohup(1) has us ignore, a tracee would.
    process::default_signals();
    let _ = SigSet::empty().thread_set_mask();
}

/// Runs the variant under its full name, and asks this kernel.
pub fn run_case(name: &str, variant: Variant, kernel: Kernel) -> CaseRecord {
    let context = Rc::new(Context::new(variant, kernel));
    run(name, &context)
}

/// Runs the variant and lists the lies that could be told of each answer.
pub fn list_lies(name: &str, variant: Variant) -> (CaseRecord, Vec<Offer>) {
    let context = Rc::new(Context::new(variant, Kernel::new(false, Some(Liar::default()))));
    let record = run(name, &context);
    let offers = context.kernel.liar().map(Liar::take_offers).unwrap_or_default();
    (record, offers)
}

fn run(name: &str, context: &Rc<Context>) -> CaseRecord {
    let variant = context.variant;
    let end = match unfit(&variant) {
        Some(reason) => Err(Halt::Skip(reason)),
        None => until_noticed(|| scenario(context)),
    };
    clean_up(context);
    let observations = context.observations.take();
    let (verdict, reason) = match context.kernel.liar().is_some_and(Liar::failed_to_lie) {
        true => (Verdict::Broken, "this lie cannot be told: the run has no such answer".to_owned()),
        false => judged(variant.case, &observations, end),
    };
    let roles = context.roles.borrow();
    let journal = context.kernel.take_journal();
    CaseRecord {
        name: name.to_owned(),
        verdict,
        reason,
        clauses: variant.case.clauses.iter().map(|&id| id.to_owned()).collect(),
        observations: observations.into(),
        journal: journal.into_iter().map(|(pid, line)| format!("{}: {line}", roles.of(pid))).collect(),
    }
}

/// A scenario that has noticed the lie it was told goes no further.
fn until_noticed(scenario: impl FnOnce() -> Flow) -> Flow {
    catch_unwind(AssertUnwindSafe(scenario)).unwrap_or_else(|payload| match payload.is::<Noticed>() {
        true => Err(Halt::Checked),
        false => resume_unwind(payload),
    })
}

fn scenario(context: &Rc<Context>) -> Flow {
    let case = context.variant.case;
    let program = Program::of(context.variant);
    if program.executes_descriptor() && !can_execute_descriptors() {
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
    let believed = context.alive.take();
    let alive = match context.kernel.liar() {
        Some(liar) => liar.really_alive(believed),
        None => believed,
    };
    teardown::end(&alive);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;
    use crate::spawn::{Opening, spawn};
    use crate::status::{Gone, Reading};

    #[test]
    fn strays_are_found_and_ended() {
        be_plain();
        let image = Image::new().unwrap();
        let pid = spawn(&image, Opening::Wait).unwrap();
        assert_eq!(end_strays(), 1);
        let (_, status) = process::wait(pid, 0).unwrap().unwrap();
        assert_eq!(status.read(), Reading::Gone(Gone::Killed(crate::signal::Signal::KILL, false)));
        assert_eq!(end_strays(), 0);
    }
}
