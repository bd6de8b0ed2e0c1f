//! The verb `list`: names of cases and what each claims.

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Case, Registry, all_variants};
use serde::Serialize;

use crate::catalogue::{Entry, fits_here};
use crate::cli::{Format, ListArgs};
use crate::coverage;
use crate::exit::Status;
use crate::output;
use crate::prose;
use crate::report::Suite;
use crate::select::{self, Named};
use crate::style::{FAINT, ODD, STRONG, paint};

/// The version of the list's JSON.
const SCHEMA: &str = "ptrace-conformance/list/1";

#[derive(Serialize)]
struct Catalogue {
    schema: &'static str,
    suite: Suite,
    families: Vec<FamilyEntry>,
    cases: Vec<Entry>,
}

#[derive(Serialize)]
struct FamilyEntry {
    name: &'static str,
    title: &'static str,
}

/// Lists what was selected.
pub fn list(args: &ListArgs) -> anyhow::Result<Status> {
    if args.clauses {
        return coverage::list(args);
    }
    if args.peers {
        return coverage::list_peers(args);
    }
    if args.legality {
        output::print(&coverage::legality_page())?;
        return Ok(Status::AsExpected);
    }
    let cases = select::select(&args.filters, all_variants(FAMILIES))?;
    if cases.is_empty() {
        anstream::eprintln!("{}", select::nothing_matches(&args.filters, &all_variants(FAMILIES)));
        return Ok(Status::NothingRan);
    }
    match args.format {
        Format::Human => output::print(&human(FAMILIES, &cases))?,
        Format::Json => output::print(&json(FAMILIES, &cases)?)?,
    }
    Ok(Status::AsExpected)
}

fn json(registry: Registry, cases: &[Named]) -> anyhow::Result<String> {
    let catalogue = Catalogue {
        schema: SCHEMA,
        suite: Suite::this(),
        families: registry
            .iter()
            .map(|family| FamilyEntry { name: family.name, title: family.title })
            .collect(),
        cases: cases.iter().map(|(name, variant)| Entry::of(name, *variant)).collect(),
    };
    Ok(serde_json::to_string_pretty(&catalogue)? + "\n")
}

/// Families, in them the claims, under each claim the names of its variants.
fn human(registry: Registry, cases: &[Named]) -> String {
    let mut text = String::new();
    let (mut family, mut case): (&str, Option<&Case>) = ("", None);
    for (name, variant) in cases {
        let next = name.split("::").next().unwrap_or_default();
        if next != family {
            text += &family_heading(registry, next, text.is_empty());
            family = next;
        }
        if case.is_none_or(|case| !std::ptr::eq(case, variant.case)) {
            text += &prose::fold("  ", variant.case.title);
            case = Some(variant.case);
        }
        text += &format!("    {name}{}\n", mark(variant.case));
    }
    text + &paint(FAINT, format!("\n{} cases\n", cases.len()))
}

fn family_heading(registry: Registry, name: &str, first: bool) -> String {
    let title = registry.iter().find(|family| family.name == name).map_or("", |family| family.title);
    let gap = if first { "" } else { "\n" };
    gap.to_owned() + &prose::fold(&format!("{} ", paint(STRONG, format!("{name}:"))), title)
}

/// Marks a case that will be skipped here, whatever the kernel.
fn mark(case: &Case) -> String {
    if fits_here(case) {
        return String::new();
    }
    let arches: Vec<_> = case.arches.iter().map(|arch| arch.name()).collect();
    format!("  {}", paint(ODD, format!("(only on {})", arches.join(", "))))
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::case::{Arch, Family, Need};

    use super::*;
    use crate::style::plain;

    /// An architecture on which these tests do not run.
    const ELSEWHERE: &[Arch] = match Arch::HERE {
        Arch::X86_64 => &[Arch::Aarch64],
        Arch::Aarch64 => &[Arch::X86_64],
    };

    static REGISTRY: &[Family] = &[Family {
        name: "stops",
        title: "How a tracee stops.",
        cases: &[&[
            Case {
                name: "alternate",
                title: "Entry and exit stops alternate.",
                clauses: &["stop.syscall.alternate"],
                needs: &[Need::Kernel(5, 11), Need::SeccompFilter],
                ..Case::NEW
            },
            Case { name: "marker", title: "A register marks the stop.", arches: ELSEWHERE, ..Case::NEW },
        ]],
    }];

    #[test]
    fn people_see_claims_above_names() {
        let text = plain(&human(REGISTRY, &all_variants(REGISTRY)));
        insta::assert_snapshot!(text.replace(ELSEWHERE[0].name(), "elsewhere"), @"
        stops: How a tracee stops.
          Entry and exit stops alternate.
            stops::alternate::traceme
            stops::alternate::attach
            stops::alternate::seize
          A register marks the stop.
            stops::marker::traceme  (only on elsewhere)
            stops::marker::attach  (only on elsewhere)
            stops::marker::seize  (only on elsewhere)

        6 cases
        ");
    }

    #[test]
    fn programs_see_every_field() {
        let cases: Vec<_> = all_variants(REGISTRY).into_iter().take(1).collect();
        let text = json(REGISTRY, &cases).unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(text, @r#"
        {
          "schema": "ptrace-conformance/list/1",
          "suite": {
            "name": "ptrace-conformance",
            "version": "[version]"
          },
          "families": [
            {
              "name": "stops",
              "title": "How a tracee stops."
            }
          ],
          "cases": [
            {
              "name": "stops::alternate::traceme",
              "title": "Entry and exit stops alternate.",
              "clauses": [
                "stop.syscall.alternate"
              ],
              "architectures": [
                "x86_64",
                "aarch64"
              ],
              "requirements": [
                "Linux 5.11 or later",
                "seccomp filters"
              ],
              "quirks": []
            }
          ]
        }
        "#);
    }
}
