//! The verb `report`: stored reports, shown in any form or put together.

mod merge;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args as ClapArgs, Subcommand};
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;

use crate::cli::OutputArgs;
use crate::evidence;
use crate::exit::Status;
use crate::formats::kcidb;
use crate::output::{self, Place};
use crate::style;

const EXAMPLES: &str = "\
Examples:
  ptrace-conformance report show report.json
  ptrace-conformance report show report.json --format junit --out junit.xml
  ptrace-conformance report merge part-1.json part-2.json --out report.json";

/// What to do with reports that earlier runs left as JSON.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a stored report in any form
    Show(Show),
    /// Put the parts of one run on one target together
    Merge(Merge),
}

#[derive(Debug, ClapArgs)]
struct Show {
    /// Report that a run wrote with --format json
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
    /// Who submits to KernelCI, with --format kcidb
    #[arg(long, value_name = "NAME", default_value = kcidb::ORIGIN, value_parser = kcidb::origin)]
    origin: String,
}

#[derive(Debug, ClapArgs)]
struct Merge {
    /// Reports of the parts, such as runs with --partition wrote
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write the report to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Shows or merges; the status says whether that worked, not what the report says.
pub fn obey(args: &Args) -> anyhow::Result<Status> {
    match &args.action {
        Action::Show(args) => show(args),
        Action::Merge(args) => merge(args),
    }?;
    Ok(Status::AsExpected)
}

fn show(args: &Show) -> anyhow::Result<()> {
    let place = args.output.place()?;
    let report = evidence::read_file(&args.file)?;
    put(&args.output.format.render(&report, &args.origin)?, place)
}

fn merge(args: &Merge) -> anyhow::Result<()> {
    let place = args.out.as_deref().map(Place::at).transpose()?;
    let reports = args.files.iter().map(|file| Ok((file.display().to_string(), evidence::read_file(file)?)));
    let parts = reports.collect::<anyhow::Result<Vec<_>>>()?;
    let order: Vec<_> = all_variants(FAMILIES).into_iter().map(|(name, _)| name).collect();
    let whole = merge::merge(parts, &order).context("these reports are not parts of one run")?;
    put(&whole.to_json()?, place)
}

fn put(text: &str, place: Option<Place>) -> anyhow::Result<()> {
    match place {
        // Colours are for terminals.
        Some(place) => place.write(&style::plain(text)),
        None => output::print(text),
    }
}
