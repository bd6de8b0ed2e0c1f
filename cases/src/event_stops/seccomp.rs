//! `PTRACE_EVENT_SECCOMP`: a filter asks the tracer before a call is made. What is seen there, and the ways on.

use super::look;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info::{SECCOMP, SIZE_SECCOMP};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

pub(super) const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACESECCOMP;
pub(super) const NEEDS: &[Need] = &[Need::SeccompFilter];
pub(super) const STOPS: &str = "opt.traceseccomp.stop";
const ALLOWED: &str = "secstop.unmodified-allowed";
/// The clause that promises the stop that marks the place.
const MARK: &str = "stop.signal.every-delivery-stops";
const SYSEMU: &str = "event.sysemu-from-event";

/// What the filter gives along, in the low 16 bits of its answer.
const DATA: u32 = 0xabcd;
const ARGS: [u64; 6] = [0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6];
/// The result of `umask(ARGS[0])` in a program that called `umask(UMASK)` before.
const UMASK: u64 = 0o27;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "seccomp_status_and_message",
        title: "SECCOMP_RET_TRACE stops with PTRACE_EVENT_SECCOMP in wait status and si_code; the filter's data is the message.",
        clauses: &[
            STOPS,
            ALLOWED,
            "event.status-encoding",
            "event.siginfo",
            "inside.siginfo-own-id",
            "opt.traceseccomp.msg",
        ],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            look::status(&t, Event::SECCOMP);
            t.check("opt.traceseccomp.msg", "event message", Ok(Word(DATA.into())), t.message().map(Word));
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_registers",
        title: "At the event registers are those of an enter-stop: number, arguments, and no result yet.",
        clauses: &[STOPS, ALLOWED, "opt.traceseccomp.like-entry-stop", "sysstop.ip-behind-call"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            const LIKE_ENTER: &str = "opt.traceseccomp.like-entry-stop";
            let t = to_event(t)?;
            let registers = t.registers()?;
            t.check(LIKE_ENTER, "arguments", ARGS.map(Word), registers.args().map(Word));
            let inside = Return(arch::result_inside_call(&ARGS));
            t.check(LIKE_ENTER, "result register", inside, Return(registers.result()));
            let place = Address(label::SYSCALL_RETURN);
            t.check("sysstop.ip-behind-call", "instruction pointer", place, Address(registers.ip()));
            t.check(LIKE_ENTER, "number", Syscall::UMASK.number, t.syscall_number()?);
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_syscall_info",
        title: "PTRACE_GET_SYSCALL_INFO knows the event: 84 bytes with number, arguments and the filter's data.",
        clauses: &[
            STOPS,
            ALLOWED,
            "sysinfo.returns-available",
            "sysinfo.seccomp-nr-args",
            "sysinfo.seccomp-ret-data",
            "sysinfo.common-fields-all-ops",
        ],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let info = t.syscall_info();
            let size = info.map(|info| info.available);
            t.check("sysinfo.returns-available", "size", Ok(SIZE_SECCOMP as i64), size);
            t.check("sysinfo.seccomp-nr-args", "op", Ok(SECCOMP), info.map(|info| info.op()));
            let number = Ok(Syscall::UMASK.number);
            t.check("sysinfo.seccomp-nr-args", "number", number, info.map(|info| info.number()));
            let args = info.map(|info| info.args().map(Word));
            t.check("sysinfo.seccomp-nr-args", "arguments", Ok(ARGS.map(Word)), args);
            t.check("sysinfo.seccomp-ret-data", "ret_data", Ok(DATA), info.map(|info| info.ret_data()));
            look::place(&t, info)?;
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_under_syscall",
        title: "Under PTRACE_SYSCALL the call gives three stops: enter-stop, event, exit-stop.",
        clauses: &[MARK, "secstop.order", "secstop.legacy-order-absent", ALLOWED],
        options: OPTIONS,
        needs: NEEDS,
        program: marked,
        scenario: |t| {
            let t = to_mark(t)?;
            let t = t.syscall()?.expect("secstop.order", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("secstop.order", Stop::Event(Event::SECCOMP))?;
            let t = t.syscall()?.expect("secstop.legacy-order-absent", Stop::SyscallExit)?;
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_then_syscall",
        title: "The event comes without an enter-stop before it; PTRACE_SYSCALL from there gives the exit-stop alone.",
        clauses: &[
            MARK,
            ALLOWED,
            "secstop.no-entry-needed",
            "secstop.syscall-gives-exit",
            "sysstop.exit-without-entry",
        ],
        options: OPTIONS,
        needs: NEEDS,
        program: marked,
        scenario: |t| {
            let t = to_mark(t)?;
            let t = t.cont()?.expect("secstop.no-entry-needed", Stop::Event(Event::SECCOMP))?;
            let t = t.syscall()?.expect("sysstop.exit-without-entry", Stop::SyscallExit)?;
            let result = Return(t.registers()?.result());
            t.check("secstop.syscall-gives-exit", "result register", Return(UMASK), result);
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_then_run",
        title: "From the event PTRACE_CONT and PTRACE_DETACH let the call be made; no exit-stop comes.",
        clauses: &[STOPS, ALLOWED, "inside.no-exit-stop"],
        axes: &[ANY_START, axis::<Resume>(&["cont", "detach"])],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let how: Resume = t.pick()?;
            let task = t.resume(how, Signal::NONE)?.ends("inside.no-exit-stop", Gone::Exited(3))?;
            task.check_saw(ALLOWED, "umask_2", Some(Return(UMASK)))
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_then_singlestep",
        title: "From the event PTRACE_SINGLESTEP makes the call: SIGTRAP where it returns, with its result.",
        clauses: &[STOPS, ALLOWED, "inside.step-traps-at-return"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            const STEP: &str = "inside.step-traps-at-return";
            let t = to_event(t)?.resume(Resume::Singlestep, Signal::NONE)?;
            let t = t.expect(STEP, Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            let place = Address(label::SYSCALL_RETURN);
            t.check(STEP, "instruction pointer", place, Address(registers.ip()));
            t.check(STEP, "result register", Return(UMASK), Return(registers.result()));
            t.cont()?.ends(ALLOWED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_then_sysemu",
        title: "From the event PTRACE_SYSEMU still makes the call at hand, and stops at the next one instead of making it.",
        clauses: &[STOPS, SYSEMU],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?.resume(Resume::Sysemu, Signal::NONE)?;
            let t = t.expect(SYSEMU, Stop::SyscallEnter)?;
            t.check(SYSEMU, "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            t.check_saw(SYSEMU, "umask_2", Some(Return(UMASK)))?;
            t.kill(Signal::KILL)?;
            t.left_alone().ends(SYSEMU, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_not_under_sysemu",
        title: "A call that PTRACE_SYSEMU catches reaches no filter: no event follows.",
        clauses: &[MARK, "secstop.not-under-sysemu", "secstop.legacy-sysemu-runs", "sysemu.stop-no-exec"],
        options: OPTIONS,
        needs: NEEDS,
        program: marked,
        scenario: |t| {
            let t = to_mark(t)?.resume(Resume::Sysemu, Signal::NONE)?;
            let t = t.expect("secstop.not-under-sysemu", Stop::SyscallEnter)?;
            t.check("secstop.not-under-sysemu", "number", Syscall::UMASK.number, t.syscall_number()?);
            let t = t.resume(Resume::Sysemu, Signal::NONE)?;
            let t = t.expect("secstop.legacy-sysemu-runs", Stop::SyscallEnter)?;
            let untouched = Return(arch::result_inside_call(&ARGS));
            t.check_saw("sysemu.stop-no-exec", "umask_2", Some(untouched))?;
            t.kill(Signal::KILL)?;
            t.left_alone().ends("sysemu.stop-no-exec", Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_with_a_signal",
        title: "A signal given when resuming from the event is dropped.",
        clauses: &[STOPS, "inside.signal-dropped"],
        options: OPTIONS,
        needs: NEEDS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.resume(Resume::Cont, Signal::USR1)?.ends("inside.signal-dropped", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "seccomp_without_the_option",
        title: "Without PTRACE_O_TRACESECCOMP the call is not made and fails with ENOSYS, traced or detached.",
        clauses: &["seccomp.trace-without-option-enosys", "seccomp.trace-no-tracer-enosys"],
        axes: &[ANY_START, axis::<Resume>(&["cont", "detach"])],
        needs: NEEDS,
        program,
        scenario: |t| {
            let how: Resume = t.pick()?;
            let clause = match how {
                Resume::Detach => "seccomp.trace-no-tracer-enosys",
                _ => "seccomp.trace-without-option-enosys",
            };
            let task = t.resume(how, Signal::NONE)?.ends(clause, Gone::Exited(3))?;
            task.check_saw(clause, "umask_2", Some(Return::error(Errno::ENOSYS)))
        },
        ..Case::NEW
    },
];

/// Sets the mode mask, and again: the second time a filter asks the tracer first.
fn program(p: &mut Program) {
    p.call(Syscall::UMASK, &[UMASK]);
    p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE | DATA);
    p.call(Syscall::UMASK, &ARGS);
    p.exit(3);
}

/// The same with a signal in between, from whose stop every following stop is one of the second umask.
fn marked(p: &mut Program) {
    p.call(Syscall::UMASK, &[UMASK]);
    p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE | DATA);
    p.raise(Signal::USR2);
    p.call(Syscall::UMASK, &ARGS);
    p.exit(3);
}

fn to_event(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Event(Event::SECCOMP))
}

fn to_mark(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(MARK, Stop::Signal(Signal::USR2))
}
