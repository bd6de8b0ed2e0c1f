//! A cgroup of version 2 that is frozen, with one process of the case in it: Documentation/admin-guide/cgroup-v2.rst,
//! cgroup.freeze.

use crate::context::{Flow, Halt};
use crate::lie::Word;
use crate::tracee::Task;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

/// A cgroup of the case's own. At the end its process goes back to where it was, and the cgroup goes.
#[derive(Debug)]
#[must_use = "the process leaves the cgroup when this is dropped"]
pub struct Freezer {
    directory: PathBuf,
    pid: i32,
}

impl Drop for Freezer {
    fn drop(&mut self) {
        // Whoever has ended is in no cgroup any more, and a cgroup that nobody needs disturbs nobody.
        let above = self.directory.parent().unwrap_or(Path::new("/"));
        let _ = fs::write(above.join("cgroup.procs"), self.pid.to_string());
        let _ = fs::remove_dir(&self.directory);
    }
}

impl Freezer {
    fn new(pid: i32) -> io::Result<Freezer> {
        let directory = ours()?.join(format!("ptrace-conformance.{pid}"));
        fs::create_dir(&directory)?;
        let freezer = Freezer { directory, pid };
        fs::write(freezer.file("cgroup.procs"), pid.to_string())?;
        Ok(freezer)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn is_frozen(&self) -> io::Result<bool> {
        Ok(fs::read_to_string(self.file("cgroup.events"))?.lines().any(|line| line == "frozen 1"))
    }

    /// Returns once the kernel says that it is frozen, or no more.
    fn set(&self, frozen: bool) -> io::Result<()> {
        fs::write(self.file("cgroup.freeze"), u8::from(frozen).to_string())?;
        self.until(frozen)
    }

    fn until(&self, frozen: bool) -> io::Result<()> {
        let events = File::open(self.file("cgroup.events"))?;
        // Opened before it is looked at: a change since then is one that poll(2) tells.
        while self.is_frozen()? != frozen {
            poll(&mut [PollFd::new(events.as_fd(), PollFlags::POLLPRI)], PollTimeout::NONE)?;
        }
        Ok(())
    }
}

/// Why there is no such cgroup to be had here, if there is none.
pub(crate) fn lacking() -> Option<String> {
    let attempt = || {
        let directory = ours()?.join(format!("ptrace-conformance.{}", std::process::id()));
        fs::create_dir(&directory)?;
        let there = fs::metadata(directory.join("cgroup.freeze"));
        fs::remove_dir(&directory)?;
        there.map(drop)
    };
    attempt().err().map(|error| error.to_string())
}

/// The directory of the cgroup that this process is in.
fn ours() -> io::Result<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mut mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let mounted = mounts.find(|mount| mount.get(2) == Some(&"cgroup2")).map(|mount| mount[1].to_owned());
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let (Some(mounted), Some(group)) = (mounted, group) else {
        return Err(io::Error::other("no cgroup of version 2 is mounted"));
    };
    Ok(Path::new(&mounted).join(group))
}

impl Task {
    /// Puts the process into a cgroup of its own that is frozen.
    ///
    /// # Errors
    ///
    /// Our failure if that cannot be done.
    pub fn freeze(&self) -> Flow<Freezer> {
        self.context.kernel.go_on();
        Freezer::new(self.pid)
            .and_then(|freezer| freezer.set(true).map(|()| freezer))
            .map_err(|error| Halt::Broken(format!("cannot freeze a cgroup: {error}")))
    }

    /// Thaws the cgroup.
    ///
    /// # Errors
    ///
    /// Our failure if that cannot be done.
    pub fn thaw(&self, freezer: &Freezer) -> Flow {
        self.context.kernel.go_on();
        freezer.set(false).map_err(|error| Halt::Broken(format!("cannot thaw a cgroup: {error}")))
    }

    /// Returns once all in the cgroup are frozen, for a process that was on its way.
    ///
    /// # Errors
    ///
    /// Our failure if that cannot be told.
    pub fn await_frozen(&self, freezer: &Freezer) -> Flow {
        self.context.kernel.go_on();
        freezer.until(true).map_err(|error| Halt::Broken(format!("cannot wait for a cgroup: {error}")))
    }

    /// Whether the cgroup is frozen, as its cgroup.events says.
    ///
    /// # Errors
    ///
    /// Our failure if that cannot be told.
    pub fn is_frozen(&self, freezer: &Freezer) -> Flow<bool> {
        let frozen = freezer.is_frozen();
        let frozen = frozen.map_err(|error| Halt::Broken(format!("cannot look at a cgroup: {error}")))?;
        let told =
            self.context.kernel.words(self.pid, vec![frozen.into()], |_| Word::Plain("frozen".to_owned()));
        Ok(told[0] == 1)
    }
}
