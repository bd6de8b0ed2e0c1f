//! A task's memory without ptrace: process_vm_readv(2), process_vm_writev(2) and /proc/PID/mem.
#![expect(unsafe_code, reason = "the raw calls take vectors of addresses, right or wrong")]

use crate::case::Axis;
use crate::context::{Context, Flow};
use crate::errno::Errno;
use crate::kernel::{Kernel, outcome};
use crate::lie;
use crate::tracee::Task;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

/// Which of the two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// process_vm_readv(2)
    Read,
    /// process_vm_writev(2)
    Write,
}

impl Axis for Direction {
    const VALUES: &'static [(&'static str, Self)] = &[("read", Direction::Read), ("write", Direction::Write)];
}

impl Direction {
    /// The name of the call.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::Read => "process_vm_readv",
            Direction::Write => "process_vm_writev",
        }
    }

    const fn number(self) -> libc::c_long {
        match self {
            Direction::Read => libc::SYS_process_vm_readv,
            Direction::Write => libc::SYS_process_vm_writev,
        }
    }
}

/// What is wrong with a call that transfers nothing; everything else about it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// Flags, of which there are none.
    Flags(u64),
    /// Vectors of ours that do not exist.
    LocalVectors,
    /// Vectors of the task's that do not exist.
    RemoteVectors,
    /// So many vectors of ours.
    LocalCount(u64),
    /// So many vectors of the task's.
    RemoteCount(u64),
    /// A vector of ours of this length.
    LocalLength(u64),
    /// A vector of the task's of this length.
    RemoteLength(u64),
    /// A buffer of ours that does not exist.
    LocalBuffer,
}

/// In the first page, where nothing is mapped.
const NOWHERE: u64 = 8;

/// `struct iovec`: address and length.
type Vector = (u64, u64);

impl Kernel {
    fn process_vm(&self, direction: Direction, pid: i32, words: [u64; 5]) -> Result<i64, Errno> {
        let [ours, our_count, theirs, their_count, flags] = words;
        // SAFETY: vectors and buffers are the caller's own, or such that the kernel finds nothing there.
        let done =
            unsafe { libc::syscall(direction.number(), pid, ours, our_count, theirs, their_count, flags) };
        if done == -1 { Err(Errno::last()) } else { Ok(done) }
    }

    /// One of the two calls, between a buffer of ours that is cut into pieces of these lengths and places there.
    fn transfer(
        &self,
        direction: Direction,
        pid: i32,
        buffer: &mut [u8],
        pieces: &[usize],
        remote: &[Vector],
    ) -> Result<i64, Errno> {
        self.go_on();
        let ours = cut(buffer, pieces);
        let words = [ours.as_ptr() as u64, ours.len() as u64, remote.as_ptr() as u64, remote.len() as u64, 0];
        let answer = self.process_vm(direction, pid, words);
        let answer = match direction {
            Direction::Read => self.was_read(direction.name(), pid, answer, buffer),
            Direction::Write => self.returned(direction.name(), pid, answer),
        };
        self.note(pid, || format!("{} of {} -> {}", direction.name(), buffer.len(), outcome(&answer)));
        answer
    }

    /// process_vm_readv(2): so many words of a task's memory.
    pub fn read_memory(&self, pid: i32, address: u64, words: usize) -> Result<Vec<u64>, Errno> {
        let mut bytes = vec![0; 8 * words];
        let length = bytes.len();
        let read = self.transfer(Direction::Read, pid, &mut bytes, &[length], &[(address, length as u64)])?;
        let words = bytes.chunks_exact(8).map(lie::read).collect();
        if read == length as i64 { Ok(words) } else { Err(Errno::EFAULT) }
    }

    fn done(&self, what: &'static str, pid: i32, answer: Result<i64, Errno>) -> Result<i64, Errno> {
        let answer = self.returned(what, pid, answer);
        self.note(pid, || format!("{what} -> {}", outcome(&answer)));
        answer
    }
}

/// The buffer's pieces as the call wants them.
fn cut(buffer: &mut [u8], pieces: &[usize]) -> Vec<Vector> {
    let mut rest = buffer;
    let mut vectors = Vec::new();
    for &length in pieces {
        let (piece, behind) = rest.split_at_mut(length);
        vectors.push((piece.as_mut_ptr() as u64, length as u64));
        rest = behind;
    }
    vectors
}

impl Task {
    /// process_vm_readv(2) of these places, addresses and lengths, into pieces of a buffer of ours: what it returns,
    /// and the buffer's bytes. The task need not be a tracee.
    pub fn vm_read(&self, pieces: &[usize], remote: &[(u64, u64)]) -> (Result<i64, Errno>, Vec<u8>) {
        let mut buffer = vec![0; pieces.iter().sum()];
        let kernel = &self.context.kernel;
        let answer = kernel.transfer(Direction::Read, self.pid, &mut buffer, pieces, remote);
        (answer, buffer)
    }

    /// process_vm_writev(2) of pieces of a buffer of ours to these places.
    ///
    /// # Errors
    ///
    /// `EFAULT` if nothing could be written.
    pub fn vm_write(&self, bytes: &[u8], pieces: &[usize], remote: &[(u64, u64)]) -> Result<i64, Errno> {
        let kernel = &self.context.kernel;
        kernel.transfer(Direction::Write, self.pid, &mut bytes.to_vec(), pieces, remote)
    }

    /// One of the two calls for a word at this address, with something wrong about it.
    ///
    /// # Errors
    ///
    /// What the call says; it always is refused.
    pub fn vm_odd(&self, direction: Direction, address: u64, odd: Odd) -> Result<i64, Errno> {
        let kernel = &self.context.kernel;
        kernel.go_on();
        let mut word = [0; 8];
        let (mut ours, mut theirs) = ((word.as_mut_ptr() as u64, 8), (address, 8));
        match odd {
            Odd::LocalLength(length) => ours.1 = length,
            Odd::RemoteLength(length) => theirs.1 = length,
            Odd::LocalBuffer => ours.0 = NOWHERE,
            _ => {}
        }
        let mut words = [(&raw const ours) as u64, 1, (&raw const theirs) as u64, 1, 0];
        match odd {
            Odd::LocalVectors => words[0] = NOWHERE,
            Odd::LocalCount(count) => words[1] = count,
            Odd::RemoteVectors => words[2] = NOWHERE,
            Odd::RemoteCount(count) => words[3] = count,
            Odd::Flags(flags) => words[4] = flags,
            _ => {}
        }
        kernel.done(direction.name(), self.pid, kernel.process_vm(direction, self.pid, words))
    }

    /// Opens /proc/PID/mem, which stays with the memory that the task has now.
    ///
    /// # Errors
    ///
    /// If it cannot be opened: nothing to go on with.
    pub fn memory_file(&self) -> Flow<MemoryFile> {
        self.context.kernel.go_on();
        let path = format!("/proc/{}/mem", self.pid);
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| Errno::of(&error));
        let file = self.must("opening /proc/PID/mem", file)?;
        Ok(MemoryFile { file, pid: self.pid, context: Rc::clone(&self.context) })
    }
}

/// A task's memory as a file, see proc_pid_mem(5).
#[derive(Debug)]
pub struct MemoryFile {
    file: File,
    pid: i32,
    context: Rc<Context>,
}

impl MemoryFile {
    /// Up to so many bytes from an address on; fewer where the memory ends, none for a memory that is gone.
    ///
    /// # Errors
    ///
    /// `EIO` where nothing can be read.
    pub fn read(&self, address: u64, length: usize) -> Result<Vec<u8>, Errno> {
        const READ: &str = "read of /proc/PID/mem";
        let kernel = &self.context.kernel;
        kernel.go_on();
        let mut bytes = vec![0; length];
        let read = self.file.read_at(&mut bytes, address);
        let answer = read.map(|read| read as i64).map_err(|error| Errno::of(&error));
        let answer = kernel.was_read(READ, self.pid, answer, &mut bytes);
        kernel.note(self.pid, || format!("{READ} at {address:#x} -> {}", outcome(&answer)));
        bytes.resize(usize::try_from(answer?).unwrap_or_default(), 0);
        Ok(bytes)
    }

    /// The word at an address, or none if the file gives less than one.
    ///
    /// # Errors
    ///
    /// As for [`MemoryFile::read`].
    pub fn word(&self, address: u64) -> Result<Option<u64>, Errno> {
        Ok(self.read(address, 8)?.try_into().ok().map(u64::from_ne_bytes))
    }

    /// Writes bytes to an address and those behind it: how many were written.
    ///
    /// # Errors
    ///
    /// `EIO` where nothing can be written.
    pub fn write(&self, address: u64, bytes: &[u8]) -> Result<i64, Errno> {
        self.context.kernel.go_on();
        let written = self.file.write_at(bytes, address);
        let answer = written.map(|written| written as i64).map_err(|error| Errno::of(&error));
        self.context.kernel.done("write to /proc/PID/mem", self.pid, answer)
    }
}
