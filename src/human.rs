//! The report for people: what went wrong in full, what is known or skipped in brief, and the counts.

use std::time::Duration;

use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use crate::failure;
use crate::prose;
use crate::report::{Report, Totals};
use crate::style::{self, BAD, FAINT, GOOD, ODD, STRONG, paint};

/// What is told beside the report and never stands in it, since it is never the same twice.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// How long the run took, if that is known.
    pub elapsed: Option<Duration>,
    /// Rounds run to their end, and rounds asked for.
    pub rounds: Option<(usize, usize)>,
    /// Why the run ended early, if it did.
    pub ended: Option<String>,
}

/// The whole report: the worst last, where a terminal shows it, and one closing line.
pub fn summary(report: &Report, circumstances: &Circumstances) -> String {
    let with = |verdict| report.cases.iter().filter(move |record| record.verdict == verdict);
    [
        grouped("Skipped", with(Verdict::Skipped).collect(), false),
        grouped("Recorded quirks of this kernel", with(Verdict::Quirk).collect(), true),
        with(Verdict::Broken).map(in_full).collect(),
        with(Verdict::Deviates).map(in_full).collect(),
        table(report),
        closing(report, circumstances),
    ]
    .concat()
}

/// A report of an earlier run, of whose circumstances nothing is known but the time if it was kept.
pub fn stored(report: &Report) -> String {
    let elapsed = report.times.as_ref().map(|times| Duration::from_micros(times.elapsed_us));
    summary(report, &Circumstances { elapsed, ..Circumstances::default() })
}

/// Cases that share a reason, under it: their number, and their names where they matter.
fn grouped(title: &str, records: Vec<&CaseRecord>, names: bool) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for record in records {
        match groups.iter_mut().find(|(reason, _)| *reason == record.reason) {
            Some((_, names)) => names.push(&record.name),
            None => groups.push((&record.reason, vec![&record.name])),
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut text = paint(STRONG, title) + "\n";
    for (reason, group) in groups {
        text += &prose::fold(&format!("{:5}  ", group.len()), reason);
        if names {
            text += &group.iter().map(|name| format!("       {}\n", paint(FAINT, name))).collect::<String>();
        }
    }
    text + "\n"
}

fn in_full(record: &CaseRecord) -> String {
    let word = record.verdict.word().to_uppercase();
    let head = format!("{} {}", paint(style::of(record.verdict), word), paint(STRONG, &record.name));
    format!("{head}\n{}\n", failure::tell(record))
}

/// Counts by family and verdict.
fn table(report: &Report) -> String {
    let families = families(&report.cases);
    let width = families.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max("family".len());
    let words: String = Verdict::ALL.iter().map(|verdict| format!("  {:>8}", verdict.word())).collect();
    let mut text = format!("{}\n", report.target);
    text += &format!("{}\n", paint(STRONG, format!("{:width$}  {:>5}{words}", "family", "cases")));
    for (name, records) in &families {
        text += &row(name, width, &Totals::count(records.len(), records));
    }
    if families.len() > 1 {
        text += &row("total", width, &report.totals);
    }
    text + "\n"
}

fn row(name: &str, width: usize, totals: &Totals) -> String {
    let cell = |&verdict: &Verdict| match totals.of(verdict) {
        0 => paint(FAINT, format!("  {:>8}", "-")),
        count => paint(style::of(verdict), format!("  {count:>8}")),
    };
    let cells: String = Verdict::ALL.iter().map(cell).collect();
    format!("{name:width$}  {:>5}{cells}\n", totals.cases)
}

/// The records by family, in the order in which the families appear.
fn families(cases: &[CaseRecord]) -> Vec<(&str, Vec<CaseRecord>)> {
    let mut families: Vec<(&str, Vec<CaseRecord>)> = Vec::new();
    for record in cases {
        let family = record.name.split("::").next().unwrap_or_default();
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, records)) => records.push(record.clone()),
            None => families.push((family, vec![record.clone()])),
        }
    }
    families
}

/// How complete the run was, and its result in one line.
pub fn closing(report: &Report, circumstances: &Circumstances) -> String {
    let totals = &report.totals;
    let mut text = String::new();
    if !report.complete {
        let why = match (totals.cases, totals.planned) {
            (ran, planned) if ran < planned => format!("{ran} of {planned} cases ran"),
            _ => "not every case ran to its end".to_owned(),
        };
        text += &format!("{}: {why}\n", paint(BAD, "INCOMPLETE"));
    }
    text += &circumstances.ended.iter().map(|why| format!("{why}\n")).collect::<String>();
    if let Some((done, asked)) = circumstances.rounds {
        text += &format!("{done} of {asked} rounds, compared case by case\n");
    }
    text += &headline(report);
    let (cases, checks) = (counted(totals.cases, "case"), counted(totals.checks, "check"));
    let took = circumstances.elapsed.map(|elapsed| format!(" in {:.2} s", elapsed.as_secs_f64()));
    text + &format!(": {cases}, {checks}{}\n", took.unwrap_or_default())
}

fn headline(report: &Report) -> String {
    let totals = &report.totals;
    let ran = totals.conforms + totals.quirk;
    match (totals.deviates, totals.broken) {
        (0, 0) if ran == 0 && totals.skipped > 0 => {
            paint(ODD, "nothing ran, every case was skipped (`ptrace-conformance doctor` says more)")
        }
        (0, 0) if ran == 0 => paint(ODD, "nothing ran"),
        (0, 0) if !report.complete => paint(GOOD, "as expected so far"),
        (0, 0) => paint(GOOD, "as expected"),
        (0, broken) if ran == 0 => {
            paint(BAD, format!("{broken} broken and none judged (`ptrace-conformance doctor` says more)"))
        }
        (0, broken) => paint(BAD, format!("{broken} broken")),
        (deviating, 0) => paint(BAD, format!("{deviating} deviate")),
        (deviating, broken) => paint(BAD, format!("{deviating} deviate, {broken} broken")),
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn told(report: &Report) -> String {
        let circumstances =
            Circumstances { elapsed: Some(Duration::from_millis(1420)), ..Default::default() };
        style::plain(&summary(report, &circumstances))
    }

    #[test]
    fn every_verdict_has_its_place() {
        let verdicts: Vec<_> =
            Verdict::ALL.into_iter().chain([Verdict::Skipped, Verdict::Conforms]).collect();
        insta::assert_snapshot!(told(&sample::report(&verdicts)), @"
        Skipped
            2  only on aarch64: x7 is the marker there

        Recorded quirks of this kernel
            1  the kernel sets the marker late
               family::case_1::traceme

        BROKEN family::case_4::traceme
          no answer within 10 s
          to see every step:  ptrace-conformance explain family::case_4::traceme

        DEVIATES family::case_2::traceme
          1 of 2 checks failed
          tracee: result (check 2)
              expected  0
              observed  -ENOSYS
              clause    stop.syscall.alternate
                        (not in the clause register)
          to see every step:  ptrace-conformance explain family::case_2::traceme

        x86_64 Linux 6.99.0-sample (host)
        family  cases  conforms     quirk  deviates   skipped    broken
        family      7         2         1         1         2         1

        1 deviate, 1 broken: 7 cases, 8 checks in 1.42 s
        ");
    }

    #[test]
    fn a_good_run_is_short() {
        insta::assert_snapshot!(told(&sample::report(&[Verdict::Conforms])), @"
        x86_64 Linux 6.99.0-sample (host)
        family  cases  conforms     quirk  deviates   skipped    broken
        family      1         1         -         -         -         -

        as expected: 1 case, 2 checks in 1.42 s
        ");
    }

    #[test]
    fn a_run_that_skipped_everything_says_so() {
        let text = told(&sample::report(&[Verdict::Skipped]));
        assert!(text.contains("nothing ran, every case was skipped"), "{text}");
    }

    #[test]
    fn an_early_end_is_told() {
        let mut report = sample::report(&[Verdict::Conforms, Verdict::Conforms]);
        report.complete = false;
        report.totals.planned = 9;
        let circumstances = Circumstances {
            rounds: Some((3, 200)),
            ended: Some("ended by SIGINT".to_owned()),
            ..Default::default()
        };
        insta::assert_snapshot!(style::plain(&closing(&report, &circumstances)), @"
        INCOMPLETE: 2 of 9 cases ran
        ended by SIGINT
        3 of 200 rounds, compared case by case
        as expected so far: 2 cases, 4 checks
        ");
    }
}
