//! Settings that are one for the whole machine, Yama's `ptrace_scope` first: only a guest's are changed, and put back.

use crate::context::{Flow, Halt};
use crate::errno::Errno;
use crate::lie::Word;
use crate::tracee::Task;
use std::fs;

/// The file.
pub const SCOPE: &str = "/proc/sys/kernel/yama/ptrace_scope";

/// Whether and how far who has changed its rights is dumpable.
pub const SUID_DUMPABLE: &str = "/proc/sys/fs/suid_dumpable";

/// On the command line of a guest's init, which is this suite.
pub const GUEST: &str = "ptrace-conformance-guest";

/// What a setting was; put back at the end.
#[derive(Debug)]
#[must_use = "the setting is put back when this is dropped"]
pub struct Before(Option<(&'static str, String)>);

impl Drop for Before {
    fn drop(&mut self) {
        // Nobody is there to tell, and the next case that needs a setting looks first.
        let _ = self.0.as_ref().map(|(file, before)| fs::write(file, before));
    }
}

impl Task {
    /// Sees to it that the scope is this one.
    ///
    /// # Errors
    ///
    /// A skip if it is another and must not be changed here; our failure if it cannot be.
    pub fn yama(&self, scope: u32) -> Flow<Before> {
        self.setting(SCOPE, scope)
    }

    /// Sees to it that a setting of the machine has this value.
    ///
    /// # Errors
    ///
    /// A skip if it has another and must not be changed here; our failure if it cannot be.
    pub fn setting(&self, file: &'static str, value: u32) -> Flow<Before> {
        self.context.kernel.go_on();
        let before = read(file)?;
        if before.trim() == value.to_string() {
            return Ok(Before(None));
        }
        if !is_a_guest() {
            let name = if file == SCOPE { "Yama's ptrace_scope" } else { file };
            return Err(Halt::Skip(format!("needs {name} to be {value}, and only a guest's is changed")));
        }
        let put_back = Before(Some((file, before)));
        fs::write(file, value.to_string()).map_err(|error| Halt::Broken(format!("{file}: {error}")))?;
        Ok(put_back)
    }

    /// What a setting of the machine is, for an expectation that follows it.
    ///
    /// # Errors
    ///
    /// If it cannot be read: our failure.
    pub fn machine_has(&self, file: &'static str) -> Flow<u64> {
        self.context.kernel.go_on();
        Ok(read(file)?.trim().parse().unwrap_or(u64::MAX))
    }

    /// The scope as the file shows it.
    ///
    /// # Errors
    ///
    /// If it cannot be read: nothing to go on with.
    pub fn yama_scope(&self) -> Flow<u64> {
        let text = fs::read_to_string(SCOPE).map_err(|error| Errno::of(&error));
        let scope = self.must("reading ptrace_scope", text)?.trim().parse().unwrap_or(u64::MAX);
        Ok(self.context.kernel.words(self.pid, vec![scope], |_| Word::Plain("ptrace_scope".to_owned()))[0])
    }
}

fn read(file: &str) -> Flow<String> {
    fs::read_to_string(file).map_err(|error| Halt::Broken(format!("{file}: {error}")))
}

/// Whether the whole machine is there for this suite alone.
fn is_a_guest() -> bool {
    let line = fs::read("/proc/1/cmdline").unwrap_or_default();
    line.split(|&byte| byte == 0).any(|word| word == GUEST.as_bytes())
}
