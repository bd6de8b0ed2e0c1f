//! Vectors of any length, `NT_ARM_SVE`: what it shows.

use super::floating::with_registers;
use super::floating_image::image as floating_image;
use super::sets::{differing, to_breakpoint};
use super::vector_image::{HEADER, Length, VECTORS, control};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use std::rc::Rc;

pub(super) const EXISTS: &str = "sve.regset-exists";
pub(super) const FORM: &str = "sve.flags.sve";
pub(super) const FLOATING: &str = "sve.flags.fpsimd";
const LONGER: &str = "regs.getregset-iov-len-variable";
pub(super) const ONLY: &str = "x86_64 has no such registers";
pub(super) const NEEDS: &[Need] = &[Need::Processor(Feature::Sve)];

/// The routine, before and behind its breakpoint; aarch64 alone has it.
#[cfg(target_arch = "aarch64")]
pub(super) const ROUTINE: [u64; 2] = [label::VECTORS, label::VECTORS_1];
#[cfg(target_arch = "x86_64")]
pub(super) const ROUTINE: [u64; 2] = [label::STEPPED; 2];

/// prctl(2)'s words, and the longest vectors that it takes.
pub(super) const SET_LENGTH: u64 = 50;
pub(super) const GET_LENGTH: u64 = 51;
pub(super) const LONGEST: u64 = 8192;
/// The part of its answers that is a length.
const LENGTH: u64 = 0xffff;
/// Bytes of the set with the longest vectors that the architecture has, 256 bytes; kernels may take more.
const LARGEST: usize = Length { bytes: 256, most: 256 }.size();
/// Where the areas of a program have FPSR and FPCR.
const CONTROL: usize = 9200;

/// The length that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Shortest,
    Longer,
    Longest,
}

impl Axis for Asked {
    const VALUES: &'static [(&'static str, Self)] =
        &[("shortest", Asked::Shortest), ("longer", Asked::Longer), ("longest", Asked::Longest)];
}

pub(super) const ASKED: Dimension = axis::<Asked>(&["shortest", "longer", "longest"]);

impl Asked {
    const fn bytes(self) -> u64 {
        match self {
            Asked::Shortest => 16,
            Asked::Longer => 32,
            Asked::Longest => LONGEST,
        }
    }
}

/// Finds out the longest vectors and chooses its own.
pub(super) fn choose(p: &mut Program) {
    let asked: Asked = p.pick();
    for bytes in [LONGEST, asked.bytes()] {
        p.call(Syscall::PRCTL, &[SET_LENGTH, bytes]);
    }
}

/// A case of vectors: a processor that has them, and a program that loads them all.
pub(super) const OF_VECTORS: Case = Case {
    axes: &[ANY_START, ASKED],
    arches: &[Arch::Aarch64],
    only: ONLY,
    needs: NEEDS,
    program,
    ..Case::NEW
};

/// Loads vectors from area 0, stops, and stores them to area 1.
fn program(p: &mut Program) {
    choose(p);
    p.run(ROUTINE[0], &[Program::area(0), Program::area(1), 0]);
    p.exit(3);
}

/// The lengths that the program was given.
pub(super) fn length(t: &Task) -> Flow<Length> {
    let told = |step: &str| Ok((t.saw(step)?.unwrap_or_default() & LENGTH) as usize);
    let (most, bytes) = (told("prctl")?, told("prctl_2")?);
    Ok(Length { bytes: bytes.max(16), most: most.max(16) })
}

/// What the program will load: vectors and what controls them, in both halves of the area.
pub(super) fn give(t: &Stopped, length: Length, seed: u8) {
    let mut bytes = length.image(seed);
    bytes.resize(CONTROL, 0);
    bytes.extend_from_slice(&control(seed));
    t.set_area(0, &bytes);
}

/// To where the program has chosen its length, behind two calls; what it will load depends on that.
pub(super) fn to_chosen(t: Stopped, seed: u8) -> Flow<Stopped> {
    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
    let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
    let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    let bytes = (t.registers()?.result() & LENGTH) as usize;
    give(&t, Length { bytes: bytes.max(16), most: 0 }, seed);
    Ok(t)
}

/// To where the program has vectors of its own.
pub(super) fn with_vectors(t: Stopped, seed: u8) -> Flow<(Stopped, Length)> {
    let t = to_breakpoint(to_chosen(t, seed)?, ROUTINE[1])?;
    let length = length(&t)?;
    let mut header = [0; HEADER];
    t.check(EXISTS, "length of a header", Ok(HEADER), t.regset(note::ARM_SVE, &mut header));
    let expected = length.header(VECTORS, length.size());
    t.check(EXISTS, "bytes of the header that read otherwise", vec![], differing(&header, &expected));
    Ok((t, length))
}

/// A whole set, read into a longer buffer: the length given back is the buffer's, and nothing is written behind.
pub(super) fn check_vectors(t: &Stopped, clause: &str, set: u64, expected: &[u8]) {
    const FILL: u8 = 0xa5;
    let most = LARGEST.max(expected.len());
    let mut buffer = vec![FILL; (expected.len() + 64).min(most)];
    let length = t.regset(set, &mut buffer);
    t.check(LONGER, "length of a longer buffer", Ok(buffer.len()), length);
    let behind = buffer[expected.len()..].iter().all(|byte| *byte == FILL);
    t.check(LONGER, "nothing is written behind", true, behind);
    t.check(clause, "bytes that read otherwise", vec![], differing(&buffer[..expected.len()], expected));
}

/// To the end of the program, which has stored these vectors.
pub(super) fn ends_with(t: Stopped, clause: &str, length: Length, registers: &[u8], control: &[u8]) -> Flow {
    ended_with(t, clause, length, registers, control).map(drop)
}

/// The same; the task that is gone, for more questions.
pub(super) fn ended_with(
    t: Stopped,
    clause: &str,
    length: Length,
    registers: &[u8],
    control: &[u8],
) -> Flow<Rc<Task>> {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let stored = t.area(1, CONTROL + 8);
    let (front, back) = (&stored[..length.registers()], &stored[CONTROL..]);
    t.check(clause, "bytes that the program stored otherwise", vec![], differing(front, registers));
    t.check(clause, "control registers that it stored otherwise", vec![], differing(back, control));
    let between = stored[length.registers()..CONTROL].iter().all(|byte| *byte == 0);
    t.check(clause, "nothing is stored behind", true, between);
    Ok(t)
}

pub(super) const STOPS_AT: [&str; 4] = [STOPS, END, "sysstop.entry", "sysstop.exit-after-entry"];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "vectors_are_the_programs",
        title: "NT_ARM_SVE shows the vectors, predicates and control registers as the program has loaded them, behind a header with their length; a shorter buffer gets the front.",
        clauses: &[
            STOPS_AT[0],
            STOPS_AT[1],
            STOPS_AT[2],
            STOPS_AT[3],
            EXISTS,
            FORM,
            LONGER,
            "sve.header.size",
            "sve.header.max-size",
            "sve.header.vl",
            "sve.header.short-buffer",
            "sve.layout-endian-invariant",
            "regs.getregset-short-len",
        ],
        scenario: |t| {
            let (t, length) = with_vectors(t, 0x11)?;
            let all = length.set(0, &length.image(0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SVE, &all);
            let fields = [
                ("sve.header.size", 0..4),
                ("sve.header.max-size", 4..8),
                ("sve.header.vl", 8..12),
                (EXISTS, 12..16),
                ("sve.layout-endian-invariant", HEADER..all.len()),
            ];
            let mut buffer = vec![0; all.len()];
            t.check(EXISTS, "length", Ok(all.len()), t.regset(note::ARM_SVE, &mut buffer));
            for (clause, place) in fields {
                t.check(clause, "is as it must be", true, buffer[place.clone()] == all[place]);
            }
            let lengths = [0, HEADER, 2 * HEADER, all.len() - HEADER].into_iter();
            super::sets::fronts(&t, "sve.header.short-buffer", note::ARM_SVE, &all, lengths);
            for odd in [1, 8, HEADER + 8] {
                let answer = t.regset(note::ARM_SVE, &mut vec![0; odd]);
                let what = format!("length for {odd} bytes");
                t.check("regs.getregset-short-len", &what, Err(Errno::EINVAL), answer);
            }
            ends_with(t, FORM, length, &length.image(0x11), &control(0x11))
        },
        ..OF_VECTORS
    },
    Case {
        name: "vectors_not_in_use_are_floating_point",
        title: "NT_ARM_SVE of a program that has used no vectors has its floating-point registers behind the header.",
        clauses: &[STOPS, END, EXISTS, FLOATING, LONGER],
        program: |p| {
            choose(p);
            p.run(label::FLOATING, &[Program::area(0), Program::area(1)]);
            p.exit(3);
        },
        scenario: |t| {
            let image = floating_image(0x11);
            let t = with_registers(t, &image)?;
            let length = length(&t)?;
            check_vectors(&t, FLOATING, note::ARM_SVE, &length.floating(0, &image));
            let shown = t.regset(note::ARM_SVE, &mut [0; 0]);
            t.check(EXISTS, "length of nothing", Ok(0), shown);
            super::floating::ends_with(t, FLOATING, &image)
        },
        ..OF_VECTORS
    },
];
