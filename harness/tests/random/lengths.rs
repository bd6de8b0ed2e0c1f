//! Register sets read and written in part, through vectors of any length.

use proptest::prelude::*;
use ptrace_conformance_harness::arch::{IP, NAMES, Registers};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;

use crate::{CASE, holds, on_tracees, registers, reset};

const WORD: usize = 8;
const WHOLE: usize = WORD * NAMES.len();

/// kernel/ptrace.c, `ptrace_regset()`: a multiple of the set's unit, cut to the set's size.
fn answer(length: usize) -> Result<usize, Errno> {
    if length.is_multiple_of(WORD) { Ok(length.min(WHOLE)) } else { Err(Errno::EINVAL) }
}

/// Lengths on both sides of the set's size, words and others.
fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![0..=WHOLE + 64, (0..=NAMES.len() + 8).prop_map(|words| words * WORD)]
}

#[test]
fn any_length_reads_the_front() {
    on_tracees(Case {
        scenario: |t| {
            let whole = t.registers()?.bytes();
            holds(&t, &(lengths(), any::<u8>()), |(length, filling)| {
                let mut buffer = vec![filling; length];
                let read = t.regset(note::PRSTATUS, &mut buffer);
                prop_assert_eq!(read, answer(length));
                let front = read.unwrap_or(0);
                prop_assert_eq!(&buffer[..front], &whole[..front]);
                prop_assert!(buffer[front..].iter().all(|byte| *byte == filling), "written behind it");
                Ok(())
            })
        },
        ..CASE
    });
}

#[test]
fn any_length_writes_the_front() {
    on_tracees(Case {
        scenario: |t| {
            let start = t.registers()?;
            holds(&t, &(lengths(), any::<u64>()), |(length, pattern)| {
                reset(&t, &start)?;
                let image = filled(&start, pattern);
                let mut bytes = image.bytes();
                bytes.resize(length, 0xa5);
                let taken = t.set_regset(note::PRSTATUS, &bytes);
                prop_assert_eq!(taken, answer(length));
                let mut becomes = start;
                let words = taken.unwrap_or(0) / WORD;
                becomes.words[..words].copy_from_slice(&image.words[..words]);
                prop_assert_eq!(registers(&t)?.differing(&becomes), Vec::<&str>::new());
                Ok(())
            })
        },
        ..CASE
    });
}

/// Another value in each register that takes any.
fn filled(start: &Registers, pattern: u64) -> Registers {
    let free = if cfg!(target_arch = "x86_64") { 0..IP } else { 0..IP + 1 };
    free.fold(*start, |image, index| image.with(index, pattern.rotate_left(index as u32) ^ index as u64))
}

#[test]
fn no_other_set_is_there() {
    on_tracees(Case {
        scenario: |t| {
            // Notes of other architectures and of core files (include/uapi/linux/elf.h).
            let absent =
                prop_oneof![0x100..0x110_u64, 0x300..0x310_u64, 0x500..0x600_u64, 0x900..u64::from(u32::MAX)];
            holds(&t, &(absent, lengths()), |(note, length)| {
                prop_assert_eq!(t.regset(note, &mut vec![0; length]), Err(Errno::EINVAL));
                prop_assert_eq!(t.set_regset(note, &vec![0; length]), Err(Errno::EINVAL));
                Ok(())
            })
        },
        ..CASE
    });
}
