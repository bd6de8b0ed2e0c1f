//! A call of a 32-bit program, and an instruction of it, by the other ways of resuming.

use super::blocked::Blocked;
use super::nr;
use super::program::{ARCH, BEFORE, CALL, EVENT, EXECUTED, Image, MASK, NEW, NUMBER_AT};
use super::program::{ARGUMENTS, IS_X86, execute_image, to_second};
use super::program::{begin, end, entry, execute, inside, no_call, pass, set_number, to_enter, to_exit};
use super::view::{FilterOf, Info, check_info, filter};
use super::view32::{self, AUDIT_ARCH, IP, RESULT, Registers32, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Case, Need, axis};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::tracee::{Resume, Task};
use ptrace_conformance_harness::values::Address;

const SKIPS: &str = "sysemu.stop-no-exec";
const TRACED: &str = "seccomp.trace-event";
const FILTER: &str = "abi.filter-arch";
const AGAIN: &str = "abi.call32-restart";
const STEP: &str = "restart.step.sigtrap";
const ONE: &str = "restart.step.one-insn";
const REPORT: &str = "stop.step.undocumented";

/// What a tracer puts into the result register.
const PLACED: u32 = 0x77;
/// What the filter says to the tracer.
const DATA: u16 = 13;
const INTERRUPTS: Signal = Signal::USR1;
/// Bytes of the first instruction behind the breakpoint, which loads the number.
const FIRST_LENGTH: u32 = if IS_X86 { 5 } else { 4 };
/// Where AArch32 has its state, and the register that the instruction loads.
const CPSR: usize = 16;
const LOADED: usize = if IS_X86 { RESULT } else { NUMBER_AT };

impl Blocked {
    /// Nothing to wait for, and a million seconds.
    fn image(self) -> Image {
        match self {
            Blocked::Pause => Image::of(nr::PAUSE, ARGUMENTS),
            Blocked::Poll => Image::of(nr::POLL, [0x1000, 0, 1_000_000_000, 4, 5, 6]),
        }
    }
}

/// The registers behind a step: aarch64 leaves `PSTATE.SS` set, which is bit 21 of cpsr too.
fn shown(stepped: &Registers32) -> Registers32 {
    if IS_X86 { *stepped } else { stepped.with(CPSR, stepped.words[CPSR] | 1 << 21) }
}

/// A program whose first call fails, and is not the second.
fn closes() -> Image {
    Image::of(nr::CLOSE, ARGUMENTS)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "call_emulated",
        title: "PTRACE_SYSEMU catches the call of a 32-bit program, which is not made; its result is the tracer's.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, SKIPS, STOPS, EXIT, END],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let before = pass(&t, &at)?;
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(SKIPS, Stop::SyscallEnter)?;
            let inside = inside(&before, nr::UMASK, &ARGUMENTS, image.call);
            view32::check(&t, CALL, &inside)?;
            check_info(&t, CALL, entry(&inside, nr::UMASK))?;
            let changed = inside.with(RESULT, PLACED);
            view32::set(&t, &changed)?;
            let (t, behind) = to_exit(t, &changed, PLACED)?;
            end(to_second(t, &behind, &image, BEFORE as u32)?)
        },
        ..EXECUTED
    },
    Case {
        name: "call_filtered",
        title: "A filter of a 64-bit program sees of its 32-bit successor the arch, number and arguments of the new ABI, and its event shows the same.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, TRACED, FILTER, STOPS, EXIT, END],
        needs: &[Need::Programs32, Need::SeccompFilter],
        options: options::TRACESYSGOOD | options::TRACEEXEC | options::TRACESECCOMP,
        program: |p| {
            filter(p, FilterOf { arch: AUDIT_ARCH, number: nr::CLOSE, upper: 0 }, DATA);
            execute_image(p, &closes());
        },
        scenario: |t| {
            let image = closes();
            let (t, at) = begin(t, &image)?;
            let before = pass(&t, &at)?;
            let t = t.cont()?.expect(FILTER, Stop::Event(Event::SECCOMP))?;
            t.check(TRACED, "event message", Ok(DATA.into()), t.message());
            let inside = inside(&before, nr::CLOSE, &ARGUMENTS, image.call);
            view32::check(&t, CALL, &inside)?;
            let (op, extra) = (info::SECCOMP, DATA.into());
            check_info(&t, FILTER, Info { op, extra, ..entry(&inside, nr::CLOSE) })?;
            let (t, behind) = to_exit(t, &inside, -libc::EBADF as u32)?;
            end(to_second(t, &behind, &image, BEFORE as u32)?)
        },
        ..EXECUTED
    },
    Case {
        name: "call_interrupted",
        title: "An interrupted call of a 32-bit program shows a restart code of 32 bits, and is made again: by its own number, or by that of restart_syscall in the 32-bit ABI, 0.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, AGAIN, STOPS, ENTER, EXIT, END],
        axes: &[ANY_START, axis::<Blocked>(&["pause", "poll"])],
        program: |p| {
            let blocked: Blocked = p.pick();
            p.ignore(INTERRUPTS);
            execute_image(p, &blocked.image());
        },
        scenario: |t| {
            let blocked: Blocked = t.pick()?;
            let image = blocked.image();
            let (t, at) = begin(t, &image)?;
            let (t, inside) = to_enter(t, &at, &image)?;
            t.kill(INTERRUPTS)?;
            let (t, behind) = to_exit(t, &inside, -blocked.code().0 as u32)?;
            let t = t.syscall()?.expect(STOPS, Stop::Signal(INTERRUPTS))?;
            // aarch64 rewinds before the signal's stop, x86_64 behind it.
            let at_signal = if IS_X86 { behind } else { inside.with(IP, image.call as u32) };
            view32::check(&t, AGAIN, &at_signal)?;
            check_info(&t, AGAIN, Info { arch: AUDIT_ARCH, ..no_call(&at_signal) })?;
            let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(AGAIN, Stop::SyscallEnter)?;
            let again = inside.with(NUMBER_AT, blocked.again());
            view32::check(&t, AGAIN, &again)?;
            check_info(&t, AGAIN, entry(&again, blocked.again()))?;
            set_number(&t, &again, u32::MAX)?;
            end(to_second(t, &again, &image, BEFORE as u32)?)
        },
        ..EXECUTED
    },
    Case {
        name: "stepped",
        title: "PTRACE_SINGLESTEP executes one instruction of a 32-bit program.",
        clauses: &[EVENT, NEW, VIEW, CALL, STEP, ONE, REPORT, STOPS, END],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let before = pass(&t, &at)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
            let to = before.words[IP] + FIRST_LENGTH;
            let stepped = before.with(IP, to).with(LOADED, nr::UMASK);
            view32::check(&t, ONE, &shown(&stepped))?;
            let told = Task::siginfo(&t);
            t.check(REPORT, "si_code", Ok(libc::TRAP_TRACE), told.map(|told| told.code));
            t.check(REPORT, "si_addr", Ok(Address(to.into())), told.map(|told| Address(told.address)));
            t.check(REPORT, "si_errno", Ok(0), told.map(|told| told.errno));
            t.check(REPORT, "si_signo", Ok(Signal::TRAP.0), told.map(|told| told.signal.0));
            let call = inside(&stepped, nr::UMASK, &ARGUMENTS, image.call);
            end(to_second(t, &call, &image, MASK)?)
        },
        ..EXECUTED
    },
];
