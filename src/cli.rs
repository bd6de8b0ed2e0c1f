//! The command line: one definition that parsing, help and tests read.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use ptrace_conformance_harness::lie::Lie;

use crate::exit::Status;
use crate::formats::Form;
use crate::partition::Partition;
use crate::{audit, bisect, compare, evidence, matrix, vm};

const EXAMPLES: &str = "\
Examples:
  ptrace-conformance                      run everything on the running kernel
  ptrace-conformance clone seize          run the cases whose names contain `clone` or `seize`
  ptrace-conformance list clone           see their names and what each claims
  ptrace-conformance explain NAME         see one case: claim, sources, and what this kernel did
  ptrace-conformance --format json --out report.json
                                          keep the evidence; the summary still goes to the terminal
  ptrace-conformance --repeat 200         show that no verdict ever differs
  ptrace-conformance vm --kernel bzImage  run everything in a virtual machine on that kernel
  ptrace-conformance doctor               see what this machine allows, and what to do about it";

const AUDIT_EXAMPLES: &str = "\
Examples:
  ptrace-conformance audit                        all cases, all lies: what no check notices
  ptrace-conformance audit clone_event --all      every silent lie of these cases
  ptrace-conformance explain CASE --lie 'answer 7: event message + 1'
                                                  one run under one lie, step by step

Exit status:
  0  checks notice at least --least percent of the lies
  1  they notice less
  3  a case is not as expected already without lies, or a lie could not be told";

pub const EXIT_STATUS: &str = "\
Exit status:
  0  as expected: every case conforms, is a recorded quirk, or was skipped for a reason
  1  at least one case deviates
  2  wrong usage, an unknown case, unreadable input or unwritable output
  3  our own failure: a case is broken (it hung, or its rounds differ); no case deviates
  4  nothing ran: no case matches, or every one was skipped
  with --baseline, 1 means a regression against it, and 3 that a case judged there could not be judged;
  a deviation that the baseline has, too, is none, nor is one of a case that it does not have
  with --bisect: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage, which ends the bisection
  128 + n  ended by signal n, after a summary of what had run";

/// Checks what ptrace(2) answers on a Linux kernel against what its documentation says.
///
/// Each case runs a small program under ptrace and holds every answer of the kernel against a
/// documented clause.
#[derive(Debug, Parser)]
#[command(version, after_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}"), args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run cases on the running kernel (this is what happens without a verb, too)
    #[command(after_help = EXIT_STATUS)]
    Run(RunArgs),
    /// List cases: their names and what each claims; or clauses, and which are checked
    List(ListArgs),
    /// Explain one case: claim, clauses with sources, program, and what this kernel does
    Explain(ExplainArgs),
    /// Say what this machine allows, and what to do about what it does not
    Doctor(DoctorArgs),
    /// Prove that checks can fail: run each case once for every lie that a kernel could tell it
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(audit::Args),
    /// Run cases in a virtual machine on a kernel image
    Vm(Box<vm::Args>),
    /// Run cases on many kernels: Debian's of every line, your own, this one, gVisor
    Matrix(Box<matrix::Args>),
    /// Keep reports as evidence, and make the pages that follow from it
    Evidence(evidence::Args),
    /// Compare two kernels case by case: what got worse, what changed, what got better
    Compare(compare::Args),
    /// Show a stored report in any form, or merge the parts of one run
    Report(crate::stored::Args),
}

/// Which cases.
#[derive(Args, Clone, Debug, Default)]
pub struct Filters {
    /// Cases whose full name has any of these in it, `exec::` as a whole part; all without one
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Take each FILTER as one full name, `family::behaviour::variant`
    #[arg(long, requires = "filters")]
    pub exact: bool,
    /// Take every OF-th of the selected cases only, from the SHARE-th on
    #[arg(long, value_name = "SHARE/OF")]
    pub partition: Option<Partition>,
}

/// What a report looks like and where it goes.
#[derive(Args, Clone, Debug, Default)]
pub struct OutputArgs {
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Form,
    /// Write the report to this file, whole or not at all, and the summary to the terminal
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Forms of everything else that is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A summary for people
    #[default]
    Human,
    /// Everything, for programs; versioned, and the same bytes each time
    Json,
}

/// How to run.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    pub filters: Filters,
    /// Cases at a time [default: one per processor]
    #[arg(long, short, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    /// Time limit for each case, in seconds; a case beyond it is `broken`
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub timeout: Duration,
    /// Run the selection so many times; a case whose record ever differs is `broken`
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub repeat: usize,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Add how long each case took to the JSON report, apart from all that stays the same
    #[arg(long)]
    pub times: bool,
    #[command(flatten)]
    pub against: compare::BaselineArgs,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    pub filters: Filters,
    /// List clauses instead, with the cases that check them and where; a FILTER is the beginning of an id
    #[arg(long, conflicts_with_all = ["exact", "partition"])]
    pub clauses: bool,
    /// List what other suites test instead, and the cases that check it here; a FILTER is the beginning of an id, or a
    /// suite such as `gvisor` or `strace`
    #[arg(long, conflicts_with_all = ["exact", "partition", "clauses"])]
    pub peers: bool,
    /// Show which request is allowed in which state instead, as the tables of reports/LEGALITY.md
    #[arg(long, conflicts_with_all = ["filters", "exact", "partition", "clauses", "peers", "format"])]
    pub legality: bool,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Full name of a case, or `family::behaviour` for its first variant
    #[arg(value_name = "CASE")]
    pub case: String,
    /// Directory of reports that tell what other kernels did [default: the evidence in this program]
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
    /// Form of the explanation
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Time limit for the case, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub timeout: Duration,
    /// Falsify one answer, as `audit` names it: `answer 7: event message + 1`
    #[arg(long, value_name = "LIE")]
    pub lie: Option<Lie>,
}

#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Kernel image to try KVM with [default: the running one's, if it is in /boot]
    #[arg(long, value_name = "IMAGE")]
    pub kernel: Option<PathBuf>,
    /// Form of the findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

impl Cli {
    /// Does what was asked.
    pub fn obey(&self) -> anyhow::Result<Status> {
        match &self.verb {
            None => obey_run(&self.run),
            Some(Verb::Run(args)) => obey_run(args),
            Some(Verb::List(args)) => crate::list::list(args),
            Some(Verb::Explain(args)) => crate::explain::explain(args),
            Some(Verb::Doctor(args)) => crate::doctor::doctor(args),
            Some(Verb::Audit(args)) => audit::run(args),
            Some(Verb::Vm(args)) if args.against.bisect.is_some() => {
                Ok(bisect::step(|| args.against.check(&args.filters, &args.output), || vm::run(args)))
            }
            Some(Verb::Vm(args)) => vm::run(args),
            Some(Verb::Matrix(args)) => matrix::run(args),
            Some(Verb::Evidence(args)) => evidence::run(args),
            Some(Verb::Compare(args)) => compare::run(args),
            Some(Verb::Report(args)) => crate::stored::obey(args),
        }
    }
}

fn obey_run(args: &RunArgs) -> anyhow::Result<Status> {
    match args.against.bisect {
        Some(_) => {
            Ok(bisect::step(|| args.against.check(&args.filters, &args.output), || crate::run::run(args)))
        }
        None => crate::run::run(args),
    }
}

/// The verb that this word is or comes close to, and so was likely meant instead of a filter.
pub fn verb_like(word: &str) -> Option<String> {
    let command = Cli::command();
    let verbs = command.get_subcommands().map(|verb| verb.get_name());
    let score = |verb: &str| strsim::normalized_damerau_levenshtein(word, verb);
    let closest = verbs.max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(closest) >= 0.6).then(|| closest.to_owned())
}

/// A count that makes sense.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("must be a whole number, 1 or more".to_owned()),
    }
}

/// A time limit that is neither nothing nor beyond counting.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a number of seconds above 0, such as 10 or 0.5".to_owned();
    let seconds = text.parse::<f64>().map_err(|_| wrong())?;
    let limit = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    if limit < Duration::from_millis(1) { Err(wrong()) } else { Ok(limit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(verb: &str) -> String {
        let mut command = Cli::command().term_width(0);
        command.build();
        let command = match verb {
            "" => &mut command,
            verb => command.find_subcommand_mut(verb).unwrap(),
        };
        command.render_long_help().to_string()
    }

    fn run_args(line: &str) -> RunArgs {
        Cli::try_parse_from(line.split_whitespace()).unwrap().run
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_is_for_people() {
        insta::assert_snapshot!(help(""), @"
        Checks what ptrace(2) answers on a Linux kernel against what its documentation says.

        Each case runs a small program under ptrace and holds every answer of the kernel against a documented clause.

        Usage: ptrace-conformance [OPTIONS] [FILTER]...
               ptrace-conformance <COMMAND>

        Commands:
          run       Run cases on the running kernel (this is what happens without a verb, too)
          list      List cases: their names and what each claims; or clauses, and which are checked
          explain   Explain one case: claim, clauses with sources, program, and what this kernel does
          doctor    Say what this machine allows, and what to do about what it does not
          audit     Prove that checks can fail: run each case once for every lie that a kernel could tell it
          vm        Run cases in a virtual machine on a kernel image
          matrix    Run cases on many kernels: Debian's of every line, your own, this one, gVisor
          evidence  Keep reports as evidence, and make the pages that follow from it
          compare   Compare two kernels case by case: what got worse, what changed, what got better
          report    Show a stored report in any form, or merge the parts of one run
          help      Print this message or the help of the given subcommand(s)

        Arguments:
          [FILTER]...
                  Cases whose full name has any of these in it, `exec::` as a whole part; all without one

        Options:
              --exact
                  Take each FILTER as one full name, `family::behaviour::variant`

              --partition <SHARE/OF>
                  Take every OF-th of the selected cases only, from the SHARE-th on

          -j, --jobs <N>
                  Cases at a time [default: one per processor]

              --timeout <SECONDS>
                  Time limit for each case, in seconds; a case beyond it is `broken`
                  
                  [default: 10]

              --repeat <N>
                  Run the selection so many times; a case whose record ever differs is `broken`
                  
                  [default: 1]

              --format <FORMAT>
                  Form of the report

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  - ktap:  KTAP version 1, the kernel's; told line by line as cases end
                  - tap13: TAP version 13; told line by line as cases end
                  - junit: JUnit XML, for Jenkins, GitLab and their like
                  - kcidb: KCIDB schema 5.3, for KernelCI
                  - lava:  Signals for LAVA, on the console of a board
                  
                  [default: human]

              --out <FILE>
                  Write the report to this file, whole or not at all, and the summary to the terminal

              --times
                  Add how long each case took to the JSON report, apart from all that stays the same

              --baseline <REPORT>
                  Compare with this report, directory or kernel of the evidence; only a regression against it is status 1

              --bisect[=<WHAT>]
                  Exit as `git bisect run` wants it: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage (ends the bisection)

                  Possible values:
                  - worse:  A case deviates; with --baseline: a regression against it
                  - change: Any case answers otherwise than in --baseline, for the worse or not

          -h, --help
                  Print help (see a summary with '-h')

          -V, --version
                  Print version

        Examples:
          ptrace-conformance                      run everything on the running kernel
          ptrace-conformance clone seize          run the cases whose names contain `clone` or `seize`
          ptrace-conformance list clone           see their names and what each claims
          ptrace-conformance explain NAME         see one case: claim, sources, and what this kernel did
          ptrace-conformance --format json --out report.json
                                                  keep the evidence; the summary still goes to the terminal
          ptrace-conformance --repeat 200         show that no verdict ever differs
          ptrace-conformance vm --kernel bzImage  run everything in a virtual machine on that kernel
          ptrace-conformance doctor               see what this machine allows, and what to do about it

        Exit status:
          0  as expected: every case conforms, is a recorded quirk, or was skipped for a reason
          1  at least one case deviates
          2  wrong usage, an unknown case, unreadable input or unwritable output
          3  our own failure: a case is broken (it hung, or its rounds differ); no case deviates
          4  nothing ran: no case matches, or every one was skipped
          with --baseline, 1 means a regression against it, and 3 that a case judged there could not be judged;
          a deviation that the baseline has, too, is none, nor is one of a case that it does not have
          with --bisect: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage, which ends the bisection
          128 + n  ended by signal n, after a summary of what had run
        ");
    }

    #[test]
    fn help_of_the_other_verbs() {
        insta::assert_snapshot!(["run", "list", "explain", "doctor"].map(help).join("\n-----\n"), @"
        Run cases on the running kernel (this is what happens without a verb, too)

        Usage: ptrace-conformance run [OPTIONS] [FILTER]...

        Arguments:
          [FILTER]...
                  Cases whose full name has any of these in it, `exec::` as a whole part; all without one

        Options:
              --exact
                  Take each FILTER as one full name, `family::behaviour::variant`

              --partition <SHARE/OF>
                  Take every OF-th of the selected cases only, from the SHARE-th on

          -j, --jobs <N>
                  Cases at a time [default: one per processor]

              --timeout <SECONDS>
                  Time limit for each case, in seconds; a case beyond it is `broken`
                  
                  [default: 10]

              --repeat <N>
                  Run the selection so many times; a case whose record ever differs is `broken`
                  
                  [default: 1]

              --format <FORMAT>
                  Form of the report

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  - ktap:  KTAP version 1, the kernel's; told line by line as cases end
                  - tap13: TAP version 13; told line by line as cases end
                  - junit: JUnit XML, for Jenkins, GitLab and their like
                  - kcidb: KCIDB schema 5.3, for KernelCI
                  - lava:  Signals for LAVA, on the console of a board
                  
                  [default: human]

              --out <FILE>
                  Write the report to this file, whole or not at all, and the summary to the terminal

              --times
                  Add how long each case took to the JSON report, apart from all that stays the same

              --baseline <REPORT>
                  Compare with this report, directory or kernel of the evidence; only a regression against it is status 1

              --bisect[=<WHAT>]
                  Exit as `git bisect run` wants it: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage (ends the bisection)

                  Possible values:
                  - worse:  A case deviates; with --baseline: a regression against it
                  - change: Any case answers otherwise than in --baseline, for the worse or not

          -h, --help
                  Print help (see a summary with '-h')

        Exit status:
          0  as expected: every case conforms, is a recorded quirk, or was skipped for a reason
          1  at least one case deviates
          2  wrong usage, an unknown case, unreadable input or unwritable output
          3  our own failure: a case is broken (it hung, or its rounds differ); no case deviates
          4  nothing ran: no case matches, or every one was skipped
          with --baseline, 1 means a regression against it, and 3 that a case judged there could not be judged;
          a deviation that the baseline has, too, is none, nor is one of a case that it does not have
          with --bisect: 0 good, 1 bad, 125 cannot be judged, 129 wrong usage, which ends the bisection
          128 + n  ended by signal n, after a summary of what had run

        -----
        List cases: their names and what each claims; or clauses, and which are checked

        Usage: ptrace-conformance list [OPTIONS] [FILTER]...

        Arguments:
          [FILTER]...
                  Cases whose full name has any of these in it, `exec::` as a whole part; all without one

        Options:
              --exact
                  Take each FILTER as one full name, `family::behaviour::variant`

              --partition <SHARE/OF>
                  Take every OF-th of the selected cases only, from the SHARE-th on

              --clauses
                  List clauses instead, with the cases that check them and where; a FILTER is the beginning of an id

              --peers
                  List what other suites test instead, and the cases that check it here; a FILTER is the beginning of an id, or a suite such as `gvisor` or `strace`

              --legality
                  Show which request is allowed in which state instead, as the tables of reports/LEGALITY.md

              --format <FORMAT>
                  Form of the list

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  
                  [default: human]

          -h, --help
                  Print help (see a summary with '-h')

        -----
        Explain one case: claim, clauses with sources, program, and what this kernel does

        Usage: ptrace-conformance explain [OPTIONS] <CASE>

        Arguments:
          <CASE>
                  Full name of a case, or `family::behaviour` for its first variant

        Options:
              --reports <DIR>
                  Directory of reports that tell what other kernels did [default: the evidence in this program]

              --format <FORMAT>
                  Form of the explanation

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  
                  [default: human]

              --timeout <SECONDS>
                  Time limit for the case, in seconds
                  
                  [default: 10]

              --lie <LIE>
                  Falsify one answer, as `audit` names it: `answer 7: event message + 1`

          -h, --help
                  Print help (see a summary with '-h')

        -----
        Say what this machine allows, and what to do about what it does not

        Usage: ptrace-conformance doctor [OPTIONS]

        Options:
              --kernel <IMAGE>
                  Kernel image to try KVM with [default: the running one's, if it is in /boot]

              --format <FORMAT>
                  Form of the findings

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  
                  [default: human]

          -h, --help
                  Print help (see a summary with '-h')
        ");
    }

    #[test]
    fn without_a_verb_it_runs() {
        let args = run_args("ptrace-conformance clone seize --jobs 3 --repeat 2 --timeout 0.5");
        assert_eq!(args.filters.filters, ["clone", "seize"]);
        assert_eq!((args.jobs, args.repeat, args.timeout), (Some(3), 2, Duration::from_millis(500)));
    }

    #[test]
    fn with_and_without_the_verb_is_the_same() {
        let parsed = Cli::try_parse_from(["ptrace-conformance", "run", "clone", "--exact"]).unwrap();
        let Some(Verb::Run(args)) = parsed.verb else { panic!("{parsed:?}") };
        assert_eq!(args.filters.filters, ["clone"]);
        assert!(args.filters.exact);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "--jobs 0",
            "--jobs -1",
            "--repeat none",
            "--timeout 0",
            "--timeout -3",
            "--timeout nan",
            "--timeout 1e99",
            "--exact",
            "--format xml",
            "--unknown",
            "explain",
        ] {
            let args = std::iter::once("ptrace-conformance").chain(line.split_whitespace());
            let error = Cli::try_parse_from(args).err();
            assert_eq!(error.map(|error| error.exit_code()), Some(2), "{line}");
        }
    }
}
