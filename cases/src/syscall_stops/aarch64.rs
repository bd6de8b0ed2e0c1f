//! What only aarch64 has: x7 as a marker, the number apart from x8, and its rules for number -1.

use super::stops::{ENTER, EXIT, Side, pass, to, to_enter, to_exit};
use crate::changes::X0_IN_SYNC;
use ptrace_conformance_harness::arch::{self, sentinel};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, note, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::{Return, Word};

/// Where x7 and x8 are in `struct user_pt_regs`.
const X7: usize = 7;
const X8: usize = 8;
/// `PSTATE.SSBS`: speculative stores may be bypassed (asm/ptrace.h, `PSR_SSBS_BIT`).
const SSBS: u64 = 1 << 12;
/// Recognisable among sentinels.
const WRITTEN: u64 = 0x7777;
const NO_X7: &str = "x7 is a marker on aarch64 alone";
const NO_REGSET: &str = "NT_ARM_SYSTEM_CALL is aarch64's";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "x0_written_at_enter",
        title: "x0 written at an enter-stop is the call's first argument, and the one that PTRACE_GET_SYSCALL_INFO shows.",
        clauses: &[ENTER, "arm64.x0-first-argument"],
        arches: &[Arch::Aarch64],
        only: "x0 is result and argument on aarch64 alone",
        changes: &[&X0_IN_SYNC],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_register(arch::ARGS[0], 0o77)?;
            let expected = t.across(&X0_IN_SYNC, 0o22, 0o77)?;
            let shown = t.syscall_info().map(|info| info.args()[0]);
            t.check("arm64.x0-first-argument", "first argument", Ok(expected), shown);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("arm64.x0-first-argument", "umask_2", Some(Return(0o77)))
        },
        ..Case::NEW
    },
    Case {
        name: "x0_written_at_enter_is_filtered",
        title: "A filter sees the x0 that the tracer wrote at the enter-stop as first argument, on kernels that keep both in step; the call has it on all.",
        clauses: &[ENTER, EXIT, "arm64.orig-x0-sync"],
        arches: &[Arch::Aarch64],
        only: "x0 is result and argument on aarch64 alone",
        needs: &[Need::SeccompFilter],
        changes: &[&X0_IN_SYNC],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            refuse_argument(p, 0o77);
            p.call(Syscall::UMASK, &[0o33]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(pass(pass(t)?)?)?)?;
            t.set_register(arch::ARGS[0], 0o77)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let refused = Return::error(Errno::EPERM);
            let (second, third) =
                task.across(&X0_IN_SYNC, (Return(0o22), Return(0o77)), (refused, Return(0o22)))?;
            task.check_saw("arm64.orig-x0-sync", "umask_2", Some(second))?;
            task.check_saw("arm64.orig-x0-sync", "umask_3", Some(third))
        },
        ..Case::NEW
    },
    Case {
        name: "pstate_from_enter_to_exit",
        title: "From enter-stop to exit-stop no bit of PSTATE changes but SSBS, which is set at the exit-stop also where the processor has no such bit.",
        clauses: &[ENTER, EXIT, "arm64.ssbs-forced"],
        arches: &[Arch::Aarch64],
        only: "PSTATE.SSBS is aarch64's",
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let before = t.registers()?.words[arch::FLAGS];
            let t = to_exit(t)?;
            let after = t.registers()?.words[arch::FLAGS];
            t.check(
                "arm64.ssbs-forced",
                "bits changed besides SSBS",
                Word(0),
                Word((before ^ after) & !SSBS),
            );
            t.check("arm64.ssbs-forced", "SSBS", Word(SSBS), Word(after & SSBS));
            t.cont()?.ends(ENTER, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "x7_marks_the_direction",
        title: "x7 reads 0 at an enter-stop and 1 at an exit-stop; the program keeps its own x7.",
        clauses: &[ENTER, EXIT, "arm64.x7-direction", "sysstop.enter-exit-indistinct"],
        arches: &[Arch::Aarch64],
        only: NO_X7,
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check("arm64.x7-direction", "x7", Some(0), t.registers()?.named("x7"));
            let t = to_exit(t)?;
            t.check("sysstop.enter-exit-indistinct", "x7", Some(1), t.registers()?.named("x7"));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let own = Word(task.saved("getpid")?[X7]);
            task.check("arm64.x7-direction", "x7 in the program", Word(sentinel(X7)), own);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "x7_written_is_lost",
        title: "What a tracer writes to x7 at a syscall-stop reads back there and never reaches the program.",
        clauses: &[ENTER, EXIT, "arm64.x7-direction"],
        arches: &[Arch::Aarch64],
        only: NO_X7,
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            t.set_register(X7, WRITTEN)?;
            t.check("arm64.x7-direction", "x7 read back", Some(WRITTEN), t.registers()?.named("x7"));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let own = Word(task.saved("getpid")?[X7]);
            task.check("arm64.x7-direction", "x7 in the program", Word(sentinel(X7)), own);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "x7_is_real_in_a_signal_stop",
        title: "In the signal-delivery-stop behind a call x7 is the program's, and a write to it lasts.",
        clauses: &[ENTER, EXIT, "arm64.x7-direction", "arm64.x7-not-in-seccomp-step"],
        arches: &[Arch::Aarch64],
        only: NO_X7,
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.kill(Signal::USR1)?;
            let t = to_exit(t)?.cont()?.expect("arm64.x7-direction", Stop::Signal(Signal::USR1))?;
            let real = t.registers()?.named("x7").map(Word);
            t.check("arm64.x7-not-in-seccomp-step", "x7", Some(Word(sentinel(X7))), real);
            t.set_register(X7, WRITTEN)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let own = Word(task.saved("getpid")?[X7]);
            task.check("arm64.x7-not-in-seccomp-step", "x7 in the program", Word(WRITTEN), own);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "x7_is_real_in_a_seccomp_stop",
        title: "In a seccomp stop, between enter-stop and exit-stop, x7 is the program's.",
        clauses: &[ENTER, EXIT, "arm64.x7-not-in-seccomp-step"],
        arches: &[Arch::Aarch64],
        only: NO_X7,
        needs: &[Need::SeccompFilter],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| {
            p.filter(Syscall::GETPID, libc::SECCOMP_RET_TRACE);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(pass(t)?)?)?;
            let t = t.syscall()?.expect("arm64.x7-not-in-seccomp-step", Stop::Event(Event::SECCOMP))?;
            let real = t.registers()?.named("x7").map(Word);
            t.check("arm64.x7-not-in-seccomp-step", "x7", Some(Word(sentinel(X7))), real);
            let t = to_exit(t)?;
            t.check("arm64.x7-not-in-seccomp-step", "x7 behind it", Some(1), t.registers()?.named("x7"));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "x8_does_not_change_the_call",
        title: "Writing x8 at an enter-stop changes the program's register and not the call that is made.",
        clauses: &[ENTER, EXIT, "setsyscall.arm64-by-regset", "sysstop.convention"],
        arches: &[Arch::Aarch64],
        only: "the number is a register of its own on x86_64",
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check("sysstop.convention", "x8", Some(Syscall::CLOSE.number), t.registers()?.named("x8"));
            t.set_register(X8, Syscall::GETPID.number)?;
            t.check("setsyscall.arm64-by-regset", "number", Syscall::CLOSE.number, t.syscall_number()?);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("setsyscall.arm64-by-regset", "close", Some(Return::error(Errno::EBADF)))?;
            let own = task.saved("close")?[X8];
            task.check("setsyscall.arm64-by-regset", "x8 in the program", Syscall::GETPID.number, own);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "number_regset",
        title: "NT_ARM_SYSTEM_CALL is four bytes: the number at both stops; a change leaves x8 alone.",
        clauses: &[ENTER, EXIT, "arm64.syscall-nr-regset"],
        arches: &[Arch::Aarch64],
        only: NO_REGSET,
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check(
                "arm64.syscall-nr-regset",
                "NT_ARM_SYSTEM_CALL",
                Ok((4, Syscall::CLOSE.number)),
                number(&t),
            );
            t.set_syscall_number(Syscall::GETPID.number)?;
            let t = to_exit(t)?;
            t.check(
                "arm64.syscall-nr-regset",
                "NT_ARM_SYSTEM_CALL",
                Ok((4, Syscall::GETPID.number)),
                number(&t),
            );
            t.check("arm64.syscall-nr-regset", "x8", Some(Syscall::CLOSE.number), t.registers()?.named("x8"));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("arm64.syscall-nr-regset", "close", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "number_minus_one_of_a_program",
        title: "A call with number -1 reads -ENOSYS in x0 at its enter-stop; GET_SYSCALL_INFO has the argument.",
        clauses: &[ENTER, EXIT, "arm64.user-syscall-minus1", "sysinfo.entry-args"],
        arches: &[Arch::Aarch64],
        only: "x86_64 has -ENOSYS there at every enter-stop",
        program: |p| {
            p.call(Syscall::numbered(u64::MAX, "minus_one"), &[5]);
            p.exit(3);
        },
        scenario: |t| {
            let nosys = Return::error(Errno::ENOSYS);
            let t = to_enter(t)?;
            t.check("arm64.user-syscall-minus1", "x0", nosys, Return(t.registers()?.result()));
            let first = t.syscall_info().map(|info| info.args()[0]);
            t.check("sysinfo.entry-args", "first argument", Ok(5), first);
            let t = to_exit(t)?;
            t.check("arm64.user-syscall-minus1", "x0", nosys, Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("arm64.user-syscall-minus1", "minus_one", Some(nosys))
        },
        ..Case::NEW
    },
    Case {
        name: "number_minus_one_with_a_result",
        title: "A tracer can give a call that the program made with number -1 a result, or another number.",
        clauses: &[ENTER, EXIT, "arm64.skip-minus-one", "arm64.syscall-nr-regset"],
        arches: &[Arch::Aarch64],
        only: "x0 is result and argument on aarch64 alone",
        program: |p| {
            p.call(Syscall::numbered(u64::MAX, "emulated"), &[5]);
            p.call(Syscall::numbered(u64::MAX, "replaced"), &[5]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_register(arch::RESULT, WRITTEN)?;
            let t = to_enter(to_exit(t)?)?;
            t.set_syscall_number(Syscall::GETPID.number)?;
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("arm64.skip-minus-one", "emulated", Some(Return(WRITTEN)))?;
            task.check_saw_pid("arm64.syscall-nr-regset", "replaced", &task)
        },
        ..Case::NEW
    },
];

/// Length and content of `NT_ARM_SYSTEM_CALL`, read into a longer buffer.
fn number(t: &Stopped) -> Result<(usize, u64), Errno> {
    let mut bytes = [0xa5; 8];
    let length = t.regset(note::ARM_SYSTEM_CALL, &mut bytes)?;
    Ok((length, u64::from(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))))
}

/// Installs a filter that refuses every call with this first argument, with EPERM.
fn refuse_argument(p: &mut Program, argument: u32) {
    /// The lower half of `args[0]` in `struct seccomp_data`.
    const FIRST: u64 = 16;
    let instruction = |code: u64, if_false: u64, word: u64| code | if_false << 24 | word << 32;
    let refuses = u64::from(libc::SECCOMP_RET_ERRNO) | libc::EPERM as u64;
    let filter = p.data(&[
        // ld [args[0]]; jeq #argument, 0, 1; ret errno; ret allow
        instruction(0x20, 0, FIRST),
        instruction(0x15, 1, argument.into()),
        instruction(0x06, 0, refuses),
        instruction(0x06, 0, libc::SECCOMP_RET_ALLOW.into()),
    ]);
    let program = p.data(&[4, filter]);
    p.call(Syscall::PRCTL, &[libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0]);
    p.call(Syscall::SECCOMP, &[libc::SECCOMP_SET_MODE_FILTER as u64, 0, program]);
}
