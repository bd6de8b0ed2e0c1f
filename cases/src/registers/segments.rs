//! Flags, segment selectors and segment bases of x86_64: what may be written, and what becomes of it.

use super::{END, SETREGS, STOPS, behind_a_call, check_all, program};
use ptrace_conformance_harness::arch::{self, Registers, index};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

/// A request that writes registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Pokeuser,
    Setregs,
    Setregset,
}

impl Axis for Way {
    const VALUES: &'static [(&'static str, Self)] =
        &[("pokeuser", Way::Pokeuser), ("setregs", Way::Setregs), ("setregset", Way::Setregset)];
}

const WAYS: Dimension = axis::<Way>(&["pokeuser", "setregs", "setregset"]);
const ONLY: &str = "aarch64 has no such registers";

impl Way {
    /// The clause that says what is allowed.
    const fn clause(self, of_pokeuser: &'static str) -> &'static str {
        match self {
            Way::Pokeuser => of_pokeuser,
            Way::Setregs | Way::Setregset => "regs.setregs-disallowed",
        }
    }

    /// Writes one word, and with a whole set all others too.
    fn write(self, t: &Stopped, registers: &Registers, index: usize) -> Result<(), Errno> {
        match self {
            Way::Pokeuser => t.poke_user(8 * index as u64, registers.words[index]),
            Way::Setregs => t.request(SETREGS, 0, Data::Buffer(&mut registers.bytes())).map(drop),
            Way::Setregset => t.set_regset(note::PRSTATUS, &registers.bytes()).map(drop),
        }
    }

    /// Writes a word, which is taken or refused; which are the registers then.
    fn tries(self, t: &Stopped, clause: &str, old: &Registers, change: &Change) -> Flow<Registers> {
        let index = index(change.name);
        let what = format!("{} = {:#x}", change.name, change.value);
        t.check(clause, &what, change.answer, self.write(t, &old.with(index, change.value), index));
        let new = if change.answer.is_ok() { old.with(index, change.becomes) } else { *old };
        check_all(t, clause, &new)?;
        Ok(new)
    }
}

/// A word that is written: what the answer is, and what the word is then.
struct Change {
    name: &'static str,
    value: u64,
    answer: Result<(), Errno>,
    becomes: u64,
}

impl Change {
    const fn taken(name: &'static str, value: u64, becomes: u64) -> Change {
        Change { name, value, answer: Ok(()), becomes }
    }

    const fn refused(name: &'static str, value: u64) -> Change {
        Change { name, value, answer: Err(Errno::EIO), becomes: 0 }
    }
}

/// Flags that are the program's: CF, PF, AF, ZF, SF, TF, DF, OF, NT, RF and AC (arch/x86/kernel/ptrace.c, `FLAG_MASK`).
const OWN_FLAGS: u64 = 0x5_4dd5;

/// Selectors that are none of a user's: each with another privilege in its lower two bits.
const BAD_SELECTORS: [u64; 3] = [0x30, 0x31, 0x32];
/// No address of a user's, whichever size its address space has.
const BAD_BASES: [u64; 2] = [1 << 63, u64::MAX];
const BASE: u64 = 0x1234_5000;
const OTHER_BASE: u64 = 0xedcb_a000;

const ARCH_SET_FS: u64 = 0x1002;
const ARCH_GET_FS: u64 = 0x1003;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "flags_are_masked",
        title: "A write of all ones, or of nothing, to eflags succeeds, and changes the flags that are the program's and no others.",
        clauses: &[STOPS, END, "user.poke-eflags-masked", "regs.setregs-disallowed"],
        axes: &[ANY_START, WAYS],
        arches: &[Arch::X86_64],
        only: ONLY,
        program,
        scenario: |t| {
            let way: Way = t.pick()?;
            let clause = way.clause("user.poke-eflags-masked");
            let (t, mut now) = behind_a_call(t)?;
            let old = now.words[arch::FLAGS];
            for (value, flags) in [(u64::MAX, old | OWN_FLAGS), (0, old & !OWN_FLAGS), (old, old)] {
                now = way.tries(&t, clause, &now, &Change::taken("eflags", value, flags))?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "bad_selectors_are_refused",
        title: "A segment selector with another privilege than the user's is refused with EIO, and so is 0 for cs and ss; the register keeps its value. A selector has 16 bits, what is above them is lost.",
        clauses: &[STOPS, END, "user.poke-bad-selector", "regs.setregs-disallowed"],
        axes: &[ANY_START, WAYS],
        arches: &[Arch::X86_64],
        only: ONLY,
        program,
        scenario: |t| {
            let way: Way = t.pick()?;
            let clause = way.clause("user.poke-bad-selector");
            let (t, mut now) = behind_a_call(t)?;
            for name in ["cs", "ss", "ds", "es", "fs", "gs"] {
                let old = now.words[index(name)];
                for value in BAD_SELECTORS {
                    now = way.tries(&t, clause, &now, &Change::refused(name, value))?;
                }
                let needed = ["cs", "ss"].contains(&name);
                let null = if needed { Change::refused(name, 0) } else { Change::taken(name, 0, 0) };
                now = way.tries(&t, clause, &now, &null)?;
                now = way.tries(&t, clause, &now, &Change::taken(name, old | 0xabcd_0000, old))?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "bad_bases_are_refused",
        title: "fs_base and gs_base take addresses of the user's alone; another one is refused with EIO, and the old one stays.",
        clauses: &[STOPS, END, "user.poke-bad-fsgsbase", "regs.setregs-disallowed"],
        axes: &[ANY_START, WAYS],
        arches: &[Arch::X86_64],
        only: ONLY,
        program,
        scenario: |t| {
            let way: Way = t.pick()?;
            let clause = way.clause("user.poke-bad-fsgsbase");
            let (t, mut now) = behind_a_call(t)?;
            for name in ["fs_base", "gs_base"] {
                now = way.tries(&t, clause, &now, &Change::taken(name, BASE, BASE))?;
                for value in BAD_BASES {
                    now = way.tries(&t, clause, &now, &Change::refused(name, value))?;
                }
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "program_and_tracer_share_fs_base",
        title: "The base that the program sets with arch_prctl(2) is the one in the registers, and the one that the tracer writes there is the one that the program gets.",
        clauses: &[STOPS, END, "x86.arch-prctl-fsbase"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        program: |p| {
            p.call(Syscall::ARCH_PRCTL, &[ARCH_SET_FS, OTHER_BASE]);
            p.raise(Signal::USR1);
            p.call(Syscall::ARCH_PRCTL, &[ARCH_GET_FS, Program::shared(0)]);
            p.exit(3);
        },
        scenario: |t| {
            const CLAUSE: &str = "x86.arch-prctl-fsbase";
            let offset = 8 * index("fs_base") as u64;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.check(CLAUSE, "fs_base of the program", Ok(Word(OTHER_BASE)), t.peek_user(offset).map(Word));
            t.check(CLAUSE, "PTRACE_POKEUSER", Ok(()), t.poke_user(offset, BASE));
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(CLAUSE, "fs_base in the program", Word(BASE), Word(t.word(0)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "refused_set_is_written_in_part",
        title: "PTRACE_SETREGS and PTRACE_SETREGSET write word by word: what is in front of a refused one has been written, what is behind it has not.",
        clauses: &[STOPS, END, "regs.setregs-in-order"],
        axes: &[ANY_START, axis::<Way>(&["setregs", "setregset"])],
        arches: &[Arch::X86_64],
        only: "aarch64 writes all registers or none",
        program,
        scenario: |t| {
            const CLAUSE: &str = "regs.setregs-in-order";
            let way: Way = t.pick()?;
            let (t, old) = behind_a_call(t)?;
            let mut new = old.with(index("fs_base"), BASE).with(index("gs_base"), 1 << 63);
            super::views::free().for_each(|(index, _)| new.words[index] = 0x4200 + index as u64);
            new.words[index("ds")] = 0x2b;
            let set = way.write(&t, &new, index("gs_base"));
            t.check(CLAUSE, "a base that is refused", Err(Errno::EIO), set);
            let there = new
                .with(index("gs_base"), old.words[index("gs_base")])
                .with(index("ds"), old.words[index("ds")]);
            check_all(&t, CLAUSE, &there)?;
            t.set_registers(&old)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
