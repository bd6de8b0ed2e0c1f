//! Breakpoints and watchpoints of any kind, length and place: which are taken, and what reads back.

use proptest::prelude::*;
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::label;

use crate::{CASE, on_tracees};

const BREAKPOINTS: Case = Case { needs: &[Need::Breakpoints], ..CASE };
/// Where they may be: addresses of the program's.
const PLACE: u64 = label::PROGRAM;

/// arch/x86/kernel/ptrace.c, `ptrace_write_dr7()`, and arch/x86/kernel/hw_breakpoint.c.
#[cfg(target_arch = "x86_64")]
mod model {
    use super::*;
    use crate::holds;
    use ptrace_conformance_harness::errno::Errno;
    use ptrace_conformance_harness::tracee::{Flow, Stopped};

    /// Where the debug registers are in the USER area.
    const DEBUG: u64 = 848;
    const CONTROL: u64 = DEBUG + 7 * 8;
    /// `DR_CONTROL_RESERVED`: bits without effect that read back all the same.
    const RESERVED: u64 = 0xffff_ffff_0000_fc00;

    /// A slot's four bits, most often such as are taken: kind, and length in another order than of the numbers.
    fn bits() -> impl Strategy<Value = u64> {
        prop_oneof![
            6 => prop::sample::select(vec![0b0000, 0b0001, 0b0011, 0b0101, 0b0111, 0b1101, 0b1111, 0b1001, 0b1011]),
            1 => 0..16_u64,
        ]
    }

    /// DR0 to DR3, and DR7.
    pub fn words() -> impl Strategy<Value = ([u64; 4], u64)> {
        let place = prop_oneof![3 => (0..4_u64).prop_map(|eight| eight * 8), 1 => 0..32_u64];
        let places =
            [place.clone(), place.clone(), place.clone(), place].prop_map(|all| all.map(|at| PLACE + at));
        let slots = [bits(), bits(), bits(), bits()];
        let control = (slots, 0..0x400_u64, any::<u64>()).prop_map(|(slots, low, reserved)| {
            let slots = slots.into_iter().rev().fold(0, |all, slot| all << 4 | slot);
            slots << 16 | low | reserved & RESERVED
        });
        (places, control)
    }

    /// Every slot has had an address, so each is judged, whether it is enabled or not.
    fn answer(places: [u64; 4], control: u64) -> Result<(), Errno> {
        for (slot, place) in places.into_iter().enumerate() {
            let bits = control >> (16 + 4 * slot) & 0xf;
            let (kind, length) = (bits & 3, bits >> 2);
            let taken = match kind {
                // Execution has one length, and any place.
                0 => length == 0,
                // Input and output.
                2 => false,
                _ => place.is_multiple_of([1, 2, 8, 4][length as usize]),
            };
            if !taken {
                return Err(Errno::EINVAL);
            }
        }
        Ok(())
    }

    pub fn property(t: Stopped) -> Flow {
        holds(&t, &words(), |(places, control)| {
            prop_assert_eq!(t.poke_user(CONTROL, 0), Ok(()));
            for (slot, place) in places.into_iter().enumerate() {
                prop_assert_eq!(t.poke_user(DEBUG + 8 * slot as u64, place), Ok(()));
            }
            let answer = answer(places, control);
            prop_assert_eq!(t.poke_user(CONTROL, control), answer);
            let becomes = if answer.is_ok() { control } else { 0 };
            prop_assert_eq!(t.peek_user(CONTROL), Ok(becomes));
            for (slot, place) in places.into_iter().enumerate() {
                prop_assert_eq!(t.peek_user(DEBUG + 8 * slot as u64), Ok(place));
            }
            Ok(())
        })
    }
}

/// arch/arm64/kernel/ptrace.c, `ptrace_hbp_set_ctrl()`, and arch/arm64/kernel/hw_breakpoint.c.
#[cfg(target_arch = "aarch64")]
mod model {
    use super::*;
    use crate::holds;
    use ptrace_conformance_harness::errno::Errno;
    use ptrace_conformance_harness::request::note;
    use ptrace_conformance_harness::tracee::{Flow, Stopped};

    /// The first slot of the watchpoints, at a multiple of eight.
    fn set(control: u64) -> Vec<u8> {
        [0, PLACE, control].into_iter().flat_map(u64::to_ne_bytes).collect()
    }

    /// Bytes of eight, kind, privilege and whether it is enabled.
    pub fn words() -> impl Strategy<Value = u64> {
        let row = (0..8_u64, 1..=8_u64).prop_map(|(first, length)| (((1 << length) - 1) << first) & 0xff);
        let bytes = prop_oneof![3 => row, 1 => 0..0x100_u64];
        (bytes, 0..4_u64, 0..4_u64, any::<bool>())
            .prop_map(|(bytes, kind, rights, on)| bytes << 5 | kind << 3 | rights << 1 | u64::from(on))
    }

    fn answer(control: u64) -> Result<(), Errno> {
        let (bytes, kind, on) = (control >> 5 & 0xff, control >> 3 & 3, control & 1 == 1);
        let in_a_row = bytes != 0 && (bytes >> bytes.trailing_zeros()).wrapping_add(1).is_power_of_two();
        if !on || (in_a_row && kind != 0) { Ok(()) } else { Err(Errno::EINVAL) }
    }

    pub fn property(t: Stopped) -> Flow {
        holds(&t, &words(), |control| {
            prop_assert_eq!(t.set_regset(note::ARM_HW_WATCH, &set(0)).map(drop), Ok(()));
            let answer = answer(control);
            prop_assert_eq!(t.set_regset(note::ARM_HW_WATCH, &set(control)).map(drop), answer);
            if answer.is_ok() && control & 1 == 1 {
                let mut read = [0; 24];
                prop_assert_eq!(t.regset(note::ARM_HW_WATCH, &mut read), Ok(24));
                // User mode, whatever was asked for.
                let becomes = control & !(3 << 1) | 2 << 1;
                prop_assert_eq!(&read[8..], &set(becomes)[8..]);
            }
            Ok(())
        })
    }
}

#[test]
fn any_breakpoint_is_taken_as_predicted() {
    on_tracees(Case { scenario: model::property, ..BREAKPOINTS });
}
