//! The transcript: everything that a console has told so far, and how far the guest has come.

use std::collections::{BTreeMap, BTreeSet};

use ptrace_conformance_harness::record::Verdict;
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
    /// The report is on its way.
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

/// What arrived from one guest.
#[derive(Debug, Default)]
pub struct Transcript {
    greeted: bool,
    plan: Assembly,
    /// The plan as soon as it is complete.
    pub planned: Option<Plan>,
    report: Assembly,
    /// The report's text as soon as it is complete.
    pub reported: Option<Vec<u8>>,
    /// Cases that began, by their place in the plan.
    pub started: BTreeSet<u32>,
    /// Cases that have a verdict, by their place in the plan.
    pub judged: BTreeMap<u32, (Verdict, String)>,
    /// Why nothing that arrived can be believed, or why the guest gave up.
    pub fault: Option<String>,
    /// What the kernel said about itself.
    pub alarms: Alarms,
    numbers: BTreeSet<u32>,
}

impl Transcript {
    /// Takes in one line of the console.
    pub fn hear(&mut self, line: &str) -> News {
        let Some((number, record)) = Record::find(line) else {
            self.alarms.look(line);
            return News::Nothing;
        };
        self.numbers.insert(number);
        self.take(record).unwrap_or_else(|Contradiction| {
            self.fault =
                Some("the console contradicts itself: two records that exclude each other".to_owned());
            News::Progress
        })
    }

    fn take(&mut self, record: Record) -> Result<News, Contradiction> {
        match record {
            Record::Hello { edition } => self.greet(edition),
            Record::Part { document, index, data } => {
                self.assembly(document).part(index, data)?;
                return Ok(self.settle(document));
            }
            Record::End { document, parts, crc } => {
                self.assembly(document).end(parts, crc)?;
                return Ok(self.settle(document));
            }
            Record::Start { index } => {
                self.started.insert(index);
            }
            Record::Case { index, verdict, reason } => return self.judge(index, verdict, reason),
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
            self.fault = Some(why);
        }
    }

    fn judge(&mut self, index: u32, verdict: Verdict, reason: String) -> Result<News, Contradiction> {
        let news = (verdict, reason);
        match self.judged.get(&index) {
            Some(known) if *known != news => Err(Contradiction),
            Some(_) => Ok(News::Progress),
            None => {
                self.judged.insert(index, news);
                Ok(News::Judged(index, verdict))
            }
        }
    }

    fn assembly(&mut self, document: Document) -> &mut Assembly {
        match document {
            Document::Plan => &mut self.plan,
            Document::Report => &mut self.report,
        }
    }

    /// Looks whether a document has become whole.
    fn settle(&mut self, document: Document) -> News {
        match document {
            Document::Plan if self.planned.is_none() => {
                self.planned = self.plan.whole().and_then(|text| serde_json::from_slice(&text).ok());
                if self.planned.is_some() { News::Planned } else { News::Progress }
            }
            Document::Report if self.reported.is_none() => {
                self.reported = self.report.whole();
                News::Progress
            }
            _ => News::Progress,
        }
    }

    /// How far the guest has come.
    pub fn phase(&self) -> Phase {
        let all_judged = self.planned.as_ref().is_some_and(|plan| self.judged.len() >= plan.cases.len());
        if self.fault.is_some() || self.reported.is_some() {
            Phase::Done
        } else if self.report != Assembly::default() || all_judged {
            Phase::Report
        } else if self.planned.is_some() || !self.started.is_empty() {
            Phase::Cases
        } else if self.greeted || self.plan != Assembly::default() {
            Phase::Plan
        } else {
            Phase::Boot
        }
    }

    /// How many records are known to have been lost: the gaps in the numbers.
    pub fn lost(&self) -> usize {
        self.numbers.last().map_or(0, |&last| last as usize + 1 - self.numbers.len())
    }

    /// What is missing of the report, for a message.
    pub fn missing(&self) -> String {
        let lost = self.lost();
        let torn = if lost > 0 { format!(" ({lost} records were torn or lost)") } else { String::new() };
        format!("the report is not whole: {}{torn}", self.report.missing())
    }
}
