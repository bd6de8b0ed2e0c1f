//! What a guest says on its console: numbered, checksummed records, one to a line.
//!
//! ```text
//! @ptc <number> <kind> <payload, base64> <crc-32 of number, kind and payload>
//! ```
//!
//! The console is shared with the kernel, whose messages may stand before, behind or in the middle of
//! a record, and a serial line drops bytes when it is hurried. So a line either holds a record whose
//! checksum is right, or it holds none; what is lost shows in the numbers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ptrace_conformance_harness::record::Verdict;

/// The word that begins every record.
pub const MARK: &str = "@ptc ";

/// One thing that a guest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The init is running; which edition of this protocol it speaks.
    Hello {
        /// [`EDITION`] of the guest's program.
        edition: u32,
    },
    /// A piece of a document.
    Part {
        /// Of which one.
        document: Document,
        /// Which piece, from 0.
        index: u32,
        /// The bytes.
        data: Vec<u8>,
    },
    /// The end of a document.
    End {
        /// Of which one.
        document: Document,
        /// How many pieces it has.
        parts: u32,
        /// The CRC-32 of the document as it was before packing.
        crc: u32,
    },
    /// A planned case begins.
    Start {
        /// Its place in the plan, from 0.
        index: u32,
    },
    /// A planned case has its verdict.
    Case {
        /// Its place in the plan, from 0.
        index: u32,
        /// The verdict.
        verdict: Verdict,
        /// Why; possibly shortened.
        reason: String,
    },
    /// The guest's side of the suite cannot go on.
    Fault {
        /// Why.
        reason: String,
    },
}

/// The documents that cross the console in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// The names of the cases that will run, in order.
    Plan,
    /// The report.
    Report,
}

/// The edition of the protocol that this program speaks; one that the other side would misread is new.
pub const EDITION: u32 = 1;

/// The longest line that /dev/kmsg takes as one message on every kernel is 976 bytes (kernel/printk,
/// `LOG_LINE_MAX` 1024 less its 48-byte prefix); a case's line stays below it with this much reason.
const REASON_MAX: usize = 480;

impl Record {
    /// The line that says it, without a line end.
    pub fn line(&self, number: u32) -> String {
        let body = format!("{number} {} {}", self.kind(), BASE64.encode(self.payload()));
        format!("{MARK}{body} {}", checksum_of(&body))
    }

    /// The first whole record within a line, with its number.
    pub fn find(line: &str) -> Option<(u32, Record)> {
        line.match_indices(MARK).find_map(|(at, mark)| Record::read(&line[at + mark.len()..]))
    }

    fn read(text: &str) -> Option<(u32, Record)> {
        let mut words = text.splitn(4, ' ');
        let (number, kind, payload) = (words.next()?, words.next()?, words.next()?);
        // Something else may follow at once: only the eight digits count.
        let checksum = words.next()?.get(..8)?;
        let body = text.get(..number.len() + kind.len() + payload.len() + 2)?;
        if checksum != checksum_of(body) {
            return None;
        }
        let record = Record::from_payload(kind, &BASE64.decode(payload).ok()?)?;
        Some((number.parse().ok()?, record))
    }

    const fn kind(&self) -> &'static str {
        match self {
            Record::Hello { .. } => "hello",
            Record::Part { document: Document::Plan, .. } => "plan",
            Record::Part { document: Document::Report, .. } => "report",
            Record::End { document: Document::Plan, .. } => "plan-end",
            Record::End { document: Document::Report, .. } => "report-end",
            Record::Start { .. } => "start",
            Record::Case { .. } => "case",
            Record::Fault { .. } => "fault",
        }
    }

    fn payload(&self) -> Vec<u8> {
        match self {
            Record::Hello { edition } => edition.to_string().into_bytes(),
            Record::Part { index, data, .. } => [&index.to_be_bytes(), data.as_slice()].concat(),
            Record::End { parts, crc, .. } => format!("{parts} {crc}").into_bytes(),
            Record::Start { index } => index.to_string().into_bytes(),
            Record::Case { index, verdict, reason } => {
                format!("{index} {} {}", verdict.word(), shortened(reason)).into_bytes()
            }
            Record::Fault { reason } => shortened(reason).into_bytes(),
        }
    }

    fn from_payload(kind: &str, payload: &[u8]) -> Option<Record> {
        let text = || std::str::from_utf8(payload).ok();
        match kind {
            "hello" => Some(Record::Hello { edition: text()?.parse().ok()? }),
            "plan" => part(Document::Plan, payload),
            "report" => part(Document::Report, payload),
            "plan-end" => end(Document::Plan, text()?),
            "report-end" => end(Document::Report, text()?),
            "start" => Some(Record::Start { index: text()?.parse().ok()? }),
            "case" => case(text()?),
            "fault" => Some(Record::Fault { reason: text()?.to_owned() }),
            _ => None,
        }
    }
}

fn checksum_of(body: &str) -> String {
    format!("{:08x}", crc32fast::hash(body.as_bytes()))
}

fn part(document: Document, payload: &[u8]) -> Option<Record> {
    let (index, data) = payload.split_first_chunk()?;
    Some(Record::Part { document, index: u32::from_be_bytes(*index), data: data.to_vec() })
}

fn end(document: Document, text: &str) -> Option<Record> {
    let (parts, crc) = text.split_once(' ')?;
    Some(Record::End { document, parts: parts.parse().ok()?, crc: crc.parse().ok()? })
}

fn case(text: &str) -> Option<Record> {
    let mut words = text.splitn(3, ' ');
    let (index, verdict, reason) = (words.next()?, words.next()?, words.next()?);
    let verdict = Verdict::ALL.into_iter().find(|known| known.word() == verdict)?;
    Some(Record::Case { index: index.parse().ok()?, verdict, reason: reason.to_owned() })
}

fn shortened(reason: &str) -> String {
    if reason.len() <= REASON_MAX {
        return reason.to_owned();
    }
    let cut = (0..=REASON_MAX).rev().find(|&at| reason.is_char_boundary(at)).unwrap_or(0);
    format!("{}...", &reason[..cut])
}

/// Records of every kind, for tests.
#[cfg(test)]
pub mod sample {
    use proptest::prelude::*;

    use super::*;

    /// Any record at all.
    pub fn any_record() -> impl Strategy<Value = Record> {
        let document = || prop_oneof![Just(Document::Plan), Just(Document::Report)];
        let bytes = proptest::collection::vec(any::<u8>(), 0..80);
        prop_oneof![
            any::<u32>().prop_map(|edition| Record::Hello { edition }),
            (document(), any::<u32>(), bytes).prop_map(|(document, index, data)| Record::Part {
                document,
                index,
                data
            }),
            (document(), any::<u32>(), any::<u32>()).prop_map(|(document, parts, crc)| Record::End {
                document,
                parts,
                crc
            }),
            any::<u32>().prop_map(|index| Record::Start { index }),
            (any::<u32>(), 0usize..5, ".{0,40}").prop_map(|(index, verdict, reason)| Record::Case {
                index,
                verdict: Verdict::ALL[verdict],
                reason
            }),
            ".{0,40}".prop_map(|reason| Record::Fault { reason }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sample::any_record;
    use super::*;

    #[test]
    fn a_line_looks_like_this() {
        let record = Record::Case { index: 7, verdict: Verdict::Deviates, reason: "1 of 2".to_owned() };
        assert_eq!(record.line(12), "@ptc 12 case NyBkZXZpYXRlcyAxIG9mIDI 180eca45");
    }

    #[test]
    fn a_long_reason_is_cut_between_characters_and_fits_one_kernel_message() {
        let reason = "ß".repeat(2000);
        let line = Record::Case { index: u32::MAX, verdict: Verdict::Conforms, reason }.line(u32::MAX);
        assert!(line.len() < 900, "{}", line.len());
        let Some((_, Record::Case { reason, .. })) = Record::find(&line) else { panic!("{line}") };
        assert!(reason.ends_with("ß..."), "{reason}");
    }

    #[test]
    fn a_torn_record_hides_no_whole_one() {
        let record = Record::Start { index: 3 };
        let line = format!("@ptc 1 case NyBkZXZ{}", record.line(2));
        assert_eq!(Record::find(&line), Some((2, record)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_said_is_heard(number: u32, record in any_record(), before in "[^@]{0,30}", after in ".{0,30}") {
            let line = format!("{before}{}{after}", record.line(number));
            prop_assert_eq!(Record::find(&line), Some((number, record)));
        }

        /// Bytes cut out of the middle, with or without something in their place, leave nothing.
        #[test]
        fn a_hurt_line_says_nothing(
            number: u32,
            record in any_record(),
            at in 0usize..10_000,
            length in 1usize..40,
            junk in "[ -?A-~]{0,40}",
        ) {
            let line = record.line(number);
            let at = at % line.len();
            let end = (at + length).min(line.len());
            let hurt = format!("{}{junk}{}", &line[..at], &line[end..]);
            prop_assume!(hurt != line && !hurt.starts_with(&line));
            prop_assert_eq!(Record::find(&hurt), None);
        }

        #[test]
        fn any_text_gets_an_answer(text in ".{0,200}") {
            let _ = Record::find(&format!("{MARK}{text}"));
        }
    }
}
