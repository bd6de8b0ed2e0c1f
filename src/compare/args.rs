//! Arguments of the verb `compare`, and of the runs that compare themselves with a baseline.

use std::path::PathBuf;

use clap::ValueEnum;

const EXAMPLES: &str = "\
OLD and NEW are each a report, a directory of reports, `host` (the suite is run now, on this kernel), or a
kernel of the evidence: a line such as `6.1`, a release such as `6.1.192`, or a target such as
`debian-6.1-x86_64`. Reports are paired by target, else by architecture, line and platform.

Examples:
  ptrace-conformance compare old.json new.json    one report with another
  ptrace-conformance compare 6.1 7.2              two kernel lines of the evidence, both architectures
  ptrace-conformance compare 6.12 host            what an upgrade to the running kernel changed
  ptrace-conformance compare --format markdown old.json new.json
                                                  the same as a mail to a kernel list

Exit status:
  0  nothing is worse
  1  a regression: a case was as expected and deviates, or a check that held fails
  2  unreadable input, or nothing that could be compared with each other
  3  no regression, but a case that was judged before is broken or was not run
  4  no case was judged on both sides
Different architectures can be compared; what differs between them never counts as a regression.";

/// What to compare, and how to tell it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What was: a report, a directory, a kernel of the evidence, or `host`
    #[arg(value_name = "OLD")]
    pub old: String,
    /// What is: the same
    #[arg(value_name = "NEW")]
    pub new: String,
    /// Directory of reports that kernels are looked up in [default: the evidence in this program]
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
    /// Form of the comparison
    #[arg(long, value_enum, default_value_t)]
    pub format: Form,
    /// Write the comparison to this file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Forms of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Text for the terminal
    #[default]
    Human,
    /// Everything, for programs; versioned
    Json,
    /// Text for a mail, 72 columns wide
    Markdown,
}

/// What a run is held against.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct BaselineArgs {
    /// Compare with this report, directory or kernel of the evidence; only a regression against it is status 1
    #[arg(long, value_name = "REPORT")]
    pub baseline: Option<String>,
    /// Exit as `git bisect run` wants it: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage (ends the bisection)
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "worse")]
    pub bisect: Option<crate::bisect::Bad>,
}
