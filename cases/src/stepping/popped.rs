//! An instruction of x86_64 that sets the flags as a whole, the trap flag among them.

use super::{AFTER_ONE, END, ONE, REPORT, STOPS, TRAP, step, to_routine};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};

const SETS: &str = "x86.tf-of-the-instruction";
const KEPT: &str = "x86.tf-user-kept";

/// `TF` in eflags.
const TF: u64 = 0x100;

/// What it makes of the trap flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Set,
    Clear,
}

impl Axis for Flag {
    const VALUES: &'static [(&'static str, Self)] = &[("set", Flag::Set), ("clear", Flag::Clear)];
}

/// The routine, and its labels behind the breakpoint; x86_64 alone has them.
#[cfg(target_arch = "x86_64")]
const PLACES: [u64; 4] = [label::POPPED, label::POPPED_1, label::POPPED_2, label::POPPED_3];
#[cfg(target_arch = "aarch64")]
const PLACES: [u64; 4] = [label::STEPPED; 4];

/// The instruction, run by a program that gives it the flag or not. IRET is left out: emulators fail at it outside
/// the kernel.
const X86: Case = Case {
    axes: &[ANY_START, axis::<Flag>(&["set", "clear"])],
    arches: &[Arch::X86_64],
    only: "aarch64 has no trap flag that a program could set",
    program: |p| {
        let flag: Flag = p.pick();
        p.run(PLACES[0], &[if flag == Flag::Set { TF } else { 0 }]);
        p.exit(3);
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_over_flags_from_the_stack",
        title: "A step over POPF ends behind it, and the trap flag is then what the program gave: shown, and trapping under PTRACE_CONT, or not set.",
        clauses: &[STOPS, TRAP, ONE, AFTER_ONE, REPORT, SETS, KEPT],
        scenario: |t| {
            let flag: Flag = t.pick()?;
            let [_, at, behind, next] = PLACES;
            let (t, before) = to_routine(t, at)?;
            // What the instruction puts there, but for the flag.
            let pushed = t.memory(before.sp(), 1)?[0];
            let before = before.with(arch::FLAGS, pushed & !TF);
            t.set_registers(&before)?;
            let set = flag == Flag::Set;
            let (t, now) = step(t, &before, (behind, if set { &["eflags", "rsp"] } else { &["rsp"] }))?;
            t.check(SETS, "the trap flag is shown", set, now.words[arch::FLAGS] & TF != 0);
            let t = t.cont()?;
            let t = if set {
                let t = t.expect(KEPT, Stop::Signal(Signal::TRAP))?;
                let now = super::check_one(&t, &now, (next, &[]))?;
                t.set_registers(&now.with(arch::FLAGS, now.words[arch::FLAGS] & !TF))?;
                t.cont()?
            } else {
                t
            };
            t.ends(SETS, Gone::Exited(3)).map(drop)
        },
        ..X86
    },
    Case {
        name: "flags_from_the_stack",
        title: "A program that sets its trap flag itself traps first behind the next instruction, and its tracer sees the flag; without it there is no trap.",
        clauses: &[STOPS, END, ONE, AFTER_ONE, REPORT, KEPT],
        scenario: |t| {
            let flag: Flag = t.pick()?;
            let [_, at, _, next] = PLACES;
            let (t, before) = to_routine(t, at)?;
            let t = t.cont()?;
            let t = if flag == Flag::Set {
                let t = t.expect(KEPT, Stop::Signal(Signal::TRAP))?;
                let now = super::check_one(&t, &before, (next, &["eflags", "rsp"]))?;
                t.check(KEPT, "the trap flag is shown", true, now.words[arch::FLAGS] & TF != 0);
                t.set_registers(&now.with(arch::FLAGS, now.words[arch::FLAGS] & !TF))?;
                t.cont()?
            } else {
                t
            };
            t.ends(END, Gone::Exited(3)).map(drop)
        },
        ..X86
    },
];
