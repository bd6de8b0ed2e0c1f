//! Selector and base of gs, which a 64-bit tracer writes apart.

use super::{END, SETREGS, STOPS, check_all};
use ptrace_conformance_harness::arch::{Registers, index};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const APART: &str = "x86.gs-apart";

/// The routine that stores the selector and loads through gs; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
const OF_GS: u64 = label::OF_GS;
#[cfg(target_arch = "aarch64")]
const OF_GS: u64 = label::STEPPED;

/// `ARCH_SET_GS` (asm/prctl.h), which empties the selector too.
const SET_GS: u64 = 0x1001;
/// The selector of a user's data (arch/x86/include/asm/segment.h), whose descriptor has the base 0.
const SELECTOR: u64 = 0x2b;

/// Free words of the record: what lies at each base, and where the selectors are stored.
const OURS: usize = 0;
const THEIRS: usize = 1;
const STORED: [usize; 2] = [2, 3];
const WORD: u64 = 0x1122_3344_5566_7788;

/// How both are written.
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

impl Way {
    /// Gives the bytes of a whole set, which the kernel tells of `PTRACE_SETREGSET`.
    fn write(self, t: &Stopped, new: &Registers) -> Result<usize, Errno> {
        let mut bytes = new.bytes();
        match self {
            Way::Pokeuser => ["gs_base", "gs"]
                .into_iter()
                .try_for_each(|name| t.poke_user(8 * index(name) as u64, new.words[index(name)]))
                .map(|()| bytes.len()),
            Way::Setregs => t.request(SETREGS, 0, Data::Buffer(&mut bytes)).map(|_| bytes.len()),
            Way::Setregset => t.set_regset(note::PRSTATUS, &bytes),
        }
    }

    /// Writes both, and they read back so.
    fn sets(self, t: &Stopped, old: &Registers, selector: u64, base: u64) -> Flow {
        let new = old.with(index("gs"), selector).with(index("gs_base"), base);
        t.check(APART, "selector and base written", Ok(new.bytes().len()), self.write(t, &new));
        check_all(t, APART, &new)
    }
}

fn to_signal(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
    let registers = t.steady_registers(APART)?;
    Ok((t, registers))
}

pub(super) const CASES: &[Case] = &[Case {
    name: "selector_and_base_of_gs",
    title: "Selector and base of gs are written apart, and the program has both, also again after it has changed them.",
    clauses: &[STOPS, END, APART],
    axes: &[ANY_START, axis::<Way>(&["pokeuser", "setregs", "setregset"])],
    arches: &[Arch::X86_64],
    only: "aarch64 has no segments",
    needs: &[Need::Processor(Feature::Fsgsbase)],
    program: |p| {
        p.raise(Signal::USR1);
        p.run(OF_GS, &[Program::shared(STORED[0])]);
        p.call(Syscall::ARCH_PRCTL, &[SET_GS, Program::shared(THEIRS)]);
        p.raise(Signal::USR1);
        p.run(OF_GS, &[Program::shared(STORED[1])]);
        p.exit(3);
    },
    scenario: |t| {
        let way: Way = t.pick()?;
        t.set_word(OURS, WORD);
        let base = Program::shared(OURS);
        let (t, old) = to_signal(t)?;
        // Neither write changes the other one.
        way.sets(&t, &old, SELECTOR, old.words[index("gs_base")])?;
        way.sets(&t, &old, 0, base)?;
        way.sets(&t, &old, SELECTOR, base)?;
        let (t, now) = to_signal(t)?;
        let changed = [now.words[index("gs")], now.words[index("gs_base")]];
        t.check(APART, "those of the program", [0, Program::shared(THEIRS)].map(Word), changed.map(Word));
        way.sets(&t, &now, SELECTOR, base)?;
        let t = t.cont()?.ends(END, Gone::Exited(3))?;
        t.check_saw(APART, "arch_prctl", Some(Return(0)))?;
        for (routine, stored) in ["of_gs", "of_gs_2"].into_iter().zip(STORED) {
            t.check(APART, "word at the base", Some(Word(WORD)), t.saw(routine)?.map(Word));
            t.check(APART, "selector in the program", Word(SELECTOR), Word(t.word(stored)));
        }
        Ok(())
    },
    ..Case::NEW
}];
