//! What /proc says of a task: its state and who traces it.

use crate::context::{Flow, Halt};
use crate::environment::field;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::lie::Word;
use crate::tracee::Task;

/// State and tracer of a task as /proc/PID/status shows them, see proc_pid_status(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcStatus {
    /// `R` running, `S` sleeping, `D` in an uninterruptible sleep, `T` stopped, `t` in a ptrace-stop, `Z` a
    /// zombie, `X` dead.
    pub state: char,
    /// `TracerPid`: the process that traces it, 0 if none does.
    pub tracer: i32,
}

impl Kernel {
    /// /proc/PID/status of a task, whichever process it belongs to.
    ///
    /// # Errors
    ///
    /// `ESRCH` if there is no such task, `EIO` if the file lacks a field; otherwise what reading it gave.
    pub fn proc_status(&self, pid: i32) -> Result<ProcStatus, Errno> {
        let status = read(pid)?;
        let told = self.words(pid, vec![status.state as u64, status.tracer as u64], |at| {
            Word::Plain(["State in /proc", "TracerPid in /proc"][at].to_owned())
        });
        let state = u8::try_from(told[0]).unwrap_or_default().into();
        let status = ProcStatus { state, tracer: told[1] as i32 };
        self.note(pid, || format!("/proc/PID/status: State {state}"));
        Ok(status)
    }
}

fn read(pid: i32) -> Result<ProcStatus, Errno> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|error| {
        let errno = Errno::of(&error);
        if errno == Errno::ENOENT { Errno::ESRCH } else { errno }
    })?;
    let state = field(&text, "State").and_then(|state| state.chars().next());
    let tracer = field(&text, "TracerPid").and_then(|tracer| tracer.parse().ok());
    Ok(ProcStatus { state: state.ok_or(Errno(libc::EIO))?, tracer: tracer.ok_or(Errno(libc::EIO))? })
}

impl Task {
    /// State and tracer as /proc/PID/status shows them.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_status(&self) -> Flow<ProcStatus> {
        let status = self.context.kernel.proc_status(self.pid);
        self.must("reading /proc/PID/status", status)
    }

    /// Waits until the task is in one of these states: for what nobody reports, such as that an untraced task
    /// sleeps in its call. The time limit of the case ends it otherwise.
    ///
    /// # Errors
    ///
    /// If the task is gone or /proc is missing: our failure.
    pub fn await_state(&self, states: &[char]) -> Flow {
        self.context.kernel.go_on();
        crate::progress::set_all(&["waiting for a state of ", self.context.roles.borrow().of(self.pid)]);
        loop {
            match read(self.pid) {
                Ok(status) if states.contains(&status.state) => break,
                Ok(_) => std::thread::yield_now(),
                Err(errno) => {
                    return Err(Halt::Broken(format!("waiting for a state, /proc answered {errno}")));
                }
            }
        }
        crate::progress::set("running the scenario");
        Ok(())
    }
}
