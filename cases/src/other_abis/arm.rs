//! What only AArch32 has: the first argument twice, and a register that marks the direction.

use super::nr;
use super::program::{ARGUMENTS, BEFORE, CALL, DIRECTION, EVENT, EXECUTED, Image, NEW, NUMBER_AT, ORIG_R0};
use super::program::{begin, end, entry, execute, inside, pass, to_enter, to_exit, to_second};
use super::view::check_info;
use super::view32::{self, RESULT, Registers32, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use crate::changes::FIRST_OF_AARCH32;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;

/// Where aarch64 tells the arch of a task.
const ARCH: &str = "sysinfo.field-arch";
const TWICE: &str = "abi.arm-first-argument";
const MARKED: &str = "abi.arm-direction";
const WRITTEN: u32 = 0x77;

/// Which of the two the tracer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Register,
    Original,
}

impl Axis for Which {
    const VALUES: &'static [(&'static str, Self)] =
        &[("register", Which::Register), ("original", Which::Original)];
}

/// What is in r12 before.
const OWN: u32 = 0x1234_5678;

/// The registers where the tracer sees r12 as this.
const fn directed(registers: &Registers32, direction: u32) -> Registers32 {
    registers.with(DIRECTION, direction)
}

const DIRECTED: Case = Case {
    name: "direction_in_r12",
    title: "r12 reads 0 at the enter-stop of an AArch32 call and 1 at its exit-stop, and is the program's own elsewhere; r7 keeps the number.",
    clauses: &[EVENT, NEW, VIEW, MARKED, STOPS, ENTER, EXIT, END],
    arches: &[Arch::Aarch64],
    only: "elsewhere no register marks the direction",
    program: execute,
    scenario: |t| {
        let image = Image::of(nr::UMASK, ARGUMENTS);
        let (t, at) = begin(t, &image)?;
        let before = directed(&pass(&t, &at)?, OWN);
        view32::set(&t, &before)?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let inside = inside(&before, image.number, &image.args, image.call);
        view32::check(&t, MARKED, &directed(&inside, 0))?;
        let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
        view32::check(&t, MARKED, &directed(&inside.with(RESULT, BEFORE as u32), 1))?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let now = view32::registers(&t)?;
        t.check(MARKED, "r12 outside of calls", OWN, now.words[DIRECTION]);
        t.check(MARKED, "number", nr::UMASK, now.words[NUMBER_AT]);
        end((t, now))
    },
    ..EXECUTED
};

pub(super) const CASES: &[Case] = &[
    DIRECTED,
    Case {
        name: "first_argument_twice",
        title: "At the enter-stop of an AArch32 call the first argument is there twice, and the tracer can write each alone: PTRACE_GET_SYSCALL_INFO shows the original r0, and the call takes r0, or since 7.3 the original one.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, TWICE, STOPS, ENTER, EXIT, END],
        axes: &[ANY_START, axis::<Which>(&["register", "original"])],
        arches: &[Arch::Aarch64],
        only: "elsewhere no register is both argument and result",
        changes: &[&FIRST_OF_AARCH32],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let (t, inside) = to_enter(t, &at, &image)?;
            let (changed, shown, other) = match t.pick()? {
                Which::Register => (inside.with(0, WRITTEN), ARGUMENTS[0], WRITTEN),
                Which::Original => (inside.with(ORIG_R0, WRITTEN), WRITTEN, ARGUMENTS[0]),
            };
            let mask = t.across(&FIRST_OF_AARCH32, other, shown)?;
            view32::set(&t, &changed)?;
            view32::check(&t, TWICE, &changed)?;
            let mut info = entry(&changed, nr::UMASK);
            info.args[0] = shown.into();
            check_info(&t, TWICE, info)?;
            let (t, behind) = to_exit(t, &changed, BEFORE as u32)?;
            end(to_second(t, &behind, &image, mask)?)
        },
        ..EXECUTED
    },
];
