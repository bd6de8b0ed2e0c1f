//! The transcript: everything that a console has told so far, and how far the guest has come.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use serde::{Deserialize, Serialize};

use super::alarm::Alarms;
use super::document::{Assembly, Contradiction};
use super::record::{Document, EDITION, Record};
use crate::target::Target;

/// What a guest is going to do: the first document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The kernel as the guest sees it.
    pub target: Target,
    /// The names of the cases, in order.
    pub cases: Vec<String>,
}

/// How far a guest has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Nothing from init yet.
    Boot,
    /// Init runs, the plan is not here yet.
    Plan,
    /// Cases run.
    Cases,
    /// The last records are on their way.
    Report,
    /// Nothing more is needed.
    Done,
}

impl Phase {
    /// The phase in words, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Boot => "booting",
            Phase::Plan => "planning",
            Phase::Cases => "running cases",
            Phase::Report => "reporting",
            Phase::Done => "powering off",
        }
    }
}

/// What a line was.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// No record: the kernel's own words, or something torn.
    Nothing,
    /// A record, none of the below.
    Progress,
    /// The plan is complete.
    Planned,
    /// A case has its verdict.
    Judged(u32, Verdict),
}

/// What arrived from one boot of a guest.
#[derive(Debug, Default)]
pub struct Transcript {
    greeted: bool,
    documents: BTreeMap<Document, Assembly>,
    read: BTreeSet<Document>,
    /// The plan as soon as it is complete.
    pub planned: Option<Plan>,
    /// The full records that have arrived, by the name of the case.
    pub records: HashMap<String, CaseRecord>,
    /// The case that is running, by its place in the plan.
    pub running: Option<u32>,
    /// The verdicts that were told while the cases ran, by their place in the plan.
    pub judged: BTreeMap<u32, Verdict>,
    /// Why the guest gave up.
    pub fault: Option<String>,
    /// Why nothing that arrived can be believed.
    pub distrust: Option<String>,
    /// What the kernel said about itself.
    pub alarms: Alarms,
    numbers: BTreeSet<u32>,
}

impl Transcript {
    /// Takes in one line of the console.
    pub fn hear(&mut self, line: &str) -> News {
        let Some((number, record)) = Record::find(line) else {
            self.alarms.look(line, self.running);
            return News::Nothing;
        };
        self.numbers.insert(number);
        self.take(record).unwrap_or_else(|Contradiction| {
            self.distrust =
                Some("the console contradicts itself: two records that exclude each other".to_owned());
            News::Progress
        })
    }

    fn take(&mut self, record: Record) -> Result<News, Contradiction> {
        match record {
            Record::Hello { edition } => self.greet(edition),
            Record::Part { document, index, data } => {
                self.documents.entry(document).or_default().part(index, data)?;
                return self.settle(document);
            }
            Record::Frame { document, size, crc } => {
                self.documents.entry(document).or_default().frame(size, crc)?;
                return self.settle(document);
            }
            Record::Step { ended, begins } => return self.step(ended, begins),
            Record::Fault { reason } => self.fault = Some(reason),
        }
        Ok(News::Progress)
    }

    fn greet(&mut self, edition: u32) {
        self.greeted = true;
        if edition != EDITION {
            let why = format!(
                "the guest's binary speaks edition {edition} of the console protocol, this program speaks \
                 {EDITION}; build both from the same sources"
            );
            self.distrust = Some(why);
        }
    }

    fn step(&mut self, ended: Option<(u32, Verdict)>, begins: Option<u32>) -> Result<News, Contradiction> {
        self.running = begins;
        let Some((index, verdict)) = ended else { return Ok(News::Progress) };
        match self.judged.insert(index, verdict) {
            Some(known) if known != verdict => Err(Contradiction),
            Some(_) => Ok(News::Progress),
            None => Ok(News::Judged(index, verdict)),
        }
    }

    /// Looks whether a document has become whole, and reads it once.
    fn settle(&mut self, document: Document) -> Result<News, Contradiction> {
        let whole = self.documents.get(&document).and_then(Assembly::whole);
        let Some(text) = whole.filter(|_| self.read.insert(document)) else { return Ok(News::Progress) };
        let done = match document {
            Document::PLAN => serde_json::from_slice(&text).map(|plan| {
                self.planned = Some(plan);
                Ok(News::Planned)
            }),
            _ => serde_json::from_slice(&text).map(|records| self.file(records)),
        };
        done.unwrap_or_else(|error| {
            self.distrust = Some(format!("a document from the guest cannot be read: {error}"));
            Ok(News::Progress)
        })
    }

    fn file(&mut self, records: Vec<CaseRecord>) -> Result<News, Contradiction> {
        for record in records {
            match self.records.get(&record.name) {
                Some(known) if *known != record => return Err(Contradiction),
                Some(_) => {}
                None => {
                    self.records.insert(record.name.clone(), record);
                }
            }
        }
        Ok(News::Progress)
    }

    /// How far the guest has come.
    pub fn phase(&self) -> Phase {
        let planned = self.planned.as_ref().map(|plan| plan.cases.len());
        let all = |count: usize| planned.is_some_and(|planned| count >= planned);
        if self.fault.is_some() || self.distrust.is_some() || all(self.records.len()) {
            Phase::Done
        } else if all(self.judged.len()) {
            Phase::Report
        } else if planned.is_some() || self.running.is_some() {
            Phase::Cases
        } else if self.greeted || !self.documents.is_empty() {
            Phase::Plan
        } else {
            Phase::Boot
        }
    }

    /// The name of the case that is running.
    pub fn culprit(&self) -> Option<&str> {
        self.name(self.running?)
    }

    /// The name of the case at this place in the plan.
    pub fn name(&self, index: u32) -> Option<&str> {
        self.planned.as_ref()?.cases.get(index as usize).map(String::as_str)
    }

    /// How many records are known to have been lost: the gaps in the numbers.
    pub fn lost(&self) -> usize {
        self.numbers.last().map_or(0, |&last| last as usize + 1 - self.numbers.len())
    }

    /// What is missing, for a message.
    pub fn missing(&self) -> String {
        let lost = self.lost();
        let torn = if lost > 0 { format!(" ({lost} lines were torn or lost)") } else { String::new() };
        let torn_document = self.documents.iter().find(|(document, _)| !self.read.contains(document));
        let what = torn_document.map_or_else(
            || "cases have no record".to_owned(),
            |(document, assembly)| format!("document {} is not whole: {}", document.0, assembly.missing()),
        );
        what + &torn
    }
}
