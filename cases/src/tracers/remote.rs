//! System calls that a tracer makes the tracee make, as rr, CRIU and gVisor do: at any stop, with the registers put back.

use super::{
    END, ENTER, EXIT, INTERRUPTED, IS_X86, ON, READY, STOPS, WRITTEN, check_kept, check_registers,
    check_same, is_page,
};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Pid, Return, ReturnPid, Word};

pub(super) const MUNMAP: Syscall = Syscall::numbered(libc::SYS_munmap as u64, "munmap");
const MASK: &str = "kdoc.sigmask-suspended";
const REWOUND: &str = "restore.rewound";
const PAGE: u64 = 0x1_0000;
const VALUE: u64 = 0x1234_5678_9abc_def0;

/// Where the tracee is when the tracer makes it make calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the breakpoint of its program.
    Breakpoint,
    /// At the exit-stop of a call of its own.
    ExitStop,
    /// Halted where it happened to run.
    Running,
}

impl Axis for Place {
    const VALUES: &'static [(&'static str, Self)] =
        &[("breakpoint", Place::Breakpoint), ("exitstop", Place::ExitStop), ("running", Place::Running)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "rr_makes_calls",
        title: "The tracee makes the tracer's calls, one after the other, at a breakpoint, behind a call of its own or halted at any place: each has its two stops, number and result, and with its registers back the program goes on.",
        clauses: &[STOPS, END, ENTER, EXIT, WRITTEN, INTERRUPTED],
        axes: &[ANY_START, axis::<Place>(&["breakpoint", "exitstop", "running"])],
        program: |p| {
            p.breakpoint();
            p.call(Syscall::UMASK, &[0o22]);
            p.store(Program::shared(READY), 1);
            p.await_word(Program::shared(ON));
            p.call(Syscall::GETPPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let place: Place = t.pick()?;
            let t = to_place(t, place)?;
            let saved = t.steady_registers(STOPS)?;
            let t = makes_calls(t, &saved)?;
            t.set_registers(&saved)?;
            check_registers(&t, WRITTEN, "registers that read otherwise", &saved)?;
            t.set_word(ON, 1);
            let t = match place {
                Place::Breakpoint => {
                    t.pass_breakpoint()?;
                    t.cont()?
                }
                Place::ExitStop | Place::Running => t.cont()?,
            };
            let task = t.ends(END, Gone::Exited(3))?;
            if place == Place::ExitStop {
                check_kept(&task, WRITTEN, "umask", &saved)?;
            }
            let parent = task.saw("getppid")? == Some(std::process::id().into());
            task.check(WRITTEN, "getppid(2) in the program is as ever", true, parent);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "rr_makes_a_call_in_sigsuspend",
        title: "A task halted in rt_sigsuspend makes a call of the tracer's, with its own mask in force; put in front of its call again it waits on, and SIGCHLD ends that with EINTR behind its handler.",
        clauses: &[STOPS, END, ENTER, EXIT, INTERRUPTED, MASK, REWOUND],
        axes: &[ANY_START],
        program: |p| {
            let nothing = p.data(&[0]);
            p.handle(Signal::CHLD, 0);
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(ON));
                p.exit(7);
            });
            p.store(Program::shared(READY), 1);
            p.call(Syscall::RT_SIGSUSPEND, &[nothing, 8]);
            p.wait4(child, super::STATUS, 0);
            p.exit(3);
        },
        scenario: in_sigsuspend,
        ..Case::NEW
    },
];

fn to_place(t: Stopped, place: Place) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    if place == Place::Breakpoint {
        return Ok(t);
    }
    t.pass_breakpoint()?;
    if place == Place::ExitStop {
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        return t.syscall()?.expect(EXIT, Stop::SyscallExit);
    }
    let t = t.cont()?;
    t.await_word(READY);
    halted(t)
}

/// Halts a task that runs or sleeps.
fn halted(t: Running) -> Flow<Stopped> {
    if t.start == Start::Seize {
        t.interrupt()?;
        return t.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP));
    }
    t.kill_leader(Signal::STOP)?;
    t.expect(STOPS, Stop::Signal(Signal::STOP))
}

fn in_sigsuspend(t: Stopped) -> Flow {
    let mask = Ok(Word(Signal::set(&[Signal::CHLD])));
    let t = t.cont()?;
    let child = t.made("fork", "child")?;
    t.await_word(READY);
    t.await_state(&['S'])?;
    let t = halted(t)?;
    t.check(MASK, "mask", mask, t.signal_mask().map(Word));
    let found = t.steady_registers(STOPS)?;
    let (t, pid) = remote_call(t, &found, Syscall::GETPID, &[])?;
    t.check(EXIT, "result of getpid", ReturnPid(t.pid as u64), ReturnPid(pid));
    t.check(MASK, "mask behind the call", mask, t.signal_mask().map(Word));
    // What aarch64 has done already.
    let again = prepared(&found, Syscall::RT_SIGSUSPEND, &[]);
    t.set_registers(&if IS_X86 { again } else { found })?;
    let t = t.cont()?;
    t.await_state(&['S'])?;
    t.set_word(ON, 1);
    let t = t.expect(REWOUND, Stop::Signal(Signal::CHLD))?;
    let told = t.siginfo().map(|told| ((told.code, told.errno), (Pid(told.pid), told.status)));
    t.check(STOPS, "siginfo", Ok(((libc::CLD_EXITED, 0), (Pid(child.pid), 7))), told);
    let task = t.resume(Resume::Cont, Signal::CHLD)?.ends(END, Gone::Exited(3))?;
    task.check_saw(REWOUND, "rt_sigsuspend", Some(Return::error(Errno::EINTR)))?;
    let handled = task.handled();
    task.check(REWOUND, "runs of the handler", 1, handled.0);
    task.check(REWOUND, "what it was called with", (Signal::CHLD, libc::CLD_EXITED), (handled.1, handled.2));
    task.check_saw_pid(END, "wait4", &child)?;
    task.check(END, "status that the program got", Word(7 << 8), Word(task.word(super::STATUS)));
    child.reaped_by_parent();
    Ok(())
}

/// The tracee's own id, a page of memory made, used and given back.
fn makes_calls(t: Stopped, saved: &Registers) -> Flow<Stopped> {
    const PRIVATE: u64 = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    const WRITABLE: u64 = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let (t, pid) = remote_call(t, saved, Syscall::GETPID, &[])?;
    t.check(EXIT, "result of getpid", ReturnPid(t.pid as u64), ReturnPid(pid));
    let (t, page) = remote_call(t, saved, Syscall::MMAP, &[0, PAGE, WRITABLE, PRIVATE, u64::MAX, 0])?;
    t.check(EXIT, "a page was made", true, is_page(page));
    t.set_memory(page, &[VALUE])?;
    t.check(EXIT, "word of that page", Ok(Word(VALUE)), t.peek(page).map(Word));
    let (t, done) = remote_call(t, saved, MUNMAP, &[page, PAGE])?;
    t.check(EXIT, "result of munmap", Return(0), Return(done));
    t.check(EXIT, "word of the page that is gone", Err(Errno::EIO), t.peek(page).map(Word));
    Ok(t)
}

/// Has the tracee make a call in place of what it was about to do: gives its exit-stop, and the result.
pub(super) fn remote_call(
    t: Stopped,
    saved: &Registers,
    syscall: Syscall,
    args: &[u64],
) -> Flow<(Stopped, u64)> {
    let calling = prepared(saved, syscall, args);
    t.set_registers(&calling)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let found = t.registers()?;
    let inside = inside(&calling, &found, syscall);
    check_same(&t, ENTER, &format!("registers otherwise at {}", syscall.name), &found, &inside);
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let registers = t.registers()?;
    let made = inside.with(arch::RESULT, registers.result());
    check_same(&t, EXIT, &format!("registers otherwise behind {}", syscall.name), &registers, &made);
    Ok((t, registers.result()))
}

/// Registers at the enter-stop of such a call.
pub(super) fn inside(calling: &Registers, found: &Registers, syscall: Syscall) -> Registers {
    let inside = calling.with(arch::IP, label::SYSCALL_RETURN).with(arch::NUMBER, syscall.number);
    clobbered(inside.with(arch::RESULT, arch::result_inside_call(&calling.args())), found)
}

/// What the call instruction leaves in registers: the return address and the flags in two of x86_64's, unless the
/// processor uses FRED. The resume flag, which a fault sets, is gone behind any instruction.
#[cfg(target_arch = "x86_64")]
pub(super) fn clobbered(registers: Registers, found: &Registers) -> Registers {
    const R11: usize = 6;
    const RCX: usize = 11;
    const RF: u64 = 0x1_0000;
    let flags = registers.words[arch::FLAGS] & !RF;
    let registers = registers.with(arch::FLAGS, flags);
    let same = |index: &usize| found.words[*index] == registers.words[*index];
    let fred = [R11, RCX].iter().all(same);
    if fred { registers } else { registers.with(RCX, label::SYSCALL_RETURN).with(R11, flags) }
}

/// Nothing.
#[cfg(target_arch = "aarch64")]
pub(super) const fn clobbered(registers: Registers, _: &Registers) -> Registers {
    registers
}

/// Registers that make a call at the known instruction; no other call is under way.
pub(super) fn prepared(saved: &Registers, syscall: Syscall, args: &[u64]) -> Registers {
    let place = saved.with(arch::IP, label::SYSCALL_INSTRUCTION);
    let given = args.iter().zip(arch::ARGS).fold(place, |set, (&word, index)| set.with(index, word));
    if IS_X86 {
        given.with(arch::RESULT, syscall.number).with(arch::NUMBER, u64::MAX)
    } else {
        given.with(arch::NUMBER, syscall.number)
    }
}
