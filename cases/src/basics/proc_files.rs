//! What files of /proc say of a stopped tracee: its state, its signals, its call, its filters.

use super::{END, ENTER, EXIT, STOPS, to_breakpoint};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Word};
use ptrace_conformance_harness::waiting::{Told, Which};

const PENDING: &str = "proc.status.sigpnd";
const MASK: &str = "proc.status.sigblk";
const MODE: &str = "proc.status.seccomp";
const FILTERS: &str = "proc.status.seccomp-filters";
const STATE: &str = "proc.stat.state-t";
const CODE: &str = "proc.stat.exit-code-wait-format";
const NO_PLACE: &str = "proc.stat.esp-eip";
const IN_CALL: &str = "proc.syscall.blocked";
const RUNNING: &str = "proc.syscall.running";
const OUTSIDE: &str = "proc.syscall.not-in-syscall";

/// Code of a syscall-stop.
const SYSCALL: i32 = libc::SIGTRAP | 0x80;
/// Arguments of the call whose file is read.
const ARGUMENTS: [u64; 6] = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66];

/// `Seccomp` and `Seccomp_filters` of the tracee.
fn check_seccomp(t: &Stopped, mode: u64, filters: u64) -> Flow {
    t.check(MODE, "Seccomp", mode, t.proc_number("Seccomp")?);
    t.check(FILTERS, "Seccomp_filters", filters, t.proc_number("Seccomp_filters")?);
    Ok(())
}

/// The sets of signals of a program that handles two and blocks none.
fn check_signals(t: &Stopped, of_thread: &[Signal], of_process: &[Signal]) -> Flow {
    let seen = t.proc_signals()?;
    t.check(PENDING, "SigPnd", Word(Signal::set(of_thread)), Word(seen.of_thread));
    t.check(PENDING, "ShdPnd", Word(Signal::set(of_process)), Word(seen.of_process));
    t.check(PENDING, "SigBlk and SigIgn", [Word(0), Word(0)], [Word(seen.blocked), Word(seen.ignored)]);
    let caught = Signal::set(&[Signal::USR1, Signal::USR2]);
    t.check(PENDING, "SigCgt", Word(caught), Word(seen.caught));
    Ok(())
}

/// /proc/PID/stat of a stop.
fn check_stat(t: &Task, exit_code: i32) -> Flow {
    let stat = t.proc_stat()?;
    t.check(STATE, "state", "t".to_owned(), stat.state.to_string());
    t.check(CODE, "exit_code", exit_code as u64, stat.exit_code);
    t.check(NO_PLACE, "stack and instruction pointer", [0, 0], stat.place);
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "pending_signals",
        title: "SigPnd and ShdPnd show what is sent to a stopped tracee's thread and process, though nothing blocks it.",
        clauses: &[STOPS, PENDING, END],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.handle(Signal::USR2, 0);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            t.kill_thread(t.pid, Signal::USR1)?;
            t.kill(Signal::USR2)?;
            check_signals(&t, &[Signal::USR1], &[Signal::USR2])?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR2))?;
            check_signals(&t, &[], &[])?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "mask_of_the_tracer",
        title: "SigBlk shows the mask that PTRACE_SETSIGMASK has set.",
        clauses: &[STOPS, MASK, END],
        program: |p| {
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let mask = Signal::set(&[Signal::USR1, Signal::TERM]);
            t.must("PTRACE_SETSIGMASK", t.set_signal_mask(mask))?;
            t.check(MASK, "SigBlk", Word(mask), Word(t.proc_blocked()?));
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "mode_and_filters",
        title: "Seccomp and Seccomp_filters show mode and number of a tracee's filters.",
        clauses: &[STOPS, MODE, FILTERS, END],
        needs: &[Need::SeccompFilter],
        program: |p| {
            p.breakpoint();
            for _ in 0..2 {
                p.filter(Syscall::GETPPID, libc::SECCOMP_RET_ALLOW);
                p.breakpoint();
            }
            p.exit(3);
        },
        scenario: |t| {
            let mut t = to_breakpoint(t)?;
            // Filters are counted beyond those of whoever runs the suite.
            let (mode, inherited) = (t.proc_number("Seccomp")?, t.proc_number("Seccomp_filters")?);
            check_seccomp(&t, mode, inherited)?;
            for own in [1, 2] {
                t = to_breakpoint(t)?;
                check_seccomp(&t, libc::SECCOMP_MODE_FILTER.into(), inherited + own)?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "stat_of_a_stop",
        title: "/proc/PID/stat has state t, and as exit_code the stop's signal and event until the stop is waited for; stack and instruction pointer are not told.",
        clauses: &[ENTER, STOPS, STATE, CODE, NO_PLACE, END],
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.syscall()?;
            let seen = t.waitid(Which::pid(t.pid), libc::WSTOPPED | libc::WNOWAIT);
            t.check(CODE, "looked at", Ok(Some(Told::of(&t, libc::CLD_TRAPPED, SYSCALL))), seen);
            check_stat(&t, SYSCALL)?;
            let t = t.expect(ENTER, Stop::SyscallEnter)?;
            check_stat(&t, 0)?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "syscall_file",
        title: "/proc/PID/syscall has number, arguments, stack and instruction pointer of the call that a tracee is stopped in, and -1 for the number outside.",
        clauses: &[STOPS, ENTER, EXIT, IN_CALL, OUTSIDE, END],
        program: |p| {
            p.breakpoint();
            p.call(Syscall::GETPPID, &ARGUMENTS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let registers = t.steady_registers(OUTSIDE)?;
            let words = t.proc_syscall()?;
            let (sp, ip) = (Word(registers.sp()), Address(registers.ip()));
            t.check(OUTSIDE, "number", Some(Word(u64::MAX)), words.first().copied().map(Word));
            t.check(OUTSIDE, "words", 3, words.len());
            t.check(OUTSIDE, "stack pointer", Some(sp), words.get(1).copied().map(Word));
            t.check(OUTSIDE, "instruction pointer", Some(ip), words.get(2).copied().map(Address));
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            let registers = t.steady_registers(IN_CALL)?;
            let words = t.proc_syscall()?;
            let mut expected = vec![Syscall::GETPPID.number];
            expected.extend(ARGUMENTS);
            expected.extend([registers.sp(), registers.ip()]);
            t.check(IN_CALL, "arguments in the registers", ARGUMENTS.map(Word), registers.args().map(Word));
            t.check(IN_CALL, "number, arguments and place", true, expected == words);
            t.check(IN_CALL, "number", registers.words[arch::NUMBER], expected[0]);
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "syscall_file_of_a_running_task",
        title: "/proc/PID/syscall of a tracee that runs tells neither a call nor a place.",
        clauses: &[RUNNING, END],
        program: |p| {
            p.store(Program::shared(0), 1);
            p.await_word(Program::shared(1));
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(0);
            t.check(RUNNING, "nothing but that it runs", true, t.proc_runs()?);
            t.set_word(1, 1);
            t.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
