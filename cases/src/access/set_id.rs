//! Execve of files that give rights, by a task that somebody traces.

use super::ONE_START;
use super::change::Change::{Capable, Dumpable, Users};
use super::change::{Change, POWERLESS, PTRACE, USER, make_all, steps};
use super::set_id_file::{File, check_dumpable, says_its_rights};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::machine::SUID_DUMPABLE;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const IGNORED: &str = "execve.setid-ignored-traced";
const CAPABILITIES_IGNORED: &str = "execve.filecaps-ignored-traced";
const NO_ERROR: &str = "execve.eperm-traced-setid";
const SAVED: &str = "execve.saved-ids-copied";
const DUMPABLE: &str = "execve.dumpable-reset";

/// Who traces the task that executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tracer {
    Nobody,
    /// One of the same user.
    Powerless,
    /// The parent, whom the task asked.
    Asked,
    /// One with `CAP_SYS_PTRACE`.
    Powerful,
    /// One who had it when it came.
    WasPowerful,
    /// One of the same user, who has gone.
    Gone,
}

impl Axis for Tracer {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nobody", Tracer::Nobody),
        ("powerless", Tracer::Powerless),
        ("asked", Tracer::Asked),
        ("powerful", Tracer::Powerful),
        ("waspowerful", Tracer::WasPowerful),
        ("gone", Tracer::Gone),
    ];
}

/// Words of the program: the task is there; it may go on; wait statuses of a stop, of both ends.
const READY: usize = 0;
const ON: usize = 1;
const STOPPED: usize = 2;
const TARGET_ENDS: usize = 3;
const TRACER_ENDS: usize = 4;

const ORDINARY: Change = Users(USER, USER, USER);

impl Tracer {
    const fn is_ignored(self) -> bool {
        matches!(self, Tracer::Powerless | Tracer::Asked)
    }

    /// What it does to itself, before it comes and behind it.
    const fn changes(self) -> [&'static [Change]; 2] {
        match self {
            Tracer::Powerful => [&[Capable(PTRACE)], &[]],
            Tracer::WasPowerful => [&[Capable(PTRACE)], &[POWERLESS]],
            _ => [&[ORDINARY], &[]],
        }
    }

    /// Its requests, all of which succeed.
    const fn requests(self) -> &'static [&'static str] {
        match self {
            Tracer::Nobody => &[],
            Tracer::Powerless | Tracer::Powerful | Tracer::WasPowerful => &["ptrace"],
            Tracer::Asked => &["ptrace", "ptrace_2"],
            Tracer::Gone => &["ptrace", "ptrace_2", "ptrace_3"],
        }
    }

    fn comes(self, p: &mut Program, target: At) {
        match self {
            Tracer::Nobody | Tracer::Asked => {}
            Tracer::Powerless | Tracer::Powerful | Tracer::WasPowerful => {
                p.ptrace(Request::SEIZE, target, 0, 0);
            }
            Tracer::Gone => {
                p.ptrace(Request::SEIZE, target, 0, 0);
                p.ptrace(Request::INTERRUPT, target, 0, 0);
                p.wait4(target, STOPPED, libc::__WALL);
                p.ptrace(Request::DETACH, target, 0, 0);
            }
        }
    }

    /// The wait status that it sees before the end, if it sees one.
    const fn stop(self) -> u64 {
        match self {
            Tracer::Asked => TRAP,
            Tracer::Gone => Status::stopped(libc::SIGTRAP, Event::STOP).0 as u64,
            _ => 0,
        }
    }
}

/// The wait status of a stop by SIGTRAP.
const TRAP: u64 = 0x7f | (libc::SIGTRAP as u64) << 8;

pub(super) const CASES: &[Case] = &[Case {
    name: "set_id_programs",
    title: "A set-user-ID or set-group-ID bit and file capabilities give a traced task nothing, and execve(2) succeeds; they count if its tracer had CAP_SYS_PTRACE when it came, or has gone.",
    clauses: &[IGNORED, CAPABILITIES_IGNORED, NO_ERROR, SAVED, DUMPABLE, END],
    needs: &[Need::Root, Need::SetIdFiles],
    axes: &[
        ONE_START,
        axis::<File>(&["plain", "setuid", "setgid", "filecaps"]),
        axis::<Tracer>(&["nobody", "powerless", "asked", "powerful", "waspowerful", "gone"]),
    ],
    program,
    scenario,
    ..Case::NEW
}];

fn program(p: &mut Program) {
    let (file, tracer): (File, Tracer) = (p.pick(), p.pick());
    p.block(&[Signal::CHLD]);
    file.make(p);
    let task = p.fork("tracer", |p| {
        let target = p.fork("target", |p| executes(p, tracer));
        let [before, behind] = tracer.changes();
        make_all(p, before);
        p.await_word(Program::shared(READY));
        tracer.comes(p, target);
        make_all(p, behind);
        p.store(Program::shared(ON), 1);
        if tracer == Tracer::Asked {
            p.wait4(target, STOPPED, libc::__WALL);
            p.ptrace(Request::CONT, target, 0, 0);
        }
        p.wait4(target, TARGET_ENDS, libc::__WALL);
        p.exit(5);
    });
    p.wait4(Arg::from(task), TRACER_ENDS, 0);
    p.exit(3);
}

/// The task that executes, which its user can attach to before.
fn executes(p: &mut Program, tracer: Tracer) {
    make_all(p, &[ORDINARY, Dumpable(1)]);
    p.store(Program::shared(READY), 1);
    p.await_word(Program::shared(ON));
    if tracer == Tracer::Asked {
        p.ptrace(Request::TRACEME, 0, 0, 0);
    }
    File::execute(p, |p| {
        says_its_rights(p);
        p.exit(7);
    });
}

fn scenario(t: Stopped) -> Flow {
    let (file, tracer): (File, Tracer) = (t.pick()?, t.pick()?);
    let setting = t.machine_has(SUID_DUMPABLE)?;
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    file.check_made(&t, IGNORED)?;
    let [before, behind] = tracer.changes();
    let changes = [ORDINARY, Dumpable(1)].into_iter().chain(before.iter().chain(behind).copied());
    for (step, result) in steps(changes) {
        t.check_saw(IGNORED, &step, Some(result))?;
    }
    for step in tracer.requests() {
        t.check_saw(IGNORED, step, Some(Return(0)))?;
    }
    t.check(IGNORED, "stop that the tracer sees", Word(tracer.stop()), Word(t.word(STOPPED)));
    // A call that returned would say why.
    t.check_saw(NO_ERROR, "execve", None)?;
    let given = file != File::Nothing && !tracer.is_ignored();
    let rights = file.rights(given);
    for clause in [IGNORED, CAPABILITIES_IGNORED, SAVED] {
        rights.check(&t, clause)?;
    }
    check_dumpable(&t, DUMPABLE, given, setting)?;
    t.check(END, "status of the target", Word(7 << 8), Word(t.word(TARGET_ENDS)));
    t.check(END, "status of the tracer", Word(5 << 8), Word(t.word(TRACER_ENDS)));
    Ok(())
}
