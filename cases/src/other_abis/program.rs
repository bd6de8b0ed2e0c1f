//! A program of 32 bits, which a 64-bit one writes and executes, and the way to its stops.

use super::nr;
use super::view::{Info, check_info};
use super::view32::{self, AUDIT_ARCH, IP, NAMES, RESULT, Registers32, SP, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::program32::{Code, EXIT_GROUP};
use ptrace_conformance_harness::request::{Event, note, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

pub(super) const EVENT: &str = "opt.traceexec.stop";
pub(super) const NEW: &str = "abi.exec32-registers";
pub(super) const NUMBER: &str = "abi.exec32-number";
pub(super) const CALL: &str = "abi.call32";
pub(super) const IS_X86: bool = cfg!(target_arch = "x86_64");
/// Where the arch of a task is told.
pub(super) const ARCH: &str = if IS_X86 { "abi.arch-of-entry" } else { "sysinfo.field-arch" };

/// A case of a program of 32 bits.
pub(super) const EXECUTED: Case =
    Case { needs: &[Need::Programs32], options: options::TRACESYSGOOD | options::TRACEEXEC, ..Case::NEW };

/// The mask that the 64-bit program sets.
pub(super) const BEFORE: u64 = 0o27;
/// What the 32-bit one gives umask(2), and what that does not take.
pub(super) const ARGUMENTS: [u32; 6] = [0o22, 0x22, 0x33, 0x44, 0x55, 0x66];
/// The mask that it sets.
pub(super) const MASK: u32 = ARGUMENTS[0];
/// Bytes of a call instruction, and how far a breakpoint traps behind its address.
const LENGTH: u64 = if IS_X86 { 2 } else { 4 };
const ADVANCE: u64 = arch::BREAKPOINT_ADVANCE;
/// Where the number is in the registers: orig_eax, r7.
pub(super) const NUMBER_AT: usize = if IS_X86 { 11 } else { 7 };
/// The register that tells entry from exit, and the first argument as it was at the entry, on AArch32.
pub(super) const DIRECTION: usize = 12;
pub(super) const ORIG_R0: usize = NAMES.len() - 1;

/// The program: a breakpoint, a call, another that tells the mask, a second breakpoint, and the end.
#[derive(Debug)]
pub(super) struct Image {
    pub code: Code,
    pub first: u64,
    pub call: u64,
    pub tells: u64,
    pub second: u64,
    pub number: u32,
    pub args: [u32; 6],
}

impl Image {
    /// With this call.
    pub fn of(number: u32, args: [u32; 6]) -> Image {
        let mut code = Code::default();
        let first = code.breakpoint();
        let call = code.call(number, &args);
        let tells = code.call(nr::UMASK, &[0]);
        let second = code.breakpoint();
        code.call(EXIT_GROUP, &[3]);
        Image { code, first, call, tells, second, number, args }
    }
}

/// Executes it, with umask(2) as its call.
pub(super) fn execute(p: &mut Program) {
    execute_image(p, &Image::of(nr::UMASK, ARGUMENTS));
}

/// Executes it.
pub(super) fn execute_image(p: &mut Program, image: &Image) {
    p.call(Syscall::UMASK, &[BEFORE]);
    let file = image.code.file();
    let place = p.bytes(&file);
    p.exec_data(place, file.len());
}

/// To the event of its execve; the registers there.
pub(super) fn to_event(t: Stopped, image: &Image) -> Flow<(Stopped, Registers32)> {
    let t = t.cont()?.expect(EVENT, Stop::Event(Event::EXEC))?;
    let told = view32::registers(&t)?;
    let sp = told.words[SP];
    t.check(NEW, "stack pointer is a multiple of 16", true, sp.is_multiple_of(16));
    let expected = fresh(image.first).with(SP, sp);
    view32::compare(&t, NEW, &told, &expected);
    Ok((t, expected))
}

/// What a new program begins with, but for the stack pointer.
fn fresh(start: u64) -> Registers32 {
    let empty = Registers32 { words: [0; NAMES.len()] }.with(IP, start as u32);
    if !IS_X86 {
        // User mode, 32 bits.
        return empty.with(16, 0x10);
    }
    let selectors = [(7, 0x2b), (8, 0x2b), (13, 0x23), (NAMES.len() - 1, 0x2b)];
    let with = selectors.into_iter().fold(empty, |words, (at, selector)| words.with(at, selector));
    // execve's number, and the flag of interrupts.
    with.with(RESULT, -libc::ENOSYS as u32).with(NUMBER_AT, 11).with(14, 0x200)
}

/// From the event to its first breakpoint; the registers there.
pub(super) fn to_first(t: Stopped, at_event: &Registers32, image: &Image) -> Flow<(Stopped, Registers32)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let expected = at_breakpoint(&at_event.with(RESULT, 0), image.first);
    view32::check(&t, VIEW, &expected)?;
    Ok((t, expected))
}

/// From the start to that breakpoint.
pub(super) fn begin(t: Stopped, image: &Image) -> Flow<(Stopped, Registers32)> {
    let (t, at_event) = to_event(t, image)?;
    to_first(t, &at_event, image)
}

/// The registers where a breakpoint has trapped: in no call.
pub(super) fn at_breakpoint(before: &Registers32, place: u64) -> Registers32 {
    let at = before.with(IP, (place + ADVANCE) as u32);
    if IS_X86 { at.with(NUMBER_AT, u32::MAX) } else { at.with(DIRECTION, 0) }
}

/// Sets the instruction pointer behind the breakpoint, where it is not there already.
pub(super) fn pass(t: &Stopped, at: &Registers32) -> Flow<Registers32> {
    if ADVANCE != 0 {
        return Ok(*at);
    }
    let behind = at.with(IP, at.words[IP] + 4);
    view32::set(t, &behind)?;
    Ok(behind)
}

/// The registers inside a call, from those before it.
pub(super) fn inside(before: &Registers32, number: u32, args: &[u32], call: u64) -> Registers32 {
    let mut words = before.with(IP, (call + LENGTH) as u32).with(NUMBER_AT, number);
    for (index, &arg) in args.iter().enumerate() {
        words = words.with(index, arg);
    }
    if IS_X86 { words.with(RESULT, -libc::ENOSYS as u32) } else { words.with(ORIG_R0, words.words[0]) }
}

/// From the first breakpoint to the enter-stop of the call.
pub(super) fn to_enter(t: Stopped, at: &Registers32, image: &Image) -> Flow<(Stopped, Registers32)> {
    let before = pass(&t, at)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let inside = inside(&before, image.number, &image.args, image.call);
    view32::check(&t, CALL, &inside)?;
    check_info(&t, CALL, entry(&inside, image.number))?;
    Ok((t, inside))
}

/// What `PTRACE_GET_SYSCALL_INFO` says there.
pub(super) fn entry(inside: &Registers32, number: u32) -> Info {
    let (place, args) = (inside.place(), inside.args());
    Info { op: info::ENTRY, arch: AUDIT_ARCH, place, word: i64::from(number as i32) as u64, args, extra: 0 }
}

/// What it says where there is no call; x86_64 says then how the kernel was entered.
pub(super) fn no_call(registers: &Registers32) -> Info {
    let arch = if Arch::HERE == Arch::X86_64 { arch::AUDIT_ARCH } else { AUDIT_ARCH };
    Info { op: info::NONE, arch, place: registers.place(), word: 0, args: [0; 6], extra: 0 }
}

/// To the exit-stop of the call, which has this result.
pub(super) fn to_exit(t: Stopped, inside: &Registers32, result: u32) -> Flow<(Stopped, Registers32)> {
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let behind = behind(inside, result);
    view32::check(&t, CALL, &behind)?;
    let word = i64::from(result as i32) as u64;
    let extra = Errno::of_result(word).is_some().into();
    let exit = Info { op: info::EXIT, arch: AUDIT_ARCH, place: behind.place(), word, args: [0; 6], extra };
    check_info(&t, CALL, exit)?;
    Ok((t, behind))
}

/// The registers at an exit-stop.
pub(super) fn behind(inside: &Registers32, result: u32) -> Registers32 {
    let behind = inside.with(RESULT, result);
    if IS_X86 { behind } else { behind.with(DIRECTION, 1) }
}

/// To the second breakpoint, with a mask as result of the call in front of it.
pub(super) fn to_second(
    t: Stopped,
    behind: &Registers32,
    image: &Image,
    mask: u32,
) -> Flow<(Stopped, Registers32)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let told = inside(behind, nr::UMASK, &[0], image.tells).with(RESULT, mask);
    let expected = at_breakpoint(&told, image.second);
    let now = view32::registers(&t)?;
    // Outside calls nobody says what the first argument was.
    let expected = if IS_X86 { expected } else { expected.with(ORIG_R0, now.words[ORIG_R0]) };
    view32::compare(&t, CALL, &now, &expected);
    Ok((t, expected))
}

/// Sets the number of the call at its enter-stop; the registers then.
pub(super) fn set_number(t: &Stopped, inside: &Registers32, number: u32) -> Flow<Registers32> {
    if IS_X86 {
        let changed = inside.with(NUMBER_AT, number);
        view32::set(t, &changed)?;
        return Ok(changed);
    }
    let answer = t.set_regset(note::ARM_SYSTEM_CALL, &number.to_ne_bytes());
    t.must("PTRACE_SETREGSET NT_ARM_SYSTEM_CALL", answer)?;
    Ok(*inside)
}

/// From the first breakpoint to the program's end, without a look at the calls between.
pub(super) fn finish(t: Stopped, at: &Registers32, image: &Image) -> Flow {
    let before = pass(&t, at)?;
    let call = inside(&before, image.number, &image.args, image.call);
    end(to_second(t, &call, image, MASK)?)
}

/// From the second breakpoint to the end.
pub(super) fn end((t, at): (Stopped, Registers32)) -> Flow {
    pass(&t, &at)?;
    t.cont()?.ends(END, Gone::Exited(3)).map(drop)
}
