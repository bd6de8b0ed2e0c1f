//! JUnit XML, as Jenkins, GitLab and most CI systems read it: a suite per family, quirks as properties.

use std::time::Duration;

use anyhow::Context;
use ptrace_conformance_harness::record::CaseRecord;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::outcome::{Outcome, diagnostics, family, missing};
use crate::report::Report;
use crate::target::Target;

/// The whole report. A case that is missing cannot be named; the suite `run` then holds one error for all.
pub fn render(report: &Report) -> anyhow::Result<String> {
    let mut document = quick_junit::Report::new(report.suite.name.as_str());
    let mut suites: Vec<TestSuite> = Vec::new();
    for record in &report.cases {
        let name = family(&record.name).0;
        if suites.last().is_none_or(|suite| suite.name.as_str() != name) {
            suites.push(suite(name, &report.target));
        }
        if let Some(suite) = suites.last_mut() {
            suite.add_test_case(case(report, record));
        }
    }
    let (planned, held) = (report.totals.planned, report.cases.len());
    if held < planned {
        suites.push(shortfall(&report.target, &missing(planned, held)));
    }
    document.add_test_suites(suites);
    let mut text = document.to_string().context("cannot write the report as JUnit XML")?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn suite(name: &str, target: &Target) -> TestSuite {
    let mut suite = TestSuite::new(name);
    let told = [
        ("target", target.to_string()),
        ("architecture", target.arch.clone()),
        ("kernel", target.kernel.clone()),
        ("platform", target.platform.clone()),
    ];
    suite.add_properties(told.map(|(name, value)| Property::new(name, value)));
    suite
}

fn case(report: &Report, record: &CaseRecord) -> TestCase {
    let (family, rest) = family(&record.name);
    let mut case = TestCase::new(rest, status(record));
    case.set_classname(family);
    case.set_assertions(record.observations.iter().filter(|seen| seen.holds.is_some()).count());
    case.add_property(Property::new("verdict", record.verdict.word()));
    if Outcome::of(record) == Outcome::Quirk {
        case.add_property(Property::new("quirk", record.reason.as_str()));
    }
    let took = report.times.as_ref().and_then(|times| times.cases_us.get(&record.name));
    if let Some(&micros) = took {
        case.set_time(Duration::from_micros(micros));
    }
    case
}

fn status(record: &CaseRecord) -> TestCaseStatus {
    let outcome = Outcome::of(record);
    let mut status = match outcome {
        Outcome::Pass | Outcome::Quirk => return TestCaseStatus::success(),
        Outcome::Skip => TestCaseStatus::skipped(),
        Outcome::Fail | Outcome::QuirkGone => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Timeout | Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    status.set_message(record.reason.lines().next().unwrap_or_default());
    if outcome != Outcome::Skip {
        status.set_type(record.verdict.word());
        status.set_description(diagnostics(record).join("\n"));
    }
    status
}

fn shortfall(target: &Target, message: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("missing").set_message(message);
    let mut case = TestCase::new("planned_but_missing", status);
    case.set_classname("run");
    let mut suite = suite("run", target);
    suite.add_test_case(case);
    suite
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;

    #[test]
    fn the_document_is_this() {
        insta::assert_snapshot!(render(&sample::report()).unwrap(), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="ptrace-conformance" tests="7" skipped="1" failures="2" errors="2">
            <testsuite name="stops" tests="4" skipped="0" errors="0" failures="2">
                <properties>
                    <property name="target" value="x86_64 Linux 6.99.0-sample (qemu, tcg)"/>
                    <property name="architecture" value="x86_64"/>
                    <property name="kernel" value="6.99.0-sample"/>
                    <property name="platform" value="qemu"/>
                </properties>
                <testcase name="alternate::traceme" classname="stops" assertions="2">
                    <properties>
                        <property name="verdict" value="conforms"/>
                    </properties>
                </testcase>
                <testcase name="late_marker::attach" classname="stops" assertions="2">
                    <properties>
                        <property name="verdict" value="quirk"/>
                        <property name="quirk" value="the kernel sets the marker late"/>
                    </properties>
                </testcase>
                <testcase name="late_marker::seize" classname="stops" assertions="2">
                    <properties>
                        <property name="verdict" value="deviates"/>
                    </properties>
                    <failure message="the quirk of `result` has gone: the kernel sets the marker late" type="deviates">the quirk of `result` has gone: the kernel sets the marker late</failure>
                </testcase>
                <testcase name="result::seize" classname="stops" assertions="2">
                    <properties>
                        <property name="verdict" value="deviates"/>
                    </properties>
                    <failure message="1 of 2 checks failed" type="deviates">1 of 2 checks failed
        tracee: result: expected 0, observed &lt;&amp;# [31m&gt; [sysstop.exit-after-entry]</failure>
                </testcase>
            </testsuite>
            <testsuite name="events" tests="3" skipped="1" errors="2" failures="0">
                <properties>
                    <property name="target" value="x86_64 Linux 6.99.0-sample (qemu, tcg)"/>
                    <property name="architecture" value="x86_64"/>
                    <property name="kernel" value="6.99.0-sample"/>
                    <property name="platform" value="qemu"/>
                </properties>
                <testcase name="marker::traceme" classname="events" assertions="0">
                    <properties>
                        <property name="verdict" value="skipped"/>
                    </properties>
                    <skipped message="only on aarch64: x7 is the marker there #1"/>
                </testcase>
                <testcase name="hangs::attach" classname="events" assertions="0">
                    <properties>
                        <property name="verdict" value="broken"/>
                    </properties>
                    <error message="time limit of 10s: the worker was waiting for a stop" type="broken">time limit of 10s: the worker was waiting for a stop</error>
                </testcase>
                <testcase name="dies::seize" classname="events" assertions="0">
                    <properties>
                        <property name="verdict" value="broken"/>
                    </properties>
                    <error message="the worker died of SIGKILL" type="broken">the worker died of SIGKILL</error>
                </testcase>
            </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn what_is_missing_is_an_error() {
        let text = render(&sample::incomplete()).unwrap();
        insta::assert_snapshot!(text.split_once("<testsuite name=\"run\"").unwrap().1, @r#"
         tests="1" skipped="0" errors="1" failures="0">
                <properties>
                    <property name="target" value="x86_64 Linux 6.99.0-sample (qemu, tcg)"/>
                    <property name="architecture" value="x86_64"/>
                    <property name="kernel" value="6.99.0-sample"/>
                    <property name="platform" value="qemu"/>
                </properties>
                <testcase name="planned_but_missing" classname="run">
                    <error message="3 of 7 planned cases left no record" type="missing"/>
                </testcase>
            </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn times_are_there_if_the_report_has_them() {
        let mut report = sample::report();
        let name = report.cases[0].name.clone();
        report.times = Some(crate::report::Times { elapsed_us: 9, cases_us: [(name, 2500)].into() });
        assert!(render(&report).unwrap().contains("assertions=\"2\" time=\"0.003\""));
    }
}
