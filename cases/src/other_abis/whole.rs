//! What the requests of a 64-bit tracer's own layout show of a task in 32-bit code, and what is written through them.

use super::nr;
use super::program::{ARCH, ARGUMENTS, BEFORE, CALL, EVENT, EXECUTED, Image, NEW, NUMBER_AT};
use super::program::{at_breakpoint, begin, end, entry, execute, to_enter, to_exit, to_second};
use super::view::check_info;
use super::view32::{self, IP, RESULT, Registers32, SP, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Task};

pub(super) const WHOLE: &str = "abi.view32-whole";
const WRITTEN: &str = "abi.view32-written";
const CODES: &str = "abi.restart-code-written";

/// Requests of x86_64 by their numbers, which mean nothing elsewhere.
const GETREGS: Request = Request(12);
const SETREGS: Request = Request(13);
/// Words of `struct user_regs_struct`, and places in it.
const WORDS: usize = 27;
const RBX: usize = 5;
const RAX: usize = 10;
const ORIG_RAX: usize = 15;
/// Which word of the 32-bit layout each of them is, of those that are in both.
pub(super) const IN_BOTH: [(usize, usize); 17] = [
    (4, 5),
    (RBX, 0),
    (RAX, RESULT),
    (11, 1),
    (12, 2),
    (13, 3),
    (14, 4),
    (ORIG_RAX, NUMBER_AT),
    (16, IP),
    (17, 13),
    (18, 14),
    (19, SP),
    (20, 16),
    (23, 7),
    (24, 8),
    (25, 9),
    (26, 10),
];

/// A case of x86_64's own requests.
const HERE: Case =
    Case { arches: &[Arch::X86_64], only: "aarch64 has neither PTRACE_GETREGS nor a USER area", ..EXECUTED };

/// The 64-bit layout of these registers: those that the 32-bit one lacks are 0, and nothing is extended by its sign.
fn whole(registers: &Registers32) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (wide, narrow) in IN_BOTH {
        words[wide] = registers.words[narrow].into();
    }
    // Always 1, where the program has run.
    words[18] |= 2;
    words
}

/// Holds both requests against the whole registers.
pub(super) fn check_whole(t: &Task, expected: &[u64]) -> Flow {
    let mut buffer = [0; 8 * WORDS];
    t.must("PTRACE_GETREGS", t.request(GETREGS, 0, Data::Buffer(&mut buffer)))?;
    let words = buffer.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default()));
    let differ = words.zip(expected).enumerate().filter(|(_, (told, expected))| told != *expected);
    t.check(
        WHOLE,
        "words of PTRACE_GETREGS that read otherwise",
        vec![],
        differ.map(|(at, _)| at as u64).collect(),
    );
    let peeked = |at: &usize| t.peek_user(8 * *at as u64) != Ok(expected[*at]);
    let differ = (0..WORDS).filter(peeked).map(|at| at as u64).collect();
    t.check(WHOLE, "words of PTRACE_PEEKUSER that read otherwise", vec![], differ);
    Ok(())
}

/// How a restart code and a number are written where no call is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// `PTRACE_SETREGS`, with the code's sign in the upper half.
    Extended,
    /// The same without it.
    Half,
    /// The same with it, and -1 without its sign as number.
    MinusOne,
    /// By the 32-bit registers.
    View,
}

impl Axis for How {
    const VALUES: &'static [(&'static str, Self)] =
        &[("extended", How::Extended), ("half", How::Half), ("minusone", How::MinusOne), ("view", How::View)];
}

impl How {
    /// Whether the call in front of the instruction pointer is made.
    const fn restarts(self) -> bool {
        matches!(self, How::Extended | How::View)
    }

    fn write(self, t: &Task, registers: &Registers32) -> Flow {
        if self == How::View {
            return view32::set(t, registers);
        }
        let mut words = whole(registers);
        if self != How::Half {
            words[RAX] = i64::from(registers.words[RESULT] as i32) as u64;
        }
        if self == How::MinusOne {
            words[ORIG_RAX] = u32::MAX.into();
        }
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        t.must("PTRACE_SETREGS", t.request(SETREGS, 0, Data::Buffer(&mut bytes))).map(drop)
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "whole_registers",
        title: "PTRACE_GETREGS and PTRACE_PEEKUSER show a 32-bit program in the layout of the 64-bit tracer, in a call and outside.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, WHOLE, STOPS, ENTER, EXIT, END],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let mut outside = whole(&at);
            outside[ORIG_RAX] = u64::MAX;
            check_whole(&t, &outside)?;
            let (t, inside) = to_enter(t, &at, &image)?;
            let mut expected = whole(&inside);
            expected[RAX] = Errno::ENOSYS.as_result();
            check_whole(&t, &expected)?;
            let (t, behind) = to_exit(t, &inside, BEFORE as u32)?;
            check_whole(&t, &whole(&behind))?;
            end(to_second(t, &behind, &image, ARGUMENTS[0])?)
        },
        ..HERE
    },
    Case {
        name: "whole_argument_written",
        title: "Of what PTRACE_POKEUSER writes to a 32-bit program's register the call and the 32-bit view have the lower half, and PTRACE_GET_SYSCALL_INFO all of it.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, WRITTEN, STOPS, ENTER, EXIT, END],
        program: execute,
        scenario: |t| {
            const MASK: u32 = 0x77;
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let (t, inside) = to_enter(t, &at, &image)?;
            let word = 0x1234 << 32 | u64::from(MASK);
            t.check(WRITTEN, "PTRACE_POKEUSER", Ok(()), t.poke_user(8 * RBX as u64, word));
            let inside = inside.with(0, MASK);
            view32::check(&t, WRITTEN, &inside)?;
            let mut shown = entry(&inside, nr::UMASK);
            shown.args[0] = word;
            check_info(&t, WRITTEN, shown)?;
            let (t, behind) = to_exit(t, &inside, BEFORE as u32)?;
            end(to_second(t, &behind, &image, MASK)?)
        },
        ..HERE
    },
    Case {
        name: "restart_code_written",
        title: "A restart code that a 64-bit tracer writes to a 32-bit program outside a call counts with its sign only, unless it comes by the 32-bit registers; a number of 0xffffffff is -1.",
        clauses: &[EVENT, NEW, VIEW, CODES, STOPS, END],
        axes: &[ANY_START, axis::<How>(&["extended", "half", "minusone", "view"])],
        program: execute,
        scenario: |t| {
            const MASK: u32 = 0x77;
            let how: How = t.pick()?;
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            // Behind the second call, as if a signal had interrupted it.
            let code = -Errno::ERESTARTSYS.0 as u32;
            let behind =
                at.with(IP, image.second as u32).with(RESULT, code).with(NUMBER_AT, nr::UMASK).with(0, MASK);
            how.write(&t, &behind)?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            let result = if how.restarts() { BEFORE as u32 } else { code };
            let expected = at_breakpoint(&behind.with(RESULT, result), image.second);
            view32::check(&t, CODES, &expected)?;
            end((t, expected))
        },
        ..HERE
    },
];
