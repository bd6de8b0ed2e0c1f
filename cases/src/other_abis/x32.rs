//! Numbers of x32: the bit that makes them, and what becomes of them.

use super::{END, ENTER, EXIT};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};
use std::rc::Rc;

const SERVED: &str = "abi.x32-served";
const REFUSED: &str = "abi.x32-refused";
const OF_ONE: &str = "seccomp.x32-ptrace-numbers";
const NUMBER: &str = "sysinfo.entry-nr";

/// The bit of x32 (asm/unistd.h), and a call that has the same number besides.
const BIT: u64 = 0x4000_0000;
const UMASK: Syscall = Syscall::numbered(BIT | Syscall::UMASK.number, "x32_umask");
const BEFORE: u64 = 0o27;
const MASK: u64 = 0o22;

/// Who makes the number one of x32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Program,
    Tracer,
}

impl Axis for By {
    const VALUES: &'static [(&'static str, Self)] = &[("program", By::Program), ("tracer", By::Tracer)];
}

const HERE: Case = Case {
    arches: &[Arch::X86_64],
    only: "x32 is x86_64's",
    axes: &[ANY_START, axis::<By>(&["program", "tracer"])],
    program,
    ..Case::NEW
};

/// A call, and the mask behind it.
fn program(p: &mut Program) {
    p.call(Syscall::UMASK, &[BEFORE]);
    let by: By = p.pick();
    let call = if by == By::Program { UMASK } else { Syscall { name: UMASK.name, ..Syscall::UMASK } };
    p.call(call, &[MASK]);
    p.call(Syscall::UMASK, &[0]);
    p.exit(3);
}

/// To the exit-stop of the call with the number of x32, and the end.
fn through(t: Stopped, clause: &str, result: Return) -> Flow<Rc<Task>> {
    let by: By = t.pick()?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let before = t.registers()?;
    if by == By::Tracer {
        t.set_registers(&before.with(arch::NUMBER, UMASK.number))?;
    }
    let registers = t.registers()?;
    t.check(
        clause,
        "registers changed",
        vec![],
        registers.differing(&before.with(arch::NUMBER, UMASK.number)),
    );
    t.check(NUMBER, "entry.nr", Ok(Word(UMASK.number)), t.syscall_info().map(|info| Word(info.number())));
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let behind = t.registers()?;
    t.check(clause, "result", result, Return(behind.result()));
    let other = behind.with(arch::RESULT, registers.result()).differing(&registers);
    t.check(clause, "other registers that changed", vec![], other);
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check_saw(clause, UMASK.name, Some(result))?;
    Ok(task)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "x32_served",
        title: "A number with the bit of x32 is shown whole, its arch is x86_64's, and the call is made.",
        clauses: &[ENTER, EXIT, END, NUMBER, SERVED],
        needs: &[Need::X32(true)],
        scenario: |t| through(t, SERVED, Return(BEFORE))?.check_saw(SERVED, "umask_2", Some(Return(MASK))),
        ..HERE
    },
    Case {
        name: "x32_refused",
        title: "Where the kernel does not serve x32, a number with its bit is shown whole, and fails with ENOSYS.",
        clauses: &[ENTER, EXIT, END, NUMBER, REFUSED],
        needs: &[Need::X32(false)],
        scenario: |t| {
            through(t, REFUSED, Return::error(Errno::ENOSYS))?.check_saw(
                REFUSED,
                "umask_2",
                Some(Return(BEFORE)),
            )
        },
        ..HERE
    },
    Case {
        name: "numbers_of_one_table",
        title: "The numbers 512 to 547 without the bit of x32, and numbers with it that are the other table's alone, have both stops and fail with ENOSYS.",
        clauses: &[ENTER, EXIT, END, NUMBER, OF_ONE],
        axes: &[ANY_START],
        program: |p| {
            for call in OF_ONE_TABLE {
                p.call(call, &[0; 0]);
            }
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for call in OF_ONE_TABLE {
                t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
                let number = t.syscall_info().map(|info| Word(info.number()));
                t.check(NUMBER, "entry.nr", Ok(Word(call.number)), number);
                t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
                let result = t.syscall_info().map(|info| Return(info.rval()));
                t.check(OF_ONE, "exit.rval", Ok(Return::error(Errno::ENOSYS)), result);
            }
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            for call in OF_ONE_TABLE {
                task.check_saw(OF_ONE, call.name, Some(Return::error(Errno::ENOSYS)))?;
            }
            Ok(())
        },
        ..HERE
    },
];

/// The first and last numbers of x32 alone, and ptrace(2) of both, whose x32 number is 521.
const OF_ONE_TABLE: [Syscall; 5] = [
    Syscall::numbered(512, "x32_first"),
    Syscall::numbered(521, "x32_ptrace"),
    Syscall::numbered(547, "x32_last"),
    Syscall::numbered(BIT | 59, "native_execve"),
    Syscall::numbered(BIT | 101, "native_ptrace"),
];
