//! The verb `doctor`: what this machine allows, what that means, and what to do about it.

mod emulation;
mod matrix;
mod probe;
mod rights;
mod system;

use serde::Serialize;

use crate::cli::{DoctorArgs, Format};
use crate::exit::Status;
use crate::output;
use crate::prose;
use crate::report::Suite;
use crate::style::{BAD, GOOD, NOTE, STRONG, paint};

/// The version of the findings' JSON.
const SCHEMA: &str = "ptrace-conformance/doctor/1";

/// How good a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Fine,
    /// Something is left out, or worth knowing.
    Note,
    /// The suite cannot do its work.
    Trouble,
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub topic: &'static str,
    /// How it is.
    pub state: String,
    /// How good that is.
    pub level: Level,
    /// What it means and what to do; empty where there is nothing to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advice: String,
}

impl Finding {
    /// Something that is as it should be.
    pub fn fine(topic: &'static str, state: impl Into<String>) -> Finding {
        Finding { topic, state: state.into(), level: Level::Fine, advice: String::new() }
    }

    /// Something worth knowing, and what it means.
    pub fn note(topic: &'static str, state: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { topic, state: state.into(), level: Level::Note, advice: advice.into() }
    }

    /// Something that keeps the suite from its work, and what to do.
    pub fn trouble(topic: &'static str, state: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { topic, state: state.into(), level: Level::Trouble, advice: advice.into() }
    }
}

/// Findings that belong together.
#[derive(Debug, Serialize)]
struct Section {
    title: &'static str,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Diagnosis {
    schema: &'static str,
    suite: Suite,
    /// Whether the suite gets verdicts on the running kernel.
    ready: bool,
    sections: Vec<Section>,
}

/// Looks at the machine and tells.
pub fn doctor(args: &DoctorArgs) -> anyhow::Result<Status> {
    let sections = vec![
        Section { title: "System", findings: system::look()? },
        Section { title: "Tracing", findings: [probe::look(), rights::look()].concat() },
        Section { title: "Virtual machines", findings: emulation::look(args.kernel.as_deref()) },
        Section { title: "Matrix", findings: matrix::look() },
    ];
    let diagnosis = Diagnosis { schema: SCHEMA, suite: Suite::this(), ready: ready(&sections), sections };
    match args.format {
        Format::Human => output::print(&diagnosis.human())?,
        Format::Json => output::print(&(serde_json::to_string_pretty(&diagnosis)? + "\n"))?,
    }
    Ok(if diagnosis.ready { Status::AsExpected } else { Status::NothingRan })
}

fn ready(sections: &[Section]) -> bool {
    sections.iter().flat_map(|section| &section.findings).all(|finding| finding.level != Level::Trouble)
}

impl Diagnosis {
    fn human(&self) -> String {
        let sections: String = self.sections.iter().map(Section::human).collect();
        sections + &self.closing()
    }

    fn closing(&self) -> String {
        let all = || self.sections.iter().flat_map(|section| &section.findings);
        let topics = |level| {
            all().filter(|finding| finding.level == level).map(|finding| finding.topic).collect::<Vec<_>>()
        };
        let (notes, troubles) = (topics(Level::Note), topics(Level::Trouble));
        if !troubles.is_empty() {
            let text = format!("cannot run on this kernel as things are: {}", troubles.join(", "));
            return paint(BAD, text) + "\n";
        }
        let ready = paint(GOOD, "ready to run on this kernel");
        match notes.as_slice() {
            [] => format!("{ready}\n"),
            notes => format!("{ready}; worth a look: {}\n", notes.join(", ")),
        }
    }
}

impl Section {
    fn human(&self) -> String {
        let findings: String = self.findings.iter().map(Finding::human).collect();
        format!("{}\n{findings}\n", paint(STRONG, self.title))
    }
}

impl Finding {
    fn human(&self) -> String {
        let mark = match self.level {
            Level::Fine => paint(GOOD, "ok  "),
            Level::Note => paint(NOTE, "note"),
            Level::Trouble => paint(BAD, "FAIL"),
        };
        let mut text = prose::fold(&format!("  {mark}  {:18} ", self.topic), &self.state);
        if !self.advice.is_empty() {
            text += &prose::fold(&" ".repeat(27), &self.advice);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::plain;

    fn diagnosis(findings: Vec<Finding>) -> Diagnosis {
        let sections = vec![Section { title: "Tracing", findings }];
        Diagnosis { schema: SCHEMA, suite: Suite::this(), ready: ready(&sections), sections }
    }

    #[test]
    fn each_finding_says_what_it_means() {
        let diagnosis = diagnosis(vec![
            Finding::fine("PTRACE_TRACEME", "permitted"),
            Finding::note(
                "Yama",
                "ptrace_scope is 1",
                "only descendants may be attached to; the suite traces nothing else",
            ),
            Finding::trouble("PTRACE_SEIZE", "EPERM", "run outside the sandbox"),
        ]);
        assert!(!diagnosis.ready);
        insta::assert_snapshot!(plain(&diagnosis.human()), @"
        Tracing
          ok    PTRACE_TRACEME     permitted
          note  Yama               ptrace_scope is 1
                                   only descendants may be attached to; the suite traces
                                   nothing else
          FAIL  PTRACE_SEIZE       EPERM
                                   run outside the sandbox

        cannot run on this kernel as things are: PTRACE_SEIZE
        ");
    }

    #[test]
    fn a_note_is_no_trouble() {
        let diagnosis = diagnosis(vec![Finding::note("KVM", "absent", "guests are emulated")]);
        assert!(diagnosis.ready);
        assert_eq!(plain(&diagnosis.closing()), "ready to run on this kernel; worth a look: KVM\n");
    }
}
