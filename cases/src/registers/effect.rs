//! What is written the program has.

use super::views::free;
use super::{END, SETREGS, STOPS, behind_a_call, check_all, program};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

const WRITTEN: &str = "regs.setregset-modifies";

/// What is written: each register another value, or all bits, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Distinct,
    Ones,
    Small,
}

impl Axis for Values {
    const VALUES: &'static [(&'static str, Self)] =
        &[("distinct", Values::Distinct), ("ones", Values::Ones), ("small", Values::Small)];
}

impl Values {
    fn of(self, index: usize) -> u64 {
        match self {
            Values::Distinct => 0x5a5a_0000_1234_0000 | (index as u64) << 8 | 0x42,
            Values::Ones => u64::MAX,
            Values::Small => 1 + index as u64,
        }
    }

    /// The registers with all that may be changed at will.
    fn put_into(self, registers: &Registers) -> Registers {
        free().fold(*registers, |registers, (index, _)| registers.with(index, self.of(index)))
    }
}

const VALUES: Dimension = axis::<Values>(&["distinct", "ones", "small"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "written_registers_reach_the_program",
        title: "What PTRACE_SETREGSET with NT_PRSTATUS writes PTRACE_GETREGSET reads back, and the program goes on with it.",
        clauses: &[STOPS, END, WRITTEN],
        axes: &[ANY_START, VALUES],
        program,
        scenario: |t| {
            let values: Values = t.pick()?;
            let (t, old) = behind_a_call(t)?;
            let new = values.put_into(&old);
            t.set_registers(&new)?;
            check_all(&t, WRITTEN, &new)?;
            finish(t, WRITTEN, &new)
        },
        ..Case::NEW
    },
    Case {
        name: "front_can_be_written_alone",
        title: "A shorter PTRACE_SETREGSET writes the words that it has, and leaves the others as they are.",
        clauses: &[STOPS, END, "regs.setregset-partial"],
        program,
        scenario: |t| {
            const CLAUSE: &str = "regs.setregset-partial";
            let (t, mut new) = behind_a_call(t)?;
            for words in [1, 3, 5] {
                (0..words).for_each(|index| new.words[index] = Values::Distinct.of(8 * words + index));
                let set = t.set_regset(note::PRSTATUS, &new.bytes()[..8 * words]);
                t.check(CLAUSE, &format!("length that {words} words set"), Ok(8 * words), set);
                check_all(&t, CLAUSE, &new)?;
            }
            finish(t, CLAUSE, &new)
        },
        ..Case::NEW
    },
    Case {
        name: "setregs_reaches_the_program",
        title: "PTRACE_SETREGS does the same as PTRACE_SETREGSET, whatever addr is.",
        clauses: &[STOPS, END, "regs.setregs-modifies", "regs.set-addr-ignored"],
        axes: &[ANY_START, VALUES],
        arches: &[Arch::X86_64],
        only: "aarch64 has no PTRACE_SETREGS",
        program,
        scenario: |t| {
            let values: Values = t.pick()?;
            let (t, old) = behind_a_call(t)?;
            let new = values.put_into(&old);
            for (addr, clause, words) in [
                (0, "regs.setregs-modifies", &new),
                (u64::MAX, "regs.set-addr-ignored", &old),
                (1, "regs.set-addr-ignored", &new),
            ] {
                let set = t.request(SETREGS, addr, Data::Buffer(&mut words.bytes()));
                t.check(clause, "PTRACE_SETREGS", Ok(0), set);
                check_all(&t, clause, words)?;
            }
            finish(t, "regs.setregs-modifies", &new)
        },
        ..Case::NEW
    },
    Case {
        name: "pokeuser_reaches_the_program",
        title: "PTRACE_POKEUSER changes one register and no other, and the program goes on with it.",
        clauses: &[STOPS, END, "user.poke-writes-user-area"],
        axes: &[ANY_START, VALUES],
        arches: &[Arch::X86_64],
        only: "aarch64 has no USER area",
        program,
        scenario: |t| {
            const CLAUSE: &str = "user.poke-writes-user-area";
            let values: Values = t.pick()?;
            let (t, mut new) = behind_a_call(t)?;
            for (index, name) in free() {
                new.words[index] = values.of(index);
                let poked = t.poke_user(8 * index as u64, values.of(index));
                t.check(CLAUSE, &format!("PTRACE_POKEUSER of {name}"), Ok(()), poked);
                check_all(&t, CLAUSE, &new)?;
            }
            finish(t, CLAUSE, &new)
        },
        ..Case::NEW
    },
];

/// To the end of the program, which has noted the registers.
fn finish(t: Stopped, clause: &str, written: &Registers) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let saved = t.saved("tkill")?;
    let kept = |(name, word): &(&&str, u64)| written.named(name) == Some(*word);
    let differ = arch::SAVED.iter().zip(saved).filter(|noted| !kept(noted)).map(|(name, _)| *name).collect();
    t.check(clause, "registers that the program has otherwise", vec![], differ);
    Ok(())
}
