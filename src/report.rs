//! The report: everything that one run on one target established, as versioned JSON.
//!
//! A report is a function of the records and the target alone. It holds no time, process id or
//! address, so that two runs on the same kernel give the same bytes; times stand in a field set of
//! their own that is there only when asked for.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::Context;
use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::{Deserialize, Serialize};

use crate::exit::Misuse;
use crate::target::Target;

/// The version of the format; a change that an old reader would misread changes it.
pub const SCHEMA: &str = "ptrace-conformance/report/1";

/// All verdicts and observations of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Who asked.
    pub suite: Suite,
    /// Who answered.
    pub target: Target,
    /// Whether every planned case was run to its end; one that was not has no record, or a `broken` one.
    pub complete: bool,
    /// One record per case that ran, in the suite's order.
    pub cases: Vec<CaseRecord>,
    /// Counts over `cases`.
    pub totals: Totals,
    /// How long it took, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub times: Option<Times>,
}

/// The suite that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Suite {
    /// This very suite.
    pub fn this() -> Suite {
        Suite { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// Counts over the records of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// How many cases the run set out to run.
    pub planned: usize,
    /// How many left a record.
    pub cases: usize,
    /// How many answers were held against a clause.
    pub checks: usize,
    /// Cases that answered as their clauses say.
    pub conforms: usize,
    /// Cases that deviate exactly as recorded for this kernel.
    pub quirk: usize,
    /// Cases that deviate.
    pub deviates: usize,
    /// Cases that could not be judged here.
    pub skipped: usize,
    /// Cases that we failed to judge.
    pub broken: usize,
}

impl Totals {
    /// Counts these records, of so many planned ones.
    pub fn count(planned: usize, records: &[CaseRecord]) -> Totals {
        let of = |verdict| records.iter().filter(|record| record.verdict == verdict).count();
        let seen = records.iter().flat_map(|record| &*record.observations);
        Totals {
            planned,
            cases: records.len(),
            checks: seen.filter(|seen| seen.holds.is_some()).count(),
            conforms: of(Verdict::Conforms),
            quirk: of(Verdict::Quirk),
            deviates: of(Verdict::Deviates),
            skipped: of(Verdict::Skipped),
            broken: of(Verdict::Broken),
        }
    }

    /// How many cases got this verdict.
    pub fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Conforms => self.conforms,
            Verdict::Quirk => self.quirk,
            Verdict::Deviates => self.deviates,
            Verdict::Skipped => self.skipped,
            Verdict::Broken => self.broken,
        }
    }
}

/// How long a run took; never the same twice, so never compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The whole run, in microseconds.
    pub elapsed_us: u64,
    /// Each case by name, in microseconds.
    pub cases_us: BTreeMap<String, u64>,
}

impl Report {
    /// The report of a run that planned so many cases and left these records.
    pub fn new(target: Target, planned: usize, cases: Vec<CaseRecord>) -> Report {
        Report {
            schema: SCHEMA.to_owned(),
            suite: Suite::this(),
            target,
            complete: planned == cases.len(),
            totals: Totals::count(planned, &cases),
            cases,
            times: None,
        }
    }

    /// Its JSON, ended by a newline.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let mut text = serde_json::to_string_pretty(self).context("cannot write the report as JSON")?;
        text.push('\n');
        Ok(text)
    }

    /// Reads a report file, whole and of this version, or says what is wrong with it.
    pub fn read(path: &Path) -> anyhow::Result<Report> {
        let text = std::fs::read_to_string(path).map_err(|error| Misuse(error.to_string()));
        text.map_err(anyhow::Error::new)
            .and_then(|text| Report::parse(&text))
            .with_context(|| format!("cannot read the report {}", path.display()))
    }

    /// The report if it does not contradict itself.
    pub fn checked(self) -> anyhow::Result<Report> {
        check(&self).map_err(Misuse)?;
        Ok(self)
    }

    /// Reads a report's JSON, whole and of this version, or says what is wrong with it.
    pub fn parse(text: &str) -> anyhow::Result<Report> {
        parse(text).map_err(|why| Misuse(why).into())
    }
}

/// As much of any JSON file as tells whether it is ours.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

fn parse(text: &str) -> Result<Report, String> {
    if text.trim().is_empty() {
        return Err("it is empty; was the run that should have written it ended early?".to_owned());
    }
    match schema(text)?.as_deref() {
        Some(SCHEMA) => {}
        Some(other) => return Err(format!("its schema is `{other}`, this version reads `{SCHEMA}`")),
        None => return Err(format!("it is JSON but no report: no `schema` field saying `{SCHEMA}`")),
    }
    let report: Report = serde_json::from_str(text)
        .map_err(|error| format!("it calls itself `{SCHEMA}` but does not follow it: {error}"))?;
    check(&report)?;
    Ok(report)
}

/// What the JSON says it is, if it says so.
pub fn schema(text: &str) -> Result<Option<String>, String> {
    let head: Head = serde_json::from_str(text).map_err(|error| torn_or_foreign(&error))?;
    Ok(head.schema)
}

fn torn_or_foreign(error: &serde_json::Error) -> String {
    if error.is_eof() {
        format!("it is torn: the JSON ends too early ({error})")
    } else if error.is_data() {
        format!("it is JSON but no report: {error}")
    } else {
        format!("it is no JSON: {error}")
    }
}

/// What the types cannot say: the counts fit the records and each case is there once.
fn check(report: &Report) -> Result<(), String> {
    let totals = Totals::count(report.totals.planned, &report.cases);
    if totals != report.totals {
        return Err("its totals do not fit its cases; was it edited or cut?".to_owned());
    }
    if report.complete && totals.planned != totals.cases {
        let (planned, cases) = (totals.planned, totals.cases);
        return Err(format!("it calls itself complete, but {cases} of {planned} planned cases are there"));
    }
    let mut names = HashSet::new();
    match report.cases.iter().find(|record| !names.insert(record.name.as_str())) {
        Some(twice) => Err(format!("it holds the case {} twice", twice.name)),
        None => Ok(()),
    }
}

/// Made-up reports for tests.
#[cfg(test)]
pub mod sample {
    use ptrace_conformance_harness::record::Observation;

    use super::*;

    /// A target that no machine has.
    pub fn target() -> Target {
        Target {
            arch: "x86_64".into(),
            kernel: "6.99.0-sample".into(),
            kernel_version: "#1 SMP".into(),
            machine: "x86_64".into(),
            platform: "host".into(),
            name: None,
            package: None,
            model: None,
            cpu: None,
            emulator: None,
            accelerator: None,
        }
    }

    /// A record with this verdict and what usually goes with it.
    pub fn record(name: &str, verdict: Verdict) -> CaseRecord {
        let reason = match verdict {
            Verdict::Conforms => "",
            Verdict::Quirk => "the kernel sets the marker late",
            Verdict::Deviates => "1 of 2 checks failed",
            Verdict::Skipped => "only on aarch64: x7 is the marker there",
            Verdict::Broken => "no answer within 10 s",
        };
        let mut record =
            CaseRecord::without_observations(name, &["stop.syscall.alternate"], verdict, reason.to_owned());
        if !matches!(verdict, Verdict::Skipped | Verdict::Broken) {
            record.observations = observations(verdict == Verdict::Conforms).into();
        }
        record
    }

    fn observations(holds: bool) -> Vec<Observation> {
        let seen = |what: &str, observed: &str, expected: Option<&str>, holds| Observation {
            task: "tracee".into(),
            what: what.into(),
            observed: observed.into(),
            expected: expected.map(str::to_owned),
            clause: expected.map(|_| "stop.syscall.alternate".to_owned()),
            holds,
        };
        vec![
            seen("first stop", "syscall-enter-stop", Some("syscall-enter-stop"), Some(true)),
            seen("result", if holds { "0" } else { "-ENOSYS" }, Some("0"), Some(holds)),
            seen("message", "0", None, None),
        ]
    }

    /// A complete report over cases with these verdicts.
    pub fn report(verdicts: &[Verdict]) -> Report {
        let name = |at: usize| format!("family::case_{at}::traceme");
        let cases: Vec<_> = verdicts.iter().enumerate().map(|(at, &v)| record(&name(at), v)).collect();
        Report::new(target(), cases.len(), cases)
    }
}

// Named by its path, since fuzz/ includes this file by its own.
#[cfg(test)]
#[path = "report/properties.rs"]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        let error = Report::parse(text).expect_err("this is no report");
        assert!(error.is::<Misuse>(), "the user's input, so status 2");
        error.to_string()
    }

    #[test]
    fn a_report_survives_writing_and_reading() {
        let report = sample::report(&Verdict::ALL);
        assert_eq!(Report::parse(&report.to_json().unwrap()).unwrap(), report);
    }

    #[test]
    fn the_format_is_this() {
        let report = sample::report(&[Verdict::Deviates]);
        let text = report.to_json().unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(text, @r##"
        {
          "schema": "ptrace-conformance/report/1",
          "suite": {
            "name": "ptrace-conformance",
            "version": "[version]"
          },
          "target": {
            "arch": "x86_64",
            "kernel": "6.99.0-sample",
            "kernel_version": "#1 SMP",
            "machine": "x86_64",
            "platform": "host"
          },
          "complete": true,
          "cases": [
            {
              "name": "family::case_0::traceme",
              "verdict": "deviates",
              "reason": "1 of 2 checks failed",
              "clauses": [
                "stop.syscall.alternate"
              ],
              "observations": [
                {
                  "task": "tracee",
                  "what": "first stop",
                  "observed": "syscall-enter-stop",
                  "expected": "syscall-enter-stop",
                  "clause": "stop.syscall.alternate",
                  "holds": true
                },
                {
                  "task": "tracee",
                  "what": "result",
                  "observed": "-ENOSYS",
                  "expected": "0",
                  "clause": "stop.syscall.alternate",
                  "holds": false
                },
                {
                  "task": "tracee",
                  "what": "message",
                  "observed": "0"
                }
              ]
            }
          ],
          "totals": {
            "planned": 1,
            "cases": 1,
            "checks": 2,
            "conforms": 0,
            "quirk": 0,
            "deviates": 1,
            "skipped": 0,
            "broken": 0
          }
        }
        "##);
    }

    #[test]
    fn times_are_apart() {
        let mut report = sample::report(&[Verdict::Conforms]);
        let without = report.to_json().unwrap();
        assert!(!without.contains("times"), "{without}");
        report.times = Some(Times { elapsed_us: 7, cases_us: [("a".to_owned(), 3)].into() });
        let with = report.to_json().unwrap();
        assert!(with.contains("elapsed_us"), "{with}");
        assert_eq!(Report::parse(&with).unwrap(), report);
    }

    #[test]
    fn bad_input_is_told_apart() {
        let good = sample::report(&[Verdict::Conforms]).to_json().unwrap();
        let cases = [
            String::new(),
            good[..good.len() / 2].to_owned(),
            "not json".to_owned(),
            "[1]".to_owned(),
            "{}".to_owned(),
            good.replace("report/1", "report/9"),
            good.replace("\"conforms\": 1", "\"conforms\": 2"),
            good.replace("\"planned\": 1", "\"planned\": 2"),
            good.replace("\"kernel\"", "\"colonel\""),
        ];
        let complaints: Vec<_> = cases.iter().map(|text| complaint(text)).collect();
        insta::assert_snapshot!(complaints.join("\n"), @"
        it is empty; was the run that should have written it ended early?
        it is torn: the JSON ends too early (EOF while parsing an object at line 28 column 3)
        it is no JSON: expected ident at line 1 column 2
        it is JSON but no report: invalid type: integer `1`, expected a string at line 1 column 2
        it is JSON but no report: no `schema` field saying `ptrace-conformance/report/1`
        its schema is `ptrace-conformance/report/9`, this version reads `ptrace-conformance/report/1`
        its totals do not fit its cases; was it edited or cut?
        it calls itself complete, but 1 of 2 planned cases are there
        it calls itself `ptrace-conformance/report/1` but does not follow it: unknown field `colonel`, expected one of `arch`, `kernel`, `kernel_version`, `machine`, `platform`, `name`, `package`, `model`, `cpu`, `emulator`, `accelerator` at line 9 column 13
        ");
    }

    #[test]
    fn one_case_cannot_be_there_twice() {
        let record = sample::record("family::twice::traceme", Verdict::Conforms);
        let report = Report::new(sample::target(), 2, vec![record.clone(), record]);
        assert_eq!(complaint(&report.to_json().unwrap()), "it holds the case family::twice::traceme twice");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Report::read(Path::new("/nonexistent/report.json")).expect_err("it is not there");
        insta::assert_snapshot!(format!("{error:#}"), @"cannot read the report /nonexistent/report.json: No such file or directory (os error 2)");
    }
}
