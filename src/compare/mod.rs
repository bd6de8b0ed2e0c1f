//! The verb `compare`: two kernels case by case, what got worse first; and runs that are held against a baseline.

mod args;
mod baseline;
mod comparison;
mod human;
mod looks;
mod markdown;
mod notes;
mod range;
mod sources;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
pub use args::{Args, BaselineArgs};
pub use baseline::against;
pub use comparison::{Comparison, compare};
use serde::Serialize;
pub use sources::{Source, find};

use self::args::Form;
use crate::cli::{Filters, OutputArgs, RunArgs};
use crate::evidence;
use crate::exit::{Misuse, Status};
use crate::output::{self, Place};
use crate::report::Report;
use crate::style;

/// The version of the comparison's JSON.
const SCHEMA: &str = "ptrace-conformance/compare/1";

/// Comparisons as JSON.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    comparisons: &'a [Comparison],
    only_old: Vec<String>,
    only_new: Vec<String>,
}

/// Compares what was asked for and tells it.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let place = args.out.as_deref().map(Place::at).transpose()?;
    let (old, new) = (source(&args.old, args)?, source(&args.new, args)?);
    let pairs = sources::pair(&old, &new);
    if pairs.pairs.is_empty() {
        let why = format!("nothing of {} fits anything of {}: the targets are others", args.old, args.new);
        return Err(Misuse(why).into());
    }
    let others = others(args.reports.as_deref(), &[&old, &new])?;
    let compared = pairs.pairs.iter().map(|(old, new)| located(old, new, &others));
    let comparisons: Vec<_> = compared.collect();
    let alone = |reports: &[&Report]| reports.iter().map(|report| report.target.to_string()).collect();
    let document = Document {
        schema: SCHEMA,
        comparisons: &comparisons,
        only_old: alone(&pairs.only_old),
        only_new: alone(&pairs.only_new),
    };
    let text = document.text(args.format)?;
    match place {
        Some(place) => place.write(&style::plain(&text))?,
        None => output::print(&text)?,
    }
    Ok(worst(comparisons.iter().map(Comparison::status)))
}

impl Document<'_> {
    fn text(&self, form: Form) -> anyhow::Result<String> {
        let each = |tell: fn(&Comparison) -> String| {
            let told: Vec<_> = self.comparisons.iter().map(tell).collect();
            told.join("\n") + &self.alone()
        };
        Ok(match form {
            Form::Human => each(human::text),
            Form::Markdown => each(markdown::text),
            Form::Json => {
                serde_json::to_string_pretty(self).context("cannot write the comparison as JSON")? + "\n"
            }
        })
    }

    /// Targets that only one side has.
    fn alone(&self) -> String {
        let tell = |which: &str, names: &[String]| {
            names.iter().map(|name| format!("\nonly in {which}: {name}\n")).collect::<String>()
        };
        tell("OLD", &self.only_old) + &tell("NEW", &self.only_new)
    }
}

impl Comparison {
    /// Its text for the terminal.
    pub fn human(&self) -> String {
        human::text(self)
    }
}

fn source(word: &str, args: &Args) -> anyhow::Result<Source> {
    if word != "host" {
        return sources::find(word, args.reports.as_deref());
    }
    let run = RunArgs {
        filters: Filters::default(),
        jobs: None,
        timeout: Duration::from_secs(10),
        repeat: 1,
        output: OutputArgs::default(),
        times: false,
        against: BaselineArgs::default(),
    };
    let report = crate::run::measure(&run)?.report;
    Ok(Source { word: word.to_owned(), reports: vec![report], is_directory: false })
}

/// Every kernel that may lie between: the evidence's, and those of the sides.
fn others(dir: Option<&Path>, sides: &[&Source]) -> anyhow::Result<Vec<Report>> {
    let mut others = evidence::read_or_built_in(dir)?;
    others.extend(sides.iter().filter(|side| side.is_directory).flat_map(|side| side.reports.clone()));
    Ok(others)
}

fn located(old: &Report, new: &Report, others: &[Report]) -> Comparison {
    let mut found = compare(old, new);
    range::locate(&mut found, old, new, others);
    found
}

/// The status of several comparisons: a regression anywhere, else what could not be judged.
fn worst(statuses: impl Iterator<Item = Status>) -> Status {
    let rank = |status: &Status| match status {
        Status::Deviation => 0,
        Status::OwnFailure => 1,
        Status::AsExpected => 2,
        _ => 3,
    };
    statuses.min_by_key(rank).unwrap_or(Status::NothingRan)
}
