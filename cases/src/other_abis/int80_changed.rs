//! What a tracer changes at the stops of a call by `int 0x80`.

use super::int80::{BY_INTERRUPT, program};
use super::interrupt::{ARCH, ARGUMENTS, BEFORE, Call, KEPT, NUMBER, RESULT, UMASK};
use super::interrupt::{ARGS, ORIG_RAX, check_kept, exited, to_enter, to_enter_with, to_exit};
use super::nr;
use super::view::{check_info, check_registers};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

const SKIPPED: &str = "abi.int80-skip";
const CHANGED: &str = "abi.int80-changed";
const SET_INFO: &str = "abi.set-info";

/// What a tracer puts into rax.
const PLACED: u64 = 0x77;
/// A call that fails with the arguments of another that does not.
const CLOSE: Call = Call { number: nr::CLOSE, ..UMASK };
/// Offsets of the number and of the first argument in `struct ptrace_syscall_info`.
const INFO_NUMBER: usize = 24;
const INFO_ARGS: usize = 32;

/// How the tracer writes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Extended,
    Half,
    Wide,
}

impl Axis for Written {
    const VALUES: &'static [(&'static str, Self)] =
        &[("extended", Written::Extended), ("half", Written::Half), ("wide", Written::Wide)];
}

impl Written {
    const fn word(self, number: i32) -> u64 {
        match self {
            Written::Extended => number as u64,
            Written::Half => number as u32 as u64,
            Written::Wide => number as u32 as u64 | 0x77 << 32,
        }
    }
}

/// The call, and one behind it that tells the mask.
fn twice(p: &mut Program) {
    p.call(Syscall::UMASK, &[BEFORE]);
    UMASK.step(p);
    p.call(Syscall::UMASK, &[0]);
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "int80_skipped",
        title: "-1 in the lower half of orig_rax at the enter-stop of an int 0x80 call keeps it from being made, and rax stays what the tracer leaves there.",
        clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, SKIPPED],
        axes: &[ANY_START, axis::<Written>(&["extended", "half", "wide"])],
        program: twice,
        scenario: |t| {
            let how: Written = t.pick()?;
            let (t, inside) = to_enter(t, UMASK)?;
            let changed = inside.with(arch::RESULT, PLACED).with(ORIG_RAX, how.word(-1));
            t.set_registers(&changed)?;
            check_registers(&t, SKIPPED, &changed)?;
            let (t, behind) = to_exit(t, &changed, PLACED)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            task.check_saw(SKIPPED, "interrupt_call", Some(Return(PLACED)))?;
            task.check_saw(SKIPPED, "umask_2", Some(Return(BEFORE)))
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_number_changed",
        title: "The lower half of what a tracer writes to orig_rax at the enter-stop of an int 0x80 call is the number of i386 that is made.",
        clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, CHANGED],
        axes: &[ANY_START, axis::<Written>(&["half", "wide"])],
        program: |p| program(p, CLOSE),
        scenario: |t| {
            let how: Written = t.pick()?;
            let (t, inside) = to_enter(t, CLOSE)?;
            let changed = inside.with(ORIG_RAX, how.word(UMASK.number as i32));
            t.set_registers(&changed)?;
            check_info(&t, CHANGED, UMASK.info(&changed))?;
            let (t, behind) = to_exit(t, &changed, BEFORE)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            exited(&task, CHANGED, BEFORE)
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_argument_changed",
        title: "The lower half of what a tracer writes to rbx at the enter-stop of an int 0x80 call is its first argument.",
        clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, CHANGED],
        program: twice,
        scenario: |t| {
            let (t, inside) = to_enter(t, UMASK)?;
            let changed = inside.with(ARGS[0], u64::MAX << 32 | PLACED);
            t.set_registers(&changed)?;
            check_info(&t, CHANGED, UMASK.info(&changed))?;
            let (t, behind) = to_exit(t, &changed, BEFORE)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            task.check_saw(CHANGED, "interrupt_call", Some(Return(BEFORE)))?;
            task.check_saw(CHANGED, "umask_2", Some(Return(PLACED)))
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_set_by_info",
        title: "PTRACE_SET_SYSCALL_INFO at the enter-stop of an int 0x80 call writes orig_rax and the argument registers of i386.",
        clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, SET_INFO],
        needs: &[Need::InterruptCalls, Need::Kernel(6, 16)],
        program: |p| program(p, UMASK),
        scenario: |t| {
            const NEW: [u64; 6] = [u64::MAX, 0x12, 0x13, 0x14, 0x15, 0x16 << 32];
            let (t, mut inside, told) = to_enter_with(t, UMASK)?;
            let mut told = told.with(INFO_NUMBER, nr::CLOSE.into());
            inside = inside.with(ORIG_RAX, nr::CLOSE.into());
            for (index, word) in NEW.into_iter().enumerate() {
                told = told.with(INFO_ARGS + 8 * index, word);
                inside = inside.with(ARGS[index], word);
            }
            t.check(SET_INFO, "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&told));
            check_registers(&t, SET_INFO, &inside)?;
            let failed = Errno::EBADF.as_result();
            let (t, behind) = to_exit(t, &inside, failed)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            exited(&task, SET_INFO, failed)
        },
        ..BY_INTERRUPT
    },
];
