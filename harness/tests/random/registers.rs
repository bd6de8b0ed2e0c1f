//! Images of the general registers.

use proptest::prelude::*;
use ptrace_conformance_harness::arch::{NAMES, Registers};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;

use crate::{CASE, holds, on_tracees, registers, reset};

/// What becomes of registers that are written: the answer, and what they read then.
type Outcome = (Result<(), Errno>, Registers);

/// Whatever a program may have in its registers, and some of what it may not.
fn images() -> impl Strategy<Value = Vec<u64>> {
    (0..NAMES.len()).map(model::word).collect::<Vec<_>>()
}

#[test]
fn images_are_taken_as_predicted() {
    on_tracees(Case {
        scenario: |t| {
            let start = t.registers()?;
            holds(&t, &images(), |words| {
                reset(&t, &start)?;
                let mut image = start;
                image.words.copy_from_slice(&words);
                let (answer, becomes) = model::write(&start, &image);
                prop_assert_eq!(t.set_regset(note::PRSTATUS, &image.bytes()).map(drop), answer);
                prop_assert_eq!(registers(&t)?.differing(&becomes), Vec::<&str>::new());
                Ok(())
            })
        },
        ..CASE
    });
}

/// arch/x86/kernel/ptrace.c: `putreg()` word by word, the first that is refused ends it.
#[cfg(target_arch = "x86_64")]
mod model {
    use super::*;

    const NAMED: [&str; 9] = ["cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "eflags"];
    /// `FLAG_MASK`: CF, PF, AF, ZF, SF, TF, DF, OF, NT, RF, AC.
    const OWN_FLAGS: u64 = 0x5_4dd5;
    const USER_CS: u64 = 0x33;

    /// A value for a word: any, and for what has rules often one that keeps them.
    pub fn word(index: usize) -> BoxedStrategy<u64> {
        let often =
            |good: BoxedStrategy<u64>, bad: BoxedStrategy<u64>| prop_oneof![9 => good, 1 => bad].boxed();
        let selector = (0..0x1000_u64).prop_map(|high| high << 2);
        let users = selector.clone().prop_map(|high| high | 3);
        // Other privileges than the user's.
        let bad = (selector, 0..3_u64).prop_map(|(high, level)| high | level).boxed();
        match NAMES[index] {
            // Any other makes it the register set of a 32-bit program.
            "cs" => often(Just(USER_CS).boxed(), prop_oneof![Just(0), bad].boxed()),
            "ss" => often(users.boxed(), prop_oneof![Just(0), bad].boxed()),
            "ds" | "es" => often(prop_oneof![Just(0), users].boxed(), bad),
            // What these select has a base, which must not be the one that is read.
            "fs" | "gs" => often(Just(0).boxed(), bad),
            "fs_base" | "gs_base" => often((0..1_u64 << 46).boxed(), (1_u64 << 57..=u64::MAX).boxed()),
            _ => any::<u64>().boxed(),
        }
    }

    fn refused(name: &str, value: u64) -> bool {
        let selector = value & 0xffff;
        let level = selector != 0 && selector & 3 != 3;
        match name {
            "cs" | "ss" => level || selector == 0,
            "ds" | "es" | "fs" | "gs" => level,
            "fs_base" | "gs_base" => value >= 1 << 57,
            _ => false,
        }
    }

    fn becomes(name: &str, old: u64, new: u64) -> u64 {
        match name {
            "eflags" => old & !OWN_FLAGS | new & OWN_FLAGS,
            "fs_base" | "gs_base" => new,
            _ if NAMED.contains(&name) => new & 0xffff,
            _ => new,
        }
    }

    pub fn write(old: &Registers, new: &Registers) -> Outcome {
        let mut registers = *old;
        for (index, name) in NAMES.iter().enumerate() {
            let value = new.words[index];
            if refused(name, value) {
                return (Err(Errno::EIO), registers);
            }
            registers.words[index] = becomes(name, old.words[index], value);
        }
        (Ok(()), registers)
    }
}

/// arch/arm64/kernel/ptrace.c: `gpr_set()` takes all or nothing, `valid_native_regs()` decides by pstate.
#[cfg(target_arch = "aarch64")]
mod model {
    use super::*;

    const PSTATE: usize = 33;
    /// Negative, zero, carry and overflow, the program's own; the mode, 32-bit state, and masks that are not.
    const CONDITIONS: u64 = 0xf << 28;
    const MODE: u64 = 0xf;
    const NARROW: u64 = 1 << 4;
    const MASKS: u64 = 0xf << 6;
    /// Bits that are dropped: some of `SPSR_EL1_AARCH64_RES0_BITS`, on every kernel, and the one for stepping.
    const DROPPED: u64 = 0x7f << 13 | 0xff_ffff << 40 | 1 << 21;

    /// A value for a word: any, and a pstate that is often the user's.
    pub fn word(index: usize) -> BoxedStrategy<u64> {
        match index {
            PSTATE => {
                let user = any::<u64>().prop_map(|bits| bits & (CONDITIONS | DROPPED));
                let other =
                    any::<u64>().prop_map(|bits| bits & (CONDITIONS | DROPPED | MODE | NARROW | MASKS));
                prop_oneof![3 => user, 1 => other].boxed()
            }
            _ => any::<u64>().boxed(),
        }
    }

    pub fn write(old: &Registers, new: &Registers) -> Outcome {
        let pstate = new.words[PSTATE];
        if pstate & (MODE | NARROW | MASKS) != 0 {
            return (Err(Errno::EINVAL), *old);
        }
        (Ok(()), new.with(PSTATE, pstate & !DROPPED))
    }
}
