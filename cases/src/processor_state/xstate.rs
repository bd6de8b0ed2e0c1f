//! Extended states, `NT_X86_XSTATE`: what it shows, and that what is written the program has.

use super::sets::{differing, fronts, to_breakpoint, whole};
use super::xstate_image::{
    AVX, HEADER, PKRU, SOFTWARE, SSE, X87, enabled, image, in_use, loaded, size, with, with_initial_mxcsr,
    without,
};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

const READ: &str = "regs.getregset-vector";
const LENGTH: &str = "regs.getregset-iov-len-out";
const LAYOUT: &str = "x86.xstate-layout";
const WRITTEN: &str = "x86.xstate-written";
const INITIAL: &str = "x86.xstate-init";
pub(super) const ONLY: &str = "aarch64 has other register sets";
pub(super) const NEEDS: &[Need] = &[Need::Processor(Feature::Xsave)];

/// The routine, before and behind its breakpoint; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
const EXTENDED: [u64; 2] = [label::EXTENDED, label::EXTENDED_1];
#[cfg(target_arch = "aarch64")]
const EXTENDED: [u64; 2] = [label::STEPPED; 2];

/// A state that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    X87,
    Sse,
    Avx,
}

impl Axis for State {
    const VALUES: &'static [(&'static str, Self)] =
        &[("x87", State::X87), ("sse", State::Sse), ("avx", State::Avx)];
}

impl State {
    const fn number(self) -> u32 {
        match self {
            State::X87 => X87,
            State::Sse => SSE,
            State::Avx => AVX,
        }
    }
}

/// Loads states from area 0, stops, and stores them to area 1.
pub(super) fn program(p: &mut Program) {
    p.run(EXTENDED[0], &[Program::area(0), Program::area(1), loaded()]);
    p.exit(3);
}

/// To where the program has these states.
pub(super) fn with_states(t: Stopped, image: &[u8]) -> Flow<Stopped> {
    t.set_area(0, image);
    to_breakpoint(t, EXTENDED[1])
}

/// Holds the set against these states. A processor may say of a state that nobody has touched that it is in use.
pub(super) fn check_states(t: &Stopped, clause: &str, expected: &[u8]) {
    let mut read = whole(t, clause, note::X86_XSTATE, size());
    let untouched = enabled() & !loaded();
    let told = in_use(&read) & !untouched | in_use(expected) & untouched;
    read = with(&read, HEADER, &told.to_le_bytes());
    let expected = with(expected, SOFTWARE, &enabled().to_le_bytes());
    t.check(clause, "bytes that read otherwise", vec![], differing(&read, &expected));
}

/// To the end of the program, which has stored these states; of those in `optional` it may say either.
pub(super) fn ends_with(t: Stopped, clause: &str, image: &[u8], optional: u64) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let stored = t.area(1, size());
    let told = in_use(&stored) & !optional | in_use(image) & optional;
    let stored = with(&stored, HEADER, &told.to_le_bytes());
    t.check(clause, "bytes that the program stored otherwise", vec![], differing(&stored, image));
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "extended_state_is_the_programs",
        title: "NT_X86_XSTATE shows the states as the program has loaded them, in XSAVE's standard layout with XCR0 in the bytes for software, as many whole words as fit into the buffer.",
        clauses: &[STOPS, END, READ, LENGTH, LAYOUT, "regs.getregset-short-len"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program,
        scenario: |t| {
            let image = image(0x11);
            let t = with_states(t, &image)?;
            check_states(&t, READ, &image);
            let all = whole(&t, LAYOUT, note::X86_XSTATE, size());
            let mask = all[SOFTWARE..SOFTWARE + 8] == enabled().to_le_bytes();
            t.check(LAYOUT, "bytes for software begin with XCR0", true, mask);
            let again = whole(&t, LAYOUT, note::X86_XSTATE, size());
            t.check(LAYOUT, "bytes that read otherwise the second time", vec![], differing(&again, &all));
            let lengths = [0, 8, 416, HEADER, HEADER + 64, size() - 8, size(), size() + 8];
            fronts(&t, LENGTH, note::X86_XSTATE, &all, lengths.into_iter());
            for length in [1, HEADER + 4, size() - 1] {
                let answer = t.regset(note::X86_XSTATE, &mut vec![0; length]);
                t.check("regs.getregset-short-len", "a broken word", Err(Errno::EINVAL), answer);
            }
            ends_with(t, READ, &image, 0)
        },
        ..Case::NEW
    },
    Case {
        name: "written_extended_state_reaches_the_program",
        title: "What PTRACE_SETREGSET with NT_X86_XSTATE writes PTRACE_GETREGSET reads back, and the program goes on with it; what is behind a longer set is not looked at.",
        clauses: &[STOPS, END, READ, WRITTEN],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = with_states(t, &image(0x11))?;
            check_states(&t, READ, &image(0x11));
            for (seed, more) in [(0x22, 0), (0x33, 64)] {
                let longer = [image(seed), vec![0xff; more]].concat();
                let set = t.set_regset(note::X86_XSTATE, &longer);
                t.check(WRITTEN, "length that is set", Ok(size()), set);
                check_states(&t, WRITTEN, &image(seed));
            }
            ends_with(t, WRITTEN, &image(0x33), 0)
        },
        ..Case::NEW
    },
    Case {
        name: "state_left_out_is_initial",
        title: "A state whose bit is clear in the header that is written becomes what it is in a new program, whatever is in its place.",
        clauses: &[STOPS, END, READ, INITIAL],
        axes: &[ANY_START, axis::<State>(&["x87", "sse", "avx"])],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Avx)],
        program,
        scenario: |t| {
            let state: State = t.pick()?;
            leave_out(t, state.number())
        },
        ..Case::NEW
    },
    Case {
        name: "rights_left_out_are_all",
        title: "Protection keys whose bit is clear in the header that is written give all rights.",
        clauses: &[STOPS, END, READ, INITIAL],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Avx), Need::Processor(Feature::Pku)],
        program,
        scenario: |t| leave_out(t, PKRU),
        ..Case::NEW
    },
];

/// Writes states without one of them.
fn leave_out(t: Stopped, state: u32) -> Flow {
    let t = with_states(t, &image(0x11))?;
    check_states(&t, READ, &image(0x11));
    let bits = loaded() & !(1 << state);
    // Without the bit of SSE it depends on the processor whether MXCSR counts.
    let written = with(&with_initial_mxcsr(&image(0x22)), HEADER, &bits.to_le_bytes());
    t.check(INITIAL, "length that is set", Ok(size()), t.set_regset(note::X86_XSTATE, &written));
    let now = without(&written, state);
    check_states(&t, INITIAL, &now);
    ends_with(t, INITIAL, &now, 1 << state)
}
