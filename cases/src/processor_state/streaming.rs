//! Streaming mode of SME: its vectors, `NT_ARM_SSVE`, and what is seen of the others meanwhile.

use super::sets::{differing, to_breakpoint};
use super::vector_image::{HEADER, Length, control};
use super::vectors::{self, LONGEST, STOPS_AT, check_vectors};
use crate::changes::INACTIVE_HEADER;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need, Quirk};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Word;
use ptrace_conformance_harness::version::Change;

const FORM: &str = "sve.flags.sve";
const LONGER: &str = "regs.getregset-iov-len-variable";
const INACTIVE: &str = "sve.sme.get-inactive";
const MODE: &str = "sve.sme.set-switches-mode";
const FAULTS: &str = "arm64.ssve-ffr-zero";
const NEVER: &str = "sve.sme.ssve-never-fpsimd";
const ENDED: &str = "sme.syscall-clears-sm";
pub(super) const ONLY: &str = "x86_64 has no such mode";
/// `PR_SME_SET_VL`
pub(super) const SET_LENGTH: u64 = 63;
/// A length that every processor with SME has, or rounds up to its shortest.
pub(super) const SHORT: u64 = 32;

/// The routine, before and behind its breakpoint; aarch64 alone has it.
#[cfg(target_arch = "aarch64")]
const ROUTINE: [u64; 2] = [label::STREAMING, label::STREAMING_1];
#[cfg(target_arch = "x86_64")]
const ROUTINE: [u64; 2] = [label::STEPPED; 2];

/// SVCR's bit of streaming mode.
const STREAMING: u64 = 1;

/// Chooses lengths of streaming vectors, and of the others.
fn program(p: &mut Program) {
    for bytes in [LONGEST, SHORT] {
        p.call(Syscall::PRCTL, &[SET_LENGTH, bytes]);
    }
    for bytes in [LONGEST, 16] {
        p.call(Syscall::PRCTL, &[vectors::SET_LENGTH, bytes]);
    }
    p.run(ROUTINE[0], &[Program::area(0), Program::area(1)]);
    p.exit(3);
}

/// Registers of a seed, without the first faults, which this mode does not have.
fn image(length: Length, seed: u8) -> Vec<u8> {
    let mut registers = length.image(seed);
    let faults = registers.len() - length.bytes / 8;
    registers[faults..].fill(0);
    registers
}

/// To where the program is in streaming mode; the lengths of its vectors there, and elsewhere.
fn to_streaming(t: Stopped, seed: u8) -> Flow<(Stopped, Length, Length)> {
    let mut t = t;
    for _ in 0..4 {
        t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
        t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
    }
    let told = |step: &str| Ok((t.saw(step)?.unwrap_or_default() & 0xffff).max(16) as usize);
    let streaming = Length { most: told("prctl")?, bytes: told("prctl_2")? };
    // The last call has not returned yet.
    let bytes = (t.registers()?.result() & 0xffff).max(16) as usize;
    let other = Length { most: told("prctl_3")?, bytes };
    vectors::give(&t, streaming, seed);
    Ok((to_breakpoint(t, ROUTINE[1])?, streaming, other))
}

/// Holds a set that is not in use against its header.
fn check_inactive(t: &Stopped, set: u64, length: Length) -> Flow {
    let size = t.across(&INACTIVE_HEADER, 8, HEADER)?;
    check_vectors(t, INACTIVE, set, &length.header(0, size));
    Ok(())
}

/// Holds the front of the set of streaming vectors, no more of it being read, against a header.
fn check_header(t: &Stopped, clause: &str, header: &[u8]) {
    let mut buffer = [0xa5; HEADER];
    t.check(clause, "length of a header", Ok(HEADER), t.regset(note::ARM_SSVE, &mut buffer));
    t.check(clause, "bytes that read otherwise", vec![], differing(&buffer, header));
}

const CLAUSES: [&str; 7] =
    [STOPS_AT[0], STOPS_AT[1], STOPS_AT[2], STOPS_AT[3], FORM, LONGER, "sve.header.vl"];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "streaming_vectors_are_the_programs",
        title: "In streaming mode NT_ARM_SSVE shows the vectors as the program has loaded them, with no first faults, and what is written there the program goes on with.",
        clauses: &[CLAUSES[0], CLAUSES[1], CLAUSES[2], CLAUSES[3], CLAUSES[4], CLAUSES[5], FAULTS, NEVER],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Sve), Need::Processor(Feature::Sme)],
        program,
        scenario: |t| {
            let (t, length, _) = to_streaming(t, 0x11)?;
            let old = length.set(0, &image(length, 0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SSVE, &old);
            let new = length.set(0, &image(length, 0x22), &control(0x22));
            t.check(NEVER, "length", Ok(new.len()), t.set_regset(note::ARM_SSVE, &new));
            check_vectors(&t, FAULTS, note::ARM_SSVE, &new);
            check_vectors(&t, NEVER, note::ARM_SSVE, &new);
            let registers = image(length, 0x22);
            let task = vectors::ended_with(t, FORM, length, &registers, &control(0x22))?;
            task.check(NEVER, "mode in the program", Some(Word(STREAMING)), task.saw("streaming")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "vectors_of_the_other_mode_are_not_shown",
        title: "In streaming mode NT_ARM_SVE is a header alone, and outside of it NT_ARM_SSVE is; writing a set switches to its mode.",
        clauses: &[CLAUSES[0], CLAUSES[1], CLAUSES[2], CLAUSES[3], CLAUSES[4], CLAUSES[5], INACTIVE, MODE],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Sve), Need::Processor(Feature::Sme), Need::Kernel(6, 16)],
        changes: &[&INACTIVE_HEADER],
        quirks: &[Quirk {
            what: "nothing is written behind",
            observed: "no",
            arches: &[Arch::Aarch64],
            since: Change::at(6, 16),
            until: Some(Change::at(7, 3).and_stable(&[(7, 2, 6)])),
            reason: "The size in the header is that of a pointer, so that it is not found to be the header's own, and the vectors \
                     of the other mode follow.",
            source: "c3f83d021162, arch/arm64/kernel/ptrace.c: sve_get_common()",
            ends: "c3f83d021162, in 7.3 and 7.2.6",
            advice: "Take nothing that is behind the size in the header.",
        }],
        program,
        scenario: |t| {
            let (t, streaming, other) = to_streaming(t, 0x11)?;
            check_inactive(&t, note::ARM_SVE, other)?;
            let plain = other.set(0, &other.image(0x22), &control(0x22));
            t.check(MODE, "length of plain vectors", Ok(plain.len()), t.set_regset(note::ARM_SVE, &plain));
            check_vectors(&t, MODE, note::ARM_SVE, &plain);
            check_inactive(&t, note::ARM_SSVE, streaming)?;
            let back = streaming.set(0, &image(streaming, 0x33), &control(0x33));
            t.check(MODE, "length of streaming vectors", Ok(back.len()), t.set_regset(note::ARM_SSVE, &back));
            check_vectors(&t, FORM, note::ARM_SSVE, &back);
            check_inactive(&t, note::ARM_SVE, other)?;
            t.check(MODE, "length of plain vectors", Ok(plain.len()), t.set_regset(note::ARM_SVE, &plain));
            check_vectors(&t, MODE, note::ARM_SVE, &plain);
            // Stored by the routine of streaming mode, which leaves the first faults out.
            let registers = image(other, 0x22);
            let task = vectors::ended_with(t, MODE, other, &registers, &control(0x22))?;
            task.check(MODE, "mode in the program", Some(Word(0)), task.saw("streaming")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "calls_end_streaming",
        title: "At the enter-stop of a system call that a program makes in streaming mode NT_ARM_SSVE is a header alone: the call has ended the mode.",
        clauses: &[CLAUSES[0], CLAUSES[2], CLAUSES[3], FORM, ENDED],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Sve), Need::Processor(Feature::Sme), Need::Kernel(6, 16)],
        changes: &[&INACTIVE_HEADER],
        program,
        scenario: |t| {
            let (t, length, _) = to_streaming(t, 0x11)?;
            let active = length.set(0, &image(length, 0x11), &control(0x11));
            check_header(&t, FORM, &active[..HEADER]);
            let call = t.registers()?.with(arch::IP, label::SYSCALL_RETURN - arch::SYSCALL_LENGTH);
            t.set_registers(&call.with(arch::NUMBER, Syscall::GETPID.number))?;
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let size = t.across(&INACTIVE_HEADER, 8, HEADER)?;
            check_header(&t, ENDED, &length.header(0, size));
            t.resume(Resume::Cont, Signal::KILL)?.ends(ENDED, Gone::Killed(Signal::KILL, false)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "streaming_vectors_are_no_floating_point",
        title: "Floating-point registers written to NT_ARM_SSVE are refused with EINVAL, and nothing has been written.",
        clauses: &[
            CLAUSES[0],
            CLAUSES[1],
            CLAUSES[2],
            CLAUSES[3],
            CLAUSES[4],
            CLAUSES[5],
            "sve.sme.fpsimd-refused",
        ],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Sve), Need::Processor(Feature::Sme), Need::Kernel(6, 16)],
        program,
        scenario: |t| {
            const REFUSED: &str = "sve.sme.fpsimd-refused";
            let (t, length, _) = to_streaming(t, 0x11)?;
            for size in [HEADER, HEADER + 528] {
                let set = t.set_regset(note::ARM_SSVE, &length.floating(0, &[0; 528])[..size]);
                t.check(REFUSED, &format!("{size} bytes"), Err(Errno::EINVAL), set);
            }
            let old = length.set(0, &image(length, 0x11), &control(0x11));
            check_vectors(&t, FORM, note::ARM_SSVE, &old);
            let registers = image(length, 0x11);
            vectors::ended_with(t, REFUSED, length, &registers, &control(0x11)).map(drop)
        },
        ..Case::NEW
    },
];
