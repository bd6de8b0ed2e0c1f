//! The summary of a matrix: a row for each target, what could not be tried and why, and where the time went.

use std::time::Duration;

use ptrace_conformance_harness::record::Verdict;
use serde::Serialize;

use super::work::{Outcome, Spent};
use crate::prose;
use crate::report::{Report, Suite, Totals};
use crate::style::{self, BAD, FAINT, ODD, STRONG, paint};
use crate::target::Target;

/// The version of the summary's JSON.
const SCHEMA: &str = "ptrace-conformance/matrix/1";

/// Everything that a matrix came to.
#[derive(Debug)]
pub struct Summary {
    /// What became of each target, in the order in which they were planned.
    pub rows: Vec<(String, Outcome)>,
    /// From the first target's beginning to the last one's end.
    pub wall: Duration,
}

impl Summary {
    /// The reports that came of it.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.rows.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Report(report, _) => Some(&**report),
            _ => None,
        })
    }

    /// Whether a target was tried and gave no report.
    pub fn failed(&self) -> bool {
        self.rows.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
    }

    /// The time that guests took beyond booting and running cases, as a share of those.
    fn overhead(&self) -> Option<f64> {
        let guests = self.rows.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Report(_, spent) if !spent.boot.is_zero() => Some(spent),
            _ => None,
        });
        let (useful, whole) = guests.fold((Duration::ZERO, Duration::ZERO), |(useful, whole), spent| {
            (useful + spent.boot + spent.cases, whole + spent.whole)
        });
        (!useful.is_zero()).then(|| whole.as_secs_f64() / useful.as_secs_f64() - 1.0)
    }

    /// The summary for people.
    pub fn human(&self) -> String {
        let width = self.rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max("target".len());
        let words: String = Verdict::ALL.iter().map(|verdict| format!("  {:>8}", verdict.word())).collect();
        let head = format!("{:width$}  {:10}{words}   boot  cases  all, s", "target", "kernel");
        let rows = self.rows.iter().map(|(name, outcome)| row(name, width, outcome));
        let mut text = paint(STRONG, head) + "\n" + &rows.collect::<String>() + "\n";
        text += &self.without_report();
        text += &format!("{} targets in {:.1} s", self.rows.len(), self.wall.as_secs_f64());
        if let Some(overhead) = self.overhead() {
            text += &format!("; guests took {:.0} % longer than their boots and cases", overhead * 100.0);
        }
        text + "\n"
    }

    fn without_report(&self) -> String {
        let tell = |(name, outcome): &(String, Outcome)| match outcome {
            Outcome::Report(..) => None,
            Outcome::Skipped(why) => Some(prose::fold(&format!("{} {name}: ", paint(ODD, "skipped")), why)),
            Outcome::Failed(why) => Some(prose::fold(&format!("{} {name}: ", paint(BAD, "failed")), why)),
        };
        let told: String = self.rows.iter().filter_map(tell).collect();
        if told.is_empty() { told } else { told + "\n" }
    }

    /// The summary for programs.
    pub fn json(&self) -> anyhow::Result<String> {
        let rows = self.rows.iter().map(|(name, outcome)| Row::of(name, outcome)).collect();
        let whole = Whole {
            schema: SCHEMA,
            suite: Suite::this(),
            targets: rows,
            wall_ms: self.wall.as_millis(),
            overhead: self.overhead(),
        };
        Ok(serde_json::to_string_pretty(&whole)? + "\n")
    }
}

fn row(name: &str, width: usize, outcome: &Outcome) -> String {
    let Outcome::Report(report, spent) = outcome else {
        let word =
            if matches!(outcome, Outcome::Skipped(_)) { paint(ODD, "skipped") } else { paint(BAD, "failed") };
        return format!("{name:width$}  {word}\n");
    };
    let cell = |&verdict: &Verdict| match report.totals.of(verdict) {
        0 => paint(FAINT, format!("  {:>8}", "-")),
        count => paint(style::of(verdict), format!("  {count:>8}")),
    };
    let cells: String = Verdict::ALL.iter().map(cell).collect();
    let torn = if report.complete { String::new() } else { paint(BAD, "  incomplete") };
    let Spent { boot, cases, whole } = *spent;
    let [boot, cases, whole] = [boot, cases, whole].map(|time| time.as_secs_f64());
    let kernel = report.target.label();
    format!("{name:width$}  {kernel:10}{cells}  {boot:5.1}  {cases:5.1}  {whole:6.1}{torn}\n")
}

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    suite: Suite,
    targets: Vec<Row<'a>>,
    wall_ms: u128,
    overhead: Option<f64>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<&'a Totals>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'a str>,
    boot_ms: u128,
    cases_ms: u128,
    whole_ms: u128,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, outcome: &'a Outcome) -> Row<'a> {
        let mut row = Row {
            name,
            target: None,
            totals: None,
            complete: false,
            skipped: None,
            failed: None,
            boot_ms: 0,
            cases_ms: 0,
            whole_ms: 0,
        };
        match outcome {
            Outcome::Report(report, spent) => {
                (row.target, row.totals) = (Some(&report.target), Some(&report.totals));
                row.complete = report.complete;
                row.boot_ms = spent.boot.as_millis();
                row.cases_ms = spent.cases.as_millis();
                row.whole_ms = spent.whole.as_millis();
            }
            Outcome::Skipped(why) => row.skipped = Some(why),
            Outcome::Failed(why) => row.failed = Some(why),
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn summary() -> Summary {
        let seconds = Duration::from_secs_f64;
        let spent = Spent { boot: seconds(2.0), cases: seconds(8.0), whole: seconds(11.0) };
        let mut torn = sample::report(&[Verdict::Broken, Verdict::Quirk]);
        torn.complete = false;
        let rows = vec![
            ("debian-6.1-x86_64".to_owned(), Outcome::Report(Box::new(sample::report(&Verdict::ALL)), spent)),
            ("debian-7.3-x86_64".to_owned(), Outcome::Report(Box::new(torn), spent)),
            (
                "debian-5.10-aarch64".to_owned(),
                Outcome::Skipped("it is not in the cache, and --offline".to_owned()),
            ),
            ("gvisor-ptrace-x86_64".to_owned(), Outcome::Failed("time limit".to_owned())),
        ];
        Summary { rows, wall: seconds(12.25) }
    }

    #[test]
    fn every_target_has_its_row() {
        insta::assert_snapshot!(style::plain(&summary().human()), @"
        target                kernel      conforms     quirk  deviates   skipped    broken   boot  cases  all, s
        debian-6.1-x86_64     6.99.0             1         1         1         1         1    2.0    8.0    11.0
        debian-7.3-x86_64     6.99.0             -         1         -         -         1    2.0    8.0    11.0  incomplete
        debian-5.10-aarch64   skipped
        gvisor-ptrace-x86_64  failed

        skipped debian-5.10-aarch64: it is not in the cache, and --offline
        failed gvisor-ptrace-x86_64: time limit

        4 targets in 12.2 s; guests took 10 % longer than their boots and cases
        ");
    }

    #[test]
    fn programs_get_the_same() {
        let json: serde_json::Value = serde_json::from_str(&summary().json().unwrap()).unwrap();
        assert_eq!(json["targets"].as_array().unwrap().len(), 4);
        assert_eq!(json["targets"][0]["totals"]["quirk"], 1);
        assert_eq!(json["targets"][2]["skipped"], "it is not in the cache, and --offline");
        assert_eq!(json["wall_ms"], 12250);
    }
}
