//! Tests of the comparison as a whole: made-up reports that hold one of everything.

use proptest::prelude::*;
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};

use super::comparison::{Comparison, Kind, compare};
use super::{Document, SCHEMA, human, markdown, range, sources};
use crate::exit::Status;
use crate::report::{Report, sample};
use crate::style;

const CLAUSE: &str = "sysstop.exit-after-entry";

fn seen(what: &str, observed: &str, holds: Option<bool>) -> Observation {
    Observation {
        task: "tracee".to_owned(),
        what: what.to_owned(),
        observed: observed.to_owned(),
        expected: holds.map(|_| "0".to_owned()),
        clause: holds.map(|_| CLAUSE.to_owned()),
        holds,
    }
}

fn record(name: &str, verdict: Verdict, seen: Vec<Observation>) -> CaseRecord {
    let mut record = sample::record(name, verdict);
    record.observations = seen.into();
    record
}

fn report(kernel: &str, cases: Vec<CaseRecord>) -> Report {
    let mut target = sample::target();
    target.kernel = kernel.to_owned();
    target.platform = "qemu".to_owned();
    Report::new(target, cases.len(), cases)
}

/// The same cases before and after, one for each thing that can happen.
fn reports() -> (Report, Report) {
    use Verdict::*;
    let (good, bad) = (seen("result", "0", Some(true)), seen("result", "-ENOSYS", Some(false)));
    let of = |name: &str, verdict, seen: Vec<Observation>| record(&format!("family::{name}"), verdict, seen);
    let message = |text: &str| vec![good.clone(), seen("event message", text, None)];
    let old = vec![
        of("same::seize", Conforms, vec![good.clone()]),
        of("cured::seize", Deviates, vec![bad.clone()]),
        of("message::attach", Conforms, message("1")),
        of("message::seize", Conforms, message("1")),
        of("hangs::seize", Conforms, vec![good.clone()]),
        of("worse::traceme", Conforms, vec![good.clone()]),
        of("worse::seize", Conforms, vec![good.clone()]),
        of("worse_still::seize", Deviates, vec![bad.clone(), good.clone()]),
        of("quirk_stays::seize", Quirk, vec![bad.clone()]),
        of("gone::seize", Conforms, vec![good.clone()]),
        of("skipped_now::seize", Conforms, vec![good.clone()]),
        of("runs_now::seize", Skipped, vec![]),
        of("never::seize", Skipped, vec![]),
    ];
    let new = vec![
        of("same::seize", Conforms, vec![good.clone()]),
        of("cured::seize", Conforms, vec![good.clone()]),
        of("message::attach", Conforms, message("2")),
        of("message::seize", Conforms, message("2")),
        of("hangs::seize", Broken, vec![]),
        of("worse::traceme", Deviates, vec![bad.clone()]),
        of("worse::seize", Deviates, vec![bad.clone()]),
        of("worse_still::seize", Deviates, vec![bad.clone(), bad.clone()]),
        of("quirk_stays::seize", Deviates, vec![bad.clone()]),
        of("new::seize", Deviates, vec![bad.clone()]),
        of("skipped_now::seize", Skipped, vec![]),
        of("runs_now::seize", Conforms, vec![good.clone()]),
        of("never::seize", Skipped, vec![]),
    ];
    (report("6.1.9", old), report("7.2.1", new))
}

fn compared() -> Comparison {
    let (old, new) = reports();
    let mut between = old.clone();
    between.target.kernel = "6.12.3".to_owned();
    let mut found = compare(&old, &new);
    range::locate(&mut found, &old, &new, &[between]);
    found
}

#[test]
fn the_terminal_gets_the_worst_first() {
    insta::assert_snapshot!(style::plain(&human::text(&compared())), @"
    old  x86_64 Linux 6.1.9 (qemu)
    new  x86_64 Linux 7.2.1 (qemu)
    note: the lists of cases differ: 1 only in the new report, 1 only in the old one

    Regressions

    family::worse
      variants  traceme, seize
      old       conforms
      new       deviates: 1 of 2 checks failed
      tracee: result
          expected  0
          old       0
          new       -ENOSYS  (fails)
          clause    sysstop.exit-after-entry
                    ptrace(2), Syscall-stops
                    From any syscall-enter-stop a restart with PTRACE_SYSCALL gives
                    a syscall-exit-stop when the call finishes.
      changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from between the
      compared ones ran
      again:  ptrace-conformance vm --kernel IMAGE --exact family::worse::traceme

    family::worse_still
      variants  seize
      old       deviates: 1 of 2 checks failed
      new       deviates: 1 of 2 checks failed
      tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       -ENOSYS  (fails)
          clause    sysstop.exit-after-entry
                    ptrace(2), Syscall-stops
                    From any syscall-enter-stop a restart with PTRACE_SYSCALL gives
                    a syscall-exit-stop when the call finishes.
      tracee: result, time 2
          expected  0
          old       0
          new       -ENOSYS  (fails)
      changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from between the
      compared ones ran
      again:  ptrace-conformance vm --kernel IMAGE --exact family::worse_still::seize

    family::quirk_stays
      variants  seize
      old       quirk: the kernel sets the marker late
      new       deviates: 1 of 2 checks failed
      tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       -ENOSYS  (fails)
          clause    sysstop.exit-after-entry
                    ptrace(2), Syscall-stops
                    From any syscall-enter-stop a restart with PTRACE_SYSCALL gives
                    a syscall-exit-stop when the call finishes.
      changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from between the
      compared ones ran
      again:  ptrace-conformance vm --kernel IMAGE --exact family::quirk_stays::seize

    Could not be judged any more

    family::hangs
      variants  seize
      old       conforms
      new       broken: no answer within 10 s
      again:  ptrace-conformance vm --kernel IMAGE --exact family::hangs::seize

    Findings without a verdict for the worse

    family::message
      variants  attach, seize
      old       conforms
      new       conforms
      tracee: event message
          old       1
          new       2
      changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from between the
      compared ones ran
      again:  ptrace-conformance vm --kernel IMAGE --exact family::message::attach

    Improvements

    family::cured
      variants  seize
      old       deviates: 1 of 2 checks failed
      new       conforms
      tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       0
          clause    sysstop.exit-after-entry
                    ptrace(2), Syscall-stops
                    From any syscall-enter-stop a restart with PTRACE_SYSCALL gives
                    a syscall-exit-stop when the call finishes.
      changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from between the
      compared ones ran
      again:  ptrace-conformance vm --kernel IMAGE --exact family::cured::seize

    Not compared
        1  only in the new report, and deviating
             family::new::seize
        1  only in the old report
             family::gone::seize
        1  ran before, skipped now: only on aarch64: x7 is the marker there
             family::skipped_now::seize
        1  skipped before, run now: only on aarch64: x7 is the marker there
             family::runs_now::seize
        1  judged by neither

    unchanged: 1 conforms
    4 worse, 1 could not be judged, 2 different, 1 better
    ");
}

#[test]
fn a_mail_is_72_columns_wide() {
    let text = markdown::text(&compared());
    assert!(text.lines().all(|line| line.len() <= 72), "{text}");
    insta::assert_snapshot!(text, @r"
    # ptrace(2): 6.1.9 to 7.2.1, x86_64

    4 worse, 1 could not be judged, 2 different, 1 better; unchanged: 1
    conforms.

    - Note: the lists of cases differ: 1 only in the new report, 1 only in
      the old one

    ## Regressions

    ### `family::worse`

    - Variants: traceme, seize
    - Old: conforms
    - New: deviates: 1 of 2 checks failed
    - changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from
      between the compared ones ran

        tracee: result
          expected  0
          old       0
          new       -ENOSYS  (fails)

    ptrace(2), Syscall-stops (sysstop.exit-after-entry): From any
    syscall-enter-stop a restart with PTRACE_SYSCALL gives a
    syscall-exit-stop when the call finishes.

    To see it again:

        ptrace-conformance vm --kernel IMAGE --exact family::worse::traceme

    ### `family::worse_still`

    - Variants: seize
    - Old: deviates: 1 of 2 checks failed
    - New: deviates: 1 of 2 checks failed
    - changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from
      between the compared ones ran

        tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       -ENOSYS  (fails)

    ptrace(2), Syscall-stops (sysstop.exit-after-entry): From any
    syscall-enter-stop a restart with PTRACE_SYSCALL gives a
    syscall-exit-stop when the call finishes.

        tracee: result, time 2
          expected  0
          old       0
          new       -ENOSYS  (fails)

    To see it again:

        ptrace-conformance vm --kernel IMAGE \
            --exact family::worse_still::seize

    ### `family::quirk_stays`

    - Variants: seize
    - Old: quirk: the kernel sets the marker late
    - New: deviates: 1 of 2 checks failed
    - changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from
      between the compared ones ran

        tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       -ENOSYS  (fails)

    ptrace(2), Syscall-stops (sysstop.exit-after-entry): From any
    syscall-enter-stop a restart with PTRACE_SYSCALL gives a
    syscall-exit-stop when the call finishes.

    To see it again:

        ptrace-conformance vm --kernel IMAGE \
            --exact family::quirk_stays::seize

    ## Could not be judged any more

    ### `family::hangs`

    - Variants: seize
    - Old: conforms
    - New: broken: no answer within 10 s

    To see it again:

        ptrace-conformance vm --kernel IMAGE --exact family::hangs::seize

    ## Findings without a verdict for the worse

    ### `family::message`

    - Variants: attach, seize
    - Old: conforms
    - New: conforms
    - changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from
      between the compared ones ran

        tracee: event message
          old       1
          new       2

    To see it again:

        ptrace-conformance vm --kernel IMAGE --exact family::message::attach

    ## Improvements

    ### `family::cured`

    - Variants: seize
    - Old: deviates: 1 of 2 checks failed
    - New: conforms
    - changed between 6.12.3 (last old) and 7.2.1 (first new); 1 from
      between the compared ones ran

        tracee: result
          expected  0
          old       -ENOSYS  (fails)
          new       0

    ptrace(2), Syscall-stops (sysstop.exit-after-entry): From any
    syscall-enter-stop a restart with PTRACE_SYSCALL gives a
    syscall-exit-stop when the call finishes.

    To see it again:

        ptrace-conformance vm --kernel IMAGE --exact family::cured::seize

    ## Not compared

    - 1 only in the new report, and deviating (family::new::seize)
    - 1 only in the old report (family::gone::seize)
    - 1 ran before, skipped now: only on aarch64: x7 is the marker there
      (family::skipped_now::seize)
    - 1 skipped before, run now: only on aarch64: x7 is the marker there
      (family::runs_now::seize)
    - 1 judged by neither

    ## Kernels

    Old:

    - kernel: Linux 6.1.9, #1 SMP
    - architecture: x86_64
    - platform: qemu
    - suite: ptrace-conformance 0.1.0

    New:

    - kernel: Linux 7.2.1, #1 SMP
    - architecture: x86_64
    - platform: qemu
    - suite: ptrace-conformance 0.1.0
    ");
}

#[test]
fn programs_get_everything() {
    let (old, new) = reports();
    let comparisons = [compare(&old, &new)];
    let document =
        Document { schema: SCHEMA, comparisons: &comparisons, only_old: Vec::new(), only_new: Vec::new() };
    let json = serde_json::to_value(&document).unwrap();
    let first = &json["comparisons"][0]["entries"][0];
    insta::assert_snapshot!(serde_json::to_string_pretty(first).unwrap(), @r#"
    {
      "behaviour": "family::worse",
      "kind": "regression",
      "looks": [
        {
          "clause": {
            "id": "sysstop.exit-after-entry",
            "page": "ptrace(2)",
            "section": "Syscall-stops",
            "statement": "From any syscall-enter-stop a restart with PTRACE_SYSCALL gives a syscall-exit-stop when the call finishes."
          },
          "expected": "0",
          "new": {
            "holds": false,
            "observed": "-ENOSYS"
          },
          "nth": 1,
          "old": {
            "holds": true,
            "observed": "0"
          },
          "task": "tracee",
          "what": "result"
        }
      ],
      "new": {
        "reason": "1 of 2 checks failed",
        "verdict": "deviates"
      },
      "old": {
        "verdict": "conforms"
      },
      "variants": [
        "traceme",
        "seize"
      ]
    }
    "#);
}

#[test]
fn the_status_is_the_worst_that_happened() {
    let (old, new) = reports();
    let only = |name: &str| {
        let keep = |whole: &Report| {
            let mut cases = whole.cases.clone();
            cases.retain(|record| record.name.starts_with(&format!("family::{name}::")));
            report(&whole.target.kernel, cases)
        };
        compare(&keep(&old), &keep(&new)).status()
    };
    assert_eq!(only("worse"), Status::Deviation);
    assert_eq!(only("worse_still"), Status::Deviation);
    assert_eq!(only("quirk_stays"), Status::Deviation);
    assert_eq!(only("hangs"), Status::OwnFailure);
    assert_eq!(only("message"), Status::AsExpected);
    assert_eq!(only("cured"), Status::AsExpected);
    assert_eq!(only("never"), Status::NothingRan);
    assert_eq!(only("new"), Status::NothingRan, "a case that the old report lacks is no regression");
}

#[test]
fn nothing_between_architectures_is_a_regression() {
    let (old, mut new) = reports();
    new.target.arch = "aarch64".to_owned();
    let found = compare(&old, &new);
    assert_eq!(found.of(Kind::Regression).count(), 0);
    assert_eq!(found.status(), Status::OwnFailure, "what hangs hangs");
    assert!(found.notes[0].starts_with("x86_64 is compared with aarch64"), "{:?}", found.notes);
}

#[test]
fn a_case_that_an_incomplete_run_did_not_reach_could_not_be_judged() {
    let (old, mut new) = reports();
    new.cases.truncate(1);
    new.complete = false;
    let found = compare(&old, &new);
    assert!(found.of(Kind::Unjudged).count() > 5 && found.status() == Status::OwnFailure);
}

#[test]
fn an_answer_that_goes_and_comes_back_is_not_interpolated() {
    let (old, new) = reports();
    let at =
        |kernel: &str, like: &Report| Report { target: report(kernel, Vec::new()).target, ..like.clone() };
    let others =
        [at("6.4.0", &new), at("6.6.0", &old), at("6.9.0", &new), at("5.10.0", &new), at("7.3.0", &old)];
    let mut found = compare(&old, &new);
    range::locate(&mut found, &old, &new, &others);
    let range = found.of(Kind::Regression).next().unwrap().range.clone().unwrap();
    assert_eq!((range.last_old.as_str(), range.first_new.as_str()), ("6.1.9", "6.9.0"));
    assert_eq!(range.between, ["6.4.0 (the new answer)", "6.6.0 (the old answer)"]);
    assert_eq!(range.consulted, 3);
}

#[test]
fn targets_are_paired_by_name_then_by_line() {
    let side = |reports: Vec<Report>, is_directory| sources::Source {
        word: "side".to_owned(),
        reports,
        is_directory,
    };
    let of = |kernel: &str| report(kernel, Vec::new());
    let kernels = |old: &sources::Source, new: &sources::Source| {
        let pairs = sources::pair(old, new);
        let kernel = |report: &Report| report.target.kernel.clone();
        pairs.pairs.iter().map(|(old, new)| format!("{} {}", kernel(old), kernel(new))).collect::<Vec<_>>()
    };
    let old = side(vec![of("6.1.9"), of("6.12.1")], true);
    let new = side(vec![of("6.12.5"), of("7.3.0")], true);
    assert_eq!(kernels(&old, &new), ["6.12.1 6.12.5"], "directories pair only what is surely the same");
    let (old, new) = (side(vec![of("6.1.9")], false), side(vec![of("7.3.0")], false));
    assert_eq!(kernels(&old, &new), ["6.1.9 7.3.0"], "what was chosen by hand is compared");
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(Verdict::ALL.to_vec())
}

fn any_report() -> impl Strategy<Value = Report> {
    let holds = prop::option::of(any::<bool>());
    let look = ("[ab]", "[01]", holds).prop_map(|(what, observed, holds)| seen(&what, &observed, holds));
    let looks = prop::collection::vec(look, 0..6);
    let cases = prop::collection::btree_map("[ab]::[ab]::[abc]", (any_verdict(), looks), 0..8);
    (cases, any::<bool>(), "[5-7]\\.[0-9]").prop_map(|(cases, complete, kernel)| {
        let cases =
            cases.iter().map(|(name, (verdict, seen))| record(name, *verdict, seen.clone())).collect();
        Report { complete, ..report(&kernel, cases) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_report_does_not_differ_from_itself(report in any_report()) {
        let found = compare(&report, &report);
        prop_assert!(found.entries.is_empty() && !found.differs(), "{found:?}");
    }

    #[test]
    fn every_case_is_told_once(old in any_report(), new in any_report(), other in any_report()) {
        let mut found = compare(&old, &new);
        range::locate(&mut found, &old, &new, &[other]);
        let told = found.entries.iter().map(|entry| entry.variants.len()).sum::<usize>()
            + found.coverage.iter().map(|group| group.cases.len()).sum::<usize>()
            + found.unchanged.values().sum::<usize>();
        let all: std::collections::BTreeSet<_> =
            old.cases.iter().chain(&new.cases).map(|record| &record.name).collect();
        prop_assert_eq!(told, all.len());
        prop_assert!(!human::text(&found).is_empty() && !markdown::text(&found).is_empty());
    }
}
