//! Elsewhere: what the kernels of the evidence did with one case, for its explanation.

use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::Serialize;

use crate::evidence::history::{self, Series, Shift};
use crate::quirks::spans;
use crate::report::Report;

/// A case on all targets of the evidence.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// Which kernels gave which verdict.
    pub verdicts: Vec<Group>,
    /// What changed from one kernel to a later one.
    pub changes: Vec<Change>,
}

/// Targets that agree.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Their verdict.
    pub verdict: Verdict,
    /// Kernels that ran, by architecture, or the name of one other target.
    pub targets: String,
    /// Why, where the verdict has a reason.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// An answer that is another one from some kernel on.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The architecture.
    pub arch: String,
    /// Whose answer to what.
    pub look: String,
    /// What older kernels answered; absent where they did not come to it.
    pub before: Option<String>,
    /// The last of them that ran.
    pub last: String,
    /// What newer kernels answer.
    pub since: Option<String>,
    /// The first of them that ran.
    pub first: String,
}

/// What these reports say of the case of that full name.
pub fn of(case: &str, reports: &[Report]) -> Elsewhere {
    let series = history::of(reports);
    let verdicts = series.iter().flat_map(|series| by_verdict(case, series));
    let others = reports.iter().filter(|report| !history::is_comparable(&report.target));
    Elsewhere {
        verdicts: verdicts.chain(others.filter_map(|report| alone(case, report))).collect(),
        changes: series.iter().flat_map(|series| series.shifts_of(case)).map(Change::of).collect(),
    }
}

/// The verdicts of a series of kernels, each with the kernels that gave it.
fn by_verdict(case: &str, series: &Series<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (_, record) in series.records(case) {
        let Some(CaseRecord { verdict, reason, .. }) = record else { continue };
        if groups.iter().any(|known| (known.verdict, &known.reason) == (*verdict, reason)) {
            continue;
        }
        let same = |report: &Report| {
            let records = report.cases.iter().filter(|record| record.name == case);
            records.into_iter().any(|record| (record.verdict, &record.reason) == (*verdict, reason))
        };
        let targets = spans::of(series, same).unwrap_or_default();
        groups.push(Group { verdict: *verdict, targets, reason: reason.clone() });
    }
    groups
}

/// A target that is in no series.
fn alone(case: &str, report: &Report) -> Option<Group> {
    let CaseRecord { verdict, reason, .. } = report.cases.iter().find(|record| record.name == case)?.clone();
    let targets = report.target.name.clone().unwrap_or_else(|| report.target.to_string());
    Some(Group { verdict, targets, reason })
}

impl Change {
    fn of(shift: Shift<'_>) -> Change {
        let (task, what, _) = shift.look;
        let text = |answer: Option<&str>| answer.map(str::to_owned);
        Change {
            arch: shift.arch.to_owned(),
            look: format!("{task}: {what}"),
            before: text(shift.old.0),
            last: shift.old.1.label(),
            since: text(shift.new.0),
            first: shift.new.1.label(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn report(kernel: &str, platform: &str, verdict: Verdict) -> Report {
        let mut report = sample::report(&[verdict]);
        report.target.kernel = kernel.to_owned();
        report.target.platform = platform.to_owned();
        report.target.name = Some(format!("{platform}-{kernel}"));
        report
    }

    #[test]
    fn kernels_that_agree_are_one_group_and_changes_lie_between_kernels_that_ran() {
        let reports = [
            report("7.3.4", "qemu", Verdict::Conforms),
            report("5.10.2", "qemu", Verdict::Skipped),
            report("6.1.9", "qemu", Verdict::Quirk),
            report("6.12.3", "qemu", Verdict::Conforms),
            report("4.4.0", "gvisor", Verdict::Deviates),
        ];
        let Elsewhere { verdicts, changes } = of("family::case_0::traceme", &reports);
        let told: Vec<_> =
            verdicts.iter().map(|group| format!("{} {}", group.verdict.word(), group.targets)).collect();
        let expected = [
            "skipped x86_64: 5.10.2",
            "quirk x86_64: 6.1.9",
            "conforms x86_64: 6.12.3, 7.3.4",
            "deviates gvisor-4.4.0",
        ];
        assert_eq!(told, expected);
        let [change] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((change.look.as_str(), change.last.as_str()), ("tracee: result", "6.1.9"));
        assert_eq!((change.before.as_deref(), change.since.as_deref()), (Some("-ENOSYS"), Some("0")));
        assert_eq!(change.first, "6.12.3");
    }

    #[test]
    fn a_case_that_nobody_ran_has_nothing_to_tell() {
        let reports = [report("6.1.9", "qemu", Verdict::Conforms)];
        assert_eq!(of("family::other::seize", &reports), Elsewhere::default());
    }
}
