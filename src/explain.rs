//! The verb `explain`: one case from its claim to what this kernel answers, step by step.

use std::time::Duration;

use ptrace_conformance_cases::{FAMILIES, clauses};
use ptrace_conformance_harness::case::{Variant, all_variants};
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};
use serde::Serialize;

use crate::catalogue::{Entry, KnownQuirk};
use crate::cli::{ExplainArgs, Format};
use crate::exit::Status;
use crate::output;
use crate::prose;
use crate::report::Suite;
use crate::select;
use crate::style::{self, BAD, FAINT, GOOD, NOTE, STRONG, paint};
use crate::target::Target;

/// The version of the explanation's JSON.
const SCHEMA: &str = "ptrace-conformance/explain/1";

/// Everything about one case.
#[derive(Debug, Serialize)]
struct Explanation {
    schema: &'static str,
    suite: Suite,
    target: Target,
    case: Entry,
    siblings: Vec<String>,
    sources: Vec<Source>,
    program: Vec<String>,
    record: CaseRecord,
}

/// A clause and where it stands.
#[derive(Debug, Serialize)]
struct Source {
    id: &'static str,
    page: &'static str,
    section: &'static str,
    statement: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'static str,
    authority: &'static str,
}

/// Explains a case, running it for the purpose.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<Status> {
    let (name, variant, siblings) = find(&args.case)?;
    let explanation = Explanation {
        schema: SCHEMA,
        suite: Suite::this(),
        target: Target::host()?,
        case: Entry::of(&name, variant),
        siblings,
        sources: variant.case.clauses.iter().copied().filter_map(source).collect(),
        program: program(variant),
        record: run(&name, variant, args.timeout),
    };
    match args.format {
        Format::Human => output::print(&explanation.human())?,
        Format::Json => output::print(&(serde_json::to_string_pretty(&explanation)? + "\n"))?,
    }
    Ok(match explanation.record.verdict {
        Verdict::Deviates => Status::Deviation,
        Verdict::Broken => Status::OwnFailure,
        _ => Status::AsExpected,
    })
}

/// The case of that name, or the first variant of that behaviour; with the names of its other variants.
fn find(wanted: &str) -> anyhow::Result<(String, Variant, Vec<String>)> {
    let all = all_variants(FAMILIES);
    let is_variant = |name: &str| name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with("::"));
    let whole_behaviour = wanted.split("::").count() == 2;
    let found = all
        .iter()
        .find(|(name, _)| name == wanted)
        .or_else(|| all.iter().find(|(name, _)| whole_behaviour && is_variant(name)))
        .ok_or_else(|| select::unknown_case(wanted, &all))?;
    let others = all
        .iter()
        .filter(|(name, variant)| std::ptr::eq(variant.case, found.1.case) && *name != found.0)
        .map(|(name, _)| name.clone());
    Ok((found.0.clone(), found.1, others.collect()))
}

fn run(name: &str, variant: Variant, time_limit: Duration) -> CaseRecord {
    let pool = Pool::new(Settings { jobs: 1, time_limit, journal: true });
    pool.run_one(name, variant.case.clauses).record
}

fn program(variant: Variant) -> Vec<String> {
    Program::of(variant).to_string().lines().map(str::to_owned).collect()
}

fn source(id: &'static str) -> Option<Source> {
    let clause = clauses::find(id)?;
    Some(Source {
        id: clause.id,
        page: clause.page,
        section: clause.section,
        statement: clause.statement,
        note: clause.note,
        authority: clause.authority.name(),
    })
}

impl Explanation {
    fn human(&self) -> String {
        [
            self.head(),
            section("Clauses", self.sources.iter().map(Source::human)),
            section("Program of the tracee", self.program.iter().map(|line| format!("  {line}\n"))),
            section("Known differences", self.case.quirks.iter().map(quirk)),
            section(
                &format!("What {} did", self.target),
                self.record.journal.iter().map(|line| format!("  {line}\n")),
            ),
            section("What was looked at", self.record.observations.iter().map(observation)),
            self.verdict(),
        ]
        .concat()
    }

    fn head(&self) -> String {
        let mut text = paint(STRONG, &self.case.name) + "\n" + &prose::fold("  ", self.case.title) + "\n";
        let only = if self.case.only.is_empty() { String::new() } else { format!(" ({})", self.case.only) };
        let mut facts = vec![("runs on", self.case.architectures.join(", ") + &only)];
        if !self.case.requirements.is_empty() {
            facts.push(("needs", self.case.requirements.join(", ")));
        }
        if !self.siblings.is_empty() {
            facts.push(("also as", self.siblings.join(" ")));
        }
        for (label, fact) in facts {
            text += &prose::fold(&format!("  {label:8} "), &fact);
        }
        text + "\n"
    }

    fn verdict(&self) -> String {
        let record = &self.record;
        let word = paint(style::of(record.verdict), record.verdict.word());
        match record.reason.as_str() {
            "" => format!("{word}: every check found what its clause says\n"),
            reason => format!("{word}: {reason}\n"),
        }
    }
}

/// A headed section, or nothing where there is nothing to say.
fn section(title: &str, parts: impl Iterator<Item = String>) -> String {
    let body: String = parts.collect();
    if body.is_empty() { body } else { format!("{}\n{body}\n", paint(STRONG, title)) }
}

impl Source {
    fn human(&self) -> String {
        let place = paint(FAINT, format!("{}, {}", self.page, self.section));
        let mut text = format!("  {}  {place}\n", paint(NOTE, self.id));
        text += &prose::fold("      ", self.statement);
        if !self.note.is_empty() {
            text += &prose::fold("      note: ", self.note);
        }
        text
    }
}

fn quirk(quirk: &KnownQuirk) -> String {
    let mut text = format!("  {}: {} on {}\n", quirk.what, quirk.observed, quirk.kernels);
    text += &prose::fold("      ", quirk.reason);
    text + &prose::fold("      see ", quirk.source)
}

fn observation(seen: &Observation) -> String {
    let (task, what, observed) = (&seen.task, &seen.what, &seen.observed);
    let clause = seen.clause.iter().map(|id| paint(FAINT, format!("  [{id}]"))).collect::<String>();
    match seen.holds {
        Some(true) => format!("  {}  {task}: {what} = {observed}{clause}\n", paint(GOOD, "holds")),
        Some(false) => {
            let expected = seen.expected.as_deref().unwrap_or("nothing in particular");
            let indent = " ".repeat(9);
            format!(
                "  {}  {task}: {what}{clause}\n{indent}expected {expected}\n{indent}observed {observed}\n",
                paint(BAD, "FAILS")
            )
        }
        None => format!("  {}  {task}: {what} = {observed}\n", paint(FAINT, "seen ")),
    }
}
