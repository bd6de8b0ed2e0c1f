//! The images that the family's programs execute, and the ways to the stops at their beginning.

use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// With the event of execve.
pub(super) const EXECS: u32 = options::TRACESYSGOOD | options::TRACEEXEC;
/// With that of new threads too.
pub(super) const THREADS: u32 = EXECS | options::TRACECLONE;

/// The clause that promises the event.
pub(super) const STOPS: &str = "opt.traceexec.stop";
/// The clause that promises the SIGTRAP without the option.
pub(super) const SIGTRAP: &str = "exec.legacy-sigtrap";
/// The clause that promises the end.
pub(super) const END: &str = "wait.macro.exited";

/// Exit code of a new image.
pub(super) const IMAGE_ENDS: u8 = 7;
pub(super) const ENDED: Gone = Gone::Exited(IMAGE_ENDS);

/// A new image that asks for its thread id and ends.
pub(super) fn asks_and_ends(image: &mut Program) {
    image.call(Syscall::GETTID, &[0; 0]);
    image.exit(IMAGE_ENDS.into());
}

/// Executes such an image.
pub(super) fn executes(p: &mut Program) {
    p.exec(asks_and_ends);
}

/// Unblocks all signals.
pub(super) fn unblock(p: &mut Program) {
    let none = p.data(&[0]);
    p.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_SETMASK as u64, none, 0, 8]);
}

/// `PTRACE_CONT` to the event.
pub(super) fn to_event(t: Stopped) -> Flow<Stopped> {
    event(t.cont()?)
}

/// The event.
pub(super) fn event(t: Running) -> Flow<Stopped> {
    t.expect(STOPS, Stop::Event(Event::EXEC))
}

/// The delivery-stop of execve's SIGTRAP: in front of the new image's first instruction, sent by the task itself.
pub(super) fn sigtrap(t: Running, clause: &str) -> Flow<Stopped> {
    let t = t.expect(clause, Stop::Signal(Signal::TRAP))?;
    let siginfo = t.siginfo().map(|siginfo| (siginfo.code, siginfo.pid == t.pid));
    t.check(
        "exec.legacy-sigtrap-si-user",
        "si_code, and si_pid is its own",
        Ok((libc::SI_USER, true)),
        siginfo,
    );
    Ok(t)
}

/// The number that is left at the beginning of a new image: aarch64's register for it is cleared.
const NUMBER: u64 = if cfg!(target_arch = "x86_64") { Syscall::EXECVE.number } else { 0 };
/// Which flags a new image begins with, of those that all processors and kernels have: interrupts enabled on x86_64.
const FLAGS: (u64, u64) = if cfg!(target_arch = "x86_64") { (!2, 0x200) } else { (0xf000_000f, 0) };

/// Nothing of the new image has run. Execve's result is 0, but that is not there yet at its event.
pub(super) fn check_at_start(t: &Stopped, clause: &str) -> Flow {
    let registers = t.registers()?;
    t.check(clause, "instruction pointer", Address(label::START), Address(registers.ip()));
    let result = if t.stop == Stop::Event(Event::EXEC) { arch::result_inside_call(&[0; 6]) } else { 0 };
    t.check(clause, "result register", Return(result), Return(registers.result()));
    t.check(clause, "number register", NUMBER, registers.words[arch::NUMBER]);
    t.check(clause, "flags", Word(FLAGS.1), Word(registers.words[arch::FLAGS] & FLAGS.0));
    Ok(())
}
