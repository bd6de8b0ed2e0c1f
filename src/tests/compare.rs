//! The verb `compare`, baselines and bisection as scripts meet them: exit statuses and messages of the real program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ptrace-conformance"));
    command.args(line.split_whitespace()).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn check(line: &str, status: i32) -> (String, String) {
    let output = run(line);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(status), "{line}:\n{out}{err}");
    (out, err)
}

/// A report of two checks, the second of which fails or not.
fn report(folder: &Path, name: &str, verdict: &str, observed: &str) -> String {
    let check = |observed: &str| {
        serde_json::json!({
            "task": "tracee", "what": "result", "observed": observed, "expected": "0",
            "clause": "sysstop.entry", "holds": observed == "0",
        })
    };
    let count = |wanted: &str| i32::from(wanted == verdict);
    let report = serde_json::json!({
        "schema": "ptrace-conformance/report/1",
        "suite": { "name": "ptrace-conformance", "version": "0.1.0" },
        "target": {
            "arch": "x86_64", "kernel": "6.1.9", "kernel_version": "#1", "machine": "x86_64", "platform": "qemu",
        },
        "complete": true,
        "cases": [{
            "name": "family::case::seize", "verdict": verdict, "reason": "", "clauses": ["sysstop.entry"],
            "observations": [check("0"), check(observed)],
        }],
        "totals": {
            "planned": 1, "cases": 1, "checks": 2, "conforms": count("conforms"), "quirk": count("quirk"),
            "deviates": count("deviates"), "skipped": count("skipped"), "broken": count("broken"),
        },
    });
    let path = folder.join(name);
    std::fs::write(&path, report.to_string()).unwrap();
    path.display().to_string()
}

/// A case that this kernel judges, and a report of it alone, with the file it is in.
fn measured(folder: &Path) -> (String, Value, String) {
    let whole: Value = serde_json::from_slice(&run("--format json syscall_stops").stdout).unwrap();
    let cases = whole["cases"].as_array().unwrap();
    let name = cases.iter().find(|case| case["verdict"] == "conforms").unwrap()["name"].as_str().unwrap();
    let path = folder.join("host.json").display().to_string();
    check(&format!("--exact {name} --format json --out {path}"), 0);
    let report = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    (name.to_owned(), report, path)
}

#[test]
fn statuses_are_for_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, verdict: &str, observed: &str| report(folder.path(), name, verdict, observed);
    let (good, bad) = (of("good.json", "conforms", "0"), of("bad.json", "deviates", "1"));
    let broken = of("broken.json", "broken", "0");
    check(&format!("compare {good} {good}"), 0);
    let (out, _) = check(&format!("compare {good} {bad}"), 1);
    assert!(out.contains("Regressions") && out.contains("family::case"), "{out}");
    check(&format!("compare {bad} {good}"), 0);
    check(&format!("compare {bad} {bad}"), 0);
    check(&format!("compare {good} {broken}"), 3);
    check(&format!("compare {broken} {broken}"), 4);
}

#[test]
fn all_forms_go_to_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let (good, out) = (report(folder.path(), "good.json", "conforms", "0"), folder.path().join("out"));
    for (form, start) in [("human", "old  x86_64"), ("markdown", "# ptrace(2)"), ("json", "{")] {
        let (printed, _) = check(&format!("compare {good} {good} --format {form}"), 0);
        check(&format!("compare {good} {good} --format {form} --out {}", out.display()), 0);
        assert!(printed.starts_with(start), "{printed}");
        assert_eq!(std::fs::read_to_string(&out).unwrap(), printed);
    }
}

#[test]
fn what_cannot_be_read_is_status_2_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let good = report(folder.path(), "good.json", "conforms", "0");
    let torn = folder.path().join("torn.json");
    std::fs::write(&torn, &std::fs::read_to_string(&good).unwrap()[..200]).unwrap();
    let foreign = folder.path().join("foreign.json");
    std::fs::write(&foreign, "{\"a\": 1}").unwrap();
    let empty = tempfile::tempdir().unwrap();
    let said = |word: &str| check(&format!("compare {good} {word}"), 2).1;
    assert!(said("/nonexistent.json").contains("No such file"));
    assert!(said(&torn.display().to_string()).contains("torn"));
    assert!(said(&foreign.display().to_string()).contains("no report"));
    assert!(said(&empty.path().display().to_string()).contains("holds no report"));
    let unknown = said("1.0");
    assert!(
        unknown.contains("`1.0` is neither a file nor a kernel of the evidence, which has "),
        "{unknown}"
    );
}

#[test]
fn a_line_of_the_evidence_means_both_architectures() {
    let (out, _) = check("compare 6.1 6.1 --format json", 0);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["schema"], "ptrace-conformance/compare/1");
    let comparisons = document["comparisons"].as_array().unwrap();
    let arches: Vec<_> =
        comparisons.iter().map(|one| one["new"]["target"]["arch"].as_str().unwrap()).collect();
    assert_eq!(arches, ["x86_64", "aarch64"]);
}

#[test]
fn a_run_is_held_against_its_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let (name, mut report, path) = measured(folder.path());
    let (out, _) = check(&format!("--exact {name} --baseline {path}"), 0);
    assert!(out.contains("Compared with the baseline") && out.contains("no difference"), "{out}");
    check(&format!("--exact {name} --baseline {path} --bisect=change"), 0);
    report["cases"][0]["observations"][0]["observed"] = "something else".into();
    std::fs::write(&path, report.to_string()).unwrap();
    check(&format!("--exact {name} --baseline {path}"), 0);
    check(&format!("--exact {name} --baseline {path} --bisect"), 0);
    check(&format!("--exact {name} --baseline {path} --bisect=change"), 1);
}

#[test]
fn wrong_usage_ends_a_bisection_and_is_not_bad() {
    for line in [
        "run --bisect --no-such-option",
        "run --bisect --exact no::such::case",
        "run --bisect matches_nothing",
        "run --bisect --baseline /nonexistent.json",
        "run --bisect=change",
        "run --bisect --out /nonexistent/folder/report.json",
        "vm --bisect",
        "vm --bisect --kernel /nonexistent --exact no::such::case",
    ] {
        check(line, 129);
    }
}

#[test]
fn a_kernel_that_cannot_be_judged_is_skipped_in_a_bisection() {
    let (_, said) = check("vm --bisect --kernel /nonexistent/bzImage", 125);
    assert!(said.contains("/nonexistent/bzImage"), "{said}");
}
