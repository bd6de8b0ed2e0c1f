//! What files of /proc/PID say of a task: its threads, how its image began, the call it is in, the code of its stop.

use crate::context::Flow;
use crate::environment::field;
use crate::errno::Errno;
use crate::lie::Word;
use crate::tracee::Task;
use std::fs;

/// Some fields of /proc/PID/stat, see proc_pid_stat(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcStat {
    /// `state`, field 3: the letter that /proc/PID/status has too.
    pub state: char,
    /// `kstkesp` and `kstkeip`, fields 29 and 30.
    pub place: [u64; 2],
    /// `exit_code`, field 52.
    pub exit_code: u64,
}

impl Task {
    /// /proc/PID/stat.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or lacks a field: nothing to go on with.
    pub fn proc_stat(&self) -> Flow<ProcStat> {
        let stat = self.proc_file("stat")?;
        let words = self.must("reading /proc/PID/stat", stat_words(&stat).ok_or(Errno(libc::EIO)))?;
        let names = ["state in /proc", "kstkesp in /proc", "kstkeip in /proc", "exit_code in /proc"];
        let told = self.told(words.to_vec(), &names);
        let state = u8::try_from(told[0]).unwrap_or_default().into();
        Ok(ProcStat { state, place: [told[1], told[2]], exit_code: told[3] })
    }

    /// The words of /proc/PID/syscall, see proc_pid_syscall(5): number, arguments, stack pointer and instruction pointer of
    /// a task in a call; -1 and both pointers of one that is blocked outside; none of one that runs.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_syscall(&self) -> Flow<Vec<u64>> {
        let text = self.proc_file("syscall")?;
        let text = String::from_utf8_lossy(&text);
        let number = |word: &str| match word.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => word.parse::<i64>().ok().map(|number| number as u64),
        };
        let words: Vec<_> = text.split_whitespace().filter_map(number).collect();
        Ok(self
            .context
            .kernel
            .words(self.pid, words, |at| Word::Plain(format!("word {at} of /proc/PID/syscall"))))
    }

    /// Whether /proc/PID/syscall says no more than that the task runs.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_runs(&self) -> Flow<bool> {
        let runs = self.proc_file("syscall")? == b"running\n";
        Ok(self.told(vec![runs.into()], &["running in /proc/PID/syscall"])[0] == 1)
    }

    /// A field of /proc/PID/status that is a decimal number, see proc_pid_status(5).
    ///
    /// # Errors
    ///
    /// If the kernel has no such field: nothing to go on with.
    pub fn proc_number(&self, name: &str) -> Flow<u64> {
        let text = self.proc_file("status")?;
        let text = String::from_utf8_lossy(&text);
        let number = field(&text, name).and_then(|number| number.parse().ok());
        let number = self.must("reading /proc/PID/status", number.ok_or(Errno(libc::EIO)))?;
        Ok(self.told(vec![number], &[&format!("{name} in /proc")])[0])
    }

    /// A field of /proc/PID/status that lists words: a bit for each of the known ones, and the next for all others.
    ///
    /// # Errors
    ///
    /// If the kernel has no such field: nothing to go on with.
    pub fn proc_listed(&self, name: &str, known: &[&str]) -> Flow<u64> {
        let text = self.proc_file("status")?;
        let text = String::from_utf8_lossy(&text);
        let listed = self.must("reading /proc/PID/status", field(&text, name).ok_or(Errno(libc::EIO)))?;
        let bit = |word| 1 << known.iter().position(|known| *known == word).unwrap_or(known.len());
        let bits = listed.split_whitespace().fold(0, |bits, word| bits | bit(word));
        Ok(self.told(vec![bits], &[&format!("{name} in /proc")])[0])
    }

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

    /// How many lines of /proc/PID/maps have this address in their range.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn proc_maps(&self, address: u64) -> Flow<u64> {
        let maps = self.proc_file("maps")?;
        let maps = String::from_utf8_lossy(&maps);
        let word = |text: &str| u64::from_str_radix(text, 16).unwrap_or_default();
        let ranges = maps.lines().filter_map(|line| line.split_whitespace().next()?.split_once('-'));
        let lines = ranges.filter(|(start, end)| (word(start)..word(end)).contains(&address)).count();
        Ok(self.told(vec![lines as u64], &["lines of /proc/PID/maps"])[0])
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

/// Fields 3, 29, 30 and 52; the second, a name in parentheses, may have anything in it.
fn stat_words(stat: &[u8]) -> Option<[u64; 4]> {
    let text = String::from_utf8_lossy(stat);
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse().ok();
    Some([u64::from(*fields.first()?.as_bytes().first()?), number(29)?, number(30)?, number(52)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_the_name() {
        let numbers: Vec<_> = (4..=52).map(|field| field.to_string()).collect();
        let stat = format!("7 (a) b) c) t {}", numbers.join(" "));
        assert_eq!(stat_words(stat.as_bytes()), Some([u64::from(b't'), 29, 30, 52]));
        assert_eq!(stat_words(b"7 (a) t 1 2 3"), None);
        assert_eq!(stat_words(b""), None);
    }
}
