//! The work on one target: its kernel is fetched, the suite runs there, and a report comes of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Arch, all_variants};
use ptrace_conformance_harness::pool::{Pool, Settings};

use super::args::Args;
use super::board::Board;
use super::target::{Kind, Planned};
use crate::cli::Filters;
use crate::exit::Misuse;
use crate::gvisor::{self, Platform, Sandbox};
use crate::interrupt::Interruption;
use crate::kernels::{Archive, Offer};
use crate::report::Report;
use crate::select;
use crate::target::Target;
use crate::vm;

/// Time limit for each case in gVisor: many hang there, and none needs long.
const GVISOR_CASE: Duration = Duration::from_secs(2);
/// And for all of them.
const GVISOR_WHOLE: Duration = Duration::from_secs(600);

/// What all targets share.
pub struct Shop<'a> {
    /// What was asked for.
    pub args: &'a Args,
    /// Which cases; a partition is one of targets here.
    pub filters: Filters,
    /// Where kernels come from; nothing where no target needs it.
    pub archive: Option<&'a Archive>,
    /// Binaries of the suite for the guests of each architecture.
    pub suites: &'a [(Arch, PathBuf)],
    /// Where to say how far it is.
    pub board: &'a Board,
    /// Whether the user has had enough.
    pub interruption: &'a Interruption,
}

/// What became of a target.
#[derive(Debug)]
pub enum Outcome {
    /// A report, and how long it took.
    Report(Box<Report>, Spent),
    /// It could not be tried here.
    Skipped(String),
    /// It was tried, and failed without a report.
    Failed(String),
}

/// Where the time of a target went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Until the guest's init ran; nothing where there is no guest.
    pub boot: Duration,
    /// The cases.
    pub cases: Duration,
    /// All of it, without fetching the kernel.
    pub whole: Duration,
}

impl Shop<'_> {
    /// Does all of it.
    pub fn work_on(&self, planned: &Planned) -> Outcome {
        match &planned.kind {
            Kind::Host => self.host(&planned.name),
            Kind::Gvisor(platform) => self.gvisor(&planned.name, *platform),
            Kind::Image(path, arch) => self.guest(&planned.name, self.vm_args(path, *arch, None)),
            Kind::Debian(offer, model) => self.debian(&planned.name, offer, *model),
        }
    }

    fn debian(&self, name: &str, offer: &Offer, model: Option<&str>) -> Outcome {
        let Some(archive) = self.archive else { return Outcome::Failed("no archive was opened".to_owned()) };
        self.board.at(name, if archive.has(offer) { "in the cache" } else { "fetching" });
        let kernel = match archive.fetch(offer) {
            Ok(kernel) => kernel,
            Err(error) => return Outcome::Skipped(format!("{error:#}")),
        };
        let args = self.vm_args(&kernel.image, offer.arch, model);
        match self.guest(name, args) {
            Outcome::Report(mut report, spent) => {
                report.target.package = Some(format!("{} {}", kernel.offer.package, kernel.offer.version));
                Outcome::Report(report, spent)
            }
            other => other,
        }
    }

    fn guest(&self, name: &str, args: vm::Args) -> Outcome {
        let mut audience = Audience { name, planned: 0, judged: 0, shop: self };
        match vm::guest_report(&args, &mut audience) {
            Ok(vm::Outcome { mut report, ended, boot, cases, whole, .. }) => {
                if let Some(why) = ended {
                    self.board.say(&format!("{name}: {why}"));
                }
                report.target.name = Some(name.to_owned());
                Outcome::Report(Box::new(report), Spent { boot, cases, whole })
            }
            // No QEMU, or one that does not know the processor: nothing can be said of the kernel.
            Err(error) if error.chain().any(|cause| cause.is::<Misuse>()) => {
                Outcome::Skipped(format!("{error:#}"))
            }
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }

    fn vm_args(&self, kernel: &Path, arch: Arch, model: Option<&str>) -> vm::Args {
        let suite = self.suites.iter().find(|(of, _)| *of == arch);
        vm::Args {
            filters: self.filters.clone(),
            arch: Some(arch),
            cpu: model.map(str::to_owned),
            timeout: self.args.timeout,
            patience: self.args.patience,
            suite: suite.map(|(_, path)| path.clone()),
            ..vm::Args::new(kernel)
        }
    }

    fn host(&self, name: &str) -> Outcome {
        self.board.at(name, "cases");
        let cases = match select::select(&self.filters, all_variants(FAMILIES)) {
            Ok(cases) => cases,
            Err(error) => return Outcome::Failed(format!("{error:#}")),
        };
        let begun = Instant::now();
        let pool = Pool::new(Settings { time_limit: self.args.timeout, ..Settings::default() });
        let mut records = vec![None; cases.len()];
        let go_on = || self.interruption.signal().is_none();
        pool.run_while(go_on, &cases, |at, done| records[at] = Some(done.record));
        drop(pool);
        let spent = begun.elapsed();
        match Target::host() {
            Ok(target) => {
                let target = Target { name: Some(name.to_owned()), ..target };
                let report = Report::new(target, cases.len(), records.into_iter().flatten().collect());
                Outcome::Report(Box::new(report), Spent { boot: Duration::ZERO, cases: spent, whole: spent })
            }
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }

    fn gvisor(&self, name: &str, platform: Platform) -> Outcome {
        self.board.at(name, "looking for runsc");
        let (runsc, missing) = match self.archive.map(Archive::runsc) {
            Some(Ok(runsc)) => (runsc, String::new()),
            Some(Err(error)) => ("runsc".into(), format!("; none from Debian: {error:#}")),
            None => ("runsc".into(), String::new()),
        };
        let sandbox = match Sandbox::find(&runsc, platform) {
            Ok(sandbox) => sandbox,
            Err(why) => return Outcome::Skipped(why + &missing),
        };
        self.board.at(name, "cases");
        let time_limit = self.args.timeout.min(GVISOR_CASE);
        let whole = GVISOR_WHOLE.saturating_mul(u32::try_from(self.args.patience).unwrap_or(u32::MAX));
        let order = gvisor::Order { filters: &self.filters, time_limit, whole };
        let begun = Instant::now();
        match sandbox.run(&order, || self.interruption.signal().is_none()) {
            Ok(report) => {
                let spent = begun.elapsed();
                Outcome::Report(Box::new(report), Spent { boot: Duration::ZERO, cases: spent, whole: spent })
            }
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }
}

/// Puts a guest's news on the board.
struct Audience<'a> {
    name: &'a str,
    planned: usize,
    judged: usize,
    shop: &'a Shop<'a>,
}

impl vm::Audience for Audience<'_> {
    fn boots(&mut self, _: &Path, _: &vm::Machine) {
        self.shop.board.at(self.name, "booting");
    }

    fn remark(&mut self, text: &str) {
        self.shop.board.say(&format!("{}: {text}", self.name));
    }

    fn news(&mut self, news: &vm::News, transcript: &vm::Transcript) {
        match news {
            vm::News::Planned => {
                self.planned = transcript.planned.as_ref().map_or(0, |plan| plan.cases.len())
            }
            vm::News::Judged(..) => self.judged += 1,
            _ => {}
        }
        let phase = match transcript.phase() {
            vm::Phase::Cases => format!("cases {}/{}", self.judged, self.planned),
            other => other.name().to_owned(),
        };
        self.shop.board.at(self.name, &phase);
    }

    fn signal(&self) -> Option<i32> {
        self.shop.interruption.signal()
    }
}
