//! The lock on a task's shadow stack features, which a kernel has for every task, whatever the processor.

use super::sets::{TRACED_EXEC, to_new_image};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const UNLOCKS: &str = "x86.shstk.unlock-ptrace-only";
const LINES: &str = "x86.shstk.status-lines";
const EXEC: &str = "x86.shstk.exec-disables";

/// The request, whose address is what is locked and whose data is the code.
const REQUEST: Request = Request(30);
/// `ARCH_SHSTK_ENABLE`, `_DISABLE`, `_LOCK` and `_UNLOCK` (asm/prctl.h).
const ENABLE: u64 = 0x5001;
const DISABLE: u64 = 0x5002;
const LOCK: u64 = 0x5003;
const UNLOCK: u64 = 0x5004;
/// The features: the stack itself, and writing to it.
const FEATURES: [&str; 2] = ["shstk", "wrss"];
const STACK: u64 = 1;
const BOTH: u64 = 3;

fn ask(t: &Stopped, code: u64, features: u64) -> Result<i64, Errno> {
    t.request(REQUEST, features, Data::Word(code))
}

/// What procfs says is locked, and in use.
fn check_locked(t: &Stopped, clause: &str, locked: u64) -> Flow {
    let told = t.proc_listed("x86_Thread_features_locked", &FEATURES)?;
    t.check(clause, "features locked, in /proc", Word(locked), Word(told));
    let used = t.proc_listed("x86_Thread_features", &FEATURES)?;
    t.check(clause, "features in use, in /proc", Word(0), Word(used));
    Ok(())
}

fn to_signal(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))
}

pub(super) const CASES: &[Case] = &[Case {
    name: "shadow_stack_features_locked",
    title: "PTRACE_ARCH_PRCTL locks shadow stack features of a task and unlocks them, which the task itself cannot, and neither enables nor disables them; execve ends the lock. /proc/PID/status tells what is locked.",
    clauses: &[STOPS, END, "opt.traceexec.stop", UNLOCKS, LINES, EXEC],
    axes: &[ANY_START],
    arches: &[Arch::X86_64],
    only: "aarch64 has no such request",
    needs: &[Need::ShadowStacks, Need::CheckpointRestore],
    options: TRACED_EXEC,
    program: |p| {
        p.raise(Signal::USR1);
        p.call(Syscall::ARCH_PRCTL, &[UNLOCK, STACK]);
        p.call(Syscall::ARCH_PRCTL, &[ENABLE, STACK]);
        p.raise(Signal::USR1);
        p.exec(|p| {
            p.exit(3);
        });
    },
    scenario: |t| {
        let t = to_signal(t)?;
        check_locked(&t, LINES, 0)?;
        for code in [ENABLE, DISABLE] {
            let refused = ask(&t, code, STACK);
            t.check(UNLOCKS, &format!("code {code:#x}"), Err(Errno::EINVAL), refused);
        }
        t.check(UNLOCKS, "locking by PTRACE_ARCH_PRCTL", Ok(0), ask(&t, LOCK, BOTH));
        check_locked(&t, LINES, BOTH)?;
        let t = to_signal(t)?;
        for step in ["arch_prctl", "arch_prctl_2"] {
            t.check_saw(UNLOCKS, step, Some(Return::error(Errno::EPERM)))?;
        }
        t.check(UNLOCKS, "unlocking by PTRACE_ARCH_PRCTL", Ok(0), ask(&t, UNLOCK, STACK));
        check_locked(&t, UNLOCKS, BOTH & !STACK)?;
        let t = to_new_image(t)?;
        check_locked(&t, EXEC, 0)?;
        t.cont()?.ends(END, Gone::Exited(3)).map(drop)
    },
    ..Case::NEW
}];
