//! Floating-point registers: what the requests show of them, and that what is written the program has.

use super::floating_image::{ELEMENT, SIZE, image, initial};
use super::sets::{check_set, differing, fronts, to_breakpoint};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, note};
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

const READ: &str = "regs.getregset-prfpreg";
const WRITTEN: &str = "regs.setregset-prfpreg";
const LENGTH: &str = "regs.getregset-iov-len-out";
const BROKEN: &str = "regs.getregset-short-len";

/// Requests of x86_64 by their numbers, which mean nothing elsewhere.
const GETFPREGS: Request = Request(14);
pub(super) const SETFPREGS: Request = Request(15);

/// How registers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Other,
    Initial,
}

impl Axis for Kind {
    const VALUES: &'static [(&'static str, Self)] = &[("other", Kind::Other), ("initial", Kind::Initial)];
}

/// Loads registers from area 0, stops, and stores them to area 1.
pub(super) fn program(p: &mut Program) {
    p.run(label::FLOATING, &[Program::area(0), Program::area(1)]);
    p.exit(3);
}

/// To where the program has these registers.
pub(super) fn with_registers(t: Stopped, image: &[u8]) -> Flow<Stopped> {
    t.set_area(0, image);
    to_breakpoint(t, label::FLOATING_1)
}

/// To the end of the program, which has stored these registers.
pub(super) fn ends_with(t: Stopped, clause: &str, image: &[u8]) -> Flow {
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let differ = differing(&t.area(1, SIZE), image);
    t.check(clause, "bytes that the program stored otherwise", vec![], differ);
    Ok(())
}

/// Registers as a new program has them, or others.
fn chosen(t: &Stopped) -> Flow<Vec<u8>> {
    Ok(match t.pick()? {
        Kind::Other => image(0x66),
        Kind::Initial => initial(),
    })
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "floating_point_is_the_programs",
        title: "PTRACE_GETREGSET with NT_PRFPREG shows the floating-point registers as the program has loaded them, as many whole words as fit into the buffer.",
        clauses: &[STOPS, END, READ, LENGTH, BROKEN],
        axes: &[ANY_START],
        program,
        scenario: |t| {
            let image = image(0x11);
            let t = with_registers(t, &image)?;
            check_set(&t, READ, note::PRFPREG, &image);
            let lengths = [0, ELEMENT, 2 * ELEMENT, 32, SIZE - ELEMENT, SIZE, SIZE + ELEMENT];
            fronts(&t, LENGTH, note::PRFPREG, &image, lengths.into_iter());
            for length in [1, ELEMENT + 1, SIZE - 1, SIZE + 2] {
                let answer = t.regset(note::PRFPREG, &mut vec![0; length]);
                t.check(BROKEN, &format!("length for {length} bytes"), Err(Errno::EINVAL), answer);
            }
            ends_with(t, READ, &image)
        },
        ..Case::NEW
    },
    Case {
        name: "written_floating_point_reaches_the_program",
        title: "What PTRACE_SETREGSET with NT_PRFPREG writes PTRACE_GETREGSET reads back, and the program goes on with it.",
        clauses: &[STOPS, END, READ, WRITTEN],
        axes: &[ANY_START, axis::<Kind>(&["other", "initial"])],
        program,
        scenario: |t| {
            let (old, new) = (image(0x11), chosen(&t)?);
            let t = with_registers(t, &old)?;
            check_set(&t, READ, note::PRFPREG, &old);
            t.check(WRITTEN, "length that is set", Ok(SIZE), t.set_regset(note::PRFPREG, &new));
            check_set(&t, WRITTEN, note::PRFPREG, &new);
            ends_with(t, WRITTEN, &new)
        },
        ..Case::NEW
    },
    Case {
        name: "getfpregs_shows_the_same",
        title: "PTRACE_GETFPREGS fills the same bytes as NT_PRFPREG, whatever addr is.",
        clauses: &[STOPS, END, "regs.getfpregs-copies", "regs.get-addr-ignored", "x86.fx-padding"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: "aarch64 has no PTRACE_GETFPREGS",
        program,
        scenario: |t| {
            const COPIES: &str = "regs.getfpregs-copies";
            const SOFTWARE: usize = 416;
            let image = image(0x22);
            let t = with_registers(t, &image)?;
            for addr in [0, 1, u64::MAX] {
                let clause = if addr == 0 { COPIES } else { "regs.get-addr-ignored" };
                let mut buffer = vec![0xa5; SIZE];
                let got = t.request(GETFPREGS, addr, Data::Buffer(&mut buffer));
                t.check(clause, "PTRACE_GETFPREGS", Ok(0), got);
                let front = differing(&buffer[..SOFTWARE], &image);
                t.check(clause, "bytes that read otherwise", vec![], front);
                let zero = buffer[SOFTWARE..].iter().all(|byte| *byte == 0);
                t.check("x86.fx-padding", "bytes from 416 on are 0", true, zero);
            }
            ends_with(t, COPIES, &image)
        },
        ..Case::NEW
    },
    Case {
        name: "setfpregs_reaches_the_program",
        title: "PTRACE_SETFPREGS does the same as PTRACE_SETREGSET with NT_PRFPREG, whatever addr is.",
        clauses: &[STOPS, END, "regs.setfpregs-modifies", "regs.set-addr-ignored"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: "aarch64 has no PTRACE_SETFPREGS",
        program,
        scenario: |t| {
            const MODIFIES: &str = "regs.setfpregs-modifies";
            let t = with_registers(t, &image(0x11))?;
            for (addr, seed) in [(u64::MAX, 0x23), (1, 0x34), (0, 0x45)] {
                let clause = if addr == 0 { MODIFIES } else { "regs.set-addr-ignored" };
                let set = t.request(SETFPREGS, addr, Data::Buffer(&mut image(seed)));
                t.check(clause, "PTRACE_SETFPREGS", Ok(0), set);
                check_set(&t, clause, note::PRFPREG, &image(seed));
            }
            ends_with(t, MODIFIES, &image(0x45))
        },
        ..Case::NEW
    },
];
