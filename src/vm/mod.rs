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
//!   ledger    what arrived of every case, and whether
//!             another boot is worth it
//! ```
//!
//! The console is the only way out of every guest, and it is lossy: [`record`] says how what crosses it
//! is told from noise, [`document`] how the report comes through whole or not at all.

pub mod accel;
mod alarm;
mod args;
mod cause;
pub mod cross;
mod document;
mod files;
pub mod guest;
pub mod image;
mod init;
mod inside;
mod kernel_log;
mod ledger;
mod limits;
mod newc;
#[cfg(test)]
mod properties;
pub mod qemu;
mod record;
mod session;
mod speaker;
mod suite;
#[cfg(test)]
pub mod tests;
mod transcript;
pub mod trial;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

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
pub use watch::Audience;

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
    if args.show_command {
        let session = Session::prepare(args)?;
        output::print(&format!("{}\n", session.command(session.first())))?;
        return Ok(Status::AsExpected);
    }
    let (place, baseline) = (args.output.place()?, args.against.read()?);
    let judge = |report, own| args.against.judge(baseline.as_ref(), report, &args.filters, &args.output, own);
    let mut show = Show::new(Interruption::watch()?);
    let outcome = guest_report(args, &mut show);
    show.end();
    let signal = show.signal();
    let outcome = match (outcome, signal) {
        (Err(error), Some(signal)) => {
            anstream::eprintln!("{error:#}");
            return Ok(Status::Interrupted(signal));
        }
        (outcome, _) => outcome?,
    };
    warn(&outcome);
    let Outcome { report, ended, whole, .. } = outcome;
    let own = match (signal, &ended) {
        (Some(signal), Some(_)) => Status::Interrupted(signal),
        (_, Some(_)) => Status::OwnFailure,
        (_, None) => Status::of(&report),
    };
    let circumstances = Circumstances { elapsed: Some(whole), ended, ..Circumstances::default() };
    deliver(&report, &circumstances, args.output.format, place)?;
    judge(&report, own)
}

/// What became of a guest, over all its boots.
#[derive(Debug)]
pub struct Outcome {
    /// A record of each planned case, `broken` where none arrived; incomplete if the guest was ever lost.
    pub report: Report,
    /// Why it is not whole, if it is not, and where the console's log is.
    pub ended: Option<String>,
    /// How often the guest was booted.
    pub boots: usize,
    /// From QEMU's start until init ran.
    pub boot: Duration,
    /// From the first case to the last.
    pub cases: Duration,
    /// From QEMU's start to its end.
    pub whole: Duration,
    /// Console log, where it was wanted or something was wrong.
    pub log: Option<PathBuf>,
    /// What the guest's kernel complained about, and the case that was running, if one was.
    pub complaints: Vec<(String, Option<String>)>,
}

/// Runs what was selected on the given kernel, for a caller that tells of it in its own way. A guest that
/// dies is booted again for the cases behind the one it died of.
pub fn guest_report(args: &Args, audience: &mut dyn Audience) -> anyhow::Result<Outcome> {
    Session::prepare(args)?.outcome(audience)
}

/// A kernel that complained is worth a look even where every case is as expected.
fn warn(outcome: &Outcome) {
    const SHOWN: usize = 5;
    let at = session::console_at(outcome.log.as_deref());
    if outcome.boots > 1 {
        anstream::eprintln!("warning: the guest was booted {} times{at}", outcome.boots);
    }
    for (text, case) in outcome.complaints.iter().take(SHOWN) {
        let during = case.as_ref().map(|name| format!(" during {name}")).unwrap_or_default();
        anstream::eprintln!("warning: the guest's kernel said{during}: {text}{at}");
    }
    if let more @ 1.. = outcome.complaints.len().saturating_sub(SHOWN) {
        anstream::eprintln!("warning: and so during {more} more cases; the report has them all");
    }
}
