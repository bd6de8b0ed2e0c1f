//! Interruption: the first ctrl-C ends a run in good order, the second one ends it at once.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// Remembers whether the user asked the run to end.
#[derive(Clone, Debug)]
pub struct Interruption {
    signal: Arc<AtomicUsize>,
}

impl Interruption {
    /// From now on SIGINT and SIGTERM are remembered; a second one ends the process.
    pub fn watch() -> anyhow::Result<Interruption> {
        let signal = Arc::new(AtomicUsize::new(0));
        let armed = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM] {
            // In this order: the first signal finds `armed` unset, sets it and is remembered.
            flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&armed))
                .and_then(|_| flag::register(number, Arc::clone(&armed)))
                .and_then(|_| flag::register_usize(number, Arc::clone(&signal), number as usize))
                .with_context(|| format!("cannot watch for signal {number}"))?;
        }
        Ok(Interruption { signal })
    }

    /// The signal that asked for the end, if one did.
    pub fn signal(&self) -> Option<i32> {
        match self.signal.load(Ordering::SeqCst) {
            0 => None,
            number => i32::try_from(number).ok(),
        }
    }

    /// Says this at the first signal, since what is running has to be waited for.
    pub fn announce(text: &'static str) -> anyhow::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot watch for signals")?;
        let wait = move || {
            if signals.forever().next().is_some() {
                // Below the progress line and the terminal's own ^C.
                let gap = if std::io::stderr().is_terminal() { "\n" } else { "" };
                anstream::eprintln!("{gap}{text}");
            }
        };
        let thread = std::thread::Builder::new().name("interruption".to_owned()).spawn(wait);
        thread.map(drop).context("cannot start the thread that watches for signals")
    }
}
