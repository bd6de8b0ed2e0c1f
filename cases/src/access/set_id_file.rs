//! Files that give rights to whoever executes them: copies of the program's own file on a mount of its own.

use super::change::{BIND, OTHER, ROOT, USER};
use super::mount::mount;
use ptrace_conformance_harness::abi::{IMAGE_FD, RECORD_OFFSET};
use ptrace_conformance_harness::case::Axis;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Return, Word};

/// What the file gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Nothing,
    /// Its owner's user.
    User,
    /// Its group.
    Group,
    /// A capability, permitted and in effect.
    Capability,
}

impl Axis for File {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("plain", File::Nothing),
        ("setuid", File::User),
        ("setgid", File::Group),
        ("filecaps", File::Capability),
    ];
}

/// The ids and capabilities of an image, and whether it is dumpable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rights {
    pub users: [u64; 3],
    pub groups: [u64; 3],
    pub capability: u64,
}

/// The file, on the mount.
const FILE: &str = "/tmp/p";
/// An attribute of the file with its zero byte (include/uapi/linux/capability.h, `VFS_CAP_REVISION_2`), and its length.
const ATTRIBUTE: &str = "security.capability";
const REVISION_2: u64 = 0x0200_0000;
const IN_EFFECT: u64 = 1;
const ATTRIBUTE_LENGTH: u64 = 20;

/// Words of the program in which an image says what it is.
const IDS: usize = 40;
const CAPABILITIES: usize = 44;

/// openat(2) and prctl(2), with names of their own in the program.
const CREATE: Syscall = Syscall::numbered(libc::SYS_openat as u64, "create");
const GET_DUMPABLE: Syscall = Syscall::numbered(libc::SYS_prctl as u64, "get_dumpable");
/// Steps that make the file on its mount, and what they return.
const MADE: [(&str, u64); 5] =
    [("sendfile", RECORD_OFFSET), ("fchown", 0), ("fchmod", 0), ("fsetxattr", 0), ("close", 0)];

impl File {
    const fn mode(self) -> u64 {
        match self {
            File::User => 0o4755,
            File::Group => 0o2755,
            File::Nothing | File::Capability => 0o755,
        }
    }

    /// Makes it, out of everybody else's sight. It is closed again: what somebody writes to cannot be executed.
    pub(super) fn make(self, p: &mut Program) {
        mount(p, "tmpfs", 0);
        let name = p.text(FILE);
        let flags = (libc::O_CREAT | libc::O_WRONLY) as u64;
        let file = p.call(CREATE, &[libc::AT_FDCWD as u64, name, flags, 0o755]);
        // From the beginning, whatever the descriptor's own offset is; the record behind the image is not needed.
        let beginning = p.data(&[0]);
        p.call(
            Syscall::SENDFILE,
            &[file.into(), Arg::Word(IMAGE_FD), beginning.into(), RECORD_OFFSET.into()],
        );
        p.call(Syscall::FCHOWN, &[file.into(), Arg::Word(OTHER), Arg::Word(OTHER)]);
        p.call(Syscall::FCHMOD, &[file.into(), Arg::Word(self.mode())]);
        if self == File::Capability {
            let name = p.text(ATTRIBUTE);
            let value = p.data(&[REVISION_2 | IN_EFFECT | BIND << 32, 0, 0]);
            let length = Arg::Word(ATTRIBUTE_LENGTH);
            p.call(Syscall::FSETXATTR, &[file.into(), name.into(), value.into(), length, Arg::Word(0)]);
        }
        p.call(Syscall::CLOSE, &[file]);
    }

    /// Executes it.
    pub(super) fn execute(p: &mut Program, image: impl FnOnce(&mut Program)) {
        let (name, argument) = (p.text(FILE), p.data(&[0]));
        let (arguments, none) = (p.data(&[argument, 0]), p.data(&[0]));
        p.entry(argument, image);
        p.call(Syscall::EXECVE, &[name, arguments, none]);
    }

    /// What an ordinary user has who executed it.
    pub(super) const fn rights(self, given: bool) -> Rights {
        let ordinary = Rights { users: [USER; 3], groups: [ROOT; 3], capability: 0 };
        match self {
            File::User if given => Rights { users: [USER, OTHER, OTHER], ..ordinary },
            File::Group if given => Rights { groups: [ROOT, OTHER, OTHER], ..ordinary },
            File::Capability if given => Rights { capability: BIND, ..ordinary },
            _ => ordinary,
        }
    }

    /// Each step that made the file.
    pub(super) fn check_made(self, t: &Task, clause: &str) -> Flow {
        for (step, result) in super::mount::MADE.map(|step| (step, 0)).into_iter().chain(MADE) {
            if step != "fsetxattr" || self == File::Capability {
                t.check_saw(clause, step, Some(Return(result)))?;
            }
        }
        Ok(())
    }
}

/// An image says what it is: one of the program's.
pub(super) fn says_its_rights(p: &mut Program) {
    let id = |number: u64| Program::shared(IDS) + 4 * number;
    p.call(Syscall::GETRESUID, &[id(0), id(1), id(2)]);
    p.call(Syscall::GETRESGID, &[id(4), id(5), id(6)]);
    let header = p.data(&[super::change::VERSION_3]);
    p.call(Syscall::CAPGET, &[header, Program::shared(CAPABILITIES)]);
    p.call(GET_DUMPABLE, &[libc::PR_GET_DUMPABLE as u64, 0, 0, 0, 0]);
}

impl Rights {
    /// What the image has said of its ids and capabilities.
    pub(super) fn check(self, t: &Task, clause: &str) -> Flow {
        for step in ["getresuid", "getresgid", "capget"] {
            t.check_saw(clause, step, Some(Return(0)))?;
        }
        let words = |from: usize| [t.word(from), t.word(from + 1)];
        let both = |ids: [u64; 3]| [ids[0] | ids[1] << 32, ids[2]].map(Word).to_vec();
        t.check(clause, "users of the new image", both(self.users), words(IDS).map(Word).to_vec());
        t.check(clause, "groups of the new image", both(self.groups), words(IDS + 2).map(Word).to_vec());
        // Effective and permitted ones in the first word; no other half has any.
        let sets = [self.capability | self.capability << 32, 0, 0].map(Word).to_vec();
        let found = [0, 1, 2].map(|at| Word(t.word(CAPABILITIES + at))).to_vec();
        t.check(clause, "capabilities of the new image", sets, found);
        Ok(())
    }
}

/// Whether the image is dumpable: yes if it was given nothing, otherwise as the machine's setting says.
pub(super) fn check_dumpable(t: &Task, clause: &str, given: bool, setting: u64) -> Flow {
    if !given {
        return t.check_saw(clause, "get_dumpable", Some(Return(1)));
    }
    let found = t.saw("get_dumpable")?;
    t.check(clause, "dumpable as suid_dumpable says", true, found == Some(setting));
    Ok(())
}
