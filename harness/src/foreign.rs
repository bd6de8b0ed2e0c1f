//! Tasks that are no part of the case and stay out of its teardown: the tracer itself, a thread beside it, a thread
//! of the kernel. Requests about them are there to be refused.

use crate::errno::Errno;
use crate::kernel::Data;
use crate::request::Request;
use crate::tracee::Task;
use nix::unistd::{gettid, getuid};
use std::sync::mpsc;

/// The parent of all threads of the kernel.
const KTHREADD: i32 = 2;
/// `PF_KTHREAD` (include/linux/sched.h), as /proc/PID/stat shows it among a task's flags.
const PF_KTHREAD: u64 = 0x0020_0000;

impl Task {
    /// Any request about any task, by its bare id.
    ///
    /// # Errors
    ///
    /// As the kernel says.
    pub fn ask(&self, pid: i32, request: Request, addr: u64, data: Data<'_>) -> Result<i64, Errno> {
        self.context.kernel.ptrace(request, pid, addr, data)
    }
}

/// The calling thread, which is the tracer.
pub fn tracer() -> i32 {
    gettid().as_raw()
}

/// The user of the tracer and of its tracees.
pub fn user() -> u32 {
    getuid().as_raw()
}

/// Runs with the id of another thread of the tracer's process, which is there as long.
pub fn beside<T>(work: impl FnOnce(i32) -> T) -> Option<T> {
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            let _ = tell.send(tracer());
            let _ = ended.recv();
        });
        let done = told.recv().ok().map(work);
        drop(end);
        done
    })
}

/// The id of a kernel thread, if one can be seen from here: in a namespace of process ids, or on something that only
/// looks like Linux, the id may be anybody's.
pub fn kernel_thread() -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{KTHREADD}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let flags: u64 = fields.split_ascii_whitespace().nth(6)?.parse().ok()?;
    (flags & PF_KTHREAD != 0).then_some(KTHREADD)
}
