//! A task that asks for every access to another one, and what it gets.

use super::answers::Allowed;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Return, Word};

pub(super) const ATTACH: &str = "attach.attach.access-mode";
pub(super) const SEIZE: &str = "seize.access-mode";
pub(super) const VM: &str = "pvm.eperm";
pub(super) const GETFD: &str = "pidfd.getfd.access";
pub(super) const MEM: &str = "proc.mem.access";
pub(super) const EXE: &str = "proc.exe-cwd-root.access";
pub(super) const ROBUST: &str = "access.robust-list";

/// Words of the program: the asker may begin; what is read of the other's memory; its wait status.
const GO: usize = 0;
const READ: usize = 1;
const STOPPED: usize = 2;
/// Where the names of two files of procfs are.
const MEM_NAME: usize = 8;
const EXE_NAME: usize = 12;
const DIRECTORY_NAME: usize = 20;
/// Where the other's id begins in the names of its directory and of its memory file, behind `/proc/`.
pub(super) const ID: u64 = Program::shared(DIRECTORY_NAME) + 6;
pub(super) const ID_AND_MEM: u64 = Program::shared(MEM_NAME) + 6;

/// What is there in the memory of both.
pub(super) const WORD: u64 = 0x8877_6655_4433_2211;

/// The asker waits until it may begin.
pub(super) fn waits(p: &mut Program) {
    p.await_word(Program::shared(GO));
    p.close_files();
}

/// Opens a directory by its name.
pub(super) fn open_directory(p: &mut Program, name: u64) -> At {
    p.call(Syscall::OPENAT, &[libc::AT_FDCWD as u64, name, libc::O_DIRECTORY as u64])
}

/// Opens the other's directory in procfs, for those who ask for more of its files.
pub(super) fn open_its_directory(p: &mut Program) -> At {
    open_directory(p, Program::shared(DIRECTORY_NAME))
}

/// Opens the other's memory file.
pub(super) fn open_its_memory(p: &mut Program) -> At {
    p.call(Syscall::OPENAT, &[libc::AT_FDCWD as u64, Program::shared(MEM_NAME), libc::O_RDWR as u64])
}

/// The asker waits, and then asks for everything. `descriptor` is open in the other task.
pub(super) fn asks(p: &mut Program, other: At, descriptor: u64) {
    waits(p);
    let ours = p.data(&[Program::shared(READ), 8]);
    let word = p.data(&[WORD]);
    let theirs = p.data(&[word, 8]);
    let vectors = [other.into(), ours.into(), 1.into(), theirs.into(), 1.into(), Arg::Word(0)];
    p.call(Syscall::PROCESS_VM_READV, &vectors);
    p.call(Syscall::PROCESS_VM_WRITEV, &vectors);
    let file = p.call(Syscall::PIDFD_OPEN, &[Arg::from(other), 0.into()]);
    p.call(Syscall::PIDFD_GETFD, &[Arg::from(file), descriptor.into(), 0.into()]);
    open_its_memory(p);
    let here = libc::AT_FDCWD as u64;
    let answer = p.data(&[0; 2]);
    p.call(Syscall::READLINKAT, &[here, Program::shared(EXE_NAME), answer, 1]);
    p.call(Syscall::GET_ROBUST_LIST, &[Arg::from(other), answer.into(), (answer + 8).into()]);
    p.ptrace(Request::ATTACH, other, 0, 0);
    p.wait4(other, STOPPED, libc::__WALL);
    p.ptrace(Request::DETACH, other, 0, 0);
    p.ptrace(Request::SEIZE, other, 0, 0);
}

/// Lets the asker ask about this task.
pub(super) fn go(t: &Task, other: &Task) {
    set_name(t, MEM_NAME, &format!("/proc/{}/mem", other.pid));
    set_name(t, EXE_NAME, &format!("/proc/{}/exe", other.pid));
    set_name(t, DIRECTORY_NAME, &format!("/proc/{}", other.pid));
    t.set_word(GO, 1);
}

/// Puts a name into words of the program.
fn set_name(t: &Task, first: usize, name: &str) {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize((name.len() / 8 + 1) * 8, 0);
    for (at, word) in bytes.chunks_exact(8).enumerate() {
        t.set_word(first + at, u64::from_ne_bytes(word.try_into().unwrap_or_default()));
    }
}

/// What the asker got, request by request, and the same once more under the clauses that decide it.
pub(super) fn check(t: &Task, other: &Task, allowed: Allowed, clauses: &[&str]) -> Flow {
    let by = |allowed: bool, result: u64, errno: Errno| match allowed {
        true => Return(result),
        false => Return::error(errno),
    };
    // The descriptors that it got, in turn: its handle on the other, then these.
    let opened = 1 + u64::from(allowed.attach);
    let asked = [
        (VM, "process_vm_readv", by(allowed.attach, 8, Errno::EPERM)),
        (VM, "process_vm_writev", by(allowed.attach, 8, Errno::EPERM)),
        (GETFD, "pidfd_getfd", by(allowed.attach, 1, Errno::EPERM)),
        (MEM, "openat", by(allowed.open, opened, Errno::EACCES)),
        (EXE, "readlinkat", by(allowed.look, 1, Errno::EACCES)),
        (ROBUST, "get_robust_list", by(allowed.read, 0, Errno::EPERM)),
        (ATTACH, "ptrace", by(allowed.trace, 0, Errno::EPERM)),
        (SEIZE, "ptrace_3", by(allowed.trace, 0, Errno::EPERM)),
    ];
    let mut got = Vec::new();
    for (of_request, step, expected) in asked {
        let saw = t.saw(step)?.map(Return);
        t.check(of_request, &format!("result of {step} in the program"), Some(expected), saw);
        got.push(saw);
    }
    let expected: Vec<_> = asked.iter().map(|(_, _, expected)| Some(*expected)).collect();
    for clause in clauses {
        t.check(clause, "what was allowed and refused", expected.clone(), got.clone());
    }
    if allowed.attach {
        t.check(VM, "word that was read", Word(WORD), Word(t.word(READ)));
    }
    if allowed.trace {
        t.check_saw_pid(ATTACH, "wait4", other)?;
        t.check(ATTACH, "stop of the other", Word(STOP), Word(t.word(STOPPED)));
        return t.check_saw(ATTACH, "ptrace_2", Some(Return(0)));
    }
    t.check_saw(ATTACH, "wait4", Some(Return::error(Errno::ECHILD)))?;
    t.check_saw(ATTACH, "ptrace_2", Some(Return::error(Errno::ESRCH)))
}

/// The wait status of a stop by SIGSTOP.
const STOP: u64 = 0x7f | (libc::SIGSTOP as u64) << 8;
