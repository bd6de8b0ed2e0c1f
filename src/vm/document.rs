//! A document on its way over the console: packed, cut into pieces, and put together again from
//! whichever copy of each piece arrived.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::record::{Document, Record};

/// Bytes in a piece: short lines, so that one kernel message costs one short piece.
const PART: usize = 360;

/// No document unpacks to more than this.
const UNPACKED_MAX: u64 = 1 << 30;

/// The records that carry one copy of a document.
pub fn cut(document: Document, text: &[u8]) -> std::io::Result<Vec<Record>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text)?;
    let packed = packer.finish()?;
    let parts = packed.chunks(PART).zip(0..);
    let mut records: Vec<_> =
        parts.map(|(data, index)| Record::Part { document, index, data: data.to_vec() }).collect();
    let parts = records.len() as u32;
    records.push(Record::End { document, parts, crc: crc32fast::hash(text) });
    Ok(records)
}

/// The pieces of one document that have arrived.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    parts: BTreeMap<u32, Vec<u8>>,
    end: Option<(u32, u32)>,
}

/// Two copies of the same piece differ, both with a good checksum: nothing here can be believed.
#[derive(Debug, PartialEq, Eq)]
pub struct Contradiction;

impl Assembly {
    /// Takes in a piece, or a second copy of one.
    pub fn part(&mut self, index: u32, data: Vec<u8>) -> Result<(), Contradiction> {
        match self.parts.get(&index) {
            Some(known) if *known != data => Err(Contradiction),
            Some(_) => Ok(()),
            None => {
                self.parts.insert(index, data);
                Ok(())
            }
        }
    }

    /// Takes in the end, or a second copy of it.
    pub fn end(&mut self, parts: u32, crc: u32) -> Result<(), Contradiction> {
        match self.end.replace((parts, crc)) {
            Some(known) if known != (parts, crc) => Err(Contradiction),
            _ => Ok(()),
        }
    }

    /// The whole document, if every piece is there and they fit together.
    pub fn whole(&self) -> Option<Vec<u8>> {
        let (parts, crc) = self.end?;
        if !self.parts.keys().copied().eq(0..parts) {
            return None;
        }
        let packed: Vec<u8> = self.parts.values().flatten().copied().collect();
        let mut text = Vec::new();
        DeflateDecoder::new(packed.as_slice()).take(UNPACKED_MAX).read_to_end(&mut text).ok()?;
        (crc32fast::hash(&text) == crc).then_some(text)
    }

    /// What is missing, for a message.
    pub fn missing(&self) -> String {
        match self.end {
            None if self.parts.is_empty() => "nothing of it arrived".to_owned(),
            None => format!("{} of its pieces arrived, but not its end", self.parts.len()),
            Some((parts, _)) => format!("{} of its {parts} pieces arrived", self.parts.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put_together(records: &[Record]) -> Option<Vec<u8>> {
        let mut assembly = Assembly::default();
        for record in records {
            match record.clone() {
                Record::Part { index, data, .. } => assembly.part(index, data).unwrap(),
                Record::End { parts, crc, .. } => assembly.end(parts, crc).unwrap(),
                other => panic!("{other:?}"),
            }
        }
        assembly.whole()
    }

    /// Something that packing cannot make small.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn nothing_is_whole_before_its_end() {
        assert_eq!(Assembly::default().whole(), None);
        assert_eq!(Assembly::default().missing(), "nothing of it arrived");
        let records = cut(Document::Report, &noise(1000)).unwrap();
        assert_eq!(put_together(&records[..records.len() - 1]), None);
    }

    #[test]
    fn an_empty_document_is_one() {
        assert_eq!(put_together(&cut(Document::Plan, b"").unwrap()), Some(vec![]));
    }

    #[test]
    fn pieces_that_do_not_add_up_are_nothing() {
        let mut assembly = Assembly::default();
        for record in cut(Document::Plan, b"one thing").unwrap() {
            match record {
                Record::Part { index, data, .. } => assembly.part(index, data).unwrap(),
                Record::End { parts, crc, .. } => assembly.end(parts, crc ^ 1).unwrap(),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(assembly.whole(), None);
    }

    #[test]
    fn copies_that_differ_are_noticed() {
        let mut assembly = Assembly::default();
        assembly.part(0, vec![1]).unwrap();
        assert_eq!(assembly.part(0, vec![1]), Ok(()));
        assert_eq!(assembly.part(0, vec![2]), Err(Contradiction));
        assembly.end(1, 5).unwrap();
        assert_eq!(assembly.end(1, 6), Err(Contradiction));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        /// Two copies, some lines lost, in any order: the document comes out as it was, or not at all,
        /// and it comes out exactly when each line made it at least once.
        #[test]
        fn whole_or_nothing(
            length in 0usize..4000,
            lost in proptest::collection::vec(proptest::bool::weighted(0.2), 40),
            shuffle: bool,
        ) {
            let text = noise(length);
            let copy = cut(Document::Report, &text).unwrap();
            let both: Vec<_> = copy.iter().chain(&copy).cloned().collect();
            let mut arrived: Vec<_> =
                both.iter().zip(lost.iter().chain(std::iter::repeat(&false))).filter(|(_, lost)| !**lost)
                    .map(|(record, _)| record.clone()).collect();
            if shuffle {
                arrived.reverse();
            }
            let enough = copy.iter().all(|record| arrived.contains(record));
            prop_assert_eq!(put_together(&arrived), enough.then_some(text));
        }
    }
}
