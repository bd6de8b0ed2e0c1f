//! Files of /proc/PID that not everybody may read.

use super::ONE_START;
use super::answers::{ALL, NOTHING};
use super::asker::{open_its_directory, waits};
use super::change::Change::{Capable, Dumpable, Users};
use super::change::{DAC, OTHER, POWERLESS, PROFILE, PTRACE, USER};
use super::pair::{Pair, has_asked, tasks, words};
use crate::changes::MEMORY_FOR_PROFILERS;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Arch, Axis, Case, Need, Quirk, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program, step_name};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::Return;
use ptrace_conformance_harness::version::Change;

const DUMPABLE: &str = "access.step4-dumpable";
const CAPABLE: &str = "caps.sys-ptrace-proc";
const FSCREDS: &str = "access.fscreds";
const USERS: &str = "access.read-level-users";
const AT_READ: &str = "proc.syscall.check-at-read";

/// What keeps a reader out, if anything does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Nothing,
    /// The access check alone: as root the reader may open whatever is root's.
    Check,
    /// The same, but what is of memory alone is open to those who may profile.
    CheckOfCalls,
    /// Before it the file's own rights, where others have none.
    Rights,
}

/// Who reads of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of(Pair, Refused);

/// A target that is not dumpable, and an asker of the same ids.
const NO_DUMPS: Pair = Pair {
    both: &[],
    asker: &[POWERLESS],
    target: &[POWERLESS, Dumpable(0)],
    allowed: NOTHING,
    clause: DUMPABLE,
};
const DUMPS: Pair = Pair { target: &[POWERLESS], allowed: ALL, ..NO_DUMPS };
const ALMIGHTY: Pair = Pair { asker: &[Capable(PTRACE | DAC)], allowed: ALL, clause: CAPABLE, ..NO_DUMPS };
const PROFILER: Pair = Pair { asker: &[Capable(PROFILE)], clause: "proc.maps.access", ..NO_DUMPS };
const OTHER_USER: Pair = Pair {
    asker: &[Users(OTHER, OTHER, OTHER)],
    target: &[Users(USER, USER, USER), Dumpable(1)],
    clause: FSCREDS,
    ..NO_DUMPS
};

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("dumpable", Of(DUMPS, Refused::Nothing)),
        ("notdumpable", Of(NO_DUMPS, Refused::Check)),
        ("capable", Of(ALMIGHTY, Refused::Nothing)),
        ("profiler", Of(PROFILER, Refused::CheckOfCalls)),
        ("otheruser", Of(OTHER_USER, Refused::Rights)),
    ];
}

const WORDS: &[&str] = &words::<Of, { Of::VALUES.len() }>();

/// A file, and where the check is made (fs/proc/base.c, fs/proc/task_mmu.c).
struct File {
    name: &'static str,
    clause: &'static str,
    /// Others than the owner may open it, as far as its rights go.
    is_everybodys: bool,
    /// The error of read(2), where that and not open(2) checks.
    at_read: Option<Errno>,
    /// Bytes of eight that it has.
    bytes: u64,
}

impl File {
    const fn new(name: &'static str, clause: &'static str) -> File {
        File { name, clause, is_everybodys: false, at_read: None, bytes: 8 }
    }
}

const FILES: [File; 7] = [
    File { at_read: Some(Errno::EPERM), ..File::new("syscall", "proc.syscall.access") },
    File { at_read: Some(Errno::EPERM), ..File::new("personality", "proc.personality.access") },
    File { at_read: Some(Errno::EACCES), ..File::new("io", "proc.io.access") },
    File::new("auxv", "proc.auxv.access"),
    // Programs here have no environment.
    File { bytes: 0, ..File::new("environ", "proc.environ.access") },
    File { is_everybodys: true, ..File::new("maps", "proc.maps.access") },
    File::new("pagemap", "proc.pagemap.access"),
];

/// Links, and bytes of one that are read.
const LINKS: [(&str, &str); 2] = [("fd/3", "proc.fd.access"), ("ns/user", "proc.ns.access")];

/// A mend of 2026 that some stable releases have without the mend to it.
const ERROR_LOST: Quirk = Quirk {
    what: "refused readlinkat of ns/user",
    observed: "0",
    arches: Arch::ALL,
    since: Change::at(7, 2).and_stable(&[(5, 10, 262)]),
    until: Some(Change::at(7, 2)),
    reason: "since it takes a lock first, readlink of /proc/PID/ns/* returns the lock's 0 where it refuses, and no name",
    source: "6650527444da proc: protect ptrace_may_access() with exec_update_lock (part 1), fs/proc/namespaces.c: proc_ns_readlink()",
    ends: "proc: Fix broken error paths for namespace links, which mainline took before 7.2 and 5.10.y had not up to 5.10.262",
    advice: "take an empty name of a namespace for EACCES",
};

fn program(p: &mut Program) {
    let Of(pair, _) = p.pick();
    tasks(p, pair, |p, _| {
        waits(p);
        let bytes = p.data(&[0]);
        let directory = open_its_directory(p);
        for file in &FILES {
            let name = p.text(file.name);
            let file = p.call(Syscall::OPENAT, &[Arg::from(directory), name.into(), 0.into()]);
            p.call(Syscall::READ, &[Arg::from(file), bytes.into(), 8.into()]);
        }
        for (name, _) in LINKS {
            let name = p.text(name);
            p.call(Syscall::READLINKAT, &[Arg::from(directory), name.into(), bytes.into(), 8.into()]);
        }
    });
}

/// What open and read return, the first with this descriptor if it has one to give.
fn answers(file: &File, refused: Refused, descriptor: u64) -> [Return; 2] {
    let rights = refused == Refused::Rights && !file.is_everybodys;
    let given = refused == Refused::Nothing || refused == Refused::CheckOfCalls && file.at_read.is_none();
    match file.at_read {
        _ if given => [Return(descriptor), Return(file.bytes)],
        Some(errno) if !rights => [Return(descriptor), Return::error(errno)],
        _ => [Return::error(Errno::EACCES), Return::error(Errno::EBADF)],
    }
}

/// An answer in the program, and the one that there should be by the clause about its file.
struct Seen {
    clause: &'static str,
    what: String,
    expected: Return,
    got: Option<Return>,
}

impl Seen {
    fn of(t: &Task, clause: &'static str, step: &str, what: String, expected: Return) -> Flow<Seen> {
        Ok(Seen { clause, what, expected, got: t.saw(step)?.map(Return) })
    }
}

/// Everything that was asked for, file by file.
fn seen(t: &Task, refused: Refused) -> Flow<Vec<Seen>> {
    let (mut seen, mut descriptor) = (Vec::new(), 1);
    for (at, file) in FILES.iter().enumerate() {
        let [opened, read] = answers(file, refused, descriptor);
        let &File { name, clause, .. } = file;
        seen.push(Seen::of(t, clause, &step_name("openat", at + 2), format!("openat of {name}"), opened)?);
        seen.push(Seen::of(t, clause, &step_name("read", at + 1), format!("read of {name}"), read)?);
        descriptor += u64::from(opened == Return(descriptor));
    }
    let (call, link) = match refused {
        Refused::Nothing => ("readlinkat", Return(8)),
        _ => ("refused readlinkat", Return::error(Errno::EACCES)),
    };
    for (at, (name, clause)) in LINKS.into_iter().enumerate() {
        let step = step_name("readlinkat", at + 1);
        seen.push(Seen::of(t, clause, &step, format!("{call} of {name}"), link)?);
    }
    Ok(seen)
}

/// Holds some of the answers against another clause.
fn check_again(t: &Task, clause: &str, what: &str, seen: &[Seen]) {
    let expected: Vec<_> = seen.iter().map(|seen| Some(seen.expected)).collect();
    t.check(clause, what, expected, seen.iter().map(|seen| seen.got).collect());
}

pub(super) const CASES: &[Case] = &[Case {
    name: "files_of_procfs",
    title: "What /proc/PID tells of a task's memory, calls, files and namespaces is not for those who fail the access check by their ids for files: some files refuse to be opened, others open and refuse to be read.",
    clauses: &[
        "proc.syscall.access",
        "proc.personality.access",
        "proc.io.access",
        "proc.auxv.access",
        "proc.environ.access",
        "proc.maps.access",
        "proc.pagemap.access",
        "proc.fd.access",
        "proc.ns.access",
        DUMPABLE,
        CAPABLE,
        FSCREDS,
        USERS,
        AT_READ,
        END,
    ],
    quirks: &[ERROR_LOST],
    changes: &[&MEMORY_FOR_PROFILERS],
    needs: &[Need::Root],
    axes: &[ONE_START, axis::<Of>(WORDS)],
    program,
    scenario: |t| {
        let Of(pair, refused) = t.pick()?;
        let refused = match refused {
            Refused::CheckOfCalls => t.across(&MEMORY_FOR_PROFILERS, Refused::Check, refused)?,
            _ => refused,
        };
        has_asked(t, pair, |t, _| {
            t.check_saw(FSCREDS, "openat", Some(Return(0)))?;
            // All is read before any of it is judged, so that each check sees a wrong answer.
            let seen = seen(t, refused)?;
            for Seen { clause, what, expected, got } in &seen {
                t.check(clause, what, Some(*expected), *got);
            }
            check_again(t, pair.clause, "files that were read and refused", &seen[..2 * FILES.len()]);
            check_again(t, USERS, "auxv and environ", &seen[6..10]);
            if refused == Refused::Check {
                check_again(t, AT_READ, "openat and read of syscall", &seen[..2]);
            }
            Ok(())
        })
    },
    ..Case::NEW
}];
