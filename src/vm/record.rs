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
    /// The frame of a document, said before and behind its pieces.
    Frame {
        /// Of which one.
        document: Document,
        /// How many bytes all pieces have together.
        size: u32,
        /// The CRC-32 of the document as it was before packing.
        crc: u32,
    },
    /// From one case to the next: what ended, what begins. The short way of telling both, since every byte
    /// of a serial line costs time.
    Step {
        /// The place in the plan, from 0, of a case that ended, and its verdict.
        ended: Option<(u32, Verdict)>,
        /// The place in the plan of the case that begins now.
        begins: Option<u32>,
    },
    /// The guest's side of the suite cannot go on.
    Fault {
        /// Why.
        reason: String,
    },
}

/// A document that crosses the console in pieces, by number: the plan, then the records of the cases that
/// ran, some at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document(pub u32);

impl Document {
    /// What the guest is going to do.
    pub const PLAN: Document = Document(0);
}

/// The edition of the protocol that this program speaks; one that the other side would misread is new.
pub const EDITION: u32 = 2;

/// The longest line that /dev/kmsg takes as one message on every kernel is 976 bytes (kernel/printk,
/// `LOG_LINE_MAX` 1024 less its 48-byte prefix); a record's line stays below it with this much reason.
const REASON_MAX: usize = 480;

/// Ends a reason that was cut, within [`REASON_MAX`]: it is not cut again.
const CUT: &str = "...";

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
            Record::Part { .. } => "part",
            Record::Frame { .. } => "frame",
            Record::Step { .. } => "step",
            Record::Fault { .. } => "fault",
        }
    }

    fn payload(&self) -> Vec<u8> {
        match self {
            Record::Hello { edition } => edition.to_string().into_bytes(),
            Record::Part { document, index, data } => {
                [&document.0.to_be_bytes(), &index.to_be_bytes(), data.as_slice()].concat()
            }
            Record::Frame { document, size, crc } => format!("{} {size} {crc}", document.0).into_bytes(),
            Record::Step { ended, begins } => {
                let ended = ended.map(|(index, verdict)| format!("{index} {}", verdict.word()));
                let begins = begins.map(|index| index.to_string());
                format!("{}>{}", ended.unwrap_or_default(), begins.unwrap_or_default()).into_bytes()
            }
            Record::Fault { reason } => shortened(reason).into_bytes(),
        }
    }

    fn from_payload(kind: &str, payload: &[u8]) -> Option<Record> {
        let text = || std::str::from_utf8(payload).ok();
        match kind {
            "hello" => Some(Record::Hello { edition: text()?.parse().ok()? }),
            "part" => part(payload),
            "frame" => frame(text()?),
            "step" => step(text()?),
            "fault" => Some(Record::Fault { reason: text()?.to_owned() }),
            _ => None,
        }
    }
}

fn checksum_of(body: &str) -> String {
    format!("{:08x}", crc32fast::hash(body.as_bytes()))
}

fn part(payload: &[u8]) -> Option<Record> {
    let (document, rest) = payload.split_first_chunk()?;
    let (index, data) = rest.split_first_chunk()?;
    let document = Document(u32::from_be_bytes(*document));
    Some(Record::Part { document, index: u32::from_be_bytes(*index), data: data.to_vec() })
}

fn frame(text: &str) -> Option<Record> {
    let mut numbers = text.split(' ').map(|word| word.parse().ok());
    let mut next = || numbers.next().flatten();
    Some(Record::Frame { document: Document(next()?), size: next()?, crc: next()? })
}

fn step(text: &str) -> Option<Record> {
    let (ended, begins) = text.split_once('>')?;
    let ended = match ended {
        "" => None,
        ended => Some(judged(ended)?),
    };
    let begins = match begins {
        "" => None,
        begins => Some(begins.parse().ok()?),
    };
    Some(Record::Step { ended, begins })
}

fn judged(text: &str) -> Option<(u32, Verdict)> {
    let (index, verdict) = text.split_once(' ')?;
    let verdict = Verdict::ALL.into_iter().find(|known| known.word() == verdict)?;
    Some((index.parse().ok()?, verdict))
}

fn shortened(reason: &str) -> String {
    if reason.len() <= REASON_MAX {
        return reason.to_owned();
    }
    let cut = (0..=REASON_MAX - CUT.len()).rev().find(|&at| reason.is_char_boundary(at)).unwrap_or(0);
    format!("{}{CUT}", &reason[..cut])
}

/// Records of every kind, for tests.
#[cfg(test)]
pub mod sample {
    use proptest::prelude::*;

    use super::*;

    /// Any record at all.
    pub fn any_record() -> impl Strategy<Value = Record> {
        let document = || any::<u32>().prop_map(Document);
        let bytes = proptest::collection::vec(any::<u8>(), 0..80);
        let verdict = (0usize..5).prop_map(|at| Verdict::ALL[at]);
        prop_oneof![
            any::<u32>().prop_map(|edition| Record::Hello { edition }),
            (document(), any::<u32>(), bytes).prop_map(|(document, index, data)| Record::Part {
                document,
                index,
                data
            }),
            (document(), any::<u32>(), any::<u32>()).prop_map(|(document, size, crc)| Record::Frame {
                document,
                size,
                crc
            }),
            (proptest::option::of((any::<u32>(), verdict)), any::<Option<u32>>())
                .prop_map(|(ended, begins)| Record::Step { ended, begins }),
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
        let record = Record::Step { ended: Some((7, Verdict::Deviates)), begins: Some(8) };
        insta::assert_snapshot!(record.line(12), @"@ptc 12 step NyBkZXZpYXRlcz44 75d11202");
    }

    #[test]
    fn a_long_reason_is_cut_between_characters_and_fits_one_kernel_message() {
        let reason = "ß".repeat(2000);
        let line = Record::Fault { reason }.line(u32::MAX);
        assert!(line.len() < 900, "{}", line.len());
        let Some((_, Record::Fault { reason })) = Record::find(&line) else { panic!("{line}") };
        assert!(reason.ends_with("ß..."), "{reason}");
    }

    #[test]
    fn a_torn_record_hides_no_whole_one() {
        let record = Record::Step { ended: None, begins: Some(3) };
        let line = format!("@ptc 1 step NyBkZXZ{}", record.line(2));
        assert_eq!(Record::find(&line), Some((2, record)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_said_is_heard(number: u32, record in any_record(), before in "[^@]{0,30}", after in ".{0,30}") {
            let line = format!("{before}{}{after}", record.line(number));
            prop_assert_eq!(Record::find(&line), Some((number, record)));
        }

        /// Also a reason that had to be cut.
        #[test]
        fn what_was_heard_can_be_said_again(number: u32, reason in "[aß€]{0,600}") {
            let line = Record::Fault { reason }.line(number);
            let heard = Record::find(&line).map(|(number, record)| record.line(number));
            prop_assert_eq!(heard, Some(line));
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
