//! Siginfo that somebody makes up, and the calls that send it: rt_sigqueueinfo(2), rt_tgsigqueueinfo(2).

use crate::answers::SIGINFO_SIZE;
use crate::context::Flow;
use crate::signal::Signal;
use crate::tracee::Task;

/// A siginfo as its maker writes it.
#[derive(Clone, Copy, Debug)]
pub struct MadeSiginfo {
    /// `si_signo`
    pub signal: Signal,
    /// `si_errno`
    pub errno: i32,
    /// `si_code`
    pub code: i32,
    /// The first word of what differs from kind to kind: sender's ids, or an address.
    pub origin: u64,
    /// The second one: `si_value`, or a child's status.
    pub value: u64,
}

impl MadeSiginfo {
    /// Its words, as a program brings them along.
    pub const fn words(self) -> [u64; SIGINFO_SIZE / 8] {
        let mut words = [0; SIGINFO_SIZE / 8];
        words[0] = self.signal.0 as u32 as u64 | (self.errno as u32 as u64) << 32;
        words[1] = self.code as u32 as u64;
        words[2] = self.origin;
        words[3] = self.value;
        words
    }

    /// Its bytes, as `PTRACE_SETSIGINFO` takes them.
    pub fn bytes(self) -> [u8; SIGINFO_SIZE] {
        let mut bytes = [0; SIGINFO_SIZE];
        for (to, word) in bytes.chunks_exact_mut(8).zip(self.words()) {
            to.copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }
}

/// Sender's ids as the first word of what differs.
pub const fn sender(pid: i32, uid: u32) -> u64 {
    pid as u32 as u64 | (uid as u64) << 32
}

impl Task {
    /// rt_sigqueueinfo(2): this siginfo, for the process.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn queue(&self, siginfo: MadeSiginfo) -> Flow {
        self.context.forged.set(true);
        let sent = self.context.kernel.queue(self.pid, None, siginfo.signal, &siginfo.bytes());
        self.must("rt_sigqueueinfo", sent)
    }

    /// rt_tgsigqueueinfo(2): this siginfo, for this thread of the process with that id.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn queue_to_thread(&self, process: i32, siginfo: MadeSiginfo) -> Flow {
        self.context.forged.set(true);
        let sent = self.context.kernel.queue(process, Some(self.pid), siginfo.signal, &siginfo.bytes());
        self.must("rt_tgsigqueueinfo", sent)
    }

    /// tgkill(2): a signal for this thread of the process with that id.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn kill_thread(&self, process: i32, signal: Signal) -> Flow {
        let sent = self.context.kernel.tgkill(process, self.pid, signal);
        self.must("tgkill", sent)
    }
}
