//! execve that fails, at each stage: no event and no SIGTRAP, and the old image goes on.

use super::image::{ENDED, EXECS, STOPS, THREADS, event, executes};
use crate::event_stops::tasks::{MADE, TRACED, split};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Return;

const NO_EVENT: &str = "opt.traceexec.no-event-on-failure";
const NO_SIGTRAP: &str = "exec.legacy-sigtrap-failed-exec";
const REFUSED: &str = "execve.refused";
const BEYOND: &str = "exec.point-of-no-return";
const END: &str = "wait.macro.exited";

/// In the first page, where nothing is mapped.
const NOWHERE: u64 = 8;
const OLD_ENDS: u8 = 3;

/// Why it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Missing,
    BelowAFile,
    Device,
    LongName,
    PathPointer,
    ArgumentPointer,
    ManyArguments,
    Format,
}

impl Axis for Why {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("missing", Why::Missing),
        ("belowafile", Why::BelowAFile),
        ("device", Why::Device),
        ("longname", Why::LongName),
        ("pathpointer", Why::PathPointer),
        ("argumentpointer", Why::ArgumentPointer),
        ("manyarguments", Why::ManyArguments),
        ("format", Why::Format),
    ];
}

impl Why {
    const fn errno(self) -> Errno {
        Errno(match self {
            Why::Missing => libc::ENOENT,
            Why::BelowAFile => libc::ENOTDIR,
            Why::Device => libc::EACCES,
            Why::LongName => libc::ENAMETOOLONG,
            Why::PathPointer | Why::ArgumentPointer => libc::EFAULT,
            Why::ManyArguments => libc::E2BIG,
            Why::Format => libc::ENOEXEC,
        })
    }

    /// Behind a call of its own, the execve that fails.
    fn fails(self, p: &mut Program) {
        let path = match self {
            Why::Missing => p.text("/proc/self/there-is-none"),
            Why::BelowAFile => p.text("/proc/self/status/none"),
            Why::LongName => p.text(&format!("/{}", "n".repeat(300))),
            Why::PathPointer => NOWHERE,
            Why::Device => p.text("/dev/null"),
            Why::ArgumentPointer | Why::ManyArguments => p.text("/proc/self/exe"),
            Why::Format => return executes_file(p, &[0x6b6e_756a; 8]),
        };
        let arguments = match self {
            Why::ArgumentPointer => p.data(&[NOWHERE, 0]),
            Why::ManyArguments => too_many(p),
            _ => p.data(&[0]),
        };
        p.call(Syscall::EXECVE, &[path, arguments, 0]);
    }
}

/// More than 128 KiB of arguments, and a limit on the stack that allows no more.
fn too_many(p: &mut Program) -> u64 {
    const STACK: u64 = 64 << 10;
    let limit = p.data(&[STACK, STACK]);
    p.call(Syscall::PRLIMIT64, &[0, libc::RLIMIT_STACK as u64, limit, 0]);
    let text = p.text(&"a".repeat(2000));
    let mut arguments = vec![text; 80];
    arguments.push(0);
    p.data(&arguments)
}

/// Executes a file with these contents.
fn executes_file(p: &mut Program, contents: &[u64]) {
    let name = p.text("");
    let file = p.call(Syscall::MEMFD_CREATE, &[name, 0]);
    let bytes = p.data(contents);
    let length = 8 * contents.len() as u64;
    p.call(Syscall::WRITE, &[file.into(), Arg::Word(bytes), Arg::Word(length)]);
    let nothing = p.data(&[0]);
    p.exec_descriptor(file.into(), name, nothing, nothing);
}

/// Whether `PTRACE_O_TRACEEXEC` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Option,
    Nothing,
}

impl Axis for With {
    const VALUES: &'static [(&'static str, Self)] = &[("traceexec", With::Option), ("plain", With::Nothing)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "failed_at_each_stage",
        title: "An execve that fails, for its path, its file or its arguments, has its exit-stop with the error, and neither event nor SIGTRAP.",
        clauses: &["sysstop.entry", NO_EVENT, NO_SIGTRAP, REFUSED, END],
        axes: &[
            axis::<Start>(&["traceme"]),
            axis::<Why>(&[
                "missing",
                "belowafile",
                "device",
                "longname",
                "pathpointer",
                "argumentpointer",
                "manyarguments",
                "format",
            ]),
            axis::<With>(&["traceexec", "plain"]),
        ],
        program: |p| {
            let why: Why = p.pick();
            why.fails(p);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(OLD_ENDS.into());
        },
        scenario: |t| {
            let (why, with): (Why, With) = (t.pick()?, t.pick()?);
            let (options, clause) = match with {
                With::Option => (EXECS, NO_EVENT),
                With::Nothing => (options::TRACESYSGOOD, NO_SIGTRAP),
            };
            t.change_options(options)?;
            let call = if why == Why::Format { Syscall::EXECVEAT } else { Syscall::EXECVE };
            let mut t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            while t.syscall_number()? != call.number {
                t = t.syscall()?.expect(clause, Stop::SyscallExit)?;
                t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            }
            let t = t.syscall()?.expect(clause, Stop::SyscallExit)?;
            let refused = Return::error(why.errno());
            t.check(REFUSED, "result register", refused, Return(t.registers()?.result()));
            let t = t.syscall()?.expect(clause, Stop::SyscallEnter)?;
            t.check(clause, "system call", Syscall::GETPID.number, t.syscall_number()?);
            let t = t.cont()?.ends(END, Gone::Exited(OLD_ENDS))?;
            t.check_saw(REFUSED, call.name, Some(refused))
        },
        ..Case::NEW
    },
    Case {
        name: "failed_beyond_the_point_of_no_return",
        title: "An execve that fails when the old image is gone gives no event: the tracee gets SIGSEGV, and dies of it.",
        clauses: &[BEYOND],
        options: EXECS,
        program: |p| {
            executes_file(p, &unloadable());
            p.exit(OLD_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect(BEYOND, Stop::Signal(Signal::SEGV))?;
            let t = t.resume(Resume::Cont, Signal::SEGV)?;
            let t = t.ends(BEYOND, Gone::Killed(Signal::SEGV, false))?;
            t.check_saw(BEYOND, "execveat", None)
        },
        ..Case::NEW
    },
    Case {
        name: "failed_in_a_thread",
        title: "An execve that fails in a thread leaves the other threads alone.",
        clauses: &[MADE, TRACED, NO_EVENT, STOPS, END],
        options: THREADS,
        program: |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(1));
                Why::Missing.fails(p);
                p.exit_thread(OLD_ENDS.into());
            });
            p.await_word(Program::shared(0));
            executes(p);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            leader.set_word(1, 1);
            let thread = thread.ends(NO_EVENT, Gone::Exited(OLD_ENDS))?;
            thread.check_saw(NO_EVENT, "execve", Some(Return::error(Errno::ENOENT)))?;
            leader.check(NO_EVENT, "report of the leader", Ok(None), leader.poll());
            leader.set_word(0, 1);
            event(leader)?.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// The header of a program that is to be loaded where only the kernel may be.
fn unloadable() -> [u64; 15] {
    const EM: u64 = if cfg!(target_arch = "x86_64") { 62 } else { 183 };
    const WHERE: u64 = 0xffff_8000_0000_0000;
    [
        // Elf64_Ehdr: magic, 64 bits, little-endian, version; ET_EXEC; entry; program headers at 64, one of 56 bytes.
        0x0001_0102_464c_457f,
        0,
        2 | EM << 16 | 1 << 32,
        WHERE,
        64,
        0,
        0x0038_0040 << 32,
        1,
        // Elf64_Phdr: PT_LOAD, readable and executable; offset; addresses; sizes; alignment.
        1 | 5 << 32,
        0,
        WHERE,
        WHERE,
        120,
        120,
        0x1000,
    ]
}
