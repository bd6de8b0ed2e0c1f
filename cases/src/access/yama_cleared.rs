//! What becomes of a tracer whose exception from Yama is withdrawn.

use super::ONE_START;
use super::asker::{self, WORD, open_its_memory, waits};
use super::change::{POWERLESS, make_all, steps};
use super::pair::{ASKER_ENDS, READY, both_end};
use super::relation::name;
use super::yama::Scope;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const STAYS: &str = "yama.exception-of-tracer";
const CLEARS: &str = "yama.setptracer.zero-clears";

/// Words of the program: the asker's id; it traces; its exception is gone; what it read, in each way; its stop.
const ASKER: usize = 30;
const TRACED: usize = 31;
const CLEARED: usize = 32;
const PEEKED: usize = 33;
const READ: usize = 34;
const FROM_FILE: usize = 35;
const STOPPED: usize = 36;

pub(super) const CASES: &[Case] = &[Case {
    name: "yama_exception_withdrawn",
    title: "A tracer whose exception the tracee withdraws by PR_SET_PTRACER stays its tracer, and reads its memory by PTRACE_PEEKDATA, by process_vm_readv and from the file that it has open; once it has detached it needs a new one.",
    clauses: &[STAYS, CLEARS, END],
    needs: &[Need::Yama],
    axes: &[ONE_START, axis::<Scope>(&["scope0", "scope1"])],
    program,
    scenario,
    ..Case::NEW
}];

fn program(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let word = p.data(&[WORD]);
    let target = p.fork("target", |p| {
        make_all(p, &[POWERLESS]);
        p.await_word(Program::shared(ASKER));
        let asker = p.load(Program::shared(ASKER));
        name(p, asker);
        p.store(Program::shared(READY), 1);
        p.await_word(Program::shared(TRACED));
        name(p, 0);
        p.store(Program::shared(CLEARED), 1);
        p.sleep();
    });
    let asker = p.fork("asker", |p| {
        make_all(p, &[POWERLESS]);
        waits(p);
        let file = open_its_memory(p);
        p.ptrace(Request::SEIZE, target, 0, 0);
        p.store(Program::shared(TRACED), 1);
        p.await_word(Program::shared(CLEARED));
        p.ptrace(Request::INTERRUPT, target, 0, 0);
        p.wait4(target, STOPPED, libc::__WALL);
        p.ptrace(Request::PEEKDATA, target, word, Program::shared(PEEKED));
        let (ours, theirs) = (p.data(&[Program::shared(READ), 8]), p.data(&[word, 8]));
        let vectors = [target.into(), ours.into(), 1.into(), theirs.into(), 1.into(), Arg::Word(0)];
        p.call(Syscall::PROCESS_VM_READV, &vectors);
        let [to, length, from] = [Program::shared(FROM_FILE), 8, word].map(Arg::Word);
        p.call(Syscall::PREAD64, &[file.into(), to, length, from]);
        p.ptrace(Request::DETACH, target, 0, 0);
        p.ptrace(Request::SEIZE, target, 0, 0);
        p.exit(5);
    });
    both_end(p, asker, target);
}

fn scenario(t: Stopped) -> Flow {
    let scope: Scope = t.pick()?;
    let before = t.yama(scope as u32)?;
    let parent = t.cont()?;
    let (target, asker) = (parent.made("fork", "target")?, parent.made("fork_2", "asker")?);
    parent.set_word(ASKER, asker.pid as u64);
    parent.await_word(READY);
    asker::go(&parent, &target);
    let t = parent.ends(END, Gone::Exited(3))?;
    drop(before);
    for (step, result) in steps([POWERLESS; 2].into_iter()) {
        t.check_saw(STAYS, &step, Some(result))?;
    }
    for (step, result) in
        [("set_ptracer", 0), ("set_ptracer_2", 0), ("openat", 0), ("ptrace", 0), ("ptrace_2", 0)]
    {
        t.check_saw(STAYS, step, Some(Return(result)))?;
    }
    t.check(STAYS, "stop of the target", Word(EVENT_STOP), Word(t.word(STOPPED)));
    for (step, result, word) in
        [("ptrace_3", 0, PEEKED), ("process_vm_readv", 8, READ), ("pread64", 8, FROM_FILE)]
    {
        t.check_saw(STAYS, step, Some(Return(result)))?;
        t.check(STAYS, &format!("word of {step}"), Word(WORD), Word(t.word(word)));
    }
    t.check_saw(STAYS, "ptrace_4", Some(Return(0)))?;
    let again = if scope == Scope::Classic { Return(0) } else { Return::error(Errno::EPERM) };
    t.check_saw(CLEARS, "ptrace_5", Some(again))?;
    t.check(END, "status of the asker", Word(5 << 8), Word(t.word(ASKER_ENDS)));
    target.reaped_by_parent();
    asker.reaped_by_parent();
    Ok(())
}

/// The wait status of the stop that `PTRACE_INTERRUPT` makes.
const EVENT_STOP: u64 = Status::stopped(libc::SIGTRAP, Event::STOP).0 as u64;
