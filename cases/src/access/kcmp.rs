//! kcmp(2), which reads of two tasks.

use super::ONE_START;
use super::change::Change::{self, Capable, Dumpable};
use super::change::{POWERLESS, PTRACE, make_all, steps};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const ACCESS: &str = "kcmp.access";
const OF_ALL: &str = "caps.sys-ptrace-kcmp-robust";
const MEMORY: &str = "kcmp.vm-thread";
const NO_TASK: &str = "kcmp.esrch";

const KCMP: Syscall = Syscall::numbered(libc::SYS_kcmp as u64, "kcmp");
const KCMP_VM: u64 = 1;
/// Above every `pid_max`.
const NOBODY: u64 = 1 << 23;

/// Words of the program: the child is there; its wait status.
const READY: usize = 0;
const STATUS: usize = 1;

/// What a child says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Dumpable = 1,
    NotDumpable = 0,
}

impl Axis for Said {
    const VALUES: &'static [(&'static str, Self)] =
        &[("dumpable", Said::Dumpable), ("notdumpable", Said::NotDumpable)];
}

impl Said {
    const fn changes(self) -> [Change; 2] {
        [POWERLESS, Dumpable(self as u64)]
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "compared_memory",
        title: "kcmp with KCMP_VM says that threads of a process have the same memory, and a child and its parent have not.",
        clauses: &[MEMORY, NO_TASK, END],
        needs: &[Need::Kcmp],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.sleep();
            });
            let thread = p.thread("thread", |p| {
                p.sleep();
            });
            let leader = p.call(Syscall::GETPID, &[0; 0]);
            compare(p, leader.into(), thread.into());
            compare(p, leader.into(), child.into());
            compare(p, child.into(), leader.into());
            compare(p, leader.into(), NOBODY.into());
            compare(p, NOBODY.into(), leader.into());
            kill(p, child);
        },
        scenario: |t| {
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(MEMORY, "kcmp", Some(Return(0)))?;
            // 1 says less and 2 more, by an order that nobody knows.
            let (one, other) = (t.saw("kcmp_2")?, t.saw("kcmp_3")?);
            let ways = [(Some(1), Some(2)), (Some(2), Some(1))];
            t.check(MEMORY, "one way it is less, the other way more", true, ways.contains(&(one, other)));
            t.check_saw(NO_TASK, "kcmp_4", Some(Return::error(Errno::ESRCH)))?;
            t.check_saw(NO_TASK, "kcmp_5", Some(Return::error(Errno::ESRCH)))?;
            t.check(END, "status of the child", KILLED, Word(t.word(STATUS)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "compared_by_a_stranger",
        title: "kcmp fails with EPERM if the caller may not read of one of the two tasks, whichever that is.",
        clauses: &[ACCESS, END],
        needs: &[Need::Kcmp],
        axes: &[ONE_START, axis::<Said>(&["dumpable", "notdumpable"])],
        program: |p| {
            let said: Said = p.pick();
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                make_all(p, &said.changes());
                p.store(Program::shared(READY), 1);
                p.sleep();
            });
            make_all(p, &[POWERLESS]);
            let parent = p.call(Syscall::GETPID, &[0; 0]);
            p.await_word(Program::shared(READY));
            compare(p, child.into(), child.into());
            compare(p, parent.into(), child.into());
            compare(p, child.into(), parent.into());
            kill(p, child);
        },
        scenario: |t| {
            let said: Said = t.pick()?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            for (step, result) in steps(said.changes().into_iter().chain([POWERLESS])) {
                t.check_saw(ACCESS, &step, Some(result))?;
            }
            let refused = Some(Return::error(Errno::EPERM));
            if said == Said::NotDumpable {
                for step in ["kcmp", "kcmp_2", "kcmp_3"] {
                    t.check_saw(ACCESS, step, refused)?;
                }
            } else {
                t.check_saw(ACCESS, "kcmp", Some(Return(0)))?;
            }
            t.check(END, "status of the child", KILLED, Word(t.word(STATUS)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "compared_by_the_powerful",
        title: "With CAP_SYS_PTRACE kcmp compares tasks that are not dumpable too.",
        clauses: &[OF_ALL, END],
        needs: &[Need::Kcmp, Need::Root],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                make_all(p, &Said::NotDumpable.changes());
                p.store(Program::shared(READY), 1);
                p.sleep();
            });
            make_all(p, &[Capable(PTRACE)]);
            p.await_word(Program::shared(READY));
            compare(p, child.into(), child.into());
            kill(p, child);
        },
        scenario: |t| {
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            for (step, result) in steps(Said::NotDumpable.changes().into_iter().chain([Capable(PTRACE)])) {
                t.check_saw(OF_ALL, &step, Some(result))?;
            }
            t.check_saw(OF_ALL, "kcmp", Some(Return(0)))?;
            t.check(END, "status of the child", KILLED, Word(t.word(STATUS)));
            Ok(())
        },
        ..Case::NEW
    },
];

const KILLED: Word = Word(libc::SIGKILL as u64);

fn compare(p: &mut Program, one: Arg, other: Arg) {
    p.call(KCMP, &[one, other, KCMP_VM.into(), 0.into(), 0.into()]);
}

fn kill(p: &mut Program, child: At) {
    p.call(Syscall::KILL, &[Arg::from(child), (libc::SIGKILL as u64).into()]);
    p.wait4(child, STATUS, 0);
    p.exit(3);
}
