//! wait4(2) and waitid(2) in all their forms, with everything that they tell.
//!
//! Beside [`Running::wait`] and its kin, which wait for one known task and decode its stop, stand these: they take any
//! selector and any flags, right or wrong, and give the answer as it is.
#![expect(unsafe_code, reason = "the raw calls: libc's wrappers hide answers, and nix cannot say all flags")]

use crate::context::Flow;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::lie::{Fact, Word};
use crate::signal::Signal;
use crate::status::{Reading, Status};
use crate::tracee::{Running, Stopped, Task};
use crate::values::{Pid, Roles, Value};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

/// Which tasks waitid(2) is about: its first two arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Which(pub u32, pub i32);

impl Which {
    /// The task of this id.
    pub const fn pid(id: i32) -> Which {
        Which(libc::P_PID, id)
    }

    /// The process group of this id; 0 is the caller's own.
    pub const fn group(id: i32) -> Which {
        Which(libc::P_PGID, id)
    }

    /// Whichever child or tracee.
    pub const fn all() -> Which {
        Which(libc::P_ALL, 0)
    }

    /// The process that this descriptor stands for.
    pub fn pidfd(fd: &OwnedFd) -> Which {
        Which(libc::P_PIDFD, fd.as_raw_fd())
    }
}

/// What waitid(2) tells: the fields of its siginfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// `si_signo`
    pub signal: Signal,
    /// `si_errno`
    pub errno: i32,
    /// `si_code`
    pub code: i32,
    /// `si_status`
    pub status: i32,
    /// `si_pid`
    pub pid: Pid,
    /// `si_uid`
    pub uid: u32,
}

impl Told {
    /// What it has to be of that task, which has our own user id.
    pub fn of(task: &Task, code: i32, status: i32) -> Told {
        let uid = our_uid();
        Told { signal: Signal::CHLD, errno: 0, code, status, pid: Pid(task.pid), uid }
    }

    /// What the wait status of such a stop would be.
    pub const fn as_stop(&self) -> Status {
        Status(0x7f | self.status << 8)
    }

    /// Whether it tells of an end.
    const fn is_end(&self) -> bool {
        matches!(self.code, libc::CLD_EXITED | libc::CLD_KILLED | libc::CLD_DUMPED)
    }
}

impl Value for Told {
    fn show(&self, roles: &Roles) -> String {
        let ours = if self.uid == our_uid() { "ours" } else { "another" };
        let Told { signal, errno, status, .. } = self;
        let (code, pid) = (code_name(self.code), self.pid.show(roles));
        format!("{signal}, {code}, status {status:#x}, {pid}, uid {ours}, errno {errno}")
    }
}

/// The real user id of the tracer, which its tracees have too.
pub fn our_uid() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// `si_code` of SIGCHLD by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub i32);

impl Value for Code {
    fn show(&self, _: &Roles) -> String {
        code_name(self.0)
    }
}

fn code_name(code: i32) -> String {
    let names = ["CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"];
    let name = usize::try_from(code - 1).ok().and_then(|at| names.get(at));
    name.map_or_else(|| format!("si_code {code}"), |&name| name.to_owned())
}

/// What wait4(2) gives: the id that it returns, and the status.
pub type Found = Result<Option<(Pid, Status)>, Errno>;

impl Kernel {
    /// wait4(2) with any selector and flags.
    fn wait4(&self, about: i32, pid: i32, flags: i32) -> Found {
        self.go_on();
        let mut status = 0;
        // SAFETY: the status is ours.
        let waited = unsafe { libc::syscall(libc::SYS_wait4, pid, &raw mut status, flags, 0) };
        let answer = match waited {
            -1 => Err(Errno::last()),
            0 => Ok(None),
            id => Ok(Some((Pid(id as i32), Status(status)))),
        };
        let about = answer.ok().flatten().map_or(about, |(pid, _)| pid.0);
        let answer = self.perhaps_a_lie(about, answer);
        self.note(about, || match &answer {
            Ok(Some((_, status))) => format!("wait4 with {flags:#x} -> status {status}"),
            Ok(None) => format!("wait4 with {flags:#x} -> nothing yet"),
            Err(errno) => format!("wait4 with {flags:#x} -> {errno}"),
        });
        answer
    }

    fn perhaps_a_lie(&self, about: i32, answer: Found) -> Found {
        let found = answer.map(|found| found.map(|(_, status)| status));
        let facts = || {
            let id = answer.ok().flatten();
            let id = id
                .map(|(pid, _)| Fact::Number(Word::Plain("the id that wait4 returns".into()), pid.0 as u64));
            [Fact::Waited(found)].into_iter().chain(id).collect()
        };
        match self.consider("wait4", about, facts) {
            Some((_, Fact::Waited(lie))) => lie.map(|lie| {
                let pid = answer.ok().flatten().map_or(about, |(pid, _)| pid.0);
                lie.map(|status| (Pid(pid), status))
            }),
            Some((_, Fact::Number(_, id))) => {
                answer.map(|found| found.map(|(_, status)| (Pid(id as i32), status)))
            }
            _ => answer,
        }
    }

    /// waitid(2) with any selector and flags.
    fn waitid_any(&self, about: i32, which: Which, flags: i32) -> Result<Option<Told>, Errno> {
        self.go_on();
        // What the call leaves alone must not look as if it had told nothing.
        let mut info = [-1_i32; 32];
        // SAFETY: the siginfo is ours.
        let done = unsafe { libc::syscall(libc::SYS_waitid, which.0, which.1, info.as_mut_ptr(), flags, 0) };
        let answer = if done == -1 { Err(Errno::last()) } else { Ok(read(&info)) };
        if let (Ok(Some(told)), Some(liar)) = (&answer, self.liar())
            && told.is_end()
            && flags & libc::WNOWAIT == 0
        {
            liar.reaped(told.pid.0);
        }
        let about = answer.ok().flatten().map_or(about, |told| told.pid.0);
        let answer = match self.consider("waitid", about, || facts(&answer)) {
            Some((at, lie)) => falsify(answer, about, at, &lie),
            None => answer,
        };
        self.note(about, || match &answer {
            Ok(Some(told)) => {
                format!("waitid with {flags:#x} -> {}, si_status {:#x}", code_name(told.code), told.status)
            }
            Ok(None) => format!("waitid with {flags:#x} -> nothing yet"),
            Err(errno) => format!("waitid with {flags:#x} -> {errno}"),
        });
        answer
    }
}

/// Reads the kernel's siginfo; `si_signo` and `si_pid` are 0 if there was nothing.
fn read(info: &[i32; 32]) -> Option<Told> {
    let [signal, errno, code, _, pid, uid, status, ..] = *info;
    let told = Told { signal: Signal(signal), errno, code, status, pid: Pid(pid), uid: uid as u32 };
    (signal != 0 || pid != 0).then_some(told)
}

const FIELDS: [&str; 4] = ["waitid si_signo", "waitid si_errno", "waitid si_pid", "waitid si_uid"];

fn facts(answer: &Result<Option<Told>, Errno>) -> Vec<Fact> {
    let mut facts = vec![Fact::WaitedId(answer.map(|told| told.map(|told| (told.code, told.status))))];
    if let Ok(Some(told)) = answer {
        let fields = [told.signal.0 as u64, told.errno as u64, told.pid.0 as u64, told.uid.into()];
        facts.extend(
            FIELDS.iter().zip(fields).map(|(&name, field)| Fact::Number(Word::Plain(name.into()), field)),
        );
    }
    facts
}

fn falsify(
    answer: Result<Option<Told>, Errno>,
    about: i32,
    at: usize,
    lie: &Fact,
) -> Result<Option<Told>, Errno> {
    let nobody = Told { signal: Signal::CHLD, errno: 0, code: 0, status: 0, pid: Pid(about), uid: 0 };
    let told = answer.ok().flatten().unwrap_or(nobody);
    match *lie {
        Fact::WaitedId(lie) => lie.map(|lie| lie.map(|(code, status)| Told { code, status, ..told })),
        Fact::Number(_, field) => Ok(Some(match at {
            1 => Told { signal: Signal(field as i32), ..told },
            2 => Told { errno: field as i32, ..told },
            3 => Told { pid: Pid(field as i32), ..told },
            _ => Told { uid: field as u32, ..told },
        })),
        _ => answer,
    }
}

impl Task {
    /// wait4(2) with any selector and flags.
    ///
    /// # Errors
    ///
    /// As the kernel says.
    pub fn wait4(&self, pid: i32, flags: i32) -> Found {
        crate::progress::set("in wait4");
        let answer = self.context.kernel.wait4(self.pid, pid, flags);
        crate::progress::set("running the scenario");
        answer
    }

    /// waitid(2) with any selector and flags.
    ///
    /// # Errors
    ///
    /// As the kernel says.
    pub fn waitid(&self, which: Which, flags: i32) -> Result<Option<Told>, Errno> {
        crate::progress::set("in waitid");
        let answer = self.context.kernel.waitid_any(self.pid, which, flags);
        crate::progress::set("running the scenario");
        answer
    }

    /// A file descriptor for the process, see pidfd_open(2).
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn pidfd(&self, flags: u32) -> Flow<OwnedFd> {
        // SAFETY: no memory is involved, and the descriptor is new.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, self.pid, flags) };
        let fd = if fd == -1 { Err(Errno::last()) } else { Ok(fd as i32) };
        let fd = self.must("pidfd_open", fd)?;
        // SAFETY: a new descriptor that nobody else has.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }
}

impl Running {
    /// The task in the stop that such a wait has told of.
    ///
    /// # Errors
    ///
    /// If the status is not that of a stop, or the kernel does not say which it is.
    pub fn found(self, status: Status) -> Flow<Stopped> {
        match status.read() {
            Reading::Stopped(signal, event) => {
                let stop = self.kind(status, signal, event)?;
                Ok(self.stopped(status, stop))
            }
            _ => {
                self.context.fails(self.pid, "wait", "the status of a stop", &status);
                Err(crate::context::Halt::Checked)
            }
        }
    }

    /// Such a wait has told of the task's end: there is nothing left of it.
    pub fn reaped(self) {
        self.context.gone(self.pid);
    }
}
