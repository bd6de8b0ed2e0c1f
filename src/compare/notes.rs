//! Notes: what makes two reports less alike than their kernels.

use std::collections::BTreeSet;

use crate::report::Report;

/// What a reader must know before differences between these reports mean anything.
pub fn of(old: &Report, new: &Report) -> Vec<String> {
    [architecture(old, new), order(old, new), suite(old, new), machine(old, new), lists(old, new)]
        .into_iter()
        .flatten()
        .chain(incomplete("old", old))
        .chain(incomplete("new", new))
        .collect()
}

fn architecture(old: &Report, new: &Report) -> Option<String> {
    let (old, new) = (&old.target.arch, &new.target.arch);
    (old != new).then(|| {
        format!(
            "{old} is compared with {new}: what differs is told, and nothing of it counts as a regression"
        )
    })
}

fn order(old: &Report, new: &Report) -> Option<String> {
    let (old, new) = (&old.target, &new.target);
    (new.version() < old.version())
        .then(|| format!("the kernel that stands for new, {}, is older than {}", new.label(), old.label()))
}

fn suite(old: &Report, new: &Report) -> Option<String> {
    let (old, new) = (&old.suite.version, &new.suite.version);
    (old != new).then(|| {
        format!(
            "the reports are of suite versions {old} and {new}: expectations may have changed, not the kernel"
        )
    })
}

/// The machines, as far as they differ.
fn machine(old: &Report, new: &Report) -> Option<String> {
    let (old, new) = (&old.target, &new.target);
    let own = |told: &Option<String>| told.clone().unwrap_or_else(|| "none".to_owned());
    let differing = [
        ("platform", old.platform.clone(), new.platform.clone()),
        ("emulator", own(&old.emulator), own(&new.emulator)),
        ("accelerator", own(&old.accelerator), own(&new.accelerator)),
        ("processor", own(&old.cpu), own(&new.cpu)),
    ];
    let told: Vec<_> = differing
        .iter()
        .filter(|(_, old, new)| old != new)
        .map(|(what, old, new)| format!("{what} {old} and {new}"))
        .collect();
    let across = old.arch != new.arch;
    (!told.is_empty() && !across).then(|| {
        format!(
            "the machines differ ({}): a difference can be theirs instead of the kernels'",
            told.join(", ")
        )
    })
}

fn lists(old: &Report, new: &Report) -> Option<String> {
    let names =
        |report: &Report| report.cases.iter().map(|record| record.name.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (names(old), names(new));
    let (added, gone) = (new.difference(&old).count(), old.difference(&new).count());
    (added + gone > 0).then(|| {
        format!("the lists of cases differ: {added} only in the new report, {gone} only in the old one")
    })
}

fn incomplete(which: &str, report: &Report) -> Option<String> {
    let totals = &report.totals;
    (!report.complete).then(|| {
        format!("the {which} report is incomplete: {} of {} cases ran", totals.cases, totals.planned)
    })
}
