//! A program of 32 bits under a 64-bit tracer: its beginning, a call of it, and what is changed there.

use super::nr;
use super::program::{ARCH, ARGUMENTS, BEFORE, CALL, EVENT, EXECUTED, Image, MASK, NEW, NUMBER};
use super::program::{IS_X86, ORIG_R0, behind, end, finish};
use super::program::{begin, execute, no_call, set_number, to_enter, to_event, to_exit, to_second};
use super::view::{Info, check_info};
use super::view32::{self, AUDIT_ARCH, RESULT, VIEW};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program32::START;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, Pid};

const FORMER: &str = "opt.traceexec.msg-former-tid";
const CHANGED: &str = "abi.call32-changed";
const HIGH: &str = "abi.high-address";
const AT_ENTRY: &str = "exec.returns-at-entry";

/// What the tracer does at the enter-stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Skip,
    Number,
    Argument,
}

impl Axis for Change {
    const VALUES: &'static [(&'static str, Self)] =
        &[("skip", Change::Skip), ("number", Change::Number), ("argument", Change::Argument)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "executed",
        title: "A program of 32 bits comes to PTRACE_EVENT_EXEC with registers of 32 bits, its execve is already a call of the new ABI, and its own calls, breakpoints and end are seen as those of any other.",
        clauses: &[EVENT, FORMER, NEW, NUMBER, VIEW, CALL, ARCH, AT_ENTRY, STOPS, ENTER, EXIT, END],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at_event) = to_event(t, &image)?;
            t.check(FORMER, "event message", Ok(Pid(t.pid)), t.message().map(|id| Pid(id as i32)));
            check_info(&t, NEW, Info { arch: AUDIT_ARCH, ..no_call(&at_event) })?;
            let t = t.syscall()?.expect(AT_ENTRY, Stop::SyscallExit)?;
            let (place, op) = (at_event.place(), info::EXIT);
            let exit = Info { op, arch: AUDIT_ARCH, place, word: 0, args: [0; 6], extra: 0 };
            check_info(&t, AT_ENTRY, exit)?;
            view32::check(&t, NUMBER, &behind(&at_event, 0))?;
            if !IS_X86 {
                t.check(NUMBER, "number", Syscall::EXECVEAT.number, t.syscall_number()?);
            }
            let (t, at) = super::program::to_first(t, &at_event, &image)?;
            check_info(&t, VIEW, no_call(&at))?;
            let (t, inside) = to_enter(t, &at, &image)?;
            if !IS_X86 {
                t.check(CALL, "number", nr::UMASK.into(), t.syscall_number()?);
            }
            let (t, behind) = to_exit(t, &inside, BEFORE as u32)?;
            end(to_second(t, &behind, &image, MASK)?)
        },
        ..EXECUTED
    },
    Case {
        name: "call_changed",
        title: "A 64-bit tracer skips the call of a 32-bit program, makes it another, or gives it another argument.",
        clauses: &[EVENT, NEW, VIEW, CALL, ARCH, CHANGED, STOPS, ENTER, EXIT, END],
        axes: &[ANY_START, axis::<Change>(&["skip", "number", "argument"])],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let change: Change = t.pick()?;
            let (t, at) = begin(t, &image)?;
            let (t, inside) = to_enter(t, &at, &image)?;
            let (changed, result, mask) = match change {
                Change::Skip => (set_number(&t, &inside, u32::MAX)?, inside.words[RESULT], BEFORE as u32),
                Change::Number => (set_number(&t, &inside, nr::CLOSE)?, -libc::EBADF as u32, BEFORE as u32),
                Change::Argument => {
                    // On AArch32 the argument is there twice.
                    let changed = inside.with(0, 0x77);
                    let changed = if IS_X86 { changed } else { changed.with(ORIG_R0, 0x77) };
                    view32::set(&t, &changed)?;
                    (changed, BEFORE as u32, 0x77)
                }
            };
            view32::check(&t, CHANGED, &changed)?;
            let (t, behind) = to_exit(t, &changed, result)?;
            end(to_second(t, &behind, &image, mask)?)
        },
        ..EXECUTED
    },
    Case {
        name: "high_address",
        title: "PTRACE_PEEKDATA and PTRACE_POKEDATA at an address of a 32-bit program with a bit above the lower 32 fail with EIO.",
        clauses: &[EVENT, NEW, VIEW, CALL, HIGH, STOPS, END],
        program: execute,
        scenario: |t| {
            let image = Image::of(nr::UMASK, ARGUMENTS);
            let (t, at) = begin(t, &image)?;
            let bytes = image.code.file();
            let offset = (START - ptrace_conformance_harness::program32::BASE) as usize;
            let word = u64::from_ne_bytes(bytes[offset..offset + 8].try_into().unwrap_or_default());
            t.check(HIGH, "the program's first word", Ok(Address(word)), t.peek(START).map(Address));
            // aarch64 takes the top byte for a tag.
            for bit in [32, 40, 46, 55] {
                let address = START | 1 << bit;
                let refused = Err(ptrace_conformance_harness::errno::Errno::EIO);
                t.check(HIGH, &format!("PTRACE_PEEKDATA with bit {bit}"), refused, t.peek(address));
                t.check(
                    HIGH,
                    &format!("PTRACE_POKEDATA with bit {bit}"),
                    refused.map(drop),
                    t.poke(address, 0),
                );
            }
            finish(t, &at, &image)
        },
        ..EXECUTED
    },
];
