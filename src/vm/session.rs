//! One session with a guest: prepared from the arguments, booted, and watched to its end.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow};
use ptrace_conformance_harness::record::Observation;

use super::Outcome;
use super::accel::{self, Accelerator};
use super::args::Args;
use super::files::{self, Files, Stored};
use super::guest::Guest;
use super::image::Image;
use super::inside::Order;
use super::ledger::{Ledger, Next};
use super::limits::Limits;
use super::qemu::{self, Machine};
use super::suite;
use super::transcript::{News, Phase, Transcript};
use super::watch::{self, Audience, Ending, Watched};
use crate::cli::Filters;
use crate::exit::Misuse;
use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::report::Report;

/// A guest ready to be booted.
#[derive(Debug)]
pub struct Session<'a> {
    args: &'a Args,
    image: Image,
    suite: Vec<u8>,
    files: Files,
    settled: Option<Accelerator>,
}

/// The initramfs is unpacked into memory beside itself; more than this share of it leaves too little.
const INITRAMFS_SHARE: usize = 4;

impl<'a> Session<'a> {
    /// Reads, builds and checks all that the guest needs.
    pub fn prepare(args: &'a Args) -> anyhow::Result<Session<'a>> {
        let image = Image::open(&args.kernel, args.arch)?;
        let suite = suite::binary(image.arch, args.suite.as_deref())?;
        let initramfs = initramfs(args, &suite, args.filters.clone())?;
        let files = Files::new(&image.content, &initramfs, args.keep.as_deref())?;
        Ok(Session { args, image, suite, files, settled: None })
    }

    /// The next boot runs these cases.
    fn order(&mut self, cases: Vec<String>) -> anyhow::Result<()> {
        let filters = Filters { filters: cases, exact: true, partition: None };
        let initramfs = initramfs(self.args, &self.suite, filters)?;
        self.files.initramfs = Stored::new(&initramfs, self.args.keep.as_deref(), "initramfs.cpio")?;
        Ok(())
    }

    /// The accelerator that is tried first.
    pub fn first(&self) -> Accelerator {
        self.candidates().first().copied().unwrap_or(Accelerator::Tcg)
    }

    fn candidates(&self) -> Vec<Accelerator> {
        match self.settled {
            Some(accelerator) => vec![accelerator],
            None => self.args.accel.candidates(self.image.arch).to_vec(),
        }
    }

    fn machine(&self, accelerator: Accelerator) -> Machine {
        Machine {
            program: self.args.qemu.clone().unwrap_or_else(|| qemu::program(self.image.arch)),
            arch: self.image.arch,
            accelerator,
            cpu: self.args.cpu.clone(),
            memory: self.args.memory,
            append: self.args.append.clone(),
        }
    }

    /// The QEMU command as a line for a shell.
    pub fn command(&self, accelerator: Accelerator) -> String {
        let machine = self.machine(accelerator);
        qemu::shell_line(&machine.program, &self.arguments(&machine))
    }

    fn arguments(&self, machine: &Machine) -> Vec<std::ffi::OsString> {
        machine.arguments(&self.files.kernel.path(), &self.files.initramfs.path())
    }

    /// Boots the guest as often as it takes.
    pub fn outcome(&mut self, audience: &mut dyn Audience) -> anyhow::Result<Outcome> {
        let (timeout, patience) = (self.args.timeout, self.args.patience);
        self.outcome_within(audience, |accelerator| Limits::new(accelerator, timeout, patience))
    }

    /// The same with limits of the caller's choice.
    pub fn outcome_within(
        &mut self,
        audience: &mut dyn Audience,
        limits: impl Fn(Accelerator) -> Limits,
    ) -> anyhow::Result<Outcome> {
        let (mut ledger, mut history) = (Ledger::default(), History::default());
        loop {
            let (watched, machine) = self.run_within(audience, &limits)?;
            let next = ledger.take(&watched);
            history.add(&watched);
            let ended = match next {
                Next::Again(cases, cause) => {
                    let during = watched.transcript.culprit().map(|name| format!(" during {name}"));
                    let during = during.unwrap_or_default();
                    audience.remark(&format!("the guest is lost{during}: {cause}; it is booted again"));
                    self.order(cases)?;
                    continue;
                }
                Next::Done => None,
                Next::End(cause) => Some(cause),
            };
            return self.conclude(&watched, &machine, ledger, history, ended);
        }
    }

    fn conclude(
        &self,
        watched: &Watched,
        machine: &Machine,
        ledger: Ledger,
        history: History,
        ended: Option<String>,
    ) -> anyhow::Result<Outcome> {
        let boots = ledger.boots();
        let wrong = ended.is_some() || boots > 1 || watched.transcript.alarms.gravest().is_some();
        let log = self.keep_log(&history.log, wrong)?;
        let cause = ended.clone().unwrap_or_default();
        let Some((report, ended)) = ledger.report(ended, machine) else {
            return Err(no_report(watched, &cause, log.as_deref()));
        };
        let ended = ended.map(|why| why + &console_at(log.as_deref()));
        let History { boot, cases, whole, .. } = history;
        let complaints = history.complaints(&report);
        Ok(Outcome { report, ended, boots, boot, cases, whole, log, complaints })
    }

    /// Boots the guest once and watches it to its end, with the first accelerator under which it comes up.
    pub fn run_within(
        &mut self,
        show: &mut dyn Audience,
        limits: impl Fn(Accelerator) -> Limits,
    ) -> anyhow::Result<(Watched, Machine)> {
        let mut candidates = self.candidates().into_iter().peekable();
        loop {
            let accelerator = candidates.next().context("there is no accelerator to try")?;
            let fallback = candidates.peek().is_some();
            let mut limits = limits(accelerator);
            if fallback {
                limits = limits.for_a_try(self.args.patience);
            }
            let machine = self.machine(accelerator);
            show.boots(&self.args.kernel, &machine);
            let watched = watch::watch(self.boot(&machine)?, &limits, show);
            if !fallback || came_up(&watched) {
                self.settled = Some(accelerator);
                return Ok((watched, machine));
            }
            accel::remember_hang();
            show.remark(&format!(
                "note: no guest starts with {} here; emulating instead (--accel tcg spares the try)",
                accelerator.name()
            ));
        }
    }

    fn boot(&self, machine: &Machine) -> anyhow::Result<Guest> {
        let program = machine.program.display();
        Guest::start(&machine.program, &self.arguments(machine)).map_err(|error| {
            let why = match error.kind() {
                ErrorKind::NotFound => {
                    format!("{program} is not there: {}", qemu::install_hint(machine.arch))
                }
                _ => format!("cannot start {program}: {error}"),
            };
            Misuse(why).into()
        })
    }

    /// Boots the guest with this accelerator, only so patient that it is found out whether it comes up.
    pub fn try_out(&self, accelerator: Accelerator) -> anyhow::Result<Watched> {
        let limits = Limits::new(accelerator, self.args.timeout, 1).for_a_try(1);
        let guest = self.boot(&self.machine(accelerator))?;
        Ok(watch::watch(guest, &limits, &mut Show::undisturbed()))
    }

    /// Keeps the console's log where the user wants it, and whenever something was wrong with the guest.
    fn keep_log(&self, log: &str, wrong: bool) -> anyhow::Result<Option<PathBuf>> {
        let keep = self.args.keep.as_deref();
        if let Some(keep) = keep {
            files::keep_text(Some(keep), "command", &format!("{}\n", self.command(self.first())))?;
        }
        let wanted = keep.is_some() || wrong;
        wanted.then(|| files::keep_text(keep, "console.log", log)).transpose()
    }
}

/// What the boots of one guest have in common.
#[derive(Debug, Default)]
struct History {
    log: String,
    complaints: Vec<(String, Option<String>)>,
    boot: Duration,
    cases: Duration,
    whole: Duration,
}

impl History {
    fn add(&mut self, watched: &Watched) {
        let at = |phase| watched.reached.range(phase..).next().map_or(watched.lasted, |(_, at)| *at);
        self.boot += at(Phase::Plan);
        self.cases += at(Phase::Report).saturating_sub(at(Phase::Cases));
        self.whole += watched.lasted;
        if !self.log.is_empty() {
            self.log += "\n--- booted again ---\n";
        }
        self.log += &watched.log;
        if let Some(alarm) = watched.transcript.alarms.gravest() {
            let case = alarm.case.and_then(|at| watched.transcript.name(at));
            self.complaints.push((alarm.text.clone(), case.map(str::to_owned)));
        }
    }

    /// What the cases recorded of the kernel's log, and what else stood on the console.
    fn complaints(self, report: &Report) -> Vec<(String, Option<String>)> {
        let of_kernel = |seen: &&Observation| seen.task == "kernel" && seen.what == "log";
        let logged = report.cases.iter().flat_map(|record| {
            let seen = record.observations.iter().filter(of_kernel);
            seen.map(|seen| (seen.observed.clone(), Some(record.name.clone())))
        });
        let mut complaints: Vec<_> = logged.collect();
        for complaint in self.complaints {
            if complaint.1.is_none() || complaints.iter().all(|(_, case)| *case != complaint.1) {
                complaints.push(complaint);
            }
        }
        complaints
    }
}

/// The initramfs for these cases.
fn initramfs(args: &Args, suite: &[u8], filters: Filters) -> anyhow::Result<Vec<u8>> {
    let Filters { filters, exact, partition } = filters;
    let order = Order { filters, exact, partition, time_limit: args.timeout, lies: args.lies };
    let order = serde_json::to_vec(&order).context("cannot write the guest's order")?;
    let initramfs = files::initramfs(suite, &order)?;
    check_size(initramfs.len(), args.memory)?;
    Ok(initramfs)
}

/// Whether there was any sign of life. A kernel that says why it cannot go on has come up.
pub fn came_up(watched: &Watched) -> bool {
    watched.phase > Phase::Boot || !watched.mute() || matches!(watched.ending, Ending::Interrupted(_))
}

fn check_size(initramfs: usize, memory: u32) -> Result<(), Misuse> {
    let room = (memory as usize) << 20;
    if initramfs <= room / INITRAMFS_SHARE {
        return Ok(());
    }
    let needed = (initramfs * INITRAMFS_SHARE).div_ceil(1 << 20);
    Err(Misuse(format!(
        "the initramfs has {} MiB, too much for a guest with {memory} MiB of memory; use a release build of \
         the suite, or --memory {needed}",
        initramfs >> 20
    )))
}

/// Where the console's log is, to be put behind a message.
pub fn console_at(log: Option<&Path>) -> String {
    log.map_or_else(String::new, |log| format!("; console log: {}", log.display()))
}

/// The error of a guest that left no report at all. What QEMU refuses at once is mostly the user's choice.
pub fn no_report(watched: &Watched, cause: &str, log: Option<&Path>) -> anyhow::Error {
    // One that was killed has refused nothing.
    let refused =
        matches!(&watched.ending, Ending::Exited(Ok(status)) if status.code().is_some_and(|code| code != 0));
    let at = console_at(log);
    if refused && watched.mute() {
        let why = watched.complaints.join("; ");
        return Misuse(format!(
            "QEMU does not start: {why}; see --cpu, --memory, --accel and --qemu of `vm`{at}"
        ))
        .into();
    }
    // Most kernels are quiet until their console is up, and then it is too late to ask.
    let hint = if watched.mute() {
        "; --append earlyprintk=ttyS0 (x86_64) or earlycon (aarch64) shows more"
    } else {
        ""
    };
    anyhow!("no report from the guest: {cause}{hint}{at}")
}

/// Shows on standard error how far the guest has come.
#[derive(Debug)]
pub struct Show {
    interruption: Option<Interruption>,
    progress: Option<Progress>,
}

impl Show {
    /// For a run that can be interrupted.
    pub const fn new(interruption: Interruption) -> Show {
        Show { interruption: Some(interruption), progress: None }
    }

    /// Leaves the terminal as if there had been no progress.
    pub fn end(&mut self) {
        self.progress.iter_mut().for_each(Progress::clear);
    }

    /// For a run that nobody interrupts.
    pub const fn undisturbed() -> Show {
        Show { interruption: None, progress: None }
    }
}

impl Audience for Show {
    fn boots(&mut self, kernel: &Path, machine: &Machine) {
        let (arch, how) = (machine.arch.name(), machine.accelerator.name());
        self.progress = None;
        anstream::eprintln!("booting {} ({arch}, {how}, -cpu {})", kernel.display(), machine.cpu());
    }

    fn remark(&mut self, text: &str) {
        anstream::eprintln!("{text}");
    }

    fn news(&mut self, news: &News, transcript: &Transcript) {
        let Some(plan) = &transcript.planned else { return };
        match news {
            News::Planned => {
                anstream::eprintln!("Linux {} is up, {} cases", plan.target.kernel, plan.cases.len());
                self.progress = Some(Progress::new(plan.cases.len(), 1));
            }
            News::Judged(at, verdict) => {
                if let (Some(progress), Some(name)) = (&mut self.progress, plan.cases.get(*at as usize)) {
                    progress.done(name, *verdict);
                }
            }
            _ => {}
        }
    }

    fn signal(&self) -> Option<i32> {
        self.interruption.as_ref().and_then(Interruption::signal)
    }
}
