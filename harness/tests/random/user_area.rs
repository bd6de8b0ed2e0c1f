//! Offsets into x86_64's USER area; aarch64 has none.

use proptest::prelude::*;
use ptrace_conformance_harness::arch::NAMES;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;

use crate::{CASE, holds, on_tracees};

/// `struct user` (arch/x86/include/asm/user_64.h): its size, and where its eight debug registers begin and end.
const SIZE: u64 = 928;
const DEBUG: u64 = 848;
const DEBUG_END: u64 = DEBUG + 8 * 8;
/// What DR6 reads where nothing has hit.
const NO_HIT: u64 = 0xffff_0ff0;

/// Offsets within the area and behind it, and any.
fn offsets() -> impl Strategy<Value = u64> {
    prop_oneof![0..SIZE + 64, (0..SIZE / 8 + 8).prop_map(|word| word * 8), any::<u64>()]
}

/// The word of the area that begins at an offset, if one does.
fn word(offset: u64) -> Option<usize> {
    (offset.is_multiple_of(8) && offset < SIZE).then_some(offset as usize / 8)
}

#[test]
fn any_offset_is_peeked_as_predicted() {
    on_tracees(Case {
        scenario: |t| {
            let registers = t.registers()?;
            holds(&t, &offsets(), |offset| {
                let expected = word(offset).ok_or(Errno::EIO).map(|word| match offset {
                    _ if word < NAMES.len() => registers.words[word],
                    _ if offset == DEBUG + 6 * 8 => NO_HIT,
                    _ => 0,
                });
                prop_assert_eq!(t.peek_user(offset), expected);
                Ok(())
            })
        },
        ..CASE
    });
}

/// What is refused, or is no register, leaves the area as it was.
#[test]
fn any_other_offset_is_poked_in_vain() {
    on_tracees(Case {
        scenario: |t| {
            let registers = t.registers()?;
            let others = offsets().prop_filter("of a register", |&offset| match word(offset) {
                Some(word) => word >= NAMES.len() && !(DEBUG..DEBUG_END).contains(&offset),
                None => true,
            });
            holds(&t, &(others, any::<u64>()), |(offset, value)| {
                prop_assert_eq!(t.poke_user(offset, value), Err(Errno::EIO));
                prop_assert_eq!(crate::registers(&t)?, registers);
                Ok(())
            })
        },
        ..CASE
    });
}
