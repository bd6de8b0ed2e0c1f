//! What a debugger does in an interrupted call: it runs something else in its place, and puts the registers back.

use super::calls::{CALLS, Call};
use super::way::{
    BEFORE, END, ENTER, EXIT, IS_X86, SIGNAL, check_before_restart, ends_with, enters, finish, program,
    to_signal,
};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, ReturnPid};

const CANCELS: &str = if IS_X86 { "x86.orig-ax-minus1" } else { "restore.restart-arm64" };
const REWOUND: &str = "restore.rewound";
const LEAKS: &str = "restore.restart-code-leaks";
/// What the function is given, and returns.
const ARGUMENT: u64 = 0x1234;
/// What a function may use below the stack pointer without asking (System V ABI of x86_64).
const RED_ZONE: u64 = 128;

/// Whether the tracer makes the kernel look for a restart once more.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// It goes on at once.
    AtOnce,
    /// With `PTRACE_INTERRUPT`.
    Interrupted,
}

impl Axis for Look {
    const VALUES: &'static [(&'static str, Self)] =
        &[("atonce", Look::AtOnce), ("interrupted", Look::Interrupted)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "function_called",
        title: "A debugger calls a function in an interrupted call, with number -1 so that nothing is rewound, and restores the registers at the function's breakpoint: the call goes on and succeeds.",
        clauses: &[
            SIGNAL,
            ENTER,
            EXIT,
            END,
            "x86.orig-ax-minus1",
            "restore.restart-x86",
            "restore.restart-arm64",
        ],
        axes: &[ANY_START, CALLS],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let interrupted = check_before_restart(&t, &before)?;
            let returned = call_function(&t, &interrupted)?;
            let t = t.cont()?.expect(CANCELS, Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            let place = label::BREAKPOINT + arch::BREAKPOINT_ADVANCE;
            t.check(CANCELS, "where the function returned to", Address(place), Address(registers.ip()));
            t.check(CANCELS, "what it returned", ARGUMENT, registers.result());
            t.check(CANCELS, "other registers changed", vec![], returned.differing(&registers));
            t.set_registers(&interrupted)?;
            let call: Call = t.pick()?;
            // aarch64 has forgotten by now what kind of restart it would have been.
            let again = if IS_X86 { call.restarted() } else { call.syscall() };
            finish(enters(t, BEFORE, again, &before)?, BEFORE)
        },
        ..Case::NEW
    },
    Case {
        name: "call_injected",
        title: "A call made in an interrupted call's place, and the registers put back at its exit-stop: x86_64 gives the program the restart code, unless the tracer interrupts once more; aarch64 makes the call again.",
        clauses: &[
            SIGNAL,
            ENTER,
            EXIT,
            END,
            LEAKS,
            REWOUND,
            "restore.restart-x86",
            "restore.restart-arm64",
            "interrupt.stops",
        ],
        axes: &[
            axis::<Start>(&["seize"]),
            // aarch64 would put the number of restart_syscall over the injected one at that place.
            axis::<Call>(&["read", "clone", "ppoll"]),
            axis::<Look>(&["atonce", "interrupted"]),
        ],
        program,
        scenario: |t| {
            let look: Look = t.pick()?;
            let (t, before) = to_signal(t)?;
            let interrupted = check_before_restart(&t, &before)?;
            let t = inject_getpid(t, &interrupted)?;
            t.set_registers(&interrupted)?;
            let call: Call = t.pick()?;
            let t = match look {
                Look::AtOnce if IS_X86 => return ends_with(t, LEAKS, call.code()),
                Look::AtOnce => t,
                Look::Interrupted => {
                    let asked = t.request(Request::INTERRUPT, 0, Data::Word(0));
                    t.check("interrupt.stops", "PTRACE_INTERRUPT", Ok(0), asked);
                    t.syscall()?.expect("interrupt.stops", Stop::EventStop(Signal::TRAP))?
                }
            };
            let again = if IS_X86 { call.restarted() } else { call.syscall() };
            finish(enters(t, BEFORE, again, &before)?, BEFORE)
        },
        ..Case::NEW
    },
];

/// Sets the registers for a call of a function that returns to the breakpoint: gives those that it returns with.
fn call_function(t: &Stopped, interrupted: &Registers) -> Flow<Registers> {
    const LINK: usize = 30;
    let calls = interrupted.with(arch::IP, label::STRAIGHT).with(arch::ARGS[0], ARGUMENT);
    let place = label::BREAKPOINT + arch::BREAKPOINT_ADVANCE;
    if !IS_X86 {
        let calls = calls.with(LINK, label::BREAKPOINT);
        t.set_registers(&calls)?;
        return Ok(calls.with(arch::IP, place));
    }
    let sp = (interrupted.sp() - RED_ZONE) / 16 * 16 - 8;
    t.set_memory(sp, &[label::BREAKPOINT])?;
    let calls = calls.with(arch::SP, sp).with(arch::NUMBER, u64::MAX);
    t.set_registers(&calls)?;
    Ok(calls.with(arch::IP, place).with(arch::RESULT, ARGUMENT).with(arch::SP, sp + 8))
}

/// Has the tracee make getpid(2) in place of what it was about to do: gives its exit-stop.
fn inject_getpid(t: Stopped, interrupted: &Registers) -> Flow<Stopped> {
    let number = Syscall::GETPID.number;
    let makes = interrupted.with(arch::IP, label::SYSCALL_INSTRUCTION);
    let makes = if IS_X86 {
        makes.with(arch::RESULT, number).with(arch::NUMBER, u64::MAX)
    } else {
        makes.with(arch::NUMBER, number)
    };
    t.set_registers(&makes)?;
    let t = t.syscall()?.expect(REWOUND, Stop::SyscallEnter)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
    let registers = t.registers()?;
    let (pid, result) = (ReturnPid(t.pid as u64), ReturnPid(registers.result()));
    t.check(REWOUND, "result of the injected call", pid, result);
    let made = interrupted.with(arch::IP, label::SYSCALL_RETURN).with(arch::NUMBER, number);
    let mut differing = made.with(arch::RESULT, registers.result()).differing(&registers);
    // It marks the exit-stop.
    differing.retain(|name| *name != "x7");
    t.check(REWOUND, "other registers changed", vec![], differing);
    Ok(t)
}
