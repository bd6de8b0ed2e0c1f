//! Ends what a case has left: kills every task that it knew and reaps it, stopped or not.
#![expect(unsafe_code, reason = "waits for whatever comes, which nix cannot decode")]

use crate::request::Request;
use crate::tracee::WAIT_FLAGS;

/// Kills and reaps these tasks, of which some may be gone already.
///
/// A tracee in an event stop at its death does not die by SIGKILL alone since Linux 6.0: each is set going, and so
/// is whatever stops then. Waits for any child, because a task that the case never learned of can keep a known one
/// from being reaped; what remains after the known ones is the worker's to find.
pub fn end(pids: &[i32]) {
    let mut left = pids.to_vec();
    for &pid in pids {
        kill(pid);
    }
    while !left.is_empty() {
        let mut status = 0;
        // SAFETY: the status is ours.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, WAIT_FLAGS) };
        if pid <= 0 {
            return;
        }
        if libc::WIFSTOPPED(status) {
            kill(pid);
        } else {
            left.retain(|&known| known != pid);
        }
    }
}

/// Kills a task, and resumes it if it is in a stop: one that is not refuses, and its end comes next.
fn kill(pid: i32) {
    // SAFETY: no memory is involved. It may be gone already.
    unsafe {
        libc::kill(pid, libc::SIGKILL);
        libc::syscall(libc::SYS_ptrace, Request::CONT.0, pid, 0, libc::SIGKILL);
    }
}
