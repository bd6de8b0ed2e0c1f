//! Steps beside a running thread, and between an exclusive load and its store.

use super::plain::all_the_way;
use super::{AFTER_ONE, END, Next, ONE, REPORT, STOPS, TRAP, program, step, to_routine};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

const EXCLUSIVE: &str = "arm64.step-exclusive";

/// The routine's labels; aarch64 alone has it.
#[cfg(target_arch = "aarch64")]
const PLACES: [u64; 4] = [label::EXCLUSIVE, label::EXCLUSIVE_1, label::EXCLUSIVE_2, label::EXCLUSIVE_3];
#[cfg(target_arch = "x86_64")]
const PLACES: [u64; 4] = [label::STEPPED; 4];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "step_beside_a_running_thread",
        title: "Steps of one thread are its own, while another one of the process runs that nobody traces.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT],
        axes: &[ANY_START],
        program: |p| {
            p.thread("sibling", |p| {
                p.store(Program::shared(0), 1);
                p.spin();
            });
            p.await_word(Program::shared(0));
            program(p);
        },
        scenario: all_the_way,
        ..Case::NEW
    },
    Case {
        name: "step_between_exclusive_accesses",
        title: "A step between an exclusive load and its store makes the store fail: the return from the kernel forgets the load.",
        clauses: &[STOPS, END, TRAP, ONE, AFTER_ONE, REPORT, EXCLUSIVE],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: "x86_64 has no exclusive accesses",
        program: |p| {
            p.store(Program::shared(0), 7);
            p.run(PLACES[0], &[Program::shared(0), 9]);
            p.exit(3);
        },
        scenario: |t| {
            const STEPS: [Next; 2] = [(PLACES[2], &["x9"]), (PLACES[3], &["x10"])];
            let (mut t, mut before) = to_routine(t, PLACES[1])?;
            for next in STEPS {
                (t, before) = step(t, &before, next)?;
            }
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(EXCLUSIVE, "the store failed", Some(Word(1)), t.saw("exclusive")?.map(Word));
            t.check(EXCLUSIVE, "the word", 7, t.word(0));
            Ok(())
        },
        ..Case::NEW
    },
];
