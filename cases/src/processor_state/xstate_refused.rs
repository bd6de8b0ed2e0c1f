//! Extended states that cannot be written: another size, and headers that no XSAVE would write.

use super::sets::differing;
use super::xstate::{NEEDS, ONLY, check_states, ends_with, program, with_states};
use super::xstate_image::{COMPACTED, HEADER, RESERVED, image, in_use, initial, loaded, size, with};
use super::{END, STOPS};
use crate::changes::XSTATE_WHOLE;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

const READ: &str = "regs.getregset-vector";
const SIZE: &str = "x86.xstate-size";
const HEADERS: &str = "x86.xstate-header";
const ALONE: &str = "x86.xstate-refused-alone";
/// Where MXCSR is, and what precedes the states beyond FXSAVE's.
const MXCSR: usize = 24;
const FRONT: usize = 576;

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Reserved,
    Compacted,
    Unknown,
    Supervisor,
    Tiles,
}

impl Axis for Wrong {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("reserved", Wrong::Reserved),
        ("compacted", Wrong::Compacted),
        ("unknown", Wrong::Unknown),
        ("supervisor", Wrong::Supervisor),
        ("tiles", Wrong::Tiles),
    ];
}

impl Wrong {
    /// Places in the header, and the words that are wrong there.
    fn words(self, in_use: u64) -> Vec<(usize, u64)> {
        let states = |bits: &[u32]| bits.iter().map(|bit| (HEADER, in_use | 1 << bit)).collect();
        match self {
            Wrong::Reserved => [0, 8, 40].map(|at| (RESERVED + at, 1)).to_vec(),
            Wrong::Compacted => vec![(COMPACTED, 1 << 63 | in_use), (COMPACTED, 1 << 63), (COMPACTED, 1)],
            Wrong::Unknown => states(&[62, 63, 40]),
            // Processor trace, process address spaces, the shadow stacks of both privileges.
            Wrong::Supervisor => states(&[8, 10, 11, 12]),
            // Which a program has to ask for.
            Wrong::Tiles => states(&[17, 18]),
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "part_of_extended_state_is_refused",
        title: "NT_X86_XSTATE takes all states or none: a shorter set fails with EFAULT, and nothing of it has been written.",
        clauses: &[STOPS, END, READ, SIZE],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program,
        scenario: |t| {
            let old = image(0x11);
            let t = with_states(t, &old)?;
            check_states(&t, READ, &old);
            for length in [0, 8, HEADER, FRONT, size() - 8] {
                let set = t.set_regset(note::X86_XSTATE, &image(0x22)[..length.min(size() - 8)]);
                t.check(SIZE, &shorter(length), Err(Errno::EFAULT), set);
                check_states(&t, SIZE, &old);
            }
            let odd = t.set_regset(note::X86_XSTATE, &image(0x22)[..size() - 1]);
            t.check(SIZE, "a broken word", Err(Errno::EINVAL), odd);
            check_states(&t, SIZE, &old);
            ends_with(t, SIZE, &old, 0)
        },
        ..Case::NEW
    },
    Case {
        name: "wrong_header_is_refused",
        title: "A header with reserved words, in the compacted layout, or with states that the task does not have is refused with EINVAL.",
        clauses: &[STOPS, END, READ, HEADERS, ALONE],
        axes: &[ANY_START, axis::<Wrong>(&["reserved", "compacted", "unknown", "supervisor", "tiles"])],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        changes: &[&XSTATE_WHOLE],
        program,
        scenario: |t| {
            let wrong: Wrong = t.pick()?;
            let old = image(0x11);
            let t = with_states(t, &old)?;
            check_states(&t, READ, &old);
            for (at, word) in wrong.words(loaded()) {
                let set = t.set_regset(note::X86_XSTATE, &with(&image(0x22), at, &word.to_le_bytes()));
                t.check(HEADERS, &format!("{word:#x} at {at}"), Err(Errno::EINVAL), set);
            }
            after_refusals(t, &old)
        },
        ..Case::NEW
    },
    Case {
        name: "reserved_bits_of_mxcsr_are_refused",
        title: "Extended states with bits in MXCSR that the processor does not have are refused with EINVAL, and nothing of them has been written.",
        clauses: &[STOPS, END, READ, HEADERS],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        changes: &[&XSTATE_WHOLE],
        program,
        scenario: |t| {
            let (old, new) = (image(0x11), image(0x22));
            let t = with_states(t, &old)?;
            check_states(&t, READ, &old);
            let mut now = old;
            for byte in [0x10, 0x80] {
                let set = t.set_regset(note::X86_XSTATE, &with(&new, MXCSR + 3, &[byte]));
                let refused = t.across(&XSTATE_WHOLE, Ok(size()), Err(Errno::EINVAL))?;
                t.check(HEADERS, &format!("MXCSR with {byte:#x} on top"), refused, set);
                now = t.across(&XSTATE_WHOLE, new.clone(), now)?;
                check_states(&t, HEADERS, &now);
            }
            ends_with(t, HEADERS, &now, 0)
        },
        ..Case::NEW
    },
];

/// A length as a report shows it, the same whatever the processor has.
fn shorter(length: usize) -> String {
    if length < FRONT { format!("{length} bytes") } else { "a part of the states".to_owned() }
}

/// What is left when states have been refused: those that were there, or before Linux 5.14 those of a new program.
fn after_refusals(t: Stopped, old: &[u8]) -> Flow {
    if t.across(&XSTATE_WHOLE, false, true)? {
        check_states(&t, ALONE, old);
        return ends_with(t, ALONE, old, 0);
    }
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let stored = t.area(1, size());
    t.check(ALONE, "states in use that are not known", 0, in_use(&stored) & !loaded());
    let (front, header) = (differing(&stored[..HEADER], &initial()), FRONT.min(size()));
    t.check(ALONE, "bytes that the program stored otherwise", vec![], front);
    let vectors = stored[header..].iter().take(256).all(|byte| *byte == 0);
    t.check(ALONE, "upper halves of vectors are 0", true, vectors);
    Ok(())
}
