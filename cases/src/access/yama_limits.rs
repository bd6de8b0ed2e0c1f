//! What else Yama's scope restricts, and who may change it.

use super::ONE_START;
use super::answers::ALL;
use super::asker::{ATTACH, EXE, GETFD, MEM, ROBUST, SEIZE, VM};
use super::change::Change::{self, Namespace};
use super::change::{POWERLESS, make_all, steps};
use super::pair::{self, Pair, Pairs};
use super::traceme::{self, Of};
use super::yama::{SCOPES, Scope};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::machine::SCOPE;
use ptrace_conformance_harness::program::Arg;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const PRESENT: &str = "yama.file-present";
const PRIVILEGED: &str = "yama.write-needs-cap";
const INVALID: &str = "yama.setptracer.einval";
const OWNER: &str = "yama.userns-bypass";
const TRACEME: [&str; 3] = ["yama.scope0-traceme", "yama.scope1-traceme", "yama.scope2-traceme"];

/// A user namespace that the asker has not made, but its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owned;

impl Axis for Owned {
    const VALUES: &'static [(&'static str, Self)] = &[("owned", Owned)];
}

impl Pairs for Owned {
    fn pair(self) -> Pair {
        const TARGET: &[Change] = &[Namespace];
        Pair { both: &[], asker: &[POWERLESS], target: TARGET, allowed: ALL, clause: OWNER }
    }
}

/// Above every `pid_max`.
const NOBODY: u64 = 1 << 23;

const TRACEME_CASE: Case = Case {
    name: "yama_and_traceme",
    title: "PTRACE_TRACEME works at scopes 0 and 1 of Yama, and at scope 2 only if the parent has CAP_SYS_PTRACE.",
    clauses: &[TRACEME[0], TRACEME[1], TRACEME[2], END],
    needs: &[Need::Yama],
    axes: &[ONE_START, axis::<Scope>(SCOPES), axis::<Of>(&["dumpable"])],
    program: traceme::program,
    scenario: |t| {
        let (scope, of): (Scope, Of) = (t.pick()?, t.pick()?);
        let before = t.yama(scope as u32)?;
        let allowed = scope != Scope::Admins || of == Of::Ptrace;
        traceme::asked(t, allowed, TRACEME[scope as usize])?;
        drop(before);
        Ok(())
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    TRACEME_CASE,
    Case {
        name: "yama_and_traceme_of_capable",
        needs: &[Need::Yama, Need::Root],
        axes: &[ONE_START, axis::<Scope>(SCOPES), axis::<Of>(&["ptrace"])],
        ..TRACEME_CASE
    },
    Case {
        name: "yama_and_namespaces",
        title: "Who owns a user namespace may attach to strangers in it at scopes 1 and 2 of Yama.",
        clauses: &[ATTACH, SEIZE, VM, GETFD, MEM, EXE, ROBUST, OWNER, END],
        needs: &[Need::Yama, Need::UserNamespaces],
        axes: &[ONE_START, axis::<Scope>(&["scope1", "scope2"]), axis::<Owned>(&["owned"])],
        scenario: |t| {
            let scope: Scope = t.pick()?;
            let before = t.yama(scope as u32)?;
            pair::scenario::<Owned>(t)?;
            drop(before);
            Ok(())
        },
        ..pair::case::<Owned>()
    },
    Case {
        name: "yama_file",
        title: "Yama's scope is a file that root cannot write without CAP_SYS_PTRACE; PR_SET_PTRACER refuses an id that no process has.",
        clauses: &[PRESENT, PRIVILEGED, INVALID, END],
        needs: &[Need::Yama, Need::Root],
        axes: &[ONE_START, axis::<Scope>(SCOPES)],
        program: |p| {
            let scope: Scope = p.pick();
            p.call(Syscall::PRCTL, &[libc::PR_SET_PTRACER as u64, NOBODY, 0, 0, 0]);
            make_all(p, &[POWERLESS]);
            let name = p.text(SCOPE);
            // What is there already: nothing comes of a kernel that lets it pass.
            let value = p.data(&[u64::from(b'0') + scope as u64]);
            let here = libc::AT_FDCWD as u64;
            let file = p.call(Syscall::OPENAT, &[here, name, libc::O_WRONLY as u64]);
            p.call(Syscall::WRITE, &[Arg::from(file), value.into(), 1.into()]);
            p.exit(3);
        },
        scenario: file,
        ..Case::NEW
    },
];

fn file(t: Stopped) -> Flow {
    let scope: Scope = t.pick()?;
    let before = t.yama(scope as u32)?;
    t.check(PRESENT, "scope", scope as u64, t.yama_scope()?);
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    t.check_saw(INVALID, "prctl", Some(Return::error(Errno::EINVAL)))?;
    for (step, result) in steps([POWERLESS].into_iter()) {
        t.check_saw(PRIVILEGED, &step, Some(result))?;
    }
    t.check_saw(PRIVILEGED, "write", Some(Return::error(Errno::EPERM)))?;
    t.check(PRESENT, "scope afterwards", scope as u64, t.yama_scope()?);
    drop(before);
    Ok(())
}
