//! Who tells the lie: counts the answers of one run and replaces one fact of one of them.

use super::{Fact, Lie, Offer, falsehoods};
use crate::status::{Reading, Status};
use std::cell::{Cell, RefCell};

/// A scenario ends with this, by unwinding, where it would ask on after a check has noticed the lie.
#[derive(Debug)]
pub struct Noticed;

/// Counts answers, and lists or falsifies.
#[derive(Debug, Default)]
pub struct Liar {
    /// What to say; without it, what could be said is listed.
    lie: Option<Lie>,
    answers: Cell<usize>,
    offers: RefCell<Vec<Offer>>,
    told: Cell<bool>,
    noticed: Cell<bool>,
    /// Answers to the harness's own questions are true and not counted.
    honest: Cell<bool>,
    unspecified: Cell<Option<&'static str>>,
    /// Tasks that answers have been about.
    tasks: RefCell<Vec<i32>>,
    /// Tasks that really are gone, and such as were only said to be.
    gone: RefCell<Vec<i32>>,
    said_to_be_gone: Cell<Option<i32>>,
}

impl Liar {
    /// Tells this one lie.
    pub fn telling(lie: Lie) -> Liar {
        Liar { lie: Some(lie), ..Liar::default() }
    }

    /// The facts of an answer about `task`: the place of the one to replace, and what with.
    pub fn consider<P: Clone>(&self, question: &str, task: i32, facts: &[(P, Fact)]) -> Option<(P, Fact)> {
        self.learn(task, facts);
        if self.honest.get() {
            return None;
        }
        self.answers.set(self.answers.get() + 1);
        let answer = self.answers.get();
        if self.lie.as_ref().is_some_and(|lie| lie.answer != answer) {
            return None;
        }
        let others: Vec<_> = self.tasks.borrow().iter().copied().filter(|&known| known != task).collect();
        let mut lies = facts.iter().flat_map(|(place, fact)| {
            falsehoods(fact, &others).into_iter().map(move |(what, fact)| (what, place, fact))
        });
        match &self.lie {
            Some(lie) => {
                let (_, place, fact) = lies.find(|(what, ..)| *what == lie.what)?;
                self.told.set(true);
                self.remember(task, &fact);
                Some((place.clone(), fact))
            }
            None => {
                let offer = Offer {
                    answer,
                    question: question.to_owned(),
                    lies: lies.map(|(what, ..)| what).collect(),
                    unspecified: self.unspecified.get().map(str::to_owned),
                };
                self.offers.borrow_mut().push(offer);
                None
            }
        }
    }

    /// A check has failed after the lie.
    pub fn notice(&self) {
        self.noticed.set(true);
    }

    /// Whether one has; the harness's own questions are still answered.
    pub const fn is_noticed(&self) -> bool {
        self.noticed.get() && !self.honest.get()
    }

    /// A wait that does not say so itself has reaped the task.
    pub fn reaped(&self, task: i32) {
        self.gone.borrow_mut().push(task);
    }

    fn learn<P>(&self, task: i32, facts: &[(P, Fact)]) {
        let mut tasks = self.tasks.borrow_mut();
        if !tasks.contains(&task) {
            tasks.push(task);
        }
        if facts.iter().any(|(_, fact)| is_end(fact)) {
            self.gone.borrow_mut().push(task);
        }
    }

    fn remember(&self, task: i32, fact: &Fact) {
        if is_end(fact) && !self.gone.borrow().contains(&task) {
            self.said_to_be_gone.set(Some(task));
        }
    }

    /// Corrects a list of tasks to be ended by what really happened.
    pub fn really_alive(&self, believed: Vec<i32>) -> Vec<i32> {
        let gone = self.gone.borrow();
        let mut alive: Vec<_> = believed.into_iter().filter(|task| !gone.contains(task)).collect();
        alive.extend(self.said_to_be_gone.get().filter(|task| !alive.contains(task)));
        alive
    }

    /// Runs with true and uncounted answers.
    pub fn honestly<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.honest.replace(true);
        let done = work();
        self.honest.set(before);
        done
    }

    /// Runs with answers that are declared to be of no concern, for this reason.
    pub fn unspecified<T>(&self, reason: &'static str, work: impl FnOnce() -> T) -> T {
        let before = self.unspecified.replace(Some(reason));
        let done = work();
        self.unspecified.set(before);
        done
    }

    /// Whether the lie has been told.
    pub fn has_lied(&self) -> bool {
        self.told.get()
    }

    /// Whether it was to tell a lie and never got to.
    pub fn failed_to_lie(&self) -> bool {
        self.lie.is_some() && !self.told.get()
    }

    /// Takes what could be said in this run.
    pub fn take_offers(&self) -> Vec<Offer> {
        self.offers.take()
    }
}

fn is_end(fact: &Fact) -> bool {
    matches!(fact, Fact::Waited(Ok(Some(Status(raw)))) if matches!(Status(*raw).read(), Reading::Gone(_)))
}
