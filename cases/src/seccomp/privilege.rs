//! Who may read filters and suspend them: a task of the program is the tracer.

use super::{CALL, CONTROL, END, MARK};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::request::{Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};
use std::rc::Rc;

/// What the program's tracer lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// `CAP_SYS_ADMIN`
    Capability,
    /// It has a filter itself.
    Unfiltered,
    /// It is a tracee whose filters are suspended.
    Unsuspended,
}

impl Axis for Lack {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("capability", Lack::Capability),
        ("unfiltered", Lack::Unfiltered),
        ("unsuspended", Lack::Unsuspended),
    ];
}

/// The request that asks for the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Setoptions,
    Seize,
}

impl Axis for By {
    const VALUES: &'static [(&'static str, Self)] = &[("setoptions", By::Setoptions), ("seize", By::Seize)];
}

const SUSPEND: u64 = options::SUSPEND_SECCOMP as u64;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "reading_filters_is_refused",
        title: "PTRACE_SECCOMP_GET_FILTER and PTRACE_SECCOMP_GET_METADATA fail with EACCES for a tracer without CAP_SYS_ADMIN, and for one with a filter of its own.",
        clauses: &["filter.eacces-cap", "filter.eacces-seccomp", "uapi.metadata.eacces", MARK, END],
        needs: CONTROL,
        axes: &[ANY_START, axis::<Lack>(&["capability", "unfiltered"])],
        program: |p| {
            lacks(p);
            let child = p.fork("child", |p| {
                p.ptrace(Request::TRACEME, 0, 0, 0);
                p.raise(Signal::STOP);
            });
            p.wait4(child, 1, 0);
            p.ptrace(Request::SECCOMP_GET_FILTER, child, 0, 0);
            let metadata = p.data(&[0; 2]);
            p.ptrace(Request::SECCOMP_GET_METADATA, child, 16, metadata);
            ends_with(p, child);
        },
        scenario: |t| {
            let clause = match t.pick()? {
                Lack::Capability => "filter.eacces-cap",
                _ => "filter.eacces-seccomp",
            };
            let task = to_the_end(t)?;
            task.check(clause, "status of the program's tracee", Word(0x137f), Word(task.word(1)));
            task.check_saw(clause, "ptrace_2", Some(Return::error(Errno(libc::EACCES))))?;
            task.check_saw("uapi.metadata.eacces", "ptrace_3", Some(Return::error(Errno(libc::EACCES))))
        },
        ..Case::NEW
    },
    Case {
        name: "suspending_is_refused",
        title: "PTRACE_O_SUSPEND_SECCOMP fails with EPERM for a tracer that lacks CAP_SYS_ADMIN, has a filter, or is itself suspended.",
        clauses: &[
            "opt.suspend.requires-cap",
            "opt.suspend.requires-no-seccomp",
            "opt.suspend.requires-not-suspended",
            MARK,
            END,
        ],
        needs: CONTROL,
        axes: &[
            ANY_START,
            axis::<Lack>(&["capability", "unfiltered", "unsuspended"]),
            axis::<By>(&["setoptions", "seize"]),
        ],
        program: |p| {
            lacks(p);
            let by: By = p.pick();
            let child = p.fork("child", |p| {
                if by == By::Setoptions {
                    p.ptrace(Request::TRACEME, 0, 0, 0);
                    p.raise(Signal::STOP);
                }
                p.spin();
            });
            if by == By::Setoptions {
                p.wait4(child, 1, 0);
                p.ptrace(Request::SETOPTIONS, child, 0, SUSPEND);
            } else {
                p.ptrace(Request::SEIZE, child, 0, SUSPEND);
            }
            ends_with(p, child);
        },
        scenario: |t| {
            let lack: Lack = t.pick()?;
            if lack == Lack::Unsuspended {
                t.change_options(options::TRACESYSGOOD | options::SUSPEND_SECCOMP)?;
            }
            let clause = match lack {
                Lack::Capability => "opt.suspend.requires-cap",
                Lack::Unfiltered => "opt.suspend.requires-no-seccomp",
                Lack::Unsuspended => "opt.suspend.requires-not-suspended",
            };
            let step = if t.pick::<By>()? == By::Setoptions { "ptrace_2" } else { "ptrace" };
            to_the_end(t)?.check_saw(clause, step, Some(Return::error(Errno::EPERM)))
        },
        ..Case::NEW
    },
];

/// Makes the program lack what the variant says.
fn lacks(p: &mut Program) {
    match p.pick() {
        Lack::Capability => {
            const VERSION_3: u64 = 0x2008_0522;
            let (header, none) = (p.data(&[VERSION_3]), p.data(&[0; 3]));
            p.call(Syscall::CAPSET, &[header, none]);
        }
        Lack::Unfiltered => {
            p.filter(CALL, libc::SECCOMP_RET_ALLOW);
        }
        Lack::Unsuspended => {}
    }
}

/// Kills and reaps the child, and exits with 3.
fn ends_with(p: &mut Program, child: At) {
    p.call(Syscall::KILL, &[Arg::Result(child), Arg::Word(libc::SIGKILL as u64)]);
    p.wait4(child, 2, 0);
    p.exit(3);
}

/// Past the SIGCHLDs of the program's own tracee, whose number the variant decides.
fn to_the_end(t: Stopped) -> Flow<Rc<Task>> {
    let chld = |t: Stopped| t.cont()?.expect(MARK, Stop::Signal(Signal::CHLD));
    let seize = t.pick::<By>().is_ok_and(|by| by == By::Seize);
    let t = if seize { t } else { chld(t)? };
    chld(t)?.cont()?.ends(END, Gone::Exited(3))
}
