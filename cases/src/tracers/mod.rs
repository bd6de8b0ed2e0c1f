//! What real tracers do, step by step, and that the program does not notice.
//!
//! Other families check each request by itself; here a whole sequence of one tracer stands together, as that tracer
//! makes it, with every stop, register and siginfo on the way.

mod breakpoint;
mod breakpoints;
mod checkpoint;
mod checkpoint_kinds;
mod emulation;
mod filtered;
mod forks;
mod infcall;
mod parasite;
mod recording;
mod remote;
mod routine;
mod sigframe;
mod stopping;
mod strace;
mod tampering;
mod threads;
mod translation;
mod virtualization;

use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{Dimension, Family, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};

/// The family.
pub const FAMILY: Family = Family {
    name: "tracers",
    title: "Whole sequences of strace, debuggers, recorders, checkpointing and sandboxes, which the program does not notice",
    cases: &[
        strace::CASES,
        tampering::CASES,
        filtered::CASES,
        stopping::CASES,
        breakpoints::CASES,
        threads::CASES,
        forks::CASES,
        infcall::CASES,
        recording::CASES,
        remote::CASES,
        emulation::CASES,
        virtualization::CASES,
        translation::CASES,
        checkpoint::CASES,
        checkpoint_kinds::CASES,
    ],
};

const STOPS: &str = "stop.signal.reported-via-waitpid";
const END: &str = "wait.macro.exited";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";
const WRITTEN: &str = "regs.setregset-modifies";
const INTERRUPTED: &str = "interrupt.plain-event-stop";
const DETACHED: &str = "detach.ends-tracing";

const IS_X86: bool = cfg!(target_arch = "x86_64");

/// How the case's first task came under trace makes no difference to the one that the tracer comes to.
const ONE_START: Dimension = axis::<Start>(&["traceme"]);

/// Words of the program: it may go on; it is where it is awaited; wait status that a parent got, and at its first wait.
const ON: usize = 0;
const READY: usize = 1;
const STATUS: usize = 2;
const FIRST: usize = 3;

/// What a function is called with, and returns.
const ARGUMENT: u64 = 0x5a5a_0042;

/// A process that nobody traces, and its parent, which waits for its end and exits with 3. `SIGCHLD` is blocked: it
/// would be one more stop.
fn parent_of(p: &mut Program, child: impl FnOnce(&mut Program)) -> At {
    p.block(&[Signal::CHLD]);
    let child = p.fork("child", child);
    p.wait4(child, STATUS, 0);
    p.exit(3);
    child
}

/// The same of a child that stops itself, whose parent waits for that first.
fn parent_of_a_stopped_one(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let child = p.fork("child", |p| {
        p.raise(Signal::STOP);
        p.exit(7);
    });
    p.wait4(child, FIRST, libc::WUNTRACED);
    p.store(Program::shared(READY), 1);
    p.wait4(child, STATUS, 0);
    p.exit(3);
}

/// The parent and its child, which says that it is ready.
fn to_child(t: Stopped) -> Flow<(Running, Running)> {
    let parent = t.cont()?;
    let child = parent.made("fork", "child")?;
    parent.await_word(READY);
    Ok((parent, child))
}

/// That the parent has waited for the child, which ended with code 7.
fn check_reaped(parent: &Task, child: &Task) -> Flow {
    parent.check_saw_pid(DETACHED, "wait4", child)?;
    parent.check(DETACHED, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
    Ok(())
}

/// `PTRACE_SYSCALL` to the enter-stop of the next call, with its number.
fn to_enter(t: Stopped, number: u64) -> Flow<Stopped> {
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    check_entered(&t, ENTER, number)?;
    Ok(t)
}

/// That this is the enter-stop of a call of that number, without a result yet; gives its registers.
fn check_entered(t: &Stopped, clause: &str, number: u64) -> Flow<Registers> {
    let registers = t.registers()?;
    let told = if IS_X86 { registers.words[arch::NUMBER] } else { t.syscall_number()? };
    t.check(clause, "number", number, told);
    let not_yet = registers.result() == arch::result_inside_call(&registers.args());
    t.check(clause, "no result yet", true, not_yet);
    Ok(registers)
}

/// Whether that is what mmap(2) returns if it succeeds.
fn is_page(result: u64) -> bool {
    result != 0 && result.is_multiple_of(4096) && Errno::of_result(result).is_none()
}

/// `PTRACE_SYSCALL` from there to the exit-stop, with this result.
fn to_exit(t: Stopped, result: Return) -> Flow<Stopped> {
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    t.check(EXIT, "result", result, Return(t.registers()?.result()));
    Ok(t)
}

/// That the program has these registers behind the call of a step; on aarch64 x7 is another at a syscall-stop.
fn check_kept(task: &Task, clause: &str, step: &str, registers: &Registers) -> Flow {
    let saved = task.saved(step)?;
    let kept = |(name, word): &(&&str, u64)| **name == "x7" || registers.named(name) == Some(*word);
    let differ = arch::SAVED.iter().zip(saved).filter(|noted| !kept(noted)).map(|(name, _)| *name).collect();
    task.check(clause, "registers that the program has otherwise", vec![], differ);
    Ok(())
}

/// That registers are those expected, but for aarch64's x7, which marks syscall-stops.
fn check_registers(t: &Stopped, clause: &str, what: &str, expected: &Registers) -> Flow {
    check_same(t, clause, what, &t.registers()?, expected);
    Ok(())
}

/// The same of registers that have been read.
fn check_same(t: &Stopped, clause: &str, what: &str, found: &Registers, expected: &Registers) {
    let mut differing = found.differing(expected);
    differing.retain(|name| *name != "x7");
    t.check(clause, what, vec![], differing);
}
