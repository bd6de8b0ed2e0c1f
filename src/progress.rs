//! Progress: one line on a terminal that keeps up with the run, and hardly a word elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use ptrace_conformance_harness::record::Verdict;

/// How often the line is rewritten at most: quicker than the eye, slower than the cases.
const REDRAW: Duration = Duration::from_millis(50);
/// How often a log hears of a long run.
const LOG: Duration = Duration::from_secs(20);

/// What is known of a run while it runs.
#[derive(Debug)]
pub struct Progress {
    live: bool,
    planned: usize,
    rounds: usize,
    round: usize,
    done: usize,
    deviating: usize,
    broken: usize,
    differing: usize,
    told: Instant,
}

impl Progress {
    /// Progress of so many cases, so many times, on standard error.
    pub fn new(planned: usize, rounds: usize) -> Progress {
        Progress {
            live: can_rewrite(),
            planned,
            rounds,
            round: 1,
            done: 0,
            deviating: 0,
            broken: 0,
            differing: 0,
            told: Instant::now(),
        }
    }

    /// A round begins; so many cases differed in those before.
    pub fn round(&mut self, round: usize, differing: usize) {
        (self.round, self.differing) = (round, differing);
        (self.done, self.deviating, self.broken) = (0, 0, 0);
        if !self.live && self.told.elapsed() >= LOG {
            self.told = Instant::now();
            anstream::eprintln!("round {round} of {}, {differing} cases differed so far", self.rounds);
        }
    }

    /// A case ended.
    pub fn done(&mut self, name: &str, verdict: Verdict) {
        self.done += 1;
        self.deviating += usize::from(verdict == Verdict::Deviates);
        self.broken += usize::from(verdict == Verdict::Broken);
        if self.live && self.told.elapsed() >= REDRAW {
            self.told = Instant::now();
            rewrite(&self.line(name));
        }
    }

    /// Leaves the terminal as it was.
    pub fn clear(&mut self) {
        if self.live {
            rewrite("");
        }
    }

    fn line(&self, name: &str) -> String {
        let mut line = format!("{}/{}", self.done, self.planned);
        if self.rounds > 1 {
            line = format!("round {}/{}  {line}", self.round, self.rounds);
        }
        for (count, word) in
            [(self.deviating, "deviate"), (self.broken, "broken"), (self.differing, "differ")]
        {
            if count > 0 {
                line += &format!("  {count} {word}");
            }
        }
        format!("{line}  {name}")
    }
}

/// Whether standard error is a terminal on which a line can be rewritten.
pub fn can_rewrite() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// Rewrites the line, cut to the terminal so that it stays one.
pub fn rewrite(line: &str) {
    let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| width.0);
    let line: String = line.chars().take(usize::from(width).saturating_sub(1)).collect();
    let mut stderr = std::io::stderr().lock();
    // A terminal that has gone is no reason to end the run: the report goes elsewhere.
    write!(stderr, "\r\x1b[K{line}").and_then(|()| stderr.flush()).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_where_the_run_is() {
        let mut progress = Progress::new(184, 1);
        progress.done("a::b::seize", Verdict::Conforms);
        assert_eq!(progress.line("a::b::seize"), "1/184  a::b::seize");
        progress.done("a::c::seize", Verdict::Deviates);
        progress.done("a::d::seize", Verdict::Broken);
        assert_eq!(progress.line("a::d::seize"), "3/184  1 deviate  1 broken  a::d::seize");
    }

    #[test]
    fn rounds_are_counted() {
        let mut progress = Progress::new(184, 200);
        progress.done("a::b::seize", Verdict::Deviates);
        progress.round(7, 0);
        assert_eq!(progress.line("a::b::seize"), "round 7/200  0/184  a::b::seize");
        progress.round(8, 2);
        assert_eq!(progress.line("a::b::seize"), "round 8/200  0/184  2 differ  a::b::seize");
    }
}
