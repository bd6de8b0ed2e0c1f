//! What one run of one case leaves behind: verdict, checks and observations.
//!
//! A record holds no process id, no address that varies and no time, so that the same kernel gives
//! the same bytes each time. Reports are functions of these records and of nothing else.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The judgement on one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every check found what its clause says.
    Conforms,
    /// Deviates exactly as recorded for this kernel.
    Quirk,
    /// Anything else: a regression, a new finding, or a recorded quirk that has gone.
    Deviates,
    /// Not run here; the reason says why.
    Skipped,
    /// Our own failure: a time limit, a dead worker or guest, a case that breaks its own rules.
    Broken,
}

impl Verdict {
    /// All verdicts, in the order in which totals list them.
    pub const ALL: [Verdict; 5] =
        [Verdict::Conforms, Verdict::Quirk, Verdict::Deviates, Verdict::Skipped, Verdict::Broken];

    /// The word used in reports and on the terminal.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Conforms => "conforms",
            Verdict::Quirk => "quirk",
            Verdict::Deviates => "deviates",
            Verdict::Skipped => "skipped",
            Verdict::Broken => "broken",
        }
    }
}

/// One normalised kernel answer, with the expectation it was held against if there was one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Whose answer: a role such as `tracee`, `child` or `thread`, never a number.
    pub task: String,
    /// What was looked at, such as `stop`, `result` or `event message`.
    pub what: String,
    /// What the kernel answered.
    pub observed: String,
    /// What the clause says the answer is; absent where the case only looks.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// The clause that says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub clause: Option<String>,
    /// Whether the answer is the expected one; absent where nothing was expected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub holds: Option<bool>,
}

/// Everything that one run of one case established.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecord {
    /// `family::behaviour::variant`.
    pub name: String,
    /// The judgement.
    pub verdict: Verdict,
    /// Why it is not simply `conforms`; empty when it is.
    pub reason: String,
    /// The clauses that the case declares.
    pub clauses: Arc<[String]>,
    /// What was seen, in order. Shared, since one record stands in the reports of many kernels.
    pub observations: Arc<[Observation]>,
    /// Every request and answer in order, for `explain`; empty unless asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub journal: Vec<String>,
}

impl CaseRecord {
    /// Adds what was seen besides.
    pub fn observe(&mut self, more: impl IntoIterator<Item = Observation>) {
        self.observations = self.observations.iter().cloned().chain(more).collect();
    }

    /// A record of a case that never got as far as looking at the kernel.
    pub fn without_observations(name: &str, clauses: &[&str], verdict: Verdict, reason: String) -> Self {
        CaseRecord {
            name: name.to_owned(),
            verdict,
            reason,
            clauses: clauses.iter().map(|&id| id.to_owned()).collect(),
            observations: Arc::default(),
            journal: Vec::new(),
        }
    }
}
