//! Arguments of the verb `matrix`.

use std::path::PathBuf;
use std::time::Duration;

use ptrace_conformance_harness::case::Arch;

use crate::cli::{Filters, Format, at_least_one, seconds};
use crate::vm;

const EXAMPLES: &str = "\
Examples:
  ptrace-conformance matrix                        every Debian kernel of both architectures, this kernel, gVisor
  ptrace-conformance matrix --lines                what there is, and what is in the cache already
  ptrace-conformance matrix --kernels 6.1,7.3      those two lines, on both architectures
  ptrace-conformance matrix --kernels 7.3,host --arch x86_64 clone
                                                   cases with `clone` in their names, on two kernels
  ptrace-conformance matrix --kernel old/bzImage --kernel new/bzImage
                                                   your own kernels
  ptrace-conformance matrix --out new --baseline reports
                                                   keep the reports, and say what is worse than in the evidence
  ptrace-conformance matrix --refresh              keep them as evidence
  ptrace-conformance matrix --partition 2/3        every third target, for the second of three machines

Kernels come as Debian packages through this machine's apt into a cache of their own, by default in
~/.cache/ptrace-conformance; nothing is installed, and root is not needed.";

/// Which kernels, and what to run there.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", crate::cli::EXIT_STATUS))]
pub struct Args {
    #[command(flatten)]
    pub filters: Filters,
    /// Kernel lines such as 6.1 or 7.3-rc, `host`, `gvisor` (or `gvisor-systrap`, `gvisor-ptrace`); all of them without
    #[arg(long, value_name = "LINE", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// Only targets of this architecture
    #[arg(long, value_name = "ARCH", value_parser = vm::arch)]
    pub arch: Option<Arch>,
    /// An image of your own, instead of Debian's kernels; may be repeated
    #[arg(long = "kernel", value_name = "IMAGE", conflicts_with = "kernels")]
    pub images: Vec<PathBuf>,
    /// List the kernels that there are, and end
    #[arg(long)]
    pub lines: bool,
    /// Directory for the reports, one file for each target, written as it ends
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Do not run targets of which DIR has a complete report of the same kernel package, suite and cases
    #[arg(long, requires = "out")]
    pub resume: bool,
    /// Keep the reports as evidence in this directory, and make its pages anew
    // With `=`, or the first filter would be taken for the directory; and filters would replace the evidence of all
    // cases by that of some.
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, conflicts_with = "filters")]
    #[arg(default_missing_value = crate::evidence::REPORTS)]
    pub refresh: Option<PathBuf>,
    /// Compare each report with that of the same target in this directory; only what is worse than there counts
    #[arg(long, value_name = "DIR")]
    pub baseline: Option<PathBuf>,
    /// Guests at a time [default: one per processor]
    #[arg(long, short, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    /// Time limit for each case, in seconds; a case beyond it is `broken`
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub timeout: Duration,
    /// Multiply the limits on booting and reporting, for debug kernels and busy machines
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub patience: usize,
    /// Take kernels from the cache only; what is not there is skipped by name
    #[arg(long)]
    pub offline: bool,
    /// Debian archive to use instead of the one in this machine's apt sources; may be repeated
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<String>,
    /// Form of the summary
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use crate::cli::Cli;

    #[test]
    fn the_help_is_this() {
        let mut command = Cli::command().term_width(0);
        command.build();
        let help = command.find_subcommand_mut("matrix").unwrap().render_long_help();
        insta::assert_snapshot!(help, @"
        Run cases on many kernels: Debian's of every line, your own, this one, gVisor

        Usage: ptrace-conformance matrix [OPTIONS] [FILTER]...

        Arguments:
          [FILTER]...
                  Cases whose full name has any of these in it, `exec::` as a whole part; all without one

        Options:
              --exact
                  Take each FILTER as one full name, `family::behaviour::variant`

              --partition <SHARE/OF>
                  Take every OF-th of the selected cases only, from the SHARE-th on

              --kernels <LINE>
                  Kernel lines such as 6.1 or 7.3-rc, `host`, `gvisor` (or `gvisor-systrap`, `gvisor-ptrace`); all of them without

              --arch <ARCH>
                  Only targets of this architecture

              --kernel <IMAGE>
                  An image of your own, instead of Debian's kernels; may be repeated

              --lines
                  List the kernels that there are, and end

              --out <DIR>
                  Directory for the reports, one file for each target, written as it ends

              --resume
                  Do not run targets of which DIR has a complete report of the same kernel package, suite and cases

              --refresh[=<DIR>]
                  Keep the reports as evidence in this directory, and make its pages anew

              --baseline <DIR>
                  Compare each report with that of the same target in this directory; only what is worse than there counts

          -j, --jobs <N>
                  Guests at a time [default: one per processor]

              --timeout <SECONDS>
                  Time limit for each case, in seconds; a case beyond it is `broken`
                  
                  [default: 30]

              --patience <N>
                  Multiply the limits on booting and reporting, for debug kernels and busy machines
                  
                  [default: 1]

              --offline
                  Take kernels from the cache only; what is not there is skipped by name

              --mirror <URL>
                  Debian archive to use instead of the one in this machine's apt sources; may be repeated

              --format <FORMAT>
                  Form of the summary

                  Possible values:
                  - human: A summary for people
                  - json:  Everything, for programs; versioned, and the same bytes each time
                  
                  [default: human]

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          ptrace-conformance matrix                        every Debian kernel of both architectures, this kernel, gVisor
          ptrace-conformance matrix --lines                what there is, and what is in the cache already
          ptrace-conformance matrix --kernels 6.1,7.3      those two lines, on both architectures
          ptrace-conformance matrix --kernels 7.3,host --arch x86_64 clone
                                                           cases with `clone` in their names, on two kernels
          ptrace-conformance matrix --kernel old/bzImage --kernel new/bzImage
                                                           your own kernels
          ptrace-conformance matrix --out new --baseline reports
                                                           keep the reports, and say what is worse than in the evidence
          ptrace-conformance matrix --refresh              keep them as evidence
          ptrace-conformance matrix --partition 2/3        every third target, for the second of three machines

        Kernels come as Debian packages through this machine's apt into a cache of their own, by default in
        ~/.cache/ptrace-conformance; nothing is installed, and root is not needed.

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
}
