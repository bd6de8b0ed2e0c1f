//! What files of /proc/PID beside its status say of a task: its threads, and how its image began.

use crate::context::Flow;
use crate::errno::Errno;
use crate::lie::Word;
use crate::tracee::Task;
use std::fs;

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

    fn path(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.pid)
    }

    fn told(&self, words: Vec<u64>, names: &[&str]) -> Vec<u64> {
        self.context.kernel.words(self.pid, words, |at| Word::Plain(names[at].to_owned()))
    }
}
