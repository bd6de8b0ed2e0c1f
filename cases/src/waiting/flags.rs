//! Which flags of wait4 and waitid matter for a tracee, and which are refused.

use super::way::{Call, END, ENDS, Kind, SIGNAL, consume, finish, found, program, stop, to_stop};
use crate::death::threads::{BORN, MADE};
use crate::event_stops::tasks::to_first_stop;
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Status, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Pid;
use ptrace_conformance_harness::waiting::{Told, Which};

/// Which changes of state a wait asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked(Call, i32);

impl Axis for Asked {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("wait4", Asked(Call::Wait4, 0)),
        ("wait4untraced", Asked(Call::Wait4, libc::WUNTRACED)),
        ("wait4continued", Asked(Call::Wait4, libc::WCONTINUED)),
        ("exited", Asked(Call::Waitid, libc::WEXITED)),
        ("stopped", Asked(Call::Waitid, libc::WSTOPPED)),
        ("continued", Asked(Call::Waitid, libc::WCONTINUED)),
    ];
}

/// Which kinds of children a wait is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Children(i32);

impl Axis for Children {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("noflag", Children(0)),
        ("wall", Children(libc::__WALL)),
        ("wclone", Children(libc::__WCLONE)),
        ("wnothread", Children(libc::__WNOTHREAD)),
    ];
}

/// The tracee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The first one, a child of the tracer with `SIGCHLD` as exit signal.
    Leader,
    /// A thread of the process.
    Thread,
    /// A process without an exit signal.
    Cloned,
}

impl Axis for Target {
    const VALUES: &'static [(&'static str, Self)] =
        &[("leader", Target::Leader), ("thread", Target::Thread), ("cloned", Target::Cloned)];
}

/// A wait that is refused, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Wait4(i32, Errno),
    Waitid(i32, Errno),
    Selector(Which, Errno),
    LowestId,
}

const EVERY: i32 = libc::WSTOPPED | libc::WEXITED | libc::WCONTINUED;
/// No flag of any wait.
const UNKNOWN: i32 = 0x40;

impl Axis for Wrong {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("wait4exited", Wrong::Wait4(libc::WEXITED, Errno::EINVAL)),
        ("wait4nowait", Wrong::Wait4(libc::WNOWAIT, Errno::EINVAL)),
        ("wait4unknown", Wrong::Wait4(UNKNOWN, Errno::EINVAL)),
        ("wait4lowest", Wrong::LowestId),
        ("waitidnone", Wrong::Waitid(0, Errno::EINVAL)),
        ("waitidonlyflags", Wrong::Waitid(libc::WNOHANG | libc::WNOWAIT | libc::__WALL, Errno::EINVAL)),
        ("waitidunknown", Wrong::Waitid(EVERY | UNKNOWN, Errno::EINVAL)),
        ("idtype", Wrong::Selector(Which(17, 1), Errno::EINVAL)),
        ("idzero", Wrong::Selector(Which::pid(0), Errno::EINVAL)),
        ("idnegative", Wrong::Selector(Which::pid(-1), Errno::EINVAL)),
        ("groupnegative", Wrong::Selector(Which::group(-1), Errno::EINVAL)),
        ("fdnegative", Wrong::Selector(Which(libc::P_PIDFD, -1), Errno::EINVAL)),
        ("fdclosed", Wrong::Selector(Which(libc::P_PIDFD, 1 << 20), Errno::EBADF)),
    ];
}

const ANY_FLAG: &str = "wait.waitid.wexited-only";
const REGARDLESS: &str = "kdoc.trace-wait-regardless-options";
const UNTRACED: &str = "wait.tracee-stopped-without-wuntraced";
const INVALID: &str = "wait.err.einval-options";
const SELECTS: &str = "wait.err.einval-selector";
const LOWEST: &str = "wait.err.esrch-intmin";
const IMPLIED: &str = "wait.wall-implied-ptrace";
const WALL: &str = "wait.wall-both-kinds";
const BOTH: &str = "wait.wall-implies";
const ACCEPTED: &str = "wait.waitid-linux-flags";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stop_whatever_is_asked_for",
        title: "A wait that asks for ends, or for SIGCONT, returns a tracee's stop too.",
        clauses: &[SIGNAL, END, UNTRACED, ANY_FLAG, REGARDLESS, "wait.macro.stopped"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Kind>(&["signal", "group", "event"]),
            axis::<Asked>(&["wait4", "wait4untraced", "wait4continued", "exited", "stopped", "continued"]),
        ],
        options: options::TRACESYSGOOD,
        program,
        scenario: |t| {
            let t = to_stop(t)?;
            let (stop, code) = stop(&t)?;
            let status = match t.pick()? {
                Asked(Call::Wait4, flags) => {
                    let answer = t.wait4(t.pid, flags);
                    let clause = if flags == 0 { UNTRACED } else { REGARDLESS };
                    t.check(clause, "wait4", found(&t, code), answer);
                    answer.ok().flatten().map(|(_, status)| status)
                }
                Asked(Call::Waitid, flags) => {
                    let answer = t.waitid(Which::pid(t.pid), flags);
                    let clause = if flags == libc::WEXITED { ANY_FLAG } else { REGARDLESS };
                    t.check(clause, "waitid", Ok(Some(Told::of(&t, libc::CLD_TRAPPED, code))), answer);
                    answer.ok().flatten().map(|told| told.as_stop())
                }
            };
            let t = t.found(status.unwrap_or(Status(0)))?;
            t.check("wait.macro.stopped", "stop", stop, t.stop);
            finish(t)
        },
        ..Case::NEW
    },
    Case {
        name: "tracee_of_any_kind",
        title: "Stop and end of a tracee are told whichever kinds of children the wait asks for: __WALL is implied.",
        clauses: &[MADE, BORN, END, IMPLIED, WALL, BOTH, ACCEPTED, "wait.wnothread"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Target>(&["leader", "thread", "cloned"]),
            axis::<Children>(&["noflag", "wall", "wclone", "wnothread"]),
            axis::<Call>(&["wait4", "waitid"]),
        ],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| match p.pick() {
            Target::Leader => stops_and_ends(p),
            Target::Thread => drop(p.thread("task", stops_and_ends)),
            Target::Cloned => drop(p.clone_task(0, "task", stops_and_ends)),
        },
        scenario: |t| {
            let Children(flags) = t.pick()?;
            let stop = clause(flags, t.pick()?);
            let (maker, t) = maker_and_target(t)?;
            let t = consume(t, stop, libc::SIGUSR1, flags)?;
            ends(t.cont()?, flags)?;
            maker.map_or(Ok(()), |maker| maker.cont()?.ends(END, super::way::NOTHING).map(drop))
        },
        ..Case::NEW
    },
    Case {
        name: "refused_waits",
        title: "A wait with wrong flags or a wrong selector is refused, and the stop that was there stays.",
        clauses: &[END, INVALID, SELECTS, LOWEST, "wait.stop-reported-by-wait-family"],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Wrong>(&[
                "wait4exited",
                "wait4nowait",
                "wait4unknown",
                "wait4lowest",
                "waitidnone",
                "waitidonlyflags",
                "waitidunknown",
                "idtype",
                "idzero",
                "idnegative",
                "groupnegative",
                "fdnegative",
                "fdclosed",
            ]),
        ],
        program: |p| {
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_state(&['t'])?;
            match t.pick()? {
                Wrong::Wait4(flags, errno) => {
                    t.check(INVALID, "wait4", Err(errno), t.wait4(t.pid, flags));
                }
                Wrong::LowestId => {
                    t.check(LOWEST, "wait4", Err(Errno::ESRCH), t.wait4(i32::MIN, 0));
                }
                Wrong::Waitid(flags, errno) => {
                    let answer = t.waitid(Which::pid(t.pid), flags);
                    t.check(INVALID, "waitid", Err(errno), answer);
                }
                Wrong::Selector(which, errno) => {
                    t.check(SELECTS, "waitid", Err(errno), t.waitid(which, EVERY | libc::WNOHANG));
                }
            }
            let t = t.expect("wait.stop-reported-by-wait-family", Stop::Signal(Signal::USR1))?;
            t.cont()?.ends(END, ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn stops_and_ends(p: &mut Program) {
    p.raise(Signal::USR1);
    p.exit_thread(7);
}

/// Which of the flags' clauses the wait is about.
const fn clause(flags: i32, call: Call) -> &'static str {
    match call {
        _ if flags == libc::__WALL => WALL,
        _ if flags == libc::__WNOTHREAD => "wait.wnothread",
        Call::Waitid if flags != 0 => ACCEPTED,
        _ => IMPLIED,
    }
}

/// The variant's task running, and who made it, at its event.
fn maker_and_target(t: Stopped) -> Flow<(Option<Stopped>, Running)> {
    if t.pick::<Target>()? == Target::Leader {
        return Ok((None, t.cont()?));
    }
    let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
    let task = to_first_stop(t.new_task("task")?)?.cont()?;
    Ok((Some(t), task))
}

/// Waits for the end by the variant's call.
fn ends(t: Running, flags: i32) -> Flow {
    const CODE: i32 = 7;
    match t.pick()? {
        Call::Wait4 => {
            let answer = t.wait4(t.pid, flags);
            t.check(BOTH, "wait4", Ok(Some((Pid(t.pid), Status(CODE << 8)))), answer);
        }
        Call::Waitid => {
            let answer = t.waitid(Which::pid(t.pid), libc::WEXITED | flags);
            t.check(BOTH, "waitid", Ok(Some(Told::of(&t, libc::CLD_EXITED, CODE))), answer);
        }
    }
    t.reaped();
    Ok(())
}
