//! Who may trace a task that has executed a file that gives rights.

use super::ONE_START;
use super::answers::{ALL, Allowed, NOTHING};
use super::asker::{self, ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM, asks, open_its_directory};
use super::change::Change::{self, Users};
use super::change::{ROOT, USER, make_all};
use super::pair::{Pair, READY, anybody_may, both_end, has_asked};
use super::set_id_file::{File, check_dumpable, says_its_rights};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::abi::IMAGE_FD;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::lie;
use ptrace_conformance_harness::machine::SUID_DUMPABLE;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const REFUSED: &str = "err.eperm-setid";
const BY_IDS: &str = "access.dumpable.reset-setid-exec";
const BY_CAPABILITIES: &str = "access.dumpable.reset-filecaps";
const OWNER: &str = "access.dumpable.proc-owner";
const VALUES: &str = "access.suid-dumpable-values";
const DEBUG: &str = "access.suid-dumpable-debug";
const RESET: &str = "execve.dumpable-reset";

/// Every user here.
const ORDINARY: Change = Users(USER, USER, USER);
const PAIR: Pair =
    Pair { both: &[], asker: &[ORDINARY], target: &[ORDINARY], allowed: NOTHING, clause: RESET };

/// What decides whether the target is dumpable, and what is allowed.
struct Clauses {
    dumpable: &'static [&'static str],
    allowed: &'static [&'static str],
}

const EXECUTED: Clauses = Clauses { dumpable: &[RESET, BY_IDS, BY_CAPABILITIES], allowed: &[REFUSED] };
const CAPABLE: Clauses = Clauses { dumpable: &[RESET, VALUES], allowed: &[VALUES, DEBUG] };

/// What the machine says of the dumps of those who were given rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setting(u32);

impl Axis for Setting {
    const VALUES: &'static [(&'static str, Self)] =
        &[("nodumps", Setting(0)), ("debug", Setting(1)), ("rootonly", Setting(2))];
}

/// statx(2), and where a `struct statx` has links and owner; group and mode come next.
const STATX: Syscall = Syscall::numbered(libc::SYS_statx as u64, "statx");
const STATX_BASIC: u64 = 0x7ff;
const OWNER_AT: u64 = 16;

/// A file with one link that all may read, and whose group is root's.
fn file_of(owner: u64) -> Vec<Word> {
    const MODE: u64 = libc::S_IFREG as u64 | 0o444;
    vec![Word(1 | owner << 32), Word(ROOT | MODE << 32)]
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "set_id_target",
        title: "Who has executed a set-user-ID or set-group-ID program, or one with file capabilities, is out of reach for its user, and its files in /proc are root's, or where its ids are still that user's only if it is dumpable.",
        clauses: &[
            ATTACH,
            SEIZE,
            VM,
            GETFD,
            MEM,
            EXE,
            ROBUST,
            REFUSED,
            BY_IDS,
            BY_CAPABILITIES,
            OWNER,
            RESET,
            END,
        ],
        needs: &[Need::Root, Need::SetIdFiles],
        axes: &[ONE_START, axis::<File>(&["plain", "setuid", "setgid", "filecaps"])],
        program: |p| {
            let file: File = p.pick();
            program(p, file, asks_twice);
        },
        scenario: |t| {
            let file: File = t.pick()?;
            let before = t.setting(SUID_DUMPABLE, 0)?;
            scenario(t, file, 0, if file == File::Nothing { ALL } else { NOTHING }, &EXECUTED)?;
            drop(before);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "suid_dumpable",
        title: "Who has got file capabilities by execve is dumpable as suid_dumpable says: with 0 and 2 an equal may not trace it, with 1 it may.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, VALUES, DEBUG, RESET, OWNER, END],
        needs: &[Need::Root, Need::SetIdFiles],
        axes: &[ONE_START, axis::<Setting>(&["nodumps", "debug", "rootonly"])],
        program: |p| {
            program(p, File::Capability, |p, target| File::execute(p, |p| asks_twice(p, target)));
        },
        scenario: |t| {
            let Setting(setting) = t.pick()?;
            let before = t.setting(SUID_DUMPABLE, setting)?;
            scenario(
                t,
                File::Capability,
                setting.into(),
                if setting == 1 { ALL } else { NOTHING },
                &CAPABLE,
            )?;
            drop(before);
            Ok(())
        },
        ..Case::NEW
    },
];

/// A task that executes the file, and one that asks about it.
fn program(p: &mut Program, file: File, ask: impl FnOnce(&mut Program, At)) {
    p.block(&[Signal::CHLD]);
    file.make(p);
    let target = p.fork("target", |p| {
        make_all(p, &[ORDINARY]);
        File::execute(p, |p| {
            says_its_rights(p);
            anybody_may(p);
            p.store(Program::shared(READY), 1);
            p.sleep();
        });
    });
    let asker = p.fork("asker", |p| {
        make_all(p, &[ORDINARY]);
        ask(p, target);
    });
    both_end(p, asker, target);
}

/// Asks for every access, and then whose the target's files are.
fn asks_twice(p: &mut Program, target: At) {
    asks(p, target, IMAGE_FD);
    let name = p.text("status");
    let directory = open_its_directory(p);
    let words = [name, 0, STATX_BASIC, Program::area(1) - OWNER_AT].map(Arg::Word);
    p.call(STATX, &[[Arg::from(directory)].as_slice(), &words].concat());
    p.exit(5);
}

fn scenario(t: Stopped, file: File, setting: u64, allowed: Allowed, of: &Clauses) -> Flow {
    has_asked(t, PAIR, |t, target| {
        file.check_made(t, RESET)?;
        let given = file != File::Nothing;
        file.rights(given).check(t, RESET)?;
        for clause in of.dumpable {
            check_dumpable(t, clause, given, setting)?;
        }
        asker::check(t, target, allowed, of.allowed)?;
        t.check_saw(OWNER, "statx", Some(Return(0)))?;
        let owner = if allowed == ALL { USER } else { ROOT };
        let found: Vec<_> = t.area(1, 16).chunks_exact(8).map(|word| Word(lie::read(word))).collect();
        t.check(OWNER, "link, owner, group and mode of status", file_of(owner), found);
        Ok(())
    })
}
