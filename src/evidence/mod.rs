//! Evidence: the reports of many targets in one directory, each distinct record and observation stored once.
//!
//! ```text
//! reports/
//!   records.json               every distinct observation, and every distinct record of them, by its digest
//!   proof.json                 which clauses' checks an audit saw failing, by architecture
//!   debian-6.1-x86_64.json     one target: who answered, and the digest of each case's record
//!   ...
//! ```
//!
//! A target's file changes where its kernel answered something else, and only there: one line per behaviour,
//! which names the record and the variants that gave it.

pub mod history;
mod keep;
#[cfg(test)]
mod kept;
mod proof;
mod stored;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::read::DeflateDecoder;

use crate::exit::Misuse;
use crate::output::Place;
use crate::report::{self, Report};
pub use keep::{Args, REPORTS, keep, run};
pub use proof::{PROOF, Proof};
use stored::{RECORDS_SCHEMA, Records, Stored, Whole};

/// The file that all targets of a directory share.
const RECORDS: &str = "records.json";

/// The files of the evidence as they were when this program was built.
fn built_in_files() -> anyhow::Result<BTreeMap<String, String>> {
    let mut packed = DeflateDecoder::new(include_bytes!(concat!(env!("OUT_DIR"), "/evidence")).as_slice());
    let mut text = String::new();
    packed.read_to_string(&mut text).context("cannot unpack the evidence of this program")?;
    serde_json::from_str(&text).context("cannot read the evidence of this program")
}

fn built_in() -> anyhow::Result<Vec<Report>> {
    let mut files = built_in_files()?;
    let records =
        files.remove(RECORDS).map_or_else(|| Ok(Records::default()), |text| Records::parse(&text))?;
    let whole = records.whole();
    files.iter().filter(|(name, _)| *name != PROOF).map(|(_, text)| parse(text, &whole)).collect()
}

/// The proof that was there when this program was built.
pub fn built_in_proof() -> anyhow::Result<Proof> {
    built_in_files()?.get(PROOF).map_or_else(|| Ok(Proof::default()), |text| Proof::parse(text))
}

/// The reports of this directory, or the evidence in this program.
pub fn read_or_built_in(dir: Option<&Path>) -> anyhow::Result<Vec<Report>> {
    dir.map_or_else(built_in, read)
}

/// Reads all reports of a directory, stored ones and plain ones, sorted by the name of their file.
pub fn read(dir: &Path) -> anyhow::Result<Vec<Report>> {
    let records = shared(dir)?;
    let whole = records.whole();
    let mut reports = Vec::new();
    for path in files(dir)? {
        let report = read_one(&path, &whole).with_context(|| format!("cannot read {}", path.display()))?;
        reports.push(report);
    }
    Ok(reports)
}

/// Writes these reports and nothing else: targets that are not among them are removed.
pub fn write(dir: &Path, reports: &[Report]) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir)
        .map_err(|error| Misuse(format!("cannot make {}: {error}", dir.display())))?;
    let mut records = Records::default();
    let mut named = BTreeMap::new();
    for report in reports {
        let name = file_name(report)?;
        let text = Stored::of(report, &mut records)?.into_json()?;
        if named.insert(name.clone(), text).is_some() {
            return Err(Misuse(format!("two reports are of the target {name}")).into());
        }
    }
    // The records first: a directory that was left half written has unused records, not missing ones. What was
    // there before stays readable until the end, since records are known by what they say.
    let mut both = shared(dir)?;
    both.join(records.clone())?;
    put(&dir.join(RECORDS), &both.to_json()?)?;
    for (name, text) in &named {
        put(&dir.join(name), text)?;
    }
    for path in files(dir)? {
        let known =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| named.contains_key(name));
        if !known {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    put(&dir.join(RECORDS), &records.to_json()?)
}

/// The name of a report's file: its target's.
fn file_name(report: &Report) -> anyhow::Result<String> {
    let name = report.target.name.as_deref().ok_or_else(|| {
        Misuse(format!("the report of {} names no target; `matrix` makes reports that do", report.target))
    })?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || !name.chars().all(plain) || name.starts_with('.') {
        return Err(Misuse(format!("`{name}` cannot be the name of a target")).into());
    }
    Ok(format!("{name}.json"))
}

fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    Place::at(path)?.write(text)
}

/// The reports' files of a directory, sorted.
fn files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let fail =
        |error: std::io::Error| Misuse(format!("cannot read the directory {}: {error}", dir.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let json = path.extension().is_some_and(|extension| extension == "json");
        if json && path.file_name().is_some_and(|name| name != RECORDS && name != PROOF) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The shared records; none where there is no such file.
fn shared(dir: &Path) -> anyhow::Result<Records> {
    let path = dir.join(RECORDS);
    match std::fs::read_to_string(&path) {
        Ok(text) => Records::parse(&text).with_context(|| format!("cannot read {}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Records::default()),
        Err(error) => Err(Misuse(format!("cannot read {}: {error}", path.display())).into()),
    }
}

fn read_one(path: &Path, records: &Whole<'_>) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(path).map_err(|error| Misuse(error.to_string()))?;
    parse(&text, records)
}

fn parse(text: &str, records: &Whole<'_>) -> anyhow::Result<Report> {
    match report::schema(text).map_err(Misuse)?.as_deref() {
        Some(stored::SCHEMA) => Stored::parse(text)?.report(records),
        Some(RECORDS_SCHEMA) => Err(Misuse(format!("it holds records, and belongs to a `{RECORDS}`")).into()),
        _ => Report::parse(text),
    }
}

/// The report in a file, stored or plain; a stored one finds its records beside it.
pub fn read_file(path: &Path) -> anyhow::Result<Report> {
    let records = shared(path.parent().unwrap_or(Path::new("."))).unwrap_or_default();
    read_one(path, &records.whole()).with_context(|| format!("cannot read the report {}", path.display()))
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::record::Verdict;

    use super::*;
    use crate::report::sample;

    fn named(name: &str, verdicts: &[Verdict]) -> Report {
        let mut report = sample::report(verdicts);
        report.target.name = Some(name.to_owned());
        report
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries =
            std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = entries.collect();
        names.sort();
        names
    }

    fn complaint(dir: &Path) -> String {
        let error = read(dir).expect_err("something is wrong in there");
        assert!(error.chain().any(|cause| cause.is::<Misuse>()), "{error:#}");
        format!("{error:#}").replace(&dir.display().to_string(), "[dir]")
    }

    #[test]
    fn reports_survive_and_share_their_records() {
        let dir = tempfile::tempdir().unwrap();
        let reports = [named("a-1", &Verdict::ALL), named("b-2", &Verdict::ALL)];
        write(dir.path(), &reports).unwrap();
        assert_eq!(read(dir.path()).unwrap(), reports);
        assert_eq!(names(dir.path()), ["a-1.json", "b-2.json", "records.json"]);
        let one = std::fs::read_to_string(dir.path().join("records.json")).unwrap();
        write(dir.path(), &reports[..1]).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("records.json")).unwrap(), one, "stored once");
        assert_eq!(read(dir.path()).unwrap(), reports[..1], "the other one is gone");
        assert_eq!(read_file(&dir.path().join("a-1.json")).unwrap(), reports[0]);
    }

    #[test]
    fn records_that_nobody_uses_any_more_go() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &[named("a", &[Verdict::Conforms])]).unwrap();
        let before = std::fs::read_to_string(dir.path().join(RECORDS)).unwrap();
        write(dir.path(), &[named("a", &[Verdict::Deviates])]).unwrap();
        write(dir.path(), &[named("a", &[Verdict::Conforms])]).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join(RECORDS)).unwrap(), before);
    }

    #[test]
    fn plain_reports_are_read_beside_stored_ones() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &[named("b", &[Verdict::Quirk])]).unwrap();
        let plain = sample::report(&[Verdict::Conforms]);
        std::fs::write(dir.path().join("a.json"), plain.to_json().unwrap()).unwrap();
        std::fs::write(dir.path().join("notes.txt"), "no report").unwrap();
        assert_eq!(read(dir.path()).unwrap(), [plain, named("b", &[Verdict::Quirk])]);
    }

    #[test]
    fn what_is_stored_looks_like_this() {
        let dir = tempfile::tempdir().unwrap();
        let mut report = named("a", &[Verdict::Quirk, Verdict::Quirk, Verdict::Skipped]);
        for (record, name) in
            report.cases.iter_mut().zip(["f::one::traceme", "f::one::seize", "f::two::seize"])
        {
            record.name = name.to_owned();
        }
        write(dir.path(), &[report]).unwrap();
        let read = |name| std::fs::read_to_string(dir.path().join(name)).unwrap();
        let text = read("a.json").replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(text + "-----\n" + &read("records.json"), @r##"
        {
          "schema": "ptrace-conformance/evidence/1",
          "suite": {
            "name": "ptrace-conformance",
            "version": "[version]"
          },
          "target": {
            "arch": "x86_64",
            "kernel": "6.99.0-sample",
            "kernel_version": "#1 SMP",
            "machine": "x86_64",
            "platform": "host",
            "name": "a"
          },
          "complete": true,
          "totals": {
            "planned": 3,
            "cases": 3,
            "checks": 4,
            "conforms": 0,
            "quirk": 2,
            "deviates": 0,
            "skipped": 1,
            "broken": 0
          },
          "cases": {
            "f::one": {"8b5ffa34e6":["traceme","seize"]},
            "f::two": {"c6e0a8879c":["seize"]}
          }
        }
        -----
        {
          "schema": "ptrace-conformance/records/1",
          "observations": {
            "6234b261a2": {"task":"tracee","what":"result","observed":"-ENOSYS","expected":"0","clause":"stop.syscall.alternate","holds":false},
            "8a48b3f6c5": {"task":"tracee","what":"first stop","observed":"syscall-enter-stop","expected":"syscall-enter-stop","clause":"stop.syscall.alternate","holds":true},
            "b814272ecb": {"task":"tracee","what":"message","observed":"0"}
          },
          "records": {
            "8b5ffa34e6": {"verdict":"quirk","reason":"the kernel sets the marker late","clauses":["stop.syscall.alternate"],"observations":["8a48b3f6c5","6234b261a2","b814272ecb"]},
            "c6e0a8879c": {"verdict":"skipped","reason":"only on aarch64: x7 is the marker there","clauses":["stop.syscall.alternate"],"observations":[]}
          }
        }
        "##);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        write(dir.path(), &[named("a", &[Verdict::Conforms])]).unwrap();
        let (good, records) = (
            std::fs::read_to_string(path("a.json")).unwrap(),
            std::fs::read_to_string(path(RECORDS)).unwrap(),
        );
        let mut said = Vec::new();
        let mut bad = |name: &str, text: &str| {
            std::fs::write(path(name), text).unwrap();
            said.push(complaint(dir.path()));
            std::fs::write(path("a.json"), &good).unwrap();
            std::fs::write(path(RECORDS), &records).unwrap();
        };
        bad("a.json", &good[..good.len() / 2]);
        bad("a.json", &good.replace("\"conforms\": 1", "\"conforms\": 2"));
        bad("a.json", &good.replace("evidence/1", "evidence/7"));
        bad("a.json", &records);
        bad(RECORDS, &records[..records.len() / 2]);
        bad(RECORDS, &records.replace("syscall-enter-stop", "syscall-exit-stop"));
        bad(RECORDS, &Records::default().to_json().unwrap());
        insta::assert_snapshot!(said.join("\n"), @"
        cannot read [dir]/a.json: it is torn: the JSON ends too early (EOF while parsing an object at line 12 column 22)
        cannot read [dir]/a.json: its totals do not fit its cases; was it edited or cut?
        cannot read [dir]/a.json: its schema is `ptrace-conformance/evidence/7`, this version reads `ptrace-conformance/report/1`
        cannot read [dir]/a.json: it holds records, and belongs to a `records.json`
        cannot read [dir]/records.json: it is torn: the JSON ends too early (EOF while parsing a string at line 5 column 100)
        cannot read [dir]/records.json: `8a48b3f6c5` does not say what it said when it was stored
        cannot read [dir]/a.json: `120b4e0669`, the record of family::case_0, is not in records.json
        ");
    }

    #[test]
    fn targets_have_names_that_files_can_have() {
        let dir = tempfile::tempdir().unwrap();
        let refused =
            |reports: &[Report]| write(dir.path(), reports).expect_err("it cannot be stored").to_string();
        assert!(refused(&[sample::report(&[])]).contains("names no target"));
        assert!(refused(&[named("../x", &[])]).contains("cannot be the name"));
        assert!(refused(&[named("x", &[]), named("x", &[])]).contains("two reports"));
        assert!(names(dir.path()).is_empty());
    }
}
