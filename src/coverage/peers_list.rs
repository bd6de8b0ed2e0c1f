//! `list --peers`: what other suites test, and how much of it is checked here.

use ptrace_conformance_cases::peers;
use serde::Serialize;

use super::behaviour::{Behaviour, behaviours};
use crate::cli::{Format, ListArgs};
use crate::exit::Status;
use crate::output;
use crate::report::Suite;
use crate::style::{FAINT, STRONG, paint};

/// The version of the list's JSON.
const SCHEMA: &str = "ptrace-conformance/peers/1";

#[derive(Serialize)]
struct Register<'a> {
    schema: &'static str,
    suite: Suite,
    totals: Totals,
    behaviours: Vec<Entry<'a>>,
}

/// How many behaviours there are, and how many of them are checked here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Totals {
    behaviours: usize,
    /// Those that some suite tests; of the others tools and sources know.
    tested: usize,
    testable: usize,
    covered: usize,
    tested_and_covered: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    area: &'a str,
    behaviour: &'a str,
    peers: Vec<&'a str>,
    arch: Vec<&'static str>,
    /// `family::behaviour` of each case that checks it.
    cases: &'a [&'a str],
    /// Why no case can check it.
    untestable: Option<&'a str>,
}

/// Lists the behaviours whose ids begin with one of the filters, or that the suite of this code tests; all without.
pub fn list(args: &ListArgs) -> anyhow::Result<Status> {
    let filters = &args.filters.filters;
    let mut wanted = behaviours(peers::areas());
    wanted.retain(|one| is_wanted(one, filters));
    if wanted.is_empty() {
        let codes: Vec<_> = peers::suites().iter().map(|suite| suite.code).collect();
        let all = "`ptrace-conformance list --peers` shows all";
        let known = codes.join(", ");
        anstream::eprintln!("no id begins with {}, nor is that one of {known}; {all}", filters.join(" or "));
        return Ok(Status::NothingRan);
    }
    match args.format {
        Format::Human => output::print(&human(&wanted))?,
        Format::Json => output::print(&json(&wanted)?)?,
    }
    Ok(Status::AsExpected)
}

fn is_wanted(one: &Behaviour<'_>, filters: &[String]) -> bool {
    let suits = |filter: &String| {
        let suite = peers::suites().iter().find(|suite| suite.code == filter);
        one.peer.id.starts_with(filter.as_str()) || suite.is_some_and(|suite| one.is_tested_by(suite))
    };
    filters.is_empty() || filters.iter().any(suits)
}

fn totals(behaviours: &[Behaviour<'_>]) -> Totals {
    let count = |holds: &dyn Fn(&Behaviour<'_>) -> bool| behaviours.iter().filter(|one| holds(one)).count();
    Totals {
        behaviours: behaviours.len(),
        tested: count(&|one| one.is_tested()),
        testable: count(&|one| one.is_testable()),
        covered: count(&|one| one.is_covered()),
        tested_and_covered: count(&|one| one.is_tested() && one.is_covered()),
    }
}

fn json(behaviours: &[Behaviour<'_>]) -> anyhow::Result<String> {
    let register = Register {
        schema: SCHEMA,
        suite: Suite::this(),
        totals: totals(behaviours),
        behaviours: behaviours.iter().map(entry).collect(),
    };
    Ok(serde_json::to_string_pretty(&register)? + "\n")
}

fn entry<'a>(one: &Behaviour<'a>) -> Entry<'a> {
    Entry {
        id: one.peer.id,
        area: one.area,
        behaviour: one.peer.behaviour,
        peers: one.tests.iter().copied().collect(),
        arch: one.peer.arches.iter().map(|arch| arch.name()).collect(),
        cases: one.peer.cases,
        untestable: one.peer.untestable,
    }
}

/// One line for each behaviour, and the counts.
fn human(behaviours: &[Behaviour<'_>]) -> String {
    let width = behaviours.iter().map(|one| one.peer.id.len()).max().unwrap_or_default();
    let row = |one: &Behaviour<'_>| {
        let line = format!("{:width$}  {:5}  {}\n", one.peer.id, one.peer.cases.len(), one.peer.behaviour);
        if one.is_covered() { line } else { paint(FAINT, line) }
    };
    let head = paint(STRONG, format!("{:width$}  {:5}  behaviour\n", "id", "cases"));
    head + &behaviours.iter().map(row).collect::<String>() + &counts(&totals(behaviours))
}

fn counts(totals: &Totals) -> String {
    let Totals { behaviours, tested, testable, covered, tested_and_covered } = totals;
    format!(
        "\n{behaviours} behaviours, {testable} of them testable, {covered} checked here; other suites test {tested}, \
         of which {tested_and_covered} are checked here\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::behaviour::sample;
    use super::*;
    use crate::style::plain;

    #[test]
    fn people_see_a_line_for_each_behaviour() {
        insta::assert_snapshot!(plain(&human(&behaviours(sample::AREAS))), @"
        id   cases  behaviour
        A-1      1  A stop is a stop.
        A-2      0  So is a|b.
        A-3      0  A stop is a stop.

        3 behaviours, 2 of them testable, 1 checked here; other suites test 2, of which 1 are checked here
        ");
    }

    #[test]
    fn programs_see_every_field() {
        let text = json(&behaviours(sample::AREAS)[..1]).unwrap();
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
        {
          "schema": "ptrace-conformance/peers/1",
          "suite": {
            "name": "ptrace-conformance",
            "version": "[version]"
          },
          "totals": {
            "behaviours": 1,
            "tested": 1,
            "testable": 1,
            "covered": 1,
            "tested_and_covered": 1
          },
          "behaviours": [
            {
              "id": "A-1",
              "area": "A",
              "behaviour": "A stop is a stop.",
              "peers": [
                "gvisor:Stop",
                "redhat:y"
              ],
              "arch": [
                "x86_64",
                "aarch64"
              ],
              "cases": [
                "family::case"
              ],
              "untestable": null
            }
          ]
        }
        "#);
    }

    #[test]
    fn filters_are_beginnings_of_ids_or_suites() {
        let ids = |filters: &[&str]| {
            let filters: Vec<_> = filters.iter().map(|&filter| filter.to_owned()).collect();
            let wanted = behaviours(sample::AREAS).into_iter().filter(|one| is_wanted(one, &filters));
            wanted.map(|one| one.peer.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[]), ["A-1", "A-2", "A-3"]);
        assert_eq!(ids(&["A-2"]), ["A-2"]);
        assert_eq!(ids(&["gvisor"]), ["A-1"]);
        assert_eq!(ids(&["redhat"]), ["A-1", "A-2"], "one by its duplicate");
        assert!(ids(&["B", "ltp"]).is_empty());
    }
}
