//! Calls that return otherwise than to where they were made, or not at all.

use super::stops::{ENTER, EXIT, to_enter, to_exit};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

/// The number that reads behind an execveat(2) that succeeds: x86_64 pretends that it was an execve(2).
const NUMBER_BEHIND_EXEC: u64 =
    if cfg!(target_arch = "x86_64") { libc::SYS_execve as u64 } else { Syscall::EXECVEAT.number };

/// Ways on from the enter-stop of a call that ends the task.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Syscall,
    Cont,
    Singlestep,
    Sysemu,
}

impl Axis for Way {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("syscall", Way::Syscall),
        ("cont", Way::Cont),
        ("singlestep", Way::Singlestep),
        ("sysemu", Way::Sysemu),
    ];
}

impl Way {
    const fn resume(self) -> Resume {
        match self {
            Way::Syscall => Resume::Syscall,
            Way::Cont => Resume::Cont,
            Way::Singlestep => Resume::Singlestep,
            Way::Sysemu => Resume::Sysemu,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "exit_group_has_no_exit_stop",
        title: "exit_group has an enter-stop with its code as argument; death follows, however it is resumed.",
        clauses: &[ENTER, "sysstop.exit-call-dies"],
        axes: &[ANY_START, axis::<Way>(&["syscall", "cont", "singlestep", "sysemu"])],
        program: |p| {
            p.exit(7);
        },
        scenario: |t| {
            let way: Way = t.pick()?;
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            t.check(ENTER, "first argument", 7, t.registers()?.arg(0));
            t.resume(way.resume(), Signal::NONE)?.ends("sysstop.exit-call-dies", Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_has_no_exit_stop",
        title: "exit of the only thread has an enter-stop; death follows, however it is resumed.",
        clauses: &[ENTER, "sysstop.exit-call-dies"],
        axes: &[ANY_START, axis::<Way>(&["syscall", "cont", "singlestep", "sysemu"])],
        program: |p| {
            p.exit_thread(7);
        },
        scenario: |t| {
            let way: Way = t.pick()?;
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::EXIT.number, t.syscall_number()?);
            t.resume(way.resume(), Signal::NONE)?.ends("sysstop.exit-call-dies", Gone::Exited(7))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exit_code_changed",
        title: "The exit code that the tracer writes at the enter-stop of exit_group is the one waited for.",
        clauses: &[ENTER, "sysstop.exit-call-dies"],
        program: |p| {
            p.exit(7);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_register(arch::ARGS[0], 9)?;
            t.syscall()?.ends("sysstop.exit-call-dies", Gone::Exited(9))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_returns_in_the_new_image",
        title: "The exit-stop of an execve that succeeds is in the new image, with result 0.",
        clauses: &[
            ENTER,
            EXIT,
            "exec.returns-at-entry",
            "exec.number-behind",
            "sysinfo.exit-rval",
            "sysinfo.exit-is-error",
        ],
        program: |p| {
            p.exec(|p| {
                p.exit(4);
            });
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check(ENTER, "number", Syscall::EXECVEAT.number, t.syscall_number()?);
            let t = to_exit(t)?;
            let registers = t.registers()?;
            let entry = Address(label::START);
            t.check("exec.returns-at-entry", "instruction pointer", entry, Address(registers.ip()));
            t.check("exec.returns-at-entry", "result", Return(0), Return(registers.result()));
            t.check("exec.number-behind", "number", NUMBER_BEHIND_EXEC, t.syscall_number()?);
            let answer = t.syscall_info();
            t.check(
                "sysinfo.exit-rval",
                "op and rval",
                Ok((info::EXIT, 0)),
                answer.map(|info| (info.op(), info.rval())),
            );
            t.check("sysinfo.exit-is-error", "exit.is_error", Ok(0), answer.map(|info| info.is_error()));
            let task = past_legacy_trap(t, EXIT)?.cont()?.ends(ENTER, Gone::Exited(4))?;
            task.check_saw("exec.returns-at-entry", "execveat", None)
        },
        ..Case::NEW
    },
    Case {
        name: "exec_legacy_sigtrap",
        title: "Behind the exit-stop of execve a tracee has an ordinary SIGTRAP, unless it was seized.",
        clauses: &[
            ENTER,
            EXIT,
            "exec.legacy-sigtrap",
            "exec.legacy-sigtrap-not-seized",
            "exec.legacy-sigtrap-si-user",
        ],
        program: |p| {
            p.exec(|p| {
                p.exit(4);
            });
        },
        scenario: |t| {
            let t = to_exit(to_enter(t)?)?;
            if t.start != Start::Seize {
                let t = t.syscall()?.expect("exec.legacy-sigtrap", Stop::Signal(Signal::TRAP))?;
                let code = t.siginfo().map(|siginfo| siginfo.code);
                t.check("exec.legacy-sigtrap-si-user", "si_code", Ok(libc::SI_USER), code);
                let ip = Address(t.registers()?.ip());
                t.check("exec.legacy-sigtrap", "instruction pointer", Address(label::START), ip);
                t.syscall()?.expect(ENTER, Stop::SyscallEnter)?.cont()?.ends(ENTER, Gone::Exited(4))?;
            } else {
                let t = t.syscall()?.expect("exec.legacy-sigtrap-not-seized", Stop::SyscallEnter)?;
                t.cont()?.ends("exec.legacy-sigtrap-not-seized", Gone::Exited(4))?;
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "exec_that_fails",
        title: "An execve that fails returns to where it was made like any other call, without SIGTRAP.",
        clauses: &[ENTER, EXIT, "exec.legacy-sigtrap-failed-exec"],
        program: |p| {
            let nowhere = p.data(&[u64::from_le_bytes(*b"/absent\0"), 0]);
            p.call(Syscall::EXECVEAT, &[u64::MAX, nowhere, nowhere + 8, nowhere + 8, 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_exit(to_enter(t)?)?;
            let failed = Return::error(Errno::ENOENT);
            let registers = t.registers()?;
            t.check("exec.legacy-sigtrap-failed-exec", "result", failed, Return(registers.result()));
            let ip = Address(registers.ip());
            t.check(
                "exec.legacy-sigtrap-failed-exec",
                "instruction pointer",
                Address(label::SYSCALL_RETURN),
                ip,
            );
            let t = t.syscall()?.expect("exec.legacy-sigtrap-failed-exec", Stop::SyscallEnter)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("exec.legacy-sigtrap-failed-exec", "execveat", Some(failed))
        },
        ..Case::NEW
    },
    Case {
        name: "exec_continued_from_enter",
        title: "PTRACE_CONT from the enter-stop of execve gives no exit-stop; the legacy SIGTRAP still comes.",
        clauses: &[
            ENTER,
            "sysstop.no-exit-after-cont",
            "exec.legacy-sigtrap",
            "exec.legacy-sigtrap-not-seized",
        ],
        program: |p| {
            p.exec(|p| {
                p.store(Program::shared(0), 1);
                p.exit(4);
            });
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let running = if t.start == Start::Seize {
                t.cont()?
            } else {
                t.cont()?.expect("exec.legacy-sigtrap", Stop::Signal(Signal::TRAP))?.cont()?
            };
            let task = running.ends("sysstop.no-exit-after-cont", Gone::Exited(4))?;
            task.check("exec.legacy-sigtrap-not-seized", "the new image ran", 1, task.word(0));
            Ok(())
        },
        ..Case::NEW
    },
];

/// Past the SIGTRAP that only a tracee gets that was not seized.
fn past_legacy_trap(t: Stopped, clause: &str) -> Flow<Stopped> {
    if t.start == Start::Seize {
        return Ok(t);
    }
    t.cont()?.expect(clause, Stop::Signal(Signal::TRAP))
}
