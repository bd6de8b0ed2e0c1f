//! Coverage: which clauses of the register a case checks, and on which targets of the evidence that was done.
//!
//! What a case declares is a promise; a clause counts as executed where a record that was judged has a check that
//! cites it, and as covered if moreover such a check was seen failing under a lie.

mod behaviour;
mod legality;
mod list;
mod page;
mod peers;
mod peers_list;

use std::collections::{BTreeMap, BTreeSet};

use ptrace_conformance_cases::clauses::{Area, Clause, Testable};
use ptrace_conformance_harness::case::{Arch, Registry};
use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::Serialize;

use crate::evidence::Proof;
use crate::evidence::history::{self, Series};
use crate::quirks::spans;
use crate::report::Report;
use crate::select::behaviour;
pub use legality::page as legality_page;
pub use list::list;
pub use page::page;
pub use peers::page as peers_page;
pub use peers_list::list as list_peers;

/// A clause, and who has checked it.
#[derive(Debug)]
struct Covered<'a> {
    clause: &'static Clause,
    /// The clause that says the same and has its cases, where none names this one.
    other: Option<&'static str>,
    /// `family::behaviour` of each case that declares it, or the other.
    cases: Vec<String>,
    /// The reports in which such a case held an answer against it.
    executed: Vec<&'a Report>,
    /// The architectures on which a check of such a case was seen failing.
    proved: Vec<&'a str>,
    /// Why such cases were not judged elsewhere.
    reasons: BTreeSet<&'a str>,
}

/// Every clause of these areas, in order.
fn of<'a>(areas: &[Area], registry: Registry, reports: &'a [Report], proof: &'a Proof) -> Vec<Covered<'a>> {
    let cases = declared(registry, reports);
    let evidence: Vec<_> = reports.iter().map(|report| (report, Executed::of(report))).collect();
    let clauses = areas.iter().flat_map(|area| area.clauses);
    clauses
        .map(|clause| {
            let other = clause.same_as.filter(|_| !cases.contains_key(clause.id));
            let id = other.unwrap_or(clause.id);
            let cases = cases.get(id).cloned().unwrap_or_default();
            let by_cases = |(_, done): &&(&Report, Executed<'_>)| done.has(id, &cases);
            let executed = evidence.iter().filter(by_cases).map(|(report, _)| *report).collect();
            let reasons = evidence.iter().flat_map(|(_, done)| done.reasons(&cases)).collect();
            let proved = proof.arches(id, &cases);
            Covered { clause, other, executed, proved, reasons, cases }
        })
        .collect()
}

/// By clause: the cases that declare it, in the suite's order.
fn declared(registry: Registry, reports: &[Report]) -> BTreeMap<&str, Vec<String>> {
    let elsewhere = declared_elsewhere(reports);
    let mut declared: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for family in registry {
        for case in family.cases() {
            let name = format!("{}::{}", family.name, case.name);
            let others = elsewhere.get(&*name).into_iter().flatten();
            let ids: BTreeSet<_> = case.clauses.iter().chain(others).copied().collect();
            ids.into_iter().for_each(|id| declared.entry(id).or_default().push(name.clone()));
        }
    }
    declared
}

/// By behaviour: what it declares where the suite was built for another architecture, by the records from there.
fn declared_elsewhere(reports: &[Report]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut declared: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let others = reports.iter().filter(|report| report.target.arch != Arch::HERE.name());
    for record in others.flat_map(|report| &report.cases) {
        declared
            .entry(behaviour(&record.name))
            .or_default()
            .extend(record.clauses.iter().map(String::as_str));
    }
    declared
}

/// What one report shows, by behaviour.
#[derive(Default)]
struct Executed<'a> {
    clauses: BTreeMap<&'a str, BTreeSet<&'a str>>,
    reasons: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Executed<'a> {
    fn of(report: &'a Report) -> Executed<'a> {
        let mut done = Executed::default();
        for record in &report.cases {
            let behaviour = behaviour(&record.name);
            if matches!(record.verdict, Verdict::Skipped | Verdict::Broken) {
                done.reasons.entry(behaviour).or_default().insert(&record.reason);
            } else {
                done.clauses.entry(behaviour).or_default().extend(checked(record));
            }
        }
        done
    }

    fn has(&self, clause: &str, cases: &[String]) -> bool {
        cases.iter().any(|case| self.clauses.get(&**case).is_some_and(|ids| ids.contains(clause)))
    }

    fn reasons(&self, cases: &[String]) -> impl Iterator<Item = &'a str> {
        cases.iter().filter_map(|case| self.reasons.get(&**case)).flatten().copied()
    }
}

/// The clauses that a record held answers against.
fn checked(record: &CaseRecord) -> impl Iterator<Item = &str> {
    let checks = record.observations.iter().filter(|seen| seen.holds.is_some());
    checks.filter_map(|seen| seen.clause.as_deref())
}

impl Covered<'_> {
    /// Whether it was executed, and a check of it seen failing.
    fn is_covered(&self) -> bool {
        !self.executed.is_empty() && !self.proved.is_empty()
    }

    /// Where it was executed in short; kernels in virtual machines stand for all others.
    fn place(&self, series: &[Series<'_>]) -> Option<String> {
        let here = |report: &Report| self.executed.iter().any(|executed| std::ptr::eq(*executed, report));
        let spans: Vec<_> = series.iter().filter_map(|series| spans::lines(series, here)).collect();
        let others = || self.executed.iter().map(|report| name(report)).collect();
        let told: Vec<_> = if spans.is_empty() { others() } else { spans };
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// Why it was executed nowhere.
    fn why_not(&self) -> String {
        let reasons: Vec<_> = self.reasons.iter().copied().collect();
        match (self.cases.is_empty(), self.clause.testable) {
            (true, Testable::Yes) => "no case yet".to_owned(),
            (true, testable) => testable.name().to_owned(),
            (false, _) if reasons.is_empty() => "not in the evidence yet".to_owned(),
            (false, _) => reasons.join("; "),
        }
    }
}

/// The name of a report's target.
fn name(report: &Report) -> String {
    report.target.name.clone().unwrap_or_else(|| report.target.to_string())
}

/// How many clauses there are, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Totals {
    clauses: usize,
    /// Those that any machine can show.
    testable: usize,
    /// Of the testable ones: those that a case checks.
    checked: usize,
    /// Of the testable ones: those that were checked on some target.
    executed: usize,
    /// Of the executed ones: those of which a check was seen failing.
    covered: usize,
    /// Of the others: those that a case checks all the same.
    others_checked: usize,
}

impl Totals {
    fn of(covered: &[Covered<'_>]) -> Totals {
        let (testable, others): (Vec<_>, Vec<_>) =
            covered.iter().partition(|one| one.clause.testable == Testable::Yes);
        let checked = |these: &[&Covered<'_>]| these.iter().filter(|one| !one.cases.is_empty()).count();
        Totals {
            clauses: covered.len(),
            testable: testable.len(),
            checked: checked(&testable),
            executed: testable.iter().filter(|one| !one.executed.is_empty()).count(),
            covered: testable.iter().filter(|one| one.is_covered()).count(),
            others_checked: checked(&others),
        }
    }
}

/// A register, cases and reports for tests.
#[cfg(test)]
mod sample {
    use ptrace_conformance_cases::clauses::{Authority, Kind};
    use ptrace_conformance_harness::case::{Case, Family};

    use super::*;
    use crate::report;

    const CLAUSE: Clause = Clause {
        id: "stop.syscall.alternate",
        page: "ptrace(2)",
        section: "Stops",
        statement: "Enter- and exit-stops alternate.",
        arches: Arch::ALL,
        since: None,
        kind: Kind::Must,
        testable: Testable::Yes,
        note: "",
        authority: Authority::Manual,
        same_as: None,
    };

    pub static AREAS: &[Area] = &[
        Area {
            name: "stop",
            title: "Stops",
            clauses: &[
                CLAUSE,
                Clause {
                    id: "stop.x|y",
                    statement: "Any <errno> of E* goes.",
                    arches: &[Arch::X86_64],
                    since: Some("5.3"),
                    same_as: Some("stop.syscall.alternate"),
                    ..CLAUSE
                },
            ],
        },
        Area {
            name: "yama",
            title: "Yama",
            clauses: &[Clause {
                id: "yama.scope",
                testable: Testable::NeedsConfig,
                kind: Kind::Error,
                ..CLAUSE
            }],
        },
    ];

    pub static REGISTRY: &[Family] = &[Family {
        name: "family",
        title: "",
        cases: &[&[
            Case { name: "case_0", clauses: &["stop.syscall.alternate"], ..Case::NEW },
            Case { name: "case_1", clauses: &["stop.syscall.alternate"], ..Case::NEW },
        ]],
    }];

    /// The report of a virtual machine with this kernel.
    pub fn guest(kernel: &str, verdicts: &[Verdict]) -> Report {
        let mut report = report::sample::report(verdicts);
        report.target.kernel = kernel.to_owned();
        report.target.platform = "qemu".to_owned();
        report.target.name = Some(format!("debian-{kernel}"));
        report
    }

    /// What an audit saw failing.
    pub fn proof() -> Proof {
        Proof::of("x86_64", &[("stop.syscall.alternate", "family::case_1"), ("stop.x|y", "family::case_1")])
    }

    pub fn reports() -> Vec<Report> {
        let mut host = guest("6.18.1", &[Verdict::Conforms]);
        host.target.platform = "host".to_owned();
        host.target.name = None;
        vec![
            guest("5.10.1", &[Verdict::Skipped, Verdict::Broken]),
            guest("6.1.9", &[Verdict::Skipped, Verdict::Deviates]),
            guest("7.3.4", &[Verdict::Quirk, Verdict::Skipped]),
            host,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reports: &[Report]) -> Vec<String> {
        let series = history::of(reports);
        let tell = |covered: Covered<'_>| covered.place(&series).unwrap_or_else(|| covered.why_not());
        of(sample::AREAS, sample::REGISTRY, reports, &sample::proof()).into_iter().map(tell).collect()
    }

    #[test]
    fn only_judged_checks_count() {
        let reports = sample::reports();
        assert_eq!(told(&reports), ["x86_64 6.1-7.3", "x86_64 6.1-7.3", "needs-config"]);
        assert_eq!(told(&reports[3..])[0], "x86_64 Linux 6.18.1 (host)");
        let why = "no answer within 10 s; only on aarch64: x7 is the marker there";
        assert_eq!(told(&reports[..1])[0], why);
        assert_eq!(told(&[])[0], "not in the evidence yet");
    }

    #[test]
    fn a_check_counts_for_a_case_that_declares_its_clause() {
        let mut report = sample::guest("6.1.9", &[Verdict::Conforms]);
        report.cases[0].name = "family::case_2::seize".to_owned();
        assert!(of(sample::AREAS, sample::REGISTRY, &[report], &sample::proof())[0].executed.is_empty());
    }

    #[test]
    fn cases_may_declare_more_on_another_architecture() {
        let mut report = sample::guest("6.1.9", &[Verdict::Conforms, Verdict::Conforms]);
        report.target.arch = "elsewhere".to_owned();
        let more = [report.cases[1].clauses[0].clone(), "stop.x|y".to_owned()];
        report.cases[1].clauses = more.into();
        let reports = [report];
        let proof = sample::proof();
        let covered = of(sample::AREAS, sample::REGISTRY, &reports, &proof);
        assert_eq!(covered[0].cases, ["family::case_0", "family::case_1"]);
        assert_eq!(covered[1].cases, ["family::case_1"]);
    }

    #[test]
    fn totals_tell_testable_clauses_from_others() {
        let (reports, proof) = (sample::reports(), sample::proof());
        let totals = Totals::of(&of(sample::AREAS, sample::REGISTRY, &reports, &proof));
        let told = Totals { clauses: 3, testable: 2, checked: 2, executed: 2, covered: 2, others_checked: 0 };
        assert_eq!(totals, told);
    }

    #[test]
    fn what_was_never_seen_failing_is_not_covered() {
        let reports = sample::reports();
        let seen = |proof: &Proof| of(sample::AREAS, sample::REGISTRY, &reports, proof)[0].is_covered();
        assert!(seen(&sample::proof()));
        assert!(!seen(&Proof::default()));
        // By a case that does not declare it.
        assert!(!seen(&Proof::of("x86_64", &[("stop.syscall.alternate", "family::case_2")])));
    }
}
