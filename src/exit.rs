//! Exit statuses: what a run means to the script that started it.

use ptrace_conformance_harness::record::Verdict;

use crate::report::Report;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything is as expected: only `conforms`, `quirk` and `skipped`.
    AsExpected,
    /// At least one case deviates.
    Deviation,
    /// Wrong usage, unreadable input or unwritable output.
    Misuse,
    /// Our own failure: at least one case is `broken`, and none deviates.
    OwnFailure,
    /// No case ran: no match, or every one skipped.
    NothingRan,
    /// Ended by this signal after the running cases were done.
    Interrupted(i32),
    /// To `git bisect run`: this kernel is neither good nor bad.
    CannotJudge,
    /// To `git bisect run`: no kernel could be judged this way; git's own status of wrong usage.
    BisectionEnds,
}

impl Status {
    /// The number that the process exits with.
    pub const fn code(self) -> u8 {
        match self {
            Status::AsExpected => 0,
            Status::Deviation => 1,
            Status::Misuse => 2,
            Status::OwnFailure => 3,
            Status::NothingRan => 4,
            Status::Interrupted(signal) => 128 + signal as u8,
            Status::CannotJudge => 125,
            Status::BisectionEnds => 129,
        }
    }

    /// The status of a run, its worst news first: a deviation was established whatever else broke.
    pub fn of(report: &Report) -> Status {
        let totals = &report.totals;
        if totals.of(Verdict::Deviates) > 0 {
            Status::Deviation
        } else if totals.of(Verdict::Broken) > 0 || !report.complete {
            Status::OwnFailure
        } else if totals.of(Verdict::Conforms) + totals.of(Verdict::Quirk) == 0 {
            Status::NothingRan
        } else {
            Status::AsExpected
        }
    }

    /// The status of a command that failed: the user's doing if the error says so anywhere, else ours.
    pub fn of_error(error: &anyhow::Error) -> Status {
        if error.chain().any(|cause| cause.is::<Misuse>()) { Status::Misuse } else { Status::OwnFailure }
    }
}

/// Something the user gave that cannot be used: an argument, an input or a place for output.
#[derive(Debug)]
pub struct Misuse(pub String);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn status_of(verdicts: &[Verdict]) -> u8 {
        Status::of(&sample::report(verdicts)).code()
    }

    #[test]
    fn the_worst_verdict_decides() {
        use Verdict::*;
        assert_eq!(status_of(&[Conforms, Quirk, Skipped]), 0);
        assert_eq!(status_of(&[Quirk]), 0);
        assert_eq!(status_of(&[Conforms, Deviates, Broken]), 1);
        assert_eq!(status_of(&[Conforms, Broken, Skipped]), 3);
        assert_eq!(status_of(&[Skipped, Skipped]), 4);
        assert_eq!(status_of(&[]), 4);
    }

    #[test]
    fn an_incomplete_run_is_not_as_expected() {
        let mut report = sample::report(&[Verdict::Conforms]);
        report.complete = false;
        assert_eq!(Status::of(&report), Status::OwnFailure);
    }

    #[test]
    fn an_interruption_reads_like_the_signal() {
        assert_eq!(Status::Interrupted(2).code(), 130);
        assert_eq!(Status::Interrupted(15).code(), 143);
    }

    #[test]
    fn misuse_is_found_anywhere_in_the_chain() {
        let error = anyhow::Error::new(Misuse("no such file".into())).context("reading the report");
        assert_eq!(Status::of_error(&error), Status::Misuse);
        assert_eq!(Status::of_error(&anyhow::anyhow!("fork: out of memory")), Status::OwnFailure);
    }
}
