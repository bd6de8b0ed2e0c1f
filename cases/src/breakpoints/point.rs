//! Breakpoints as values, set through each architecture's own registers.

use super::SET;
use ptrace_conformance_harness::case::{Arch, Axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::lie;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};

/// What hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Execute,
    /// aarch64 alone has it.
    Read,
    Write,
    Access,
}

impl Axis for Kind {
    const VALUES: &'static [(&'static str, Self)] =
        &[("execute", Kind::Execute), ("read", Kind::Read), ("write", Kind::Write), ("access", Kind::Access)];
}

/// A breakpoint or watchpoint in a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub slot: usize,
    pub kind: Kind,
    pub address: u64,
    pub length: u64,
}

impl Point {
    /// A breakpoint for one instruction.
    pub const fn execute(slot: usize, address: u64) -> Point {
        let length = if cfg!(target_arch = "x86_64") { 1 } else { 4 };
        Point { slot, kind: Kind::Execute, address, length }
    }

    /// A watchpoint.
    pub const fn data(slot: usize, kind: Kind, address: u64, length: u64) -> Point {
        Point { slot, kind, address, length }
    }

    /// Its bits of DR7, the local enable bit among them.
    const fn bits(&self) -> u64 {
        let kind = match self.kind {
            Kind::Execute => 0,
            Kind::Write => 1,
            Kind::Read | Kind::Access => 3,
        };
        let length = match self.length {
            8 => 2,
            length => length - 1,
        };
        (kind | length << 2) << (16 + 4 * self.slot) | 1 << (2 * self.slot)
    }

    /// Its control word in a register set of aarch64, as the kernel shows it too: length, kind, user mode, enabled.
    pub const fn word(&self) -> u64 {
        let kind = match self.kind {
            Kind::Execute => 0,
            Kind::Read => 1,
            Kind::Write => 2,
            Kind::Access => 3,
        };
        ((1 << self.length) - 1) << 5 | kind << 3 | 2 << 1 | 1
    }

    /// The register set of aarch64 that it is in.
    const fn note(&self) -> u64 {
        if matches!(self.kind, Kind::Execute) { note::ARM_HW_BREAK } else { note::ARM_HW_WATCH }
    }
}

/// What DR6 reads where nothing has hit.
pub(crate) const NO_HIT: u64 = 0xffff_0ff0;

/// Where debug register 0 is in x86_64's USER area: `offsetof(struct user, u_debugreg)` (asm/user_64.h).
pub(crate) const DEBUG: u64 = 848;

/// A debug register.
pub(crate) fn debug(t: &Task, index: usize) -> Result<u64, Errno> {
    t.peek_user(DEBUG + 8 * index as u64)
}

/// Writes a debug register.
pub(crate) fn set_debug(t: &Task, index: usize, word: u64) -> Result<(), Errno> {
    t.poke_user(DEBUG + 8 * index as u64, word)
}

/// The value of DR7 that enables these breakpoints and no others.
pub(crate) fn control(points: &[Point]) -> u64 {
    points.iter().fold(0, |control, point| control | point.bits())
}

/// Sets these breakpoints, and no others in x86_64's slots or in front of them in a register set.
pub(crate) fn set(t: &Stopped, points: &[Point]) -> Flow {
    if Arch::HERE == Arch::Aarch64 {
        return write(t, points, true);
    }
    // Whatever length a slot had must not forbid its new address.
    t.must("PTRACE_POKEUSER of DR7", set_debug(t, 7, 0))?;
    for point in points {
        t.must("PTRACE_POKEUSER of an address", set_debug(t, point.slot, point.address))?;
    }
    t.must("PTRACE_POKEUSER of DR7", set_debug(t, 7, control(points)))?;
    t.check(SET, "DR7", Ok(Word(control(points))), debug(t, 7).map(Word));
    Ok(())
}

/// Disables these breakpoints, which are all that there are.
pub(crate) fn clear(t: &Stopped, points: &[Point]) -> Flow {
    if Arch::HERE == Arch::Aarch64 {
        return write(t, points, false);
    }
    t.must("PTRACE_POKEUSER of DR7", set_debug(t, 7, 0))
}

/// Writes the register sets that these breakpoints are in.
fn write(t: &Stopped, points: &[Point], enabled: bool) -> Flow {
    for note in [note::ARM_HW_BREAK, note::ARM_HW_WATCH] {
        let slots: Vec<_> = points.iter().filter(|point| point.note() == note).collect();
        let Some(last) = slots.iter().map(|point| point.slot).max() else { continue };
        let mut pairs = vec![(0, 0); last + 1];
        for point in slots {
            pairs[point.slot] = (point.address, if enabled { point.word() } else { 0 });
        }
        let bytes = bytes(&pairs);
        match t.set_regset(note, &bytes) {
            Err(Errno(libc::ENOSPC)) => {
                return Err(Halt::Skip("this processor has fewer breakpoints".to_owned()));
            }
            answer => t.check(SET, "bytes taken", Ok(bytes.len()), answer),
        };
    }
    Ok(())
}

/// Addresses and controls as a register set of aarch64 has them, behind its header.
pub(crate) fn bytes(pairs: &[(u64, u64)]) -> Vec<u8> {
    let words = pairs.iter().flat_map(|&(address, control)| [address, control]);
    std::iter::once(0).chain(words).flat_map(u64::to_ne_bytes).collect()
}

/// A register set of aarch64 up to some slot: its header, addresses and controls.
pub(crate) fn read(t: &Task, note: u64, slots: usize) -> Result<(u64, Vec<(Address, Word)>), Errno> {
    let mut buffer = vec![0; 8 + 16 * slots];
    let length = t.regset(note, &mut buffer)?;
    let words: Vec<_> = buffer[..length].chunks(8).map(lie::read).collect();
    let pairs = words.get(1..).unwrap_or_default().chunks(2);
    let pair = |pair: &[u64]| (Address(pair[0]), Word(*pair.last().unwrap_or(&0)));
    Ok((words.first().copied().unwrap_or(0), pairs.map(pair).collect()))
}

/// Holds the front of a register set of aarch64 against addresses and controls.
pub(crate) fn check_set(t: &Task, clause: &str, note: u64, pairs: &[(u64, u64)]) {
    let read = |slots| self::read(t, note, slots);
    let header = read(0).map(|(header, _)| header);
    let expected: Vec<_> = pairs.iter().map(|&(address, word)| (Address(address), Word(word))).collect();
    match read(pairs.len()) {
        Ok((told, seen)) => {
            t.check(clause, "addresses and controls", expected, seen);
            // How many slots there are is the processor's, and the same whenever it is asked for.
            t.check(clause, "header is the same again", true, header == Ok(told));
        }
        Err(errno) => {
            t.check(clause, "addresses and controls", Ok(expected), Err(errno));
        }
    }
}

/// What the control of a disabled breakpoint reads if none was ever enabled in its slot, or one for execution.
pub(crate) const DISABLED: u64 = 0xf << 5 | 2 << 1;
