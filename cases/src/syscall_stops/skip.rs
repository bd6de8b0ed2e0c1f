//! Skipping a call with number -1, and numbers that no call has.

use super::stops::{ENTER, EXIT, pass, to_enter, to_exit};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Quirk, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};
use ptrace_conformance_harness::version::Change;

/// What a tracer puts into the result register.
const PLACED: u64 = 0x77;
const NOSYS: Return = Return::error(Errno::ENOSYS);
/// Far beyond both architectures' tables.
const FAR: u64 = 1_000_000;
/// Within both tables, given to no call: x86_64 leaves 387 to 423 free, aarch64 has no 32-bit time calls.
const HOLE: u64 = 400;
/// What a skipped call leaves when nobody touches the result register.
const UNTOUCHED: &str =
    if cfg!(target_arch = "x86_64") { "sysstop.x86-enosys" } else { "arm64.skip-x0-preserved" };

/// Numbers outside the table that a tracer may make, -1 apart.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    Negative,
    Far,
}

impl Axis for Made {
    const VALUES: &'static [(&'static str, Self)] = &[("negative", Made::Negative), ("far", Made::Far)];
}

impl Made {
    const fn number(self) -> u64 {
        match self {
            Made::Negative => -2_i64 as u64,
            Made::Far => FAR,
        }
    }
}

/// Why x86_64 kernels before 5.14 and from 7.3 on differ, see `sysstop.invalid-number-made`.
const KEEPS_THE_RESULT: &[Quirk] = &[
    Quirk {
        what: "result of umask_2 in the program",
        observed: "119",
        arches: &[Arch::X86_64],
        since: Change::at(2, 6),
        until: Some(Change::at(5, 14)),
        reason: "numbers out of range were not dispatched, so that rax stayed what the tracer had put there",
        source: "arch/x86/entry/common.c: do_syscall_64() of 5.10",
        ends: "commit \"x86/entry: Treat out of range and gap system calls the same\" (5.14)",
        advice: "make a call fail by number -1, and leave its result there; no other number does the same everywhere",
    },
    Quirk {
        what: "result of umask_2 in the program",
        observed: "119",
        arches: &[Arch::X86_64],
        since: Change::at(7, 3),
        until: None,
        reason: "numbers out of range are not dispatched any more, so that rax stays what the tracer put there",
        source: "commit 1b1f3b3e1b39 \"x86/entry: Get rid of the sys_ni_syscall() indirection\" (7.3)",
        ends: "a kernel that sets -ENOSYS for numbers it does not dispatch",
        advice: "make a call fail by number -1, and leave its result there; no other number does the same everywhere",
    },
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "skip_with_a_result",
        title: "With number -1 and a result written at the enter-stop no call is made; the result is seen.",
        clauses: &[ENTER, EXIT, "sysstop.skip-minus-one"],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, PLACED)?;
            let t = t.syscall()?.expect("sysstop.skip-minus-one", Stop::SyscallExit)?;
            t.check("sysstop.skip-minus-one", "number", Word(u64::MAX), Word(t.syscall_number()?));
            let result = Return(t.registers()?.result());
            t.check("sysstop.skip-minus-one", "result", Return(PLACED), result);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.skip-minus-one", "umask_2", Some(Return(PLACED)))?;
            task.check_saw("sysstop.skip-minus-one", "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "skip_without_a_result",
        title: "A call skipped without a result leaves the result register: -ENOSYS, or the argument.",
        clauses: &[ENTER, EXIT, "sysstop.skip-minus-one", UNTOUCHED],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            t.set_syscall_number(u64::MAX)?;
            let t = t.syscall()?.expect("sysstop.skip-minus-one", Stop::SyscallExit)?;
            let left = Return(arch::result_inside_call(&[0o77, 0, 0, 0, 0, 0]));
            t.check(UNTOUCHED, "result", left, Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(UNTOUCHED, "umask_2", Some(left))?;
            task.check_saw("sysstop.skip-minus-one", "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "skip_and_result_at_exit",
        title: "The result of a skipped call can also be written at its exit-stop.",
        clauses: &[ENTER, EXIT, "sysstop.skip-minus-one"],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_syscall_number(u64::MAX)?;
            let t = to_exit(t)?;
            t.set_register(arch::RESULT, PLACED)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.skip-minus-one", "umask", Some(Return(PLACED)))
        },
        ..Case::NEW
    },
    Case {
        name: "skip_and_continue",
        title: "A call skipped at the enter-stop and resumed by PTRACE_CONT is skipped without an exit-stop.",
        clauses: &[ENTER, "sysstop.skip-minus-one", "sysstop.no-exit-after-cont"],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, PLACED)?;
            let task = t.cont()?.ends("sysstop.no-exit-after-cont", Gone::Exited(3))?;
            task.check_saw("sysstop.skip-minus-one", "umask", Some(Return(PLACED)))
        },
        ..Case::NEW
    },
    Case {
        name: "exit_can_be_skipped",
        title: "Even exit_group is a call like others at its enter-stop: skipped, the program goes on.",
        clauses: &[ENTER, EXIT, "sysstop.skip-minus-one"],
        program: |p| {
            p.exit(5);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, PLACED)?;
            let task = to_exit(t)?.cont()?.ends("sysstop.skip-minus-one", Gone::Exited(3))?;
            task.check_saw("sysstop.skip-minus-one", "exit_group", Some(Return(PLACED)))
        },
        ..Case::NEW
    },
    Case {
        name: "invalid_numbers_of_a_program",
        title: "Numbers without a call, -1 among them, have both stops and fail with ENOSYS.",
        clauses: &[ENTER, EXIT, "sysstop.invalid-number", "sysinfo.entry-nr"],
        program: |p| {
            p.call(Syscall::numbered(u64::MAX, "minus_1"), &[0; 0]);
            p.call(Syscall::numbered(-101_i64 as u64, "minus_101"), &[0; 0]);
            p.call(Syscall::numbered(FAR, "far"), &[0; 0]);
            p.call(Syscall::numbered(HOLE, "hole"), &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for number in [u64::MAX, -101_i64 as u64, FAR, HOLE] {
                t = to_enter(t)?;
                t.check("sysstop.invalid-number", "number", Word(number), Word(t.syscall_number()?));
                let info = t.syscall_info().map(|info| Word(info.number()));
                t.check("sysinfo.entry-nr", "entry.nr", Ok(Word(number)), info);
                t = to_exit(t)?;
                t.check("sysstop.invalid-number", "result", NOSYS, Return(t.registers()?.result()));
            }
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            for step in ["minus_1", "minus_101", "far", "hole"] {
                task.check_saw("sysstop.invalid-number", step, Some(NOSYS))?;
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "invalid_number_made",
        title: "A number out of range made by the tracer fails with ENOSYS, whatever it wrote as result.",
        clauses: &[ENTER, EXIT, "sysstop.invalid-number-made"],
        axes: &[ANY_START, axis::<Made>(&["negative", "far"])],
        quirks: KEEPS_THE_RESULT,
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            t.set_syscall_number(t.pick::<Made>()?.number())?;
            t.set_register(arch::RESULT, PLACED)?;
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.invalid-number-made", "umask_2", Some(NOSYS))?;
            task.check_saw("sysstop.invalid-number-made", "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "hole_made",
        title: "The number of a hole in the table fails with ENOSYS, whatever the tracer wrote as result.",
        clauses: &[ENTER, EXIT, "sysstop.invalid-number-made"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_syscall_number(HOLE)?;
            t.set_register(arch::RESULT, PLACED)?;
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.invalid-number-made", "getpid", Some(NOSYS))
        },
        ..Case::NEW
    },
    Case {
        name: "invalid_number_untouched",
        title: "A number out of range made by the tracer fails with ENOSYS if it wrote no result.",
        clauses: &[ENTER, EXIT, "sysstop.invalid-number-made"],
        axes: &[ANY_START, axis::<Made>(&["negative", "far"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_syscall_number(t.pick::<Made>()?.number())?;
            let t = to_exit(t)?;
            let result = Return(t.registers()?.result());
            t.check("sysstop.invalid-number-made", "result", NOSYS, result);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.invalid-number-made", "getpid", Some(NOSYS))
        },
        ..Case::NEW
    },
];
