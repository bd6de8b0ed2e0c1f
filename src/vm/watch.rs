//! The watch over a guest: listens until it is done, dead, silent for too long, or no longer wanted.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::guest::{Guest, Said};
use super::limits::Limits;
use super::qemu::Machine;
use super::transcript::{News, Phase, Transcript};

/// How the watch ended.
#[derive(Debug)]
pub enum Ending {
    /// QEMU ended, or was ended when nothing more was wanted of it.
    Exited(std::io::Result<ExitStatus>),
    /// Nothing was heard for this long, so it was ended.
    Silent(Duration),
    /// Somebody asked us to end, by this signal.
    Interrupted(i32),
}

/// All that a watch brought to light.
#[derive(Debug)]
pub struct Watched {
    /// What the guest told.
    pub transcript: Transcript,
    /// How it ended.
    pub ending: Ending,
    /// How far it had come then.
    pub phase: Phase,
    /// Everything that was said, as it was said.
    pub log: String,
    /// What QEMU itself said.
    pub complaints: Vec<String>,
    /// When it came to each phase, counted from its start.
    pub reached: BTreeMap<Phase, Duration>,
    /// How long it lasted.
    pub lasted: Duration,
}

/// What a watch tells while it lasts.
pub trait Audience {
    /// A machine is about to boot this kernel.
    fn boots(&mut self, kernel: &Path, machine: &Machine);
    /// Something that is worth a line.
    fn remark(&mut self, text: &str);
    /// Something happened.
    fn news(&mut self, news: &News, transcript: &Transcript);
    /// The signal that asks for the end, if one did.
    fn signal(&self) -> Option<i32>;
}

/// How often a signal is looked for.
const TICK: Duration = Duration::from_millis(100);

/// Watches the guest to its end.
pub fn watch(guest: Guest, limits: &Limits, audience: &mut dyn Audience) -> Watched {
    let mut watched = Watched {
        transcript: Transcript::default(),
        ending: Ending::Silent(Duration::ZERO),
        phase: Phase::Boot,
        log: String::new(),
        complaints: Vec::new(),
        reached: BTreeMap::new(),
        lasted: Duration::ZERO,
    };
    let begun = Instant::now();
    let ending = listen(&guest, limits, audience, &mut watched);
    watched.phase = watched.transcript.phase();
    let (status, rest) = guest.end();
    for said in rest {
        watched.take(said);
    }
    watched.ending = ending.unwrap_or(Ending::Exited(status));
    watched.lasted = begun.elapsed();
    watched
}

/// Listens until there is a reason to end the guest; none if it ended by itself or has told all.
fn listen(
    guest: &Guest,
    limits: &Limits,
    audience: &mut dyn Audience,
    watched: &mut Watched,
) -> Option<Ending> {
    let begun = Instant::now();
    let mut heard = begun;
    loop {
        if let Some(signal) = audience.signal() {
            return Some(Ending::Interrupted(signal));
        }
        match guest.listen(TICK) {
            Ok(said) => {
                let news = watched.take(said);
                if news != News::Nothing {
                    heard = Instant::now();
                    watched.reached.entry(watched.transcript.phase()).or_insert_with(|| begun.elapsed());
                    audience.news(&news, &watched.transcript);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let phase = watched.transcript.phase();
        let limit = limits.of(phase);
        if heard.elapsed() >= limit {
            return (phase != Phase::Done).then_some(Ending::Silent(limit));
        }
    }
}

impl Watched {
    fn take(&mut self, said: Said) -> News {
        match said {
            Said::Console(line) => {
                self.log += &line;
                self.log.push('\n');
                self.transcript.hear(&line)
            }
            Said::Qemu(line) => {
                self.log += &format!("[qemu] {line}\n");
                self.complaints.push(line);
                News::Nothing
            }
        }
    }

    /// Whether not a single word came from the guest.
    pub fn mute(&self) -> bool {
        self.log.lines().all(|line| line.starts_with("[qemu] ") || line.trim().is_empty())
    }
}
