//! What only x86_64 has: `-ENOSYS` and `orig_rax`, and the two registers that the instruction clobbers.

use super::stops::{ENTER, EXIT, Side, pass, to, to_enter, to_exit};
use crate::changes::NUMBER_OF_32_BITS;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// A result that no call here has.
const PLACED: u64 = 0x1234;

const NO_ORIG_RAX: &str = "orig_rax is x86_64's";
/// umask(2) with a bit that is no part of a number.
const WIDE_UMASK: Syscall = Syscall::numbered(1 << 32 | Syscall::UMASK.number, "wide_umask");
/// prctl(2)'s syscall user dispatch (linux/prctl.h), and its selector that intercepts.
const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;
const ON: u64 = 1;
const BLOCK: u64 = 1;
/// `si_code` of an intercepted call (asm-generic/siginfo.h).
const SYS_USER_DISPATCH: i32 = 2;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "rcx_and_r11",
        title: "At both stops and behind the call rcx is the return address and r11 the flags.",
        clauses: &[ENTER, EXIT, "x86.syscall-clobbers"],
        arches: &[Arch::X86_64],
        only: "registers of x86_64",
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            fred_changes_nothing()?;
            let t = to(t.pick()?, t)?;
            let registers = t.registers()?;
            let back = Some(Address(label::SYSCALL_RETURN));
            t.check("x86.syscall-clobbers", "rcx", back, registers.named("rcx").map(Address));
            let flags = registers.named("eflags").map(Word);
            t.check("x86.syscall-clobbers", "r11", flags, registers.named("r11").map(Word));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let saved = task.saved("getpid")?;
            let own = |name| arch::SAVED.iter().position(|saved| *saved == name).map(|at| saved[at]);
            task.check("x86.syscall-clobbers", "rcx in the program", back, own("rcx").map(Address));
            task.check("x86.syscall-clobbers", "r11 in the program", flags, own("r11").map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "rax_and_orig_rax",
        title: "rax reads -ENOSYS at the enter-stop whatever number was there; orig_rax has the number.",
        clauses: &[ENTER, EXIT, "sysstop.x86-enosys", "sysstop.convention"],
        arches: &[Arch::X86_64],
        only: "registers of x86_64",
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            let nosys = Some(Return::error(Errno::ENOSYS));
            t.check("sysstop.x86-enosys", "rax", nosys, t.registers()?.named("rax").map(Return));
            let number = Some(Syscall::UMASK.number);
            t.check("sysstop.convention", "orig_rax", number, t.registers()?.named("orig_rax"));
            let t = to_exit(t)?;
            t.check("sysstop.convention", "rax", Some(Return(0o22)), t.registers()?.named("rax").map(Return));
            t.check("sysstop.convention", "orig_rax", number, t.registers()?.named("orig_rax"));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "number_of_64_bits",
        title: "A call whose number has a bit above the lower 32 is made; before 5.14 only if its stops were traced.",
        clauses: &[ENTER, EXIT, "x86.number-32-bits"],
        arches: &[Arch::X86_64],
        only: NO_ORIG_RAX,
        changes: &[&NUMBER_OF_32_BITS],
        program: |p| {
            p.call(WIDE_UMASK, &[0o22]);
            p.call(WIDE_UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let number = t.registers()?.named("orig_rax").map(Word);
            t.check("x86.number-32-bits", "orig_rax", Some(Word(WIDE_UMASK.number)), number);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("x86.number-32-bits", "wide_umask", Some(Return(0o22)))?;
            let untraced = task.across(&NUMBER_OF_32_BITS, Return::error(Errno::ENOSYS), Return(0o22))?;
            task.check_saw("x86.number-32-bits", "wide_umask_2", Some(untraced))
        },
        ..Case::NEW
    },
    Case {
        name: "wide_number_written",
        title: "Bits above the lower 32 that the tracer writes into orig_rax are kept there, and ignored: the call is made.",
        clauses: &[ENTER, EXIT, "x86.number-32-bits", "sysinfo.entry-nr"],
        arches: &[Arch::X86_64],
        only: NO_ORIG_RAX,
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            const NUMBER: usize = 24;
            let t = to_enter(t)?;
            let before = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            let wide = 1 << 32 | Syscall::GETPID.number;
            t.set_register(arch::NUMBER, wide)?;
            let kept = t.registers()?.named("orig_rax").map(Word);
            t.check("x86.number-32-bits", "orig_rax as it was written", Some(Word(wide)), kept);
            let shown = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check("sysinfo.entry-nr", "entry.nr", Syscall::GETPID.number, shown.number());
            let same = shown.bytes == before.with(NUMBER, Syscall::GETPID.number).bytes;
            t.check("sysinfo.entry-nr", "nothing else has changed", true, same);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("x86.number-32-bits", "close", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "dispatched_to_the_user",
        title: "A call that syscall user dispatch intercepts stops neither at entry nor at exit: SIGSYS comes, and if that is suppressed, the next call.",
        clauses: &[ENTER, EXIT, "x86.dispatch-no-stop", "x86.dispatch-siginfo"],
        arches: &[Arch::X86_64],
        only: "aarch64 has no syscall user dispatch on the kernels of the matrix",
        needs: &[Need::Kernel(5, 11)],
        program: |p| {
            let selector = Program::shared(0);
            p.call(Syscall::PRCTL, &[PR_SET_SYSCALL_USER_DISPATCH, ON, 0, 0, selector]);
            p.store(selector, BLOCK);
            p.call(Syscall::GETPID, &[0; 0]);
            p.store(selector, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            let t = t.syscall()?.expect("x86.dispatch-no-stop", Stop::Signal(Signal::SYS))?;
            let code = t.siginfo().map(|info| info.code);
            t.check("x86.dispatch-siginfo", "si_code", Ok(SYS_USER_DISPATCH), code);
            let t = to_enter(t)?;
            t.check("x86.dispatch-no-stop", "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("x86.dispatch-no-stop", "prctl", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "rax_written_at_enter",
        title: "What a tracer writes to rax at an enter-stop is lost to the result of the call.",
        clauses: &[ENTER, EXIT, "x86.rax-at-entry-lost"],
        arches: &[Arch::X86_64],
        only: "elsewhere the result register is an argument",
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_register(arch::RESULT, PLACED)?;
            let t = to_exit(t)?;
            let failed = Return::error(Errno::EBADF);
            t.check("x86.rax-at-entry-lost", "rax", failed, Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("x86.rax-at-entry-lost", "close", Some(failed))
        },
        ..Case::NEW
    },
    Case {
        name: "user_area_shows_the_number",
        title: "PTRACE_PEEKUSER and POKEUSER at orig_rax read and change the number like the register set.",
        clauses: &[ENTER, EXIT, "sysstop.convention", "setsyscall.x86-by-register"],
        arches: &[Arch::X86_64],
        only: "aarch64 has no user area",
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let at = 8 * arch::NUMBER as u64;
            let t = to_enter(t)?;
            let mut word = [0; 8];
            let peeked = t.request(Request::PEEKUSER, at, Data::Buffer(&mut word));
            let number = peeked.map(|_| u64::from_ne_bytes(word));
            t.check("sysstop.convention", "PTRACE_PEEKUSER orig_rax", Ok(Syscall::CLOSE.number), number);
            let poked = t.request(Request::POKEUSER, at, Data::Word(Syscall::GETPID.number));
            t.check("setsyscall.x86-by-register", "PTRACE_POKEUSER orig_rax", Ok(0), poked);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("setsyscall.x86-by-register", "close", &task)
        },
        ..Case::NEW
    },
];

/// Skips a case where the kernel enters through FRED, whose syscall instruction clobbers nothing.
pub(super) fn fred_changes_nothing() -> Flow {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    if processors.split_ascii_whitespace().any(|flag| flag == "fred") {
        return Err(Halt::Skip("this kernel uses FRED, where rcx and r11 survive a call".into()));
    }
    Ok(())
}
