//! Merging: the parts of one run on one target become the report that an undivided run writes.

use std::collections::HashMap;

use crate::exit::Misuse;
use crate::report::{Report, Times};

/// One report of all parts, each given with its file, in this order of case names.
///
/// It is complete if each part is; a part that was never given is missed by nobody here.
pub fn merge(parts: Vec<(String, Report)>, order: &[String]) -> anyhow::Result<Report> {
    let Some((first, rest)) = parts.split_first() else {
        return Err(Misuse("there is none".to_owned()).into());
    };
    for part in rest {
        fits(first, part)?;
    }
    disjoint(&parts)?;
    let planned = parts.iter().map(|(_, report)| report.totals.planned).sum();
    let complete = parts.iter().all(|(_, report)| report.complete);
    let times = times(&parts);
    let (suite, target) = (first.1.suite.clone(), first.1.target.clone());
    let mut cases: Vec<_> = parts.into_iter().flat_map(|(_, report)| report.cases).collect();
    let place: HashMap<_, _> = order.iter().zip(0usize..).collect();
    // Cases of another version of the suite, which we cannot place, keep their order behind the others.
    cases.sort_by_key(|record| place.get(&record.name).copied().unwrap_or(usize::MAX));
    let whole = Report::new(target, planned, cases);
    Ok(Report { suite, complete: complete && whole.complete, times, ..whole })
}

fn fits((first, one): &(String, Report), (second, other): &(String, Report)) -> Result<(), Misuse> {
    let (mine, theirs) = (&one.suite.version, &other.suite.version);
    if one.suite != other.suite {
        return Err(Misuse(format!("{first} is of version {mine} of the suite, {second} of {theirs}")));
    }
    if one.target == other.target {
        return Ok(());
    }
    let (mine, theirs) = (&one.target, &other.target);
    Err(Misuse(match mine.to_string() == theirs.to_string() {
        true => {
            format!("{first} and {second} are both of {mine}, but its build, package or processor differ")
        }
        false => format!("{first} is of {mine}, {second} of {theirs}"),
    }))
}

fn disjoint(parts: &[(String, Report)]) -> Result<(), Misuse> {
    let mut seen = HashMap::new();
    for (file, report) in parts {
        for record in &report.cases {
            if let Some(earlier) = seen.insert(record.name.as_str(), file) {
                return Err(Misuse(format!("{} is in both {earlier} and {file}", record.name)));
            }
        }
    }
    Ok(())
}

/// Times if every part has them; the parts ran side by side or one after the other, so they add up to
/// what one machine would have spent.
fn times(parts: &[(String, Report)]) -> Option<Times> {
    let all = parts.iter().map(|(_, report)| report.times.as_ref()).collect::<Option<Vec<_>>>()?;
    Some(Times {
        elapsed_us: all.iter().map(|times| times.elapsed_us).sum(),
        cases_us: all.iter().flat_map(|times| times.cases_us.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::record::Verdict;

    use super::*;
    use crate::report::sample;

    fn part(file: &str, planned: usize, names: &[&str]) -> (String, Report) {
        let records = names.iter().map(|name| sample::record(name, Verdict::Conforms)).collect();
        (file.to_owned(), Report::new(sample::target(), planned, records))
    }

    fn order() -> Vec<String> {
        ["f::a", "f::b", "f::c"].map(str::to_owned).to_vec()
    }

    fn refused(parts: Vec<(String, Report)>) -> String {
        let error = merge(parts, &order()).expect_err("these do not fit");
        assert!(error.is::<Misuse>(), "the user's input, so status 2");
        error.to_string()
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let (odd, even) = (part("odd", 2, &["f::a", "f::c"]), part("even", 1, &["f::b"]));
        let whole = part("whole", 3, &["f::a", "f::b", "f::c"]).1;
        assert_eq!(merge(vec![odd.clone(), even.clone()], &order()).unwrap(), whole);
        assert_eq!(merge(vec![even, odd], &order()).unwrap(), whole);
    }

    #[test]
    fn a_part_that_is_incomplete_leaves_the_whole_incomplete() {
        let whole = merge(vec![part("a", 2, &["f::a"]), part("b", 1, &["f::b"])], &order()).unwrap();
        assert_eq!((whole.complete, whole.totals.planned, whole.totals.cases), (false, 3, 2));
        let mut cut_short = part("a", 1, &["f::a"]);
        cut_short.1.complete = false;
        assert!(!merge(vec![cut_short, part("b", 1, &["f::b"])], &order()).unwrap().complete);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        let one = part("one", 1, &["f::a"]);
        let (mut elsewhere, mut rebuilt, mut newer) =
            (part("two", 1, &["f::b"]), part("two", 1, &["f::b"]), part("two", 1, &["f::b"]));
        elsewhere.1.target.kernel = "7.0.0".into();
        rebuilt.1.target.kernel_version = "#2 SMP".into();
        newer.1.suite.version = "9".into();
        let mut old = one.clone();
        old.1.suite.version = "1".into();
        let said = [
            refused(vec![one.clone(), part("two", 1, &["f::a"])]),
            refused(vec![one.clone(), elsewhere]),
            refused(vec![one, rebuilt]),
            refused(vec![old, newer]),
            refused(vec![]),
        ];
        insta::assert_snapshot!(said.join("\n"), @"
        f::a is in both one and two
        one is of x86_64 Linux 6.99.0-sample (host), two of x86_64 Linux 7.0.0 (host)
        one and two are both of x86_64 Linux 6.99.0-sample (host), but its build, package or processor differ
        one is of version 1 of the suite, two of 9
        there is none
        ");
    }
}
