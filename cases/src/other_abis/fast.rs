//! Calls of 32-bit code through the vDSO, which enters the kernel in the way that the processor has.

use super::nr;
use super::program::{ARCH, ARGUMENTS, BEFORE, EVENT, EXECUTED, Image, NEW, NUMBER_AT};
use super::program::{at_breakpoint, begin, behind, end, entry, execute};
use super::view::check_info_anywhere;
use super::view32::{self, ARGS, IP, RESULT, Registers32, SP, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped};
use ptrace_conformance_harness::values::Word;

const FAST: &str = "abi.fast-call";

/// The instruction behind which the kernel returns, `int 0x80`, and its bytes.
const LENGTH: u32 = 2;
const INTERRUPT: u64 = 0x80cd;
/// What the vDSO pushes in front of the call: ecx, edx and ebp.
const PUSHED: u32 = 12;
/// The mask of the second call.
const OTHER: u32 = 0o33;

/// Where the vDSO has its entry (`AT_SYSINFO`, by words of 32 bits).
fn vdso_entry(t: &Stopped) -> Flow<u32> {
    let vector = t.proc_file("auxv")?;
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_ne_bytes);
    let words: Vec<u32> = vector.chunks_exact(4).map(word).collect();
    let entry = words.chunks_exact(2).find(|entry| entry[0] == 32).map(|entry| entry[1]);
    entry.ok_or_else(|| Halt::Skip("needs a vDSO of 32 bits, which is switched off".to_owned()))
}

/// Calls the entry with umask(2), to return to the program's second breakpoint; the registers in front of it.
fn call_entry(t: &Stopped, at: &Registers32, image: &Image) -> Flow<Registers32> {
    let sp = at.words[SP] - 4;
    // A word of the tracer's has eight bytes.
    let below = u64::from(sp - 4);
    let old = t.memory(below, 1)?[0];
    t.set_memory(below, &[old & 0xffff_ffff | image.second << 32])?;
    let called = at.with(SP, sp).with(IP, vdso_entry(t)?).with(RESULT, nr::UMASK);
    let called = ARGS.iter().zip(ARGUMENTS).fold(called, |called, (&index, arg)| called.with(index, arg));
    view32::set(t, &called)?;
    view32::check(t, VIEW, &called)?;
    Ok(called)
}

/// To an enter-stop of the call; what the registers are there, behind an `int 0x80`.
fn to_enter(t: Stopped, before: &Registers32) -> Flow<(Stopped, Registers32)> {
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let inside = check_inside(&t, before)?;
    Ok((t, inside))
}

fn check_inside(t: &Stopped, before: &Registers32) -> Flow<Registers32> {
    let inside = before.with(NUMBER_AT, nr::UMASK).with(RESULT, -Errno::ENOSYS.0 as u32);
    view32::check(t, FAST, &inside)?;
    check_info_anywhere(t, FAST, entry(&inside, nr::UMASK))?;
    Ok(inside)
}

/// To its exit-stop.
fn to_exit(t: Stopped, inside: &Registers32, mask: u32) -> Flow<(Stopped, Registers32)> {
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let behind = behind(inside, mask);
    view32::check(&t, FAST, &behind)?;
    Ok((t, behind))
}

pub(super) const CASES: &[Case] = &[Case {
    name: "vdso_call",
    title: "A call of a 32-bit program through the vDSO shows its registers as one by int 0x80 does, the sixth argument in ebp, and is made again by the int 0x80 in front of where it returns.",
    clauses: &[EVENT, NEW, VIEW, FAST, ARCH, STOPS, ENTER, EXIT, END],
    arches: &[Arch::X86_64],
    only: "aarch64 has one instruction for calls",
    program: execute,
    scenario: |t| {
        let image = Image::of(nr::UMASK, ARGUMENTS);
        let (t, at) = begin(t, &image)?;
        let called = call_entry(&t, &at, &image)?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let place =
            t.unspecified("where in the vDSO is its own concern", |_| view32::registers(&t))?.words[IP];
        let bytes = t.peek((place - LENGTH).into()).map(|word| Word(word & 0xffff));
        t.check(FAST, "bytes in front of where it returns", Ok(Word(INTERRUPT)), bytes);
        let inside = check_inside(&t, &called.with(IP, place).with(SP, called.words[SP] - PUSHED))?;
        let (t, behind) = to_exit(t, &inside, BEFORE as u32)?;
        // Again, with another mask.
        let again = behind.with(RESULT, nr::UMASK).with(0, OTHER);
        view32::set(&t, &again.with(IP, place - LENGTH))?;
        let (t, inside) = to_enter(t, &again)?;
        let (t, behind) = to_exit(t, &inside, ARGUMENTS[0])?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let returned = at_breakpoint(&behind.with(SP, at.words[SP]), image.second);
        view32::check(&t, FAST, &returned)?;
        end((t, returned))
    },
    ..EXECUTED
}];
