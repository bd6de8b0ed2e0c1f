//! Instructions that the tracer writes.

use super::place::{END, STOPS, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

const VISIBLE: &str = "mem.poke-instruction-visible";
const ARGUMENT: u64 = 0x77;

/// What sets the routine's result to 0, in place of instructions that do nothing: `xor eax, eax` or `mov x0, #0`, and the bits of a word that it takes.
const CLEARS: (u64, u64) =
    if cfg!(target_arch = "x86_64") { (0xc031, 0xffff) } else { (0xd280_0000, 0xffff_ffff) };

impl Axis for Through {
    const VALUES: &'static [(&'static str, Self)] =
        &[("pokedata", Through::Data), ("poketext", Through::Text), ("file", Through::File)];
}

pub(super) const CASES: &[Case] = &[Case {
    name: "written_instruction_is_executed",
    title: "An instruction that the tracer writes over one that has just been executed is the one that is executed next, and the old one again when it is back.",
    clauses: &[STOPS, END, VISIBLE],
    axes: &[ANY_START, axis::<Through>(&["pokedata", "poketext", "file"])],
    program: |p| {
        for _ in 0..3 {
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.breakpoint();
        }
        p.exit(3);
    },
    scenario: |t| {
        let way: Through = t.pick()?;
        let t = to_breakpoint(t)?;
        let file = t.memory_file()?;
        let old = t.memory(label::STRAIGHT_1, 1)?[0];
        let new = old & !CLEARS.1 | CLEARS.0;
        t.check(VISIBLE, way.write_name(), Ok(true), way.write(&t, &file, label::STRAIGHT_1, new));
        t.check(VISIBLE, "what is there now", Word(new), Word(t.memory(label::STRAIGHT_1, 1)?[0]));
        let t = to_breakpoint(t)?;
        t.check(VISIBLE, way.write_name(), Ok(true), way.write(&t, &file, label::STRAIGHT_1, old));
        let t = to_breakpoint(t)?.cont()?.ends(END, Gone::Exited(3))?;
        for (step, result) in [("straight", ARGUMENT), ("straight_2", 0), ("straight_3", ARGUMENT)] {
            t.check(VISIBLE, step, Some(result), t.saw(step)?);
        }
        Ok(())
    },
    ..Case::NEW
}];
