//! Another instruction pointer at the signal-delivery-stop of an interrupted call.

use super::calls::{CLASSES, Call};
use super::way::{
    BEFORE, END, ENTER, EXIT, IS_X86, SIGNAL, check_before_restart, enters, finish, program, set_no_number,
    to_signal,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, Return};

const MOVED: &str = if IS_X86 { "restart.moved-x86" } else { "restart.moved-arm64" };
const REWOUND: &str = "restore.rewound";

/// Whether the tracer says that no call is under way.
#[derive(Clone, Copy, PartialEq)]
enum Number {
    Kept,
    MinusOne,
}

impl Axis for Number {
    const VALUES: &'static [(&'static str, Self)] = &[("kept", Number::Kept), ("minusone", Number::MinusOne)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "redirected",
        title: "x86_64 moves a redirected instruction pointer back as if it were behind the call, unless the number is -1; aarch64 leaves it alone. Registers put back at the next signal stop restart the call.",
        clauses: &[
            SIGNAL,
            ENTER,
            EXIT,
            END,
            "restart.moved-x86",
            "restart.moved-arm64",
            "restore.restart-x86",
            "restore.restart-arm64",
        ],
        axes: &[ANY_START, CLASSES, axis::<Number>(&["kept", "minusone"])],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let interrupted = check_before_restart(&t, &before)?;
            let (call, number): (Call, Number) = (t.pick()?, t.pick()?);
            let moves = IS_X86 && number == Number::Kept;
            let back = if moves { arch::SYSCALL_LENGTH } else { 0 };
            let redirected = interrupted.with(arch::IP, label::BREAKPOINT + back);
            t.set_registers(&redirected)?;
            if number == Number::MinusOne {
                set_no_number(&t, &redirected)?;
            }
            let t = t.cont()?.expect(MOVED, Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            let place = label::BREAKPOINT + arch::BREAKPOINT_ADVANCE;
            t.check(MOVED, "place of the breakpoint", Address(place), Address(registers.ip()));
            let result = if moves { call.restarted().number } else { interrupted.result() };
            t.check(MOVED, "result register there", Return(result), Return(registers.result()));
            let expected = interrupted.with(arch::IP, place).with(arch::RESULT, result);
            // The breakpoint is no call.
            let expected = if IS_X86 { expected.with(arch::NUMBER, u64::MAX) } else { expected };
            t.check(MOVED, "other registers changed", vec![], expected.differing(&registers));
            t.set_registers(&interrupted)?;
            // aarch64 has forgotten by now what kind of restart it would have been.
            let again = if IS_X86 { call.restarted() } else { call.syscall() };
            finish(enters(t, BEFORE, again, &before)?, BEFORE)
        },
        ..Case::NEW
    },
    Case {
        name: "rewound_by_the_tracer",
        title: "A tracer that rewinds the interrupted call itself, instruction pointer at the call and the number in its register, has it made again from the beginning, of whatever class.",
        clauses: &[SIGNAL, ENTER, EXIT, END, REWOUND, "restore.restart-x86", "restore.restart-arm64"],
        axes: &[ANY_START, CLASSES],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let syscall: Syscall = t.pick::<Call>()?.syscall();
            let interrupted = check_before_restart(&t, &before)?;
            let rewound = interrupted.with(arch::IP, label::SYSCALL_INSTRUCTION);
            let made = rewound.with(arch::RESULT, syscall.number).with(arch::NUMBER, u64::MAX);
            t.set_registers(if IS_X86 { &made } else { &rewound })?;
            // aarch64 takes the place for its own doing, and goes on with restart_syscall.
            let again = if IS_X86 { syscall } else { t.pick::<Call>()?.restarted() };
            finish(enters(t, REWOUND, again, &before)?, REWOUND)
        },
        ..Case::NEW
    },
];
