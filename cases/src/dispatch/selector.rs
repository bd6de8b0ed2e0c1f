//! The selector: a byte of the program's memory that decides about each call.

use super::{
    ALL, ALLOW, ARGUMENTS, BLOCK, BY_PROGRAM, BY_TRACER, CALL, DECIDES, END, ON, PASSED, SELECTOR, STOPS,
    WORD, arm, check_made, check_siginfo, ends_without_it, to_sigsys,
};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info::EXIT;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::{Return, Word};

const KILLS: &str = "sud.selector-invalid-kills";
const UNREADABLE: &str = "sud.selector-unreadable-kills";
const SET: &str = "sud.rst.ptrace-set";
const OF_TRACER: &str = "uapi.sud.selector-invalid-sigsegv";
const UNPAIRED: &str = "sud.fatal-exit-stop";
const NULL: &str = "sud.selector-null-blocks";

/// What the selector's byte is when the call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    Allow,
    Block,
    Two,
    Last,
}

impl Axis for Byte {
    const VALUES: &'static [(&'static str, Self)] =
        &[("allow", Byte::Allow), ("block", Byte::Block), ("two", Byte::Two), ("last", Byte::Last)];
}

impl Byte {
    const fn value(self) -> u64 {
        match self {
            Byte::Allow => ALLOW,
            Byte::Block => BLOCK,
            Byte::Two => 2,
            Byte::Last => 0xff,
        }
    }
}

/// An address in the first page, which is never mapped.
const UNMAPPED: u64 = 8;

/// A selector that is neither, for a call behind a breakpoint.
fn badly_selected(p: &mut Program) {
    let byte: Byte = p.pick();
    p.handle(Signal::SYS, 0);
    arm(p, ALL);
    p.breakpoint();
    p.store(SELECTOR, byte.value());
    p.call(CALL, &ARGUMENTS);
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "selector_decides",
        title: "The selector's byte allows a call or turns it into SIGSYS, from call to call; the bytes beside it do not matter.",
        clauses: &[STOPS, PASSED, DECIDES, END],
        axes: &[ANY_START, axis::<Byte>(&["allow", "block"])],
        program: |p| {
            let byte: Byte = p.pick();
            arm(p, ALL);
            p.store(SELECTOR, 0xffff_ff00 | byte.value());
            p.call(CALL, &ARGUMENTS);
            p.store(SELECTOR, ALLOW);
            p.exit(3);
        },
        scenario: |t| {
            if t.pick::<Byte>()? == Byte::Block {
                return ends_without_it(to_sigsys(t)?);
            }
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_made(&task, DECIDES)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "selector_written_by_the_tracer",
        title: "A selector that the tracer writes is the one that decides the next call.",
        clauses: &[STOPS, PASSED, DECIDES, END],
        program: |p| {
            arm(p, ALL);
            p.breakpoint();
            p.call(CALL, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(DECIDES, Stop::Signal(Signal::TRAP))?;
            let memory = t.peek(SELECTOR);
            t.check(DECIDES, "selector", Ok(ALLOW), memory.map(|word| word & 0xff));
            t.must("PTRACE_POKEDATA", t.poke(SELECTOR, BLOCK))?;
            let t = to_sigsys(t)?;
            t.set_word(WORD, ALLOW);
            ends_without_it(t)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "any_other_selector_kills",
        title: "With any other selector the call kills as SIGSYS does, without a signal-delivery-stop and whatever the program does about SIGSYS.",
        clauses: &[KILLS],
        axes: &[ANY_START, axis::<Byte>(&["two", "last"])],
        program: badly_selected,
        scenario: |t| {
            let t = t.cont()?.expect(KILLS, Stop::Signal(Signal::TRAP))?;
            let task = t.cont()?.ends(KILLS, Gone::Killed(Signal::SYS, false))?;
            task.check(KILLS, "runs of the handler", 0, task.handled().0);
            task.check_saw(KILLS, CALL.name, None)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "exit_stop_without_entry",
        title: "Under PTRACE_SYSCALL the call that such a selector kills for has an exit-stop without an enter-stop; the number is there, the call was not made.",
        clauses: &[KILLS, UNPAIRED],
        axes: &[ANY_START, axis::<Byte>(&["two", "last"])],
        needs: &[Need::Kernel(5, 16)],
        program: badly_selected,
        scenario: |t| {
            let t = t.cont()?.expect(KILLS, Stop::Signal(Signal::TRAP))?;
            let t = t.syscall()?.expect(UNPAIRED, Stop::SyscallExit)?;
            let info = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check(UNPAIRED, "op", EXIT, info.op());
            let registers = t.registers()?;
            t.check(UNPAIRED, "number", CALL.number, registers.words[arch::NUMBER]);
            t.check(UNPAIRED, "result register", Return::error(Errno::ENOSYS), Return(registers.result()));
            t.check(UNPAIRED, "arguments", ARGUMENTS.map(Word), registers.args().map(Word));
            let task = t.syscall()?.ends(KILLS, Gone::Killed(Signal::SYS, false))?;
            task.check_saw(KILLS, CALL.name, None)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "unreadable_selector_kills",
        title: "A selector that cannot be read kills as SIGSEGV does, at the first call and without a signal-delivery-stop.",
        clauses: &[UNREADABLE],
        program: |p| {
            p.handle(Signal::SEGV, 0);
            arm(p, SyscallUserDispatch { selector: UNMAPPED, ..ALL });
            p.call(CALL, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let task = t.cont()?.ends(UNREADABLE, Gone::Killed(Signal::SEGV, false))?;
            task.check(UNREADABLE, "runs of the handler", 0, task.handled().0);
            task.check_saw(UNREADABLE, CALL.name, None)
        },
        ..BY_PROGRAM
    },
    Case {
        name: "unreadable_selector_of_the_tracer",
        title: "A selector where nothing is mapped can be set by the tracer, and kills as SIGSEGV does at the first call.",
        clauses: &[SET, OF_TRACER],
        program: |p| {
            p.handle(Signal::SEGV, 0);
            p.breakpoint();
            p.call(CALL, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(SET, Stop::Signal(Signal::TRAP))?;
            let set = t.set_dispatch(SyscallUserDispatch { selector: UNMAPPED, ..ALL });
            t.check(SET, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", Ok(()), set);
            let task = t.cont()?.ends(OF_TRACER, Gone::Killed(Signal::SEGV, false))?;
            task.check(OF_TRACER, "runs of the handler", 0, task.handled().0);
            task.check_saw(OF_TRACER, CALL.name, None)
        },
        ..BY_TRACER
    },
    Case {
        name: "no_selector_blocks_every_call",
        title: "Without a selector every call is intercepted, also the next and the last.",
        clauses: &[STOPS, PASSED, NULL],
        program: |p| {
            arm(p, SyscallUserDispatch { mode: ON, selector: 0, offset: 0, length: 0 });
            p.call(CALL, &ARGUMENTS);
            p.call(CALL, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_sigsys(to_sigsys(t)?)?;
            let t = t.cont()?.expect(NULL, Stop::Signal(Signal::SYS))?;
            check_siginfo(&t, Syscall::EXIT_GROUP);
            t.resume(Resume::Cont, Signal::SYS)?.ends(NULL, Gone::Killed(Signal::SYS, false)).map(drop)
        },
        ..BY_PROGRAM
    },
];
