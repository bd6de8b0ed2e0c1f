//! The verb `evidence`: keeps reports in the directory of evidence and makes the pages that follow from them.

use std::path::{Path, PathBuf};

use super::{put, read, read_file, write};
use crate::coverage;
use crate::exit::{Misuse, Status};
use crate::quirks;
use crate::report::Report;

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

Exit status: 0 done or up to date, 1 not up to date, 2 unreadable input or unwritable output";

/// What to keep, and where.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Reports, or directories of them, that `matrix` wrote
    #[arg(value_name = "REPORT")]
    pub sources: Vec<PathBuf>,
    /// The directory of evidence
    #[arg(long, value_name = "DIR", default_value = REPORTS)]
    pub reports: PathBuf,
    /// Write nothing, only say whether the pages are up to date
    #[arg(long, conflicts_with = "sources")]
    pub check: bool,
}

/// Does what was asked.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    if args.check {
        return check(&args.reports);
    }
    let mut new = Vec::new();
    for source in &args.sources {
        new.extend(if source.is_dir() { read(source)? } else { vec![read_file(source)?] });
    }
    let (kept, pages) = keep(&args.reports, new)?;
    let written: Vec<_> = pages.iter().map(|page| page.display().to_string()).collect();
    anstream::eprintln!("evidence of {kept} targets; {} made from it", written.join(", "));
    Ok(Status::AsExpected)
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
    let pages = pages(&all).into_iter().map(|(name, text)| (dir.join(name), text));
    let mut made = Vec::new();
    for (path, text) in pages {
        put(&path, &text)?;
        made.push(path);
    }
    Ok((all.len(), made))
}

/// The pages that follow from evidence, by their file names.
fn pages(reports: &[Report]) -> Vec<(&'static str, String)> {
    vec![
        (QUIRKS, quirks::page(reports)),
        (CLAUSES, coverage::page(reports)),
        (PEERS, coverage::peers_page()),
        (LEGALITY, coverage::legality_page()),
    ]
}

fn check(dir: &Path) -> anyhow::Result<Status> {
    let stale = stale(dir)?;
    match stale.is_empty() {
        true => Ok(Status::AsExpected),
        false => {
            let again = "make them anew with `ptrace-conformance evidence`";
            anstream::eprintln!("not up to date: {}; {again}", stale.join(", "));
            Ok(Status::Deviation)
        }
    }
}

/// The pages that do not say what the evidence says.
pub fn stale(dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for (name, text) in pages(&read(dir)?) {
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
            assert_eq!(check(dir.path()).unwrap(), Status::Deviation);
            std::fs::write(&page, text).unwrap();
        }
    }
}
