//! The verb `vm`: the suite in a virtual machine, on any kernel image.
//!
//! ```text
//!   host                                              guest (QEMU)
//!   ────                                              ────────────
//!   image     which architecture?                     kernel
//!   suite     our own static binary for it ─┐           │ starts
//!   newc      initramfs: that, and an order ─┴────────▶ init      mounts, reaps, powers off
//!   qemu      the command line                          │ starts
//!   watch  ◀── console: records, kernel messages ────── inside    the suite itself, with its workers
//!   verdict   the guest's own report, or what arrived
//!             of it and why the rest is missing
//! ```
//!
//! The console is the only way out of every guest, and it is lossy: [`record`] says how what crosses it
//! is told from noise, [`document`] how the report comes through whole or not at all.

pub mod accel;
mod alarm;
mod args;
pub mod cross;
mod document;
mod files;
pub mod guest;
pub mod image;
mod init;
mod inside;
mod limits;
mod newc;
pub mod qemu;
mod record;
mod session;
mod speaker;
mod suite;
#[cfg(test)]
pub mod tests;
mod transcript;
pub mod trial;
mod verdict;
mod watch;

use std::time::{Duration, Instant};

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;

pub use args::{Args, arch};
use session::{Session, Show};

use crate::exit::Status;
use crate::human::Circumstances;
use crate::interrupt::Interruption;
use crate::output;
use crate::report::Report;
use crate::run::deliver;
use crate::select;
pub use qemu::Machine;
pub use transcript::{News, Phase, Transcript};
use verdict::Judgement;
pub use watch::Audience;
use watch::{Ending, Watched};

/// Second statement of `main`: if this process is a guest's init, or the suite that this init started, it
/// serves as that and ends here, else this returns.
pub fn serve_if_asked() {
    if std::env::args_os().skip(1).all(|word| word != qemu::INIT_WORD) {
        return;
    }
    if std::process::id() == 1 {
        init::run();
    }
    // The error has been told to the host.
    std::process::exit(inside::run().is_err().into());
}

/// Runs what was selected on the given kernel, reports it and says how it went.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let all = all_variants(FAMILIES);
    if select::select(&args.filters, all.clone())?.is_empty() {
        anstream::eprintln!("{}", select::nothing_matches(&args.filters, &all));
        return Ok(Status::NothingRan);
    }
    let session = Session::prepare(args)?;
    if args.show_command {
        output::print(&format!("{}\n", session.command(session.first())))?;
        return Ok(Status::AsExpected);
    }
    let (place, baseline) = (args.output.place()?, args.against.read()?);
    let judge = |report, own| args.against.judge(baseline.as_ref(), report, &args.filters, &args.output, own);
    let interruption = Interruption::watch()?;
    let started = Instant::now();
    let mut show = Show::new(interruption);
    let (watched, machine) = session.run(&mut show)?;
    show.end();
    let mut circumstances = Circumstances { elapsed: Some(started.elapsed()), ..Circumstances::default() };
    let log = session.keep_log(&watched)?;
    match verdict::judge(&watched, &machine) {
        Judgement::Whole(report) => {
            warn(&watched, log.as_deref());
            deliver(&report, &circumstances, args.output.format, place)?;
            judge(&report, Status::of(&report))
        }
        Judgement::Partial(report, cause) => {
            circumstances.ended = Some(format!("{cause}{}", session::console_at(log.as_deref())));
            deliver(&report, &circumstances, args.output.format, place)?;
            judge(&report, signal(&watched).unwrap_or(Status::OwnFailure))
        }
        Judgement::Nothing(cause) => match signal(&watched) {
            Some(interrupted) => {
                anstream::eprintln!("{cause}");
                Ok(interrupted)
            }
            None => Err(session::no_report(&watched, &cause, log.as_deref())),
        },
    }
}

/// What became of a guest.
#[derive(Debug)]
pub struct Outcome {
    /// Its report; incomplete if it ended early.
    pub report: Report,
    /// Why it ended early, if it did.
    pub ended: Option<String>,
    /// How often it was booted.
    pub boots: usize,
    /// From QEMU's start until init ran.
    pub boot: Duration,
    /// From the first case to the last.
    pub cases: Duration,
    /// From QEMU's start to its end.
    pub whole: Duration,
}

/// Runs what was selected on the given kernel, for a caller that tells of it in its own way.
pub fn guest_report(args: &Args, audience: &mut dyn Audience) -> anyhow::Result<Outcome> {
    let session = Session::prepare(args)?;
    let (watched, machine) = session.run(audience)?;
    let log = session.keep_log(&watched)?;
    let (report, ended) = match verdict::judge(&watched, &machine) {
        Judgement::Whole(report) => (report, None),
        Judgement::Partial(report, cause) => (report, Some(cause + &session::console_at(log.as_deref()))),
        Judgement::Nothing(cause) => return Err(session::no_report(&watched, &cause, log.as_deref())),
    };
    let at = |phase: Phase| watched.reached.range(phase..).next().map_or(watched.lasted, |(_, at)| *at);
    let (boot, cases) = (at(Phase::Plan), at(Phase::Report).saturating_sub(at(Phase::Cases)));
    Ok(Outcome { report, ended, boots: 1, boot, cases, whole: watched.lasted })
}

fn signal(watched: &Watched) -> Option<Status> {
    match watched.ending {
        Ending::Interrupted(signal) => Some(Status::Interrupted(signal)),
        _ => None,
    }
}

/// A kernel that complained is worth a look even where every case is as expected.
fn warn(watched: &Watched, log: Option<&std::path::Path>) {
    if let Some(alarm) = watched.transcript.alarms.gravest() {
        let at = session::console_at(log);
        anstream::eprintln!("warning: the guest's kernel said on its console: {alarm}{at}");
    }
}
