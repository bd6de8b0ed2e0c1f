//! Tasks that the program made and nobody traces yet, or no longer: how they come under trace and leave it.

use crate::context::{Flow, Halt};
use crate::errno::Errno;
use crate::kernel::Data;
use crate::request::Request;
use crate::signal::Signal;
use crate::tracee::{Resume, Running, Stopped, Task, WAIT_FLAGS};

impl Task {
    /// A handle on the task that the program made at `step`, under the role it has from now on. It need not be
    /// a tracee; waits until the program has got its id.
    ///
    /// # Errors
    ///
    /// If the program has no such step, or its call failed: nothing to go on with.
    pub fn made(&self, step: &str, role: &str) -> Flow<Running> {
        let position = self.position(step)?;
        self.context.kernel.go_on();
        while self.image.seen(position).times == 0 {
            std::thread::yield_now();
        }
        let id = self.image.seen(position).result;
        match i32::try_from(id) {
            Ok(pid) if pid > 0 => Ok(self.relative(pid, role)),
            _ => Err(Halt::Broken(format!("{step} made no task: {id:#x}"))),
        }
    }

    /// Waits until the program has set a free word of the record: what a task that nobody traces can say.
    pub fn await_word(&self, index: usize) {
        self.context.kernel.go_on();
        crate::progress::set("waiting for a word of the program");
        while self.image.word(index) == 0 {
            std::thread::yield_now();
        }
        crate::progress::set("running the scenario");
    }
}

impl Running {
    /// `PTRACE_ATTACH`; the SIGSTOP that it sends comes next.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn attach(&self) -> Flow {
        let answer = self.request(Request::ATTACH, 0, Data::Word(0));
        self.must("PTRACE_ATTACH", answer).map(drop)
    }

    /// `PTRACE_SEIZE` with these options.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn seize(&self, options: u32) -> Flow {
        let answer = self.request(Request::SEIZE, 0, Data::Word(options.into()));
        self.must("PTRACE_SEIZE", answer).map(drop)
    }
}

impl Stopped {
    /// `PTRACE_DETACH` with a signal to deliver, where the stop takes one.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn detach(self, signal: Signal) -> Flow<Running> {
        self.resume(Resume::Detach, signal)
    }
}

impl Task {
    /// What the task has to report right now, to its tracer or its parent, as `si_code` and `si_status` of
    /// waitid(2); it stays to be waited for.
    pub fn report(&self) -> Result<Option<(i32, i32)>, Errno> {
        const ALL: i32 = libc::WSTOPPED | libc::WCONTINUED | libc::WEXITED;
        self.context.kernel.waitid(self.pid, ALL | libc::WNOHANG | libc::WNOWAIT | WAIT_FLAGS)
    }

    /// Sends a signal to the thread that leads the process, and to no other.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn kill_leader(&self, signal: Signal) -> Flow {
        let sent = self.context.kernel.tgkill(self.pid, self.pid, signal);
        self.must("tgkill", sent)
    }
}
