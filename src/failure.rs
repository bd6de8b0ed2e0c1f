//! Failure: a deviating or broken case told in full, for the terminal and for `cargo test` alike.

use std::collections::HashSet;

use ptrace_conformance_cases::clauses;
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};

use crate::prose;

/// Everything about a case that went wrong: why, each failed check with its source, and how to see more.
///
/// A broken case shows no checks: they would read as the kernel's answers, and what broke is ours.
pub fn tell(record: &CaseRecord) -> String {
    let reason = record.reason.lines().map(|line| format!("  {line}\n"));
    let checks = if record.verdict == Verdict::Deviates { failed_checks(record) } else { String::new() };
    let more = format!("  to see every step:  ptrace-conformance explain {}\n", record.name);
    reason.collect::<String>() + &checks + &more
}

fn failed_checks(record: &CaseRecord) -> String {
    let mut told = HashSet::new();
    let mut text = String::new();
    let checks = record.observations.iter().filter(|seen| seen.holds.is_some());
    for (number, check) in (1..).zip(checks).filter(|(_, seen)| seen.holds == Some(false)) {
        text += &failed_check(number, check);
        if let Some(id) = check.clause.as_deref().filter(|id| told.insert(*id)) {
            text += &source(id);
        }
    }
    text
}

fn failed_check(number: usize, check: &Observation) -> String {
    let (task, what, observed) = (&check.task, &check.what, &check.observed);
    let expected = check.expected.as_deref().unwrap_or("nothing in particular");
    let clause = check.clause.as_deref().unwrap_or("none, but the case cannot go on without");
    format!(
        "  {task}: {what} (check {number})\n      expected  {expected}\n      observed  {observed}\n      \
         clause    {clause}\n"
    )
}

/// Where a clause stands and what it says.
fn source(id: &str) -> String {
    let indent = " ".repeat(16);
    match clauses::find(id) {
        Some(clause) => {
            format!("{indent}{}, {}\n", clause.page, clause.section) + &prose::fold(&indent, clause.statement)
        }
        None => format!("{indent}(not in the clause register)\n"),
    }
}
