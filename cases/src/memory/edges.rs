//! Words that lie across the border of two mappings, or across the end of all memory.

use super::place::{AT, END, SIZE, STOPS, map_anonymous, protect, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

/// What is before and behind the border.
const BEFORE: u64 = 0x1111_1111_1111_1111;
const BEHIND: u64 = 0x2222_2222_2222_2222;
const BORDER: u64 = AT + SIZE;

/// How many bytes of the word are in front of the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Front(u64);

impl Axis for Front {
    const VALUES: &'static [(&'static str, Self)] =
        &[("onebyte", Front(1)), ("fourbytes", Front(4)), ("sevenbytes", Front(7))];
}

impl Front {
    /// The word's address.
    const fn address(self) -> u64 {
        BORDER - self.0
    }

    const fn bits(self) -> u64 {
        8 * self.0
    }

    /// The word with its front from one and the rest from another.
    const fn word(self, front: u64, rest: u64) -> u64 {
        let mask = (1 << self.bits()) - 1;
        front & mask | rest & !mask
    }
}

/// Writable memory up to the border, memory that may only be read behind it.
fn two_mappings(p: &mut Program) {
    map_anonymous(p, AT);
    map_anonymous(p, BORDER);
    p.store(BORDER - 8, BEFORE);
    p.store(BORDER, BEHIND);
    protect(p, BORDER, libc::PROT_READ);
    p.breakpoint();
    p.exit(3);
}

/// Writable memory up to the border, and nothing behind it.
fn the_end(p: &mut Program) {
    map_anonymous(p, AT);
    p.store(BORDER - 8, BEFORE);
    p.breakpoint();
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "word_across_two_mappings",
        title: "A word may lie across two mappings: reads give both parts, forced writes change both, and process_vm_writev stops at the one that may not be written.",
        clauses: &[STOPS, END, "mem.peek-unaligned", "mem.poke-readonly-mapping", "pvm.partial-page"],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Front>(&["onebyte", "fourbytes", "sevenbytes"])],
        program: two_mappings,
        scenario: |t| {
            let front: Front = t.pick()?;
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            let mut there = front.word(BEFORE, BEHIND);
            for way in Through::ALL {
                let read = way.read(&t, &file, front.address());
                t.check("mem.peek-unaligned", way.read_name(), Ok(Some(Word(there))), read);
                if way == Through::Vm {
                    continue;
                }
                there = !there;
                let clause = "mem.poke-readonly-mapping";
                let written = way.write(&t, &file, front.address(), there);
                t.check(clause, way.write_name(), Ok(true), written);
                let read = Through::Data.read(&t, &file, front.address());
                t.check(clause, &format!("word behind {}", way.write_name()), Ok(Some(Word(there))), read);
            }
            let clause = "pvm.partial-page";
            let written = t.vm_write(&(!there).to_ne_bytes(), &[8], &[(front.address(), 8)]);
            t.check(clause, "process_vm_writev", Ok(front.0 as i64), written);
            let read = t.peek(front.address()).map(Word);
            t.check(clause, "word behind it", Ok(Word(front.word(!there, there))), read);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "word_across_the_end",
        title: "Of a word across the end of memory PTRACE_PEEKDATA gives nothing and fails with EIO; PTRACE_POKEDATA fails too, and has written the part that there is; /proc/PID/mem and process_vm_readv transfer that part and say so.",
        clauses: &[
            STOPS,
            END,
            "mem.peek-all-or-nothing",
            "mem.poke-partial",
            "proc.mem.partial",
            "pvm.partial-page",
        ],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Front>(&["onebyte", "fourbytes", "sevenbytes"])],
        program: the_end,
        scenario: |t| {
            let front: Front = t.pick()?;
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            let (address, length) = (front.address(), front.0 as usize);
            for way in [Through::Data, Through::Text] {
                let read = way.read(&t, &file, address);
                t.check("mem.peek-all-or-nothing", way.read_name(), Err(Errno::EIO), read);
            }
            let there = vec![0x11; length];
            t.check("proc.mem.partial", "read of /proc/PID/mem", Ok(there.clone()), file.read(address, 8));
            let (read, mut bytes) = t.vm_read(&[8], &[(address, 8)]);
            t.check("pvm.partial-page", "process_vm_readv", Ok(length as i64), read);
            bytes.truncate(length);
            t.check("pvm.partial-page", "bytes that it read", there, bytes);

            let last = || t.peek(BORDER - 8).map(Word);
            let part =
                |word: u64| Ok(Word(BEFORE & !(!0 << (64 - front.bits())) | word << (64 - front.bits())));
            t.check(
                "mem.poke-partial",
                "PTRACE_POKEDATA",
                Err(Errno::EIO),
                t.poke(address, 0x3333_3333_3333_3333),
            );
            t.check("mem.poke-partial", "last word behind it", part(0x3333_3333_3333_3333), last());
            let written = file.write(address, &[0x44; 8]);
            t.check("proc.mem.partial", "write to /proc/PID/mem", Ok(length as i64), written);
            t.check("proc.mem.partial", "last word behind it", part(0x4444_4444_4444_4444), last());
            let written = t.vm_write(&[0x55; 8], &[8], &[(address, 8)]);
            t.check("pvm.partial-page", "process_vm_writev", Ok(length as i64), written);
            t.check("pvm.partial-page", "last word behind it", part(0x5555_5555_5555_5555), last());
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
