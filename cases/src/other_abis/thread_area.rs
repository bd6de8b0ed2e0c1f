//! Segment descriptors of a 32-bit program, which keeps its thread's storage behind one.

use super::program::{EVENT, EXECUTED, Image, NEW, NUMBER_AT};
use super::program::{at_breakpoint, begin, end, execute_image};
use super::view32::{self, RESULT, VIEW};
use super::{END, STOPS};
use crate::breakpoints::point;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program32::{Code, EXIT_GROUP};
use ptrace_conformance_harness::request::{Request, note};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Word;

const GET: &str = "tls.get";
const SET: &str = "tls.set";
const SETS: &str = "abi.view32-sets";
const DEBUG: &str = "hwbp.set";

/// By their numbers, which mean nothing elsewhere.
const GET_THREAD_AREA: Request = Request(25);
const SET_THREAD_AREA: Request = Request(26);
/// set_thread_area(2) of i386.
const OWN: u32 = 243;
/// The first slot of 64-bit kernels and its selector (arch/x86/include/asm/segment.h).
const SLOT: u32 = 12;
const SELECTOR: u32 = SLOT << 3 | 3;
/// Where gs is in the registers of 32 bits.
const GS: usize = 10;
/// Flags of descriptors (asm/ldt.h): data of 32 bits, counted in pages, free for use; and of an empty slot.
const IN_USE: u32 = 1 | 1 << 4 | 1 << 6;
const EMPTY: u32 = 1 << 3 | 1 << 5;

/// What lies at the two bases.
const WORDS: [u32; 2] = [0x1111_1111, 0x2222_2222];

/// What the tracer writes meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writes {
    /// The first debug register.
    Debug,
    /// The descriptor, with the other base.
    Descriptor,
}

impl Axis for Writes {
    const VALUES: &'static [(&'static str, Self)] =
        &[("debug", Writes::Debug), ("descriptor", Writes::Descriptor)];
}

/// A program, and what in it matters here.
struct Storage {
    image: Image,
    bases: [u32; 2],
    descriptor: u32,
    loaded: u64,
}

/// Makes the descriptor, loads its selector, stops, loads the word at the base, and stops.
fn storage() -> Storage {
    let mut code = Code::default();
    let bases = WORDS.map(|word| code.words(&[word]) as u32);
    let descriptor = code.words(&described(bases[0])) as u32;
    code.begins_here();
    let first = code.breakpoint();
    let call = code.call(OWN, &[descriptor]);
    // mov eax, SELECTOR; mov gs, eax
    code.instruction(&[0xb8, SELECTOR as u8, 0, 0, 0]);
    code.instruction(&[0x8e, 0xe8]);
    let loaded = code.breakpoint();
    // mov eax, gs:[0]
    code.instruction(&[0x65, 0xa1, 0, 0, 0, 0]);
    let second = code.breakpoint();
    code.call(EXIT_GROUP, &[3]);
    let image = Image { code, first, call, tells: call, second, number: OWN, args: [0; 6] };
    Storage { image, bases, descriptor, loaded }
}

/// `struct user_desc` of the slot.
const fn described(base: u32) -> [u32; 4] {
    [SLOT, base, 0xf_ffff, IN_USE]
}

fn words<const N: usize>(bytes: &[u8]) -> [Word; N] {
    let word = |at: usize| bytes[4 * at..4 * at + 4].try_into().map_or(0, u32::from_ne_bytes);
    std::array::from_fn(|at| Word(word(at).into()))
}

fn get(t: &Stopped) -> Result<[Word; 4], Errno> {
    let mut bytes = [0xa5; 16];
    t.request(GET_THREAD_AREA, SLOT.into(), Data::Buffer(&mut bytes))?;
    Ok(words(&bytes))
}

/// The slot by both requests, and the two empty ones behind it.
fn check_slots(t: &Stopped, clause: &str, base: u32) {
    t.check(clause, "descriptor", Ok(described(base).map(|word| Word(word.into()))), get(t));
    let mut bytes = [0xa5; 64];
    let read = t.regset(note::X86_TLS, &mut bytes).map(|length| (length, words::<12>(&bytes)));
    let empty = |slot: u32| [slot, 0, 0, EMPTY];
    let all = [described(base), empty(SLOT + 1), empty(SLOT + 2)].concat();
    let all: [Word; 12] = std::array::from_fn(|at| Word(all[at].into()));
    t.check(SETS, "length of NT_386_TLS", Ok(48), read.map(|(length, _)| length));
    t.check(SETS, "descriptors of NT_386_TLS", Ok(all), read.map(|(_, words)| words));
}

pub(super) const CASES: &[Case] = &[Case {
    name: "thread_storage",
    title: "PTRACE_GET_THREAD_AREA and NT_386_TLS show the descriptor of a 32-bit program's thread storage; PTRACE_SET_THREAD_AREA moves the storage, and a write to a debug register leaves it alone.",
    clauses: &[EVENT, NEW, VIEW, GET, SET, SETS, DEBUG, STOPS, END],
    axes: &[ANY_START, axis::<Writes>(&["debug", "descriptor"])],
    arches: &[Arch::X86_64],
    only: "aarch64 has no segments",
    program: |p| execute_image(p, &storage().image),
    scenario: |t| {
        let writes: Writes = t.pick()?;
        let Storage { image, bases, descriptor, loaded } = storage();
        let (t, at) = begin(t, &image)?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let behind = at.with(0, descriptor).with(RESULT, SELECTOR).with(GS, SELECTOR);
        let behind = at_breakpoint(&behind.with(NUMBER_AT, u32::MAX), loaded);
        view32::check(&t, VIEW, &behind)?;
        check_slots(&t, GET, bases[0]);
        let which = match writes {
            Writes::Debug => {
                let address = u64::from(bases[1]);
                t.check(DEBUG, "PTRACE_POKEUSER of DR0", Ok(()), point::set_debug(&t, 0, address));
                t.check(DEBUG, "DR0", Ok(Word(address)), point::debug(&t, 0).map(Word));
                0
            }
            Writes::Descriptor => {
                let mut bytes = described(bases[1]).map(u32::to_ne_bytes).concat();
                let set = t.request(SET_THREAD_AREA, SLOT.into(), Data::Buffer(&mut bytes));
                t.check(SET, "PTRACE_SET_THREAD_AREA", Ok(0), set);
                1
            }
        };
        check_slots(&t, SET, bases[which]);
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let told = at_breakpoint(&behind.with(RESULT, WORDS[which]), image.second);
        view32::check(&t, SET, &told)?;
        end((t, told))
    },
    ..EXECUTED
}];
