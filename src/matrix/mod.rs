//! The verb `matrix`: the suite on many kernels, as many at a time as there are processors.
//!
//! ```text
//!   target    which there are, which were chosen        (from kernels, the cache of Debian packages)
//!   work      one target: fetch, run, report            (vm, gvisor, or the running kernel)
//!   board     how far each is, while they run
//!   summary   what became of all of them
//! ```

mod args;
mod board;
mod summary;
mod target;
mod work;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
pub use args::Args;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Arch, all_variants};
use ptrace_conformance_harness::parallel;
use ptrace_conformance_harness::processor::pinned;
use serde::Serialize;

use crate::cli::{Filters, Format};
use crate::compare::{self, Source};
use crate::evidence;
use crate::exit::{Misuse, Status};
use crate::interrupt::Interruption;
use crate::kernels::{Archive, Offer, Options};
use crate::output::{self, Place};
use crate::report::Report;
use crate::{select, vm};
use board::Board;
use summary::Summary;
use target::{Kind, Planned};
use work::{Outcome, Shop};

/// Runs the suite on the chosen targets, tells of them and says how it went.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let all = all_variants(FAMILIES);
    let filters = Filters { partition: None, ..args.filters.clone() };
    if select::select(&filters, all.clone())?.is_empty() {
        anstream::eprintln!("{}", select::nothing_matches(&filters, &all));
        return Ok(Status::NothingRan);
    }
    let open = || Archive::open(&Options { mirrors: args.mirrors.clone(), offline: args.offline });
    if args.lines {
        return lines(args, &open()?);
    }
    let targets = target::choose(args, open)?;
    if targets.is_empty() {
        anstream::eprintln!("no target is left; look at --kernels, --kernel, --arch and --partition");
        return Ok(Status::NothingRan);
    }
    if let Some(dir) = &args.out {
        places(dir, &targets)?;
    }
    let baseline =
        args.baseline.as_ref().map(|dir| compare::find(&dir.display().to_string(), None)).transpose()?;
    let archive = archive(&targets, open)?;
    let interruption = Interruption::watch()?;
    Interruption::announce("ending the guests; what is finished is kept; ctrl-C again ends at once")?;
    let (suites, board) = (suites(&targets)?, Board::new(targets.len()));
    let shop = Shop {
        args,
        filters,
        archive: archive.as_ref(),
        suites: &suites,
        board: &board,
        interruption: &interruption,
    };
    let summary = work(&shop, &targets)?;
    match args.format {
        Format::Json => output::print(&summary.json()?)?,
        _ => output::print(&summary.human())?,
    }
    match (&args.refresh, interruption.signal()) {
        (Some(_), Some(_)) => anstream::eprintln!("not kept as evidence: the matrix was ended early"),
        (Some(dir), None) => drop(evidence::keep(dir, summary.reports().cloned().collect())?),
        (None, _) => {}
    }
    match interruption.signal() {
        Some(signal) => Ok(Status::Interrupted(signal)),
        None => judge(baseline.as_ref(), &shop.filters, &summary),
    }
}

/// How it went: by the verdicts, or against a baseline, which is told then.
fn judge(baseline: Option<&Source>, filters: &Filters, summary: &Summary) -> anyhow::Result<Status> {
    let Some(baseline) = baseline else { return Ok(status(summary)) };
    let mut all = Vec::new();
    for report in summary.reports() {
        let found = compare::against(baseline, report, filters)?;
        if found.status() != Status::AsExpected || found.differs() {
            output::print(&format!("\n{}", found.human()))?;
        }
        all.push(found.status());
    }
    all.extend(summary.failed().then_some(Status::OwnFailure));
    Ok(worst(&all))
}

/// Where kernels and gVisor come from, if a target needs it. Without it gVisor may still be on the search path.
fn archive(
    targets: &[Planned],
    open: impl Fn() -> anyhow::Result<Archive>,
) -> anyhow::Result<Option<Archive>> {
    let any = |wanted: fn(&Kind) -> bool| targets.iter().any(|target| wanted(&target.kind));
    if any(|kind| matches!(kind, Kind::Debian(..))) {
        return open().map(Some);
    }
    if !any(|kind| matches!(kind, Kind::Gvisor(_))) {
        return Ok(None);
    }
    Ok(open().inspect_err(|error| anstream::eprintln!("note: no gVisor from Debian: {error:#}")).ok())
}

/// A kernel that there is.
#[derive(Debug, Serialize)]
struct Line {
    #[serde(flatten)]
    offer: Offer,
    cached: bool,
}

/// Lists the kernels that there are.
fn lines(args: &Args, archive: &Archive) -> anyhow::Result<Status> {
    archive.something_to_offer()?;
    let mut lines = Vec::new();
    for &arch in Arch::ALL.iter().filter(|&&arch| args.arch.is_none_or(|only| only == arch)) {
        for offer in archive.offers(arch)? {
            lines.push(Line { cached: archive.has(&offer), offer });
        }
    }
    match args.format {
        Format::Human => output::print(&table(&lines))?,
        Format::Json => output::print(&(serde_json::to_string_pretty(&lines)? + "\n"))?,
    }
    Ok(Status::AsExpected)
}

fn table(lines: &[Line]) -> String {
    let head = format!("{:8} {:8} {:7} {:44} version\n", "line", "arch", "cached", "package");
    let row = |Line { offer: Offer { line, arch, package, version }, cached }: &Line| {
        let cached = if *cached { "yes" } else { "no" };
        format!("{line:8} {:8} {cached:7} {package:44} {version}\n", arch.name())
    };
    head + &lines.iter().map(row).collect::<String>()
}

/// A binary of the suite for each architecture that a guest will have: built once, whatever the number of guests.
fn suites(targets: &[Planned]) -> anyhow::Result<Vec<(Arch, PathBuf)>> {
    let is_for = |arch: Arch| move |target: &Planned| target.kind.guest() == Some(arch);
    let foreign = Arch::ALL.iter().filter(|&&arch| arch != Arch::HERE && targets.iter().any(is_for(arch)));
    foreign.map(|&arch| Ok((arch, vm::cross::build(arch)?))).collect()
}

/// Works on all targets, a few at a time, and keeps each report as it comes.
fn work(shop: &Shop<'_>, targets: &[Planned]) -> anyhow::Result<Summary> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = shop.args.jobs.unwrap_or(processors);
    let begun = Instant::now();
    let mut outcomes: Vec<Option<Outcome>> = targets.iter().map(|_| None).collect();
    let go_on = || shop.interruption.signal().is_none();
    // A guest for each processor: each stays on its own, as nobody else's would be free.
    let slot = |job| (jobs == processors).then_some(job);
    let take = |at: usize, outcome: Outcome| {
        keep(shop, &targets[at].name, &outcome)?;
        outcomes[at] = Some(outcome);
        anyhow::Ok(())
    };
    parallel::each(jobs, targets, go_on, |job, target| work_on(shop, target, slot(job)), take)?;
    shop.board.clear();
    let never = || Outcome::Skipped("the matrix was ended before it began".to_owned());
    let names = targets.iter().map(|target| target.name.clone());
    let rows = names.zip(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(never))).collect();
    Ok(Summary { rows, wall: begun.elapsed() })
}

fn work_on(shop: &Shop<'_>, target: &Planned, slot: Option<usize>) -> Outcome {
    if let Some(kept) = kept(shop, target) {
        shop.board.done(&target.name, &format!("{}: kept from before", target.name));
        return Outcome::Report(Box::new(kept), work::Spent::default());
    }
    let outcome = match slot.filter(|_| target.kind.guest().is_some()) {
        Some(slot) => pinned(slot, || shop.work_on(target)),
        None => shop.work_on(target),
    };
    shop.board.done(&target.name, &format!("{}: {}", target.name, brief(&outcome)));
    outcome
}

fn brief(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Report(report, spent) => {
            let totals = &report.totals;
            let count = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
            let counts = [
                count(totals.conforms, "conform"),
                count(totals.quirk, "quirks"),
                count(totals.deviates, "deviate"),
                count(totals.skipped, "skipped"),
                count(totals.broken, "broken"),
            ];
            let counts: Vec<_> = counts.into_iter().flatten().collect();
            format!("{} in {:.1} s", counts.join(", "), spent.whole.as_secs_f64())
        }
        Outcome::Skipped(why) => format!("skipped: {why}"),
        Outcome::Failed(why) => format!("failed: {why}"),
    }
}

/// The report of an earlier run that is as good as a new one.
fn kept(shop: &Shop<'_>, target: &Planned) -> Option<Report> {
    let dir = shop.args.out.as_ref().filter(|_| shop.args.resume)?;
    let Kind::Debian(offer, _) = &target.kind else { return None };
    let report = Report::read(&dir.join(format!("{}.json", target.name))).ok()?;
    let package = Some(format!("{} {}", offer.package, offer.version));
    let cases = select::select(&shop.filters, all_variants(FAMILIES)).ok()?;
    let same = report.cases.iter().map(|record| &record.name).eq(cases.iter().map(|(name, _)| name));
    (report.complete
        && same
        && report.target.package == package
        && report.suite == crate::report::Suite::this())
    .then_some(report)
}

/// Makes the directory of the reports and looks at each one's place, so that a typing error costs no run.
fn places(dir: &Path, targets: &[Planned]) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir)
        .map_err(|error| Misuse(format!("cannot make {}: {error}; choose another --out", dir.display())))?;
    targets.iter().try_for_each(|target| place(dir, &target.name).map(drop))
}

fn place(dir: &Path, name: &str) -> anyhow::Result<Place> {
    Place::at(&dir.join(format!("{name}.json")))
}

/// Puts a report where it was asked for. What an interruption has cut short does not take the place of a whole one.
fn keep(shop: &Shop<'_>, name: &str, outcome: &Outcome) -> anyhow::Result<()> {
    let (Some(dir), Outcome::Report(report, _)) = (&shop.args.out, outcome) else { return Ok(()) };
    let cut_short = !report.complete && shop.interruption.signal().is_some();
    let earlier = || Report::read(&dir.join(format!("{name}.json")));
    if cut_short && earlier().is_ok_and(|earlier| earlier.complete) {
        shop.board.say(&format!("{name}: ended early; the earlier report, which is complete, is kept"));
        return Ok(());
    }
    place(dir, name)?.write(&report.to_json()?).with_context(|| format!("the report of {name} is lost"))
}

/// The worst of all targets.
fn status(summary: &Summary) -> Status {
    let of = |(_, outcome): &(String, Outcome)| match outcome {
        Outcome::Report(report, _) => Some(Status::of(report)),
        Outcome::Skipped(_) => None,
        Outcome::Failed(_) => Some(Status::OwnFailure),
    };
    worst(&summary.rows.iter().filter_map(of).collect::<Vec<_>>())
}

fn worst(all: &[Status]) -> Status {
    let order = [Status::Deviation, Status::OwnFailure, Status::AsExpected];
    order.into_iter().find(|status| all.contains(status)).unwrap_or(Status::NothingRan)
}
