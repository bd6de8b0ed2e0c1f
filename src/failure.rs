//! Failure: a deviating or broken case told in full, for the terminal and for `cargo test` alike.

use ptrace_conformance_cases::clauses;
use ptrace_conformance_harness::record::{CaseRecord, Observation};

use crate::prose;

/// Everything about a case that went wrong: why, each failed check with its source, and how to see more.
pub fn tell(record: &CaseRecord) -> String {
    let mut text = String::new();
    for line in record.reason.lines() {
        text += &format!("  {line}\n");
    }
    for check in record.observations.iter().filter(|seen| seen.holds == Some(false)) {
        text += &failed_check(check);
    }
    text + &format!("  to see every step:  ptrace-conformance explain {}\n", record.name)
}

fn failed_check(check: &Observation) -> String {
    let expected = check.expected.as_deref().unwrap_or("nothing in particular");
    let mut text = format!(
        "  {}: {}\n      expected  {expected}\n      observed  {}\n",
        check.task, check.what, check.observed
    );
    if let Some(id) = &check.clause {
        text += &format!("      clause    {id}\n");
        text += &source(id);
    }
    text
}

fn source(id: &str) -> String {
    let indent = " ".repeat(16);
    match clauses::find(id) {
        Some(clause) => {
            format!("{indent}{}, {}\n", clause.page, clause.section) + &prose::fold(&indent, clause.statement)
        }
        None => format!("{indent}(not in the clause register)\n"),
    }
}
