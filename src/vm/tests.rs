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

use super::Outcome;
use super::accel::Accelerator;
use super::args::Args;
use super::document;
use super::image;
use super::ledger::{BOOTS, Ledger, Next};
use super::limits::Limits;
use super::qemu::Machine;
use super::record::{Document, EDITION, Record};
use super::session::{Session, Show};
use super::suite;
use super::transcript::{Phase, Plan, Transcript};
use super::watch::{Ending, Watched};
use crate::exit::Misuse;
use crate::report::{Report, sample};

const VERDICTS: [Verdict; 4] = [Verdict::Conforms, Verdict::Deviates, Verdict::Skipped, Verdict::Quirk];

/// Cases in each document of the made-up guest.
const CHUNK: usize = 3;

/// What a guest with that report says, line by line.
pub(super) fn console(report: &Report) -> Vec<String> {
    let names = report.cases.iter().map(|record| record.name.clone()).collect();
    let plan = serde_json::to_vec(&Plan { target: report.target.clone(), cases: names }).unwrap();
    let mut records = vec![Record::Hello { edition: EDITION }];
    records.extend(document::cut(Document::PLAN, &plan).unwrap());
    let (mut ended, mut index) = (None, 0);
    for (chunk, number) in report.cases.chunks(CHUNK).zip(1..) {
        for record in chunk {
            records.push(Record::Step { ended, begins: Some(index) });
            ended = Some((index, record.verdict));
            index += 1;
        }
        records.push(Record::Step { ended: ended.take(), begins: None });
        let text = serde_json::to_vec(chunk).unwrap();
        records.extend(document::cut(Document(number), &text).unwrap());
    }
    records.iter().zip(0..).map(|(record, number)| record.line(number)).collect()
}

/// The report without its first cases, as if no more had been asked for.
fn behind(report: &Report, first: usize) -> Report {
    let cases = report.cases[first..].to_vec();
    Report::new(report.target.clone(), cases.len(), cases)
}

/// The lines up to the beginning of the case at this place.
pub(super) fn until_case(lines: &[String], place: u32) -> Vec<String> {
    let begins = |line: &String| match Record::find(line) {
        Some((_, Record::Step { begins, .. })) => begins == Some(place),
        _ => false,
    };
    let at = lines.iter().position(begins).unwrap();
    lines[..=at].to_vec()
}

pub(super) const PANIC: &str = "[    3.141600] Kernel panic - not syncing: Fatal exception";

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
        scene.qemu(script);
        scene
    }

    /// Lets QEMU be this script, but for the question for its version.
    fn qemu(&self, script: &str) {
        let version = r#"[ "$1" != --version ] || exec echo "QEMU emulator version 9.9.9 (ours)""#;
        executable(&self.path("qemu"), &format!("{version}\n{script}"));
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

    /// One more boot will say these lines. A script that runs `NEXT` says one boot's lines after the other's.
    fn boot(&self, number: usize, lines: &[String]) {
        self.put(&format!("qemu.{number}"), (lines.join("\r\n") + "\r\n").as_bytes());
    }

    /// A guest whose boots say these lines and end.
    fn boots(boots: &[Vec<String>]) -> Scene {
        let scene = Scene::new(NEXT, &[]);
        boots.iter().zip(1..).for_each(|(lines, number)| scene.boot(number, lines));
        scene
    }

    /// Boots it, with this limit on silence once it has come up.
    fn watch(&self, limit: Duration) -> anyhow::Result<Outcome> {
        let args = self.args(&[]);
        Session::prepare(&args)?.outcome_within(&mut Show::undisturbed(), |_| Limits::all(limit))
    }

    fn outcome(&self) -> Outcome {
        self.watch(Duration::from_secs(60)).unwrap()
    }

    /// Why there is no report at all, without what varies.
    fn nothing(&self, limit: Duration) -> String {
        let error = self.watch(limit).expect_err("there is no report");
        let text = format!("{error:#}");
        text.split("; console log: ").next().unwrap().to_owned()
    }
}

/// Counts its boots, and says what that one is to say.
const NEXT: &str =
    "n=$(($(cat $0.count 2>/dev/null || echo 0) + 1)); echo $n >$0.count; cat $(dirname $0)/qemu.$n";

/// Why the report is not whole, without the place of the log.
fn ended(outcome: &Outcome) -> &str {
    outcome.ended.as_deref().unwrap().split("; console log: ").next().unwrap()
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
    let outcome = Scene::new("cat $0.console", &console(&report)).outcome();
    assert_eq!((outcome.ended, outcome.boots, outcome.log), (None, 1, None));
    assert_eq!(outcome.report.cases, report.cases);
    assert!(outcome.report.complete);
    assert_eq!(outcome.report.target.platform, "qemu");
    assert_eq!(outcome.report.target.emulator.as_deref(), Some("QEMU 9.9.9 (ours)"));
    assert_eq!(outcome.report.target.accelerator.as_deref(), Some("tcg"));
    assert_eq!(outcome.report.target.model.as_deref(), Some("max"));
}

#[test]
fn a_guest_that_cannot_switch_off_is_believed_and_ended() {
    let report = sample::report(&VERDICTS);
    let scene = Scene::new("cat $0.console; exec sleep 1000", &console(&report));
    let outcome = scene.watch(Duration::from_secs(2)).unwrap();
    assert_eq!((outcome.ended, outcome.report.cases), (None, report.cases));
}

/// It dies of its second case. What had not arrived runs again, the second case does not.
#[test]
fn a_guest_that_panics_is_booted_again_behind_the_culprit() {
    let report = sample::report(&VERDICTS);
    let mut first = until_case(&console(&report), 1);
    first.push("[    3.1] BUG: unable to handle page fault for address: ffffffffc0ffee00".to_owned());
    first.push(PANIC.to_owned());
    let mut rest = behind(&report, 2);
    rest.cases.insert(0, report.cases[0].clone());
    let outcome = Scene::boots(&[first, console(&rest)]).outcome();
    assert_eq!(outcome.boots, 2);
    insta::assert_snapshot!(ended(&outcome), @"the guest was lost on the way and booted again: the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception");
    insta::assert_snapshot!(told(&outcome.report), @"
    conforms: 
    broken: the guest's kernel died while it was running: Kernel panic - not syncing: Fatal exception
    skipped: only on aarch64: x7 is the marker there
    quirk: the kernel sets the marker late
    ");
    assert!(!outcome.report.complete);
    for at in [0, 2, 3] {
        assert_eq!(outcome.report.cases[at], report.cases[at], "with all its observations");
    }
    let panic =
        ("Kernel panic - not syncing: Fatal exception".to_owned(), Some(report.cases[1].name.clone()));
    assert_eq!(outcome.complaints, [panic]);
    Report::parse(&outcome.report.to_json().unwrap()).expect("other programs can read it");
}

/// The first document is here when it dies: nothing of that runs again.
#[test]
fn what_has_arrived_in_full_is_not_run_again() {
    let report = sample::report(&[Verdict::Conforms; 7]);
    let mut first = until_case(&console(&report), 4);
    first.push(PANIC.to_owned());
    let mut second = behind(&report, 5);
    second.cases.insert(0, report.cases[3].clone());
    let mut died_again = until_case(&console(&second), 2);
    died_again.push(PANIC.to_owned());
    let third = [&second.cases[..2]].concat();
    let third = Report::new(report.target.clone(), third.len(), third);
    let outcome = Scene::boots(&[first, died_again, console(&third)]).outcome();
    let broken: Vec<_> =
        outcome.report.cases.iter().map(|record| record.verdict == Verdict::Broken).collect();
    assert_eq!(broken, [false, false, false, false, true, false, true]);
    assert_eq!(outcome.boots, 3);
}

#[test]
fn a_guest_that_hangs_costs_the_case_that_hung() {
    let report = sample::report(&VERDICTS);
    let first = until_case(&console(&report), 0);
    let scene = Scene::boots(&[first, console(&behind(&report, 1))]);
    scene.qemu(&format!("{NEXT}; [ $n = 2 ] || exec sleep 1000"));
    let outcome = scene.watch(Duration::from_secs(2)).unwrap();
    insta::assert_snapshot!(told(&outcome.report), @"
    broken: the guest was lost while it was running: time limit: nothing new from the guest for 2 s while running cases
    deviates: 1 of 2 checks failed
    skipped: only on aarch64: x7 is the marker there
    quirk: the kernel sets the marker late
    ");
    assert_eq!(outcome.report.cases[1..], report.cases[1..]);
}

/// Each boot dies of its first case.
#[test]
fn a_kernel_that_dies_again_and_again_is_given_up() {
    let report = sample::report(&[Verdict::Conforms; 9]);
    let boots: Vec<_> = (0..BOOTS)
        .map(|at| [until_case(&console(&behind(&report, at)), 0), vec![PANIC.to_owned()]].concat())
        .collect();
    let outcome = Scene::boots(&boots).outcome();
    assert_eq!(outcome.boots, BOOTS);
    insta::assert_snapshot!(ended(&outcome), @"the guest's kernel died while running cases: Kernel panic - not syncing: Fatal exception; given up after 6 boots");
    assert!(outcome.report.cases.iter().all(|record| record.verdict == Verdict::Broken));
}

#[test]
fn a_boot_without_progress_is_the_last() {
    let report = sample::report(&VERDICTS);
    let planned = |report: &Report| {
        let mut lines = until_case(&console(report), 0);
        lines.pop();
        lines
    };
    let outcome = Scene::boots(&[planned(&report)]).outcome();
    assert_eq!(outcome.boots, 1);
    insta::assert_snapshot!(ended(&outcome), @"the guest powered off or rebooted while running cases");
}

/// The second boot dies before it has planned: what the first one told stays.
#[test]
fn a_second_boot_that_fails_takes_nothing_away() {
    let report = sample::report(&VERDICTS);
    let first = until_case(&console(&report), 3);
    let outcome = Scene::boots(&[first, vec![PANIC.to_owned()]]).outcome();
    assert_eq!(outcome.boots, 1, "the culprit was the last case");
    let mut first = until_case(&console(&sample::report(&[Verdict::Conforms; 7])), 3);
    first.push(PANIC.to_owned());
    let outcome = Scene::boots(&[first, vec![PANIC.to_owned()]]).outcome();
    insta::assert_snapshot!(told(&outcome.report), @"
    conforms: 
    conforms: 
    conforms: 
    broken: the guest's kernel died while it was running: Kernel panic - not syncing: Fatal exception
    broken: no record arrived: the guest's kernel died while booting: Kernel panic - not syncing: Fatal exception
    broken: no record arrived: the guest's kernel died while booting: Kernel panic - not syncing: Fatal exception
    broken: no record arrived: the guest's kernel died while booting: Kernel panic - not syncing: Fatal exception
    ");
}

/// Six records, each well within the limit, all together beyond it.
#[test]
fn a_slow_guest_is_no_silent_one() {
    let script =
        "for at in 1 2 3 4 5 6; do sed -n ${at}p $0.console; sleep 1.5; done; sed -n '7,$p' $0.console";
    let report = sample::report(&VERDICTS);
    let outcome = Scene::new(script, &console(&report)).watch(Duration::from_secs(6)).unwrap();
    assert_eq!(outcome.ended, None);
}

#[test]
fn a_guest_that_never_says_a_word_is_ended() {
    let scene = Scene::new("exec sleep 1000", &[]);
    insta::assert_snapshot!(scene.nothing(Duration::from_millis(200)), @"no report from the guest: time limit: nothing new from the guest for 0.2 s while booting, it never said a word; --append earlyprintk=ttyS0 (x86_64) or earlycon (aarch64) shows more");
}

#[test]
fn a_guest_that_just_ends_is_no_success() {
    let limit = Duration::from_secs(60);
    insta::assert_snapshot!(Scene::new("true", &[]).nothing(limit), @"no report from the guest: the guest powered off or rebooted while booting, it never said a word; --append earlyprintk=ttyS0 (x86_64) or earlycon (aarch64) shows more");
    let hello = console(&sample::report(&VERDICTS))[..1].to_vec();
    insta::assert_snapshot!(Scene::new("cat $0.console", &hello).nothing(limit), @"no report from the guest: the guest powered off or rebooted while planning");
    insta::assert_snapshot!(Scene::new("cat $0.console", &[PANIC.to_owned()]).nothing(limit), @"no report from the guest: the guest's kernel died while booting: Kernel panic - not syncing: Fatal exception");
}

#[test]
fn a_suite_that_gives_up_says_why() {
    let report = sample::report(&VERDICTS);
    let mut lines = until_case(&console(&report), 3);
    lines.push(Record::Fault { reason: "the suite in the guest was killed by SIGKILL".to_owned() }.line(0));
    let outcome = Scene::boots(&[lines]).outcome();
    insta::assert_snapshot!(told(&outcome.report), @"
    conforms: 
    deviates: 1 of 2 checks failed
    skipped: only on aarch64: x7 is the marker there
    broken: the guest was lost while it was running: the suite in the guest was killed by SIGKILL
    ");
}

#[test]
fn a_suite_that_dies_after_its_records_is_not_believed() {
    let mut lines = console(&sample::report(&VERDICTS));
    lines.push(Record::Fault { reason: "the suite in the guest ended with status 101".to_owned() }.line(0));
    let (report, ended) = judged(&lines).unwrap();
    assert!(!report.complete);
    assert_eq!(ended.as_deref(), Some("the suite in the guest ended with status 101"));
}

#[test]
fn a_suite_of_another_edition_is_refused() {
    let lines = [Record::Hello { edition: EDITION + 1 }.line(0)];
    insta::assert_snapshot!(Scene::new("cat $0.console", &lines).nothing(Duration::from_secs(60)), @"no report from the guest: the guest's binary speaks edition 3 of the console protocol, this program speaks 2; build both from the same sources");
}

/// Two lines of the first document are lost, so its cases run again.
#[test]
fn a_torn_document_is_asked_for_again() {
    let report = sample::report(&VERDICTS);
    let mut lines = console(&report);
    lines.retain(|line| !matches!(Record::find(line), Some((_, Record::Part { document: Document(1), .. }))));
    let again = Report::new(report.target.clone(), CHUNK, report.cases[..CHUNK].to_vec());
    let outcome = Scene::boots(&[lines, console(&again)]).outcome();
    assert_eq!(outcome.boots, 2);
    assert_eq!(outcome.report.cases, report.cases);
    let ended = ended(&outcome);
    assert!(ended.contains("the console was torn: document 1 is not whole: "), "{ended}");
}

#[test]
fn records_that_contradict_the_run_are_not_believed() {
    let lines = console(&sample::report(&VERDICTS));
    let lie = Record::Step { ended: Some((0, Verdict::Broken)), begins: None }.line(9);
    let honest = Record::Step { ended: Some((0, VERDICTS[0])), begins: Some(1) };
    let told = |line: &String| Record::find(line).is_some_and(|(_, record)| record == honest);
    let lines: Vec<_> =
        lines.iter().map(|line| if told(line) { lie.clone() } else { line.clone() }).collect();
    let outcome = Scene::boots(&[lines]).outcome();
    assert_eq!(ended(&outcome), "the guest's records contradict what it said while it ran");
    assert!(outcome.report.cases.iter().all(|record| record.verdict == Verdict::Broken));
}

#[test]
fn what_qemu_refuses_is_the_users_choice() {
    let scene = Scene::new("echo 'qemu: unable to find CPU model' >&2; exit 1", &[]);
    let error = scene.watch(Duration::from_secs(60)).expect_err("QEMU does not start");
    assert!(error.is::<Misuse>());
    insta::assert_snapshot!(scene.nothing(Duration::from_secs(60)), @"QEMU does not start: qemu: unable to find CPU model; see --cpu, --memory, --accel and --qemu of `vm`");
}

#[test]
fn a_missing_qemu_is_named_with_its_package() {
    let scene = Scene::new("", &[]);
    std::fs::remove_file(scene.path("qemu")).unwrap();
    let error = scene.watch(Duration::from_secs(60)).expect_err("there is no QEMU");
    assert!(error.is::<Misuse>());
    let text = error.to_string().replace(&scene.path("qemu").display().to_string(), "QEMU");
    insta::assert_snapshot!(text, @"QEMU is not there: install it (Debian, Ubuntu: apt install qemu-system-x86; Fedora: dnf install qemu-system-x86_64-core) or name one with `vm --qemu FILE`");
}

#[test]
fn a_guest_without_room_is_refused() {
    let scene = Scene::new("", &[]);
    let mut suite = suite::sample::elf(Arch::X86_64, PT_LOAD);
    suite.resize(20 << 20, 0);
    let size = u64::try_from(suite.len()).unwrap();
    suite[64 + 32..64 + 40].copy_from_slice(&size.to_le_bytes());
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
    let outcome = super::guest_report(&args, &mut Show::undisturbed()).unwrap();
    assert_eq!(outcome.log, Some(keep.join("console.log")));
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

pub(super) fn heard(lines: &[String]) -> Watched {
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

/// The report that one boot with these lines gives, if it gives one, and why it is not whole.
pub(super) fn judged(lines: &[String]) -> Option<(Report, Option<String>)> {
    let mut ledger = Ledger::default();
    let ended = match ledger.take(&heard(lines)) {
        Next::Done => None,
        Next::Again(_, cause) | Next::End(cause) => Some(cause),
    };
    ledger.report(ended, &machine())
}

pub(super) fn machine() -> Machine {
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
        match judged(&lines) {
            Some((received, None)) => prop_assert_eq!(received.cases, report.cases),
            Some((received, Some(_))) => {
                prop_assert!(!received.complete);
                prop_assert_eq!(received.cases.len(), report.cases.len());
                for (received, sent) in received.cases.iter().zip(&report.cases) {
                    prop_assert_eq!(&received.name, &sent.name);
                    prop_assert!(received.verdict == Verdict::Broken || received == sent);
                }
            }
            None => {}
        }
    }

    /// One line that is lost, or split by a message, costs nothing.
    #[test]
    fn one_mishap_is_survived(at in 0usize..1000, byte in 0usize..1000, lost: bool) {
        let report = sample::report(&VERDICTS);
        let mut lines = console(&report);
        befall(&if lost { Mishap::Lost(at) } else { Mishap::Parted(at, byte) }, &mut lines);
        let (received, ended) = judged(&lines).unwrap();
        prop_assert_eq!(ended, None);
        prop_assert_eq!(received.cases, report.cases);
    }
}
