//! Ends every descendant that was left to this process, wherever it hides.

use crate::process;
use crate::status::Reading;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};
use std::fs;

/// Every child, for wait(2).
const ANY: i32 = -1;

/// Whether this process has no child left, alive or dead. Reaps the dead ones.
pub(crate) fn none_left() -> bool {
    loop {
        match process::wait(ANY, libc::WNOHANG) {
            Ok(Some((_, status))) if matches!(status.read(), Reading::Gone(_)) => {}
            ended => return ended == Err(nix::Error::ECHILD),
        }
    }
}

/// Kills all children, and the children these leave to us, and reaps them.
///
/// Only for processes that trace nothing: a tracee of ours could stop once more instead of dying.
///
/// Each descendant has a child of ours among its ancestors until it becomes one itself. A look that finds
/// children to kill is therefore followed by at least one death to wait for, and one that finds none is
/// the last.
pub(crate) fn end_children() {
    loop {
        let children = children().unwrap_or_default();
        for &child in &children {
            // It can only be dead already, and then the wait below sees that.
            let _ = kill(child, Signal::SIGKILL);
        }
        let flags = if children.is_empty() { libc::WNOHANG } else { 0 };
        if !matches!(process::wait(ANY, flags), Ok(Some(_))) || none_left() {
            return;
        }
    }
}

/// The children of this process; nothing if there is no /proc, or one that counts differently.
fn children() -> Option<Vec<Pid>> {
    let me = getpid();
    if fs::read_link("/proc/self").ok()?.to_str()? != me.to_string() {
        return None;
    }
    // Complete although it is not frozen: a list that only we shorten, by reaping.
    match fs::read_to_string(format!("/proc/self/task/{me}/children")) {
        Ok(list) => Some(pids(list.split_ascii_whitespace())),
        Err(_) => Some(children_by_parent(me)),
    }
}

/// The same without `CONFIG_PROC_CHILDREN`: all processes whose parent is `parent`.
fn children_by_parent(parent: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let names: Vec<_> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let all = pids(names.iter().map(String::as_str));
    all.into_iter().filter(|&pid| parent_of(pid) == Some(parent)).collect()
}

fn pids<'a>(numbers: impl Iterator<Item = &'a str>) -> Vec<Pid> {
    numbers.filter_map(|number| number.parse().ok()).map(Pid::from_raw).collect()
}

/// The parent of a process: the second field after the name, which is in brackets and may contain anything.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn children_are_found_with_and_without_the_kernels_list() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_raw(child.id().cast_signed());
        assert!(children_by_parent(getpid()).contains(&pid));
        assert_eq!(parent_of(pid), Some(getpid()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!children_by_parent(getpid()).contains(&pid));
    }
}
