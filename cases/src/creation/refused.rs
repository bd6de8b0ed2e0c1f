//! Calls that make no task: refused at each stage, or skipped by the tracer. No event, and nobody new.

use super::way::{EITHER, MAKER_ENDS};
use crate::event_stops::axes::{EVENTS, Maker};
use crate::event_stops::tasks::{END, to_call};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Program, THREAD};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const SUCCESS: &str = "inside.event-after-success";
const SKIPPED: &str = "sysstop.skip-minus-one";

/// Bytes of `struct clone_args` as this suite knows it, and of its first version less one word.
const WHOLE: u64 = 88;
const TOO_SHORT: u64 = 56;
/// More than a page of any kernel.
const TOO_LONG: u64 = 1 << 20;
/// In the first page, where nothing is mapped.
const NOWHERE: u64 = 8;

/// What is wrong with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    ThreadAlone,
    TwoRoots,
    Descriptor,
    UnknownFlag,
    Signal,
    ThreadSignal,
    Short,
    Long,
    Nowhere,
    Stack,
}

impl Axis for Wrong {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("threadwithouthandlers", Wrong::ThreadAlone),
        ("sharedroot", Wrong::TwoRoots),
        ("nodescriptor", Wrong::Descriptor),
        ("unknownflag", Wrong::UnknownFlag),
        ("unknownsignal", Wrong::Signal),
        ("threadwithsignal", Wrong::ThreadSignal),
        ("shortstructure", Wrong::Short),
        ("longstructure", Wrong::Long),
        ("nostructure", Wrong::Nowhere),
        ("stackwithoutsize", Wrong::Stack),
    ];
}

impl Wrong {
    /// The call that is refused.
    fn call(self, p: &mut Program) {
        let plain = |flags: libc::c_int| flags as u64 | libc::SIGCHLD as u64;
        match self {
            Wrong::ThreadAlone => clone(p, plain(libc::CLONE_THREAD), 0),
            Wrong::TwoRoots => clone(p, plain(libc::CLONE_NEWNS | libc::CLONE_FS), 0),
            Wrong::Descriptor => clone(p, plain(libc::CLONE_PIDFD), NOWHERE),
            Wrong::UnknownFlag => clone3(p, 1 << 63, Signal::CHLD, 0, WHOLE),
            Wrong::Signal => clone3(p, 0, Signal(200), 0, WHOLE),
            Wrong::ThreadSignal => clone3(p, THREAD, Signal::CHLD, 0, WHOLE),
            Wrong::Short => clone3(p, 0, Signal::CHLD, 0, TOO_SHORT),
            Wrong::Long => clone3(p, 0, Signal::CHLD, 0, TOO_LONG),
            Wrong::Nowhere => {
                p.call(Syscall::CLONE3, &[NOWHERE, WHOLE]);
            }
            Wrong::Stack => clone3(p, 0, Signal::CHLD, NOWHERE, WHOLE),
        }
    }

    const fn step(self) -> &'static str {
        match self {
            Wrong::ThreadAlone | Wrong::TwoRoots | Wrong::Descriptor => "clone",
            _ => "clone3",
        }
    }

    /// With which error, as clone(2) says.
    const fn errno(self) -> Errno {
        match self {
            Wrong::Long => Errno(libc::E2BIG),
            Wrong::Descriptor | Wrong::Nowhere => Errno::EFAULT,
            _ => Errno::EINVAL,
        }
    }
}

fn clone(p: &mut Program, flags: u64, descriptor: u64) {
    p.call(Syscall::CLONE, &[flags, 0, descriptor, 0, 0]);
}

fn clone3(p: &mut Program, flags: u64, signal: Signal, stack: u64, size: u64) {
    let args = p.data(&[flags, 0, 0, 0, signal.0 as u64, stack, 0, 0, 0, 0, 0]);
    p.call(Syscall::CLONE3, &[args, size]);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "refused_calls_give_no_event",
        title: "A clone(2) or clone3(2) that is refused, early or late, gives no event, and its maker has no child.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", SUCCESS, END],
        axes: &[
            axis::<Start>(&["traceme"]),
            axis::<Wrong>(&[
                "threadwithouthandlers",
                "sharedroot",
                "nodescriptor",
                "unknownflag",
                "unknownsignal",
                "threadwithsignal",
                "shortstructure",
                "longstructure",
                "nostructure",
                "stackwithoutsize",
            ]),
        ],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            p.call(Syscall::GETUID, &[0; 0]);
            let wrong: Wrong = p.pick();
            wrong.call(p);
            looks_for_children(p);
        },
        scenario: |t| {
            let wrong: Wrong = t.pick()?;
            nobody(to_call(t)?, SUCCESS, wrong.step(), wrong.errno())
        },
        ..Case::NEW
    },
    Case {
        name: "skipped_call_makes_no_task",
        title: "A call that the tracer skips at its enter-stop makes no task and gives no event.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", SKIPPED, END],
        axes: &[EITHER, axis::<Maker>(&["fork", "vfork", "clonethread", "clone3process"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            p.call(Syscall::GETUID, &[0; 0]);
            let maker: Maker = p.pick();
            maker.make(p, |p| {
                p.exit_thread(1);
            });
            looks_for_children(p);
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = to_call(t)?;
            // On aarch64 the first argument would stay the result.
            t.set_registers(&t.registers()?.with(arch::RESULT, Return::error(Errno::ENOSYS).0))?;
            t.set_syscall_number(u64::MAX)?;
            nobody(t, SKIPPED, maker.step(), Errno::ENOSYS)
        },
        ..Case::NEW
    },
];

fn looks_for_children(p: &mut Program) {
    p.wait4(u64::MAX, 0, libc::__WALL | libc::WNOHANG);
    p.exit(MAKER_ENDS.into());
}

/// From the enter-stop of the call to its exit-stop with this error, and to the program's end: there is no child.
fn nobody(t: Stopped, clause: &str, step: &str, errno: Errno) -> Flow {
    let number = t.registers()?.words[arch::NUMBER];
    let t = t.syscall()?.expect(clause, Stop::SyscallExit)?;
    let registers = t.registers()?;
    t.check(clause, "result register", Return::error(errno), Return(registers.result()));
    t.check(clause, "number register", number, registers.words[arch::NUMBER]);
    let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
    t.check_saw(clause, step, Some(Return::error(errno)))?;
    t.check_saw(clause, "wait4", Some(Return::error(Errno::ECHILD)))
}
