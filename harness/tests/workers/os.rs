//! The few system calls that these tests need beside the standard library and nix.
#![expect(unsafe_code, reason = "alarms, raw waits, pidfds and seccomp filters are raw system calls")]

use nix::sys::signal::{SigHandler, Signal, signal};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// Number of the descriptor at which a judge listens to cases.
pub const EARS: i32 = 200;

/// Ends this process by `SIGALRM` after so many seconds.
pub fn alarm(seconds: u32) {
    // SAFETY: no memory is involved.
    unsafe { libc::alarm(seconds) };
}

/// The signals that end a command do so, whatever this process inherited.
pub fn default_signals() {
    for number in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM, Signal::SIGALRM] {
        // SAFETY: no handler is installed.
        unsafe { signal(number, SigHandler::SigDfl) }.unwrap();
    }
}

/// wait(2) for any child: nothing if there is no child, `Some(None)` if none has ended and we do not wait for it.
pub fn wait_any(block: bool) -> Option<Option<i32>> {
    let flags = libc::__WALL | if block { 0 } else { libc::WNOHANG };
    // SAFETY: no status is asked for.
    match unsafe { libc::waitpid(-1, std::ptr::null_mut(), flags) } {
        -1 => None,
        0 => Some(None),
        pid => Some(Some(pid)),
    }
}

/// Waits for one task that this one traces; its status.
pub fn wait_for(pid: i32) -> i32 {
    let mut status = 0;
    // SAFETY: the status is ours.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL) }, pid);
    status
}

/// Resumes a tracee that stopped.
pub fn resume(pid: i32) {
    // SAFETY: no memory is involved.
    assert_eq!(unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, 0) }, 0);
}

/// Waits until the process is dead, whosever child it is.
pub fn wait_until_dead(pid: i32) {
    // SAFETY: a new descriptor, which is ours.
    let pidfd = unsafe {
        let pidfd = libc::syscall(libc::SYS_pidfd_open, pid, 0);
        if pidfd < 0 {
            // Dead and reaped already.
            assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::ESRCH));
            return;
        }
        OwnedFd::from_raw_fd(pidfd as i32)
    };
    let mut fds = [nix::poll::PollFd::new(pidfd.as_fd(), nix::poll::PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, nix::poll::PollTimeout::NONE).unwrap();
}

/// A pipe whose writing end cases find at [`EARS`].
pub fn ears() -> (File, OwnedFd) {
    let (reader, writer) = io::pipe().unwrap();
    // SAFETY: a new descriptor, which is ours.
    let ears = unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_DUPFD_CLOEXEC, EARS) };
    assert_eq!(ears, EARS);
    // SAFETY: as above.
    (OwnedFd::from(reader).into(), unsafe { OwnedFd::from_raw_fd(ears) })
}

/// From now on these system calls answer `ENOSYS`, here and in all children.
pub fn forbid(calls: &[libc::c_long]) {
    let code = |code: u32, jt: u8, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt, jf, k };
    let mut filter = vec![code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0)];
    for &call in calls {
        filter.push(code(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, call as u32));
        filter.push(code(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32));
    }
    filter.push(code(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program and its filter live until the call returns.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program), 0);
    }
}
