//! `PTRACE_EVENT_EXEC`: inside a successful execve, when the old image is gone and nothing of the new one has run.

use super::look;
use super::tasks::{TRACED, to_first_stop};
use ptrace_conformance_harness::arch::{self, NAMES};
use ptrace_conformance_harness::case::{ANY_START, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Pid, Return};

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACEEXEC;
const STOPS: &str = "opt.traceexec.stop";
const SYSEMU: &str = "event.sysemu-from-event";

/// Registers that are not zero when a new image begins; its processor state aside, which has bits of its own.
const NOT_ZERO: &[&str] =
    if cfg!(target_arch = "x86_64") { &["rax", "orig_rax", "rip", "cs", "rsp", "ss"] } else { &["sp", "pc"] };

/// What the result register holds at the event: execve's arguments are gone, and aarch64 had the first there.
const RESULT: u64 = arch::result_inside_call(&[0; 6]);

/// The number at the event, although the program called execveat(2).
const NUMBER: u64 =
    if cfg!(target_arch = "x86_64") { Syscall::EXECVE.number } else { Syscall::EXECVEAT.number };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exec_status",
        title: "A successful execve stops with PTRACE_EVENT_EXEC in wait status and si_code.",
        clauses: &[STOPS, "event.status-encoding", "event.siginfo", "inside.siginfo-own-id"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            look::status(&t, Event::EXEC);
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_message",
        title: "The event message of an execve by the process's leader is its own id.",
        clauses: &[STOPS, "opt.traceexec.msg-former-tid"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let message = t.message().map(|id| Pid(id as i32));
            t.check("opt.traceexec.msg-former-tid", "event message", Ok(Pid(t.pid)), message);
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_of_a_thread",
        title: "When another thread executes, the event comes under the leader's id, with the thread's former id as message.",
        clauses: &[
            STOPS,
            "event.clone.position",
            TRACED,
            "event.exec.msg",
            "opt.traceexec.tid-reset-first",
            "death.no-report-exec-thread",
        ],
        options: OPTIONS | options::TRACECLONE,
        program: |p| {
            p.clone_task(THREAD, "thread", program);
            p.sleep();
        },
        scenario: |t| {
            let t = t.cont()?.expect("event.clone.position", Stop::Event(Event::CLONE))?;
            let thread = to_first_stop(t.new_task("thread")?)?;
            let former = Pid(thread.pid);
            let leader = t.cont()?;
            let thread = thread.cont()?;
            let t = leader.expect("opt.traceexec.tid-reset-first", Stop::Event(Event::EXEC))?;
            let message = t.message().map(|id| Pid(id as i32));
            t.check("event.exec.msg", "event message", Ok(former), message);
            let report = thread.poll();
            t.check("death.no-report-exec-thread", "report of the former id", Err(Errno::ECHILD), report);
            thread.renamed();
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_registers",
        title: "At the event the registers are the new image's, all zero but pointers and, on x86_64, -ENOSYS as result.",
        clauses: &[STOPS, "event.exec.registers", "event.exec.inside-call", "event.exec.number"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let registers = t.registers()?;
            t.check(
                "event.exec.registers",
                "instruction pointer",
                Address(label::START),
                Address(registers.ip()),
            );
            let filled =
                (0..NAMES.len()).filter(|&index| index != arch::FLAGS && registers.words[index] != 0);
            let filled: Vec<_> = filled.map(|index| NAMES[index]).collect();
            t.check("event.exec.registers", "registers not zero", NOT_ZERO.to_vec(), filled);
            t.check("event.exec.inside-call", "result register", Return(RESULT), Return(registers.result()));
            t.check("event.exec.number", "number", NUMBER, t.syscall_number()?);
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_syscall_info",
        title: "PTRACE_GET_SYSCALL_INFO takes the event for no syscall-stop, although it is inside execve.",
        clauses: &[STOPS, "sysinfo.none-elsewhere", "sysinfo.common-fields-all-ops"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            look::no_syscall_info(&t)?;
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_then_run",
        title: "From the event PTRACE_CONT and PTRACE_DETACH let the new image run; no exit-stop and no SIGTRAP come.",
        clauses: &[STOPS, "inside.no-exit-stop", "exec.traceexec-no-legacy-sigtrap"],
        axes: &[ANY_START, axis::<Resume>(&["cont", "detach"])],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let how: Resume = t.pick()?;
            let task =
                t.resume(how, Signal::NONE)?.ends("exec.traceexec-no-legacy-sigtrap", Gone::Exited(7))?;
            task.check_saw("inside.no-exit-stop", "execveat", None)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_then_syscall",
        title: "From the event PTRACE_SYSCALL leads to the exit-stop of execve, where the result is 0.",
        clauses: &[STOPS, "inside.exit-stop-follows", "event.exec.position", "event.exec.number"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            t.check("event.exec.position", "result register", Return(0), Return(t.registers()?.result()));
            t.check("event.exec.number", "number", NUMBER, t.syscall_number()?);
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_under_syscall",
        title: "Under PTRACE_SYSCALL a successful execve gives three stops: enter-stop, event, exit-stop.",
        clauses: &[STOPS, "sysstop.sequence", "event.exec.position"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.sequence", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("event.exec.position", Stop::Event(Event::EXEC))?;
            let t = t.syscall()?.expect("sysstop.sequence", Stop::SyscallExit)?;
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_then_singlestep",
        title: "From the event PTRACE_SINGLESTEP ends execve: SIGTRAP in front of the new image's first instruction.",
        clauses: &[STOPS, "inside.step-traps-at-return"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let t = t.resume(Resume::Singlestep, Signal::NONE)?;
            let t = t.expect("inside.step-traps-at-return", Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            t.check(
                "inside.step-traps-at-return",
                "instruction pointer",
                Address(label::START),
                Address(registers.ip()),
            );
            t.check("inside.step-traps-at-return", "result register", Return(0), Return(registers.result()));
            t.cont()?.ends(STOPS, Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_then_sysemu",
        title: "From the event PTRACE_SYSEMU completes execve and stops at the new image's first call instead of making it.",
        clauses: &[STOPS, SYSEMU],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            let t = t.resume(Resume::Sysemu, Signal::NONE)?.expect(SYSEMU, Stop::SyscallEnter)?;
            t.check(SYSEMU, "number", Syscall::MMAP.number, t.syscall_number()?);
            t.kill(Signal::KILL)?;
            t.left_alone().ends(SYSEMU, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_with_a_signal",
        title: "A signal given when resuming from the event is dropped.",
        clauses: &[STOPS, "inside.signal-dropped"],
        options: OPTIONS,
        program,
        scenario: |t| {
            let t = to_event(t)?;
            t.resume(Resume::Cont, Signal::USR1)?.ends("inside.signal-dropped", Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_failed",
        title: "An execve that fails gives no event, and the program sees its error.",
        clauses: &["opt.traceexec.no-event-on-failure"],
        options: OPTIONS,
        program: |p| {
            let empty = p.data(&[0]);
            p.call(Syscall::EXECVEAT, &[u64::MAX, empty, 0, 0, libc::AT_EMPTY_PATH as u64]);
            p.exit(3);
        },
        scenario: |t| {
            let clause = "opt.traceexec.no-event-on-failure";
            let task = t.cont()?.ends(clause, Gone::Exited(3))?;
            task.check_saw(clause, "execveat", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
    Case {
        name: "exec_without_the_option",
        title: "Without PTRACE_O_TRACEEXEC an execve sends an ordinary SIGTRAP, but none to a seized tracee.",
        clauses: &[
            "exec.legacy-sigtrap",
            "exec.legacy-sigtrap-not-seized",
            "exec.legacy-sigtrap-si-user",
            "seize.no-exec-sigtrap",
        ],
        program,
        scenario: |t| {
            if t.start == Start::Seize {
                t.cont()?.ends("seize.no-exec-sigtrap", Gone::Exited(7))?;
                return Ok(());
            }
            let t = t.cont()?.expect("exec.legacy-sigtrap", Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            t.check("exec.legacy-sigtrap", "result register", Return(0), Return(registers.result()));
            t.check(
                "exec.legacy-sigtrap",
                "instruction pointer",
                Address(label::START),
                Address(registers.ip()),
            );
            let code = t.siginfo().map(|siginfo| siginfo.code);
            t.check("exec.legacy-sigtrap-si-user", "si_code", Ok(libc::SI_USER), code);
            t.cont()?.ends("exec.legacy-sigtrap-not-seized", Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Executes itself; the new image exits with 7.
fn program(p: &mut Program) {
    p.exec(|image| {
        image.exit(7);
    });
}

fn to_event(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Event(Event::EXEC))
}
