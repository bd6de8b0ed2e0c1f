//! The length of vectors, as the tracer sets it, and what system calls leave of them.

use super::sets::differing;
use super::vector_image::{HEADER, Length, VECTORS, control};
use super::vectors::{
    EXISTS, FORM, GET_LENGTH, LONGEST, OF_VECTORS, ROUTINE, STOPS_AT, check_vectors, choose, length,
    to_chosen, with_vectors,
};
use super::{END, vectors};
use crate::changes::{FLOATING_CLEARED, VECTORS_CLEARED};
use ptrace_conformance_harness::case::{Arch, Case, Quirk};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;
use ptrace_conformance_harness::version::Change;

const LONGER: &str = "regs.getregset-iov-len-variable";
const CHANGED: &str = "sve.set.vl-change";
const ACTUAL: &str = "sve.set.actual-vl-readback";
const ALONE: &str = "sve.set.header-only";
const REFUSED: &str = "sve.set.bad-vl";
const MISFIT: &str = "sve.set.unsupported-vl-eio";
const KEPT: &str = "sve.set.unsupported-vl-keeps-v";
const CLEARS: &str = "sve.set.clears";
/// Loads vectors, stops, stores them, and asks for their length.
fn program(p: &mut Program) {
    choose(p);
    p.run(ROUTINE[0], &[Program::area(0), Program::area(1), 0]);
    p.call(Syscall::PRCTL, &[GET_LENGTH]);
    p.exit(3);
}

/// To the end of the program, which was told this length.
fn ends_with(t: Stopped, clause: &str, length: Length) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check_saw(clause, "prctl_3", Some(Return(length.bytes as u64)))
}

/// Another length that every processor has.
const fn other(length: Length) -> Length {
    let bytes = if length.bytes == 16 && length.most > 16 { length.most } else { 16 };
    Length { bytes, ..length }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "written_length_is_the_programs",
        title: "A header alone, written to NT_ARM_SVE, changes the length of vectors; one that the processor lacks is rounded down, and reading tells to what.",
        clauses: &[
            STOPS_AT[0],
            STOPS_AT[1],
            STOPS_AT[2],
            STOPS_AT[3],
            EXISTS,
            FORM,
            LONGER,
            CHANGED,
            ACTUAL,
            ALONE,
        ],
        changes: &[&FLOATING_CLEARED],
        program,
        scenario: |t| {
            let (t, old) = with_vectors(t, 0x11)?;
            check_vectors(&t, FORM, note::ARM_SVE, &old.set(0, &old.image(0x11), &control(0x11)));
            let now = other(old);
            let set = t.set_regset(note::ARM_SVE, &now.header(0, HEADER));
            t.check(CHANGED, "length", Ok(HEADER), set);
            let kept = old.narrowed(&old.image(0x11), &control(0x11));
            let registers = t.across(&FLOATING_CLEARED, kept.clone(), vec![0; kept.len()])?;
            check_vectors(&t, ALONE, note::ARM_SVE, &now.floating(0, &registers));
            let longest = Length { bytes: LONGEST as usize, ..now };
            let set = t.set_regset(note::ARM_SVE, &longest.header(0, HEADER));
            t.check(ACTUAL, "length of more than there is", Ok(HEADER), set);
            let most = Length { bytes: now.most, ..now };
            check_vectors(&t, ACTUAL, note::ARM_SVE, &most.floating(0, &registers));
            ends_with(t, CHANGED, most)
        },
        ..OF_VECTORS
    },
    Case {
        name: "impossible_lengths_are_refused",
        title: "A length that is none, or a flag that there is not, is refused with EINVAL, and nothing has been written.",
        clauses: &[STOPS_AT[0], STOPS_AT[1], STOPS_AT[2], STOPS_AT[3], EXISTS, FORM, LONGER, REFUSED],
        program,
        scenario: |t| {
            let (t, length) = with_vectors(t, 0x11)?;
            for bytes in [0, 1, 8, 24, LONGEST as usize + 16, 0xfff0] {
                let set = t.set_regset(note::ARM_SVE, &Length { bytes, ..length }.header(0, HEADER));
                t.check(REFUSED, &format!("vectors of {bytes} bytes"), Err(Errno::EINVAL), set);
            }
            for flag in [1 << 3, 1 << 15] {
                let set = t.set_regset(note::ARM_SVE, &other(length).header(flag, HEADER));
                t.check(REFUSED, &format!("flag {flag:#x}"), Err(Errno::EINVAL), set);
            }
            let all = length.set(0, &length.image(0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SVE, &all);
            ends_with(t, REFUSED, length)
        },
        ..OF_VECTORS
    },
    Case {
        name: "vectors_of_another_length_are_not_written",
        title: "Vectors of a length that the processor lacks fail with EIO: the length is rounded down as without them, and the floating-point registers should stay.",
        clauses: &[STOPS_AT[0], STOPS_AT[1], STOPS_AT[2], STOPS_AT[3], EXISTS, MISFIT, KEPT, CLEARS],
        changes: &[&VECTORS_CLEARED],
        quirks: &[Quirk {
            what: "floating-point registers are kept",
            observed: "no",
            arches: &[Arch::Aarch64],
            since: Change::at(6, 16),
            until: None,
            reason: "The kernel takes fresh, empty storage for the vectors before it finds that what is written does not fit.",
            source: "arch/arm64/kernel/ptrace.c: sve_set_common() of 6.16",
            ends: "a check of the length before the storage is taken, or other words in Documentation/arch/arm64/sve.rst",
            advice: "Read the length back after writing a header alone, and write vectors of that length.",
        }],
        program,
        scenario: |t| {
            let (t, old) = with_vectors(t, 0x11)?;
            let longest = Length { bytes: LONGEST as usize, ..old };
            let misfit = [longest.header(VECTORS, HEADER + 16), vec![0xff; 16]].concat();
            t.check(MISFIT, "PTRACE_SETREGSET", Err(Errno::EIO), t.set_regset(note::ARM_SVE, &misfit));
            let kept = old.narrowed(&old.image(0x11), &control(0x11));
            let vectors = t.across(&VECTORS_CLEARED, kept[..512].to_vec(), vec![0; 512])?;
            let mut read = vec![0; 512];
            t.check(CLEARS, "length", Ok(512), t.regset(note::PRFPREG, &mut read));
            t.check(CLEARS, "bytes that read otherwise", vec![], differing(&read, &vectors));
            t.check(KEPT, "floating-point registers are kept", true, read == kept[..512]);
            ends_with(t, MISFIT, Length { bytes: old.most, ..old })
        },
        ..OF_VECTORS
    },
    Case {
        name: "calls_end_vectors",
        title: "At the stops of a system call a program's vectors are only floating-point registers, and behind it the upper parts, predicates and first faults are 0.",
        clauses: &[
            STOPS_AT[1],
            STOPS_AT[2],
            STOPS_AT[3],
            EXISTS,
            LONGER,
            "sve.syscall-zeroes",
            "sve.flags.fpsimd",
        ],
        program: |p| {
            choose(p);
            p.run(ROUTINE[0], &[Program::area(0), Program::area(1), 1]);
            p.exit(3);
        },
        scenario: |t| {
            const ZEROES: &str = "sve.syscall-zeroes";
            let t = to_chosen(t, 0x11)?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let length = length(&t)?;
            let floating = length.narrowed(&length.image(0x11), &control(0x11));
            check_vectors(&t, "sve.flags.fpsimd", note::ARM_SVE, &length.floating(0, &floating));
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            check_vectors(&t, "sve.flags.fpsimd", note::ARM_SVE, &length.floating(0, &floating));
            vectors::ends_with(t, ZEROES, length, &length.widened(&floating), &control(0x11))
        },
        ..OF_VECTORS
    },
];
