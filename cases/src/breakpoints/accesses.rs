//! Watchpoints: which accesses hit, and where.

use super::point::{Kind, Point, clear, set};
use super::slot::{SLOTS, Slot};
use super::{ENDED, GOING_ON, Hit, NEEDS, PLACE, RUNS, SET, STATUS, STOPS, TRAP, pass, to_routine};
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Dimension, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const OVERLAP: &str = "hwbp.data-overlap";
const ENTRY: &str = "sysstop.entry";
const USER_ONLY: &str = "hwbp.user-only";

/// Bytes of a watchpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length(u64);

impl Axis for Length {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("one", Length(1)),
        ("two", Length(2)),
        ("three", Length(3)),
        ("four", Length(4)),
        ("five", Length(5)),
        ("six", Length(6)),
        ("seven", Length(7)),
        ("eight", Length(8)),
    ];
}

const LENGTHS: Dimension = axis::<Length>(&["one", "two", "four", "eight"]);

/// What is accessed: eight bytes among others that nobody watches.
const PLACE_OF_DATA: u64 = Program::shared(8);
/// What lies there when the routine that stores byte by byte has counted down over it.
const SWEPT: u64 = 0x0203_0405_0607_0809;
/// What is stored, each byte of it another.
const VALUE: u64 = 0x1122_3344_5566_7788;

/// The routine's instructions, with the place behind each.
const PLACES: [u64; 9] = [
    label::TOUCHED_1,
    label::TOUCHED_2,
    label::TOUCHED_3,
    label::TOUCHED_4,
    label::TOUCHED_5,
    label::TOUCHED_6,
    label::TOUCHED_7,
    label::TOUCHED_8,
    label::TOUCHED_9,
];

/// Whether an access hits a watchpoint of this kind; the first four are stores.
fn is_watched(kind: Kind, access: usize) -> bool {
    match kind {
        Kind::Execute => false,
        Kind::Read => access >= 4,
        Kind::Write => access < 4,
        Kind::Access => true,
    }
}

/// Where the hit of an access is reported.
const fn place(access: usize) -> u64 {
    if cfg!(target_arch = "x86_64") { PLACES[access + 1] } else { PLACES[access] }
}

/// Offsets in eight bytes at which a watchpoint of this length may begin.
fn offsets(length: u64) -> impl Iterator<Item = u64> {
    // On aarch64 it may begin anywhere; where x86_64 lets it is enough for the lengths that both have.
    let step = if length.is_power_of_two() { length } else { 1 };
    (0..=8 - length).step_by(step as usize)
}

/// Runs the routine as often as there are offsets.
fn touches(p: &mut Program) {
    let Length(length) = p.pick();
    for _ in offsets(length) {
        p.run(label::TOUCHED, &[PLACE_OF_DATA, VALUE]);
    }
    p.exit(3);
}

/// The same with the routine that stores byte by byte, from a byte in front of the eight to one behind them.
fn sweeps(p: &mut Program) {
    let Length(length) = p.pick();
    for _ in offsets(length) {
        p.run(label::SWEPT, &[PLACE_OF_DATA - 1, 10]);
    }
    p.exit(3);
}

const CLAUSES: &[&str] = &[STOPS, SET, TRAP, PLACE, OVERLAP, GOING_ON, STATUS];

/// The accesses of a routine against a watchpoint at each offset.
fn each_offset(mut t: Stopped) -> Flow {
    let (kind, Length(length)): (Kind, Length) = (t.pick()?, t.pick()?);
    for offset in offsets(length) {
        let point = Point::data(1, kind, PLACE_OF_DATA + offset, length);
        (t, _) = to_routine(t, label::TOUCHED_1)?;
        set(&t, &[point])?;
        for access in 0..8 {
            let overlaps = 1 << (access % 4) > offset;
            if overlaps && is_watched(kind, access) {
                // Where the two begin together there is no doubt about the byte.
                let address = (offset == 0).then_some(point.address);
                let hit = Hit { clause: PLACE, place: place(access), address, slots: &[1] };
                (t, _) = hit.comes(t.cont()?)?;
                t = pass(t, &[point])?;
            }
        }
    }
    let t = t.cont()?.ends(OVERLAP, ENDED)?;
    t.check(GOING_ON, "what the routine loaded last", Some(Word(VALUE)), t.saw("touched")?.map(Word));
    Ok(())
}

/// Where a byte has been or is being stored: the argument that the routine counts up.
fn check_byte(t: &Stopped, registers: &Registers, address: u64) {
    t.check(OVERLAP, "byte that is stored", Word(address), Word(registers.arg(0)));
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "accesses_that_overlap_hit",
        title: "A watchpoint hits for each access of its kind that has a byte in common with it, of whichever width, and for no other; behind the instruction on x86_64 and in front of it on aarch64.",
        clauses: CLAUSES,
        needs: NEEDS,
        axes: &[ANY_START, axis::<Kind>(&["write", "access"]), LENGTHS],
        program: touches,
        scenario: each_offset,
        ..Case::NEW
    },
    Case {
        name: "reads_and_odd_lengths",
        title: "On aarch64 a watchpoint may be for loads alone, and have any bytes of eight in a row.",
        clauses: &[STOPS, SET, TRAP, PLACE, OVERLAP, GOING_ON],
        needs: NEEDS,
        axes: &[
            ANY_START,
            axis::<Kind>(&["read", "write"]),
            axis::<Length>(&["one", "three", "five", "six", "seven", "eight"]),
        ],
        arches: &[Arch::Aarch64],
        only: "x86_64 has no such kind and no such lengths",
        program: touches,
        scenario: each_offset,
        ..Case::NEW
    },
    Case {
        name: "bytes_beside_do_not_hit",
        title: "Stores to the bytes in front of a watchpoint and behind it do not hit, and those to each of its own do.",
        clauses: CLAUSES,
        needs: NEEDS,
        axes: &[ANY_START, LENGTHS],
        program: sweeps,
        scenario: |mut t| {
            let Length(length) = t.pick()?;
            for offset in offsets(length) {
                let point = Point::data(0, Kind::Write, PLACE_OF_DATA + offset, length);
                (t, _) = to_routine(t, label::SWEPT_1)?;
                set(&t, &[point])?;
                for address in point.address..point.address + length {
                    let place = if Arch::HERE == Arch::X86_64 { label::SWEPT_2 } else { label::SWEPT_1 };
                    let hit = Hit { clause: PLACE, place, address: Some(address), slots: &[0] };
                    let registers;
                    (t, registers) = hit.comes(t.cont()?)?;
                    check_byte(&t, &registers, address);
                    t = pass(t, &[point])?;
                }
            }
            let t = t.cont()?.ends(OVERLAP, ENDED)?;
            t.check(GOING_ON, "what was stored", Word(SWEPT), Word(t.word(8)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "each_slot_watches",
        title: "Each slot can be a watchpoint, and tells by its own bit that it was hit.",
        clauses: &[STOPS, SET, TRAP, PLACE, GOING_ON, STATUS, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, SLOTS],
        program: |p| {
            p.run(label::TOUCHED, &[PLACE_OF_DATA, VALUE]);
            p.exit(3);
        },
        scenario: |t| {
            let Slot(slot) = t.pick()?;
            let point = Point::data(slot, Kind::Write, PLACE_OF_DATA + 4, 4);
            let (t, _) = to_routine(t, label::TOUCHED_1)?;
            set(&t, &[point])?;
            let hit = Hit { clause: PLACE, place: place(3), address: None, slots: &[slot] };
            let (t, _) = hit.comes(t.cont()?)?;
            let stored = if Arch::HERE == Arch::X86_64 { VALUE } else { VALUE & 0xffff_ffff };
            t.check(PLACE, "word at the hit", Word(stored), Word(t.memory(PLACE_OF_DATA, 1)?[0]));
            let t = pass(t, &[point])?.cont()?.ends(RUNS, ENDED)?;
            t.check(GOING_ON, "what was stored", Some(Word(VALUE)), t.saw("touched")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "kernel_and_tracer_do_not_hit",
        title: "A watchpoint does not hit when a system call of the program writes there, nor when the tracer does; the program's own load afterwards does.",
        clauses: &[STOPS, ENTRY, SET, TRAP, PLACE, USER_ONLY, STATUS, RUNS],
        needs: NEEDS,
        program: |p| {
            p.read_mask(8);
            p.run(label::TOUCHED, &[PLACE_OF_DATA, VALUE]);
            p.exit(3);
        },
        scenario: |t| {
            let point = Point::data(0, Kind::Access, PLACE_OF_DATA, 8);
            set(&t, &[point])?;
            t.check(USER_ONLY, "PTRACE_POKEDATA", Ok(()), t.poke(PLACE_OF_DATA, u64::MAX));
            let t = t.syscall()?.expect(ENTRY, Stop::SyscallEnter)?;
            t.check(USER_ONLY, "word of the tracer", Ok(Word(u64::MAX)), t.peek(PLACE_OF_DATA).map(Word));
            let (t, _) = to_routine(t, label::TOUCHED_1)?;
            t.check(USER_ONLY, "mask of the kernel", Ok(Word(0)), t.peek(PLACE_OF_DATA).map(Word));
            let hit = Hit { clause: PLACE, place: place(0), address: Some(PLACE_OF_DATA), slots: &[0] };
            let (t, _) = hit.comes(t.cont()?)?;
            clear(&t, &[point])?;
            t.cont()?.ends(RUNS, ENDED).map(drop)
        },
        ..Case::NEW
    },
];
