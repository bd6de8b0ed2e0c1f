//! Requests about what a task has set up: filters, restartable sequences, dispatch, pending signals.

use crate::answers::{SIGINFO_SIZE, Siginfo};
use crate::errno::Errno;
use crate::invariants;
use crate::kernel::Data;
use crate::layout::{RseqConfiguration, SyscallUserDispatch};
use crate::request::Request;
use crate::tracee::Task;

/// Most siginfos that [`Task::pending`] asks for.
const MOST_PENDING: usize = 32;

impl Task {
    /// `PTRACE_SETSIGINFO` with all of a siginfo's bytes.
    ///
    /// # Errors
    ///
    /// `EINVAL` in a group-stop of a tracee that was not seized; `ESRCH` if it is not stopped.
    pub fn set_siginfo(&self, bytes: &[u8; SIGINFO_SIZE]) -> Result<(), Errno> {
        let mut bytes = *bytes;
        self.request(Request::SETSIGINFO, 0, Data::Buffer(&mut bytes)).map(drop)
    }

    /// `PTRACE_PEEKSIGINFO`: the first pending signals of the thread, or of the whole process.
    ///
    /// # Errors
    ///
    /// `ESRCH` if the tracee is not stopped.
    pub fn pending(&self, of_process: bool) -> Result<Vec<Siginfo>, Errno> {
        self.peek_siginfo(0, of_process.into(), MOST_PENDING as i32, SIGINFO_SIZE * MOST_PENDING)
    }

    /// `PTRACE_PEEKSIGINFO` from this place on, with these flags and count, into a buffer of so many bytes.
    ///
    /// # Errors
    ///
    /// `EINVAL` for an unknown flag or a negative count.
    pub fn peek_siginfo(
        &self,
        offset: u64,
        flags: u32,
        count: i32,
        room: usize,
    ) -> Result<Vec<Siginfo>, Errno> {
        self.peek_siginfo_into(offset, flags, count, &mut vec![0; room])
    }

    /// The same into a buffer that may be shorter than what was asked for if nothing is mapped behind it.
    ///
    /// # Errors
    ///
    /// As for [`Task::peek_siginfo`], and `EFAULT` if not even one has room.
    pub fn peek_siginfo_into(
        &self,
        offset: u64,
        flags: u32,
        count: i32,
        found: &mut [u8],
    ) -> Result<Vec<Siginfo>, Errno> {
        let mut args = [0; 16];
        args[..8].copy_from_slice(&offset.to_ne_bytes());
        args[8..12].copy_from_slice(&flags.to_ne_bytes());
        args[12..].copy_from_slice(&count.to_ne_bytes());
        let copied = self.context.kernel.peek_siginfo(self.pid, &args, found)?;
        self.hold(invariants::copied(copied, count, found.len() / SIGINFO_SIZE));
        let read = |bytes: &[u8]| bytes.try_into().ok().map(Siginfo::read);
        Ok(found.chunks_exact(SIGINFO_SIZE).take(copied as usize).filter_map(read).collect())
    }

    /// `PTRACE_SECCOMP_GET_FILTER`: the instructions of a filter, the newest being 0.
    ///
    /// # Errors
    ///
    /// `EINVAL` without filters, `ENOENT` behind the last one, `EACCES` without privilege.
    pub fn filter(&self, index: u64) -> Result<Vec<u64>, Errno> {
        let length = self.request(Request::SECCOMP_GET_FILTER, index, Data::Word(0))?;
        let mut bytes = vec![0; length as usize * 8];
        self.request(Request::SECCOMP_GET_FILTER, index, Data::Buffer(&mut bytes))?;
        Ok(words(&bytes))
    }

    /// `PTRACE_SECCOMP_GET_METADATA`: the flags that a filter was installed with.
    ///
    /// # Errors
    ///
    /// As for [`Task::filter`].
    pub fn filter_flags(&self, index: u64) -> Result<u64, Errno> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&index.to_ne_bytes());
        self.request(Request::SECCOMP_GET_METADATA, 16, Data::Buffer(&mut bytes))?;
        Ok(words(&bytes)[1])
    }

    /// `PTRACE_GET_RSEQ_CONFIGURATION`, Linux 5.13 and later.
    ///
    /// # Errors
    ///
    /// `EIO` where the kernel lacks it.
    pub fn rseq(&self) -> Result<RseqConfiguration, Errno> {
        let mut bytes = [0; 24];
        let told = self.request(Request::GET_RSEQ_CONFIGURATION, 24, Data::Buffer(&mut bytes))?;
        self.hold(invariants::length("the rseq configuration", bytes.len(), told as usize));
        let words = words(&bytes);
        let halves = |word: u64| (word as u32, (word >> 32) as u32);
        let ((size, signature), (flags, pad)) = (halves(words[1]), halves(words[2]));
        Ok(RseqConfiguration { area: words[0], size, signature, flags, pad })
    }

    /// `PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG`, Linux 6.4 and later on x86_64.
    ///
    /// # Errors
    ///
    /// `EINVAL` where the architecture lacks it, `EIO` where the kernel does.
    pub fn dispatch(&self) -> Result<SyscallUserDispatch, Errno> {
        let mut bytes = [0; 32];
        self.request(Request::GET_SYSCALL_USER_DISPATCH_CONFIG, 32, Data::Buffer(&mut bytes))?;
        let words = words(&bytes);
        Ok(SyscallUserDispatch { mode: words[0], selector: words[1], offset: words[2], length: words[3] })
    }

    /// `PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG`
    ///
    /// # Errors
    ///
    /// As for [`Task::dispatch`], and `EINVAL` for a configuration that makes no sense.
    pub fn set_dispatch(&self, config: SyscallUserDispatch) -> Result<(), Errno> {
        let words = [config.mode, config.selector, config.offset, config.length];
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        self.request(Request::SET_SYSCALL_USER_DISPATCH_CONFIG, 32, Data::Buffer(&mut bytes)).map(drop)
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default())).collect()
}
