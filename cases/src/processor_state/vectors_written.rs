//! Vectors of any length that the tracer writes.

use super::floating_image::image as floating_image;
use super::sets::check_set;
use super::vector_image::{HEADER, control};
use super::vectors::{EXISTS, FLOATING, FORM, OF_VECTORS, STOPS_AT, check_vectors, ends_with, with_vectors};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;

const LONGER: &str = "regs.getregset-iov-len-variable";
const WRITTEN: &str = "sve.set.registers";
const NARROW: &str = "sve.set.fpsimd-clears";
const PRFPREG: &str = "sve.prfpreg-clears";

/// The clauses of every case here.
const ALL: [&str; 7] = [STOPS_AT[0], STOPS_AT[1], STOPS_AT[2], STOPS_AT[3], FORM, LONGER, EXISTS];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "written_vectors_reach_the_program",
        title: "What PTRACE_SETREGSET with NT_ARM_SVE writes PTRACE_GETREGSET reads back, and the program goes on with it.",
        clauses: &[ALL[0], ALL[1], ALL[2], ALL[3], ALL[4], ALL[5], ALL[6], WRITTEN],
        scenario: |t| {
            let (t, length) = with_vectors(t, 0x11)?;
            let old = length.set(0, &length.image(0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SVE, &old);
            for seed in [0x22, 0x33] {
                let new = length.set(0, &length.image(seed), &control(seed));
                t.check(WRITTEN, "length", Ok(new.len()), t.set_regset(note::ARM_SVE, &new));
                check_vectors(&t, WRITTEN, note::ARM_SVE, &new);
                let narrow = length.narrowed(&length.image(seed), &control(seed));
                check_set(&t, WRITTEN, note::PRFPREG, &narrow);
            }
            ends_with(t, WRITTEN, length, &length.image(0x33), &control(0x33))
        },
        ..OF_VECTORS
    },
    Case {
        name: "written_floating_point_clears_vectors",
        title: "Floating-point registers written to NT_ARM_SVE end the use of vectors: the program has them in the lower halves, and zeros everywhere else.",
        clauses: &[ALL[0], ALL[1], ALL[2], ALL[3], ALL[4], ALL[5], ALL[6], FLOATING, NARROW],
        scenario: |t| {
            let (t, length) = with_vectors(t, 0x11)?;
            let old = length.set(0, &length.image(0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SVE, &old);
            let floating = floating_image(0x22);
            let new = length.floating(0, &floating);
            t.check(NARROW, "length", Ok(new.len()), t.set_regset(note::ARM_SVE, &new));
            check_vectors(&t, FLOATING, note::ARM_SVE, &new);
            check_set(&t, NARROW, note::PRFPREG, &floating);
            ends_with(t, NARROW, length, &length.widened(&floating), &control(0x22))
        },
        ..OF_VECTORS
    },
    Case {
        name: "nt_prfpreg_clears_vectors",
        title: "NT_PRFPREG shows the lower parts of vectors in use; written, it leaves them in use, with zeros everywhere else.",
        clauses: &[ALL[0], ALL[1], ALL[2], ALL[3], ALL[4], ALL[5], ALL[6], PRFPREG],
        scenario: |t| {
            let (t, length) = with_vectors(t, 0x11)?;
            let narrow = length.narrowed(&length.image(0x11), &control(0x11));
            check_set(&t, PRFPREG, note::PRFPREG, &narrow);
            let floating = floating_image(0x22);
            let set = t.set_regset(note::PRFPREG, &floating);
            t.check(PRFPREG, "length", Ok(floating.len()), set);
            let now = length.widened(&floating);
            check_vectors(&t, PRFPREG, note::ARM_SVE, &length.set(0, &now, &control(0x22)));
            ends_with(t, PRFPREG, length, &now, &control(0x22))
        },
        ..OF_VECTORS
    },
    Case {
        name: "part_of_a_header_is_refused",
        title: "NT_ARM_SVE without its whole header, or of an odd length, is refused with EINVAL, and nothing has been written.",
        clauses: &[ALL[0], ALL[1], ALL[2], ALL[3], ALL[4], ALL[5], ALL[6], "sve.set.short-header"],
        scenario: |t| {
            const SHORT: &str = "sve.set.short-header";
            let (t, length) = with_vectors(t, 0x11)?;
            let old = length.set(0, &length.image(0x11), &control(0x11));
            let new = length.set(0, &length.image(0x22), &control(0x22));
            for bytes in [0, 8, HEADER + 8, new.len() - 1] {
                let set = t.set_regset(note::ARM_SVE, &new[..bytes]);
                let what =
                    if bytes > HEADER + 8 { "all but a byte".to_owned() } else { format!("{bytes} bytes") };
                t.check(SHORT, &what, Err(Errno::EINVAL), set);
            }
            check_vectors(&t, SHORT, note::ARM_SVE, &old);
            ends_with(t, SHORT, length, &length.image(0x11), &control(0x11))
        },
        ..OF_VECTORS
    },
];
