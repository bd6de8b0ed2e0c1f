//! The verb `matrix` as scripts meet it: the real command, with a QEMU that is a shell script. What it plays is
//! written at the end of each kernel image.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Finds its kernel among the arguments, and plays the part that stands at the end of it.
const QEMU: &str = r#"#!/bin/sh
[ "$1" != --version ] || exec echo 'QEMU emulator version 9.9.9'
folder=$(dirname "$0")
while [ "$1" != -kernel ]; do shift; done
case $(tail -c 16 "$2" | tr -d '\0') in
report) cat "$folder/console" ;;
panic) echo '[    1.0] Kernel panic - not syncing: No working init found.' ;;
refuse) echo 'qemu: unable to find CPU model' >&2; exit 1 ;;
die) kill -KILL $$ ;;
half) cat "$folder/half"; echo >"$folder/hangs"; exec sleep 1000 ;;
hang) echo >"$folder/hangs"; exec sleep 1000 ;;
esac
"#;

/// A folder with a scripted QEMU, kernels, and places for a cache and for reports.
struct Scene(TempDir);

impl Scene {
    /// With a kernel for each of these parts.
    fn new(parts: &[&str]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        fs::create_dir(scene.path("bin")).unwrap();
        fs::create_dir(scene.path("k")).unwrap();
        let qemu = scene.path("bin").join(format!("qemu-system-{}", std::env::consts::ARCH));
        // Written by a process of its own: a child of another test could hold our descriptor, and the script be busy.
        let write = "printf %s \"$1\" >\"$2\" && chmod 755 \"$2\"";
        let status = Command::new("sh").args(["-c", write, "sh", QEMU]).arg(qemu).status();
        assert!(status.unwrap().success());
        parts.iter().for_each(|part| fs::write(scene.path("k").join(part), kernel(part)).unwrap());
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The command `matrix` with these words; `@` stands for the folder.
    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ptrace-conformance"));
        let words = words.replace('@', &self.0.path().display().to_string());
        let path = std::env::var("PATH").unwrap();
        command.arg("matrix").args(words.split_whitespace());
        command.env("PATH", format!("{}:{path}", self.path("bin").display()));
        command.env("XDG_CACHE_HOME", self.path("cache")).stdin(Stdio::null());
        command
    }

    /// What a run with this exit status said on standard output and standard error.
    #[track_caller]
    fn run(&self, words: &str, status: i32) -> (String, String) {
        told(self.command(words).output().unwrap(), words, status)
    }

    /// The row of each target in the summary for programs.
    #[track_caller]
    fn rows(&self, words: &str, status: i32) -> Vec<Value> {
        let (out, _) = self.run(&format!("{words} --format json"), status);
        let summary: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(summary["schema"], "ptrace-conformance/matrix/1");
        summary["targets"].as_array().unwrap().clone()
    }

    /// What guests that report say: the answers of the running kernel to this case.
    fn reporting(self) -> Scene {
        let report = self.command("").get_program().to_owned();
        let report = Command::new(report).args(["--exact", CASE, "--format", "json"]).output().unwrap();
        let console = console(&serde_json::from_slice(&report.stdout).unwrap());
        // All but what was observed.
        let steps = console.rmatch_indices(" step ").next().unwrap().0;
        let half = steps + console[steps..].find('\n').unwrap() + 1;
        fs::write(self.path("bin/half"), &console[..half]).unwrap();
        fs::write(self.path("bin/console"), console).unwrap();
        self
    }

    fn reports(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("out")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Notes in the cache of kernels that are not there.
    fn note(&self, line: &str, arch: &str) {
        let (package, version) =
            (format!("linux-image-{line}.1-cloud-{}", debian(arch)), format!("{line}.1-1"));
        let note = json!({
            "kernel": { "line": line, "arch": arch, "package": package, "version": version }, "sha256": "",
        });
        let folder = self.path("cache/ptrace-conformance/kernels");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{package}_{version}_{arch}.json")), note.to_string()).unwrap();
    }
}

/// A case that every kernel judges.
const CASE: &str = "event_stops::clone_event_is_inside_the_call::seize";

fn debian(arch: &str) -> &str {
    if arch == "x86_64" { "amd64" } else { "arm64" }
}

#[track_caller]
fn told(output: Output, words: &str, status: i32) -> (String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(status), "{words}:\n{out}{err}");
    (out, err)
}

/// The header of a kernel image for this machine, with a part at its end.
fn kernel(part: &str) -> Vec<u8> {
    let mut bytes = vec![0; 0x400];
    if std::env::consts::ARCH == "x86_64" {
        bytes[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
        bytes[0x202..0x206].copy_from_slice(b"HdrS");
        bytes[0x206..0x208].copy_from_slice(&0x20fu16.to_le_bytes());
        bytes[0x236] = 1;
    } else {
        bytes[0x38..0x3c].copy_from_slice(b"ARM\x64");
    }
    bytes.extend_from_slice(&[0; 16][part.len()..]);
    bytes.extend_from_slice(part.as_bytes());
    bytes
}

/// A report of one case as a guest's console carries it.
fn console(report: &Value) -> String {
    let plan = json!({ "target": report["target"], "cases": [CASE] });
    let verdict = report["cases"][0]["verdict"].as_str().unwrap();
    let mut records = vec![("hello", b"2".to_vec())];
    records.extend(document(0, &plan));
    records.extend([("step", b">0".to_vec()), ("step", format!("0 {verdict}>").into_bytes())]);
    records.extend(document(1, &report["cases"]));
    let line = |(number, (kind, payload)): (usize, (&str, Vec<u8>))| {
        let body = format!("{number} {kind} {}", BASE64.encode(payload));
        format!("@ptc {body} {:08x}\r\n", crc32fast::hash(body.as_bytes()))
    };
    records.into_iter().enumerate().map(line).collect()
}

/// The records of a document: frame and pieces.
fn document(number: u32, content: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let text = content.to_string();
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let frame = format!("{number} {} {}", packed.len(), crc32fast::hash(text.as_bytes()));
    let part = |(index, data): (usize, &[u8])| {
        ("part", [&number.to_be_bytes(), &u32::try_from(index).unwrap().to_be_bytes(), data].concat())
    };
    let frame = ("frame", frame.into_bytes());
    std::iter::once(frame).chain(packed.chunks(360).enumerate().map(part)).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[test]
fn each_kernel_has_its_row_and_its_reason() {
    let scene = Scene::new(&["report", "panic", "die", "refuse"]).reporting();
    let images = "--kernel @/k/report --kernel @/k/panic --kernel @/k/die --kernel @/k/refuse";
    let rows = scene.rows(&format!("{images} --out @/out --exact {CASE}"), 3);
    assert_eq!(names(&rows), ["k-report", "k-panic", "k-die", "k-refuse"]);
    assert_eq!((&rows[0]["complete"], &rows[0]["totals"]["cases"]), (&json!(true), &json!(1)));
    let failed = |at: usize| rows[at]["failed"].as_str().unwrap();
    assert!(failed(1).contains("Kernel panic - not syncing: No working init found."), "{}", failed(1));
    assert!(failed(2).starts_with("no report from the guest"), "{}", failed(2));
    let skipped = rows[3]["skipped"].as_str().unwrap();
    assert!(skipped.starts_with("QEMU does not start: qemu: unable to find CPU model"), "{skipped}");
    assert_eq!(scene.reports(), ["k-report.json"]);
    let report: Value = serde_json::from_slice(&fs::read(scene.path("out/k-report.json")).unwrap()).unwrap();
    assert_eq!(report["target"]["name"], "k-report");
    assert_eq!(report["cases"][0]["name"], CASE);
}

#[test]
fn people_are_told_the_same() {
    let scene = Scene::new(&["report", "panic"]).reporting();
    let (out, err) = scene.run(&format!("--kernel @/k/report --kernel @/k/panic --exact {CASE}"), 3);
    assert!(out.contains("\nk-report ") && out.contains("\nk-panic   failed\n"), "{out}");
    assert!(out.contains("failed k-panic: no report from the guest"), "{out}");
    assert!(err.contains("k-report: 1 conform in"), "{err}");
    scene.run(&format!("--kernel @/k/report --exact {CASE}"), 0);
}

#[test]
fn without_qemu_the_kernel_is_skipped_by_name() {
    let scene = Scene::new(&["report"]);
    let mut command = scene.command("--kernel @/k/report");
    let (out, _) = told(command.env("PATH", scene.path("k")).output().unwrap(), "no QEMU", 4);
    let line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("skipped k-report: qemu-system-"), "{out}");
    assert!(line.contains("is not there: install it (Debian, Ubuntu: apt install qemu-system-"), "{out}");
}

#[test]
fn without_gvisor_and_apt_the_platforms_are_skipped_by_name() {
    let scene = Scene::new(&[]);
    let mut command = scene.command("--kernels gvisor");
    let (out, err) = told(command.env("PATH", scene.path("k")).output().unwrap(), "no runsc", 4);
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        out.contains(&format!("skipped gvisor-ptrace-{}: cannot start runsc: ", std::env::consts::ARCH)),
        "{out}"
    );
    assert!(err.contains("note: no gVisor from Debian: "), "{err}");
}

#[test]
fn wrong_usage_is_told_before_anything_runs() {
    let scene = Scene::new(&["hang"]);
    let said = |words: &str| {
        let (out, err) = scene.run(words, 2);
        assert_eq!(out, "", "{words}");
        err.replace(&scene.0.path().display().to_string(), "@")
    };
    fs::write(scene.path("file"), "").unwrap();
    let err = said("--kernel @/k/hang --out @/file/out");
    assert!(err.contains("cannot make @/file/out") && err.contains("choose another --out"), "{err}");
    fs::create_dir_all(scene.path("out/k-hang.json")).unwrap();
    let err = said("--kernel @/k/hang --out @/out");
    assert!(err.contains("cannot write to @/out/k-hang.json: it is a directory"), "{err}");
    let err = said("--kernel @/k/hang --kernel @/file");
    assert!(err.contains("@/file is no kernel image that can be booted here"), "{err}");
    let err = said("--kernel @/k/hang --kernel @/k/none");
    assert!(err.contains("cannot read the kernel image @/k/none"), "{err}");
    let err = said("--kernel @/k/hang --kernel @/k/hang");
    assert!(err.contains("@/k/hang is given twice"), "{err}");
    let err = said("--kernel @/k/hang --refresh=@/evidence clone");
    assert!(err.contains("'--refresh[=<DIR>]' cannot be used with '[FILTER]...'"), "{err}");
}

#[test]
fn the_cache_answers_for_itself() {
    let scene = Scene::new(&[]);
    for words in ["--offline", "--offline --lines", "--offline --kernels 6.1"] {
        let (_, err) = scene.run(words, 2);
        assert!(
            err.contains("no kernel is in the cache") && err.contains("without --offline"),
            "{words}: {err}"
        );
    }
    scene.note("6.1", "x86_64");
    scene.note("7.3", "x86_64");
    scene.note("7.3", "aarch64");
    let (_, err) = scene.run("--offline --kernels 9.9", 2);
    assert!(err.contains("there is no kernel line 9.9; there are host, gvisor, 6.1, 7.3\n"), "{err}");
    let (out, _) = scene.run("--offline --lines --arch x86_64", 0);
    assert_eq!(out.lines().count(), 3, "{out}");
    let (json, _) = scene.run("--offline --lines --arch x86_64 --format json", 0);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert!(
        lines.len() == 2 && lines.iter().all(|line| line["cached"] == false && line["arch"] == "x86_64"),
        "{json}"
    );
}

/// Two runs at once on one cache, where nothing but notes is: both look at it, both say what is missing.
#[test]
fn two_runs_share_a_cache() {
    let scene = Scene::new(&[]);
    let arch = std::env::consts::ARCH;
    scene.note("6.1", arch);
    let words = format!("--offline --kernels 6.1 --arch {arch}");
    let start = || scene.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for child in [start(), start()] {
        let (out, _) = told(child.wait_with_output().unwrap(), &words, 4);
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains(&format!("skipped debian-6.1-{arch}: linux-image-6.1.1-cloud-")), "{out}");
        assert!(out.contains("is not whole in the cache, and only the cache is used"), "{out}");
    }
}

#[test]
fn shares_are_of_targets_and_may_be_empty() {
    let scene = Scene::new(&["panic", "die"]);
    let images = "--kernel @/k/panic --kernel @/k/die";
    assert_eq!(names(&scene.rows(&format!("{images} --partition 1/2"), 3)), ["k-panic"]);
    assert_eq!(names(&scene.rows(&format!("{images} --partition 2/2"), 3)), ["k-die"]);
    let (out, err) = scene.run(&format!("{images} --partition 3/3"), 4);
    assert_eq!(out, "");
    assert!(err.contains("no target is left"), "{err}");
    let foreign = if std::env::consts::ARCH == "x86_64" { "aarch64" } else { "x86_64" };
    scene.run(&format!("{images} --arch {foreign}"), 4);
}

/// A Debian kernel of which a whole report is there is not run again, be the kernel there or not.
#[test]
fn what_is_complete_is_kept() {
    let scene = Scene::new(&["report"]).reporting();
    let arch = std::env::consts::ARCH;
    scene.note("6.1", arch);
    scene.run(&format!("--kernel @/k/report --out @/made --exact {CASE}"), 0);
    let mut report: Value =
        serde_json::from_slice(&fs::read(scene.path("made/k-report.json")).unwrap()).unwrap();
    let path = scene.path(&format!("out/debian-6.1-{arch}.json"));
    fs::create_dir(scene.path("out")).unwrap();
    let put = |report: &Value| fs::write(&path, report.to_string()).unwrap();
    let words = format!("--offline --kernels 6.1 --arch {arch} --out @/out --exact {CASE}");
    report["target"]["package"] = format!("linux-image-6.1.1-cloud-{} 6.1.1-1", debian(arch)).into();
    put(&report);
    let (_, err) = scene.run(&format!("{words} --resume"), 0);
    assert!(err.contains(&format!("debian-6.1-{arch}: kept from before")), "{err}");
    scene.run(&words, 4);
    scene.run(
        &words.replace(CASE, &CASE.replace("seize", "attach")).replace("--exact", "--resume --exact"),
        4,
    );
    report["target"]["package"] = "linux-image-6.1.0-cloud-amd64 6.1.0-1".into();
    put(&report);
    scene.run(&format!("{words} --resume"), 4);
}

/// Runs the command and ends it once a line of its news begins like this and its last guest hangs, which says so
/// through a pipe; what it said then.
#[track_caller]
fn interrupted(scene: &Scene, words: &str, news: &str) -> (String, String) {
    let pipe = scene.path("bin/hangs");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let pipe = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(&pipe).unwrap();
    let mut command = scene.command(words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with(news) {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended early");
    }
    let mut either = [pipe.as_fd(), stderr.get_ref().as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    poll(&mut either, PollTimeout::NONE).unwrap();
    assert_eq!(either[1].any(), Some(false), "it goes on without its last guest");
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    let (out, _) = told(child.wait_with_output().unwrap(), words, 130);
    (out, rest)
}

#[test]
fn an_interruption_keeps_what_is_finished() {
    let scene = Scene::new(&["report", "hang"]).reporting();
    let words = "--jobs 1 --kernel @/k/report --kernel @/k/hang --out @/out --refresh=@/evidence";
    let (out, rest) = interrupted(&scene, words, "k-report: ");
    assert!(rest.contains("what is finished is kept"), "{rest}");
    assert!(out.contains("failed k-hang: "), "{out}");
    assert_eq!(scene.reports(), ["k-report.json"]);
    assert!(rest.contains("not kept as evidence") && !scene.path("evidence").exists(), "{rest}");
}

#[test]
fn an_interruption_leaves_a_complete_report() {
    let scene = Scene::new(&["report", "half"]).reporting();
    let words = format!("--jobs 1 --kernel @/k/report --kernel @/k/half --out @/out --exact {CASE}");
    let half = scene.path("out/k-half.json");
    let complete = || {
        let report: Value = serde_json::from_slice(&fs::read(&half).unwrap()).unwrap();
        report["complete"].as_bool().unwrap()
    };
    interrupted(&scene, &words, "k-report: ");
    assert!(!complete(), "nothing was there before");
    fs::rename(scene.path("out/k-report.json"), &half).unwrap();
    fs::remove_file(scene.path("bin/hangs")).unwrap();
    let (_, rest) = interrupted(&scene, &words, "k-report: ");
    assert!(rest.contains("k-half: ended early; the earlier report, which is complete, is kept"), "{rest}");
    assert!(complete());
}
