//! A mount of procfs that hides processes from those who fail the access check.

use super::ONE_START;
use super::answers::ALL;
use super::asker::{ID, ID_AND_MEM, open_directory, waits};
use super::change::Change::{Capable, Dumpable, Supplementary, Users};
use super::change::{Change, OTHER, PTRACE, USER};
use super::mount::{MADE, PLACE};
use super::pair::{Pair, has_asked, tasks};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

const HIDE: &str = "access.hidepid";
const FSCREDS: &str = "access.fscreds";

/// A mount's option `hidepid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mount {
    Off,
    NoAccess,
    Invisible,
    Ptraceable,
}

impl Axis for Mount {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("off", Mount::Off),
        ("noaccess", Mount::NoAccess),
        ("invisible", Mount::Invisible),
        ("ptraceable", Mount::Ptraceable),
    ];
}

/// Who looks at a process of an ordinary user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looker {
    SameUser,
    OtherUser,
    /// Another user of the group that the mount names.
    OfTheGroup,
    Powerful,
}

impl Axis for Looker {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("sameuser", Looker::SameUser),
        ("otheruser", Looker::OtherUser),
        ("ofthegroup", Looker::OfTheGroup),
        ("powerful", Looker::Powerful),
    ];
}

/// The group that the mount names.
const GROUP: u64 = 7;

impl Mount {
    const fn options(self) -> &'static str {
        match self {
            Mount::Off => "hidepid=0,gid=7",
            Mount::NoAccess => "hidepid=1,gid=7",
            Mount::Invisible => "hidepid=2,gid=7",
            Mount::Ptraceable => "hidepid=4,gid=7",
        }
    }
}

impl Looker {
    const fn changes(self) -> &'static [Change] {
        match self {
            Looker::SameUser => &[Users(USER, USER, USER)],
            Looker::OtherUser => &[Users(OTHER, OTHER, OTHER)],
            Looker::OfTheGroup => &[Supplementary(GROUP), Users(OTHER, OTHER, OTHER)],
            Looker::Powerful => &[Capable(PTRACE)],
        }
    }

    const fn pair(self) -> Pair {
        const TARGET: &[Change] = &[Users(USER, USER, USER), Dumpable(1)];
        Pair { both: &[], asker: self.changes(), target: TARGET, allowed: ALL, clause: HIDE }
    }
}

/// What open says of the directory, and of a file in it that everybody may read.
const fn answers(mount: Mount, looker: Looker) -> [Return; 2] {
    let seen = [Return(0), Return(1)];
    let hidden = match (mount, looker) {
        (Mount::Off, _) | (_, Looker::SameUser | Looker::Powerful) => return seen,
        (Mount::NoAccess | Mount::Invisible, Looker::OfTheGroup) => return seen,
        (Mount::NoAccess, _) => Return::error(Errno::EPERM),
        (Mount::Invisible | Mount::Ptraceable, _) => Return::error(Errno::ENOENT),
    };
    [hidden, hidden]
}

fn program(p: &mut Program) {
    let (mount, looker): (Mount, Looker) = (p.pick(), p.pick());
    let options = p.text(mount.options());
    super::mount::mount(p, "proc", options);
    let place = p.text(PLACE);
    p.call(Syscall::CHDIR, &[place]);
    tasks(p, looker.pair(), |p, _| {
        waits(p);
        // The id is a name in the new mount.
        let directory = open_directory(p, ID);
        let file = p.text("status");
        p.call(Syscall::OPENAT, &[Arg::from(directory), file.into(), Arg::Word(0)]);
        p.call(Syscall::OPENAT, &[libc::AT_FDCWD as u64, ID_AND_MEM, 0]);
    });
}

pub(super) const CASES: &[Case] = &[Case {
    name: "hidden_processes",
    title: "Mounted with hidepid=1 procfs lets nobody into the directory of a process who fails the access check, with 2 it denies that there is one, to all outside the group of gid=; with 4 to those of the group too.",
    clauses: &[HIDE, FSCREDS, END],
    needs: &[Need::Root, Need::SetIdFiles],
    axes: &[
        ONE_START,
        axis::<Mount>(&["off", "noaccess", "invisible", "ptraceable"]),
        axis::<Looker>(&["sameuser", "otheruser", "ofthegroup", "powerful"]),
    ],
    program,
    scenario: |t| {
        let (mount, looker): (Mount, Looker) = (t.pick()?, t.pick()?);
        has_asked(t, looker.pair(), |t, _| {
            for step in MADE.into_iter().chain(["chdir"]) {
                t.check_saw(HIDE, step, Some(Return(0)))?;
            }
            let [directory, file] = answers(mount, looker);
            t.check_saw(HIDE, "openat", Some(directory))?;
            let file = if directory == Return(0) { file } else { Return::error(Errno::EBADF) };
            t.check_saw(HIDE, "openat_2", Some(file))?;
            let memory = match looker {
                Looker::SameUser => Return(2),
                _ if directory == Return(0) => Return::error(Errno::EACCES),
                _ => directory,
            };
            t.check_saw(FSCREDS, "openat_3", Some(memory))
        })
    },
    ..Case::NEW
}];
