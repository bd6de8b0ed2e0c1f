//! Outcome: what a record means to the world of test reports, which knows more shades than our verdicts.

use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};

/// What a format says about one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Conforms.
    Pass,
    /// Deviates exactly as recorded for this kernel: an expected failure.
    Quirk,
    /// A recorded quirk that is no longer there: an unexpected pass, which must be loud.
    QuirkGone,
    /// Deviates.
    Fail,
    /// Not judged here, for a reason.
    Skip,
    /// Broken, because a time limit was reached.
    Timeout,
    /// Broken in any other way.
    Error,
}

impl Outcome {
    /// All outcomes, in the order in which totals list them.
    #[cfg(test)]
    pub const ALL: [Outcome; 7] = [
        Outcome::Pass,
        Outcome::Quirk,
        Outcome::QuirkGone,
        Outcome::Fail,
        Outcome::Skip,
        Outcome::Timeout,
        Outcome::Error,
    ];

    /// The outcome that this record stands for.
    pub fn of(record: &CaseRecord) -> Outcome {
        match record.verdict {
            Verdict::Conforms => Outcome::Pass,
            Verdict::Quirk => Outcome::Quirk,
            Verdict::Deviates if record.reason.starts_with("the quirk of ") => Outcome::QuirkGone,
            Verdict::Deviates => Outcome::Fail,
            Verdict::Skipped => Outcome::Skip,
            Verdict::Broken if record.reason.starts_with("time limit") => Outcome::Timeout,
            Verdict::Broken => Outcome::Error,
        }
    }

    /// Whether a pipeline may go on.
    pub const fn good(self) -> bool {
        matches!(self, Outcome::Pass | Outcome::Quirk | Outcome::Skip)
    }
}

/// How many planned cases left no record.
pub fn missing(planned: usize, held: usize) -> String {
    format!("{} of {planned} planned cases left no record", planned.saturating_sub(held))
}

/// Why a case is not simply good, and each failed check, a line each and without control characters.
pub fn diagnostics(record: &CaseRecord) -> Vec<String> {
    let reason = record.reason.lines().map(str::to_owned);
    let failed = record.observations.iter().filter(|seen| seen.holds == Some(false)).map(check);
    let shown = !matches!(record.verdict, Verdict::Conforms | Verdict::Broken);
    reason.chain(failed.filter(|_| shown)).map(|line| one_line(&line)).collect()
}

/// A check as one line: what was looked at, and what should have been seen.
fn check(seen: &Observation) -> String {
    let expected = seen.expected.as_deref().unwrap_or("nothing in particular");
    let clause = seen.clause.as_deref().unwrap_or("none");
    let (task, what, observed) = (&seen.task, &seen.what, &seen.observed);
    format!("{task}: {what}: expected {expected}, observed {observed} [{clause}]")
}

/// Text that stays on one line whatever it held.
pub fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The family of a case, and the rest of its name.
pub fn family(name: &str) -> (&str, &str) {
    name.split_once("::").unwrap_or((name, name))
}

/// A name of letters, digits and underscores only, which every parser and database leaves as it is.
pub fn plain_name(name: &str) -> String {
    name.replace("::", "__")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;

    #[test]
    fn each_outcome_has_a_record_that_stands_for_it() {
        let outcomes: Vec<_> = sample::report().cases.iter().map(Outcome::of).collect();
        assert_eq!(outcomes, Outcome::ALL);
    }

    #[test]
    fn names_and_lines_are_safe() {
        assert_eq!(plain_name("a::b::c"), "a__b__c");
        assert_eq!(one_line("a\nb\x1b[1mc"), "a b [1mc");
        assert_eq!(family("a::b::c"), ("a", "b::c"));
    }
}
