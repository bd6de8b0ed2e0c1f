//! A document on its way over the console: packed, cut into pieces with a spare one, and put together
//! again if no more than one piece was lost.

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

/// The records that carry a document: its frame, the pieces, the sum of all pieces, which stands in for a
/// lost one, and the frame again. So a lost line costs nothing, at a fraction of the price of a second copy.
pub fn cut(document: Document, text: &[u8]) -> std::io::Result<Vec<Record>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text)?;
    let packed = packer.finish()?;
    let frame = Record::Frame { document, size: packed.len() as u32, crc: crc32fast::hash(text) };
    let pieces = packed.chunks(PART).map(<[u8]>::to_vec).chain([sum(packed.chunks(PART))]);
    let parts = pieces.zip(0..).map(|(data, index)| Record::Part { document, index, data });
    Ok([frame.clone()].into_iter().chain(parts).chain([frame]).collect())
}

/// The bitwise sum (exclusive or) of pieces, each as if filled up with zeros.
fn sum<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut sum = vec![0; PART];
    for piece in pieces {
        sum.iter_mut().zip(piece).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

/// The pieces of one document that have arrived.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    parts: BTreeMap<u32, Vec<u8>>,
    frame: Option<(u32, u32)>,
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

    /// Takes in the frame, or a second copy of it.
    pub fn frame(&mut self, size: u32, crc: u32) -> Result<(), Contradiction> {
        match self.frame.replace((size, crc)) {
            Some(known) if known != (size, crc) => Err(Contradiction),
            _ => Ok(()),
        }
    }

    /// The whole document, if at most one piece is missing and they fit together.
    pub fn whole(&self) -> Option<Vec<u8>> {
        let (size, crc) = self.frame?;
        let packed = self.packed(size as usize)?;
        let mut text = Vec::new();
        DeflateDecoder::new(packed.as_slice()).take(UNPACKED_MAX).read_to_end(&mut text).ok()?;
        (crc32fast::hash(&text) == crc).then_some(text)
    }

    fn packed(&self, size: usize) -> Option<Vec<u8>> {
        let count = u32::try_from(size.div_ceil(PART)).ok()?;
        if self.parts.len() < count as usize {
            return None;
        }
        let pieces = (0..=count).filter_map(|index| self.parts.get(&index));
        let spare = sum(pieces.map(Vec::as_slice));
        let piece = |index| self.parts.get(&index).unwrap_or(&spare);
        let mut packed: Vec<u8> = (0..count).flat_map(piece).copied().collect();
        packed.truncate(size);
        Some(packed)
    }

    /// What is missing, for a message.
    pub fn missing(&self) -> String {
        match self.frame {
            None if self.parts.is_empty() => "nothing of it arrived".to_owned(),
            None => format!("{} of its pieces arrived, but not its frame", self.parts.len()),
            Some((size, _)) => {
                format!("{} of its {} pieces arrived", self.parts.len(), (size as usize).div_ceil(PART) + 1)
            }
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
                Record::Frame { size, crc, .. } => assembly.frame(size, crc).unwrap(),
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
    fn nothing_is_whole_without_its_frame() {
        assert_eq!(Assembly::default().whole(), None);
        assert_eq!(Assembly::default().missing(), "nothing of it arrived");
        let records = cut(Document(1), &noise(1000)).unwrap();
        assert_eq!(put_together(&records[1..records.len() - 1]), None);
    }

    #[test]
    fn an_empty_document_is_one() {
        assert_eq!(put_together(&cut(Document::PLAN, b"").unwrap()), Some(vec![]));
    }

    #[test]
    fn pieces_that_do_not_add_up_are_nothing() {
        let mut records = cut(Document::PLAN, b"one thing").unwrap();
        records.retain(|record| matches!(record, Record::Part { .. }));
        let Record::Frame { size, crc, .. } = cut(Document::PLAN, b"one thing").unwrap().remove(0) else {
            panic!("the frame comes first")
        };
        records.push(Record::Frame { document: Document::PLAN, size, crc: crc ^ 1 });
        assert_eq!(put_together(&records), None);
    }

    #[test]
    fn copies_that_differ_are_noticed() {
        let mut assembly = Assembly::default();
        assembly.part(0, vec![1]).unwrap();
        assert_eq!(assembly.part(0, vec![1]), Ok(()));
        assert_eq!(assembly.part(0, vec![2]), Err(Contradiction));
        assembly.frame(1, 5).unwrap();
        assert_eq!(assembly.frame(1, 6), Err(Contradiction));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        /// Some lines lost, in any order: the document comes out as it was, or not at all, and it comes out
        /// exactly when a frame and all pieces but one made it.
        #[test]
        fn whole_or_nothing(
            length in 0usize..4000,
            lost in proptest::collection::vec(proptest::bool::weighted(0.1), 40),
            shuffle: bool,
        ) {
            let text = noise(length);
            let sent = cut(Document(1), &text).unwrap();
            let lost = lost.iter().chain(std::iter::repeat(&false));
            let mut arrived: Vec<_> =
                sent.iter().zip(lost).filter(|(_, lost)| !**lost).map(|(record, _)| record.clone()).collect();
            if shuffle {
                arrived.reverse();
            }
            let pieces = |records: &[Record]| records.iter().filter(|record| matches!(record, Record::Part { .. })).count();
            let framed = arrived.iter().any(|record| matches!(record, Record::Frame { .. }));
            let enough = framed && pieces(&arrived) + 1 >= pieces(&sent);
            prop_assert_eq!(put_together(&arrived), enough.then_some(text));
        }
    }
}
