//! Selection: which cases a command is about, and what was probably meant when none is.

use std::collections::BTreeSet;

use ptrace_conformance_harness::case::Variant;

use crate::cli::{Filters, verb_like};
use crate::exit::Misuse;

/// A case to run, with its full name.
pub type Named = (String, Variant);

/// `family::behaviour` of a case's name.
pub fn behaviour(case: &str) -> &str {
    case.rsplit_once("::").map_or(case, |(behaviour, _)| behaviour)
}

/// The cases that the filters ask for, in the suite's order; none at all is an empty list.
///
/// A filter that matches nothing beside others that do is told on standard error: it is more often
/// mistyped than meant, and the run would be silently smaller.
pub fn select(filters: &Filters, all: Vec<Named>) -> anyhow::Result<Vec<Named>> {
    let chosen = matching(filters, all)?;
    Ok(match filters.partition {
        Some(partition) => partition.take(chosen),
        None => chosen,
    })
}

fn matching(filters: &Filters, all: Vec<Named>) -> anyhow::Result<Vec<Named>> {
    if filters.exact {
        return exactly(&filters.filters, all);
    }
    if filters.filters.is_empty() {
        return Ok(all);
    }
    let matches = |filter: &String, (name, _): &Named| has(name, filter);
    let idle: Vec<_> =
        filters.filters.iter().filter(|filter| !all.iter().any(|named| matches(filter, named))).collect();
    if idle.len() < filters.filters.len() {
        idle.iter().for_each(|filter| anstream::eprintln!("note: no case matches `{filter}`"));
    }
    Ok(all.into_iter().filter(|named| filters.filters.iter().any(|filter| matches(filter, named))).collect())
}

/// Whether the name has the filter in it; one with `::` begins where a part of the name does, so that `exec::` is the
/// family alone.
fn has(name: &str, filter: &str) -> bool {
    match filter.contains("::") {
        true => name.starts_with(filter) || name.contains(&format!("::{filter}")),
        false => name.contains(filter),
    }
}

fn exactly(wanted: &[String], all: Vec<Named>) -> anyhow::Result<Vec<Named>> {
    if let Some(unknown) = wanted.iter().find(|wanted| !all.iter().any(|(name, _)| name == *wanted)) {
        return Err(unknown_case(unknown, &all).into());
    }
    Ok(all.into_iter().filter(|(name, _)| wanted.contains(name)).collect())
}

/// The complaint about a name that no case has, with the names that come near it.
pub fn unknown_case(wanted: &str, all: &[Named]) -> Misuse {
    Misuse(format!("no case is named `{wanted}`{}", advice(wanted, all)))
}

/// What to say when no case is selected: none matches any filter, or the share has none.
pub fn nothing_matches(filters: &Filters, all: &[Named]) -> String {
    let matched = |(name, _): &Named| {
        filters.filters.is_empty() || filters.filters.iter().any(|filter| has(name, filter))
    };
    match filters.partition {
        Some(partition) if all.iter().any(matched) => {
            format!("the partition {partition} is empty: fewer cases than that are selected")
        }
        _ => no_match(&filters.filters, all),
    }
}

fn no_match(filters: &[String], all: &[Named]) -> String {
    let tried: Vec<_> = filters.iter().map(|filter| format!("`{filter}`")).collect();
    let first = filters.first().map(String::as_str).unwrap_or_default();
    if let Some(verb) = verb_like(first) {
        return format!(
            "no case matches {}; the verb `{verb}` comes first, before options",
            tried.join(" or ")
        );
    }
    format!("no case matches {}{}", tried.join(" or "), advice(first, all))
}

fn advice(wanted: &str, all: &[Named]) -> String {
    let near = similar(wanted, all);
    match near.is_empty() {
        true => "; `ptrace-conformance list` shows all names".to_owned(),
        false => format!("; did you mean\n  {}", near.join("\n  ")),
    }
}

/// Up to three names that were probably meant: what goes on from the wanted one, else what comes close
/// to it, the closest first.
fn similar(wanted: &str, all: &[Named]) -> Vec<String> {
    let candidates = candidates(wanted, all);
    let longer: Vec<_> = prefixes(all).filter(|name| name.starts_with(&format!("{wanted}::"))).collect();
    if let Some(parts) = longer.iter().map(|name| name.split("::").count()).min() {
        return longer.into_iter().filter(|name| name.split("::").count() == parts).take(3).collect();
    }
    let score = |name: &String| strsim::normalized_damerau_levenshtein(wanted, name);
    let mut close: Vec<_> = candidates.into_iter().filter(|name| score(name) >= 0.6).collect();
    close.sort_by(|a, b| score(b).total_cmp(&score(a)));
    close.truncate(3);
    close
}

/// Names cut to as many parts as the wanted one has, so that like is compared with like; a single
/// word is compared with every part.
fn candidates(wanted: &str, all: &[Named]) -> BTreeSet<String> {
    match wanted.split("::").count() {
        1 => all.iter().flat_map(|(name, _)| name.split("::")).map(str::to_owned).collect(),
        parts => prefixes(all).filter(|name| name.split("::").count() == parts).collect(),
    }
}

/// Every family, behaviour and full name, each once, sorted.
fn prefixes(all: &[Named]) -> impl Iterator<Item = String> {
    let starts = all.iter().flat_map(|(name, _)| {
        let ends = name.match_indices("::").map(|(at, _)| at).chain([name.len()]);
        ends.map(move |end| name[..end].to_owned())
    });
    starts.collect::<BTreeSet<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::case::{Case, Family, all_variants};

    use super::*;

    static FAMILIES: &[Family] = &[
        Family {
            name: "stops",
            title: "Stops",
            cases: &[&[Case { name: "alternate", ..Case::NEW }, Case { name: "numbers_stay", ..Case::NEW }]],
        },
        Family { name: "events", title: "Events", cases: &[&[Case { name: "clone_message", ..Case::NEW }]] },
    ];

    fn names(filters: &[&str], exact: bool) -> anyhow::Result<Vec<String>> {
        let filters =
            Filters { filters: filters.iter().map(|&f| f.to_owned()).collect(), exact, partition: None };
        let chosen = select(&filters, all_variants(FAMILIES))?;
        Ok(chosen.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn filters_are_a_union_in_the_suites_order() {
        assert_eq!(names(&[], false).unwrap().len(), 9);
        let chosen = names(&["clone_message::seize", "alternate::traceme", "absent"], false).unwrap();
        assert_eq!(chosen, ["stops::alternate::traceme", "events::clone_message::seize"]);
        assert_eq!(names(&["message"], false).unwrap().len(), 3);
        assert_eq!(names(&["message::", "tops::"], false).unwrap(), [""; 0]);
        assert!(names(&["absent"], false).unwrap().is_empty());
    }

    #[test]
    fn exact_names_are_whole_names() {
        assert_eq!(names(&["stops::alternate::seize"], true).unwrap(), ["stops::alternate::seize"]);
        let error = names(&["stops::alternate"], true).expect_err("this is half a name");
        assert!(error.is::<Misuse>());
    }

    #[test]
    fn near_misses_are_offered() {
        let all = all_variants(FAMILIES);
        let said = |wanted: &str| unknown_case(wanted, &all).to_string();
        let texts = [
            said("stops::alternat::seise"),
            said("stops::numbers_stays"),
            said("evnts"),
            said("stops"),
            said("events::clone_message"),
            said("nothing like it"),
            no_match(&["clone_mesage".to_owned(), "x".to_owned()], &all),
            no_match(&["doctor".to_owned()], &all),
            no_match(&["lst".to_owned()], &all),
        ];
        insta::assert_snapshot!(texts.join("\n"), @"
        no case is named `stops::alternat::seise`; did you mean
          stops::alternate::seize
          stops::alternate::traceme
          stops::alternate::attach
        no case is named `stops::numbers_stays`; did you mean
          stops::numbers_stay
        no case is named `evnts`; did you mean
          events
        no case is named `stops`; did you mean
          stops::alternate
          stops::numbers_stay
        no case is named `events::clone_message`; did you mean
          events::clone_message::attach
          events::clone_message::seize
          events::clone_message::traceme
        no case is named `nothing like it`; `ptrace-conformance list` shows all names
        no case matches `clone_mesage` or `x`; did you mean
          clone_message
        no case matches `doctor`; the verb `doctor` comes first, before options
        no case matches `lst`; the verb `list` comes first, before options
        ");
    }

    #[test]
    fn a_partition_counts_what_the_filters_left() {
        let share = |text: &str, filter: &str| Filters {
            filters: vec![filter.to_owned()],
            exact: false,
            partition: Some(text.parse().unwrap()),
        };
        let all = all_variants(FAMILIES);
        let names = |filters: &Filters| -> Vec<String> {
            select(filters, all.clone()).unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&share("2/2", "clone_message")), ["events::clone_message::attach"]);
        assert!(names(&share("4/4", "clone_message")).is_empty());
        let said = ["clone_message", "clone_mesage"].map(|f| nothing_matches(&share("4/4", f), &all));
        insta::assert_snapshot!(said.join("\n"), @"
        the partition 4/4 is empty: fewer cases than that are selected
        no case matches `clone_mesage`; did you mean
          clone_message
        ");
    }
}
