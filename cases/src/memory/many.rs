//! Transfers of many pieces, and of what ends where memory does.

use super::place::{AT, END, SIZE, STOPS, map_anonymous, to_breakpoint};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

const ORDER: &str = "pvm.order";
const LIMIT: &str = "pvm.iov-limit";
const WORD: &str = "mem.peek-word";
const WHOLE: &str = "mem.peek-all-or-nothing";
const PARTIAL: &str = "pvm.partial-page";

/// `UIO_MAXIOV`, and how many bytes so many words have.
const MOST: usize = 1024;
const BYTES: usize = 8 * MOST;
const BORDER: u64 = AT + SIZE;
/// What is there at the end of memory.
const TEXT: &[u8; 24] = b"abcdefghijklmnopqrstuvw\0";

/// Bytes no two neighbours of which are the same.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 + 1).collect()
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "most_vectors",
        title: "process_vm_writev and process_vm_readv take 1024 vectors on both sides and move every byte.",
        clauses: &[STOPS, END, ORDER, LIMIT],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            map_anonymous(p, AT);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let bytes = pattern(BYTES);
            // From the last place to the first, in pieces that are not those of the other side.
            let places: Vec<_> = (0..MOST as u64).rev().map(|at| (AT + at * 8, 8)).collect();
            let pieces: Vec<_> = (0..MOST).map(|at| if at % 2 == 0 { 3 } else { 13 }).collect();
            let written = t.vm_write(&bytes, &pieces, &places);
            t.check(LIMIT, "process_vm_writev", Ok(bytes.len() as i64), written);
            let (read, found) = t.vm_read(&pieces, &places);
            t.check(LIMIT, "process_vm_readv", Ok(bytes.len() as i64), read);
            t.check(ORDER, "every byte is read that was written", true, found == bytes);
            let all = t.memory_file()?.read(AT, BYTES);
            let expected: Vec<u8> = bytes.chunks_exact(8).rev().flatten().copied().collect();
            t.check(ORDER, "every byte is where it belongs", Ok(true), all.map(|all| all == expected));
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "text_at_the_end_of_memory",
        title: "A text that ends with the last byte of memory is read by PTRACE_PEEKDATA in aligned words, each of which the request stores while it returns 0, or by process_vm_readv, which says how much there is; the next word fails with EIO.",
        clauses: &[STOPS, END, WORD, WHOLE, PARTIAL],
        axes: &[axis::<Start>(&["traceme", "seize"])],
        program: |p| {
            map_anonymous(p, AT);
            for (at, word) in (0..).zip(TEXT.chunks_exact(8)) {
                p.store(
                    BORDER - 24 + 8 * at,
                    word.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
                );
            }
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            for length in [1_usize, 7, 8, 9, 23] {
                let begin = BORDER - length as u64;
                let mut found = Vec::new();
                for address in (begin & !7..BORDER).step_by(8) {
                    let mut word = [0; 8];
                    let answer = t.request(Request::PEEKDATA, address, Data::Buffer(&mut word));
                    t.check(WORD, "PTRACE_PEEKDATA", Ok(0), answer);
                    found.extend(word);
                }
                let words = TEXT[24 - length.next_multiple_of(8)..].to_vec();
                t.check(WORD, "words that PTRACE_PEEKDATA stored", words, found);
                let (read, mut bytes) = t.vm_read(&[64], &[(begin, 64)]);
                t.check(PARTIAL, "process_vm_readv", Ok(length as i64), read);
                bytes.truncate(length);
                t.check(PARTIAL, "text by process_vm_readv", TEXT[24 - length..].to_vec(), bytes);
            }
            t.check(WHOLE, "the next word", Err(Errno::EIO), t.peek(BORDER).map(Word));
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
