//! TAP and KTAP: results line by line, written as they become known.
//!
//! One writer serves a live run and a stored report. KTAP nests cases in their family, as the kernel's
//! own parser likes it; TAP 13 is flat. A run that ended early leaves a plan that is larger than what
//! follows it, which every parser tells.

use std::collections::BTreeMap;

use ptrace_conformance_harness::record::CaseRecord;

use super::outcome::{Outcome, diagnostics, family, missing, one_line, plain_name};
use crate::report::Report;
use crate::target::Target;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The kernel's: nested, with SKIP, XFAIL, TIMEOUT and ERROR.
    Ktap,
    /// TAP version 13: flat, with SKIP and TODO.
    Tap13,
}

/// A family as far as it has been written.
#[derive(Clone, Debug)]
struct Group {
    name: String,
    planned: usize,
    written: usize,
    bad: bool,
}

/// Writes one run, case by case.
#[derive(Debug)]
pub struct Writer {
    dialect: Dialect,
    groups: Vec<Group>,
    /// The family that is being written, and how many cases were.
    open: Option<usize>,
    written: usize,
    /// How many cases had each outcome: pass, fail, xfail, xpass, skip, error.
    counts: [usize; 6],
}

/// A whole stored report.
pub fn render(report: &Report, dialect: Dialect) -> String {
    let names: Vec<_> = report.cases.iter().map(|record| record.name.as_str()).collect();
    let mut writer = Writer::new(dialect, &names);
    let short = report.totals.planned.saturating_sub(report.cases.len());
    let mut text = writer.begin(&report.target, short);
    for record in &report.cases {
        text += &writer.result(record);
    }
    text + &writer.end(short)
}

impl Writer {
    /// A writer of these planned cases, in the suite's order.
    pub fn new(dialect: Dialect, planned: &[&str]) -> Writer {
        let mut groups: Vec<Group> = Vec::new();
        for name in planned {
            let family = family(name).0;
            match groups.last_mut() {
                Some(group) if group.name == family => group.planned += 1,
                _ => groups.push(Group { name: family.to_owned(), planned: 1, written: 0, bad: false }),
            }
        }
        Writer { dialect, groups, open: None, written: 0, counts: [0; 6] }
    }

    /// Version, plan and target. Cases beyond those known by name count into the plan.
    pub fn begin(&self, target: &Target, unnamed: usize) -> String {
        let cases: usize = self.groups.iter().map(|group| group.planned).sum();
        let (version, plan) = match self.dialect {
            // Whose families are unknown, so they are one more.
            Dialect::Ktap => ("KTAP version 1", self.groups.len() + usize::from(unnamed > 0)),
            Dialect::Tap13 => ("TAP version 13", cases + unnamed),
        };
        format!("{version}\n1..{plan}\n# {}\n", one_line(&target.to_string()))
    }

    /// One case, which must be the next one of those planned that leave a record.
    pub fn result(&mut self, record: &CaseRecord) -> String {
        let outcome = Outcome::of(record);
        self.counts[column(outcome)] += 1;
        self.written += 1;
        match self.dialect {
            Dialect::Tap13 => told(record) + &tap13_line(self.written, outcome, record),
            Dialect::Ktap => self.nested(outcome, record),
        }
    }

    fn nested(&mut self, outcome: Outcome, record: &CaseRecord) -> String {
        let (family, rest) = family(&record.name);
        let at = self.groups.iter().position(|group| group.name == family).unwrap_or_default();
        let mut text = if self.open == Some(at) { String::new() } else { self.turn_to(at) };
        let group = &mut self.groups[at];
        group.written += 1;
        group.bad |= !outcome.good();
        for line in (told(record) + &ktap_line(group.written, outcome, rest, &record.reason)).lines() {
            text += &format!("  {line}\n");
        }
        if group.written == group.planned {
            text += &self.close();
        }
        text
    }

    /// Closes what is open and opens this family.
    fn turn_to(&mut self, at: usize) -> String {
        let text = self.close();
        self.open = Some(at);
        let group = &self.groups[at];
        text + &format!("  KTAP version 1\n  # Subtest: {}\n  1..{}\n", group.name, group.planned)
    }

    fn close(&mut self) -> String {
        let Some(at) = self.open.take() else { return String::new() };
        let group = &self.groups[at];
        let short = group.written < group.planned;
        let word = if group.bad || short { "not ok" } else { "ok" };
        let why =
            if short { format!(" # ERROR {}", missing(group.planned, group.written)) } else { String::new() };
        format!("{word} {} {}{why}\n", at + 1, group.name)
    }

    /// What is left to say once no more cases come.
    pub fn end(&mut self, unnamed: usize) -> String {
        let mut text = self.close();
        let planned = self.groups.iter().map(|group| group.planned).sum::<usize>() + unnamed;
        if self.written < planned {
            text += &format!("# {}\n", missing(planned, self.written));
        }
        let [pass, fail, xfail, xpass, skip, error] = self.counts;
        text + &format!(
            "# Totals: pass:{pass} fail:{fail} xfail:{xfail} xpass:{xpass} skip:{skip} error:{error}\n"
        )
    }
}

const fn column(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        Outcome::Quirk => 2,
        Outcome::QuirkGone => 3,
        Outcome::Skip => 4,
        Outcome::Timeout | Outcome::Error => 5,
    }
}

/// Diagnostics, before the line that they explain; a skip says all in its own.
fn told(record: &CaseRecord) -> String {
    match Outcome::of(record) {
        Outcome::Skip => String::new(),
        _ => diagnostics(record).iter().map(|line| format!("# {line}\n")).collect(),
    }
}

fn ktap_line(number: usize, outcome: Outcome, name: &str, reason: &str) -> String {
    let word = if outcome.good() { "ok" } else { "not ok" };
    format!("{word} {number} {}{}\n", plain_name(name), directive(keyword(outcome), reason))
}

const fn keyword(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass | Outcome::Fail => "",
        Outcome::Quirk => "XFAIL",
        Outcome::QuirkGone => "XPASS",
        Outcome::Skip => "SKIP",
        Outcome::Timeout => "TIMEOUT",
        Outcome::Error => "ERROR",
    }
}

/// TAP 13 has an expected failure too, as a `not ok` that is still to do.
fn tap13_line(number: usize, outcome: Outcome, record: &CaseRecord) -> String {
    let passes = matches!(outcome, Outcome::Pass | Outcome::Skip);
    let keyword = match outcome {
        Outcome::Quirk => "TODO",
        Outcome::Skip => "SKIP",
        _ => "",
    };
    let word = if passes { "ok" } else { "not ok" };
    format!("{word} {number} - {}{}\n", record.name, directive(keyword, &record.reason))
}

/// A directive with the first line of its reason, if there is a directive.
fn directive(keyword: &str, reason: &str) -> String {
    match keyword {
        "" => String::new(),
        _ => {
            let reason = one_line(reason.lines().next().unwrap_or_default()).replace('#', "");
            format!(" # {keyword} {reason}").trim_end().to_owned()
        }
    }
}

/// Puts the records of a live run, which end in any order, into that of the plan.
#[derive(Debug)]
pub struct Live {
    writer: Writer,
    next: usize,
    waiting: BTreeMap<usize, CaseRecord>,
}

impl Live {
    /// A live run of these cases on this target, and the first lines about it.
    pub fn begin(dialect: Dialect, target: &Target, planned: &[&str]) -> (Live, String) {
        let writer = Writer::new(dialect, planned);
        let text = writer.begin(target, 0);
        (Live { writer, next: 0, waiting: BTreeMap::new() }, text)
    }

    /// The record of the planned case at this index; what can be told now.
    pub fn take(&mut self, at: usize, record: &CaseRecord) -> String {
        self.waiting.insert(at, record.clone());
        let mut text = String::new();
        while let Some(record) = self.waiting.remove(&self.next) {
            self.next += 1;
            text += &self.writer.result(&record);
        }
        text
    }

    /// The rest, where the run ended with gaps.
    pub fn end(mut self) -> String {
        let waiting = std::mem::take(&mut self.waiting);
        let late: String = waiting.values().map(|record| self.writer.result(record)).collect();
        late + &self.writer.end(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;

    #[test]
    fn ktap_is_this() {
        insta::assert_snapshot!(render(&sample::report(), Dialect::Ktap), @"
        KTAP version 1
        1..2
        # x86_64 Linux 6.99.0-sample (qemu, tcg)
          KTAP version 1
          # Subtest: stops
          1..4
          ok 1 alternate__traceme
          # the kernel sets the marker late
          # tracee: result: expected 0, observed -ENOSYS [sysstop.exit-after-entry]
          ok 2 late_marker__attach # XFAIL the kernel sets the marker late
          # the quirk of `result` has gone: the kernel sets the marker late
          not ok 3 late_marker__seize # XPASS the quirk of `result` has gone: the kernel sets the marker late
          # 1 of 2 checks failed
          # tracee: result: expected 0, observed <&# [31m> [sysstop.exit-after-entry]
          not ok 4 result__seize
        not ok 1 stops
          KTAP version 1
          # Subtest: events
          1..3
          ok 1 marker__traceme # SKIP only on aarch64: x7 is the marker there 1
          # time limit of 10s: the worker was waiting for a stop
          not ok 2 hangs__attach # TIMEOUT time limit of 10s: the worker was waiting for a stop
          # the worker died of SIGKILL
          not ok 3 dies__seize # ERROR the worker died of SIGKILL
        not ok 2 events
        # Totals: pass:1 fail:1 xfail:1 xpass:1 skip:1 error:2
        ");
    }

    #[test]
    fn tap13_is_this() {
        insta::assert_snapshot!(render(&sample::report(), Dialect::Tap13), @"
        TAP version 13
        1..7
        # x86_64 Linux 6.99.0-sample (qemu, tcg)
        ok 1 - stops::alternate::traceme
        # the kernel sets the marker late
        # tracee: result: expected 0, observed -ENOSYS [sysstop.exit-after-entry]
        not ok 2 - stops::late_marker::attach # TODO the kernel sets the marker late
        # the quirk of `result` has gone: the kernel sets the marker late
        not ok 3 - stops::late_marker::seize
        # 1 of 2 checks failed
        # tracee: result: expected 0, observed <&# [31m> [sysstop.exit-after-entry]
        not ok 4 - stops::result::seize
        ok 5 - events::marker::traceme # SKIP only on aarch64: x7 is the marker there 1
        # time limit of 10s: the worker was waiting for a stop
        not ok 6 - events::hangs::attach
        # the worker died of SIGKILL
        not ok 7 - events::dies::seize
        # Totals: pass:1 fail:1 xfail:1 xpass:1 skip:1 error:2
        ");
    }

    #[test]
    fn an_incomplete_report_has_a_larger_plan() {
        let texts = [Dialect::Ktap, Dialect::Tap13].map(|dialect| render(&sample::incomplete(), dialect));
        insta::assert_snapshot!(texts.join("-----\n"), @"
        KTAP version 1
        1..2
        # x86_64 Linux 6.99.0-sample (qemu, tcg)
          KTAP version 1
          # Subtest: stops
          1..4
          ok 1 alternate__traceme
          # the kernel sets the marker late
          # tracee: result: expected 0, observed -ENOSYS [sysstop.exit-after-entry]
          ok 2 late_marker__attach # XFAIL the kernel sets the marker late
          # the quirk of `result` has gone: the kernel sets the marker late
          not ok 3 late_marker__seize # XPASS the quirk of `result` has gone: the kernel sets the marker late
          # 1 of 2 checks failed
          # tracee: result: expected 0, observed <&# [31m> [sysstop.exit-after-entry]
          not ok 4 result__seize
        not ok 1 stops
        # 3 of 7 planned cases left no record
        # Totals: pass:1 fail:1 xfail:1 xpass:1 skip:0 error:0
        -----
        TAP version 13
        1..7
        # x86_64 Linux 6.99.0-sample (qemu, tcg)
        ok 1 - stops::alternate::traceme
        # the kernel sets the marker late
        # tracee: result: expected 0, observed -ENOSYS [sysstop.exit-after-entry]
        not ok 2 - stops::late_marker::attach # TODO the kernel sets the marker late
        # the quirk of `result` has gone: the kernel sets the marker late
        not ok 3 - stops::late_marker::seize
        # 1 of 2 checks failed
        # tracee: result: expected 0, observed <&# [31m> [sysstop.exit-after-entry]
        not ok 4 - stops::result::seize
        # 3 of 7 planned cases left no record
        # Totals: pass:1 fail:1 xfail:1 xpass:1 skip:0 error:0
        ");
    }

    #[test]
    fn whatever_order_cases_end_in_the_text_is_the_same() {
        let report = sample::report();
        let names: Vec<_> = report.cases.iter().map(|record| record.name.as_str()).collect();
        for dialect in [Dialect::Ktap, Dialect::Tap13] {
            let (mut live, mut text) = Live::begin(dialect, &report.target, &names);
            for (at, record) in report.cases.iter().enumerate().rev() {
                text += &live.take(at, record);
            }
            assert_eq!(text + &live.end(), render(&report, dialect));
        }
    }

    #[test]
    fn a_case_is_told_as_soon_as_those_before_it_are() {
        let report = sample::report();
        let names: Vec<_> = report.cases.iter().map(|record| record.name.as_str()).collect();
        let (mut live, _) = Live::begin(Dialect::Tap13, &report.target, &names);
        assert_eq!(live.take(1, &report.cases[1]), "");
        assert!(live.take(0, &report.cases[0]).contains("not ok 2 - "));
        live.take(4, &report.cases[4]);
        insta::assert_snapshot!(live.end(), @"
        ok 3 - events::marker::traceme # SKIP only on aarch64: x7 is the marker there 1
        # 4 of 7 planned cases left no record
        # Totals: pass:1 fail:0 xfail:1 xpass:0 skip:1 error:0
        ");
    }
}
