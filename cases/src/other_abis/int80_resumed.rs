//! Other ways of resuming onto a call by `int 0x80`: emulation, steps, and the call made again.

use super::int80::{BY_INTERRUPT, program};
use super::interrupt::{ARCH, ARGUMENTS, BEFORE, KEPT, NUMBER, ORIG_RAX, RESULT, UMASK};
use super::interrupt::{CODE, check_kept, exited, to_enter, to_exit, to_routine};
use super::nr;
use super::view::{check_info, check_registers};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Address;

const SKIPS: &str = "sysemu.stop-no-exec";
const EMULATED: &str = "sysemu.emulation-result";
const REWOUND: &str = "abi.int80-rewound";
const STEP: &str = "restart.step.sigtrap";
const AFTER_CALL: &str = "kdoc.step-after-one-insn";
const REPORT: &str = "kdoc.syscall-step-report";

/// What a tracer puts into rax.
const PLACED: u64 = 0x77;
/// Bytes of `int 0x80`, and of the instruction behind it.
const LENGTH: u64 = 2;
const PUSH: u64 = 1;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "int80_emulated",
        title: "PTRACE_SYSEMU catches a call by int 0x80: its enter-stop is that of i386, the call is not made, and rax is the tracer's.",
        clauses: &[STOPS, END, NUMBER, ARGUMENTS, KEPT, ARCH, SKIPS, EMULATED],
        program: |p| {
            program(p, UMASK);
        },
        scenario: |t| {
            let (t, inside) = to_routine(t, UMASK)?;
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(SKIPS, Stop::SyscallEnter)?;
            check_registers(&t, NUMBER, &inside)?;
            check_info(&t, ARGUMENTS, UMASK.info(&inside))?;
            let behind = inside.with(arch::RESULT, PLACED);
            t.set_registers(&behind)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            exited(&task, EMULATED, PLACED)
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_rewound",
        title: "From the stop of PTRACE_SYSEMU a tracer has another call made by the same int 0x80: two bytes back, and a number in rax.",
        clauses: &[STOPS, END, NUMBER, KEPT, SKIPS, REWOUND],
        program: |p| {
            program(p, UMASK);
        },
        scenario: |t| {
            let (t, inside) = to_routine(t, UMASK)?;
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(SKIPS, Stop::SyscallEnter)?;
            check_registers(&t, NUMBER, &inside)?;
            // What is above the number is not looked at.
            let number = u64::MAX << 32 | u64::from(nr::PERSONALITY);
            t.set_registers(&inside.with(arch::IP, CODE[2]).with(arch::RESULT, number))?;
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(REWOUND, Stop::SyscallEnter)?;
            check_registers(&t, REWOUND, &inside.with(ORIG_RAX, nr::PERSONALITY.into()))?;
            t.set_registers(&inside.with(arch::IP, CODE[2]).with(arch::RESULT, UMASK.number.into()))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &inside.with(arch::RESULT, BEFORE));
            exited(&task, REWOUND, BEFORE)
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_stepped",
        title: "A step over int 0x80 makes the call and traps behind it, in front of any further instruction; the next step executes one.",
        clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, STEP, AFTER_CALL, REPORT],
        program: |p| {
            program(p, UMASK);
        },
        scenario: |t| {
            const MASK: u64 = 0o22;
            let (t, inside) = to_enter(t, UMASK)?;
            let (t, behind) = to_exit(t, &inside, BEFORE)?;
            t.set_registers(
                &behind.with(arch::IP, CODE[3] - LENGTH).with(arch::RESULT, UMASK.number.into()),
            )?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
            let stepped = behind.with(arch::RESULT, MASK);
            check_registers(&t, AFTER_CALL, &stepped)?;
            let told = t.siginfo();
            t.check(REPORT, "si_code", Ok(libc::TRAP_BRKPT), told.map(|told| told.code));
            let place = told.map(|told| Address(told.address));
            t.check(REPORT, "si_addr", Ok(Address(CODE[3])), place);
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(STEP, Stop::Signal(Signal::TRAP))?;
            let next = stepped.with(arch::IP, CODE[3] + PUSH).with(arch::SP, stepped.sp() - 8);
            check_registers(&t, AFTER_CALL, &next.with(ORIG_RAX, u64::MAX))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &stepped);
            exited(&task, RESULT, MASK)
        },
        ..BY_INTERRUPT
    },
];
