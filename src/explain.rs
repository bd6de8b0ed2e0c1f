//! The verb `explain`: one case from its claim to what this kernel answers, step by step.

use ptrace_conformance_cases::notes::{NOTES, Note};
use ptrace_conformance_cases::{FAMILIES, clauses};
use ptrace_conformance_harness::case::{Variant, all_variants};
use ptrace_conformance_harness::lie::Lie;
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};
use serde::Serialize;

use crate::catalogue::{Entry, KnownChange, KnownQuirk};
use crate::cli::{ExplainArgs, Format};
use crate::elsewhere::{self, Change, Elsewhere, Group};
use crate::evidence;
use crate::exit::Status;
use crate::output;
use crate::prose;
use crate::report::Suite;
use crate::select::{self, behaviour};
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
    /// Full names of all variants of the case, this one among them.
    variants: Vec<String>,
    sources: Vec<Source>,
    program: Vec<String>,
    /// The lie that the record is about; without one it is about the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    lie: Option<String>,
    record: CaseRecord,
    /// What other kernels did.
    elsewhere: Elsewhere,
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
    let (name, variant, variants) = find(&args.case)?;
    let explanation = Explanation {
        schema: SCHEMA,
        suite: Suite::this(),
        target: Target::host()?,
        case: Entry::of(&name, variant),
        variants,
        sources: variant.case.clauses.iter().map(|id| source(id)).collect(),
        program: program(variant),
        lie: args.lie.as_ref().map(Lie::to_string),
        record: run(&name, variant, args),
        elsewhere: elsewhere::of(&name, &evidence::read_or_built_in(args.reports.as_deref())?),
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

/// The case of that name, or the first variant of that behaviour; with the names of all its variants.
fn find(wanted: &str) -> anyhow::Result<(String, Variant, Vec<String>)> {
    let all = all_variants(FAMILIES);
    let is_variant = |name: &str| name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with("::"));
    let whole_behaviour = wanted.split("::").count() == 2;
    let found = all
        .iter()
        .find(|(name, _)| name == wanted)
        .or_else(|| all.iter().find(|(name, _)| whole_behaviour && is_variant(name)))
        .ok_or_else(|| select::unknown_case(wanted, &all))?;
    let variants = all.iter().filter(|(_, variant)| std::ptr::eq(variant.case, found.1.case));
    Ok((found.0.clone(), found.1, variants.map(|(name, _)| name.clone()).collect()))
}

fn run(name: &str, variant: Variant, args: &ExplainArgs) -> CaseRecord {
    let pool = Pool::new(Settings { jobs: 1, time_limit: args.timeout, journal: true });
    match &args.lie {
        Some(lie) => pool.run_under_lie(name, variant.case.clauses, lie),
        None => pool.run_one(name, variant.case.clauses).record,
    }
}

fn program(variant: Variant) -> Vec<String> {
    Program::of(variant).to_string().lines().map(str::to_owned).collect()
}

fn source(id: &'static str) -> Source {
    let Some(clause) = clauses::find(id) else {
        let statement = "(not in the clause register)";
        return Source { id, page: "", section: "", statement, note: "", authority: "" };
    };
    Source {
        id,
        page: clause.page,
        section: clause.section,
        statement: clause.statement,
        note: clause.note,
        authority: clause.authority.name(),
    }
}

impl Explanation {
    fn human(&self) -> String {
        [
            self.head(),
            section("Clauses", self.sources.iter().map(Source::human)),
            section("Program of the tracee", self.program.iter().map(|line| format!("  {line}\n"))),
            section("Known differences", self.case.quirks.iter().map(quirk)),
            section("What kernels decided anew", self.case.changes.iter().map(decided)),
            section("Worth knowing", notes(&self.case.name).map(note)),
            section(
                &format!("Expectations, and what {} answered", self.witness()),
                self.record.observations.iter().map(observation),
            ),
            section("Verdicts of other kernels", self.elsewhere.verdicts.iter().map(verdicts)),
            section("Changed between kernels", self.elsewhere.changes.iter().map(change)),
            section("Step by step", self.record.journal.iter().map(|line| step(line))),
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
        if self.variants.len() > 1 {
            facts.push((
                "variants",
                self.variants.iter().map(|name| self.variant(name)).collect::<Vec<_>>().join(", "),
            ));
        }
        for (label, fact) in facts {
            text += &prose::fold(&format!("  {label:8} "), &fact);
        }
        text + "\n"
    }

    /// The last part of a variant's name, marked if it is the one that was run.
    fn variant(&self, name: &str) -> String {
        let word = name.rsplit("::").next().unwrap_or(name);
        if name == self.case.name { format!("{word} (this one)") } else { word.to_owned() }
    }

    /// Who answered: this kernel, or one that lied in one place.
    fn witness(&self) -> String {
        match &self.lie {
            Some(lie) => format!("{} with a lie, {lie},", self.target),
            None => self.target.to_string(),
        }
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

/// A line of the journal: what was asked stands back behind what was found.
fn step(line: &str) -> String {
    let found = line.split_once(": ").is_some_and(|(_, rest)| rest.starts_with(' '));
    if found { format!("  {line}\n") } else { format!("  {}\n", paint(FAINT, line)) }
}

/// A headed section, or nothing where there is nothing to say.
fn section(title: &str, parts: impl Iterator<Item = String>) -> String {
    let body: String = parts.collect();
    if body.is_empty() { body } else { format!("{}\n{body}\n", paint(STRONG, title)) }
}

impl Source {
    fn human(&self) -> String {
        let place = [self.page, self.section].join(", ");
        let place = if self.page.is_empty() { String::new() } else { paint(FAINT, format!("  {place}")) };
        let mut text = format!("  {}{place}\n", paint(NOTE, self.id));
        text += &prose::fold("      ", self.statement);
        if !self.note.is_empty() {
            text += &prose::fold("      note: ", self.note);
        }
        text
    }
}

fn decided(change: &KnownChange) -> String {
    let mut text = prose::fold("  ", change.title);
    text += &prose::fold("      before  ", change.before);
    text += &prose::fold("      since   ", &format!("{}: {}", change.kernels, change.after));
    text += &prose::fold("      see     ", change.source);
    text + &prose::fold("      advice  ", change.advice)
}

/// The notes that the case helps to show.
fn notes(name: &str) -> impl Iterator<Item = &'static Note> {
    let behaviour = behaviour(name).to_owned();
    NOTES.iter().filter(move |note| note.cases.contains(&behaviour.as_str()))
}

fn note(note: &Note) -> String {
    prose::fold("  ", note.title)
        + &prose::fold("      happens ", note.happens)
        + &prose::fold("      advice  ", note.advice)
}

fn verdicts(group: &Group) -> String {
    let word = format!("{:8}", group.verdict.word());
    let mut text = format!("  {}  {}\n", paint(style::of(group.verdict), word), group.targets);
    if !group.reason.is_empty() {
        text += &prose::fold("            ", &group.reason);
    }
    text
}

fn change(change: &Change) -> String {
    let answer = |answer: &Option<String>| answer.clone().unwrap_or_else(|| "(not seen)".to_owned());
    let mut text = format!("  {}: {}\n", change.arch, change.look);
    text += &format!("      up to {}: {}\n", change.last, answer(&change.before));
    text + &format!("      since {}: {}\n", change.first, answer(&change.since))
}

fn quirk(quirk: &KnownQuirk) -> String {
    let mut text = format!("  {}: {} on {}\n", quirk.what, quirk.observed, quirk.kernels);
    text += &prose::fold("      ", quirk.reason);
    text += &prose::fold("      see     ", quirk.source);
    text += &prose::fold("      ends    ", quirk.ends);
    text + &prose::fold("      advice  ", quirk.advice)
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

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::case::{Arch, Case, Family, Need, Quirk};
    use ptrace_conformance_harness::version;

    use super::*;
    use crate::report::sample;

    static REGISTRY: &[Family] = &[Family {
        name: "family",
        title: "Sample.",
        cases: &[&[Case {
            name: "case",
            title: "The first stop is a syscall-enter-stop, and the program sees its result.",
            clauses: &["sysstop.known", "sysstop.unknown"],
            arches: &[Arch::X86_64],
            only: "aarch64 has another marker",
            needs: &[Need::Kernel(5, 11)],
            quirks: &[Quirk {
                what: "result",
                observed: "-ENOSYS",
                arches: &[Arch::X86_64],
                since: version::Change::at(5, 10),
                until: Some(version::Change::at(6, 2)),
                reason: "the kernel had not left the call",
                source: "arch/x86/entry/common.c",
                ends: "the call is left before the stop",
                advice: "go on to the syscall-exit-stop first",
            }],
            ..Case::NEW
        }]],
    }];

    fn explanation(verdict: Verdict) -> Explanation {
        let all = all_variants(REGISTRY);
        let (name, variant) = &all[2];
        let known = Source {
            id: "sysstop.known",
            page: "ptrace(2)",
            section: "Syscall-stops",
            statement: "A sentence that is so long that it does not fit into one line of a terminal at all.",
            note: "Observed on 6.18.",
            authority: "manual",
        };
        let mut record = sample::record(name, verdict);
        record.journal = ["tracee: PTRACE_SYSCALL -> 0", "tracee:   first stop: syscall-enter-stop"]
            .map(str::to_owned)
            .into();
        Explanation {
            schema: SCHEMA,
            suite: Suite::this(),
            target: sample::target(),
            case: Entry::of(name, *variant),
            variants: all.iter().map(|(name, _)| name.clone()).collect(),
            sources: vec![known, source("sysstop.unknown")],
            program: vec!["getpid()".to_owned(), "exit_group(0)".to_owned()],
            lie: None,
            record,
            elsewhere: elsewhere(),
        }
    }

    fn elsewhere() -> Elsewhere {
        let group = |verdict, targets: &str, reason: &str| Group {
            verdict,
            targets: targets.to_owned(),
            reason: reason.to_owned(),
        };
        let change = Change {
            arch: "x86_64".to_owned(),
            look: "tracee: result".to_owned(),
            before: None,
            last: "6.1.9".to_owned(),
            since: Some("0".to_owned()),
            first: "6.12.3".to_owned(),
        };
        let conforms = group(Verdict::Conforms, "x86_64: 6.12.3, 7.3.4", "");
        let skipped = group(Verdict::Skipped, "x86_64: 6.1.9", "needs Linux 6.2");
        Elsewhere { verdicts: vec![skipped, conforms], changes: vec![change] }
    }

    #[test]
    fn everything_about_a_case_is_told() {
        insta::assert_snapshot!(style::plain(&explanation(Verdict::Deviates).human()), @"
        family::case::seize
          The first stop is a syscall-enter-stop, and the program sees its result.

          runs on  x86_64 (aarch64 has another marker)
          needs    Linux 5.11 or later
          variants traceme, attach, seize (this one)

        Clauses
          sysstop.known  ptrace(2), Syscall-stops
              A sentence that is so long that it does not fit into one line of a
              terminal at all.
              note: Observed on 6.18.
          sysstop.unknown
              (not in the clause register)

        Program of the tracee
          getpid()
          exit_group(0)

        Known differences
          result: -ENOSYS on x86_64, Linux 5.10 up to before 6.2
              the kernel had not left the call
              see     arch/x86/entry/common.c
              ends    the call is left before the stop
              advice  go on to the syscall-exit-stop first

        Expectations, and what x86_64 Linux 6.99.0-sample (host) answered
          holds  tracee: first stop = syscall-enter-stop  [stop.syscall.alternate]
          FAILS  tracee: result  [stop.syscall.alternate]
                 expected 0
                 observed -ENOSYS
          seen   tracee: message = 0

        Verdicts of other kernels
          skipped   x86_64: 6.1.9
                    needs Linux 6.2
          conforms  x86_64: 6.12.3, 7.3.4

        Changed between kernels
          x86_64: tracee: result
              up to 6.1.9: (not seen)
              since 6.12.3: 0

        Step by step
          tracee: PTRACE_SYSCALL -> 0
          tracee:   first stop: syscall-enter-stop

        deviates: 1 of 2 checks failed
        ");
    }

    #[test]
    fn what_did_not_run_says_why() {
        let text = style::plain(&explanation(Verdict::Skipped).human());
        assert!(text.ends_with("\nskipped: only on aarch64: x7 is the marker there\n"), "{text}");
        assert!(!text.contains("Expectations"), "{text}");
    }

    #[test]
    fn programs_get_the_same_in_fields() {
        let json = serde_json::to_value(explanation(Verdict::Conforms)).unwrap();
        let fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            ["case", "elsewhere", "program", "record", "schema", "sources", "suite", "target", "variants"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn names_are_found_whole_and_by_behaviour() {
        let first = all_variants(FAMILIES).swap_remove(0).0;
        let behaviour = first.rsplit_once("::").unwrap().0;
        assert_eq!(find(&first).unwrap().0, first);
        assert_eq!(find(behaviour).unwrap().0, first);
        assert!(find("family").is_err() && find("").is_err() && find(&first[..first.len() - 1]).is_err());
    }

    #[test]
    fn a_lie_is_not_laid_at_the_kernels_door() {
        let honest = explanation(Verdict::Deviates).witness();
        let lied = Explanation { lie: Some("answer 7: no event".into()), ..explanation(Verdict::Deviates) };
        assert_eq!(lied.witness(), format!("{honest} with a lie, answer 7: no event,"));
    }
}
