//! What files of /proc/PID beside its status say of a task: its threads, how its image began, its memory.

use crate::context::{Context, Flow};
use crate::errno::Errno;
use crate::lie::Word;
use crate::tracee::Task;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

impl Task {
    /// How many threads /proc/PID/task lists.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_threads(&self) -> Flow<u64> {
        let listed = fs::read_dir(self.path("task")).map(|list| list.count() as u64);
        let listed = self.must("reading /proc/PID/task", listed.map_err(|error| Errno::of(&error)))?;
        Ok(self.told(vec![listed], &["threads in /proc"])[0])
    }

    /// The entry of that key in /proc/PID/auxv, see getauxval(3); 0 if there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_auxiliary(&self, key: u64) -> Flow<u64> {
        let vector = self.proc_file("auxv")?;
        let words: Vec<_> = vector.chunks_exact(8).map(crate::lie::read).collect();
        let entry = words.chunks_exact(2).find(|entry| entry[0] == key).map_or(0, |entry| entry[1]);
        Ok(self.told(vec![entry], &["entry of the auxiliary vector"])[0])
    }

    /// The bytes of a file of /proc/PID, which no lie touches.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_file(&self, name: &str) -> Flow<Vec<u8>> {
        self.context.kernel.go_on();
        let bytes = fs::read(self.path(name)).map_err(|error| Errno::of(&error));
        self.must("reading a file of /proc/PID", bytes)
    }

    /// Opens /proc/PID/mem, which stays with the memory that the task has now.
    ///
    /// # Errors
    ///
    /// If it cannot be opened: nothing to go on with.
    pub fn memory_file(&self) -> Flow<MemoryFile> {
        self.context.kernel.go_on();
        let file = File::open(self.path("mem")).map_err(|error| Errno::of(&error));
        let file = self.must("opening /proc/PID/mem", file)?;
        Ok(MemoryFile { file, pid: self.pid, context: Rc::clone(&self.context) })
    }

    fn path(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.pid)
    }

    fn told(&self, words: Vec<u64>, names: &[&str]) -> Vec<u64> {
        self.context.kernel.words(self.pid, words, |at| Word::Plain(names[at].to_owned()))
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
    /// The word at an address; none if the file ends there.
    ///
    /// # Errors
    ///
    /// `EIO` where nothing is mapped; whatever else the read gave.
    pub fn word(&self, address: u64) -> Result<Option<u64>, Errno> {
        let kernel = &self.context.kernel;
        kernel.go_on();
        let mut bytes = [0; 8];
        let length = self.file.read_at(&mut bytes, address).map_err(|error| Errno::of(&error))?;
        // What is behind the end is no answer of the kernel.
        let answer = [length as u64, u64::from_ne_bytes(bytes)];
        let answer = answer[..if length > 0 { 2 } else { 1 }].to_vec();
        let names = [Word::Length, Word::Bits("memory".to_owned())];
        let told = kernel.words(self.pid, answer, |at| names[at].clone());
        kernel.note(self.pid, || format!("/proc/PID/mem at {address:#x}: length and word {told:x?}"));
        match told[..] {
            [0] => Ok(None),
            [8, word] => Ok(Some(word)),
            _ => Err(Errno::EIO),
        }
    }
}
