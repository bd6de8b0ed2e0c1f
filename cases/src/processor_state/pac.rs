//! Pointer authentication of aarch64: the mask of codes, the keys, and which of them are in use.

use super::sets::{TRACED_EXEC, check_set, differing, fronts, to_breakpoint, to_new_image, whole};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};

const MASK: &str = "pac.mask-regset";
const KEYS: &str = "pac.keys-regset";
const ENABLED: &str = "arm64.pac-enabled-keys-regset";
const ONLY: &str = "x86_64 has no such keys";
const HERE: Need = Need::Processor(Feature::Pauth);
const GENERIC: Need = Need::Processor(Feature::PauthGeneric);

/// The routines, before and behind their breakpoints; aarch64 alone has them.
#[cfg(target_arch = "aarch64")]
const SIGNED: [u64; 2] = [label::SIGNED, label::SIGNED_1];
#[cfg(target_arch = "aarch64")]
const AUTHENTICATED: [u64; 2] = [label::AUTHENTICATED, label::AUTHENTICATED_1];
#[cfg(target_arch = "x86_64")]
const SIGNED: [u64; 2] = [label::STEPPED; 2];
#[cfg(target_arch = "x86_64")]
const AUTHENTICATED: [u64; 2] = SIGNED;

/// `PR_PAC_GET_ENABLED_KEYS`, and the keys for addresses: A and B, for instructions and for data.
const GET_ENABLED_KEYS: u64 = 61;
const ALL_KEYS: u64 = 0xf;
/// What is signed.
const POINTER: u64 = Program::shared(0);
/// The bits of an address that is no kernel's and has no tag, but for the lower ones.
const HIGHEST: u64 = 1 << 55;

/// Bytes of the keys for addresses, and of the generic one.
const FOR_ADDRESSES: usize = 64;
const FOR_ANYTHING: usize = 16;

fn keys(seed: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at as u8).wrapping_mul(29) ^ seed).collect()
}

/// The mask of codes, which is the same for code and data.
fn mask(t: &Stopped) -> u64 {
    let both = whole(t, MASK, note::ARM_PAC_MASK, 16);
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let (data, code) = (word(&both[..8]), word(&both[8..]));
    t.check(MASK, "masks of data and code are the same", true, data == code);
    // Bits up to 54, from the first one that is none of an address on.
    t.check(MASK, "ends with bit 54", Word(HIGHEST), Word(data.wrapping_add(data & data.wrapping_neg())));
    data
}

/// Signs, or authenticates, three times: with a key, with another one, and with the first again.
fn thrice(p: &mut Program, routine: u64) {
    for _ in 0..3 {
        p.run(routine, &[POINTER, Program::area(1)]);
    }
    p.exit(3);
}

/// Gives the program keys before each of these runs, and goes to its end.
fn with_keys(t: Stopped, set: u64, size: usize, behind: u64) -> Flow<std::rc::Rc<Task>> {
    let mut t = t;
    for seed in [0x11, 0x22, 0x11] {
        t = to_breakpoint(t, behind)?;
        let keys = keys(seed, size);
        t.check(KEYS, "length of the keys", Ok(size), t.set_regset(set, &keys));
        check_set(&t, KEYS, set, &keys);
        fronts(&t, KEYS, set, &keys, [0, 16].into_iter());
    }
    t.cont()?.ends(END, Gone::Exited(3))
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "codes_are_within_the_mask",
        title: "NT_ARM_PAC_MASK has the bits of an address that hold a code when it is signed, and cannot be written.",
        clauses: &[STOPS, END, MASK, "regs.setregset-read-only"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[HERE],
        program: |p| {
            p.run(SIGNED[0], &[POINTER, Program::area(1)]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t, SIGNED[1])?;
            let codes = mask(&t);
            let set = t.set_regset(note::ARM_PAC_MASK, &[0xff; 16]);
            t.check("regs.setregset-read-only", "PTRACE_SETREGSET", Err(Errno::EOPNOTSUPP), set);
            t.check(MASK, "the same mask again", true, codes == mask(&t));
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            for signed in t.area(1, 32).chunks_exact(8) {
                let signed = signed.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
                t.check(MASK, "address without its code", Word(POINTER), Word(signed & !codes));
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "no_processor_with_codes",
        title: "Without pointer authentication NT_ARM_PAC_MASK fails with EINVAL.",
        clauses: &[STOPS, END, "pac.mask-absent"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            if Feature::Pauth.is_here() {
                return Err(Halt::Skip("this processor has pointer authentication".to_owned()));
            }
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let read = t.regset(note::ARM_PAC_MASK, &mut [0; 16]);
            t.check("pac.mask-absent", "PTRACE_GETREGSET", Err(Errno::EINVAL), read);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "written_address_keys_sign",
        title: "What is written to NT_ARM_PACA_KEYS the program signs addresses with: the same keys give the same code.",
        clauses: &[STOPS, END, MASK, KEYS],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[HERE, Need::CheckpointRestore],
        program: |p| thrice(p, SIGNED[0]),
        scenario: |t| {
            let codes = mask(&t);
            let t = with_keys(t, note::ARM_PACA_KEYS, FOR_ADDRESSES, SIGNED[1])?;
            let [first, other, again] = results(&t, ["signed", "signed_2", "signed_3"])?;
            t.check(KEYS, "the same code with the same key", true, first == again);
            t.check(KEYS, "another code with another key", true, first != other);
            for signed in [first, other] {
                t.check(MASK, "address without its code", Word(POINTER), Word(signed & !codes));
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "written_generic_key_authenticates",
        title: "What is written to NT_ARM_PACG_KEYS the program authenticates with: the same key gives the same code, in the upper half of the word.",
        clauses: &[STOPS, END, KEYS],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[GENERIC, Need::CheckpointRestore],
        program: |p| thrice(p, AUTHENTICATED[0]),
        scenario: |t| {
            let t = with_keys(t, note::ARM_PACG_KEYS, FOR_ANYTHING, AUTHENTICATED[1])?;
            let names = ["authenticated", "authenticated_2", "authenticated_3"];
            let [first, other, again] = results(&t, names)?;
            t.check(KEYS, "the same code with the same key", true, first == again);
            t.check(KEYS, "another code with another key", true, first != other);
            t.check(KEYS, "lower half of another code", Word(0), Word(other & 0xffff_ffff));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "enabled_keys_are_the_programs",
        title: "NT_ARM_PAC_ENABLED_KEYS has all keys for addresses in a new program; what is written there prctl(2) tells, and bits of no such key are refused with EINVAL.",
        clauses: &[STOPS, END, ENABLED, "pac.enabled-keys-default"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[HERE, Need::Kernel(5, 13)],
        program: |p| {
            p.raise(Signal::USR1);
            p.call(Syscall::PRCTL, &[GET_ENABLED_KEYS, 0, 0, 0, 0]);
            p.exit(3);
        },
        scenario: |t| {
            const SET: u64 = note::ARM_PAC_ENABLED_KEYS;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            check_set(&t, "pac.enabled-keys-default", SET, &ALL_KEYS.to_ne_bytes());
            for keys in [0, 0x5_u64, 0xa] {
                t.check(ENABLED, "length", Ok(8), t.set_regset(SET, &keys.to_ne_bytes()));
                check_set(&t, ENABLED, SET, &keys.to_ne_bytes());
            }
            // The generic key, and no key.
            for bad in [0x1f, 1 << 63] {
                let set = t.set_regset(SET, &u64::to_ne_bytes(bad));
                t.check(ENABLED, &format!("keys {bad:#x}"), Err(Errno::EINVAL), set);
                check_set(&t, ENABLED, SET, &0xa_u64.to_ne_bytes());
            }
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(ENABLED, "prctl", Some(Return(0xa)))
        },
        ..Case::NEW
    },
    Case {
        name: "new_image_has_new_keys",
        title: "execve(2) gives the program other keys.",
        clauses: &[STOPS, END, "opt.traceexec.stop", "pac.exec-new-keys"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[HERE, GENERIC, Need::CheckpointRestore],
        options: TRACED_EXEC,
        program: |p| {
            p.raise(Signal::USR1);
            p.exec(|p| {
                p.exit(3);
            });
        },
        scenario: |t| {
            const NEW: &str = "pac.exec-new-keys";
            let sets = [(note::ARM_PACA_KEYS, FOR_ADDRESSES), (note::ARM_PACG_KEYS, FOR_ANYTHING)];
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            for (set, size) in sets {
                t.check(NEW, "length of the keys", Ok(size), t.set_regset(set, &keys(0x42, size)));
            }
            let t = to_new_image(t)?;
            for (set, size) in sets {
                let read = whole(&t, NEW, set, size);
                t.check(NEW, "the old keys", false, read == keys(0x42, size));
                let again = whole(&t, NEW, set, size);
                t.check(NEW, "bytes that read otherwise again", vec![], differing(&again, &read));
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];

/// What three runs returned.
fn results(t: &Task, names: [&str; 3]) -> Flow<[u64; 3]> {
    let [first, second, third] = names.map(|name| t.saw(name));
    Ok([first?.unwrap_or_default(), second?.unwrap_or_default(), third?.unwrap_or_default()])
}
