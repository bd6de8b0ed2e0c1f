//! The matrix of SME, `NT_ARM_ZA`.

use super::sets::{differing, to_breakpoint};
use super::streaming::{ONLY, SET_LENGTH, SHORT};
use super::vectors::LONGEST;
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need, Quirk};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;
use ptrace_conformance_harness::version::Change;

const SHOWN: &str = "sme.za.regset";
const FIELDS: &str = "sme.za.header";
const MOST: &str = "sme.za.max-size";
const INACTIVE: &str = "sme.za.inactive";
const PAYLOAD: &str = "sme.za.set-payload";
const MISFIT: &str = "sme.za.unsupported-vl-eio";
const LONGER: &str = "regs.getregset-iov-len-variable";
const NEEDS: &[Need] = &[Need::Processor(Feature::Sme)];
const HEADER: usize = 16;

/// The routine, before and behind its breakpoint; aarch64 alone has it.
#[cfg(target_arch = "aarch64")]
const ROUTINE: [u64; 2] = [label::MATRIX, label::MATRIX_1];
#[cfg(target_arch = "x86_64")]
const ROUTINE: [u64; 2] = [label::STEPPED; 2];

/// SVCR's bit of the matrix.
const IN_USE: u64 = 2;

/// The length of a row, which is the number of rows too, and the longest that there is.
#[derive(Clone, Copy, Debug)]
struct Side {
    bytes: usize,
    most: usize,
}

impl Side {
    /// The header of a set with so many bytes, but for the largest size.
    fn header(self, size: usize) -> Vec<u8> {
        let words = [size as u32, 0].map(u32::to_le_bytes).concat();
        [words, [self.bytes as u16, self.most as u16, 0, 0].map(u16::to_le_bytes).concat()].concat()
    }

    fn image(self, seed: u8) -> Vec<u8> {
        let byte = |at: usize| (at as u8).wrapping_mul(13) ^ (at >> 8) as u8 ^ seed;
        (0..self.bytes * self.bytes).map(byte).collect()
    }

    fn set(self, seed: u8) -> Vec<u8> {
        let image = self.image(seed);
        [self.header(HEADER + image.len()), image].concat()
    }
}

fn program(p: &mut Program) {
    for bytes in [LONGEST, SHORT] {
        p.call(Syscall::PRCTL, &[SET_LENGTH, bytes]);
    }
    p.run(ROUTINE[0], &[Program::area(0), Program::area(1)]);
    p.exit(3);
}

/// To where the program has loaded its matrix. On a processor whose shortest rows are longer it has more rows than
/// are given, and the rest is 0.
fn with_matrix(t: Stopped, seed: u8) -> Flow<(Stopped, Side)> {
    let usual = Side { bytes: SHORT as usize, most: 0 };
    t.set_area(0, &usual.image(seed));
    let t = to_breakpoint(t, ROUTINE[1])?;
    let told = |step: &str| Ok((t.saw(step)?.unwrap_or_default() & 0xffff) as usize);
    let side = Side { most: told("prctl")?, bytes: told("prctl_2")? };
    t.check(FIELDS, "rows", SHORT as usize, side.bytes);
    Ok((t, side))
}

/// Holds the set against what it must be, its largest size against both rows that may decide it.
fn check_matrix(t: &Stopped, clause: &str, side: Side, expected: &[u8]) {
    const FILL: u8 = 0xa5;
    let mut buffer = vec![FILL; expected.len() + 64];
    let length = t.regset(note::ARM_ZA, &mut buffer);
    t.check(LONGER, "length of a longer buffer", Ok(buffer.len()), length);
    let behind = buffer[expected.len()..].iter().all(|byte| *byte == FILL);
    t.check(LONGER, "nothing is written behind", true, behind);
    let largest = u32::from_le_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]) as usize;
    let of = |bytes: usize| HEADER + bytes * bytes;
    t.check(MOST, "largest size is that of the longest rows", true, largest == of(side.most));
    let known = [of(side.most), of(side.bytes)].contains(&largest);
    t.check(FIELDS, "largest size is that of some rows", true, known);
    buffer[4..8].fill(0);
    t.check(clause, "bytes that read otherwise", vec![], differing(&buffer[..expected.len()], expected));
}

fn ends(t: Stopped, clause: &str, used: u64, stored: &[u8]) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check(clause, "mode in the program", Some(Word(used)), t.saw("matrix")?.map(Word));
    let read = t.area(1, stored.len());
    t.check(clause, "bytes that the program stored otherwise", vec![], differing(&read, stored));
    Ok(())
}

const LARGEST: Quirk = Quirk {
    what: "largest size is that of the longest rows",
    observed: "no",
    arches: &[Arch::Aarch64],
    since: Change::at(5, 19),
    until: None,
    reason: "The kernel computes the largest size from the length in force, not from the longest one.",
    source: "arch/arm64/kernel/ptrace.c: za_get()",
    ends: "a max_size made from max_vl, or other words in Documentation/arch/arm64/sme.rst",
    advice: "Compute the largest size from max_vl.",
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "matrix_is_the_programs",
        title: "NT_ARM_ZA shows the rows of the matrix as the program has loaded them, and what is written there the program goes on with.",
        clauses: &[STOPS, END, SHOWN, FIELDS, MOST, LONGER, PAYLOAD],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: NEEDS,
        quirks: &[LARGEST],
        program,
        scenario: |t| {
            let (t, side) = with_matrix(t, 0x11)?;
            check_matrix(&t, SHOWN, side, &side.set(0x11));
            let new = side.set(0x22);
            t.check(PAYLOAD, "length", Ok(new.len()), t.set_regset(note::ARM_ZA, &new));
            check_matrix(&t, PAYLOAD, side, &new);
            ends(t, PAYLOAD, IN_USE, &side.image(0x22))
        },
        ..Case::NEW
    },
    Case {
        name: "header_alone_ends_the_matrix",
        title: "A header alone, written to NT_ARM_ZA, puts the matrix out of use; then the set is a header alone, until one with rows is written.",
        clauses: &[STOPS, END, FIELDS, MOST, LONGER, INACTIVE, PAYLOAD],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: NEEDS,
        quirks: &[LARGEST],
        program,
        scenario: |t| {
            let (t, side) = with_matrix(t, 0x11)?;
            let nothing = side.header(HEADER);
            for seed in [0x22, 0x33] {
                t.check(PAYLOAD, "length of a header", Ok(HEADER), t.set_regset(note::ARM_ZA, &nothing));
                check_matrix(&t, INACTIVE, side, &nothing);
                let rows = side.set(seed);
                t.check(PAYLOAD, "length", Ok(rows.len()), t.set_regset(note::ARM_ZA, &rows));
                check_matrix(&t, PAYLOAD, side, &rows);
            }
            t.check(PAYLOAD, "length of a header", Ok(HEADER), t.set_regset(note::ARM_ZA, &nothing));
            ends(t, PAYLOAD, 0, &[0; 64])
        },
        ..Case::NEW
    },
    Case {
        name: "matrix_of_another_length_is_not_written",
        title: "Rows of a length that the processor lacks fail with EIO: the matrix is out of use, with the longest rows.",
        clauses: &[STOPS, END, FIELDS, MOST, LONGER, MISFIT, "sme.za.vl-change-clears"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: NEEDS,
        program,
        scenario: |t| {
            let (t, side) = with_matrix(t, 0x11)?;
            let longest = Side { bytes: LONGEST as usize, ..side };
            let misfit = [longest.header(HEADER + 16), vec![0xff; 16]].concat();
            t.check(MISFIT, "PTRACE_SETREGSET", Err(Errno::EIO), t.set_regset(note::ARM_ZA, &misfit));
            let most = Side { bytes: side.most, ..side };
            check_matrix(&t, "sme.za.vl-change-clears", most, &most.header(HEADER));
            ends(t, MISFIT, 0, &[0; 64])
        },
        ..Case::NEW
    },
];
