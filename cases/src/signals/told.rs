//! What a siginfo should say, at a stop and in a handler.

use ptrace_conformance_harness::answers::Siginfo;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::handler::Run;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::tracee::{Stopped, Task};
use ptrace_conformance_harness::values::{Address, Pid, Word};

/// The fields of a siginfo, as they should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub signal: Signal,
    pub code: i32,
    pub errno: i32,
    pub origin: Origin,
}

/// The part that differs from kind to kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The process that sent it, of the same user.
    Process(i32),
    /// No process: the kernel.
    Nobody,
    /// A fault at this address.
    Address(u64),
    /// Two words as their maker chose them.
    Words(u64, u64),
    /// A timer of this id, without overruns, and with this value.
    Timer(u64, u64),
    /// A child of this id, and its exit code.
    Child(u64, u64),
}

impl Told {
    pub(super) const fn new(signal: Signal, code: i32, origin: Origin) -> Told {
        Told { signal, code, errno: 0, origin }
    }

    /// What kill(2) by this process makes of it.
    pub(super) const fn killed(signal: Signal, sender: i32) -> Told {
        Told::new(signal, libc::SI_USER, Origin::Process(sender))
    }

    /// What tgkill(2) by this process makes of it.
    pub(super) const fn thread_killed(signal: Signal, sender: i32) -> Told {
        Told::new(signal, libc::SI_TKILL, Origin::Process(sender))
    }

    /// Holds what `PTRACE_GETSIGINFO` says at a stop against it.
    pub(super) fn check(self, clause: &str, t: &Stopped) {
        self.check_answer(clause, t, "", t.siginfo());
    }

    /// Holds an answer against it; `place` says where it was given.
    pub(super) fn check_answer(self, clause: &str, t: &Task, place: &str, answer: Result<Siginfo, Errno>) {
        let Ok(siginfo) = answer else {
            t.check(clause, &format!("siginfo{place}"), Ok(()), answer.map(drop));
            return;
        };
        let what = |field: &str| format!("{field}{place}");
        t.check(clause, &what("si_signo"), self.signal, siginfo.signal);
        t.check(clause, &what("si_code"), self.code, siginfo.code);
        t.check(clause, &what("si_errno"), self.errno, siginfo.errno);
        match self.origin {
            Origin::Process(pid) if pid == tracer() => {
                t.check(clause, &what("si_pid is the tracer's"), true, siginfo.pid == pid);
                t.check(clause, &what("si_uid is the sender's"), true, siginfo.uid == foreign::user());
            }
            Origin::Process(pid) => {
                t.check(clause, &what("si_pid"), Pid(pid), Pid(siginfo.pid));
                t.check(clause, &what("si_uid is the sender's"), true, siginfo.uid == foreign::user());
            }
            Origin::Nobody => {
                t.check(clause, &what("si_pid"), Pid(0), Pid(siginfo.pid));
                t.check(clause, &what("si_uid"), 0, siginfo.uid);
            }
            Origin::Address(address) => {
                t.check(clause, &what("si_addr"), Address(address), Address(siginfo.address));
            }
            Origin::Words(..) => {}
            Origin::Timer(id, _) => {
                t.check(clause, &what("si_timerid is the timer's"), true, siginfo.pid as u32 == id as u32);
                t.check(clause, &what("si_overrun"), 0, siginfo.uid);
            }
            Origin::Child(pid, _) => {
                t.check(clause, &what("si_pid is the child's"), true, siginfo.pid as u64 == pid);
                t.check(clause, &what("si_uid is the sender's"), true, siginfo.uid == foreign::user());
            }
        }
        let value = match self.origin {
            Origin::Words(first, second) => {
                t.check(clause, &what("si_pid and si_uid"), Word(first), Word(siginfo.address));
                second
            }
            Origin::Timer(_, value) => value,
            Origin::Child(_, status) => status,
            Origin::Process(_) | Origin::Nobody | Origin::Address(_) => 0,
        };
        t.check(clause, &what("si_value"), Word(value), Word(siginfo.value()));
    }

    /// Holds a run of the handler against it; its return restores `mask`.
    pub(super) fn check_run(self, clause: &str, t: &Task, run: &Run, mask: u64) {
        self.check_answer(clause, t, " in the handler", Ok(run.siginfo));
        t.check(clause, "mask that the handler restores", Word(mask), Word(run.mask));
    }

    /// Holds the only run of the handler against it, with no signal blocked outside of it.
    pub(super) fn check_only_run(self, clause: &str, t: &Task) {
        self.check_last_run(clause, t, 1, 0);
    }

    /// Holds the last of so many runs of the handler against it, which ran on the program's own stack; its return restores `mask`.
    pub(super) fn check_last_run(self, clause: &str, t: &Task, times: u64, mask: u64) {
        let (ran, signal, code) = t.handled();
        t.check(clause, "runs of the handler", times, ran);
        t.check(clause, "signal and si_code of its last run", (self.signal, self.code), (signal, code));
        if let Some(run) = t.runs().last() {
            self.check_run(clause, t, run, mask);
            t.check(clause, "the handler ran on the program's stack", true, on_a_task_stack(run.stack));
        }
    }
}

/// The tracer's process.
pub(super) fn tracer() -> i32 {
    std::process::id() as i32
}

/// On the stack of one of the program's tasks, or what is right below the first one's.
fn on_a_task_stack(stack: u64) -> bool {
    (label::TASK - 0x4000..label::TASK + 0x8000).contains(&stack)
}
