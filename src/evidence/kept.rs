//! The evidence that this program carries, held against the cases as they are now.
//!
//! Where one of these fails, the evidence is older than the cases: `ptrace-conformance matrix --refresh`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Arch, Case, Need, Variant, all_variants};
use ptrace_conformance_harness::judge;
use ptrace_conformance_harness::kernel::Kernel;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use ptrace_conformance_harness::run::{be_plain, end_strays, run_case};
use ptrace_conformance_harness::version::KernelVersion;

use super::{built_in, built_in_proof, history, keep};
use crate::report::{Report, Suite};
use crate::select::behaviour;
use crate::target::Target;

fn evidence() -> Vec<Report> {
    built_in().unwrap()
}

fn variants() -> HashMap<String, Variant> {
    all_variants(FAMILIES).into_iter().collect()
}

fn name(report: &Report) -> &str {
    name_of(&report.target)
}

fn name_of(target: &Target) -> &str {
    target.name.as_deref().unwrap()
}

/// Whether Linux people wrote the kernel.
fn is_linux(report: &Report) -> bool {
    report.target.platform != "gvisor"
}

#[test]
fn every_report_is_whole_and_has_every_case() {
    let names: Vec<_> = all_variants(FAMILIES).into_iter().map(|(name, _)| name).collect();
    let reports = evidence();
    assert!(reports.len() >= 2, "the evidence is gone");
    for report in &reports {
        assert!(report.complete || !is_linux(report), "{} is not complete", name(report));
        assert_eq!(report.suite, Suite::this(), "{}", name(report));
        let told: Vec<_> = report.cases.iter().map(|record| record.name.clone()).collect();
        assert_eq!(told, names, "{} has other cases", name(report));
    }
}

#[test]
fn both_architectures_are_there_from_the_oldest_kernel_to_the_newest() {
    let reports = evidence();
    let series = history::of(&reports);
    let told: Vec<_> = series.iter().map(|series| series.arch).collect();
    assert_eq!(told, ["x86_64", "aarch64"]);
    for series in &series {
        let lines: Vec<_> = series.targets().map(|target| target.version().line).collect();
        assert!(lines.first() <= Some(&(5, 10)) && lines.last() >= Some(&(7, 3)), "{lines:?}");
    }
}

#[test]
fn linux_is_as_expected() {
    for report in evidence().iter().filter(|report| is_linux(report)) {
        let wrong: Vec<_> = report
            .cases
            .iter()
            .filter(|record| matches!(record.verdict, Verdict::Deviates | Verdict::Broken))
            .map(|record| &record.name)
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", name(report));
    }
}

#[test]
fn verdicts_and_clauses_are_those_of_the_cases_now() {
    let variants = variants();
    // Cases are built for one architecture: its clauses and expectations are those of this program's own.
    for report in evidence().into_iter().filter(|report| report.target.arch == Arch::HERE.name()) {
        let kernel = report.target.version();
        for record in &report.cases {
            let case = variants[&record.name].case;
            assert_eq!(*record.clauses, *case.clauses, "{}: {}", name(&report), record.name);
            if matches!(record.verdict, Verdict::Skipped | Verdict::Broken) {
                continue;
            }
            let (verdict, reason) = judge::verdict(case, &record.observations, Arch::HERE, kernel);
            let now = (verdict, reason.as_str());
            assert_eq!((record.verdict, record.reason.as_str()), now, "{}: {}", name(&report), record.name);
        }
    }
}

/// What each check of a record expects.
fn expectations(record: &CaseRecord) -> Vec<(&str, &str, Option<&str>, Option<&str>)> {
    let checks = record.observations.iter().filter(|seen| seen.holds.is_some());
    checks.map(|seen| (&*seen.task, &*seen.what, seen.clause.as_deref(), seen.expected.as_deref())).collect()
}

/// Whether a case expects what this processor has, such as the size of its extended state.
fn is_of_the_processor(case: &Case) -> bool {
    case.needs.iter().any(|need| matches!(need, Need::Processor(_)))
}

/// The cases run here: on a kernel of the same line they expect what is kept, of whatever processor.
#[test]
fn what_is_expected_here_is_what_is_kept() {
    be_plain();
    let here = KernelVersion::running();
    let reports = evidence();
    let same = |report: &&Report| {
        report.target.arch == Arch::HERE.name() && report.target.version().line == here.line
    };
    let Some(kept) = reports.iter().filter(|report| is_linux(report)).find(same) else {
        eprintln!("skipped: there is no evidence of Linux {here} on {}", Arch::HERE.name());
        return;
    };
    let variants = variants();
    let mut compared = 0;
    for record in kept.cases.iter().filter(|record| !is_of_the_processor(variants[&record.name].case)) {
        let now = run_case(&record.name, variants[&record.name], Kernel::default());
        if [&now, record].iter().all(|record| record.verdict == Verdict::Conforms) {
            assert_eq!(expectations(record), expectations(&now), "{}: {}", name(kept), record.name);
            compared += 1;
        }
    }
    let strays = end_strays();
    eprintln!("compared {compared} cases; ended {strays} tasks that they have left");
    assert!(compared > 0 || kept.totals.conforms == 0, "nothing was compared");
}

/// An answer that changed from one kernel to the next has a quirk or a change of the kernel beside its case.
#[test]
fn every_shift_between_kernels_is_explained() {
    let cases: BTreeMap<String, &'static Case> = FAMILIES
        .iter()
        .flat_map(|family| family.cases().map(|case| (format!("{}::{}", family.name, case.name), case)))
        .collect();
    let reports = evidence();
    let mut unexplained = Vec::new();
    for series in history::of(&reports) {
        for shift in series.shifts() {
            let case = cases[shift.behaviour];
            let (task, what, _) = shift.look;
            // What the kernel logs goes with the quirk that it complains of.
            let quirk = case.quirks.iter().any(|quirk| quirk.what == what || task == "kernel");
            if !quirk && case.changes.is_empty() {
                let (old, new) = (shift.old, shift.new);
                let lines = (name_of(old.1), name_of(new.1));
                unexplained.push((shift.behaviour, shift.look, old.0, new.0, lines));
            }
        }
    }
    assert!(unexplained.is_empty(), "nothing beside the cases says why: {unexplained:#?}");
}

#[test]
fn the_pages_say_what_the_evidence_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(keep::REPORTS);
    assert_eq!(
        keep::stale(&dir).unwrap(),
        Vec::<String>::new(),
        "`ptrace-conformance evidence` makes them anew"
    );
}

/// The clauses of each behaviour that some judged record of this architecture has held an answer against.
fn executed(arch: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut executed: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let reports = evidence();
    let judged = reports.iter().filter(|report| report.target.arch == arch && is_linux(report));
    for record in judged.flat_map(|report| &report.cases) {
        let behaviour = behaviour(&record.name);
        let checks = record.observations.iter().filter(|seen| seen.holds.is_some());
        for clause in checks.filter_map(|seen| seen.clause.clone()) {
            executed.entry(clause).or_default().insert(behaviour.to_owned());
        }
    }
    executed
}

/// Each clause that was executed was seen failing there too, by the cases as they are.
#[test]
fn checks_were_seen_failing() {
    let proof = built_in_proof().unwrap();
    for arch in Arch::ALL.iter().map(|arch| arch.name()) {
        let executed = executed(arch);
        let audits = || proof.audits().filter(|(of, _)| *of == arch).flat_map(|(_, proved)| proved);
        // What this evidence's machines could not run, others may have audited.
        let ran: BTreeSet<_> = executed.values().flatten().collect();
        for (clause, behaviours) in audits() {
            let of_clause = executed.get(clause);
            let by = |behaviour: &&String| of_clause.is_some_and(|by| by.contains(*behaviour));
            let strange: Vec<_> = behaviours.iter().filter(|one| ran.contains(one) && !by(one)).collect();
            assert!(
                strange.is_empty(),
                "{arch}: the cases have changed since the audit: {clause} by {strange:?}"
            );
        }
        let proved: BTreeSet<_> = audits().map(|(clause, _)| clause).collect();
        let unproved: Vec<_> = executed.iter().filter(|(clause, _)| !proved.contains(clause)).collect();
        assert!(unproved.is_empty(), "{arch}: no audit has seen a check of these fail: {unproved:?}");
    }
}
