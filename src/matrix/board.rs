//! The board: how far every target has come, on one line of a terminal or line by line in a log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::progress::{can_rewrite, rewrite};

/// How often the line is rewritten at most.
const REDRAW: Duration = Duration::from_millis(100);

/// What is going on; shared by all that work on targets.
#[derive(Debug)]
pub struct Board {
    state: Mutex<State>,
    live: bool,
}

#[derive(Debug)]
struct State {
    planned: usize,
    done: usize,
    running: BTreeMap<String, String>,
    drawn: Option<Instant>,
}

impl Board {
    /// A board for so many targets, on standard error.
    pub fn new(planned: usize) -> Board {
        let state = State { planned, done: 0, running: BTreeMap::new(), drawn: None };
        Board { state: Mutex::new(state), live: can_rewrite() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A target is in this phase now.
    pub fn at(&self, name: &str, phase: &str) {
        let mut state = self.state();
        state.running.insert(name.to_owned(), phase.to_owned());
        if self.live && state.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) {
            state.drawn = Some(Instant::now());
            rewrite(&state.line());
        }
    }

    /// Says something for good, above the line.
    pub fn say(&self, text: &str) {
        let state = self.state();
        if self.live {
            rewrite("");
        }
        anstream::eprintln!("{text}");
        if self.live {
            rewrite(&state.line());
        }
    }

    /// A target has ended, with this to say of it.
    pub fn done(&self, name: &str, text: &str) {
        {
            let mut state = self.state();
            state.done += 1;
            state.running.remove(name);
        }
        self.say(text);
    }

    /// Leaves the terminal as if no line had been there.
    pub fn clear(&self) {
        if self.live {
            rewrite("");
        }
    }
}

impl State {
    fn line(&self) -> String {
        let running = self.running.iter().map(|(name, phase)| format!("  {name} {phase}"));
        format!("{}/{}{}", self.done, self.planned, running.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_what_runs() {
        let board = Board::new(26);
        board.at("debian-6.1-x86_64", "booting");
        board.at("debian-7.3-aarch64", "cases 12/1641");
        board.at("debian-6.1-x86_64", "cases 3/1641");
        assert_eq!(
            board.state().line(),
            "0/26  debian-6.1-x86_64 cases 3/1641  debian-7.3-aarch64 cases 12/1641"
        );
        board.done("debian-6.1-x86_64", "done");
        assert_eq!(board.state().line(), "1/26  debian-7.3-aarch64 cases 12/1641");
    }
}
