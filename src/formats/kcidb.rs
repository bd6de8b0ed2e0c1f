//! KCIDB, the format in which KernelCI collects results: schema version 5.3.
//!
//! The first part of a test's path must be in KernelCI's catalogue of tests before a submission is
//! accepted, and the origin must be agreed with them. Ids follow from target and case, so the same run
//! sent twice is one result.

use std::collections::BTreeMap;

use anyhow::Context;
use ptrace_conformance_harness::record::CaseRecord;
use serde::Serialize;

use super::outcome::{Outcome, diagnostics, missing};
use crate::report::Report;
use crate::target::Target;

/// Who submits, unless told otherwise.
pub const ORIGIN: &str = "ptrace_conformance";
/// The schema's bound on an excerpt, in characters.
const EXCERPT: usize = 16_384;
/// The first part of every path.
const ROOT: &str = "ptrace_conformance";

#[derive(Serialize)]
struct Document {
    version: Version,
    checkouts: [Checkout; 1],
    builds: [Build; 1],
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Version {
    major: u8,
    minor: u8,
}

#[derive(Serialize)]
struct Checkout {
    id: String,
    origin: String,
    comment: String,
}

#[derive(Serialize)]
struct Build {
    id: String,
    checkout_id: String,
    origin: String,
    architecture: String,
    comment: String,
    misc: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Test {
    id: String,
    build_id: String,
    origin: String,
    path: String,
    status: &'static str,
    environment: Environment,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_excerpt: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    misc: Misc,
}

#[derive(Clone, Serialize)]
struct Environment {
    comment: String,
    misc: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Misc {
    suite: String,
    verdict: String,
    clauses: Vec<String>,
}

/// The whole report, submitted by this origin.
pub fn render(report: &Report, origin: &str) -> anyhow::Result<String> {
    let target = &report.target;
    let build = format!("{origin}:{}", build_name(target));
    let checkout = format!("{origin}:{}", target.kernel);
    let mut tests: Vec<_> = report.cases.iter().map(|record| test(report, record, origin, &build)).collect();
    tests.extend(shortfall(report, origin, &build));
    let document = Document {
        version: Version { major: 5, minor: 3 },
        checkouts: [Checkout {
            id: checkout.clone(),
            origin: origin.to_owned(),
            comment: format!("Linux {}", target.kernel),
        }],
        builds: [Build {
            id: build,
            checkout_id: checkout,
            origin: origin.to_owned(),
            architecture: target.arch.clone(),
            comment: target.kernel_version.clone(),
            misc: present([("package", &target.package)]),
        }],
        tests,
    };
    Ok(serde_json::to_string_pretty(&document).context("cannot write the report for KCIDB")? + "\n")
}

fn test(report: &Report, record: &CaseRecord, origin: &str, build: &str) -> Test {
    let path = format!("{ROOT}.{}", record.name.replace("::", "."));
    let told = diagnostics(record).join("\n");
    let micros = report.times.as_ref().and_then(|times| times.cases_us.get(&record.name));
    Test {
        comment: record.reason.lines().next().map(str::to_owned),
        log_excerpt: (!Outcome::of(record).good()).then(|| told.chars().take(EXCERPT).collect()),
        duration: micros.map(|&micros| micros as f64 / 1e6),
        misc: Misc { clauses: record.clauses.to_vec(), ..misc(report, record.verdict.word()) },
        ..bare(report, origin, build, path, status(Outcome::of(record)))
    }
}

/// Planned cases without a record, which have no names, as one test.
fn shortfall(report: &Report, origin: &str, build: &str) -> Option<Test> {
    let (planned, held) = (report.totals.planned, report.cases.len());
    (held < planned).then(|| Test {
        comment: Some(missing(planned, held)),
        ..bare(report, origin, build, ROOT.to_owned(), "MISS")
    })
}

fn bare(report: &Report, origin: &str, build: &str, path: String, status: &'static str) -> Test {
    Test {
        id: format!("{origin}:{}:{path}", target_name(&report.target)),
        build_id: build.to_owned(),
        origin: origin.to_owned(),
        path,
        status,
        environment: environment(&report.target),
        comment: None,
        log_excerpt: None,
        duration: None,
        misc: misc(report, "missing"),
    }
}

fn misc(report: &Report, verdict: &str) -> Misc {
    let suite = format!("{} {}", report.suite.name, report.suite.version);
    Misc { suite, verdict: verdict.to_owned(), clauses: Vec::new() }
}

fn environment(target: &Target) -> Environment {
    let told = [
        ("model", &target.model),
        ("cpu", &target.cpu),
        ("emulator", &target.emulator),
        ("accelerator", &target.accelerator),
    ];
    Environment { comment: target.to_string(), misc: present(told) }
}

fn present<const N: usize>(pairs: [(&'static str, &Option<String>); N]) -> BTreeMap<&'static str, String> {
    pairs.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
}

/// Tells builds of one release apart by what else the kernel says of itself.
fn build_name(target: &Target) -> String {
    let sum = crc32fast::hash(target.kernel_version.as_bytes());
    format!("{}-{}-{sum:08x}", target.kernel, target.arch)
}

/// Tells targets apart, also those that run the same build.
fn target_name(target: &Target) -> String {
    let all = format!("{target:?}");
    format!("{}-{:08x}", build_name(target), crc32fast::hash(all.as_bytes()))
}

const fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass | Outcome::Quirk => "PASS",
        Outcome::Fail | Outcome::QuirkGone => "FAIL",
        Outcome::Skip => "SKIP",
        Outcome::Timeout | Outcome::Error => "ERROR",
    }
}

/// An origin that the schema takes.
pub fn origin(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match !text.is_empty() && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("must be of the characters a-z, 0-9 and _".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;
    use crate::report::Times;

    #[test]
    fn the_document_is_this() {
        let mut report = sample::report();
        report.cases = vec![report.cases[0].clone(), report.cases[3].clone()];
        report.totals.planned = 3;
        report.times = Some(Times { elapsed_us: 9, cases_us: [(report.cases[0].name.clone(), 2500)].into() });
        insta::assert_snapshot!(render(&report, ORIGIN).unwrap(), @r##"
        {
          "version": {
            "major": 5,
            "minor": 3
          },
          "checkouts": [
            {
              "id": "ptrace_conformance:6.99.0-sample",
              "origin": "ptrace_conformance",
              "comment": "Linux 6.99.0-sample"
            }
          ],
          "builds": [
            {
              "id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866",
              "checkout_id": "ptrace_conformance:6.99.0-sample",
              "origin": "ptrace_conformance",
              "architecture": "x86_64",
              "comment": "#1 SMP",
              "misc": {
                "package": "linux-image-sample 6.99-1"
              }
            }
          ],
          "tests": [
            {
              "id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866-719615b4:ptrace_conformance.stops.alternate.traceme",
              "build_id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866",
              "origin": "ptrace_conformance",
              "path": "ptrace_conformance.stops.alternate.traceme",
              "status": "PASS",
              "environment": {
                "comment": "x86_64 Linux 6.99.0-sample (qemu, tcg)",
                "misc": {
                  "accelerator": "tcg",
                  "model": "max"
                }
              },
              "duration": 0.0025,
              "misc": {
                "suite": "ptrace-conformance 0.1.0",
                "verdict": "conforms",
                "clauses": [
                  "sysstop.entry"
                ]
              }
            },
            {
              "id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866-719615b4:ptrace_conformance.stops.result.seize",
              "build_id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866",
              "origin": "ptrace_conformance",
              "path": "ptrace_conformance.stops.result.seize",
              "status": "FAIL",
              "environment": {
                "comment": "x86_64 Linux 6.99.0-sample (qemu, tcg)",
                "misc": {
                  "accelerator": "tcg",
                  "model": "max"
                }
              },
              "comment": "1 of 2 checks failed",
              "log_excerpt": "1 of 2 checks failed\ntracee: result: expected 0, observed <&# [31m> [sysstop.exit-after-entry]",
              "misc": {
                "suite": "ptrace-conformance 0.1.0",
                "verdict": "deviates",
                "clauses": [
                  "sysstop.entry"
                ]
              }
            },
            {
              "id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866-719615b4:ptrace_conformance",
              "build_id": "ptrace_conformance:6.99.0-sample-x86_64-4ccf1866",
              "origin": "ptrace_conformance",
              "path": "ptrace_conformance",
              "status": "MISS",
              "environment": {
                "comment": "x86_64 Linux 6.99.0-sample (qemu, tcg)",
                "misc": {
                  "accelerator": "tcg",
                  "model": "max"
                }
              },
              "comment": "1 of 3 planned cases left no record",
              "misc": {
                "suite": "ptrace-conformance 0.1.0",
                "verdict": "missing",
                "clauses": []
              }
            }
          ]
        }
        "##);
    }

    #[test]
    fn each_outcome_has_its_status() {
        assert_eq!(Outcome::ALL.map(status), ["PASS", "PASS", "FAIL", "FAIL", "SKIP", "ERROR", "ERROR"]);
    }

    #[test]
    fn an_origin_is_a_plain_word() {
        assert_eq!(origin("my_lab2"), Ok("my_lab2".to_owned()));
        for wrong in ["", "My", "a-b", "a:b"] {
            origin(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn an_excerpt_keeps_the_bound() {
        let mut report = sample::report();
        report.cases[3].reason = "ü".repeat(3 * EXCERPT);
        let test = test(&report, &report.cases[3], ORIGIN, "o:b");
        assert_eq!(test.log_excerpt.unwrap().chars().count(), EXCERPT);
    }
}
