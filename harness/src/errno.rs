//! Error numbers, also those that should never reach user space.

use std::fmt;

/// An error number; keeps values that have no name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

/// Codes that the kernel keeps to itself while it restarts a call (include/linux/errno.h); a tracer sees
/// them on x86_64.
const RESTART: &[(i32, &str)] =
    &[(512, "ERESTARTSYS"), (513, "ERESTARTNOINTR"), (514, "ERESTARTNOHAND"), (516, "ERESTART_RESTARTBLOCK")];

impl Errno {
    /// Operation not permitted.
    pub const EPERM: Errno = Errno(libc::EPERM);
    /// No such process; for ptrace also: not stopped, or not ours.
    pub const ESRCH: Errno = Errno(libc::ESRCH);
    /// Interrupted system call.
    pub const EINTR: Errno = Errno(libc::EINTR);
    /// Permission denied.
    pub const EACCES: Errno = Errno(libc::EACCES);
    /// Input/output error; for ptrace: request or address makes no sense.
    pub const EIO: Errno = Errno(libc::EIO);
    /// Bad file descriptor.
    pub const EBADF: Errno = Errno(libc::EBADF);
    /// No child to wait for.
    pub const ECHILD: Errno = Errno(libc::ECHILD);
    /// Bad address.
    pub const EFAULT: Errno = Errno(libc::EFAULT);
    /// Nothing there, and the caller does not want to wait.
    pub const EAGAIN: Errno = Errno(libc::EAGAIN);
    /// Invalid argument.
    pub const EINVAL: Errno = Errno(libc::EINVAL);
    /// No such device or address; for ptrace: the task has none of these registers.
    pub const ENXIO: Errno = Errno(libc::ENXIO);
    /// No such device; for ptrace: the processor or the task has no such registers.
    pub const ENODEV: Errno = Errno(libc::ENODEV);
    /// Not supported; for ptrace: a register set that can only be read.
    pub const EOPNOTSUPP: Errno = Errno(libc::EOPNOTSUPP);
    /// Result out of range.
    pub const ERANGE: Errno = Errno(libc::ERANGE);
    /// No such system call.
    pub const ENOSYS: Errno = Errno(libc::ENOSYS);
    /// No such file.
    pub const ENOENT: Errno = Errno(libc::ENOENT);
    /// Interrupted; restarted after a handler with `SA_RESTART`.
    pub const ERESTARTSYS: Errno = Errno(512);
    /// Interrupted; always restarted.
    pub const ERESTARTNOINTR: Errno = Errno(513);
    /// Interrupted; restarted if no handler runs.
    pub const ERESTARTNOHAND: Errno = Errno(514);
    /// Interrupted; restarted through restart_syscall(2).
    pub const ERESTART_RESTARTBLOCK: Errno = Errno(516);

    /// The calling thread's error number.
    pub fn last() -> Errno {
        Errno(nix::errno::Errno::last_raw())
    }

    /// What a failed read or write tells, `EIO` if it was no system call that failed.
    pub fn of(error: &std::io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// The error that a result register tells of: the last `MAX_ERRNO` numbers are errors (include/linux/err.h).
    pub const fn of_result(result: u64) -> Option<Errno> {
        match result as i64 {
            error @ -4095..=-1 => Some(Errno(-error as i32)),
            _ => None,
        }
    }

    /// What a system call that fails with this error leaves in the result register.
    pub const fn as_result(self) -> u64 {
        (-(self.0 as i64)) as u64
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((_, name)) = RESTART.iter().find(|(number, _)| *number == self.0) {
            return f.write_str(name);
        }
        match nix::errno::Errno::from_raw(self.0) {
            nix::errno::Errno::UnknownErrno => write!(f, "errno {}", self.0),
            known => write!(f, "{known:?}"),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Errno {}

#[cfg(test)]
mod tests {
    use super::Errno;

    #[test]
    fn names_survive_for_known_restart_and_unknown_numbers() {
        assert_eq!(Errno::ESRCH.to_string(), "ESRCH");
        assert_eq!(Errno(512).to_string(), "ERESTARTSYS");
        assert_eq!(Errno(4000).to_string(), "errno 4000");
        assert_eq!(Errno::ENOSYS.as_result() as i64, -38);
    }

    #[test]
    fn results_tell_errors() {
        let of = |result: i64| Errno::of_result(result as u64);
        assert_eq!([of(-1), of(-4095)], [Some(Errno::EPERM), Some(Errno(4095))]);
        assert_eq!([of(-4096), of(0), of(38)], [None; 3]);
    }
}
