//! One intercepted call: its stop, and what becomes of the call there.

use super::{
    ALLOW, BY_PROGRAM, CALL, DECIDES, END, NO_STOPS, PASSED, STOPS, WORD, armed, check_made, check_sigsys,
    ends_without_it, intercepted, to_sigsys,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Return;

const BEFORE_FILTERS: &str = "sud.before-seccomp";
const NO_STEP: &str = "sud.no-step-report";
const REDONE: &str = "sud.redone";
const FORCED: &str = "sud.forced-signal";
const HANDLED: &str = "inject.nonzero-delivers";

/// What a tracer puts into the result register.
const PLACED: u64 = 0x77;
/// The system call instruction, of two bytes: only x86_64 runs these cases.
const AT_CALL: u64 = label::SYSCALL_RETURN - 2;

/// What the two steps change besides the instruction pointer: `syscall` saves the flags in r11, the trap flag of the step
/// among them; the trap of the second enters with number -1; the tracee's next instruction makes room on the stack.
const CHANGED: [&str; 3] = ["r11", "orig_rax", "rsp"];

/// What the program has done about SIGSYS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    Default,
    Blocked,
    Ignored,
}

impl Axis for Disposition {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("default", Disposition::Default),
        ("blocked", Disposition::Blocked),
        ("ignored", Disposition::Ignored),
    ];
}

/// What a filter would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Kill,
    Trace,
}

impl Axis for Filter {
    const VALUES: &'static [(&'static str, Self)] = &[("kill", Filter::Kill), ("trace", Filter::Trace)];
}

impl Filter {
    const fn action(self) -> u32 {
        match self {
            Filter::Kill => libc::SECCOMP_RET_KILL_PROCESS,
            Filter::Trace => libc::SECCOMP_RET_TRACE,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "call_becomes_a_signal",
        title: "An intercepted call is not made and has no syscall-stops, however the tracee was resumed: a signal-delivery-stop of SIGSYS tells of it, behind the call instruction.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", STOPS, PASSED, NO_STOPS, END],
        axes: &[ANY_START, axis::<Resume>(&["cont", "syscall", "sysemu"])],
        program: armed,
        scenario: |t| {
            let how: Resume = t.pick()?;
            // Past the prctl; the dispatch, not the way of resuming, decides what comes next.
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            let t = t.resume(how, Signal::NONE)?.expect(NO_STOPS, Stop::Signal(Signal::SYS))?;
            check_sigsys(&t)?;
            ends_without_it(t)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "result_of_the_tracer",
        title: "A tracer can answer an intercepted call itself: the program gets what it writes to the result register.",
        clauses: &[STOPS, PASSED, END],
        program: armed,
        scenario: |t| {
            let (t, registers) = intercepted(t)?;
            t.set_registers(&registers.with(arch::RESULT, PLACED))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(PASSED, CALL.name, Some(Return(PLACED)))
        },
        ..BY_PROGRAM
    },
    Case {
        name: "call_is_made_after_all",
        title: "With the instruction pointer back at the call instruction and the selector allowing, the intercepted call is made.",
        clauses: &[STOPS, PASSED, DECIDES, REDONE, END],
        program: armed,
        scenario: |t| {
            let (t, registers) = intercepted(t)?;
            t.set_word(WORD, ALLOW);
            t.set_registers(&registers.with(arch::IP, AT_CALL))?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_made(&task, REDONE)?;
            check_made(&task, DECIDES)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "step_onto_an_intercepted_call",
        title: "A step that executes an intercepted call ends with the SIGSYS alone; the next one is a step again.",
        clauses: &[STOPS, PASSED, NO_STEP, END],
        program: armed,
        scenario: |t| {
            let (t, registers) = intercepted(t)?;
            t.set_registers(&registers.with(arch::IP, AT_CALL))?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?.expect(NO_STEP, Stop::Signal(Signal::SYS))?;
            check_sigsys(&t)?;
            let t =
                t.resume(Resume::Singlestep, Signal::NONE)?.expect(NO_STEP, Stop::Signal(Signal::TRAP))?;
            let now = t.registers()?;
            t.check(NO_STEP, "one instruction further", true, now.ip() > label::SYSCALL_RETURN);
            let changed = now.with(arch::IP, registers.ip()).differing(&registers);
            t.check(NO_STEP, "other registers that it changed", CHANGED.to_vec(), changed);
            let siginfo = t.siginfo().map(|siginfo| (siginfo.code, siginfo.address == now.ip()));
            t.check(NO_STEP, "si_code, and si_addr is there", Ok((libc::TRAP_TRACE, true)), siginfo);
            ends_without_it(t)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "handler_of_the_program",
        title: "A delivered SIGSYS runs the program's handler, which is what the dispatch is for; behind it the program goes on without the call.",
        clauses: &[STOPS, PASSED, HANDLED, END],
        program: |p| {
            p.handle(Signal::SYS, 0);
            armed(p);
        },
        scenario: |t| {
            let t = to_sigsys(t)?;
            // Returning from the handler is a call too.
            t.set_word(WORD, ALLOW);
            let task = t.resume(Resume::Cont, Signal::SYS)?.ends(END, Gone::Exited(3))?;
            let (runs, signal, code) = task.handled();
            task.check(HANDLED, "runs of the handler", 1, runs);
            task.check(HANDLED, "its signal", Signal::SYS, signal);
            task.check(HANDLED, "its si_code", super::SYS_USER_DISPATCH, code);
            task.check_saw(STOPS, CALL.name, Some(Return(CALL.number)))
        },
        ..BY_PROGRAM
    },
    Case {
        name: "blocked_or_ignored",
        title: "The SIGSYS of an intercepted call stops the tracee also where the program blocks or ignores it, and kills when it is delivered.",
        clauses: &[STOPS, PASSED, FORCED],
        axes: &[ANY_START, axis::<Disposition>(&["default", "blocked", "ignored"])],
        program: |p| {
            match p.pick() {
                Disposition::Default => {}
                Disposition::Blocked => drop(p.block(&[Signal::SYS])),
                Disposition::Ignored => drop(p.ignore(Signal::SYS)),
            }
            armed(p);
        },
        scenario: |t| {
            let t = to_sigsys(t)?;
            let task = t.resume(Resume::Cont, Signal::SYS)?.ends(FORCED, Gone::Killed(Signal::SYS, false))?;
            task.check_saw(FORCED, CALL.name, None)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "before_seccomp",
        title: "The dispatch decides before seccomp filters do: a filter that would kill or ask the tracer is not asked about an intercepted call.",
        clauses: &[STOPS, PASSED, BEFORE_FILTERS],
        axes: &[ANY_START, axis::<Filter>(&["kill", "trace"])],
        needs: &[Need::Kernel(5, 11), Need::SeccompFilter],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| {
            let filter: Filter = p.pick();
            p.filter(CALL, filter.action());
            armed(p);
        },
        scenario: |t| {
            let t = to_sigsys(t)?;
            let task = t.cont()?.ends(BEFORE_FILTERS, Gone::Exited(3))?;
            task.check_saw(BEFORE_FILTERS, CALL.name, Some(Return(CALL.number)))
        },
        ..BY_PROGRAM
    },
];
