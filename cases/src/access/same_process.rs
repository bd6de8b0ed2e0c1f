//! Threads of one process, who may do everything to each other but trace.

use super::ONE_START;
use super::answers::{ALL, Allowed};
use super::asker::{self, ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM, asks};
use super::change::Change::Dumpable;
use super::change::{POWERLESS, make_all, steps};
use super::pair::{ASKER_ENDS, READY};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Word;

const GROUP: &str = "access.same-thread-group";

/// What the process has said of itself.
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
    /// Memory files of what is not dumpable are root's, for the process itself too.
    fn allowed(self) -> Allowed {
        let open = self == Said::Dumpable || foreign::user() == 0;
        Allowed { trace: false, open, ..ALL }
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "same_process",
    title: "A thread may read and write the memory of its own process, not dumpable or not, and take its descriptors; it cannot attach to its leader.",
    clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, GROUP, END],
    axes: &[ONE_START, axis::<Said>(&["dumpable", "notdumpable"])],
    program: |p| {
        let said: Said = p.pick();
        p.block(&[Signal::CHLD]);
        let target = p.fork("target", |p| {
            make_all(p, &[POWERLESS, Dumpable(said as u64)]);
            let leader = p.call(Syscall::GETPID, &[0; 0]);
            p.thread("asker", |p| {
                // The one descriptor that is left is the thread's handle on its process.
                asks(p, leader, 0);
                p.exit(5);
            });
            p.store(Program::shared(READY), 1);
            p.sleep();
        });
        p.wait4(target, ASKER_ENDS, 0);
        p.exit(3);
    },
    scenario: |t| {
        let said: Said = t.pick()?;
        let parent = t.cont()?;
        let target = parent.made("fork", "target")?;
        parent.await_word(READY);
        asker::go(&parent, &target);
        let parent = parent.ends(END, Gone::Exited(3))?;
        for (step, result) in steps([POWERLESS, Dumpable(said as u64)].into_iter()) {
            parent.check_saw(GROUP, &step, Some(result))?;
        }
        asker::check(&parent, &target, said.allowed(), &[GROUP])?;
        parent.check(END, "status of the target", Word(5 << 8), Word(parent.word(ASKER_ENDS)));
        target.reaped_by_parent();
        Ok(())
    },
    ..Case::NEW
}];
