//! 32-bit code that a 64-bit program jumps to, or that its tracer leads it to.

use super::nr;
use super::program::{ARCH, BEFORE, CALL, NUMBER_AT, entry, no_call};
use super::view::check_info;
use super::view32::{self, IP, RESULT, Registers32};
use super::whole::{IN_BOTH, WHOLE, check_whole};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const BY_CS: &str = "x86.regset-view-by-cs";

/// The routine, the start behind its breakpoint, and in 32-bit code what is behind the next breakpoint and the call.
#[cfg(target_arch = "x86_64")]
const CODE: [u64; 5] = {
    use ptrace_conformance_harness::label::{
        SHORT_CODE, SHORT_CODE_1, SHORT_CODE_2, SHORT_CODE_3, SHORT_CODE_4,
    };
    [SHORT_CODE, SHORT_CODE_1, SHORT_CODE_2, SHORT_CODE_3, SHORT_CODE_4]
};
#[cfg(target_arch = "aarch64")]
const CODE: [u64; 5] = [ptrace_conformance_harness::label::STRAIGHT; 5];

/// Places among the general registers.
const ORIG_RAX: usize = 15;
const RIP: usize = 16;
const CS: usize = 17;
/// The selector of 32-bit code, and ebx.
const CS_32: u64 = 0x23;
const EBX: usize = 0;
const MASK: u32 = 0o22;

/// Who changes the code segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Jump,
    Tracer,
}

impl Axis for By {
    const VALUES: &'static [(&'static str, Self)] = &[("jump", By::Jump), ("tracer", By::Tracer)];
}

/// To the breakpoint in 32-bit code; the whole registers there.
fn to_short_code(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let before = t.steady_registers(STOPS)?;
    t.check(STOPS, "breakpoint", Address(CODE[1]), Address(before.ip()));
    let there = before.with(CS, CS_32).with(RIP, CODE[3]).with(ORIG_RAX, u64::MAX);
    let by: By = t.pick()?;
    if by == By::Tracer {
        let written = before.with(CS, CS_32).with(RIP, CODE[2]);
        let length =
            t.must("PTRACE_SETREGSET NT_PRSTATUS", t.set_regset(note::PRSTATUS, &written.bytes()))?;
        t.check(BY_CS, "length of NT_PRSTATUS written", written.bytes().len(), length);
        view32::check(&t, BY_CS, &narrow(&written))?;
    }
    let t = t.cont()?.expect(BY_CS, Stop::Signal(Signal::TRAP))?;
    Ok((t, there))
}

/// The lower halves, in the 32-bit layout.
fn narrow(registers: &Registers) -> Registers32 {
    let empty = Registers32 { words: [0; view32::NAMES.len()] };
    IN_BOTH.iter().fold(empty, |words, &(wide, narrow)| words.with(narrow, registers.words[wide] as u32))
}

pub(super) const CASES: &[Case] = &[Case {
    name: "code_segment_switched",
    title: "In 32-bit code of a 64-bit program NT_PRSTATUS is that of i386, calls by int 0x80 are seen through it, PTRACE_GETREGS still shows every register whole, and back in 64-bit code all is as before.",
    clauses: &[STOPS, BY_CS, "abi.view32-registers", CALL, ARCH, WHOLE, ENTER, EXIT, END],
    axes: &[ANY_START, axis::<By>(&["jump", "tracer"])],
    arches: &[Arch::X86_64],
    only: "aarch64 changes its mode with execve alone",
    needs: &[Need::InterruptCalls],
    program: |p| {
        p.call(Syscall::UMASK, &[BEFORE]);
        p.run(CODE[0], &[u64::from(nr::UMASK), u64::from(MASK)]);
        p.breakpoint();
        p.exit(3);
    },
    scenario: |t| {
        let (t, there) = to_short_code(t)?;
        let short = narrow(&there);
        view32::check(&t, BY_CS, &short)?;
        check_whole(&t, &there.words[..27])?;
        check_info(&t, BY_CS, no_call(&short))?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let nosys = Errno::ENOSYS.as_result();
        let inside = short.with(IP, CODE[4] as u32).with(NUMBER_AT, nr::UMASK).with(EBX, MASK);
        let inside = inside.with(RESULT, nosys as u32);
        view32::check(&t, CALL, &inside)?;
        check_info(&t, CALL, entry(&inside, nr::UMASK))?;
        let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
        let behind = inside.with(RESULT, BEFORE as u32);
        view32::check(&t, CALL, &behind)?;
        let mut told = entry(&behind, nr::UMASK);
        (told.op, told.word) = (info::EXIT, BEFORE);
        check_info(&t, CALL, told)?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        view32::check(&t, BY_CS, &behind.with(IP, CODE[4] as u32 + 1).with(NUMBER_AT, u32::MAX))?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        let back = t.steady_registers(BY_CS)?;
        t.check(BY_CS, "code segment is the 64-bit one again", 0x33, back.words[CS]);
        let task = t.cont()?.ends(END, Gone::Exited(3))?;
        task.check_saw(CALL, "short_code", Some(Return(BEFORE)))
    },
    ..Case::NEW
}];
