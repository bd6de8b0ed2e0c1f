//! Tracers that make the tracee's calls themselves, on PTRACE_SYSEMU: rr's replay, User Mode Linux, gVisor.

use super::remote::{inside, prepared, remote_call};
use super::{END, ENTER, EXIT, STOPS, WRITTEN, check_entered, check_registers, check_same};
use crate::event_stops::tasks::first;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

const SKIPS: &str = "sysemu.stop-no-exec";
const RESULT: &str = "sysemu.emulation-result";
const FAULT: &str = "signal.sync-fault-thread-directed";
const TOLD: &str = "siginfo.get-at-signal-stop";
const POKED: &str = "mem.poke-readonly-mapping";
const AUTOMATIC: &str = "clone.clone-ptrace";

/// A place where nothing is mapped, and how long it is made.
const PLACE: u64 = 0x3000_0000;
const PAGE: u64 = 0x1_0000;
/// `si_code` of an address where nothing is mapped, and of one that may not be written.
const SEGV_MAPERR: i32 = 1;
const SEGV_ACCERR: i32 = 2;
const VALUE: u64 = 0x1234_5678_9abc_def0;
const OTHER: u64 = 0x0fed_cba9_8765_4321;
const BUFFER: usize = 8;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "rr_replays",
        title: "No call is made but the tracer's word is taken for each, result and memory; the last one, the program's end, is made after all: the registers put in front of it, and PTRACE_CONT.",
        clauses: &[SKIPS, RESULT, WRITTEN, END],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            // There is no such descriptor.
            p.call(Syscall::READ, &[99, Program::shared(BUFFER), 8]);
            p.load(Program::shared(BUFFER));
            p.call(Syscall::UMASK, &[0o77]);
            p.exit(3);
        },
        scenario: replays,
        ..Case::NEW
    },
    Case {
        name: "uml_serves_page_faults",
        title: "A load from a place where nothing is mapped stops with SIGSEGV; the tracer has the tracee map memory there and resumes without the signal: the load is made again and succeeds. So is a store that needs another protection.",
        clauses: &[STOPS, FAULT, TOLD, ENTER, EXIT, POKED, END],
        program: |p| {
            p.load(PLACE);
            p.store(PLACE, OTHER);
            p.load(PLACE);
            p.exit(3);
        },
        scenario: faults,
        ..Case::NEW
    },
    Case {
        name: "gvisor_runs_threads_of_a_stub",
        title: "A stub that has stopped itself is made to clone a thread with CLONE_PTRACE, which is a tracee without any option and begins with its own stop; both then have the registers and calls of other programs, whose calls PTRACE_SYSEMU reports and never makes, and whose faults stop them.",
        clauses: &[
            STOPS,
            ENTER,
            EXIT,
            SKIPS,
            RESULT,
            FAULT,
            TOLD,
            AUTOMATIC,
            "newtask.registers",
            "stop.signal.sigkill-no-stop",
        ],
        program: |p| {
            p.raise(Signal::STOP);
            p.exit(3);
        },
        scenario: stub,
        ..Case::NEW
    },
];

/// To the next call, which will not be made, and its registers.
fn to_call(t: Stopped, call: Syscall) -> Flow<(Stopped, Registers)> {
    let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(SKIPS, Stop::SyscallEnter)?;
    let registers = check_entered(&t, SKIPS, call.number)?;
    Ok((t, registers))
}

fn replays(t: Stopped) -> Flow {
    let mut t = t;
    let calls =
        [("getpid", Syscall::GETPID, 0x1234), ("read", Syscall::READ, 8), ("umask", Syscall::UMASK, 0o22)];
    for (step, call, result) in calls {
        let (at, registers) = to_call(t, call)?;
        let given = at.given(step)?.map(Word);
        at.check(SKIPS, "arguments", true, registers.args().map(Word) == given);
        if step == "read" {
            at.set_memory(registers.arg(1), &[VALUE])?;
        }
        at.set_registers(&registers.with(arch::RESULT, result))?;
        t = at;
    }
    let (t, registers) = to_call(t, Syscall::EXIT_GROUP)?;
    t.set_registers(&prepared(&registers, Syscall::EXIT_GROUP, &[3]))?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    for (step, _, result) in calls {
        task.check_saw(RESULT, step, Some(Return(result)))?;
    }
    task.check(WRITTEN, "word that the program loads", Some(Word(VALUE)), task.saw("load")?.map(Word));
    Ok(())
}

/// The fault, and all that is told of it.
fn check_fault(t: &Stopped, signal: Signal, code: i32, address: u64) {
    let told = t.siginfo();
    t.check(TOLD, "si_signo and si_code", Ok((signal, code)), told.map(|told| (told.signal, told.code)));
    t.check(TOLD, "si_addr", Ok(Address(address)), told.map(|told| Address(told.address)));
}

fn faults(t: Stopped) -> Flow {
    const ALONE: u64 = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as u64;
    const READABLE: u64 = libc::PROT_READ as u64;
    const WRITABLE: u64 = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let t = t.cont()?.expect(FAULT, Stop::Signal(Signal::SEGV))?;
    check_fault(&t, Signal::SEGV, SEGV_MAPERR, PLACE);
    let saved = t.steady_registers(STOPS)?;
    let args = [PLACE, PAGE, READABLE, ALONE, u64::MAX, 0];
    let (t, page) = remote_call(t, &saved, Syscall::MMAP, &args)?;
    t.check(EXIT, "what mmap returned", Address(PLACE), Address(page));
    t.set_memory(PLACE, &[VALUE])?;
    t.check(POKED, "word there", Ok(Word(VALUE)), t.peek(PLACE).map(Word));
    t.set_registers(&saved)?;
    let t = t.cont()?.expect(FAULT, Stop::Signal(Signal::SEGV))?;
    check_fault(&t, Signal::SEGV, SEGV_ACCERR, PLACE);
    let saved = t.steady_registers(STOPS)?;
    let (t, done) = remote_call(t, &saved, Syscall::MPROTECT, &[PLACE, PAGE, WRITABLE])?;
    t.check(EXIT, "what mprotect returned", Return(0), Return(done));
    t.set_registers(&saved)?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    let loaded = [task.saw("load")?, task.saw("load_2")?].map(|word| word.map(Word));
    task.check(FAULT, "words that the program loads", [Some(Word(VALUE)), Some(Word(OTHER))], loaded);
    Ok(())
}

fn stub(t: Stopped) -> Flow {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
    let saved = t.steady_registers(STOPS)?;
    let flags = THREAD | libc::CLONE_PTRACE as u64;
    let (t, id) = remote_call(t, &saved, Syscall::CLONE, &[flags, saved.sp(), 0, 0, 0])?;
    let thread = t.traced(id, "thread")?;
    let stop = first(thread.start);
    let thread = thread.expect(AUTOMATIC, stop)?;
    let begins = t.registers()?.with(arch::RESULT, 0);
    check_registers(&thread, "newtask.registers", "registers otherwise than its maker's", &begins)?;
    let (mut one, mut other) = (t, thread);
    for round in 0..2 {
        one = application(one, &saved, round)?;
        other = application(other, &saved, round + 2)?;
    }
    let (one, other) = (faults_too(one, &saved)?, faults_too(other, &saved)?);
    const KILLED: Gone = Gone::Killed(Signal::KILL, false);
    one.kill(Signal::KILL)?;
    other.left_alone().ends("stop.signal.sigkill-no-stop", KILLED)?;
    one.left_alone().ends("stop.signal.sigkill-no-stop", KILLED).map(drop)
}

/// A call of another program, with all registers that program's own.
fn application(t: Stopped, saved: &Registers, seed: u64) -> Flow<Stopped> {
    let value = |index: u64| 0x5a5a_0000 + 0x100 * seed + index;
    let args: [u64; 6] = std::array::from_fn(|index| value(index as u64));
    let calling = prepared(saved, Syscall::UMASK, &args);
    t.set_registers(&calling)?;
    let (t, found) = to_call(t, Syscall::UMASK)?;
    let inside = inside(&calling, &found, Syscall::UMASK);
    check_same(&t, SKIPS, "registers otherwise than the other program's", &found, &inside);
    t.set_registers(&found.with(arch::RESULT, value(6)))?;
    check_registers(&t, RESULT, "registers otherwise than written", &found.with(arch::RESULT, value(6)))?;
    Ok(t)
}

/// The other program executes what is no instruction.
fn faults_too(t: Stopped, saved: &Registers) -> Flow<Stopped> {
    const ILL: Signal = Signal(libc::SIGILL);
    /// `ILL_ILLOPN` of x86_64, `ILL_ILLOPC` of aarch64.
    const CODE: i32 = if super::IS_X86 { 2 } else { 1 };
    t.set_registers(&saved.with(arch::IP, label::ILLEGAL))?;
    let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(FAULT, Stop::Signal(ILL))?;
    check_fault(&t, ILL, CODE, label::ILLEGAL);
    Ok(t)
}
