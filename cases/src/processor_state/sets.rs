//! Register sets as bytes: reading whole ones, comparing them, and the breakpoint at which they are looked at.

use super::STOPS;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Address;

/// What is in a buffer before.
const FILL: u8 = 0xa5;
/// Room behind a set, in which nothing may be written.
const ROOM: usize = 64;
/// Bytes of a breakpoint instruction.
const BREAKPOINT_LENGTH: u64 = if cfg!(target_arch = "x86_64") { 1 } else { 4 };

/// To the breakpoint within a routine, and on to what is behind it: there the program has its registers, and goes on
/// with what is written.
pub(super) fn to_breakpoint(t: Stopped, behind: u64) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.registers()?;
    let at = Address(behind - BREAKPOINT_LENGTH + arch::BREAKPOINT_ADVANCE);
    t.check(STOPS, "breakpoint", at, Address(registers.ip()));
    // What is written back without being known must at least be what it was.
    t.check(STOPS, "general registers that read otherwise", vec![], t.registers()?.differing(&registers));
    t.set_registers(&registers.with(arch::IP, behind))?;
    Ok(t)
}

/// Options of a case whose program executes another image.
pub(super) const TRACED_EXEC: u32 = options::TRACESYSGOOD | options::TRACEEXEC;

/// To the first moment of that image.
pub(super) fn to_new_image(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect("opt.traceexec.stop", Stop::Event(Event::EXEC))
}

/// A whole set, which has this size; nothing is written behind it.
pub(super) fn whole(t: &Stopped, clause: &str, set: u64, size: usize) -> Vec<u8> {
    let mut buffer = vec![FILL; size + ROOM];
    let length = t.regset(set, &mut buffer);
    t.check(clause, "length", Ok(size), length);
    t.check(clause, "nothing is written behind", true, buffer[size..].iter().all(|byte| *byte == FILL));
    buffer.truncate(size);
    buffer
}

/// Reads a set into buffers of these lengths: each gets the front, and the length that it has got.
pub(super) fn fronts(t: &Stopped, clause: &str, set: u64, all: &[u8], lengths: impl Iterator<Item = usize>) {
    for length in lengths {
        let mut buffer = vec![FILL; length];
        let there = length.min(all.len());
        t.check(clause, &format!("length for {length} bytes"), Ok(there), t.regset(set, &mut buffer));
        let mut expected = all[..there].to_vec();
        expected.resize(length, FILL);
        t.check(clause, &format!("{length} bytes are the front"), true, buffer == expected);
    }
}

/// Holds a set against what it must be now.
pub(super) fn check_set(t: &Stopped, clause: &str, set: u64, expected: &[u8]) {
    let read = whole(t, clause, set, expected.len());
    t.check(clause, "bytes that read otherwise", vec![], differing(&read, expected));
}

/// Places of bytes that differ, in words of eight.
pub(super) fn differing(read: &[u8], expected: &[u8]) -> Vec<String> {
    let words = read.chunks(8).zip(expected.chunks(8)).enumerate();
    let differ = words.filter(|(_, (read, expected))| read != expected);
    differ.map(|(index, (read, _))| format!("{} to {}", 8 * index, 8 * index + read.len() - 1)).collect()
}
