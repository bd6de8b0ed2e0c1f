//! Watchpoints of a 64-bit tracer in a program of 32 bits.

use super::program::{DIRECTION, EVENT, EXECUTED, IS_X86, Image, NEW, NUMBER_AT};
use super::program::{at_breakpoint, begin, end, execute_image, pass};
use super::view32::{self, IP, Registers32, SP, VIEW};
use super::{END, STOPS};
use crate::breakpoints::GOING_ON;
use crate::breakpoints::point::{self, Kind, Point};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::program32::{Code, EXIT_GROUP};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};

const SET: &str = "hwbp.set";
const TRAP: &str = "hwbp.trap";
const PLACE: &str = "hwbp.data-place";
const OVERLAP: &str = "hwbp.data-overlap";
/// What DR6 reads; x86_64 alone has it.
const STATUS: &str = "x86.dr6-polarity";

/// What the program pushes, one word below the other, and the register that aarch64 pushes from.
const PUSHED: [u32; 3] = [0x1111_1111, 0x2222_2222, 0x3333_3333];
const FROM: usize = 4;
/// Bytes of the instruction that pushes.
const PUSH: u64 = if IS_X86 { 5 } else { 4 };
const SLOT: usize = 1;

/// Bytes that are watched: the first word pushed or its front, or the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length(u64);

impl Axis for Length {
    const VALUES: &'static [(&'static str, Self)] =
        &[("one", Length(1)), ("two", Length(2)), ("four", Length(4)), ("eight", Length(8))];
}

impl Length {
    /// How many of the pushes hit.
    const fn hits(self) -> usize {
        if self.0 == 8 { 2 } else { 1 }
    }

    /// With the stack pointer as it is in front of the first push.
    const fn watchpoint(self, sp: u32) -> Point {
        let below = if self.0 == 8 { 8 } else { 4 };
        Point::data(SLOT, Kind::Write, sp as u64 - below, self.0)
    }
}

/// A breakpoint, the pushes, and another; and where the pushes are.
fn image() -> (Image, [u64; 3]) {
    let mut code = Code::default();
    let first = code.breakpoint();
    let pushes = PUSHED.map(|word| code.push(word));
    let second = code.breakpoint();
    let call = code.call(EXIT_GROUP, &[3]);
    (Image { code, first, call, tells: call, second, number: EXIT_GROUP, args: [0; 6] }, pushes)
}

/// The registers where push `index` hits.
fn at_hit(before: &Registers32, index: usize, place: u64) -> Registers32 {
    let pushed = 4 * index as u32;
    if IS_X86 {
        let sp = before.words[SP] - pushed - 4;
        return before.with(IP, (place + PUSH) as u32).with(SP, sp).with(NUMBER_AT, u32::MAX);
    }
    let sp = before.words[SP] - pushed;
    before.with(IP, place as u32).with(SP, sp).with(FROM, PUSHED[index]).with(DIRECTION, 0)
}

/// `si_errno` of a hit: nothing, or which slot a 32-bit program has it in (arch/arm64/kernel/ptrace.c:
/// ptrace_hbptriggered()).
const ERRNO: i32 = if IS_X86 { 0 } else { -(2 * SLOT as i32 + 1) };

/// What a hit tells beside its registers.
fn check_hit(t: &Stopped, at: &Registers32, watchpoint: &Point, index: usize) {
    let told = Task::siginfo(t);
    let kind = told.map(|told| (told.signal, (told.errno, told.code)));
    t.check(TRAP, "si_signo, si_errno and si_code", Ok((Signal::TRAP, (ERRNO, libc::TRAP_HWBKPT))), kind);
    if IS_X86 {
        let ip = Address(at.words[IP].into());
        t.check(TRAP, "si_addr", Ok(ip), told.map(|told| Address(told.address)));
        let status = Word(point::NO_HIT | 1 << SLOT);
        t.check(STATUS, "DR6", Ok(status), point::debug(t, 6).map(Word));
    } else if index + 1 == Length(watchpoint.length).hits() {
        // The access begins where the watchpoint does.
        let begins = told.map(|told| told.address == watchpoint.address);
        t.check(TRAP, "si_addr is that of the watchpoint", Ok(true), begins);
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "watched_stack",
    title: "A 64-bit tracer watches one to eight bytes of a 32-bit program's stack: the pushes that store there hit, and no others.",
    clauses: &[EVENT, NEW, VIEW, SET, TRAP, PLACE, OVERLAP, STATUS, GOING_ON, STOPS, END],
    needs: &[Need::Programs32, Need::Breakpoints],
    axes: &[ANY_START, axis::<Length>(&["one", "two", "four", "eight"])],
    program: |p| execute_image(p, &image().0),
    scenario: |t| {
        let length: Length = t.pick()?;
        let (image, pushes) = image();
        let (t, at) = begin(t, &image)?;
        let before = pass(&t, &at)?;
        let watchpoint = length.watchpoint(before.words[SP]);
        point::set(&t, &[watchpoint])?;
        let (t, last) = pushed(t, &before, &watchpoint, pushes)?;
        let sp = before.words[SP] - 4 * pushes.len() as u32;
        let behind = at_breakpoint(&last.with(SP, sp), image.second);
        let behind = if IS_X86 { behind } else { behind.with(FROM, PUSHED[2]) };
        let t = t.cont()?.expect(GOING_ON, Stop::Signal(Signal::TRAP))?;
        view32::check(&t, OVERLAP, &behind)?;
        end((t, behind))
    },
    ..EXECUTED
}];

/// Past the pushes that hit; the registers at the last of them.
fn pushed(
    mut t: Stopped,
    before: &Registers32,
    watchpoint: &Point,
    pushes: [u64; 3],
) -> Flow<(Stopped, Registers32)> {
    let mut at = *before;
    for (index, place) in pushes.into_iter().enumerate().take(Length(watchpoint.length).hits()) {
        t = t.cont()?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
        at = at_hit(before, index, place);
        view32::check(&t, PLACE, &at)?;
        check_hit(&t, &at, watchpoint, index);
        t = crate::breakpoints::pass(t, &[*watchpoint])?;
    }
    Ok((t, at))
}
