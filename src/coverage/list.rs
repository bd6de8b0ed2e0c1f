//! `list --clauses`: the register, and how much of it is checked.

use ptrace_conformance_cases::clauses::{AREAS, Clause};
use ptrace_conformance_cases::{FAMILIES, clauses};
use serde::Serialize;

use super::{Covered, Totals, history, name, of};
use crate::cli::{Format, ListArgs};
use crate::evidence;
use crate::exit::Status;
use crate::output;
use crate::report::{Report, Suite};
use crate::style::{FAINT, STRONG, paint};

/// The version of the list's JSON.
const SCHEMA: &str = "ptrace-conformance/clauses/1";

#[derive(Serialize)]
struct Register {
    schema: &'static str,
    suite: Suite,
    totals: Totals,
    clauses: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    statement: &'static str,
    page: &'static str,
    section: &'static str,
    arch: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'static str>,
    kind: &'static str,
    testable: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<&'static str>,
    /// `family::behaviour` of each case that declares it.
    cases: Vec<String>,
    /// The targets on which such a case checked it.
    executed_on: Vec<String>,
    /// The architectures on which a check of such a case was seen failing under a lie.
    seen_failing_on: Vec<String>,
    /// Executed, and seen failing.
    covered: bool,
}

/// Lists the clauses whose ids begin with one of the filters; all without one.
pub fn list(args: &ListArgs) -> anyhow::Result<Status> {
    let prefixes = &args.filters.filters;
    if !clauses::all().any(|clause| is_wanted(clause, prefixes)) {
        let tried: Vec<_> = prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
        let all = "`ptrace-conformance list --clauses` shows all";
        anstream::eprintln!("no clause begins with {}; {all}", tried.join(" or "));
        return Ok(Status::NothingRan);
    }
    let (reports, proof) = (evidence::read_or_built_in(None)?, evidence::built_in_proof()?);
    let covered = selected(of(AREAS, FAMILIES, &reports, &proof), prefixes);
    match args.format {
        Format::Human => output::print(&human(&covered, &reports))?,
        Format::Json => output::print(&json(&covered)?)?,
    }
    Ok(Status::AsExpected)
}

fn is_wanted(clause: &Clause, prefixes: &[String]) -> bool {
    prefixes.is_empty() || prefixes.iter().any(|prefix| clause.id.starts_with(prefix.as_str()))
}

fn selected<'a>(mut covered: Vec<Covered<'a>>, prefixes: &[String]) -> Vec<Covered<'a>> {
    covered.retain(|one| is_wanted(one.clause, prefixes));
    covered
}

fn json(covered: &[Covered<'_>]) -> anyhow::Result<String> {
    let clauses = covered.iter().map(Entry::of).collect();
    let register = Register { schema: SCHEMA, suite: Suite::this(), totals: Totals::of(covered), clauses };
    Ok(serde_json::to_string_pretty(&register)? + "\n")
}

impl Entry {
    fn of(covered: &Covered<'_>) -> Entry {
        let clause = covered.clause;
        Entry {
            id: clause.id,
            statement: clause.statement,
            page: clause.page,
            section: clause.section,
            arch: clause.arches.iter().map(|arch| arch.name()).collect(),
            since: clause.since,
            kind: clause.kind.name(),
            testable: clause.testable.name(),
            same_as: clause.same_as,
            cases: covered.cases.clone(),
            executed_on: covered.executed.iter().map(|report| name(report)).collect(),
            seen_failing_on: covered.proved.iter().map(|&arch| arch.to_owned()).collect(),
            covered: covered.is_covered(),
        }
    }
}

/// One line for each clause, and the counts.
fn human(covered: &[Covered<'_>], reports: &[Report]) -> String {
    let series = history::of(reports);
    let width = covered.iter().map(|one| one.clause.id.len()).max().unwrap_or_default();
    let row = |one: &Covered<'_>| {
        let start =
            format!("{:width$}  {:15}  {:5}", one.clause.id, one.clause.testable.name(), one.cases.len());
        let end = one.place(&series).unwrap_or_else(|| one.why_not());
        let doubt = if one.executed.is_empty() || one.is_covered() { "" } else { "; never seen failing" };
        let line = format!("{start}  {end}{doubt}\n");
        if one.is_covered() { line } else { paint(FAINT, line) }
    };
    let head = format!("{:width$}  {:15}  {:5}  executed on\n", "clause", "testable", "cases");
    paint(STRONG, head) + &covered.iter().map(row).collect::<String>() + &counts(&Totals::of(covered))
}

fn counts(totals: &Totals) -> String {
    let Totals { clauses, testable, checked, executed, covered, others_checked } = totals;
    format!(
        "\n{clauses} clauses; testable anywhere: {testable}, of these with a case: {checked}, executed: {executed}, \
         seen failing too: {covered}; others with a case: {others_checked}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::evidence::Proof;
    use crate::style::plain;

    #[test]
    fn people_see_a_line_for_each_clause() {
        let (reports, proof) = (sample::reports(), sample::proof());
        let text = plain(&human(&of(sample::AREAS, sample::REGISTRY, &reports, &proof), &reports));
        insta::assert_snapshot!(text, @"
        clause                  testable         cases  executed on
        stop.syscall.alternate  yes                  2  x86_64 6.1-7.3
        stop.x|y                yes                  2  x86_64 6.1-7.3
        yama.scope              needs-config         0  needs-config

        3 clauses; testable anywhere: 2, of these with a case: 2, executed: 2, seen failing too: 2; others with a case: 0
        ");
    }

    #[test]
    fn programs_see_every_field() {
        let (reports, proof) = (sample::reports(), sample::proof());
        let covered = selected(of(sample::AREAS, sample::REGISTRY, &reports, &proof), &["stop.".to_owned()]);
        let text = json(&covered).unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(text, @r#"
        {
          "schema": "ptrace-conformance/clauses/1",
          "suite": {
            "name": "ptrace-conformance",
            "version": "[version]"
          },
          "totals": {
            "clauses": 2,
            "testable": 2,
            "checked": 2,
            "executed": 2,
            "covered": 2,
            "others_checked": 0
          },
          "clauses": [
            {
              "id": "stop.syscall.alternate",
              "statement": "Enter- and exit-stops alternate.",
              "page": "ptrace(2)",
              "section": "Stops",
              "arch": [
                "x86_64",
                "aarch64"
              ],
              "kind": "must",
              "testable": "yes",
              "cases": [
                "family::case_0",
                "family::case_1"
              ],
              "executed_on": [
                "debian-6.1.9",
                "debian-7.3.4",
                "x86_64 Linux 6.18.1 (host)"
              ],
              "seen_failing_on": [
                "x86_64"
              ],
              "covered": true
            },
            {
              "id": "stop.x|y",
              "statement": "Any <errno> of E* goes.",
              "page": "ptrace(2)",
              "section": "Stops",
              "arch": [
                "x86_64"
              ],
              "since": "5.3",
              "kind": "must",
              "testable": "yes",
              "same_as": "stop.syscall.alternate",
              "cases": [
                "family::case_0",
                "family::case_1"
              ],
              "executed_on": [
                "debian-6.1.9",
                "debian-7.3.4",
                "x86_64 Linux 6.18.1 (host)"
              ],
              "seen_failing_on": [
                "x86_64"
              ],
              "covered": true
            }
          ]
        }
        "#);
    }

    #[test]
    fn filters_are_beginnings() {
        let proof = Proof::default();
        let ids = |prefixes: &[&str]| {
            let prefixes: Vec<_> = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
            let chosen = selected(of(sample::AREAS, &[], &[], &proof), &prefixes);
            chosen.iter().map(|one| one.clause.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[]).len(), 3);
        assert_eq!(ids(&["yama", "stop.x"]), ["stop.x|y", "yama.scope"]);
        assert!(ids(&["alternate"]).is_empty());
    }
}
