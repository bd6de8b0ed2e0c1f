//! Whole sessions against a QEMU that is a shell script: it says what was recorded, tears it, hangs or dies.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::Parser;
use object::elf::PT_LOAD;
use proptest::prelude::*;
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::record::Verdict;
use tempfile::TempDir;

use super::accel::Accelerator;
use super::args::Args;
use super::document;
use super::image;
use super::limits::Limits;
use super::qemu::Machine;
use super::record::{Document, EDITION, Record};
use super::session::{self, Session, Show};
use super::suite;
use super::transcript::{Phase, Plan, Transcript};
use super::verdict::{Judgement, judge};
use super::watch::{Ending, Watched};
use crate::exit::Misuse;
use crate::report::{Report, sample};

const VERDICTS: [Verdict; 4] = [Verdict::Conforms, Verdict::Deviates, Verdict::Skipped, Verdict::Quirk];

/// What a guest with that report says, line by line.
fn console(report: &Report) -> Vec<String> {
    let names = report.cases.iter().map(|record| record.name.clone()).collect();
    let plan = serde_json::to_vec(&Plan { target: report.target.clone(), cases: names }).unwrap();
    let plan = document::cut(Document::Plan, &plan).unwrap();
    let end = document::cut(Document::Report, report.to_json().unwrap().as_bytes()).unwrap();
    let mut records = vec![Record::Hello { edition: EDITION }];
    records.extend(plan.iter().chain(&plan).cloned());
    for (record, index) in report.cases.iter().zip(0..) {
        records.push(Record::Start { index });
        records.push(Record::Case { index, verdict: record.verdict, reason: record.reason.clone() });
    }
    records.extend(end.iter().chain(&end).cloned());
    records.iter().zip(0..).map(|(record, number)| record.line(number)).collect()
}

/// The same up to and including the first line that says this kind of thing.
fn console_until(kind: &str) -> Vec<String> {
    let lines = console(&sample::report(&VERDICTS));
    let kind = format!(" {kind} ");
    let at = lines.iter().position(|line| line.contains(&kind)).unwrap();
    lines[..=at].to_vec()
}

/// Makes a shell script that can be started at once. Written by a process of its own: a child that another
/// test starts meanwhile could hold our descriptor, and then the script is busy.
pub fn executable(path: &Path, script: &str) {
    let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\" && chmod 755 \"$2\"";
    let status = std::process::Command::new("sh").args(["-c", write, "sh", script]).arg(path).status();
    assert!(status.unwrap().success());
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

/// A folder with a kernel, a suite, and a QEMU that runs this script, in which `$0.console` holds the lines.
struct Scene(TempDir);

impl Scene {
    fn new(script: &str, lines: &[String]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        scene.put("vmlinuz", &image::sample::bzimage());
        scene.put("suite", &suite::sample::elf(Arch::X86_64, PT_LOAD));
        scene.put("qemu.console", (lines.join("\r\n") + "\r\n").as_bytes());
        executable(&scene.path("qemu"), script);
        scene
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn args(&self, more: &[&str]) -> Args {
        let files = [("--kernel", "vmlinuz"), ("--suite", "suite"), ("--qemu", "qemu")];
        let files = files.iter().flat_map(|(option, name)| [OsString::from(option), self.path(name).into()]);
        let more = ["--accel", "tcg"].iter().chain(more).map(OsString::from);
        Command::parse_from(std::iter::once("vm".into()).chain(files).chain(more)).args
    }

    /// Boots it, with this limit on silence once it has come up.
    fn watch(&self, limit: Duration) -> anyhow::Result<(Watched, Machine)> {
        let args = self.args(&[]);
        Session::prepare(&args)?.run_within(&mut Show::undisturbed(), |_| Limits::all(limit))
    }

    fn judge(&self) -> Judgement {
        let (watched, machine) = self.watch(Duration::from_secs(60)).unwrap();
        judge(&watched, &machine)
    }
}

fn partial(judgement: Judgement) -> (Report, String) {
    match judgement {
        Judgement::Partial(report, cause) => (report, cause),
        other => panic!("{other:?}"),
    }
}

fn nothing(judgement: Judgement) -> String {
    match judgement {
        Judgement::Nothing(cause) => cause,
        other => panic!("{other:?}"),
    }
}

/// The records of a report as `verdict: reason`.
fn told(report: &Report) -> String {
    let line = |record: &ptrace_conformance_harness::record::CaseRecord| {
        format!("{}: {}", record.verdict.word(), record.reason)
    };
    report.cases.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_guest_that_reports_is_believed() {
    let report = sample::report(&VERDICTS);
    let Judgement::Whole(received) = Scene::new("cat $0.console", &console(&report)).judge() else {
        panic!("the report is whole")
    };
    assert_eq!(received.cases, report.cases);
    assert_eq!(received.target.platform, "qemu");
    assert_eq!(received.target.accelerator.as_deref(), Some("tcg"));
    assert_eq!(received.target.model.as_deref(), Some("max"));
}

#[test]
fn a_guest_that_cannot_switch_off_is_believed_and_ended() {
    let scene = Scene::new("cat $0.console; exec sleep 1000", &console(&sample::report(&VERDICTS)));
    let (watched, machine) = scene.watch(Duration::from_secs(2)).unwrap();
    assert!(matches!(judge(&watched, &machine), Judgement::Whole(_)));
}

#[test]
fn a_panic_is_named_and_what_had_arrived_stays() {
    let mut lines = console_until("case");
    lines.push(Record::Start { index: 1 }.line(90));
    lines.push("[    3.141593] BUG: unable to handle page fault for address: ffffffffc0ffee00".to_owned());
    lines.push("[    3.141600] Kernel panic - not syncing: Fatal exception".to_owned());
    let (report, cause) = partial(Scene::new("cat $0.console", &lines).judge());
    assert!(!report.complete);
    insta::assert_snapshot!(cause, @"the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception");
    insta::assert_snapshot!(told(&report), @r"
    conforms: 
    broken: it was running when the guest ended: the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception
    broken: no verdict arrived: the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception
    broken: no verdict arrived: the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception
    ");
    Report::parse(&report.to_json().unwrap()).expect("other programs can read it");
}

#[test]
fn a_guest_that_hangs_is_ended() {
    let scene = Scene::new("cat $0.console; exec sleep 1000", &console_until("case"));
    let (watched, machine) = scene.watch(Duration::from_secs(2)).unwrap();
    let (_, cause) = partial(judge(&watched, &machine));
    insta::assert_snapshot!(cause, @"time limit: nothing new from the guest for 2 s while running cases");
}

/// Six records, each well within the limit, all together beyond it.
#[test]
fn a_slow_guest_is_no_silent_one() {
    let script = "for at in 1 2 3 4 5 6; do sed -n ${at}p $0.console; sleep 1.5; done";
    let (watched, _) = Scene::new(script, &console_until("case")).watch(Duration::from_secs(6)).unwrap();
    assert!(matches!(watched.ending, Ending::Exited(Ok(status)) if status.success()), "{watched:?}");
}

#[test]
fn a_guest_that_never_says_a_word_is_ended() {
    let (watched, machine) = Scene::new("exec sleep 1000", &[]).watch(Duration::from_millis(200)).unwrap();
    insta::assert_snapshot!(nothing(judge(&watched, &machine)), @"time limit: nothing new from the guest for 0.2 s while booting, it never said a word");
}

#[test]
fn a_guest_that_just_ends_is_no_success() {
    insta::assert_snapshot!(nothing(Scene::new("true", &[]).judge()), @"the guest powered off or rebooted while booting, it never said a word");
    let hello = console_until("hello");
    insta::assert_snapshot!(nothing(Scene::new("cat $0.console", &hello).judge()), @"the guest powered off or rebooted while planning");
}

#[test]
fn a_suite_that_gives_up_says_why() {
    let mut lines = console_until("case");
    lines.push(Record::Fault { reason: "the suite in the guest was killed by SIGKILL".to_owned() }.line(0));
    lines.push("Out of memory: and so on".to_owned());
    let (_, cause) = partial(Scene::new("cat $0.console", &lines).judge());
    assert_eq!(cause, "the suite in the guest was killed by SIGKILL");
}

#[test]
fn a_suite_that_dies_after_its_report_is_not_believed() {
    let mut lines = console(&sample::report(&VERDICTS));
    lines.push(Record::Fault { reason: "the suite in the guest ended with status 101".to_owned() }.line(0));
    let (report, cause) = partial(judge(&heard(&lines), &machine()));
    assert!(!report.complete);
    assert_eq!(cause, "the suite in the guest ended with status 101");
}

#[test]
fn a_suite_of_another_edition_is_refused() {
    let lines = [Record::Hello { edition: EDITION + 1 }.line(0)];
    insta::assert_snapshot!(nothing(Scene::new("cat $0.console", &lines).judge()), @"the guest's binary speaks edition 2 of the console protocol, this program speaks 1; build both from the same sources");
}

#[test]
fn a_torn_console_is_told_apart_from_a_dead_guest() {
    let whole = console(&sample::report(&VERDICTS));
    let is_second_part = |line: &&String| line.contains(" report-end ");
    let lines: Vec<_> = whole.iter().filter(|line| !is_second_part(line)).cloned().collect();
    let (report, cause) = partial(Scene::new("cat $0.console", &lines).judge());
    assert!(cause.starts_with("the console was torn: the report is not whole: "), "{cause}");
    let verdicts: Vec<_> = report.cases.iter().map(|record| record.verdict).collect();
    assert_eq!(verdicts, VERDICTS, "the verdicts had come one by one");
    assert!(!report.complete);
}

#[test]
fn a_report_that_contradicts_the_run_is_not_believed() {
    let mut lines = console(&sample::report(&VERDICTS));
    let other = Record::Case { index: 0, verdict: Verdict::Broken, reason: String::new() };
    let at = lines.iter().position(|line| line.contains(" case ")).unwrap();
    lines[at] = other.line(1);
    let (_, cause) = partial(Scene::new("cat $0.console", &lines).judge());
    assert_eq!(cause, "the guest's report contradicts what it said while it ran");
}

#[test]
fn what_qemu_refuses_is_the_users_choice() {
    let scene = Scene::new("echo 'qemu: unable to find CPU model' >&2; exit 1", &[]);
    let (watched, machine) = scene.watch(Duration::from_secs(60)).unwrap();
    let cause = nothing(judge(&watched, &machine));
    let error = session::no_report(&watched, &cause, Some(Path::new("/k/console.log")));
    assert!(error.is::<Misuse>());
    insta::assert_snapshot!(error, @"QEMU does not start: qemu: unable to find CPU model; see --cpu, --memory, --accel and --qemu; console log: /k/console.log");
}

#[test]
fn a_missing_qemu_is_named_with_its_package() {
    let scene = Scene::new("", &[]);
    std::fs::remove_file(scene.path("qemu")).unwrap();
    let error = scene.watch(Duration::from_secs(60)).expect_err("there is no QEMU");
    assert!(error.is::<Misuse>());
    let text = error.to_string().replace(&scene.path("qemu").display().to_string(), "QEMU");
    insta::assert_snapshot!(text, @"QEMU is not there: install it (Debian, Ubuntu: apt install qemu-system-x86; Fedora: dnf install qemu-system-x86_64-core) or name one with --qemu FILE");
}

#[test]
fn a_guest_without_room_is_refused() {
    let scene = Scene::new("", &[]);
    let mut suite = suite::sample::elf(Arch::X86_64, PT_LOAD);
    suite.resize(20 << 20, 0);
    scene.put("suite", &suite);
    let args = scene.args(&["--memory", "64"]);
    let error = Session::prepare(&args).expect_err("too little memory");
    assert!(error.is::<Misuse>());
    insta::assert_snapshot!(error, @"the initramfs has 20 MiB, too much for a guest with 64 MiB of memory; use a release build of the suite, or --memory 81");
}

#[test]
fn kept_files_make_the_command_work_again() {
    let scene = Scene::new("cat $0.console", &console(&sample::report(&VERDICTS)));
    let keep = scene.path("keep");
    let args = scene.args(&["--keep", keep.to_str().unwrap()]);
    let session = Session::prepare(&args).unwrap();
    let (watched, _) =
        session.run_within(&mut Show::undisturbed(), |_| Limits::all(Duration::from_secs(60))).unwrap();
    assert_eq!(session.keep_log(&watched).unwrap(), Some(keep.join("console.log")));
    let command = std::fs::read_to_string(keep.join("command")).unwrap();
    let output = std::process::Command::new("sh").arg("-c").arg(command).output().unwrap();
    assert_eq!(output.stdout, std::fs::read(scene.path("qemu.console")).unwrap());
    assert!(std::fs::read(keep.join("initramfs.cpio")).unwrap().starts_with(b"070701"));
}

/// What can happen to a line on its way.
#[derive(Clone, Debug)]
enum Mishap {
    Lost(usize),
    Doubled(usize),
    Cut(usize, usize),
    Parted(usize, usize),
    Swapped(usize, usize),
    Truncated(usize),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let at = 0usize..1000;
    prop_oneof![
        at.clone().prop_map(Mishap::Lost),
        at.clone().prop_map(Mishap::Doubled),
        (at.clone(), at.clone()).prop_map(|(line, byte)| Mishap::Cut(line, byte)),
        (at.clone(), at.clone()).prop_map(|(line, byte)| Mishap::Parted(line, byte)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Mishap::Swapped(one, other)),
        at.prop_map(Mishap::Truncated),
    ]
}

fn befall(mishap: &Mishap, lines: &mut Vec<String>) {
    let count = lines.len().max(1);
    let within = |line: &str, byte: usize| byte % line.len().max(1);
    match *mishap {
        _ if lines.is_empty() => {}
        Mishap::Lost(at) => drop(lines.remove(at % count)),
        Mishap::Doubled(at) => lines.insert(at % count, lines[at % count].clone()),
        Mishap::Cut(at, byte) => {
            let line = &mut lines[at % count];
            // One that was parted at its end has left an empty line.
            if !line.is_empty() {
                line.remove(within(line, byte));
            }
        }
        Mishap::Parted(at, byte) => {
            let line = &mut lines[at % count];
            let rest = line.split_off(within(line, byte));
            line.push_str("[    9.999999] random: crng init done\r");
            lines.insert(at % count + 1, rest);
        }
        Mishap::Swapped(one, other) => lines.swap(one % count, other % count),
        Mishap::Truncated(at) => {
            // Rarely near the beginning, or nothing else would ever be looked at.
            lines.truncate(count.saturating_sub(at % (count / 8 + 1)));
        }
    }
}

fn heard(lines: &[String]) -> Watched {
    let mut transcript = Transcript::default();
    for line in lines {
        transcript.hear(line);
    }
    let phase = transcript.phase();
    let ending = Ending::Silent(Duration::from_secs(1));
    Watched {
        transcript,
        ending,
        phase,
        log: lines.join("\n"),
        complaints: Vec::new(),
        reached: Default::default(),
        lasted: Duration::ZERO,
    }
}

fn machine() -> Machine {
    let (arch, accelerator) = (Arch::X86_64, Accelerator::Tcg);
    Machine { program: "qemu".into(), arch, accelerator, cpu: None, memory: 512, append: None }
}

#[test]
fn the_phases_come_in_order() {
    let lines = console(&sample::report(&VERDICTS));
    let mut transcript = Transcript::default();
    let mut phases = vec![transcript.phase()];
    for line in &lines {
        transcript.hear(line);
        phases.push(transcript.phase());
    }
    assert!(phases.is_sorted());
    phases.dedup();
    assert_eq!(phases, [Phase::Boot, Phase::Plan, Phase::Cases, Phase::Report, Phase::Done]);
    assert_eq!(transcript.lost(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens to the lines, no verdict comes out that did not go in.
    #[test]
    fn never_a_wrong_verdict(
        verdicts in proptest::collection::vec(0usize..5, 0..12),
        mishaps in proptest::collection::vec(mishap(), 0..12),
    ) {
        let verdicts: Vec<_> = verdicts.into_iter().map(|at| Verdict::ALL[at]).collect();
        let report = sample::report(&verdicts);
        let mut lines = console(&report);
        mishaps.iter().for_each(|mishap| befall(mishap, &mut lines));
        match judge(&heard(&lines), &machine()) {
            Judgement::Whole(received) => prop_assert_eq!(received.cases, report.cases),
            Judgement::Partial(received, _) => {
                prop_assert!(!received.complete);
                prop_assert_eq!(received.cases.len(), report.cases.len());
                for (received, sent) in received.cases.iter().zip(&report.cases) {
                    prop_assert_eq!(&received.name, &sent.name);
                    let broken = received.verdict == Verdict::Broken;
                    prop_assert!(broken || received.verdict == sent.verdict);
                }
            }
            Judgement::Nothing(cause) => prop_assert!(!cause.is_empty()),
        }
    }

    /// One line that is lost, or split by a message, costs nothing.
    #[test]
    fn one_mishap_is_survived(at in 0usize..1000, byte in 0usize..1000, lost: bool) {
        let report = sample::report(&VERDICTS);
        let mut lines = console(&report);
        befall(&if lost { Mishap::Lost(at) } else { Mishap::Parted(at, byte) }, &mut lines);
        let judgement = judge(&heard(&lines), &machine());
        prop_assert!(matches!(judgement, Judgement::Whole(_)), "{judgement:?}");
    }
}
