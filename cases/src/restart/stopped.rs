//! `SIGSTOP` and `SIGCONT` in the middle of a call.

use super::calls::{CALLS, Call};
use super::way::{
    ARM64, CODE, END, ENTER, EXIT, GOES_ON, SIGNAL, X86, around_the_call, check_before_restart, check_exit,
    enters, finish, program, to_call, to_exit, woken,
};
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{ANY_START, Case, Need, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};

const GROUP: &str = "stop.group.reported";
const SLEEPS: &str = "restart.restart-syscall-set";
const LISTENS: &str = "group.listen-reports-sigcont";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stopped_and_continued",
        title: "A call interrupted by SIGSTOP looks the same at the signal's stop, in the group-stop, and at the stop of SIGCONT, and goes on behind it.",
        clauses: &[SIGNAL, ENTER, EXIT, END, CODE, X86, ARM64, GOES_ON, GROUP, SLEEPS, LISTENS],
        axes: &[ANY_START, CALLS],
        program,
        scenario: |t| {
            let t = to_call(t)?;
            let before = t.registers()?;
            let t = to_exit(t, Signal::STOP)?;
            check_exit(&t, &before)?;
            let t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            let t = through_the_group_stop(t, &before)?;
            let call: Call = t.pick()?;
            let clause = if call.restarted() == Syscall::RESTART_SYSCALL { SLEEPS } else { GOES_ON };
            finish(enters(t, clause, call.restarted(), &before)?, clause)
        },
        ..Case::NEW
    },
    Case {
        name: "stopped_under_a_filter",
        title: "A stopped and continued nanosleep comes back to a filter that traces both: the second event is restart_syscall's.",
        clauses: &[SIGNAL, END, X86, ARM64, GROUP, SLEEPS, LISTENS],
        needs: &[Need::SeccompFilter],
        axes: &[ANY_START, axis::<Call>(&["nanosleep"])],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| around_the_call(p, filters),
        scenario: |t| {
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR2))?;
            let t = t.resume(Resume::Cont, Signal::USR2)?.expect(SLEEPS, Stop::Event(Event::SECCOMP))?;
            check_event(&t, Syscall::NANOSLEEP)?;
            let before = t.registers()?;
            t.kill(Signal::STOP)?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::STOP))?;
            let t = through_the_group_stop(t, &before)?;
            let t = t.cont()?.expect(SLEEPS, Stop::Event(Event::SECCOMP))?;
            check_event(&t, Syscall::RESTART_SYSCALL)?;
            woken(t, SLEEPS)
        },
        ..Case::NEW
    },
];

/// Filters that trace both calls.
fn filters(p: &mut Program) {
    const DATA: u32 = 0x200;
    p.filter(Syscall::NANOSLEEP, libc::SECCOMP_RET_TRACE | DATA);
    p.filter(Syscall::RESTART_SYSCALL, libc::SECCOMP_RET_TRACE | DATA);
}

/// The event of that call, with the filter's data.
fn check_event(t: &Stopped, syscall: Syscall) -> Flow {
    t.check(SLEEPS, "number at the event", syscall.number, t.syscall_number()?);
    t.check(SLEEPS, "event message", Ok(0x200), t.message());
    Ok(())
}

/// From the stop of SIGSTOP, which is delivered, to that of SIGCONT. A seized tracee listens in between.
fn through_the_group_stop(t: Stopped, before: &Registers) -> Flow<Stopped> {
    check_before_restart(&t, before)?;
    let seized = t.start == Start::Seize;
    let stop = if seized { Stop::EventStop(Signal::STOP) } else { Stop::Group(Signal::STOP) };
    let t = t.resume(Resume::Syscall, Signal::STOP)?.expect(GROUP, stop)?;
    check_before_restart(&t, before)?;
    let t = if seized {
        let t = t.listen()?;
        t.kill(Signal::CONT)?;
        let t = t.expect(LISTENS, Stop::EventStop(Signal::TRAP))?;
        check_before_restart(&t, before)?;
        t
    } else {
        t.kill(Signal::CONT)?;
        t
    };
    let t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::CONT))?;
    check_before_restart(&t, before)?;
    Ok(t)
}
