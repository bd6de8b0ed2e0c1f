//! The judgement on what a case saw: a pure function, so that stored observations of any architecture and
//! kernel can be judged again.

use crate::case::{Arch, Case, Quirk};
use crate::record::{Observation, Verdict};
use crate::version::KernelVersion;

/// What the checks say about a case that ran to its end on that architecture and kernel, and why it does not
/// simply conform.
pub fn verdict(
    case: &Case,
    observations: &[Observation],
    arch: Arch,
    kernel: KernelVersion,
) -> (Verdict, String) {
    if let Some(reason) = against_its_rules(case, observations) {
        return (Verdict::Broken, reason);
    }
    let quirks: Vec<_> = case.quirks.iter().filter(|quirk| quirk.applies(arch, kernel)).collect();
    let gone = quirks.iter().find(|quirk| holds_everywhere(quirk, observations));
    if let Some(quirk) = gone {
        return (Verdict::Deviates, format!("the quirk of `{}` has gone: {}", quirk.what, quirk.reason));
    }
    let mut failed = observations.iter().filter(|seen| seen.holds == Some(false)).peekable();
    if failed.peek().is_none() {
        return (Verdict::Conforms, String::new());
    }
    match failed.find(|seen| !quirks.iter().any(|quirk| explains(quirk, seen))) {
        Some(unexplained) => (Verdict::Deviates, describe(unexplained)),
        None => (Verdict::Quirk, reasons(&quirks)),
    }
}

/// A case that checks nothing, or cites what it has not declared, is broken.
fn against_its_rules(case: &Case, observations: &[Observation]) -> Option<String> {
    if observations.iter().all(|seen| seen.holds.is_none()) {
        return Some("the case checked nothing".to_owned());
    }
    let mut cited = observations.iter().filter_map(|seen| seen.clause.as_deref());
    let undeclared = cited.find(|cited| !case.clauses.contains(cited));
    undeclared.map(|clause| format!("the case cites {clause} without declaring it"))
}

fn explains(quirk: &Quirk, seen: &Observation) -> bool {
    seen.what == quirk.what && seen.observed == quirk.observed
}

/// Whether each check that the quirk is about holds; one that expects what the quirk observes is not about it, as in a
/// variant without the cause.
fn holds_everywhere(quirk: &Quirk, observations: &[Observation]) -> bool {
    let about = |seen: &&Observation| {
        seen.what == quirk.what && seen.holds.is_some() && seen.expected.as_deref() != Some(quirk.observed)
    };
    let mut checks = observations.iter().filter(about).peekable();
    checks.peek().is_some() && checks.all(|seen| seen.holds == Some(true))
}

fn reasons(quirks: &[&Quirk]) -> String {
    let mut reasons: Vec<_> = quirks.iter().map(|quirk| quirk.reason).collect();
    reasons.dedup();
    reasons.join("; ")
}

fn describe(seen: &Observation) -> String {
    let expected = seen.expected.as_deref().unwrap_or_default();
    format!("{} of {}: expected {expected}, got {}", seen.what, seen.task, seen.observed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Change;

    const QUIRK: Quirk = Quirk {
        what: "end",
        observed: "killed",
        arches: &[Arch::X86_64],
        since: Change::at(5, 14),
        until: Some(Change::at(6, 12).and_stable(&[(6, 1, 121)])),
        reason: "first",
        source: "",
        ends: "",
        advice: "",
    };
    const CASE: Case = Case {
        clauses: &["a.clause"],
        quirks: &[QUIRK, Quirk { what: "message", observed: "ESRCH", reason: "second", ..QUIRK }],
        ..Case::NEW
    };

    /// A check of `what` that expected `exited`.
    fn check(what: &str, observed: &str) -> Observation {
        Observation {
            task: "tracee".into(),
            what: what.into(),
            observed: observed.into(),
            expected: Some("exited".into()),
            clause: Some("a.clause".into()),
            holds: Some(observed == "exited"),
        }
    }

    fn judged(seen: &[Observation], arch: Arch, kernel: &str) -> (Verdict, String) {
        verdict(&CASE, seen, arch, KernelVersion::parse(kernel).unwrap())
    }

    fn on_x86(seen: &[Observation], kernel: &str) -> (Verdict, String) {
        judged(seen, Arch::X86_64, kernel)
    }

    const GONE: &str = "the quirk of `end` has gone: first";
    const KILLED: &str = "end of tracee: expected exited, got killed";

    #[test]
    fn what_holds_conforms_and_what_does_not_deviates() {
        let held = check("stop", "exited");
        assert_eq!(on_x86(&[held], "6.1.100"), (Verdict::Conforms, String::new()));
        let failed = (Verdict::Deviates, "stop of tracee: expected exited, got spun".to_owned());
        assert_eq!(on_x86(&[check("stop", "spun")], "6.1.100"), failed);
    }

    #[test]
    fn a_quirk_counts_from_its_change_to_its_end_on_its_architecture() {
        let seen = [check("end", "killed"), check("message", "ESRCH")];
        let quirk = (Verdict::Quirk, "first; second".to_owned());
        let deviates = (Verdict::Deviates, KILLED.to_owned());
        for (kernel, expected) in [
            ("5.10.262", &deviates),
            ("5.14", &quirk),
            ("6.1.120", &quirk),
            ("6.1.121", &deviates),
            ("6.2.200", &quirk),
            ("6.12.0", &deviates),
        ] {
            assert_eq!(&on_x86(&seen, kernel), expected, "{kernel}");
        }
        assert_eq!(judged(&seen, Arch::Aarch64, "6.1.120"), deviates);
    }

    #[test]
    fn a_quirk_that_has_gone_is_loud() {
        let gone = (Verdict::Deviates, GONE.to_owned());
        assert_eq!(on_x86(&[check("end", "exited")], "6.1.120"), gone);
        assert_eq!(on_x86(&[check("end", "exited"), check("message", "ESRCH")], "6.1.120"), gone);
        assert_eq!(on_x86(&[check("end", "exited")], "6.1.121").0, Verdict::Conforms);
    }

    #[test]
    fn a_check_that_expects_what_a_quirk_observes_is_not_about_it() {
        let seen =
            Observation { expected: Some("killed".into()), holds: Some(true), ..check("end", "killed") };
        assert_eq!(on_x86(std::slice::from_ref(&seen), "6.1.120"), (Verdict::Conforms, String::new()));
        assert_eq!(on_x86(&[seen, check("end", "exited")], "6.1.120").1, GONE);
    }

    #[test]
    fn a_quirk_explains_its_own_value_only() {
        let seen = [check("end", "stopped"), check("message", "ESRCH")];
        let expected = (Verdict::Deviates, "end of tracee: expected exited, got stopped".to_owned());
        assert_eq!(on_x86(&seen, "6.1.120"), expected);
    }

    #[test]
    fn a_case_that_breaks_its_rules_is_broken() {
        let nothing = (Verdict::Broken, "the case checked nothing".to_owned());
        assert_eq!(on_x86(&[], "7.3"), nothing);
        let looked = Observation { holds: None, clause: None, expected: None, ..check("end", "exited") };
        assert_eq!(on_x86(&[looked], "7.3"), nothing);
        let undeclared = Observation { clause: Some("other".into()), ..check("end", "exited") };
        let cites = (Verdict::Broken, "the case cites other without declaring it".to_owned());
        assert_eq!(on_x86(&[undeclared], "7.3"), cites);
    }
}
