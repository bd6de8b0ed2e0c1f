//! Rounds: the selection run once or many times, and what differed between the times.

use std::time::Duration;

use ptrace_conformance_harness::pool::{Done, Pool};
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use crate::interrupt::Interruption;
use crate::progress::Progress;
use crate::select::Named;

/// A case whose record was not the same in every round.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The round, counted from 1, that differed first.
    pub round: usize,
    /// What the first round recorded.
    pub first: CaseRecord,
    /// What this round recorded instead.
    pub later: CaseRecord,
}

/// What the rounds left behind.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The records by case, from the first round; none where it was ended before that case.
    pub records: Vec<Option<CaseRecord>>,
    /// How long each case took in the first round.
    pub took: Vec<Duration>,
    /// The first difference of each case that had one.
    pub differences: Vec<Difference>,
    /// How many rounds were run to their end.
    pub rounds: usize,
}

impl Outcome {
    fn of(cases: usize) -> Outcome {
        Outcome { records: vec![None; cases], took: vec![Duration::ZERO; cases], ..Outcome::default() }
    }

    fn take(&mut self, round: usize, at: usize, done: Done) {
        match &self.records[at] {
            None => {
                self.took[at] = done.took;
                self.records[at] = Some(done.record);
            }
            Some(first) if *first != done.record && !self.differed(&first.name) => {
                let (first, later) = (first.clone(), done.record);
                self.differences.push(Difference { round, first, later });
            }
            Some(_) => {}
        }
    }

    fn differed(&self, name: &str) -> bool {
        self.differences.iter().any(|difference| difference.first.name == name)
    }

    /// The final record of each case that ran: one that differed between rounds is `broken`, since
    /// neither of its answers can be relied on.
    pub fn verdicts(&self) -> Vec<CaseRecord> {
        let judged = |record: &CaseRecord| {
            let difference = self.differences.iter().find(|difference| difference.first.name == record.name);
            difference.map_or_else(|| record.clone(), Difference::verdict)
        };
        self.records.iter().flatten().map(judged).collect()
    }
}

/// Runs all cases so many times, until done or interrupted; each record is told as soon as it is there.
pub fn run(
    pool: &Pool,
    repeat: usize,
    cases: &[Named],
    interruption: &Interruption,
    progress: &mut Progress,
    mut told: impl FnMut(usize, &CaseRecord),
) -> Outcome {
    let go_on = || interruption.signal().is_none();
    let mut outcome = Outcome::of(cases.len());
    for round in 1..=repeat {
        progress.round(round, outcome.differences.len());
        pool.run_while(go_on, cases, |at, done| {
            progress.done(&cases[at].0, done.record.verdict);
            told(at, &done.record);
            outcome.take(round, at, done);
        });
        if !go_on() {
            break;
        }
        outcome.rounds = round;
    }
    progress.clear();
    outcome
}

impl Difference {
    /// The verdict on a case that answers now this, now that.
    fn verdict(&self) -> CaseRecord {
        let reason = format!("round {} differs from round 1:\n{}", self.round, self.changes().join("\n"));
        CaseRecord { verdict: Verdict::Broken, reason, ..self.first.clone() }
    }

    /// Both records where they differ, the first round's as `-`, the later one's as `+`.
    fn changes(&self) -> Vec<String> {
        let (first, later) = (lines(&self.first), lines(&self.later));
        let mut changes = Vec::new();
        for at in 0..first.len().max(later.len()) {
            let (old, new) = (first.get(at), later.get(at));
            if old != new {
                changes.extend(old.map(|line| format!("- {line}")));
                changes.extend(new.map(|line| format!("+ {line}")));
            }
        }
        changes
    }
}

/// A record as lines, one fact each.
fn lines(record: &CaseRecord) -> Vec<String> {
    let mut lines = vec![format!("verdict: {}", record.verdict.word())];
    if !record.reason.is_empty() {
        lines[0] += &format!(" ({})", record.reason);
    }
    lines.extend(record.observations.iter().map(|seen| {
        let expected = seen.expected.as_ref().map(|expected| format!(", expected {expected}"));
        format!("{}: {} = {}{}", seen.task, seen.what, seen.observed, expected.unwrap_or_default())
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn done(verdict: Verdict) -> Done {
        Done { record: sample::record("family::case::seize", verdict), took: Duration::from_millis(2) }
    }

    #[test]
    fn rounds_that_agree_leave_the_record_as_it_is() {
        let mut outcome = Outcome::of(1);
        (1..=3).for_each(|round| outcome.take(round, 0, done(Verdict::Conforms)));
        assert_eq!(outcome.verdicts(), [done(Verdict::Conforms).record]);
        assert!(outcome.differences.is_empty());
    }

    #[test]
    fn rounds_that_differ_are_broken_and_shown() {
        let mut outcome = Outcome::of(2);
        outcome.take(1, 0, done(Verdict::Conforms));
        outcome.take(2, 0, done(Verdict::Deviates));
        outcome.take(3, 0, done(Verdict::Skipped));
        assert_eq!(outcome.differences.len(), 1, "the first difference is enough");
        let verdicts = outcome.verdicts();
        assert_eq!(verdicts[0].verdict, Verdict::Broken);
        insta::assert_snapshot!(verdicts[0].reason, @"
        round 2 differs from round 1:
        - verdict: conforms
        + verdict: deviates (1 of 2 checks failed)
        - tracee: result = 0, expected 0
        + tracee: result = -ENOSYS, expected 0
        ");
    }

    #[test]
    fn a_case_that_never_ran_has_no_record() {
        assert!(Outcome::of(3).verdicts().is_empty());
    }
}
