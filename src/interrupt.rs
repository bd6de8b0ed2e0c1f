//! Interruption: the first ctrl-C ends a run in good order, the second one ends it at once.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Remembers whether the user asked the run to end.
#[derive(Clone, Debug)]
pub struct Interruption {
    signal: Arc<AtomicUsize>,
    told: Arc<Once>,
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
        Ok(Interruption { signal, told: Arc::new(Once::new()) })
    }

    /// The signal that asked for the end, if one did.
    pub fn signal(&self) -> Option<i32> {
        match self.signal.load(Ordering::SeqCst) {
            0 => None,
            number => i32::try_from(number).ok(),
        }
    }

    /// Whether to begin something further; says once why not, since what runs has to be waited for.
    pub fn go_on(&self) -> bool {
        let ended = self.signal().is_some();
        if ended {
            self.told.call_once(|| {
                // Below the progress line and the terminal's own ^C.
                let gap = if std::io::stderr().is_terminal() { "\n" } else { "" };
                anstream::eprintln!(
                    "{gap}ending after the cases that are running; ctrl-C again ends at once"
                );
            });
        }
        !ended
    }
}
