//! The verb `audit`: proof that checks can fail. Every case runs once for each lie that a kernel could tell it.

mod audited;
mod findings;
mod gist;
pub mod guest;
pub mod measure;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as Arguments;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::pool::{Pool, Settings};

use crate::cli::{Filters, Format, at_least_one, seconds};
use crate::exit::Status;
use crate::interrupt::Interruption;
use crate::output::{self, Place};
use crate::select::{self, Named};
use crate::target::Target;
use crate::vm;
use audited::Audited;
use findings::Findings;
pub use gist::{Gist, Proved};
use guest::Telling;
use measure::Extent;

/// How long all lies to one case may take in a virtual machine.
const IN_GUEST: Duration = Duration::from_secs(600);

/// `audit`'s options.
#[derive(Arguments, Debug)]
pub struct Args {
    #[command(flatten)]
    pub filters: Filters,
    /// Audit in virtual machines that boot this kernel image, of any architecture, instead of on the running kernel
    #[arg(long, value_name = "IMAGE")]
    pub kernel: Option<PathBuf>,
    /// Their processor model, as `vm --cpu` takes it: cases that want a plain one run on no other
    #[arg(long, value_name = "MODEL", requires = "kernel")]
    pub cpu: Option<String>,
    /// Cases, or virtual machines, at a time [default: one per processor]
    #[arg(long, short, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    /// Time limit for each lie, in seconds; one that makes a case hang counts apart
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub timeout: Duration,
    /// End with status 1 if checks notice less than this share of the lies
    #[arg(long, value_name = "PERCENT", default_value = "99", value_parser = percent)]
    pub least: f64,
    /// Tell each behaviour only as many lies as it takes to see each of its clauses fail a check
    #[arg(long, conflicts_with = "least")]
    pub until_proved: bool,
    /// List every silent lie, not only the first of each case
    #[arg(long)]
    pub all: bool,
    /// Form of the findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the findings to this file, whole or not at all, and the summary to the terminal
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Audits what was selected.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let cases = select::select(&args.filters, all_variants(FAMILIES))?;
    if cases.is_empty() {
        anstream::eprintln!("{}", select::nothing_matches(&args.filters, &all_variants(FAMILIES)));
        return Ok(Status::NothingRan);
    }
    let place = args.out.as_deref().map(Place::at).transpose()?;
    let interruption = Interruption::watch()?;
    Interruption::announce("ending after the lies that are being told; ctrl-C again ends at once")?;
    let (target, audited) = audit(args, &cases, &interruption)?;
    let findings = Findings::new(target, audited, cases.len());
    deliver(args, &findings, place)?;
    Ok(match interruption.signal() {
        Some(signal) => Status::Interrupted(signal),
        None => findings.status((!args.until_proved).then_some(args.least)),
    })
}

fn audit(
    args: &Args,
    cases: &[Named],
    interruption: &Interruption,
) -> anyhow::Result<(Target, Vec<Audited>)> {
    let usual = Settings::default();
    let jobs = args.jobs.unwrap_or(usual.jobs);
    if let Some(kernel) = &args.kernel {
        let lies = Telling { time_limit: args.timeout, until_proved: args.until_proved };
        let cpu = args.cpu.clone();
        let guest = vm::Args { lies: Some(lies), timeout: IN_GUEST, cpu, ..vm::Args::new(kernel) };
        return guest::audit(&guest, jobs, cases, interruption);
    }
    let pool = Pool::new(Settings { jobs, time_limit: args.timeout, ..usual });
    let extent = Extent::new(args.until_proved);
    Ok((Target::host()?, measure::audit(&pool, jobs, cases, &extent, interruption)))
}

fn deliver(args: &Args, findings: &Findings, place: Option<Place>) -> anyhow::Result<()> {
    let summary = findings.human(args.all);
    match (args.format, place) {
        (Format::Human, None) => output::print(&summary),
        (Format::Human, Some(place)) => {
            place.write(&crate::style::plain(&findings.human(true)))?;
            output::print(&summary)
        }
        (Format::Json, None) => output::print(&findings.json()?),
        (Format::Json, Some(place)) => {
            place.write(&findings.json()?)?;
            output::print(&summary)
        }
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share @ 0.0..=100.0) => Ok(share),
        _ => Err("must be a share from 0 to 100".to_owned()),
    }
}
