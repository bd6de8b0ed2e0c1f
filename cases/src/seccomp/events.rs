//! `PTRACE_EVENT_SECCOMP` call by call: which calls ask the tracer, and which numbers.

use super::{CALL, END, NEEDS, OPTIONS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

const EVENT: &str = "seccomp.trace-event";
const ALLOWED: &str = "seccomp.log-allow-no-event";
const NEWER: &str = "seccomp.ret-data-most-recent";
const NO_CALL: &str = "sysstop.invalid-number";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";
const WITHOUT_MARK: &str = "kdoc.sysinfo-needs-same-siginfo";
const PROBES: &str = "seccomp.uprobe-calls-pass";
const STOPS: &str = "stop.signal.every-delivery-stops";

const IS_X86: bool = cfg!(target_arch = "x86_64");

/// What the first filter says, and the second one.
const FIRST: u32 = 0x101;
const SECOND: u32 = 0x202;

/// A number without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    MinusOne,
    Negative,
}

impl Axis for Number {
    const VALUES: &'static [(&'static str, Self)] =
        &[("minusone", Number::MinusOne), ("negative", Number::Negative)];
}

impl Number {
    const fn syscall(self) -> Syscall {
        let number = if matches!(self, Number::MinusOne) { u64::MAX } else { -101_i64 as u64 };
        Syscall::numbered(number, "nothing")
    }
}

/// `uretprobe(2)`, which only the code that the kernel itself has put into a process makes.
const URETPROBE: Syscall = Syscall::numbered(335, "uretprobe");

pub(super) const CASES: &[Case] = &[
    Case {
        name: "each_call_asks",
        title: "A call that a filter asks the tracer about has its event each time, and one that it allows has none, also once another filter asks about that one too.",
        clauses: &[EVENT, ALLOWED, NEWER, END],
        needs: NEEDS,
        options: OPTIONS,
        program: |p| {
            p.filter(CALL, libc::SECCOMP_RET_TRACE | FIRST);
            for _ in 0..3 {
                p.call(CALL, &[0; 0]);
                p.call(Syscall::GETUID, &[0; 0]);
            }
            p.filter(Syscall::GETUID, libc::SECCOMP_RET_TRACE | SECOND);
            for _ in 0..2 {
                p.call(Syscall::GETUID, &[0; 0]);
                p.call(CALL, &[0; 0]);
            }
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for _ in 0..3 {
                t = asked(t, ALLOWED, CALL, FIRST)?;
            }
            for _ in 0..2 {
                t = asked(t, NEWER, Syscall::GETUID, SECOND)?;
                t = asked(t, EVENT, CALL, FIRST)?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "numbers_without_a_call_ask",
        title: "A filter can ask the tracer about a number without a call, -1 among them, made by the program: the call has its event and both stops, and fails with ENOSYS; on aarch64 only -1 does, and another negative number leaves the registers alone.",
        clauses: &[EVENT, NO_CALL, ENTER, EXIT],
        needs: NEEDS,
        axes: &[ANY_START, axis::<Number>(&["minusone", "negative"])],
        options: OPTIONS,
        program: |p| {
            let number: Number = p.pick();
            p.filter(number.syscall(), libc::SECCOMP_RET_TRACE | FIRST);
            p.call(number.syscall(), &[0; 0]);
            p.call(Syscall { name: "again", ..number.syscall() }, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let call = t.pick::<Number>()?.syscall();
            let t = asked(t, EVENT, call, FIRST)?;
            let result = without_a_call(&t, call)?;
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            check_no_call(&t, result)?;
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let t = t.syscall()?.expect(EVENT, Stop::Event(Event::SECCOMP))?;
            check_asked(&t, EVENT, call, FIRST)?;
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            check_no_call(&t, result)?;
            let t = t.cont()?.ends(NO_CALL, Gone::Exited(3))?;
            t.check_saw(NO_CALL, "nothing", Some(result))?;
            t.check_saw(NO_CALL, "again", Some(result))
        },
        ..Case::NEW
    },
    Case {
        name: "event_without_tracesysgood",
        title: "PTRACE_GET_SYSCALL_INFO knows the event also without PTRACE_O_TRACESYSGOOD, by whose mark it knows syscall-stops.",
        clauses: &[EVENT, EXIT, WITHOUT_MARK, END],
        needs: NEEDS,
        options: options::TRACESECCOMP,
        program: |p| super::filtered(p, &[libc::SECCOMP_RET_TRACE | FIRST]),
        scenario: |t| {
            let t = asked(t, EVENT, CALL, FIRST)?;
            let told = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check(WITHOUT_MARK, "op", info::SECCOMP, told.op());
            t.check(WITHOUT_MARK, "seccomp.nr", CALL.number, told.number());
            t.check(WITHOUT_MARK, "seccomp.ret_data", FIRST, told.ret_data());
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            t.check(
                WITHOUT_MARK,
                "op at the exit-stop",
                Ok(info::NONE),
                t.syscall_info().map(|info| info.op()),
            );
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            super::check_made(&t, EVENT, CALL.name)
        },
        ..Case::NEW
    },
    Case {
        name: "calls_of_probes_pass",
        title: "Filters are not asked about uretprobe, which fails with SIGILL for a program that makes it itself.",
        clauses: &[STOPS, PROBES, END],
        arches: &[Arch::X86_64],
        only: "aarch64 has no such call",
        needs: &[Need::SeccompFilter, Need::Kernel(6, 14)],
        program: |p| {
            p.filter(URETPROBE, libc::SECCOMP_RET_KILL_PROCESS);
            p.call(URETPROBE, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(PROBES, Stop::Signal(Signal(libc::SIGILL)))?;
            let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
            t.check(STOPS, "si_code and si_addr", Ok((libc::SI_KERNEL, Address(0))), told);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];

/// `PTRACE_CONT` to the event of that call.
fn asked(t: Stopped, clause: &str, call: Syscall, data: u32) -> Flow<Stopped> {
    let t = t.cont()?.expect(clause, Stop::Event(Event::SECCOMP))?;
    check_asked(&t, clause, call, data)?;
    Ok(t)
}

/// The event is that call's, with that filter's data.
fn check_asked(t: &Stopped, clause: &str, call: Syscall, data: u32) -> Flow {
    let registers = t.registers()?;
    let number = if IS_X86 { registers.words[arch::NUMBER] } else { t.syscall_number()? };
    t.check(clause, "number at the event", Word(call.number), Word(number));
    // aarch64 has refused a call without a number before anybody is asked.
    let refused = !IS_X86 && call.number == u64::MAX;
    let inside = Return(arch::result_inside_call(&t.given(call.name)?));
    let inside = if refused { Return::error(Errno::ENOSYS) } else { inside };
    t.check(clause, "result register at the event", inside, Return(registers.result()));
    t.check(clause, "event message", Ok(u64::from(data)), t.message());
    Ok(())
}

/// ENOSYS; but on aarch64 a negative number skips the call behind the event (kernel/seccomp.c: __seccomp_filter()), and
/// only for -1 has the result been written before (arch/arm64/kernel/syscall.c: el0_svc_common()).
fn without_a_call(t: &Stopped, call: Syscall) -> Flow<Return> {
    let left = Return(arch::result_inside_call(&t.registers()?.args()));
    Ok(if call.number == u64::MAX { Return::error(Errno::ENOSYS) } else { left })
}

fn check_no_call(t: &Stopped, expected: Return) -> Flow {
    t.check(NO_CALL, "result", expected, Return(t.registers()?.result()));
    Ok(())
}
