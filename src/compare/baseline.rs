//! Baselines: a run held against an older report.

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;

use super::args::BaselineArgs;
use super::comparison::{Comparison, compare};
use super::sources::{self, Source};
use crate::bisect::Bad;
use crate::cli::{Filters, OutputArgs};
use crate::exit::{Misuse, Status};
use crate::formats::Form;
use crate::output;
use crate::report::Report;
use crate::select;

impl BaselineArgs {
    /// Reads the baseline, if there is one.
    pub fn read(&self) -> anyhow::Result<Option<Source>> {
        if self.bisect == Some(Bad::Change) && self.baseline.is_none() {
            return Err(Misuse("--bisect=change needs --baseline: a change from what?".to_owned()).into());
        }
        self.baseline.as_deref().map(|word| sources::find(word, None)).transpose()
    }

    /// Finds, before any kernel is asked, what would be wrong on each of them.
    pub fn check(&self, filters: &Filters, output: &OutputArgs) -> anyhow::Result<()> {
        if select::select(filters, all_variants(FAMILIES))?.is_empty() {
            let why = select::nothing_matches(filters, &all_variants(FAMILIES));
            return Err(Misuse(why).into());
        }
        output.place()?;
        self.read().map(drop)
    }

    /// Tells how a run compares with the baseline and what its status is then; without one, its own.
    pub fn judge(
        &self,
        baseline: Option<&Source>,
        report: &Report,
        filters: &Filters,
        output: &OutputArgs,
        own: Status,
    ) -> anyhow::Result<Status> {
        let Some(baseline) = baseline else { return Ok(own) };
        let found = against(baseline, report, filters)?;
        let text = format!("\nCompared with the baseline\n{}", found.human());
        match output.format == Form::Human || output.out.is_some() {
            true => output::print(&text)?,
            false => anstream::eprint!("{text}"),
        }
        let changed = self.bisect == Some(Bad::Change) && found.differs();
        Ok(match own {
            Status::Interrupted(_) => own,
            _ if changed => Status::Deviation,
            _ => found.status(),
        })
    }
}

/// Compares a run with what fits it; of the baseline only the cases that the run set out to run.
pub fn against(baseline: &Source, report: &Report, filters: &Filters) -> anyhow::Result<Comparison> {
    let mut old = sources::fitting(baseline, report)?.clone();
    if !filters.filters.is_empty() {
        let selected = select::select(filters, all_variants(FAMILIES))?;
        old.cases.retain(|record| selected.iter().any(|(name, _)| *name == record.name));
    }
    Ok(compare(&old, report))
}
