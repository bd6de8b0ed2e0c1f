//! Formats: one report, told as each of those who read it wants it.

mod junit;
pub mod kcidb;
mod lava;
mod outcome;
pub mod tap;

use clap::ValueEnum;

use crate::human;
use crate::report::Report;
use tap::Dialect;

/// Forms of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A summary for people
    #[default]
    Human,
    /// Everything, for programs; versioned, and the same bytes each time
    Json,
    /// KTAP version 1, the kernel's; told line by line as cases end
    Ktap,
    /// TAP version 13; told line by line as cases end
    Tap13,
    /// JUnit XML, for Jenkins, GitLab and their like
    Junit,
    /// KCIDB schema 5.3, for KernelCI
    Kcidb,
    /// Signals for LAVA, on the console of a board
    Lava,
}

impl Form {
    /// The dialect of TAP that this is, if it is one; such a form can be told while a run goes on.
    pub fn dialect(self) -> Option<Dialect> {
        match self {
            Form::Ktap => Some(Dialect::Ktap),
            Form::Tap13 => Some(Dialect::Tap13),
            _ => None,
        }
    }

    /// The report in this form; the origin is KCIDB's, [`kcidb::ORIGIN`] unless somebody has another.
    pub fn render(self, report: &Report, origin: &str) -> anyhow::Result<String> {
        Ok(match self {
            Form::Human => human::stored(report),
            Form::Json => report.to_json()?,
            Form::Ktap => tap::render(report, Dialect::Ktap),
            Form::Tap13 => tap::render(report, Dialect::Tap13),
            Form::Junit => junit::render(report)?,
            Form::Kcidb => kcidb::render(report, origin)?,
            Form::Lava => lava::render(report),
        })
    }
}

/// A report with every outcome, the same one that `.ci/formats` gives to other people's parsers.
#[cfg(test)]
pub mod sample {
    use super::*;

    /// Every outcome once, in the order of `Outcome::ALL`.
    pub fn report() -> Report {
        Report::parse(include_str!("sample.json")).unwrap()
    }

    /// The first four records of seven planned cases.
    pub fn incomplete() -> Report {
        let whole = report();
        Report::new(whole.target, 7, whole.cases[..4].to_vec())
    }
}
