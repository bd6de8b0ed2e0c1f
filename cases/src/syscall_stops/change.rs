//! Changing the number, the arguments and the result of a call.

use super::stops::{ENTER, EXIT, pass, to_enter, to_exit};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, ReturnPid};

/// This architecture's clause about changing the number.
const NUMBER: &str =
    if cfg!(target_arch = "x86_64") { "setsyscall.x86-by-register" } else { "setsyscall.arm64-by-regset" };
/// The clause about what a tracer writes while the tracee is stopped.
const PERSISTS: &str = "cmd.inspect-while-stopped";

/// Results that a tracer may want a program to see.
#[derive(Clone, Copy, PartialEq)]
enum Placed {
    Small,
    Large,
    Error,
    RestartCode,
}

impl Axis for Placed {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("small", Placed::Small),
        ("large", Placed::Large),
        ("error", Placed::Error),
        ("restartcode", Placed::RestartCode),
    ];
}

impl Placed {
    const fn result(self) -> Return {
        match self {
            Placed::Small => Return(7),
            Placed::Large => Return(0x7654_3210_89ab_cdef),
            Placed::Error => Return::error(Errno::EPERM),
            // Without a signal nothing looks at it.
            Placed::RestartCode => Return::error(Errno::ERESTARTNOINTR),
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "number_changed",
        title: "A number changed at the enter-stop makes the other call instead of the program's.",
        clauses: &[ENTER, EXIT, NUMBER],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            t.set_syscall_number(Syscall::GETPID.number)?;
            let t = to_exit(t)?;
            t.check(NUMBER, "number", Syscall::GETPID.number, t.syscall_number()?);
            let pid = ReturnPid(t.pid as u64);
            t.check(NUMBER, "result", pid, ReturnPid(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid(NUMBER, "umask_2", &task)?;
            task.check_saw(NUMBER, "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "number_changed_at_exit",
        title: "A number changed at the exit-stop makes no other call and leaves the result alone.",
        clauses: &[ENTER, EXIT, NUMBER],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(pass(t)?)?;
            t.set_syscall_number(Syscall::GETPID.number)?;
            let t = to_enter(t)?;
            t.check(NUMBER, "number of the next call", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(NUMBER, "umask_2", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "arguments_changed",
        title: "Arguments changed at the enter-stop are those that the call gets, the first one included.",
        clauses: &[ENTER, EXIT, PERSISTS],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.call(Syscall::WRITE, &[u64::MAX, Program::shared(0), 3]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            // Two ints: the pipe's end to read from, the end to write to.
            let write_end = t.word(0) >> 32;
            let changed = t.registers()?.with(arch::ARGS[0], write_end).with(arch::ARGS[2], 64);
            t.set_registers(&changed)?;
            let t = to_exit(t)?;
            t.check(PERSISTS, "result", Return(64), Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(PERSISTS, "write", Some(Return(64)))
        },
        ..Case::NEW
    },
    Case {
        name: "changed_arguments_stay",
        title: "Argument registers changed at the enter-stop stay so for the program behind the call.",
        clauses: &[ENTER, EXIT, PERSISTS],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 6]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let mut registers = t.registers()?;
            for (index, &register) in arch::ARGS.iter().enumerate() {
                registers = registers.with(register, 0xc0 + index as u64);
            }
            t.set_registers(&registers)?;
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            let saved = task.saved("getpid")?;
            // The first one is the result on aarch64.
            for index in 1..6 {
                let name = arch::NAMES[arch::ARGS[index]];
                let own = arch::SAVED.iter().position(|saved| *saved == name).map(|at| saved[at]);
                task.check(PERSISTS, &format!("argument {index}"), Some(0xc0 + index as u64), own);
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "result_changed",
        title: "A result changed at the exit-stop is what the program sees, whatever it is.",
        clauses: &[ENTER, EXIT, PERSISTS],
        axes: &[ANY_START, axis::<Placed>(&["small", "large", "error", "restartcode"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let placed = t.pick::<Placed>()?.result();
            let t = pass(t)?;
            t.set_register(arch::RESULT, placed.0)?;
            t.check(PERSISTS, "result read back", placed, Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(PERSISTS, "getpid", Some(placed))
        },
        ..Case::NEW
    },
    Case {
        name: "memory_changed_at_enter",
        title: "What the tracer writes to the tracee's memory at an enter-stop is what the call reads there.",
        clauses: &[ENTER, EXIT, PERSISTS],
        program: |p| {
            let pair = p.data(&[0, 0]);
            p.call(Syscall::NANOSLEEP, &[pair, 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            // A negative time is refused, a zero one is not.
            let poked = t.poke(t.registers()?.arg(0), u64::MAX);
            t.check(PERSISTS, "PTRACE_POKEDATA", Ok(()), poked);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(PERSISTS, "nanosleep", Some(Return::error(Errno::EINVAL)))
        },
        ..Case::NEW
    },
];
