//! Segment descriptors of x86_64, which 32-bit programs use and any program can reach by a selector.

use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, note};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

/// By their numbers, which mean nothing elsewhere.
const GET_THREAD_AREA: Request = Request(25);
const SET_THREAD_AREA: Request = Request(26);

const GET: &str = "tls.get";
const INDEX: &str = "tls.get-entry-ignored";
const SET: &str = "tls.set";
const SOUND: &str = "tls.set-bad-descriptor";
const ONLY: &str = "aarch64 has no segments";
const NEEDS: &[Need] = &[Need::ThreadAreas];

/// The slots of 64-bit kernels, and the selector of the first one (arch/x86/include/asm/segment.h).
const SLOTS: [u64; 3] = [12, 13, 14];
const SELECTOR: u64 = 12 << 3 | 3;

/// The routine that loads through a selector; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
const THROUGH_GS: u64 = label::THROUGH_GS;
#[cfg(target_arch = "aarch64")]
const THROUGH_GS: u64 = label::STEPPED;

/// `struct user_desc`: entry, base, limit, flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Descriptor([u32; 4]);

/// Flags of a descriptor (asm/ldt.h): 32 bits, what it is for, read-only, limit in pages, not present, free for use.
const BITS_32: u32 = 1;
const CODE: u32 = 2 << 1;
const READ_ONLY: u32 = 1 << 3;
const PAGES: u32 = 1 << 4;
const ABSENT: u32 = 1 << 5;
const USEABLE: u32 = 1 << 6;

impl Descriptor {
    /// All of the first gigabytes, from this base on.
    const fn data(entry: u32, base: u32) -> Descriptor {
        Descriptor([entry, base, 0xf_ffff, BITS_32 | PAGES | USEABLE])
    }

    /// What an empty slot reads as, and a write that empties it.
    const fn empty(entry: u32) -> Descriptor {
        Descriptor([entry, 0, 0, READ_ONLY | ABSENT])
    }

    const fn with_flags(self, flags: u32) -> Descriptor {
        let Descriptor([entry, base, limit, _]) = self;
        Descriptor([entry, base, limit, flags])
    }

    fn set(self, t: &Stopped, slot: u64) -> Result<i64, Errno> {
        let mut bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_ne_bytes()).collect();
        t.request(SET_THREAD_AREA, slot, Data::Buffer(&mut bytes))
    }
}

/// Reads a slot into a descriptor that has another slot's number.
fn get(t: &Stopped, slot: u64) -> Result<Descriptor, Errno> {
    let mut bytes = [0xa5; 16];
    t.request(GET_THREAD_AREA, slot, Data::Buffer(&mut bytes))?;
    let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    Ok(Descriptor([word(0), word(4), word(8), word(12)]))
}

/// Holds a slot against what it must be.
fn check(t: &Stopped, clause: &str, slot: u64, expected: Descriptor) {
    let words = |descriptor: Descriptor| descriptor.0.map(|word| Word(word.into()));
    let observed = get(t, slot);
    t.check(clause, &format!("slot {slot}"), Ok(words(expected)), observed.map(words));
}

fn program(p: &mut Program) {
    p.raise(Signal::USR1);
    p.run(THROUGH_GS, &[SELECTOR]);
    p.exit(3);
}

fn to_signal(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))
}

/// A word that the program finds at the base of a descriptor.
const WORD: u64 = 0x1122_3344_5566_7788;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "thread_area_reaches_the_program",
        title: "PTRACE_SET_THREAD_AREA writes the slot of addr, whichever the descriptor names, PTRACE_GET_THREAD_AREA reads it back, and a selector of it leads the program to its base.",
        clauses: &[STOPS, END, GET, INDEX, SET, "tls.set-entry-ignored"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program,
        scenario: |t| {
            let base = Program::shared(0) as u32;
            t.set_word(0, WORD);
            let t = to_signal(t)?;
            for slot in SLOTS {
                check(&t, GET, slot, Descriptor::empty(slot as u32));
            }
            for (slot, named) in [(12, u32::MAX), (13, 12), (14, 77)] {
                let set = Descriptor::data(named, base + 64 * slot as u32).set(&t, slot);
                t.check("tls.set-entry-ignored", "PTRACE_SET_THREAD_AREA", Ok(0), set);
                check(&t, INDEX, slot, Descriptor::data(slot as u32, base + 64 * slot as u32));
            }
            t.check(SET, "PTRACE_SET_THREAD_AREA", Ok(0), Descriptor::data(12, base).set(&t, 12));
            check(&t, SET, 12, Descriptor::data(12, base));
            check(&t, SET, 13, Descriptor::data(13, base + 64 * 13));
            t.check(SET, "emptying a slot", Ok(0), Descriptor::empty(0).set(&t, 13));
            check(&t, SET, 13, Descriptor::empty(13));
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(SET, "word at the base", Some(Word(WORD)), t.saw("through_gs")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "other_slots_are_refused",
        title: "A slot that is none of the thread's is refused with EINVAL, and a negative one, which elsewhere asks for any free one, with EIO.",
        clauses: &[STOPS, END, "tls.get-bad-index", "tls.set-no-alloc"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_signal(t)?;
            let descriptor = Descriptor::data(u32::MAX, 0);
            for (slot, errno) in
                [(0, Errno::EINVAL), (11, Errno::EINVAL), (15, Errno::EINVAL), (u64::MAX, Errno::EIO)]
            {
                let what = format!("slot {}", slot as i64);
                t.check("tls.get-bad-index", &what, Err(errno), get(&t, slot).map(drop));
                t.check("tls.set-no-alloc", &what, Err(errno), descriptor.set(&t, slot));
            }
            for slot in SLOTS {
                check(&t, "tls.set-no-alloc", slot, Descriptor::empty(slot as u32));
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "unsound_descriptors_are_refused",
        title: "Descriptors of code, of 16 bits or of absent segments are refused with EINVAL, and the slot is as it was.",
        clauses: &[STOPS, END, SET, SOUND],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_signal(t)?;
            let sound = Descriptor::data(12, 0x1000);
            t.check(SET, "PTRACE_SET_THREAD_AREA", Ok(0), sound.set(&t, 12));
            for (what, flags) in
                [("code", BITS_32 | CODE), ("16 bits", PAGES), ("absent", BITS_32 | PAGES | ABSENT)]
            {
                let set = Descriptor::data(12, 0x2000).with_flags(flags).set(&t, 12);
                t.check(SOUND, what, Err(Errno::EINVAL), set);
                check(&t, SOUND, 12, sound);
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "no_set_of_thread_areas",
        title: "There is no NT_386_TLS of a 64-bit program.",
        clauses: &[STOPS, END, "regs.getregset-unknown-type"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            const CLAUSE: &str = "regs.getregset-unknown-type";
            let t = to_signal(t)?;
            let (read, written) =
                (t.regset(note::X86_TLS, &mut [0; 48]), t.set_regset(note::X86_TLS, &[0; 48]));
            t.check(CLAUSE, "PTRACE_GETREGSET", Err(Errno::EINVAL), read);
            t.check(CLAUSE, "PTRACE_SETREGSET", Err(Errno::EINVAL), written);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
