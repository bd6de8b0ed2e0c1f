//! What a task does to itself before one asks about it, or it asks: other ids, fewer capabilities, no dumps.

use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program, step_name};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

/// An ordinary user or group, and another; neither needs a name.
pub(super) const USER: u64 = 1;
pub(super) const OTHER: u64 = 2;
pub(super) const ROOT: u64 = 0;

/// Capabilities as bits of a set. The first two are as good as any: no question here depends on them.
pub(super) const BIND: u64 = 1 << 10;
/// `CAP_SYS_ADMIN`
pub(super) const ADMIN: u64 = 1 << 21;
pub(super) const NICE: u64 = 1 << 23;
pub(super) const PTRACE: u64 = 1 << 19;
/// With which root opens files of others in procfs.
pub(super) const DAC: u64 = 1 << 1;
/// `CAP_PERFMON`
pub(super) const PROFILE: u64 = 1 << 38;

/// One call that changes its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Real, effective and saved user.
    Users(u64, u64, u64),
    /// The user whose files these are: from, to.
    FileUser(u64, u64),
    /// Real, effective and saved group.
    Groups(u64, u64, u64),
    /// The group whose files these are: from, to.
    FileGroup(u64, u64),
    /// One supplementary group.
    Supplementary(u64),
    /// Capabilities, permitted and effective.
    Capable(u64),
    /// Capabilities: permitted, effective, inheritable.
    Capabilities(u64, u64, u64),
    /// `PR_SET_DUMPABLE`, which knows two values.
    Dumpable(u64),
    /// A user namespace of its own, with all capabilities there.
    Namespace,
    /// A Landlock domain of its own, below the one it is in.
    Sandbox,
}

/// No capabilities at all.
pub(super) const POWERLESS: Change = Change::Capable(0);

impl Change {
    const fn syscall(self) -> Syscall {
        match self {
            Change::Users(..) => Syscall::SETRESUID,
            Change::FileUser(..) => Syscall::SETFSUID,
            Change::Groups(..) => Syscall::SETRESGID,
            Change::FileGroup(..) => Syscall::SETFSGID,
            Change::Supplementary(_) => Syscall::SETGROUPS,
            Change::Capabilities(..) | Change::Capable(_) => Syscall::CAPSET,
            Change::Dumpable(_) => Syscall::PRCTL,
            Change::Namespace => Syscall::UNSHARE,
            Change::Sandbox => RESTRICT_SELF,
        }
    }

    /// Makes the call.
    fn make(self, p: &mut Program) {
        let args = match self {
            Change::Users(real, effective, saved) | Change::Groups(real, effective, saved) => {
                vec![real, effective, saved]
            }
            Change::FileUser(_, id) | Change::FileGroup(_, id) => vec![id],
            Change::Supplementary(group) => vec![1, p.data(&[group])],
            Change::Capable(set) => capset(p, set, set, 0),
            Change::Capabilities(permitted, effective, inheritable) => {
                capset(p, permitted, effective, inheritable)
            }
            Change::Dumpable(value) => vec![libc::PR_SET_DUMPABLE as u64, value, 0, 0, 0],
            Change::Namespace => vec![libc::CLONE_NEWUSER as u64],
            Change::Sandbox => return sandbox(p),
        };
        p.call(self.syscall(), &args);
    }

    /// What the call returns.
    const fn result(self) -> Return {
        match self {
            Change::FileUser(before, _) | Change::FileGroup(before, _) => Return(before),
            Change::Dumpable(2..) => Return::error(Errno::EINVAL),
            _ => Return(0),
        }
    }
}

/// `_LINUX_CAPABILITY_VERSION_3` (include/uapi/linux/capability.h), and pid 0: the caller.
pub(super) const VERSION_3: u64 = 0x2008_0522;

/// The arguments of capset(2): a header, and two `struct __user_cap_data_struct` with the lower and the upper halves of
/// three sets.
fn capset(p: &mut Program, permitted: u64, effective: u64, inheritable: u64) -> Vec<u64> {
    let (low, high) = (|set: u64| set & 0xffff_ffff, |set: u64| set >> 32);
    let sets = [
        low(effective) | low(permitted) << 32,
        low(inheritable) | high(effective) << 32,
        high(permitted) | high(inheritable) << 32,
    ];
    vec![p.data(&[VERSION_3]), p.data(&sets)]
}

const CREATE_RULESET: Syscall =
    Syscall::numbered(libc::SYS_landlock_create_ruleset as u64, "landlock_create_ruleset");
const RESTRICT_SELF: Syscall =
    Syscall::numbered(libc::SYS_landlock_restrict_self as u64, "landlock_restrict_self");
/// prctl(2), with a name of its own in the program.
const NO_NEW_PRIVS: Syscall = Syscall::numbered(libc::SYS_prctl as u64, "set_no_new_privs");
/// `LANDLOCK_ACCESS_FS_MAKE_CHAR` (include/uapi/linux/landlock.h): the domain forbids what nobody here does.
const MAKE_CHAR: u64 = 1 << 6;

fn sandbox(p: &mut Program) {
    p.call(NO_NEW_PRIVS, &[libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0]);
    let forbidden = p.data(&[MAKE_CHAR]);
    let rules = p.call(CREATE_RULESET, &[forbidden, 8, 0]);
    p.call(RESTRICT_SELF, &[Arg::from(rules), 0.into()]);
}

/// Makes the calls.
pub(super) fn make_all(p: &mut Program, changes: &[Change]) {
    changes.iter().for_each(|change| change.make(p));
}

/// The step of each call, if all of the program's begin with these, and what it returns.
pub(super) fn steps(changes: impl Iterator<Item = Change>) -> Vec<(String, Return)> {
    let mut names: Vec<&str> = Vec::new();
    let step = |change: Change| {
        let name = change.syscall().name;
        names.push(name);
        let times = names.iter().filter(|&&known| known == name).count();
        (step_name(name, times), change.result())
    };
    changes.map(step).collect()
}
