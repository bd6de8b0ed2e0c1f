//! A thread beside the tracer: its requests do not reach the tracee, other ways to the tracee's memory do.

use super::ONE_START;
use super::asker::{WORD, go, open_its_memory, waits};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const REQUESTS: &str = "kdoc.tracer-is-thread";
const FILE: &str = "proc.mem.read";
const VM: &str = "pvm.access-not-tracer";

/// Words of the program, behind those that say whom to ask about.
const STOPPED: usize = 2;
const STATUS: usize = 3;
const PEEKED: usize = 4;
const READ: usize = 5;
const BY_VM: usize = 6;
const ASKED: usize = 7;

pub(super) const CASES: &[Case] = &[Case {
    name: "thread_beside_the_tracer",
    title: "PTRACE_PEEKDATA by another thread of the tracer's process fails with ESRCH; through /proc/PID/mem and by process_vm_readv that thread reads the tracee's memory.",
    clauses: &[REQUESTS, FILE, VM, END],
    axes: &[ONE_START],
    program: |p| {
        p.block(&[Signal::CHLD]);
        let word = p.data(&[WORD]);
        let child = p.fork("child", |p| {
            p.spin();
        });
        p.ptrace(Request::SEIZE, child, 0, 0);
        p.ptrace(Request::INTERRUPT, child, 0, 0);
        p.wait4(child, STOPPED, libc::__WALL);
        p.thread("beside", |p| {
            waits(p);
            p.ptrace(Request::PEEKDATA, child, word, Program::shared(PEEKED));
            let file = open_its_memory(p);
            let place = [Program::shared(READ), 8, word].map(Arg::Word);
            p.call(Syscall::PREAD64, &[[Arg::from(file)].as_slice(), &place].concat());
            let vectors = [p.data(&[Program::shared(BY_VM), 8]), 1, p.data(&[word, 8]), 1, 0].map(Arg::Word);
            p.call(Syscall::PROCESS_VM_READV, &[[Arg::from(child)].as_slice(), &vectors].concat());
            p.store(Program::shared(ASKED), 1);
            p.exit_thread(0);
        });
        p.await_word(Program::shared(ASKED));
        p.ptrace(Request::PEEKDATA, child, word, Program::shared(PEEKED));
        p.call(Syscall::KILL, &[Arg::from(child), (libc::SIGKILL as u64).into()]);
        p.wait4(child, STATUS, libc::__WALL);
        p.exit(3);
    },
    scenario: |t| {
        let parent = t.cont()?;
        parent.await_word(STOPPED);
        let child = parent.made("fork", "child")?;
        go(&parent, &child);
        parent.await_word(ASKED);
        parent.check_saw(REQUESTS, "ptrace_3", Some(Return::error(Errno::ESRCH)))?;
        parent.check_saw(FILE, "pread64", Some(Return(8)))?;
        parent.check(FILE, "word through the file", Word(WORD), Word(parent.word(READ)));
        parent.check_saw(VM, "process_vm_readv", Some(Return(8)))?;
        parent.check(VM, "word by process_vm_readv", Word(WORD), Word(parent.word(BY_VM)));
        let parent = parent.ends(END, Gone::Exited(3))?;
        parent.check_saw(REQUESTS, "ptrace_4", Some(Return(0)))?;
        parent.check(REQUESTS, "word that the tracer peeked", Word(WORD), Word(parent.word(PEEKED)));
        parent.check(END, "status of the child", Word(libc::SIGKILL as u64), Word(parent.word(STATUS)));
        child.reaped_by_parent();
        Ok(())
    },
    ..Case::NEW
}];
