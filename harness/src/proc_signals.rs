//! What /proc says of a task's signals.

use crate::context::Flow;
use crate::environment::field;
use crate::errno::Errno;
use crate::lie::Word;
use crate::tracee::Task;

/// Sets of signals as /proc/PID/status shows them, bit 0 for signal 1; see proc_pid_status(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcSignals {
    /// `SigPnd`: pending for the thread.
    pub of_thread: u64,
    /// `ShdPnd`: pending for the process.
    pub of_process: u64,
    /// `SigBlk`
    pub blocked: u64,
    /// `SigIgn`
    pub ignored: u64,
    /// `SigCgt`: those with a handler.
    pub caught: u64,
}

const FIELDS: [&str; 5] = ["SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"];

impl Task {
    /// The task's signals as /proc/PID/status shows them.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_signals(&self) -> Flow<ProcSignals> {
        let sets = self.must("reading /proc/PID/status", read(self.pid))?;
        let name = |at: usize| Word::Bits(format!("{} in /proc", FIELDS[at]));
        let sets = self.context.kernel.words(self.pid, sets, name);
        self.context.kernel.note(self.pid, || format!("/proc/PID/status: {FIELDS:?} {sets:x?}"));
        let [of_thread, of_process, blocked, ignored, caught] = sets[..] else { unreachable!("five fields") };
        Ok(ProcSignals { of_thread, of_process, blocked, ignored, caught })
    }

    /// `SigBlk` alone.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_blocked(&self) -> Flow<u64> {
        let sets = self.must("reading /proc/PID/status", read(self.pid))?;
        let name = |_| Word::Bits("SigBlk in /proc".to_owned());
        Ok(self.context.kernel.words(self.pid, vec![sets[2]], name)[0])
    }
}

fn read(pid: i32) -> Result<Vec<u64>, Errno> {
    let lacking = Errno(libc::EIO);
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|_| Errno::ESRCH)?;
    let set =
        |name: &&str| field(&text, name).and_then(|set| u64::from_str_radix(set, 16).ok()).ok_or(lacking);
    FIELDS.iter().map(set).collect()
}
