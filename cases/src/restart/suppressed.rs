//! A suppressed signal: the call shows its restart code, and goes on as if nothing had happened.

use super::calls::{CALLS, Call, LEFT};
use super::way::{
    ARM64, CODE, END, ENTER, EXIT, GOES_ON, INTERRUPTS, IS_X86, SIGNAL, X86, check_before_restart,
    check_exit, entered, enters, finish, number, program, to_call, to_exit, to_signal, woken,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscall_info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Return;
use std::time::{Duration, Instant};

const SLEEPS: &str = "restart.restart-syscall-set";
const RESULT: &str = "restart.restart-syscall-return";
const NUMBER: &str = "inject.restart-syscall-number";
const TIME_LEFT: &str = "restart.remaining-time";
const INTERRUPTED: &str = "interrupt.syscall-restarted";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "code_at_the_exit_stop",
        title: "The exit-stop of an interrupted call comes before anything is rewound, and has the restart code of its class.",
        clauses: &[SIGNAL, ENTER, EXIT, END, CODE, GOES_ON, "sysinfo.exit-rval", "sysinfo.exit-is-error"],
        axes: &[ANY_START, CALLS],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            let t = to_exit(t, INTERRUPTS)?;
            check_exit(&t, &before)?;
            let code = t.pick::<Call>()?.code();
            let info = t.syscall_info();
            let op = info.map(|info| info.op());
            t.check("sysinfo.exit-rval", "op", Ok(syscall_info::EXIT), op);
            let rval = info.map(|info| Return(info.rval()));
            t.check("sysinfo.exit-rval", "exit.rval", Ok(code), rval);
            let error = info.map(|info| info.is_error());
            t.check("sysinfo.exit-is-error", "exit.is_error", Ok(1), error);
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let restarted = t.pick::<Call>()?.restarted();
            finish(enters(t, GOES_ON, restarted, &before)?, GOES_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "suppressed",
        title: "At the stop of the interrupting signal x86_64 still has the restart code, aarch64 is in front of the call again; suppressed, it lets the call go on, which succeeds.",
        clauses: &[SIGNAL, ENTER, EXIT, END, X86, ARM64, GOES_ON, "inject.suppressed-interrupts-syscall"],
        axes: &[ANY_START, CALLS],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            check_before_restart(&t, &before)?;
            let call: Call = t.pick()?;
            t.check_saw("inject.suppressed-interrupts-syscall", call.syscall().name, None)?;
            finish(enters(t, GOES_ON, call.restarted(), &before)?, GOES_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "suppressed_unseen",
        title: "Without PTRACE_SYSCALL the only stop is the signal's, again and again, and the call goes on unseen to its own end.",
        clauses: &[SIGNAL, ENTER, END, X86, ARM64, GOES_ON],
        axes: &[ANY_START, CALLS],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            t.kill(INTERRUPTS)?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            check_before_restart(&t, &before)?;
            // Pending when the call goes on, as it was when it began.
            t.kill(INTERRUPTS)?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let call: Call = t.pick()?;
            t.check_saw(GOES_ON, call.syscall().name, None)?;
            finish(t, GOES_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "interrupted",
        title: "PTRACE_INTERRUPT at the enter-stop ends the call with its restart code, and the exit-stop stands for the stop asked for; then the call goes on.",
        clauses: &[SIGNAL, ENTER, END, CODE, INTERRUPTED, "interrupt.syscall-exit-stop"],
        axes: &[axis::<Start>(&["seize"]), CALLS],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            let asked = t.request(Request::INTERRUPT, 0, Data::Word(0));
            t.check("interrupt.syscall-exit-stop", "PTRACE_INTERRUPT", Ok(0), asked);
            let t = t.syscall()?.expect("interrupt.syscall-exit-stop", Stop::SyscallExit)?;
            check_exit(&t, &before)?;
            let restarted = t.pick::<Call>()?.restarted();
            finish(enters(t, INTERRUPTED, restarted, &before)?, INTERRUPTED)
        },
        ..Case::NEW
    },
    Case {
        name: "restart_syscall_interrupted",
        title: "restart_syscall is as restartable as the call that it goes on with, and its end is that call's.",
        clauses: &[SIGNAL, ENTER, EXIT, END, SLEEPS, RESULT, NUMBER],
        axes: &[ANY_START, axis::<Call>(&["nanosleep", "clocknanosleep", "futextimed"])],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let t = enters(t, NUMBER, Syscall::RESTART_SYSCALL, &before)?;
            let t = to_exit(t, INTERRUPTS)?;
            let registers = t.registers()?;
            let code = Return::error(Errno::ERESTART_RESTARTBLOCK);
            t.check(SLEEPS, "result of restart_syscall", code, Return(registers.result()));
            t.check(
                SLEEPS,
                "number at its exit-stop",
                Syscall::RESTART_SYSCALL.number,
                number(&t, &registers)?,
            );
            let restarting = before.with(arch::NUMBER, Syscall::RESTART_SYSCALL.number);
            let changed = if IS_X86 { vec!["rax"] } else { vec!["x0", "x7"] };
            t.check(SLEEPS, "registers changed since entry", changed, restarting.differing(&registers));
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let t = t.syscall()?.expect(SLEEPS, Stop::SyscallEnter)?;
            finish(entered(t, SLEEPS, Syscall::RESTART_SYSCALL, &before)?, RESULT)
        },
        ..Case::NEW
    },
    Case {
        name: "time_left",
        title: "The time that an interrupted sleep has left is what it had before, less the time between.",
        clauses: &[SIGNAL, ENTER, EXIT, END, TIME_LEFT],
        axes: &[ANY_START, axis::<Call>(&["nanosleep", "clocknanosleep"])],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            let earlier = Instant::now();
            let t = to_exit(t, INTERRUPTS)?;
            let behind_first = Instant::now();
            let first = left(&t);
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?;
            let t = enters(t, TIME_LEFT, Syscall::RESTART_SYSCALL, &before)?;
            let between = behind_first.elapsed();
            let t = to_exit(t, INTERRUPTS)?;
            let at_most = earlier.elapsed();
            let passed = first.checked_sub(left(&t)).unwrap_or_default();
            t.check(
                TIME_LEFT,
                "as much less as time has passed",
                true,
                passed >= between && passed <= at_most,
            );
            woken(t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?, TIME_LEFT)
        },
        ..Case::NEW
    },
];

/// What the call says is left of its time.
fn left(t: &Stopped) -> Duration {
    let part = |word| t.word(LEFT + word);
    let nanoseconds = t.unspecified("a nanosecond more or less makes no difference", |_| part(1));
    Duration::new(part(0), u32::try_from(nanoseconds).unwrap_or(u32::MAX))
}
