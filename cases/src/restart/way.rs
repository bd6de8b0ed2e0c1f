//! The program around an interrupted call, the way to its stops, and what is seen at them.

use super::calls::{Call, FUTEX, TIME};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, ReturnPid};

/// The clauses that promise the stops and the end.
pub(super) const ENTER: &str = "sysstop.entry";
pub(super) const EXIT: &str = "sysstop.exit-on-signal";
pub(super) const SIGNAL: &str = "stop.signal.every-delivery-stops";
pub(super) const END: &str = "wait.macro.exited";
/// The clause about the code that the exit-stop shows.
pub(super) const CODE: &str = "restart.code";
/// The clause about what becomes of a call when no handler runs.
pub(super) const GOES_ON: &str = "restart.without-handler";
pub(super) const X86: &str = "restore.restart-x86";
pub(super) const ARM64: &str = "restore.restart-arm64";
/// The clause about the registers at the stops before the restart.
pub(super) const BEFORE: &str = if IS_X86 { X86 } else { ARM64 };
pub(super) const IS_X86: bool = cfg!(target_arch = "x86_64");

/// The signal that interrupts.
pub(super) const INTERRUPTS: Signal = Signal::USR1;
/// The signal whose handler ends what nothing else does.
const WAKES: Signal = Signal::USR2;

/// The variant's call; the signal that interrupts it has its default action.
pub(super) fn program(p: &mut Program) {
    around_the_call(p, |_| ());
}

/// The variant's call, behind what `sets` does about the signal.
///
/// A signal marks the place in front of the call. Its handler returns there, so that restart_syscall(2) has
/// nothing to restart, which a new task otherwise inherits.
pub(super) fn around_the_call(p: &mut Program, sets: fn(&mut Program)) {
    sets(p);
    p.handle(WAKES, 0);
    let call: Call = p.pick();
    let makes = call.prepare(p);
    p.raise(WAKES);
    makes(p);
    p.exit(3);
}

/// From the start to the enter-stop of the call.
pub(super) fn to_call(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(SIGNAL, Stop::Signal(WAKES))?;
    // Both stops of rt_sigreturn(2).
    let t = t.resume(Resume::Syscall, WAKES)?.expect(ENTER, Stop::SyscallEnter)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// From the enter-stop to the exit-stop of the call, which this signal interrupts.
///
/// It is pending when the call begins: each of them looks for pending signals before it sleeps.
pub(super) fn to_exit(t: Stopped, signal: Signal) -> Flow<Stopped> {
    t.kill(signal)?;
    t.syscall()?.expect(EXIT, Stop::SyscallExit)
}

/// From the start to the signal's stop: also gives the registers of the enter-stop.
pub(super) fn to_signal(t: Stopped) -> Flow<(Stopped, Registers)> {
    let t = to_call(t)?;
    let before = t.registers()?;
    let t = to_exit(t, INTERRUPTS)?;
    Ok((t.syscall()?.expect(SIGNAL, Stop::Signal(INTERRUPTS))?, before))
}

/// At the exit-stop: the code, and all else as in front of the call.
pub(super) fn check_exit(t: &Stopped, before: &Registers) -> Flow<Registers> {
    let call: Call = t.pick()?;
    let registers = t.registers()?;
    t.check(CODE, "result register", call.code(), Return(registers.result()));
    t.check(CODE, "instruction pointer", Address(label::SYSCALL_RETURN), Address(registers.ip()));
    t.check(CODE, "number", call.syscall().number, number(t, &registers)?);
    let changed = if IS_X86 { vec!["rax"] } else { vec!["x0", "x7"] };
    t.check(CODE, "registers changed since entry", changed, before.differing(&registers));
    Ok(registers)
}

/// At a stop of the signal path: x86_64 has decided nothing, aarch64 is in front of the call again.
pub(super) fn check_before_restart(t: &Stopped, before: &Registers) -> Flow<Registers> {
    let call: Call = t.pick()?;
    let registers = t.registers()?;
    let (place, kept, result, changed) = if IS_X86 {
        (label::SYSCALL_RETURN, call.syscall().number, call.code(), vec!["rax"])
    } else {
        (label::SYSCALL_INSTRUCTION, u64::MAX, Return(before.arg(0)), vec!["pc"])
    };
    // The first argument of wait4(2) is a task's id.
    if call == Call::Wait4 {
        t.check(BEFORE, "result register", ReturnPid(result.0), ReturnPid(registers.result()));
    } else {
        t.check(BEFORE, "result register", result, Return(registers.result()));
    }
    t.check(BEFORE, "instruction pointer", Address(place), Address(registers.ip()));
    t.check(BEFORE, "number", kept, number(t, &registers)?);
    // x7 marks an enter-stop; it is the program's again here.
    let mut differing = before.differing(&registers);
    differing.retain(|name| *name != "x7");
    t.check(BEFORE, "registers changed since entry", changed, differing);
    Ok(registers)
}

/// The number of the call at hand, from these registers where it is one of them.
pub(super) fn number(t: &Stopped, registers: &Registers) -> Flow<u64> {
    if IS_X86 { Ok(registers.words[arch::NUMBER]) } else { t.syscall_number() }
}

/// Says that no call is under way, in registers that have just been read.
pub(super) fn set_no_number(t: &Stopped, registers: &Registers) -> Flow {
    if IS_X86 {
        t.set_registers(&registers.with(arch::NUMBER, u64::MAX))
    } else {
        t.set_syscall_number(u64::MAX)
    }
}

/// `PTRACE_SYSCALL` to the enter-stop of this call, which has all registers of the interrupted one but the number.
pub(super) fn enters(t: Stopped, clause: &str, syscall: Syscall, before: &Registers) -> Flow<Stopped> {
    entered(t.syscall()?.expect(clause, Stop::SyscallEnter)?, clause, syscall, before)
}

/// At that enter-stop.
pub(super) fn entered(t: Stopped, clause: &str, syscall: Syscall, before: &Registers) -> Flow<Stopped> {
    let registers = t.registers()?;
    t.check(clause, "number made again", syscall.number, number(&t, &registers)?);
    let same = before.with(arch::NUMBER, syscall.number).differing(&registers);
    t.check(clause, "registers unlike the interrupted call's", vec![], same);
    Ok(t)
}

/// From the enter-stop of the call made again, or continued, to the end of the program: something lets it finish.
pub(super) fn finish(t: Stopped, clause: &str) -> Flow {
    let call: Call = t.pick()?;
    let step = call.syscall().name;
    let mut result = Return(0);
    match call {
        Call::Clone => return made(t, clause),
        Call::Read | Call::Wait4 => return killed(t, clause, call),
        Call::Futex | Call::FutexTimed => {
            t.set_word(FUTEX, 1);
            result = Return::error(Errno(libc::EAGAIN));
        }
        Call::Ppoll | Call::Pselect6 | Call::Until => t.set_word(TIME, 0),
        Call::Sigsuspend | Call::Nanosleep | Call::ClockNanosleep => return woken(t, clause),
    }
    t.set_word(TIME + 1, 0);
    t.cont()?.ends(END, Gone::Exited(3))?.check_saw(clause, step, Some(result))
}

/// A handler ends the call.
pub(super) fn woken(t: Stopped, clause: &str) -> Flow {
    t.kill(WAKES)?;
    let step = t.pick::<Call>()?.syscall().name;
    let t = t.cont()?.expect(SIGNAL, Stop::Signal(WAKES))?;
    let task = t.resume(Resume::Cont, WAKES)?.ends(END, Gone::Exited(3))?;
    task.check_saw(clause, step, Some(Return::error(Errno::EINTR)))
}

/// The end of the child ends the call.
fn killed(t: Stopped, clause: &str, call: Call) -> Flow {
    let child = t.made("clone", "child")?;
    child.kill(Signal::KILL)?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    if call == Call::Read {
        task.check_saw(clause, "read", Some(Return(0)))?;
    }
    task.check_saw_pid(clause, "wait4", &child)?;
    child.reaped_by_parent();
    Ok(())
}

/// The child was made, once, and the program has waited for it.
fn made(t: Stopped, clause: &str) -> Flow {
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    let (child, waited) = (task.saw("clone")?, task.saw("wait4")?);
    task.check(clause, "the child made is the one waited for", true, child == waited && child.is_some());
    task.check(clause, "clone has made a child", true, child.is_some_and(|id| (id as i64) > 0));
    Ok(())
}

/// To the end: nothing is restarted, and the program gets this result.
pub(super) fn ends_with(t: Stopped, clause: &str, result: Return) -> Flow {
    ends_by(t, Signal::NONE, clause, result)
}

/// The same with a signal that is delivered.
pub(super) fn ends_by(t: Stopped, signal: Signal, clause: &str, result: Return) -> Flow {
    let call: Call = t.pick()?;
    let has_child = matches!(call, Call::Read | Call::Wait4);
    let child = if has_child { Some(t.made("clone", "child")?) } else { None };
    if let Some(child) = &child {
        // The program waits for it in its next step, or leaves it to us.
        child.kill(Signal::KILL)?;
    }
    let task = t.resume(Resume::Cont, signal)?.ends(END, Gone::Exited(3))?;
    task.check_saw(clause, call.syscall().name, Some(result))?;
    if let (Call::Read, Some(child)) = (call, child) {
        child.reaped_by_parent();
    }
    Ok(())
}
