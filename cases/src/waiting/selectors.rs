//! Whom a wait is about: an id, a process group, anybody, a process's file descriptor.

use super::way::{Call, END, ENDS};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Pid, Return};
use ptrace_conformance_harness::waiting::{Told, Which};

/// Whom the wait asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Selector {
    Id,
    Any,
    /// The process group that the tracee has made.
    ItsGroup,
    /// The tracer's own process group.
    OurGroup,
    Descriptor,
}

impl Axis for Selector {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("id", Selector::Id),
        ("any", Selector::Any),
        ("itsgroup", Selector::ItsGroup),
        ("ourgroup", Selector::OurGroup),
        ("pidfd", Selector::Descriptor),
    ];
}

/// Whether the tracee has left the tracer's process group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left(bool);

impl Axis for Left {
    const VALUES: &'static [(&'static str, Self)] = &[("stays", Left(false)), ("leaves", Left(true))];
}

const SELECTS: &str = "wait.pid-selectors";
const SAME: &str = "wait.wifstopped";
const DESCRIPTOR: &str = "wait.waitid.p-pidfd";
const AGAIN: &str = "wait.err.eagain-pidfd";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "selected_stop",
        title: "A wait finds a tracee by its id, as anybody, by the process group that it is in now, and by a descriptor, and by no other group.",
        clauses: &[
            END,
            SELECTS,
            SAME,
            DESCRIPTOR,
            "wait.waitid.p-pid",
            "wait.waitid.p-all",
            "wait.waitid.p-pgid-zero",
        ],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Selector>(&["id", "any", "itsgroup", "ourgroup", "pidfd"]),
            axis::<Left>(&["stays", "leaves"]),
            axis::<Call>(&["wait4", "waitid"]),
        ],
        program: |p| {
            let Left(leaves) = p.pick();
            if leaves {
                p.call(Syscall::SETPGID, &[0, 0]);
            }
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_state(&['t'])?;
            let (selector, Left(left)) = (t.pick()?, t.pick()?);
            if left {
                t.check_saw(SELECTS, "setpgid", Some(Return(0)))?;
            }
            let selects = match selector {
                Selector::ItsGroup => left,
                Selector::OurGroup => !left,
                _ => true,
            };
            let told = Told::of(&t, libc::CLD_TRAPPED, libc::SIGUSR1);
            let answer = wait_for(&t, selector)?;
            let expected = if selects { Ok(Some((told.pid, told.as_stop()))) } else { Err(Errno::ECHILD) };
            t.check(clause(selector, t.pick()?), "wait", expected, answer);
            let t =
                if selects { t.found(told.as_stop())? } else { t.expect(SAME, Stop::Signal(Signal::USR1))? };
            t.check(SAME, "stop", Stop::Signal(Signal::USR1), t.stop);
            t.cont()?.ends(END, ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "several_tracees",
        title: "Waits for anybody tell the stop of each of three tracees once, in whatever order.",
        clauses: &[END, SELECTS, "wait.waitid.p-all", SAME],
        axes: &[axis::<Start>(&["traceme", "seize"]), axis::<Call>(&["wait4", "waitid"])],
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let tasks = [t.fresh("second")?, t.fresh("third")?, t];
            let tasks = tasks.into_iter().map(|t| t.cont()).collect::<Flow<Vec<_>>>()?;
            tasks.iter().try_for_each(|t| t.await_state(&['t']))?;
            let first = &tasks[0];
            let clause = if first.pick::<Call>()? == Call::Wait4 { SELECTS } else { "wait.waitid.p-all" };
            let mut left: Vec<_> = tasks.iter().map(|t| t.pid).collect();
            for _ in &tasks {
                let found = wait_for(first, Selector::Any)?.ok().flatten();
                let known = found.is_some_and(|(pid, _)| left.contains(&pid.0));
                first.check(clause, "the id of one that was not told yet", true, known);
                let status = found.map(|(_, status)| status);
                first.check(SAME, "status", Some(Status(0x7f | libc::SIGUSR1 << 8)), status);
                left.retain(|&pid| found.is_none_or(|(found, _)| found.0 != pid));
            }
            first.check(clause, "a wait after the last", Ok(None), wait_for(first, Selector::Any)?);
            tasks.into_iter().try_for_each(|t| {
                let t = t.found(Status(0x7f | libc::SIGUSR1 << 8))?;
                t.cont()?.ends(END, ENDS).map(drop)
            })
        },
        ..Case::NEW
    },
    Case {
        name: "descriptor_that_does_not_block",
        title: "waitid for a nonblocking descriptor of a running tracee fails with EAGAIN, with WNOHANG it returns 0, and it tells stop and end.",
        axes: &[axis::<Start>(&["seize"])],
        clauses: &[END, AGAIN, DESCRIPTOR, "wait.waitid.wnohang-none", "wait.waitid.cld-exit-codes"],
        program: |p| {
            p.await_word(Program::shared(0));
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            const EVERY: i32 = libc::WSTOPPED | libc::WEXITED;
            let t = t.cont()?;
            let fd = t.pidfd(libc::PIDFD_NONBLOCK)?;
            let which = Which::pidfd(&fd);
            t.check(AGAIN, "waitid", Err(Errno::EAGAIN), t.waitid(which, EVERY));
            let answer = t.waitid(which, EVERY | libc::WNOHANG);
            t.check("wait.waitid.wnohang-none", "waitid with WNOHANG", Ok(None), answer);
            t.set_word(0, 1);
            t.await_state(&['t'])?;
            let told = Told::of(&t, libc::CLD_TRAPPED, libc::SIGUSR1);
            t.check(DESCRIPTOR, "waitid at the stop", Ok(Some(told)), t.waitid(which, EVERY));
            let t = t.found(told.as_stop())?.cont()?;
            t.await_state(&['Z'])?;
            let told = Told::of(&t, libc::CLD_EXITED, 3);
            t.check(
                "wait.waitid.cld-exit-codes",
                "waitid at the end",
                Ok(Some(told)),
                t.waitid(which, EVERY),
            );
            t.check(END, "waitid after it", Err(Errno::ECHILD), t.waitid(which, EVERY));
            t.reaped();
            Ok(())
        },
        ..Case::NEW
    },
];

type Waited = Result<Option<(Pid, Status)>, Errno>;

/// A wait by the variant's call that does not block.
fn wait_for(t: &Task, selector: Selector) -> Flow<Waited> {
    // wait4 knows no descriptors.
    if t.pick::<Call>()? == Call::Wait4 && selector != Selector::Descriptor {
        let pid = match selector {
            Selector::Any => -1,
            Selector::ItsGroup => -t.pid,
            Selector::OurGroup => 0,
            Selector::Id | Selector::Descriptor => t.pid,
        };
        return Ok(t.wait4(pid, libc::WNOHANG));
    }
    let fd = if selector == Selector::Descriptor { Some(t.pidfd(0)?) } else { None };
    let which = match selector {
        Selector::Id => Which::pid(t.pid),
        Selector::Any => Which::all(),
        Selector::ItsGroup => Which::group(t.pid),
        Selector::OurGroup => Which::group(0),
        Selector::Descriptor => fd.as_ref().map_or(Which::all(), Which::pidfd),
    };
    let told = t.waitid(which, libc::WSTOPPED | libc::WEXITED | libc::WNOHANG);
    if let Ok(Some(told)) = told {
        let expected = Told { pid: told.pid, ..Told::of(t, libc::CLD_TRAPPED, libc::SIGUSR1) };
        t.check(clause(selector, Call::Waitid), "all that waitid tells", expected, told);
    }
    Ok(told.map(|told| told.map(|told| (told.pid, told.as_stop()))))
}

const fn clause(selector: Selector, call: Call) -> &'static str {
    match (selector, call) {
        (Selector::Descriptor, _) => DESCRIPTOR,
        (_, Call::Wait4) => SELECTS,
        (Selector::Any, _) => "wait.waitid.p-all",
        (Selector::OurGroup, _) => "wait.waitid.p-pgid-zero",
        _ => "wait.waitid.p-pid",
    }
}
