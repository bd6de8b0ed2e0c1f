//! Every way to every kind of mapping.

use super::place::{AT, END, PLACES, Place, STOPS, WORD, program, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::remote_memory::MemoryFile;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::Word;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "every_way_reads_the_same",
        title: "PTRACE_PEEKDATA, PTRACE_PEEKTEXT and /proc/PID/mem read a mapping whatever its protection; process_vm_readv only what the program itself may read; each refuses with its own error.",
        clauses: &[
            STOPS,
            END,
            "mem.peek-word",
            "mem.peek-text-equals-data",
            "mem.read-any-protection",
            "proc.mem.read",
            "proc.mem.unmapped",
            "pvm.read",
            "pvm.no-force",
            "pvm.remote-efault",
            "err.efault-eio-mem",
        ],
        axes: &[ANY_START, PLACES],
        program,
        scenario: |t| {
            let place: Place = t.pick()?;
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            check_reads(&t, &file, place, WORD);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "every_way_writes",
        title: "PTRACE_POKEDATA, PTRACE_POKETEXT and /proc/PID/mem write to a private mapping whatever its protection, and the file keeps its contents; to a shared one they write only what the program may write, and it reaches the file; process_vm_writev never oversteps.",
        clauses: &[
            STOPS,
            END,
            "mem.poke-word",
            "mem.poke-text-equals-data",
            "mem.poke-readonly-mapping",
            "mem.poke-shared-readonly",
            "proc.mem.write",
            "proc.mem.unmapped",
            "pvm.write",
            "pvm.no-force",
            "pvm.remote-efault",
            "err.efault-eio-mem",
        ],
        axes: &[ANY_START, PLACES],
        program,
        scenario: |t| {
            let place: Place = t.pick()?;
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            let mut there = WORD;
            let mut clause = "mem.poke-word";
            for (way, word) in Through::ALL.into_iter().zip((1..).map(|number| WORD + number)) {
                let allowed = way.may_write(place);
                clause = way.write_clause(place);
                t.check(clause, way.write_name(), allowed.map(|()| true), way.write(&t, &file, AT, word));
                if allowed.is_ok() {
                    there = word;
                }
                let expected = Through::Data.may_read(place).map(|()| Some(Word(there)));
                let behind = format!("word behind {}", way.write_name());
                t.check(clause, &behind, expected, Through::Data.read(&t, &file, AT));
            }
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            check_program(&t, clause, place, there)
        },
        ..Case::NEW
    },
];

/// Reads the word in every way.
fn check_reads(t: &Task, file: &MemoryFile, place: Place, word: u64) {
    for way in Through::ALL {
        let expected = way.may_read(place).map(|()| Some(Word(word)));
        t.check(way.read_clause(place), way.read_name(), expected, way.read(t, file, AT));
    }
}

/// What the program itself found in its memory, and in the file.
fn check_program(t: &Task, clause: &str, place: Place, there: u64) -> Flow {
    if place != Place::Hole {
        let found = t.saw("load")?.map(Word);
        t.check(clause, "word that the program found", Some(Word(there)), found);
    }
    if place.is_of_a_file() {
        let kept = if place.is_shared() { there } else { WORD };
        t.check(clause, "word in the file", Word(kept), Word(t.word(0)));
    }
    Ok(())
}
