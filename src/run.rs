//! The verb `run`: the selected cases on the running kernel, reported and judged.

use std::time::Instant;

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::record::CaseRecord;

use crate::cli::{OutputArgs, RunArgs};
use crate::exit::Status;
use crate::formats::tap::Live;
use crate::formats::{Form, kcidb};
use crate::human::{self, Circumstances};
use crate::interrupt::Interruption;
use crate::output::{self, Place};
use crate::progress::Progress;
use crate::report::{Report, Times};
use crate::rounds::{self, Outcome};
use crate::select::{self, Named};
use crate::style;
use crate::target::Target;

/// Runs what was selected, reports it and says how it went.
pub fn run(args: &RunArgs) -> anyhow::Result<Status> {
    if select::select(&args.filters, all_variants(FAMILIES))?.is_empty() {
        anstream::eprintln!("{}", select::nothing_matches(&args.filters, &all_variants(FAMILIES)));
        return Ok(Status::NothingRan);
    }
    let (place, baseline) = (args.output.place()?, args.against.read()?);
    let Measured { report, circumstances, signal, streamed } = measure(args)?;
    if streamed {
        anstream::eprint!("{}", human::closing(&report, &circumstances));
    } else {
        deliver(&report, &circumstances, args.output.format, place)?;
    }
    let own = signal.map_or_else(|| Status::of(&report), Status::Interrupted);
    args.against.judge(baseline.as_ref(), &report, &args.filters, &args.output, own)
}

/// What a run on this kernel established.
#[derive(Debug)]
pub struct Measured {
    /// The verdicts and observations.
    pub report: Report,
    /// What is told beside them.
    pub circumstances: Circumstances,
    /// The signal that ended it early.
    pub signal: Option<i32>,
    /// Whether the results have been told already, while it went on.
    pub streamed: bool,
}

/// Runs the selected cases on this kernel.
pub fn measure(args: &RunArgs) -> anyhow::Result<Measured> {
    let cases = select::select(&args.filters, all_variants(FAMILIES))?;
    let interruption = Interruption::watch()?;
    Interruption::announce("ending after the cases that are running; ctrl-C again ends at once")?;
    let started = Instant::now();
    let target = Target::host()?;
    let mut stream = Stream::begin(args, &target, &cases)?;
    let outcome = rounds(args, &cases, &interruption, &mut stream);
    let elapsed = started.elapsed();

    let mut report = Report::new(target, cases.len(), outcome.verdicts());
    let signal = interruption.signal();
    let circumstances = Circumstances {
        elapsed: Some(elapsed),
        rounds: (args.repeat > 1).then_some((outcome.rounds, args.repeat)),
        ended: signal.map(|signal| format!("ended early by {}", signal_name(signal))),
    };
    if args.times {
        report.times = Some(times(&cases, &outcome, elapsed));
    }
    let streamed = stream.end()?;
    Ok(Measured { report, circumstances, signal, streamed })
}

fn rounds(args: &RunArgs, cases: &[Named], interruption: &Interruption, stream: &mut Stream) -> Outcome {
    let usual = Settings::default();
    let jobs = args.jobs.unwrap_or(usual.jobs);
    let pool = Pool::new(Settings { jobs, time_limit: args.timeout, ..usual });
    let mut progress = Progress::new(cases.len(), args.repeat);
    rounds::run(&pool, args.repeat, cases, interruption, &mut progress, |at, record| stream.take(at, record))
}

/// Results told while the run goes on, if the form can be and standard output is where it goes.
///
/// Not with several rounds: the last of them can still change a verdict.
struct Stream {
    live: Option<Live>,
    /// What kept a line from being written, if anything did.
    error: Option<anyhow::Error>,
}

impl Stream {
    fn begin(args: &RunArgs, target: &Target, cases: &[Named]) -> anyhow::Result<Stream> {
        let dialect = args.output.format.dialect();
        let dialect = dialect.filter(|_| args.output.out.is_none() && args.repeat == 1);
        let names: Vec<_> = cases.iter().map(|(name, _)| name.as_str()).collect();
        let live = dialect.map(|dialect| Live::begin(dialect, target, &names));
        let live = live.map(|(live, text)| output::print(&text).map(|()| live)).transpose()?;
        Ok(Stream { live, error: None })
    }

    fn take(&mut self, at: usize, record: &CaseRecord) {
        if let Some(live) = &mut self.live {
            let text = live.take(at, record);
            if self.error.is_none() && !text.is_empty() {
                self.error = output::print(&text).err();
            }
        }
    }

    /// Tells the rest; whether anything was told at all, so that nothing is told twice.
    fn end(self) -> anyhow::Result<bool> {
        match (self.error, self.live) {
            (Some(error), _) => Err(error),
            (None, Some(live)) => output::print(&live.end()).map(|()| true),
            (None, None) => Ok(false),
        }
    }
}

fn times(cases: &[Named], outcome: &Outcome, elapsed: std::time::Duration) -> Times {
    let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let ran = cases.iter().zip(&outcome.took).zip(&outcome.records).filter(|(_, record)| record.is_some());
    Times {
        elapsed_us: micros(elapsed),
        cases_us: ran.map(|(((name, _), took), _)| (name.clone(), micros(*took))).collect(),
    }
}

impl OutputArgs {
    /// Where the report goes besides standard output, looked at before the run.
    pub fn place(&self) -> anyhow::Result<Option<Place>> {
        self.out.as_deref().map(Place::at).transpose()
    }
}

/// Puts the report where it was asked for; beside a file, the summary still goes to standard output.
pub fn deliver(
    report: &Report,
    circumstances: &Circumstances,
    format: Form,
    place: Option<Place>,
) -> anyhow::Result<()> {
    let summary = human::summary(report, circumstances);
    let text = match format {
        Form::Human => style::plain(&summary),
        form => form.render(report, kcidb::ORIGIN)?,
    };
    match place {
        Some(place) => {
            place.write(&text)?;
            output::print(&summary)
        }
        None if format == Form::Human => output::print(&summary),
        None => {
            // For whoever watches; standard output is the report's alone.
            anstream::eprint!("{}", human::closing(report, circumstances));
            output::print(&text)
        }
    }
}

fn signal_name(number: i32) -> &'static str {
    match number {
        signal_hook::consts::SIGINT => "SIGINT",
        signal_hook::consts::SIGTERM => "SIGTERM",
        _ => "a signal",
    }
}
