//! Floating-point registers that cannot be written: control bits that the processor lacks, and parts of the set.

use super::floating::{SETFPREGS, ends_with, program, with_registers};
use super::floating_image::{SIZE, image};
use super::sets::check_set;
use super::{END, STOPS};
use crate::changes::MXCSR_REFUSED;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::Stopped;

const SOUND: &str = "x86.xfpregs-size";
const PARTIAL: &str = "arm64.prfpreg-partial";
/// Where MXCSR is.
const MXCSR: usize = 24;

/// A request that writes all of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Setfpregs,
    Setregset,
}

impl Axis for Way {
    const VALUES: &'static [(&'static str, Self)] =
        &[("setfpregs", Way::Setfpregs), ("setregset", Way::Setregset)];
}

impl Way {
    fn write(self, t: &Stopped, bytes: &[u8]) -> Result<(), Errno> {
        match self {
            Way::Setfpregs => t.request(SETFPREGS, 0, Data::Buffer(&mut bytes.to_vec())).map(drop),
            Way::Setregset => t.set_regset(note::PRFPREG, bytes).map(drop),
        }
    }
}

/// A set with other bits in MXCSR.
fn with_mxcsr(image: &[u8], mxcsr: u32) -> Vec<u8> {
    let mut bytes = image.to_vec();
    bytes[MXCSR..MXCSR + 4].copy_from_slice(&mxcsr.to_le_bytes());
    bytes
}

/// Bits that no processor has.
const RESERVED: u32 = 0xfff0_0000;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "reserved_control_bits_are_refused",
        title: "A set with bits in MXCSR that the processor does not have is refused with EINVAL, and nothing of it has been written.",
        clauses: &[STOPS, END, SOUND],
        axes: &[ANY_START, axis::<Way>(&["setfpregs", "setregset"])],
        arches: &[Arch::X86_64],
        only: "aarch64 refuses no value",
        changes: &[&MXCSR_REFUSED],
        program,
        scenario: |t| {
            let way: Way = t.pick()?;
            let (old, new) = (image(0x11), image(0x22));
            let t = with_registers(t, &old)?;
            let mut now = old;
            for reserved in [1 << 31, 1 << 20, RESERVED] {
                let sound = u32::from_le_bytes([new[24], new[25], new[26], new[27]]);
                let answer = way.write(&t, &with_mxcsr(&new, sound | reserved));
                let refused = t.across(&MXCSR_REFUSED, Ok(()), Err(Errno::EINVAL))?;
                t.check(SOUND, &format!("MXCSR with {reserved:#x}"), refused, answer);
                now = t.across(&MXCSR_REFUSED, new.clone(), now)?;
                check_set(&t, SOUND, note::PRFPREG, &now);
            }
            ends_with(t, SOUND, &now)
        },
        ..Case::NEW
    },
    Case {
        name: "part_of_floating_point_is_refused",
        title: "NT_PRFPREG takes all of the registers or none: a shorter set is refused with EINVAL, and what is behind a longer one is not looked at.",
        clauses: &[STOPS, END, SOUND, "regs.setregset-same-conventions"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: "aarch64 takes any part of the set",
        changes: &[&MXCSR_REFUSED],
        program,
        scenario: |t| {
            const CONVENTIONS: &str = "regs.setregset-same-conventions";
            let (mut now, new) = (image(0x11), image(0x22));
            let t = with_registers(t, &now)?;
            for length in [0, 8, 32, SIZE - 8] {
                let refused = t.across(&MXCSR_REFUSED, Ok(length), Err(Errno::EINVAL))?;
                // Nothing is no part of the registers.
                let answer = t.set_regset(note::PRFPREG, &new[..length]);
                t.check(SOUND, &format!("{length} bytes"), refused, answer);
                let mut written = now.clone();
                written[..length].copy_from_slice(&new[..length]);
                now = t.across(&MXCSR_REFUSED, written, now)?;
                check_set(&t, SOUND, note::PRFPREG, &now);
            }
            let odd = t.set_regset(note::PRFPREG, &new[..SIZE - 1]);
            t.check(CONVENTIONS, "a broken word", Err(Errno::EINVAL), odd);
            let longer = [image(0x33).as_slice(), &[0xff; 16]].concat();
            t.check(CONVENTIONS, "a longer set", Ok(SIZE), t.set_regset(note::PRFPREG, &longer));
            check_set(&t, CONVENTIONS, note::PRFPREG, &image(0x33));
            ends_with(t, CONVENTIONS, &image(0x33))
        },
        ..Case::NEW
    },
    Case {
        name: "front_of_floating_point_can_be_written",
        title: "A shorter NT_PRFPREG writes the registers that it has, the last one perhaps in part, and leaves the others as they are.",
        clauses: &[STOPS, END, PARTIAL, "regs.setregset-same-conventions"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: "x86_64 takes all of the set or nothing",
        program,
        scenario: |t| {
            const CONVENTIONS: &str = "regs.setregset-same-conventions";
            let mut now = image(0x11);
            let t = with_registers(t, &now)?;
            for (seed, length) in [(2, 0), (3, 16), (4, 20), (5, 512), (6, 516), (7, SIZE - 4)] {
                let new = image(0x11 * seed);
                let set = t.set_regset(note::PRFPREG, &new[..length]);
                t.check(PARTIAL, &format!("{length} bytes"), Ok(length), set);
                now[..length].copy_from_slice(&new[..length]);
                check_set(&t, PARTIAL, note::PRFPREG, &now);
            }
            let odd = t.set_regset(note::PRFPREG, &image(0)[..SIZE - 2]);
            t.check(CONVENTIONS, "a broken word", Err(Errno::EINVAL), odd);
            check_set(&t, CONVENTIONS, note::PRFPREG, &now);
            ends_with(t, PARTIAL, &now)
        },
        ..Case::NEW
    },
];
