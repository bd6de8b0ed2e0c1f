//! The processor's flag behind a step: who sets it, who sees it.

use super::plain::WAY;
use super::{AFTER_ONE, END, How, ONE, REPORT, STOPS, TRAP, check_one, program, step, to_routine};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

const HIDDEN: &str = "x86.tf-hidden";
const KEPT: &str = "x86.tf-user-kept";
const PUSHED: &str = "x86.tf-pushed";
const RESET: &str = "arm64.step-ss-reset";

/// `TF` in eflags.
const TF: u64 = 0x100;
/// `RF`, which is never pushed.
const RF: u64 = 0x1_0000;
/// `PSTATE.SS`
const SS: u64 = 1 << 21;
const ONLY_X86: &str = "aarch64 has no trap flag that a program could set";

/// The routine's labels, before and behind `pushfq`; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
const PUSHFQ: [u64; 3] = [label::PUSHED, label::PUSHED_1, label::PUSHED_2];
#[cfg(target_arch = "aarch64")]
const PUSHFQ: [u64; 3] = [label::STEPPED; 3];

const fn flags(registers: &Registers) -> Word {
    Word(registers.words[arch::FLAGS])
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "trap_flag_of_a_step_is_hidden",
        title: "The trap flag with which the kernel steps is not in the registers that the tracer reads, however often it steps.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, HIDDEN],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let (mut t, mut before) = to_routine(t, label::STEPPED_1)?;
            let without = Word(before.words[arch::FLAGS] & !TF);
            for next in &WAY[..3] {
                t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
                let now = t.registers()?;
                t.check(HIDDEN, "flags behind the step", without, flags(&now));
                let changed = now.with(arch::IP, before.ip()).differing(&before);
                t.check(ONE, "other registers that it changed", next.1.to_vec(), changed);
                before = check_one(&t, &before, *next)?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "trap_flag_of_the_tracer_is_kept",
        title: "A trap flag that the tracer writes is the program's: it is shown, traps behind each instruction under PTRACE_CONT too, and survives steps until it is cleared.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, KEPT],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program,
        scenario: |t| {
            let (mut t, before) = to_routine(t, label::STEPPED_1)?;
            let mut before = before.with(arch::FLAGS, before.words[arch::FLAGS] | TF);
            t.set_registers(&before)?;
            t.check(KEPT, "registers that read otherwise", vec![], t.registers()?.differing(&before));
            let [first, second, third, ..] = WAY;
            for next in [first, second] {
                t = t.cont()?.expect(KEPT, Stop::Signal(Signal::TRAP))?;
                before = check_one(&t, &before, next)?;
            }
            let (t, now) = step(t, &before, third)?;
            t.check(KEPT, "flags behind a step", flags(&before), flags(&now));
            t.set_registers(&now.with(arch::FLAGS, now.words[arch::FLAGS] & !TF))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "pushed_flags_show_the_step",
        title: "PUSHF under a step pushes the trap flag, which the program then has in its copy of the flags; without a step it does not.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, PUSHED],
        axes: &[ANY_START, axis::<How>(&["stepped", "continued"])],
        arches: &[Arch::X86_64],
        only: ONLY_X86,
        program: |p| {
            p.run(PUSHFQ[0], &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let how: How = t.pick()?;
            let (t, registers) = to_routine(t, PUSHFQ[1])?;
            let t = if how == How::Stepped { step(t, &registers, (PUSHFQ[2], &["rsp"]))?.0 } else { t };
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            let flag = if how == How::Stepped { TF } else { 0 };
            let pushed = registers.words[arch::FLAGS] & !(TF | RF) | flag;
            t.check(PUSHED, "flags that the program has", Some(Word(pushed)), t.saw("pushed")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "written_step_bit_is_ignored",
        title: "PSTATE.SS is the kernel's: what the tracer writes there is not kept, makes no step of PTRACE_CONT, and ends none of PTRACE_SINGLESTEP.",
        clauses: &[STOPS, TRAP, ONE, AFTER_ONE, REPORT, RESET],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: "x86_64 has no such bit",
        program,
        scenario: |t| {
            let (t, registers) = to_routine(t, label::STEPPED_1)?;
            t.set_register(arch::FLAGS, registers.words[arch::FLAGS] | SS)?;
            let read = t.registers()?;
            t.check(RESET, "registers that read otherwise", vec![], read.differing(&registers));
            let (t, registers) = step(t, &read, WAY[0])?;
            t.set_register(arch::FLAGS, registers.words[arch::FLAGS] & !SS)?;
            let kept = t.registers()?;
            t.check(
                RESET,
                "registers that read otherwise while stepping",
                vec![],
                kept.differing(&registers),
            );
            let (t, registers) = step(t, &kept, WAY[1])?;
            t.set_register(arch::FLAGS, registers.words[arch::FLAGS] | SS)?;
            t.cont()?.ends(RESET, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
