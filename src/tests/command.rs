//! The command as its users meet it: exit statuses, reports and messages of the real program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The command with these words as arguments.
fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ptrace-conformance"));
    command.args(line.split_whitespace()).stdin(Stdio::null());
    command
}

fn run(line: &str) -> Output {
    command(line).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard output as JSON of a run that ended with this status.
#[track_caller]
fn json(line: &str, status: i32) -> Value {
    let output = run(line);
    assert_eq!(output.status.code(), Some(status), "{line}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status and the complaint of a run that has no report to give.
#[track_caller]
fn refused(line: &str, status: i32) -> String {
    let output = run(line);
    assert_eq!(output.status.code(), Some(status), "{line}: {}", stderr(&output));
    assert_eq!(stdout(&output), "", "{line}");
    stderr(&output)
}

/// The JSON report of a run, whose status must fit it. What the kernel does is not the subject here: a
/// deviation is for the conformance tests to tell.
#[track_caller]
fn report(line: &str) -> Value {
    let output = run(line);
    let report: Value = serde_json::from_slice(&output.stdout).expect(line);
    assert_eq!(output.status.code(), Some(status_of(&report)), "{line}: {}", stderr(&output));
    report
}

fn status_of(report: &Value) -> i32 {
    let count = |verdict: &str| report["totals"][verdict].as_u64().unwrap();
    match (count("deviates"), count("broken"), count("conforms") + count("quirk")) {
        (1.., _, _) => 1,
        (0, 1.., _) => 3,
        (0, 0, 0) => 4,
        (0, 0, _) => 0,
    }
}

fn names(catalogue: &Value) -> Vec<String> {
    let cases = catalogue["cases"].as_array().unwrap();
    cases.iter().map(|case| case["name"].as_str().unwrap().to_owned()).collect()
}

fn a_case() -> String {
    names(&json("list --format json", 0)).swap_remove(0)
}

#[test]
fn the_whole_suite_runs() {
    let report = report("--format json");
    assert_eq!(report["schema"], "ptrace-conformance/report/1");
    assert_eq!(report["target"]["arch"], std::env::consts::ARCH);
    assert_eq!(report["target"]["platform"], "host");
    assert_eq!(report["complete"], true);
    assert_eq!(names(&report), names(&json("list --format json", 0)));
    assert_eq!(report["totals"]["cases"], report["totals"]["planned"]);
}

#[test]
fn the_same_kernel_gives_the_same_bytes() {
    let (first, second) = (run("--format json"), run("--format json --jobs 1"));
    assert_eq!(stdout(&first), stdout(&second));
}

#[test]
fn merged_partitions_are_the_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    for part in 1..=3 {
        run(&format!("--partition {part}/3 --format json --out {}", file(&part.to_string())));
    }
    let parts = |order: [&str; 3]| order.map(file).join(" ");
    let merged = run(&format!("report merge {} --out {}", parts(["2", "3", "1"]), file("whole")));
    assert_eq!((merged.status.code(), stderr(&merged).as_str()), (Some(0), ""));
    assert_eq!(std::fs::read(file("whole")).unwrap(), run("--format json").stdout);
    let said = refused(&format!("report merge {}", parts(["1", "2", "1"])), 2);
    assert!(said.contains("is in both"), "{said}");
}

#[test]
fn what_streams_is_what_a_stored_report_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    let status = run(&format!("--format json --out {path}")).status.code();
    for format in ["ktap", "tap13"] {
        let live = run(&format!("--format {format}"));
        assert_eq!(live.status.code(), status);
        assert_eq!(stdout(&live), stdout(&run(&format!("report show {path} --format {format}"))));
    }
    for format in ["human", "json", "junit", "kcidb", "lava"] {
        let shown = run(&format!("report show {path} --format {format}"));
        assert_eq!((shown.status.code(), stderr(&shown).as_str()), (Some(0), ""), "{format}");
        assert!(!shown.stdout.is_empty(), "{format}");
    }
}

#[test]
fn a_stream_that_is_interrupted_falls_short_of_its_plan() {
    let mut child = command("--format tap13").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    // All results are more than the pipe holds, so the run cannot end before we read on.
    while !text.contains("ok 1 ") {
        assert_ne!(reader.read_line(&mut text).unwrap(), 0, "it ended early: {text}");
    }
    assert!(Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap().success());
    std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130), "{text}");
    assert!(text.contains("planned cases left no record"), "{text}");
}

#[test]
fn times_are_all_that_differs() {
    let mut timed = report("--format json --times");
    let times = timed.as_object_mut().unwrap().remove("times").unwrap();
    assert_eq!(timed, report("--format json"));
    let timed_cases = times["cases_us"].as_object().unwrap();
    assert_eq!(timed_cases.len(), names(&timed).len());
}

#[test]
fn rounds_are_compared() {
    let output = run("--repeat 3");
    assert!(stdout(&output).contains("3 of 3 rounds"), "{}", stdout(&output));
}

#[test]
fn one_exact_case_is_run() {
    let name = a_case();
    assert_eq!(names(&report(&format!("run --exact {name} --format json"))), [name]);
}

#[test]
fn an_unknown_case_is_misuse_with_a_hint() {
    let name = a_case();
    let wrong = format!("{name}x");
    for line in [format!("run --exact {wrong}"), format!("explain {wrong}")] {
        let said = refused(&line, 2);
        assert!(said.contains("no case is named") && said.contains(&name), "{said}");
    }
}

#[test]
fn nothing_that_matches_is_nothing_that_ran() {
    for line in ["run matches_nothing", "matches_nothing", "list matches_nothing"] {
        let said = refused(line, 4);
        assert!(said.contains("no case matches `matches_nothing`"), "{said}");
    }
    let said = refused("list --clauses nothing. alternate", 4);
    assert!(said.contains("no clause begins with `nothing.` or `alternate`"), "{said}");
    refused("list --clauses --exact stop", 2);
}

#[test]
fn a_filter_that_matches_nothing_beside_others_is_told() {
    let output = run(&format!("list {} matches_nothing", a_case()));
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("no case matches `matches_nothing`"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_status_2() {
    for line in ["--no-such-flag", "--repeat 0", "--timeout 0", "--format xml", "--partition 3/2", "explain"]
    {
        refused(line, 2);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_the_run() {
    let said = refused("--out /nonexistent/folder/report.json --format json", 2);
    assert!(said.contains("/nonexistent/folder"), "{said}");
}

#[test]
fn what_is_no_report_cannot_be_shown() {
    let said = refused("report show Cargo.toml", 2);
    assert!(said.contains("cannot read the report Cargo.toml"), "{said}");
}

#[test]
fn a_full_disk_leaves_a_clear_error() {
    let said = refused(&format!("--exact {} --format json --out /dev/full", a_case()), 2);
    assert!(said.contains("/dev/full") && said.contains("No space left"), "{said}");
}

#[test]
fn a_file_gets_the_report_and_the_terminal_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, "an older report").unwrap();
    let output = run(&format!("--format json --out {}", path.display()));
    assert!(stdout(&output).contains("family "), "{}", stdout(&output));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(output.status.code(), Some(status_of(&report)), "{}", stderr(&output));
    assert_eq!(report["complete"], true);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
}

#[test]
fn without_a_terminal_there_is_no_colour_and_no_progress() {
    let output = run(&format!("--exact {}", a_case()));
    assert_eq!(stderr(&output), "");
    assert!(!stdout(&output).contains('\x1b'), "{}", stdout(&output));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = command("list").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[test]
fn every_listed_case_says_what_it_claims() {
    for case in json("list --format json", 0)["cases"].as_array().unwrap() {
        assert!(!case["title"].as_str().unwrap().is_empty(), "{case}");
        assert!(!case["clauses"].as_array().unwrap().is_empty(), "{case}");
        assert!(!case["architectures"].as_array().unwrap().is_empty(), "{case}");
        assert!(case["requirements"].is_array(), "{case}");
    }
}

#[test]
fn a_case_for_the_other_architecture_is_listed_explained_and_skipped() {
    let catalogue = json("list --format json", 0);
    let foreign =
        |case: &&Value| !case["architectures"].as_array().unwrap().contains(&std::env::consts::ARCH.into());
    let case = catalogue["cases"].as_array().unwrap().iter().find(foreign).unwrap();
    let name = case["name"].as_str().unwrap();
    let report = report(&format!("--exact {name} --format json"));
    assert_eq!(report["totals"]["skipped"], 1);
    assert!(report["cases"][0]["reason"].as_str().unwrap().contains(std::env::consts::ARCH));
    assert_eq!(run(&format!("explain {name}")).status.code(), Some(0));
}

#[test]
fn every_case_can_be_explained() {
    let mut behaviours: Vec<_> = names(&json("list --format json", 0))
        .iter()
        .map(|name| name.rsplit_once("::").unwrap().0.to_owned())
        .collect();
    behaviours.dedup();
    let empty = tempfile::tempdir().unwrap();
    for behaviour in behaviours {
        // Without the evidence, which takes a debug build a second to read.
        let output = run(&format!("explain {behaviour} --reports {}", empty.path().display()));
        let text = stdout(&output);
        assert_eq!(stderr(&output), "", "{text}");
        for part in [behaviour.as_str(), "Clauses", "Program of the tracee"] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
}

#[test]
fn an_explanation_is_there_for_programs_too() {
    let name = a_case();
    let explanation: Value =
        serde_json::from_slice(&run(&format!("explain {name} --format json")).stdout).unwrap();
    assert_eq!(explanation["schema"], "ptrace-conformance/explain/1");
    assert_eq!(explanation["record"]["name"], name);
    for list in ["sources", "program"] {
        assert!(!explanation[list].as_array().unwrap().is_empty(), "{list}");
    }
    let journal = explanation["record"]["journal"].as_array();
    assert!(explanation["record"]["verdict"] == "skipped" || !journal.unwrap().is_empty());
}

#[test]
fn the_doctor_says_whether_anything_would_run() {
    let output = run("doctor --format json");
    let diagnosis: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(diagnosis["schema"], "ptrace-conformance/doctor/1");
    let ready = diagnosis["ready"].as_bool().unwrap();
    assert_eq!(output.status.code(), Some(if ready { 0 } else { 4 }));
    let text = stdout(&run("doctor"));
    assert_eq!(text.contains("ready to run on this kernel"), ready, "{text}");
}

#[test]
fn an_interrupted_run_tells_what_it_did() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let child =
            command("--repeat 1000000").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Workers come after the signals are watched.
        while !has_children(child.id()) {
            std::thread::yield_now();
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(status), "{text}{}", stderr(&output));
        assert!(text.contains(&format!("ended early by SIG{signal}")), "{text}");
    }
}

/// Whether any thread of the process has a child; workers are children of the thread that started them.
fn has_children(pid: u32) -> bool {
    std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().any(|task| {
        // A thread may end while we look.
        let children = std::fs::read_to_string(task.unwrap().path().join("children"));
        children.is_ok_and(|children| !children.is_empty())
    })
}
