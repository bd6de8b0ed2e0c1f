//! Tracers that a filter tells of the calls they want: strace with `--seccomp-bpf`, and rr where it records.

use super::{END, STOPS, check_entered, check_kept, check_registers, check_same};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const EVENT: &str = "opt.traceseccomp.stop";
const LIKE: &str = "opt.traceseccomp.like-entry-stop";
const EXITS: &str = "secstop.syscall-gives-exit";
const AGAIN: &str = "restore.exit-stop-restart-code";
/// What the filter says of a call that is wanted.
const DATA: u32 = 0x2a;
const FILTERED: Case = Case {
    needs: &[Need::SeccompFilter],
    options: options::TRACESYSGOOD | options::TRACESECCOMP,
    axes: &[ANY_START],
    ..Case::NEW
};

/// Words of the program: what it writes into the pipe; where it reads to; where the tracer has that read instead.
const SOURCE: usize = 8;
const BUFFER: usize = 9;
const SCRATCH: usize = 10;
const VALUE: u64 = 0x1234_5678_9abc_def0;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "strace_seccomp_bpf",
        title: "Only the calls that the filter names stop: PTRACE_CONT leads to the next one's event, PTRACE_SYSCALL to its exit-stop.",
        clauses: &[EVENT, LIKE, EXITS, END, "opt.traceseccomp.msg", "sysinfo.field-op"],
        program: |p| {
            p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE | DATA);
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::GETPPID, &[0; 0]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::GETPPID, &[0; 0]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for (step, result) in [("umask", None), ("umask_2", Some(0o22)), ("umask_3", Some(0o77))] {
                let at = to_event(t.cont()?, Syscall::UMASK)?;
                let registers = check_entered(&at, LIKE, Syscall::UMASK.number)?;
                let given = at.given(step)?.map(Word);
                at.check(LIKE, "arguments", true, registers.args().map(Word) == given);
                t = at.syscall()?.expect(EXITS, Stop::SyscallExit)?;
                let found = t.registers()?.result();
                t.check(EXITS, "result", result.map_or(Return(found), Return), Return(found));
            }
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(EXITS, "umask_2", Some(Return(0o22)))?;
            task.check_saw(EXITS, "umask_3", Some(Return(0o77)))
        },
        ..FILTERED
    },
    Case {
        name: "strace_seccomp_bpf_restarts",
        title: "A call that a signal interrupts between its event and its exit-stop has both once more when it is made again, and nothing else stops but for the signal.",
        clauses: &[EVENT, LIKE, STOPS, AGAIN, END, "opt.traceseccomp.msg", "sysinfo.field-op"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.filter(Syscall::PPOLL, libc::SECCOMP_RET_TRACE | DATA);
            p.sleep();
            p.exit(3);
        },
        scenario: |t| {
            let t = interrupted(to_event(t.cont()?, Syscall::PPOLL)?)?;
            let t = interrupted(to_event(t.cont()?, Syscall::PPOLL)?)?;
            let task = t.resume(Resume::Cont, Signal::USR1)?.ends(END, Gone::Exited(3))?;
            let handled = (1, (Signal::USR1, libc::SI_USER));
            let (times, signal, code) = task.handled();
            task.check(STOPS, "runs of the handler, and what it got", handled, (times, (signal, code)));
            task.check_saw(AGAIN, "ppoll", Some(Return::error(Errno::EINTR)))
        },
        ..FILTERED
    },
    Case {
        name: "rr_reads_into_scratch_memory",
        title: "At the event the tracer has the call use memory of its own; at the exit-stop it copies what came there and puts the argument back, and the program has both as if nothing had been.",
        clauses: &[
            EVENT,
            LIKE,
            EXITS,
            END,
            "secstop.change-args",
            "opt.traceseccomp.msg",
            "sysinfo.field-op",
        ],
        program: |p| {
            let ends = p.data(&[0, 0]);
            p.call(Syscall::PIPE2, &[ends, 0]);
            // Two ints: a call that takes one sees the lower half of a word.
            let (reads, writes) = (p.load(ends), p.load(ends + 4));
            p.filter(Syscall::READ, libc::SECCOMP_RET_TRACE | DATA);
            p.store(Program::shared(SOURCE), VALUE);
            p.call(Syscall::WRITE, &[Arg::from(writes), Program::shared(SOURCE).into(), 8.into()]);
            p.call(Syscall::READ, &[Arg::from(reads), Program::shared(BUFFER).into(), 8.into()]);
            p.load(Program::shared(BUFFER));
            p.exit(3);
        },
        scenario: scratch,
        ..FILTERED
    },
];

/// The event of this call, with all that is told there.
fn to_event(t: Running, call: Syscall) -> Flow<Stopped> {
    let t = t.expect(EVENT, Stop::Event(Event::SECCOMP))?;
    t.check("opt.traceseccomp.msg", "event message", Ok(DATA.into()), t.message());
    let told = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
    t.check("sysinfo.field-op", "op", info::SECCOMP, told.op());
    t.check(LIKE, "number", call.number, told.number());
    t.check(LIKE, "data of the filter", DATA, told.ret_data());
    Ok(t)
}

/// From the event into the call, which a signal ends: first the exit-stop, then the signal's.
fn interrupted(t: Stopped) -> Flow<Stopped> {
    let before = t.steady_registers(LIKE)?;
    let t = t.syscall()?;
    t.await_state(&['S'])?;
    t.kill(Signal::USR1)?;
    let t = t.expect(AGAIN, Stop::SyscallExit)?;
    let behind = before.with(arch::RESULT, Errno::ERESTARTNOHAND.as_result());
    check_registers(&t, AGAIN, "registers otherwise at the exit-stop", &behind)?;
    t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))
}

fn scratch(t: Stopped) -> Flow {
    const CHANGED: &str = "secstop.change-args";
    let t = to_event(t.cont()?, Syscall::READ)?;
    let before = t.steady_registers(LIKE)?;
    t.check(LIKE, "where it reads to", Program::shared(BUFFER), before.arg(1));
    t.set_registers(&before.with(arch::ARGS[1], Program::shared(SCRATCH)))?;
    let t = t.syscall()?.expect(EXITS, Stop::SyscallExit)?;
    let behind: Registers = t.registers()?;
    let made = before.with(arch::ARGS[1], Program::shared(SCRATCH)).with(arch::RESULT, 8);
    check_same(&t, CHANGED, "registers otherwise at the exit-stop", &behind, &made);
    t.check(CHANGED, "word in the program's buffer", Word(0), Word(t.memory(Program::shared(BUFFER), 1)?[0]));
    let read = t.memory(Program::shared(SCRATCH), 1)?;
    t.check(CHANGED, "word in the scratch memory", Word(VALUE), Word(read[0]));
    t.set_memory(Program::shared(BUFFER), &read)?;
    t.set_registers(&behind.with(arch::ARGS[1], before.arg(1)))?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    check_kept(&task, CHANGED, "read", &before.with(arch::RESULT, 8))?;
    task.check(CHANGED, "word that the program loads", Some(Word(VALUE)), task.saw("load_3")?.map(Word));
    Ok(())
}
