//! The verb `evidence`: keeps reports in the directory of evidence and makes the pages that follow from them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;

use super::{Proof, put, read, read_file, write};
use crate::audit::Gist;
use crate::coverage;
use crate::exit::{Misuse, Status};
use crate::quirks;
use crate::report::Report;
use crate::select::behaviour;

/// The page about everything that differs.
const QUIRKS: &str = "QUIRKS.md";

/// The page about every documented statement, and which were checked.
const CLAUSES: &str = "CLAUSES.md";

/// The page about what other suites test.
const PEERS: &str = "PEERS.md";

/// The page about which request is allowed when.
const LEGALITY: &str = "LEGALITY.md";

/// Where evidence is, unless another place is named.
pub const REPORTS: &str = "reports";

const EXAMPLES: &str = "\
Examples:
  ptrace-conformance matrix --out new             run the suite on every kernel
  ptrace-conformance evidence new                 keep those reports as evidence, instead of older ones of
                                                  the same targets
  ptrace-conformance evidence                     make the pages anew, after their text has changed
  ptrace-conformance evidence --check             see whether the pages are up to date
  ptrace-conformance audit --format json --out audit.json; ptrace-conformance evidence audit.json
                                                  keep which checks were seen failing
  ptrace-conformance evidence --check audit.json  see whether all those still are

Exit status: 0 done or up to date, 1 not up to date, 2 unreadable input or unwritable output";

/// What to keep, and where.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Reports, or directories of them, that `matrix` wrote; or audits, `audit`'s JSON
    #[arg(value_name = "REPORT")]
    pub sources: Vec<PathBuf>,
    /// The directory of evidence
    #[arg(long, value_name = "DIR", default_value = REPORTS)]
    pub reports: PathBuf,
    /// Write nothing, only say whether the pages are up to date, and whether the audits named lack no proof
    #[arg(long)]
    pub check: bool,
}

/// Does what was asked.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let Sources { reports, audits } = Sources::read(&args.sources)?;
    if args.check {
        return check(&args.reports, &reports, &audits);
    }
    if !audits.is_empty() {
        let mut proof = Proof::read(&args.reports)?;
        audits.into_iter().try_for_each(|gist| proof.take(gist))?;
        let there = all_variants(FAMILIES);
        proof.forget_all_but(&there.iter().map(|(name, _)| behaviour(name)).collect());
        proof.write(&args.reports)?;
    }
    let (kept, pages) = keep(&args.reports, reports)?;
    let written: Vec<_> = pages.iter().map(|page| page.display().to_string()).collect();
    anstream::eprintln!("evidence of {kept} targets; {} made from it", written.join(", "));
    Ok(Status::AsExpected)
}

/// What was named.
#[derive(Default)]
struct Sources {
    reports: Vec<Report>,
    audits: Vec<Gist>,
}

impl Sources {
    fn read(paths: &[PathBuf]) -> anyhow::Result<Sources> {
        let mut sources = Sources::default();
        for path in paths {
            if path.is_dir() {
                sources.reports.extend(read(path)?);
            } else if let Some(gist) = audit_at(path)? {
                sources.audits.push(gist);
            } else {
                sources.reports.push(read_file(path)?);
            }
        }
        Ok(sources)
    }
}

/// The audit in this file, if it is not some other document.
fn audit_at(path: &Path) -> anyhow::Result<Option<Gist>> {
    let fail = || format!("cannot read {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| Misuse(error.to_string())).with_context(fail)?;
    Gist::read(&text).with_context(fail)
}

/// Keeps these reports instead of older ones of the same targets, and makes the pages. How many targets there are
/// now, and the pages.
pub fn keep(dir: &Path, new: Vec<Report>) -> anyhow::Result<(usize, Vec<PathBuf>)> {
    let mut all = if dir.is_dir() { read(dir)? } else { Vec::new() };
    all.retain(|old| new.iter().all(|new| new.target.name != old.target.name));
    all.extend(new);
    write(dir, &all)?;
    // In the order in which everybody reads them.
    let all = read(dir)?;
    let pages = pages(&all, &Proof::read(dir)?).into_iter().map(|(name, text)| (dir.join(name), text));
    let mut made = Vec::new();
    for (path, text) in pages {
        put(&path, &text)?;
        made.push(path);
    }
    Ok((all.len(), made))
}

/// The pages that follow from evidence, by their file names.
fn pages(reports: &[Report], proof: &Proof) -> Vec<(&'static str, String)> {
    vec![
        (QUIRKS, quirks::page(reports)),
        (CLAUSES, coverage::page(reports, proof)),
        (PEERS, coverage::peers_page()),
        (LEGALITY, coverage::legality_page()),
    ]
}

fn check(dir: &Path, reports: &[Report], audits: &[Gist]) -> anyhow::Result<Status> {
    if !reports.is_empty() {
        let instead = "`compare` holds reports against each other";
        return Err(Misuse(format!("--check takes audits, not reports; {instead}")).into());
    }
    let stale = stale(dir)?;
    if !stale.is_empty() {
        let again = "make them anew with `ptrace-conformance evidence`";
        anstream::eprintln!("not up to date: {}; {again}", stale.join(", "));
    }
    let proof = Proof::read(dir)?;
    let lost: Vec<_> = audits.iter().flat_map(|gist| proof.lost(gist)).collect();
    for one in &lost {
        anstream::eprintln!("not seen failing any more: {one}");
    }
    Ok(if stale.is_empty() && lost.is_empty() { Status::AsExpected } else { Status::Deviation })
}

/// The pages that do not say what the evidence says.
pub fn stale(dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for (name, text) in pages(&read(dir)?, &Proof::read(dir)?) {
        let path = dir.join(name);
        let there = match std::fs::read_to_string(&path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Misuse(format!("cannot read {}: {error}", path.display())).into()),
        };
        if there.as_deref() != Some(&text) {
            stale.push(path.display().to_string());
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use ptrace_conformance_harness::record::Verdict;

    use super::*;
    use crate::report::sample;

    fn named(name: &str, verdict: Verdict) -> Report {
        let mut report = sample::report(&[verdict]);
        report.target.name = Some(name.to_owned());
        report
    }

    #[test]
    fn a_new_report_takes_the_place_of_an_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let reports = dir.path().join("reports");
        keep(&reports, vec![named("b", Verdict::Conforms), named("a", Verdict::Conforms)]).unwrap();
        let (kept, pages) = keep(&reports, vec![named("b", Verdict::Quirk)]).unwrap();
        assert_eq!(
            (kept, pages),
            (2, [QUIRKS, CLAUSES, PEERS, LEGALITY].map(|page| reports.join(page)).to_vec())
        );
        assert_eq!(read(&reports).unwrap(), [named("a", Verdict::Conforms), named("b", Verdict::Quirk)]);
    }

    #[test]
    fn a_page_that_was_edited_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        keep(dir.path(), vec![named("a", Verdict::Conforms)]).unwrap();
        assert!(stale(dir.path()).unwrap().is_empty());
        for page in [QUIRKS, CLAUSES, PEERS, LEGALITY].map(|name| dir.path().join(name)) {
            let text = std::fs::read_to_string(&page).unwrap();
            std::fs::write(&page, "something else").unwrap();
            assert_eq!(stale(dir.path()).unwrap(), [page.display().to_string()]);
            std::fs::remove_file(&page).unwrap();
            assert_eq!(check(dir.path(), &[], &[]).unwrap(), Status::Deviation);
            std::fs::write(&page, text).unwrap();
        }
    }
}
