//! Who may attach to whom: users, what is not dumpable, children and their parents.

use super::threads::traced_by;
use super::way::{COME, Come, ON, ONE_START, PARENT_ENDS, READY, STATUS, awaited};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const SEIZE: &str = "seize.access-mode";
const ATTACH: &str = "attach.attach.access-mode";
const TRACED: &str = "err.eperm-already-traced";
const ANYBODY: &str = "attach.third-party-trace";
const SETRESUID: Syscall = Syscall::numbered(libc::SYS_setresuid as u64, "setresuid");
/// A user other than root, who needs no name.
const USER: u64 = 1;

/// Words of the program: the tracer has asked, and may go; the wait statuses of its tracee.
const ASKED: usize = 8;
const GO: usize = 9;
const FIRST: usize = 10;
const LAST: usize = 11;

/// Tracer and target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// An ordinary user, and root.
    UserAndRoot,
    /// An ordinary user twice, the target not dumpable.
    NotDumpable,
    /// An ordinary user twice.
    SameUser,
    /// Root, and an ordinary user who is not dumpable.
    RootAndUser,
}

impl Axis for Between {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("userandroot", Between::UserAndRoot),
        ("notdumpable", Between::NotDumpable),
        ("sameuser", Between::SameUser),
        ("rootanduser", Between::RootAndUser),
    ];
}

impl Between {
    /// The clauses by which it is allowed or refused.
    const fn clause(self) -> &'static str {
        match self {
            Between::UserAndRoot => "access.step3-uid-match",
            Between::NotDumpable => "access.step4-dumpable",
            Between::SameUser => "access.step6-allow",
            Between::RootAndUser => "access.step3-cap",
        }
    }

    const fn allowed(self) -> bool {
        matches!(self, Between::SameUser | Between::RootAndUser)
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "users",
        title: "An ordinary user can attach to nobody else's process, nor to its own that is not dumpable; root can to either.",
        clauses: &[
            SEIZE,
            ATTACH,
            TRACED,
            "access.step3-uid-match",
            "access.step4-dumpable",
            "access.step6-allow",
            "access.step3-cap",
            END,
        ],
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Between>(&["userandroot", "notdumpable", "sameuser", "rootanduser"])],
        program: |p| {
            let between: Between = p.pick();
            p.block(&[Signal::CHLD]);
            let tracer = p.fork("tracer", |p| {
                let target = p.fork("target", |p| {
                    if between != Between::UserAndRoot {
                        p.call(SETRESUID, &[USER; 3]);
                        let dumpable = u64::from(between == Between::SameUser);
                        p.call(Syscall::PRCTL, &[libc::PR_SET_DUMPABLE as u64, dumpable]);
                    }
                    awaited(p);
                });
                p.await_word(Program::shared(READY));
                if between != Between::RootAndUser {
                    p.call(SETRESUID, &[USER; 3]);
                }
                p.ptrace(Request::SEIZE, target, 0, 0);
                p.ptrace(Request::ATTACH, target, 0, 0);
                p.store(Program::shared(ASKED), 1);
                p.wait4(target, LAST, libc::__WALL);
                p.exit(5);
            });
            p.wait4(tracer, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let between: Between = t.pick()?;
            let parent = t.cont()?;
            parent.await_word(ASKED);
            let (target, tracer) = (parent.made("fork", "target")?, parent.made("fork_2", "tracer")?);
            parent.check_saw(between.clause(), "setresuid", Some(Return(0)))?;
            let refused = Return::error(Errno::EPERM);
            let seized = if between.allowed() { Return(0) } else { refused };
            parent.check_saw(SEIZE, "ptrace", Some(seized))?;
            parent.check_saw(between.clause(), "ptrace", Some(seized))?;
            let attached = if between.allowed() { TRACED } else { ATTACH };
            parent.check_saw(attached, "ptrace_2", Some(refused))?;
            parent.set_word(ON, 1);
            let parent = parent.ends(END, PARENT_ENDS)?;
            parent.check(END, "status of the target", Word(7 << 8), Word(parent.word(LAST)));
            parent.check(END, "status of the tracer", Word(5 << 8), Word(parent.word(STATUS)));
            target.reaped_by_parent();
            tracer.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "child_traces_its_parent",
        title: "A process can attach to its own parent, which stays its parent.",
        clauses: &[ANYBODY, "proc.status.ppid-unchanged", END],
        axes: &[ONE_START, COME],
        program: |p| {
            let come: Come = p.pick();
            p.block(&[Signal::CHLD]);
            let middle = p.fork("middle", |p| {
                // Where Yama restricts it, anybody may.
                p.call(Syscall::PRCTL, &[libc::PR_SET_PTRACER as u64, libc::PR_SET_PTRACER_ANY]);
                let inner = p.fork("inner", |p| {
                    // Until the other has got its id.
                    p.await_word(Program::shared(READY));
                    let above = p.call(Syscall::GETPPID, &[0; 0]);
                    if come == Come::Attach {
                        p.ptrace(Request::ATTACH, above, 0, 0);
                    } else {
                        p.ptrace(Request::SEIZE, above, 0, 0);
                        p.ptrace(Request::INTERRUPT, above, 0, 0);
                    }
                    p.wait4(above, FIRST, libc::__WALL);
                    p.call(Syscall::GETPPID, &[0; 0]);
                    p.store(Program::shared(ASKED), 1);
                    p.await_word(Program::shared(GO));
                    p.ptrace(Request::DETACH, above, 0, 0);
                    p.store(Program::shared(ON), 1);
                    p.exit(5);
                });
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ON));
                p.wait4(inner, LAST, 0);
                p.exit(7);
            });
            p.wait4(middle, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let come: Come = t.pick()?;
            let parent = t.cont()?;
            parent.await_word(ASKED);
            let (inner, middle) = (parent.made("fork", "inner")?, parent.made("fork_2", "middle")?);
            parent.check_saw_pid(ANYBODY, "wait4", &middle)?;
            let stop = match come {
                Come::Attach => (libc::SIGSTOP << 8) as u64,
                Come::Seize => (libc::SIGTRAP << 8 | 128 << 16) as u64,
            };
            parent.check(ANYBODY, "status that it got", Word(0x7f | stop), Word(parent.word(FIRST)));
            traced_by(&middle, ANYBODY, 't', &inner)?;
            parent.check_saw_pid("proc.status.ppid-unchanged", "getppid_2", &middle)?;
            parent.set_word(GO, 1);
            let parent = parent.ends(END, PARENT_ENDS)?;
            let detached = if come == Come::Attach { "ptrace_2" } else { "ptrace_3" };
            parent.check_saw(ANYBODY, detached, Some(Return(0)))?;
            parent.check(END, "status of the child", Word(5 << 8), Word(parent.word(LAST)));
            parent.check(END, "status of the parent", Word(7 << 8), Word(parent.word(STATUS)));
            inner.reaped_by_parent();
            middle.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];
