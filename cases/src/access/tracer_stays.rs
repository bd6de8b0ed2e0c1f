//! A tracee that becomes not dumpable: it keeps its tracer, and its memory to itself.

use super::ONE_START;
use super::asker::WORD;
use super::change::Change::{self, Capable, Dumpable};
use super::change::{POWERLESS, PTRACE, make_all, steps};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const PEEK: &str = "mem.not-dumpable";
const VM: &str = "pvm.eperm";
const DUMPABLE: &str = "access.step4-dumpable";

/// Words of the program: the target may go on; it has changed; it has no capabilities; wait statuses; what was read, and the event message.
const ON: usize = 0;
const CHANGED: usize = 1;
const READY: usize = 8;
const STOPPED: usize = 2;
const TARGET_ENDS: usize = 3;
const TRACER_ENDS: usize = 4;
const PEEKED: usize = 5;
const MESSAGE: usize = 6;
const READ: usize = 7;

/// Whether the tracer had `CAP_SYS_PTRACE` when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tracer {
    Powerless,
    Powerful,
    /// It has given it away since.
    WasPowerful,
}

impl Axis for Tracer {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("powerless", Tracer::Powerless),
        ("powerful", Tracer::Powerful),
        ("waspowerful", Tracer::WasPowerful),
    ];
}

impl Tracer {
    /// Before it comes, and behind it.
    const fn changes(self) -> [&'static [Change]; 2] {
        match self {
            Tracer::Powerless => [&[POWERLESS], &[]],
            Tracer::Powerful => [&[Capable(PTRACE)], &[]],
            Tracer::WasPowerful => [&[Capable(PTRACE)], &[POWERLESS]],
        }
    }
}

const CASE: Case = Case {
    name: "tracee_becomes_not_dumpable",
    title: "A tracee that becomes not dumpable stays traced; its memory cannot be read any more, neither by PTRACE_PEEKDATA (EIO) nor by process_vm_readv (EPERM).",
    clauses: &[PEEK, VM, DUMPABLE, END],
    axes: &[ONE_START, axis::<Tracer>(&["powerless"])],
    program,
    scenario,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "tracee_of_a_powerful_tracer",
        title: "A tracer with CAP_SYS_PTRACE reads the memory of a tracee that has become not dumpable.",
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Tracer>(&["powerful"])],
        ..CASE
    },
    Case {
        name: "tracee_of_a_tracer_once_powerful",
        title: "A tracer that had CAP_SYS_PTRACE when it came reads by PTRACE_PEEKDATA the memory of a tracee that has become not dumpable, and no more by process_vm_readv.",
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Tracer>(&["waspowerful"])],
        ..CASE
    },
];

fn program(p: &mut Program) {
    let tracer: Tracer = p.pick();
    p.block(&[Signal::CHLD]);
    let word = p.data(&[WORD]);
    let (ours, theirs) = (p.data(&[Program::shared(READ), 8]), p.data(&[word, 8]));
    let task = p.fork("tracer", |p| {
        let target = p.fork("target", |p| {
            make_all(p, &[POWERLESS]);
            p.store(Program::shared(READY), 1);
            p.await_word(Program::shared(ON));
            make_all(p, &[Dumpable(0)]);
            p.store(Program::shared(CHANGED), 1);
            p.sleep();
        });
        let [before, behind] = tracer.changes();
        make_all(p, before);
        p.await_word(Program::shared(READY));
        p.ptrace(Request::SEIZE, target, 0, 0);
        make_all(p, behind);
        p.store(Program::shared(ON), 1);
        p.await_word(Program::shared(CHANGED));
        p.ptrace(Request::INTERRUPT, target, 0, 0);
        p.wait4(target, STOPPED, libc::__WALL);
        p.ptrace(Request::PEEKDATA, target, word, Program::shared(PEEKED));
        p.ptrace(Request::GETEVENTMSG, target, 0, Program::shared(MESSAGE));
        let vectors = [target.into(), ours.into(), 1.into(), theirs.into(), 1.into(), Arg::Word(0)];
        p.call(Syscall::PROCESS_VM_READV, &vectors);
        p.call(Syscall::KILL, &[Arg::from(target), (libc::SIGKILL as u64).into()]);
        p.wait4(target, TARGET_ENDS, libc::__WALL);
        p.exit(5);
    });
    p.wait4(task, TRACER_ENDS, 0);
    p.exit(3);
}

fn scenario(t: Stopped) -> Flow {
    let tracer: Tracer = t.pick()?;
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    let changes = [POWERLESS, Dumpable(0)].iter().chain(tracer.changes().into_iter().flatten());
    for (step, result) in steps(changes.copied()) {
        t.check_saw(DUMPABLE, &step, Some(result))?;
    }
    // The one asks what the tracer might when it came, the other what it may now.
    let (peeks, reads) = (tracer != Tracer::Powerless, tracer == Tracer::Powerful);
    let by =
        |may: bool, errno: Errno, result: u64| Some(if may { Return(result) } else { Return::error(errno) });
    let there = |may: bool| Word(if may { WORD } else { 0 });
    t.check_saw(DUMPABLE, "ptrace", Some(Return(0)))?;
    t.check_saw(DUMPABLE, "ptrace_2", Some(Return(0)))?;
    t.check(DUMPABLE, "stop of the target", Word(EVENT_STOP), Word(t.word(STOPPED)));
    t.check_saw(PEEK, "ptrace_3", by(peeks, Errno::EIO, 0))?;
    t.check_saw(DUMPABLE, "ptrace_4", Some(Return(0)))?;
    t.check_saw(VM, "process_vm_readv", by(reads, Errno::EPERM, 8))?;
    t.check(PEEK, "word that PTRACE_PEEKDATA read", there(peeks), Word(t.word(PEEKED)));
    t.check(VM, "word that process_vm_readv read", there(reads), Word(t.word(READ)));
    t.check(END, "status of the target", Word(libc::SIGKILL as u64), Word(t.word(TARGET_ENDS)));
    t.check(END, "status of the tracer", Word(5 << 8), Word(t.word(TRACER_ENDS)));
    Ok(())
}

/// The wait status of the stop that `PTRACE_INTERRUPT` makes.
const EVENT_STOP: u64 = Status::stopped(libc::SIGTRAP, Event::STOP).0 as u64;
