//! Number, arguments, result, instruction and stack pointer at both stops, and what a call preserves.

use super::stops::{ENTER, EXIT, Side, pass, to, to_enter, to_exit};
use super::x86::fred_changes_nothing;
use ptrace_conformance_harness::arch::{self, Registers, sentinel};
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, Return, ReturnPid, Word};

const ARGS: [u64; 6] = [0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6];

/// Registers that hold something else than the program's sentinel behind a call without arguments.
const CHANGED: &[&str] =
    if cfg!(target_arch = "x86_64") { &["rax", "rcx", "rsp", "r11"] } else { &["x0", "x8", "sp"] };
/// The same at the enter-stop: aarch64 has no result yet, but its marker.
const CHANGED_AT_ENTER: &[&str] = if cfg!(target_arch = "x86_64") { CHANGED } else { &["x7", "x8", "sp"] };
/// The same at the exit-stop.
const CHANGED_AT_EXIT: &[&str] =
    if cfg!(target_arch = "x86_64") { CHANGED } else { &["x0", "x7", "x8", "sp"] };
/// What differs between a tracee at its enter-stop and at its exit-stop.
const CHANGED_BETWEEN: &[&str] = if cfg!(target_arch = "x86_64") { &["rax"] } else { &["x0", "x7"] };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "number_and_arguments",
        title: "Number and all six arguments can be read at the enter-stop, and still at the exit-stop.",
        clauses: &[ENTER, EXIT, "sysstop.convention", "sysstop.preserves-registers"],
        program: |p| {
            p.call(Syscall::GETPID, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.check("sysstop.convention", "number", Syscall::GETPID.number, t.syscall_number()?);
            t.check("sysstop.convention", "arguments", ARGS, t.registers()?.args());
            let t = to_exit(t)?;
            t.check("sysstop.convention", "number", Syscall::GETPID.number, t.syscall_number()?);
            let mut behind = ARGS;
            if arch::ARGS[0] == arch::RESULT {
                behind[0] = t.pid as u64;
            }
            let held = behind == t.registers()?.args();
            t.check("sysstop.preserves-registers", "arguments as they were", true, held);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "result_of_success",
        title: "The result is there at the exit-stop; before, -ENOSYS or aarch64's first argument.",
        clauses: &[ENTER, EXIT, "sysstop.x86-enosys", "sysstop.convention"],
        program: |p| {
            p.call(Syscall::GETPID, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let inside = Return(arch::result_inside_call(&ARGS));
            t.check("sysstop.x86-enosys", "result register", inside, Return(t.registers()?.result()));
            let t = to_exit(t)?;
            let pid = ReturnPid(t.pid as u64);
            t.check("sysstop.convention", "result register", pid, ReturnPid(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("sysstop.convention", "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "result_of_failure",
        title: "A call that fails has its negated error number in the result register of the exit-stop.",
        clauses: &[ENTER, EXIT, "sysstop.convention"],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            let failed = Return::error(Errno::EBADF);
            t.check("sysstop.convention", "result register", failed, Return(t.registers()?.result()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.convention", "close", Some(failed))
        },
        ..Case::NEW
    },
    Case {
        name: "instruction_pointer",
        title: "At both stops the instruction pointer is behind the system call instruction.",
        clauses: &[ENTER, EXIT, "sysstop.ip-behind-call"],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            let ip = t.registers()?.ip();
            t.check(
                "sysstop.ip-behind-call",
                "instruction pointer",
                Address(label::SYSCALL_RETURN),
                Address(ip),
            );
            let length = arch::SYSCALL_LENGTH;
            t.check("sysstop.ip-behind-call", "bytes", length, ip.wrapping_sub(label::SYSCALL_INSTRUCTION));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "stack_pointer",
        title: "At both stops the stack pointer is the one that the program itself has behind the call.",
        clauses: &[ENTER, EXIT, "sysstop.ip-behind-call"],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            let sp = t.registers()?.sp();
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let saved = task.saved("getpid")?;
            let own = arch::SAVED.iter().position(|name| matches!(*name, "rsp" | "sp")).map(|at| saved[at]);
            let same = own == Some(sp);
            task.check("sysstop.ip-behind-call", "stack pointer is the program's", true, same);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "all_else_preserved_for_the_tracer",
        title: "All other registers hold at both stops what the program had put there.",
        clauses: &[ENTER, EXIT, "sysstop.preserves-registers"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            fred_changes_nothing()?;
            let t = to_enter(t)?;
            let enter = t.registers()?;
            let changed = held(&enter);
            t.check(
                "sysstop.preserves-registers",
                "registers changed at enter",
                CHANGED_AT_ENTER.to_vec(),
                changed,
            );
            let t = to_exit(t)?;
            let exit = t.registers()?;
            t.check(
                "sysstop.preserves-registers",
                "registers changed at exit",
                CHANGED_AT_EXIT.to_vec(),
                held(&exit),
            );
            let between = enter.differing(&exit);
            t.check("sysstop.preserves-registers", "changed by the call", CHANGED_BETWEEN.to_vec(), between);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "all_else_preserved_for_the_program",
        title: "All other registers hold behind a traced call what the program had put there before it.",
        clauses: &[ENTER, EXIT, "sysstop.preserves-registers"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            fred_changes_nothing()?;
            let task = pass(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            let changed = changed(&task.saved("getpid")?.into_iter().map(Some).collect::<Vec<_>>());
            task.check("sysstop.preserves-registers", "registers changed", CHANGED.to_vec(), changed);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "upper_half_of_number",
        title: "A number with bits above the 32nd makes the call of its lower half, traced as any other.",
        clauses: &[ENTER, EXIT, "sysstop.number-is-int", "sysinfo.entry-nr"],
        program: |p| {
            p.call(Syscall::numbered(Syscall::GETPID.number | 1 << 32, "getpid"), &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let info = t.syscall_info().map(|info| info.number());
            t.check("sysinfo.entry-nr", "entry.nr", Ok(Syscall::GETPID.number), info);
            let number = t.registers()?.words[arch::NUMBER];
            let whole = Word(Syscall::GETPID.number | 1 << 32);
            t.check("sysstop.number-is-int", "number register", whole, Word(number));
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("sysstop.number-is-int", "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "no_number_outside_a_call",
        title: "At the stop of a breakpoint, also right behind calls, there is no system call number.",
        clauses: &[ENTER, EXIT, "sysstop.no-number-outside"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.breakpoint();
        },
        scenario: |t| {
            t.check("sysstop.no-number-outside", "number", Word(u64::MAX), Word(t.syscall_number()?));
            let t = pass(t)?.cont()?.expect("sysstop.no-number-outside", Stop::Signal(Signal::TRAP))?;
            t.check("sysstop.no-number-outside", "number", Word(u64::MAX), Word(t.syscall_number()?));
            Ok(())
        },
        ..Case::NEW
    },
];

/// Names of the registers that do not hold their sentinel.
fn held(registers: &Registers) -> Vec<&'static str> {
    changed(&arch::SAVED.iter().map(|name| registers.named(name)).collect::<Vec<_>>())
}

fn changed(saved: &[Option<u64>]) -> Vec<&'static str> {
    let changed = |&(index, _): &(usize, _)| saved.get(index).copied().flatten() != Some(sentinel(index));
    arch::SAVED.iter().enumerate().filter(changed).map(|(_, name)| *name).collect()
}
