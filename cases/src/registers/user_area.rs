//! What lies in x86_64's USER area beside registers, and how much a word is.

use super::{END, STOPS, behind_a_call, check_all, program};
use crate::breakpoints::point::DEBUG;
use ptrace_conformance_harness::arch::NAMES;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const LAYOUT: &str = "note.user-area-layout";
const FIXED: &str = "user.poke-disallowed-fields";
const SIZE: &str = "note.word-size";

/// `struct user` (arch/x86/include/asm/user_64.h): its end, and that of its eight debug registers.
const AREA_END: u64 = 928;
const DEBUG_END: u64 = DEBUG + 8 * 8;
/// Where the general registers end.
const REGISTERS_END: u64 = 8 * NAMES.len() as u64;

/// What is in memory, and what is written there.
const BEFORE: [u64; 3] = [0x1111_1111_1111_1111, 0x2222_2222_2222_2222, 0x3333_3333_3333_3333];
const WRITTEN: u64 = 0x0123_4567_89ab_cdef;

/// Offsets of what is neither a general register nor a debug register.
fn others() -> impl Iterator<Item = u64> {
    (REGISTERS_END..DEBUG).chain(DEBUG_END..AREA_END).step_by(8)
}

/// Reads a word into a buffer with room behind it: the word, and whether the room is as it was.
fn peek_with_room(t: &Stopped, address: u64) -> Result<(Word, bool), Errno> {
    let mut buffer = [0xa5; 16];
    t.request(Request::PEEKDATA, address, Data::Buffer(&mut buffer))?;
    let (word, room) = buffer.split_at(8);
    let word = u64::from_ne_bytes(word.try_into().unwrap_or_default());
    Ok((Word(word), room.iter().all(|byte| *byte == 0xa5)))
}

/// The three words from the first free one of the record on.
fn words(t: &Stopped) -> Flow<Vec<Word>> {
    Ok(t.memory(Program::shared(0), BEFORE.len())?.into_iter().map(Word).collect())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "rest_of_the_user_area",
        title: "What struct user has beside general and debug registers PTRACE_PEEKUSER reads as 0, and PTRACE_POKEUSER refuses to write with EIO.",
        clauses: &[STOPS, END, LAYOUT, FIXED],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: "aarch64 has no USER area",
        program,
        scenario: |t| {
            let (t, old) = behind_a_call(t)?;
            for offset in others() {
                t.check(LAYOUT, &format!("word at {offset}"), Ok(Word(0)), t.peek_user(offset).map(Word));
                let poked = t.poke_user(offset, u64::MAX);
                t.check(FIXED, &format!("PTRACE_POKEUSER at {offset}"), Err(Errno::EIO), poked);
            }
            let written: Vec<_> = others().filter(|&offset| t.peek_user(offset) != Ok(0)).collect();
            t.check(FIXED, "offsets that read otherwise then", vec![], written);
            check_all(&t, FIXED, &old)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "word_of_eight_bytes",
        title: "PTRACE_PEEKDATA stores eight bytes, and PTRACE_POKEDATA writes eight, at any address.",
        clauses: &[STOPS, END, SIZE],
        axes: &[ANY_START],
        program,
        scenario: |t| {
            let (t, _) = behind_a_call(t)?;
            for offset in 0..=8 {
                t.set_memory(Program::shared(0), &BEFORE)?;
                let place = Program::shared(0) + offset;
                t.check(SIZE, "PTRACE_POKEDATA", Ok(()), t.poke(place, WRITTEN));
                let what = format!("word and room behind it from byte {offset} on");
                t.check(SIZE, &what, Ok((Word(WRITTEN), true)), peek_with_room(&t, place));
                let mut bytes = BEFORE.map(u64::to_ne_bytes).concat();
                bytes[offset as usize..][..8].copy_from_slice(&WRITTEN.to_ne_bytes());
                let expected = bytes.chunks_exact(8).map(|word| word.try_into().unwrap_or_default());
                let expected = expected.map(|word| Word(u64::from_ne_bytes(word))).collect();
                t.check(SIZE, "words written and beside", expected, words(&t)?);
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
