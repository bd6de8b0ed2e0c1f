//! The pool: runs cases by name, each in a worker process of its own slot, some at a time.
//!
//! Whatever a case does to its worker, the pool answers with a record, and the next case finds a worker.

use crate::case::Variant;
use crate::lie::{Lie, Offer};
use crate::parallel;
use crate::record::{CaseRecord, Verdict};
use crate::slot::Slot;
use crate::wire::Kind;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How a pool runs cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many cases run at a time.
    pub jobs: usize,
    /// After this time a case is given up and its worker replaced.
    pub time_limit: Duration,
    /// Whether records tell every request and answer.
    pub journal: bool,
}

impl Default for Settings {
    /// A worker for each CPU that this process may use, ten seconds for each case, no journal.
    fn default() -> Self {
        let jobs = thread::available_parallelism().map_or(1, NonZero::get);
        Settings { jobs, time_limit: Duration::from_secs(10), journal: false }
    }
}

/// The outcome of one case.
#[derive(Clone, Debug)]
pub struct Done {
    /// What the worker recorded; `broken` if there is nothing it could record.
    pub record: CaseRecord,
    /// From request to answer.
    pub took: Duration,
}

/// Worker processes, started when they are first needed, and what keeps them in order.
///
/// The program must call [`crate::worker::serve_if_asked`] first of all: its workers are started from it. It
/// must leave `SIGPIPE` ignored, as Rust does, so that a dead worker is an error instead of a death.
///
/// Dropping the pool ends the workers and waits until nothing of theirs is left.
#[derive(Debug)]
pub struct Pool {
    settings: Settings,
    free: Mutex<Vec<Slot>>,
    freed: Condvar,
}

impl Pool {
    /// A pool without workers; they start on first use.
    pub fn new(settings: Settings) -> Pool {
        // The first slot comes last, so that it is taken first.
        let slots = (0..settings.jobs.max(1)).rev().map(|index| Slot::new(index, settings.time_limit));
        Pool { free: Mutex::new(slots.collect()), freed: Condvar::new(), settings }
    }

    /// Runs one case on a free worker; blocks until one is free. May be called from several threads.
    ///
    /// The clauses are for the record of a case whose worker had no chance to write one.
    pub fn run_one(&self, name: &str, clauses: &[&str]) -> Done {
        let start = Instant::now();
        let record = self.ask(self.run_kind(), name);
        Done { record: record.unwrap_or_else(broken(name, clauses)), took: start.elapsed() }
    }

    /// Runs one case under one lie.
    pub fn run_under_lie(&self, name: &str, clauses: &[&str], lie: &Lie) -> CaseRecord {
        self.ask(self.run_kind(), &format!("{name}\n{lie}")).unwrap_or_else(broken(name, clauses))
    }

    /// Runs one case honestly and lists the lies that could be told of each answer.
    pub fn list_lies(&self, name: &str, clauses: &[&str]) -> (CaseRecord, Vec<Offer>) {
        let listed = self.ask(Kind::ListLies, name);
        listed.unwrap_or_else(|reason| (broken(name, clauses)(reason), Vec::new()))
    }

    const fn run_kind(&self) -> Kind {
        if self.settings.journal { Kind::RunWithJournal } else { Kind::Run }
    }

    fn ask<T: DeserializeOwned>(&self, kind: Kind, body: &str) -> Result<T, String> {
        let mut slot = self.take_slot();
        let answer = slot.ask_for(kind, body);
        self.give_back(slot);
        answer
    }

    /// Runs all cases, `jobs` at a time, and calls `done` with the index of each as it finishes, on the
    /// calling thread.
    pub fn run_all(&self, cases: &[(String, Variant)], done: impl FnMut(usize, Done)) {
        self.run_while(|| true, cases, done);
    }

    /// The same, but begins no further case once `go_on` says no.
    pub fn run_while(
        &self,
        go_on: impl Fn() -> bool + Sync,
        cases: &[(String, Variant)],
        mut done: impl FnMut(usize, Done),
    ) {
        let run = |(name, variant): &(String, Variant)| self.run_one(name, variant.case.clauses);
        if self.settings.jobs <= 1 {
            // Without threads, for kernels that hardly have them.
            let wanted = cases.iter().take_while(|_| go_on());
            return wanted.map(run).enumerate().for_each(|(index, outcome)| done(index, outcome));
        }
        let hand_over = |index, outcome| {
            done(index, outcome);
            Ok::<_, Infallible>(())
        };
        let Ok(()) = parallel::each(self.settings.jobs, cases, go_on, |_, case| run(case), hand_over);
    }

    fn take_slot(&self) -> Slot {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match free.pop() {
                Some(slot) => return slot,
                None => free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn give_back(&self, slot: Slot) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(slot);
        self.freed.notify_one();
    }
}

/// The record of a case for which the worker has none.
fn broken(name: &str, clauses: &[&str]) -> impl FnOnce(String) -> CaseRecord {
    move |reason| CaseRecord::without_observations(name, clauses, Verdict::Broken, reason)
}

impl Drop for Pool {
    fn drop(&mut self) {
        let slots = self.free.get_mut().unwrap_or_else(PoisonError::into_inner);
        // All of them clean up at the same time.
        slots.iter_mut().for_each(Slot::dismiss);
        slots.iter_mut().for_each(Slot::end);
    }
}
