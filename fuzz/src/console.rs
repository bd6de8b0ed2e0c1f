//! The console of a guest.
//!
//! Random bytes never have a good checksum, and so would never come past it. So the input is a script, of
//! which each line becomes what a guest says: `!` before a record's words gives them base64 and checksum,
//! `#` before a number and a text makes the lines of a document, all else is said as it is.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::record::Verdict;

use crate::vm::accel::Accelerator;
use crate::vm::document;
use crate::vm::guest;
use crate::vm::ledger::{Ledger, Next};
use crate::vm::qemu::Machine;
use crate::vm::record::{Document, MARK, Record};
use crate::vm::transcript::Transcript;
use crate::vm::watch::{Ending, Watched};

/// Hears the script as one boot. A report comes out that does not contradict itself, and no verdict but
/// `broken` for a case that no document judged.
pub fn check(script: &[u8]) {
    let lines: Vec<String> = script.split(|&byte| byte == b'\n').flat_map(said).collect();
    let watched = heard(&lines);
    let told = watched.transcript.records.clone();
    let mut ledger = Ledger::default();
    let ended = match ledger.take(&watched) {
        Next::Done => None,
        Next::Again(_, cause) | Next::End(cause) => Some(cause),
    };
    let Some((report, ended)) = ledger.report(ended, &machine()) else { return };
    assert!(!report.complete || ended.is_none());
    for record in &report.cases {
        assert!(record.verdict == Verdict::Broken || told.get(&record.name) == Some(record));
    }
    report.checked().expect("what came out can be read elsewhere");
}

/// What a guest says for this line of the script.
fn said(line: &[u8]) -> Vec<String> {
    let text = guest::text(line);
    match (text.strip_prefix('!').and_then(record), text.strip_prefix('#').and_then(document)) {
        (Some(line), _) => vec![line],
        (_, Some(lines)) => lines,
        _ => vec![text],
    }
}

/// `number kind payload`, as a line with a good checksum, whatever it says.
fn record(words: &str) -> Option<String> {
    let mut words = words.splitn(3, ' ');
    let (number, kind, payload) = (words.next()?, words.next()?, words.next()?);
    let body = format!("{number} {kind} {}", BASE64.encode(payload));
    Some(format!("{MARK}{body} {:08x}", crc32fast::hash(body.as_bytes())))
}

/// `number text`, as the lines of the document with this number.
fn document(words: &str) -> Option<Vec<String>> {
    let (number, text) = words.split_once(' ')?;
    let records = document::cut(Document(number.parse().ok()?), text.as_bytes()).ok()?;
    Some(records.iter().zip(0..).map(|(record, at)| record.line(at)).collect())
}

fn heard(lines: &[String]) -> Watched {
    let mut transcript = Transcript::default();
    for line in lines {
        transcript.hear(line);
        // What was heard can be said and heard again.
        if let Some((number, record)) = Record::find(line) {
            let again = Record::find(&record.line(number)).map(|(number, record)| record.line(number));
            assert_eq!(again, Some(record.line(number)));
        }
    }
    let phase = transcript.phase();
    let _ = (transcript.culprit(), transcript.missing(), transcript.lost());
    Watched {
        transcript,
        ending: Ending::Silent(Duration::from_secs(1)),
        phase,
        log: lines.join("\n"),
        complaints: Vec::new(),
        reached: Default::default(),
        lasted: Duration::ZERO,
    }
}

fn machine() -> Machine {
    let (arch, accelerator) = (Arch::X86_64, Accelerator::Tcg);
    Machine { program: "qemu".into(), arch, accelerator, cpu: None, memory: 512, append: None }
}
