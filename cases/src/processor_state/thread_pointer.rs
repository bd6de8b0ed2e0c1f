//! The thread pointers of aarch64, TPIDR_EL0 and SME's TPIDR2_EL0.

use super::sets::{check_set, fronts, to_breakpoint};
use super::{END, STOPS};
use crate::changes::SECOND_THREAD_POINTER;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const FIRST: &str = "arm64.tls-regset";
const SECOND: &str = "sme.tls.two-words";
const ONLY: &str = "x86_64 keeps thread pointers in segment bases";

const OWN: u64 = 0x1234_5678_9abc_def0;
const OTHER: u64 = 0x0fed_cba9_8765_4320;
const THIRD: u64 = 0x5a5a_0000_4242_0008;

/// The routine that sets TPIDR2_EL0; aarch64 alone has it.
#[cfg(target_arch = "aarch64")]
const POINTED: [u64; 4] = [label::POINTED, label::POINTED_1, label::POINTED_TOO, label::POINTED_TOO_1];
#[cfg(target_arch = "x86_64")]
const POINTED: [u64; 4] = [label::STEPPED; 4];

fn program(p: &mut Program) {
    p.run(POINTED[0], &[OWN]);
    p.exit(3);
}

/// The set with these pointers, as long as the kernel has it.
fn pointers(t: &Stopped, first: u64, second: u64) -> Flow<Vec<u8>> {
    let both = [first.to_ne_bytes(), second.to_ne_bytes()].concat();
    let length = t.across(&SECOND_THREAD_POINTER, 8, both.len())?;
    Ok(both[..length].to_vec())
}

/// To the end of the program, which returned that thread pointer.
fn ends_with(t: Stopped, clause: &str, routine: &str, pointer: u64) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check(clause, "pointer in the program", Some(Word(pointer)), t.saw(routine)?.map(Word));
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "thread_pointer_is_the_programs",
        title: "NT_ARM_TLS shows the thread pointer of the program, and since Linux 5.19 a second word, 0 in a program that does not use it.",
        clauses: &[STOPS, END, FIRST, SECOND, "regs.getregset-iov-len-out", "regs.getregset-short-len"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        changes: &[&SECOND_THREAD_POINTER],
        program,
        scenario: |t| {
            let t = to_breakpoint(t, POINTED[1])?;
            let both = pointers(&t, OWN, 0)?;
            fronts(&t, FIRST, note::ARM_TLS, &both, [8].into_iter());
            check_set(&t, SECOND, note::ARM_TLS, &both);
            let lengths = [0, 8, 16, 24].into_iter();
            fronts(&t, "regs.getregset-iov-len-out", note::ARM_TLS, &both, lengths);
            for length in [4, 12, 17] {
                let answer = t.regset(note::ARM_TLS, &mut vec![0; length]);
                let what = format!("length for {length} bytes");
                t.check("regs.getregset-short-len", &what, Err(Errno::EINVAL), answer);
            }
            ends_with(t, FIRST, "pointed", OWN)
        },
        ..Case::NEW
    },
    Case {
        name: "written_thread_pointer_reaches_the_program",
        title: "The first word written to NT_ARM_TLS is the program's thread pointer. The second one is kept only by processors with SME.",
        clauses: &[STOPS, END, FIRST, SECOND],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        changes: &[&SECOND_THREAD_POINTER],
        program,
        scenario: |t| {
            let t = to_breakpoint(t, POINTED[1])?;
            check_set(&t, FIRST, note::ARM_TLS, &pointers(&t, OWN, 0)?);
            for (first, second) in [(OTHER, THIRD), (THIRD, OTHER)] {
                let length = t.across(&SECOND_THREAD_POINTER, 8, 16)?;
                let words = [first.to_ne_bytes(), second.to_ne_bytes()].concat();
                t.check(SECOND, "length of both", Ok(length), t.set_regset(note::ARM_TLS, &words));
                let kept = kept_second(second);
                check_set(&t, SECOND, note::ARM_TLS, &pointers(&t, first, kept)?);
                let alone = t.set_regset(note::ARM_TLS, &OWN.to_ne_bytes());
                t.check(FIRST, "length of the first", Ok(8), alone);
                check_set(&t, FIRST, note::ARM_TLS, &pointers(&t, OWN, kept)?);
            }
            t.check(FIRST, "length of nothing", Ok(0), t.set_regset(note::ARM_TLS, &[]));
            check_set(&t, FIRST, note::ARM_TLS, &pointers(&t, OWN, kept_second(OTHER))?);
            let last = t.set_regset(note::ARM_TLS, &OTHER.to_ne_bytes());
            t.check(FIRST, "length of the first", Ok(8), last);
            ends_with(t, FIRST, "pointed", OTHER)
        },
        ..Case::NEW
    },
    Case {
        name: "second_thread_pointer_is_the_programs",
        title: "The second word of NT_ARM_TLS is TPIDR2_EL0 of the program, and what is written there the program has.",
        clauses: &[STOPS, END, FIRST, SECOND],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Sme)],
        changes: &[&SECOND_THREAD_POINTER],
        program: |p| {
            p.run(POINTED[2], &[OWN]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t, POINTED[3])?;
            check_set(&t, SECOND, note::ARM_TLS, &pointers(&t, 0, OWN)?);
            let words = [OTHER.to_ne_bytes(), THIRD.to_ne_bytes()].concat();
            t.check(FIRST, "length of both", Ok(16), t.set_regset(note::ARM_TLS, &words));
            check_set(&t, FIRST, note::ARM_TLS, &pointers(&t, OTHER, THIRD)?);
            ends_with(t, SECOND, "pointed_too", THIRD)
        },
        ..Case::NEW
    },
];

/// What is left of a second word.
fn kept_second(word: u64) -> u64 {
    if Feature::Sme.is_here() { word } else { 0 }
}
