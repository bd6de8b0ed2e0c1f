//! Instructions of x86_64 that a step treats in a way of their own.

use super::{AFTER_ONE, END, How, ONE, REPORT, STOPS, TRAP, check_report, step, to_routine};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const REPEATED: &str = "x86.step-repeated";
const SEGMENT: &str = "x86.step-stack-segment";
const FORBIDDEN: &str = "x86.int-forbidden";
const INT1: &str = "x86.int1";
const ONLY_X86: &str = "aarch64 has no such instruction";

/// `RF`, which the processor sets between repetitions, and its translators do not.
const RF: u64 = 0x1_0000;

/// The routines' labels, behind the breakpoint and on; x86_64 alone has them.
#[cfg(target_arch = "x86_64")]
mod place {
    use super::label;
    pub(super) const REPEATED: [u64; 3] = [label::REPEATED, label::REPEATED_1, label::REPEATED_2];
    pub(super) const SEGMENT: [u64; 3] = [label::SEGMENT, label::SEGMENT_1, label::SEGMENT_3];
    pub(super) const INTERRUPTED: [u64; 4] =
        [label::INTERRUPTED, label::INTERRUPTED_1, label::INTERRUPTED_2, label::INTERRUPTED_3];
}
#[cfg(target_arch = "aarch64")]
mod place {
    use super::label;
    pub(super) const REPEATED: [u64; 3] = [label::STEPPED; 3];
    pub(super) const SEGMENT: [u64; 3] = [label::STEPPED; 3];
    pub(super) const INTERRUPTED: [u64; 4] = [label::STEPPED; 4];
}

/// What every case here has in common.
const X86: Case = Case { axes: &[ANY_START], arches: &[Arch::X86_64], only: ONLY_X86, ..Case::NEW };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_by_repetition",
        title: "A step over a repeated string instruction ends behind each repetition, at the same instruction until the last.",
        clauses: &[STOPS, END, TRAP, REPORT, REPEATED],
        program: |p| {
            p.run(place::REPEATED[0], &[Program::shared(0), 0x5a]);
            p.exit(3);
        },
        scenario: |t| {
            let [_, at, behind] = place::REPEATED;
            let (mut t, mut before) = to_routine(t, at)?;
            for (next, stored) in [(at, 0x5a), (at, 0x5a5a), (behind, 0x5a_5a5a)] {
                t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
                let now = t.registers()?;
                t.check(REPEATED, "ip", Address(next), Address(now.ip()));
                let changed = without_rf(&now).with(arch::IP, before.ip()).differing(&without_rf(&before));
                t.check(REPEATED, "other registers that it changed", vec!["rcx", "rdi"], changed);
                let count = ["rcx", "rdi"].map(|name| now.named(name).zip(before.named(name)));
                let moved = count.map(|words| words.map(|(now, before)| Word(now.wrapping_sub(before))));
                t.check(
                    REPEATED,
                    "change of rcx and rdi",
                    [Some(Word(u64::MAX)), Some(Word(1))].to_vec(),
                    moved.to_vec(),
                );
                t.check(REPEATED, "bytes stored", Word(stored), Word(t.word(0)));
                check_report(&t, next);
                before = now;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..X86
    },
    Case {
        name: "step_over_a_stack_segment_load",
        title: "A step over MOV to SS executes the instruction behind it too: the processor holds the trap back until there.",
        clauses: &[STOPS, END, TRAP, REPORT, SEGMENT],
        program: |p| {
            p.run(place::SEGMENT[0], &[0x77]);
            p.exit(3);
        },
        scenario: |t| {
            let [_, at, behind] = place::SEGMENT;
            let (t, before) = to_routine(t, at)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
            check_changed(&t, SEGMENT, &before, behind, &["rax"])?;
            check_report(&t, behind);
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(SEGMENT, "what the routine returned", Some(Word(0x77)), t.saw("segment")?.map(Word));
            Ok(())
        },
        ..X86
    },
    Case {
        name: "forbidden_interrupt",
        title: "An INT that programs may not use gives SIGSEGV at it, under a step too, and no trap is left over: the next step ends behind the next instruction.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, FORBIDDEN],
        axes: &[ANY_START, axis::<How>(&["stepped", "continued"])],
        program: |p| {
            p.run(place::INTERRUPTED[0], &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let how: How = t.pick()?;
            let [_, at, behind, next] = place::INTERRUPTED;
            let (t, before) = to_routine(t, at)?;
            let t = t.resume(how.resume(), Signal::NONE)?.expect(FORBIDDEN, Stop::Signal(Signal::SEGV))?;
            let now = check_changed(&t, FORBIDDEN, &before, at, &[])?.with(arch::IP, behind);
            let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
            t.check(FORBIDDEN, "si_code and si_addr", Ok((libc::SI_KERNEL, Address(0))), told);
            t.set_registers(&now)?;
            let (t, _) = step(t, &now, (next, &[]))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..X86
    },
    Case {
        name: "one_byte_trap",
        title: "INT1, the byte 0xf1, gives SIGTRAP with TRAP_BRKPT behind it, under a step too, which is one report; the next step executes the next instruction.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, INT1],
        axes: &[ANY_START, axis::<How>(&["stepped", "continued"])],
        needs: &[Need::Int1],
        program: |p| {
            p.run(place::INTERRUPTED[0], &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let how: How = t.pick()?;
            let [_, at, next, behind] = place::INTERRUPTED;
            let (t, before) = to_routine(t, at)?;
            // The two bytes of the instruction there become INT1 and NOP.
            let word = t.must("PTRACE_PEEKDATA", t.peek(at))?;
            t.check(INT1, "bytes of the instruction there", 0x40cd, word & 0xffff);
            t.must("PTRACE_POKEDATA", t.poke(at, word & !0xffff | 0x90f1))?;
            let t = t.resume(how.resume(), Signal::NONE)?.expect(INT1, Stop::Signal(Signal::TRAP))?;
            let now = check_changed(&t, INT1, &before, at + 1, &[])?;
            let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
            t.check(INT1, "si_code and si_addr", Ok((libc::TRAP_BRKPT, Address(at + 1))), told);
            let (t, now) = step(t, &now, (next, &[]))?;
            let (t, _) = step(t, &now, (behind, &[]))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..X86
    },
];

const fn without_rf(registers: &Registers) -> Registers {
    registers.with(arch::FLAGS, registers.words[arch::FLAGS] & !RF)
}

/// Where it has come to, and what else is other than before; RF is the processor's affair.
fn check_changed(
    t: &Stopped,
    clause: &str,
    before: &Registers,
    to: u64,
    changes: &[&'static str],
) -> Flow<Registers> {
    let now = without_rf(&t.registers()?);
    t.check(clause, "ip", Address(to), Address(now.ip()));
    let changed = now.with(arch::IP, before.ip()).differing(&without_rf(before));
    t.check(clause, "other registers that it changed", changes.to_vec(), changed);
    Ok(now)
}
