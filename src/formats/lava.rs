//! LAVA: one signal line per case, which the dispatcher reads off the serial console.

use super::outcome::{Outcome, family, missing, plain_name};
use crate::report::Report;

/// The whole report as signals: a test set per family; planned cases without a record are one `unknown`.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    let mut open = None;
    for record in &report.cases {
        let (family, rest) = family(&record.name);
        if open != Some(family) {
            text += &turn(open.replace(family), Some(family));
        }
        text += &case(&plain_name(rest), result(Outcome::of(record)));
    }
    text += &turn(open, None);
    let (planned, held) = (report.totals.planned, report.cases.len());
    if held < planned {
        text += &format!("{}\n{}", missing(planned, held), case("planned_but_missing", "unknown"));
    }
    text
}

fn turn(from: Option<&str>, to: Option<&str>) -> String {
    let stop = from.map(|_| "<LAVA_SIGNAL_TESTSET STOP>\n".to_owned());
    let start = to.map(|family| format!("<LAVA_SIGNAL_TESTSET START {family}>\n"));
    stop.into_iter().chain(start).collect()
}

fn case(id: &str, result: &str) -> String {
    format!("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={id} RESULT={result}>\n")
}

/// LAVA knows pass, fail, skip and unknown only.
const fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass | Outcome::Quirk => "pass",
        Outcome::Fail | Outcome::QuirkGone | Outcome::Timeout => "fail",
        Outcome::Skip => "skip",
        Outcome::Error => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;

    #[test]
    fn the_lines_are_these() {
        insta::assert_snapshot!(render(&sample::report()), @"
        <LAVA_SIGNAL_TESTSET START stops>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alternate__traceme RESULT=pass>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=late_marker__attach RESULT=pass>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=late_marker__seize RESULT=fail>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=result__seize RESULT=fail>
        <LAVA_SIGNAL_TESTSET STOP>
        <LAVA_SIGNAL_TESTSET START events>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=marker__traceme RESULT=skip>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=hangs__attach RESULT=fail>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=dies__seize RESULT=unknown>
        <LAVA_SIGNAL_TESTSET STOP>
        ");
    }

    #[test]
    fn what_is_missing_is_unknown() {
        insta::assert_snapshot!(render(&sample::incomplete()), @"
        <LAVA_SIGNAL_TESTSET START stops>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alternate__traceme RESULT=pass>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=late_marker__attach RESULT=pass>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=late_marker__seize RESULT=fail>
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=result__seize RESULT=fail>
        <LAVA_SIGNAL_TESTSET STOP>
        3 of 7 planned cases left no record
        <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=planned_but_missing RESULT=unknown>
        ");
    }
}
