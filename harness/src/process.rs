//! The few calls on processes that neither the standard library nor nix offers as we need them.
//!
//! # Safety
//!
//! Everything here is a thin wrapper around one or two system calls that touch no memory but what they are given
//! by reference. Three of them need a word about their callers, all of which are in the worker
//! processes ([`crate::worker`], [`crate::guardian`], [`crate::tracer`]):
//!
//! - [`fork`]: they have had a single thread since their exec, so a child may go on as if it were the parent.
//! - [`close_all_but`]: they call it before they own descriptors other than those they keep, or in a child that never
//!   returns to drop what its parent owned.
//! - [`owned`]: they take each number once, and only what nobody else owns.
#![expect(unsafe_code, reason = "fork, raw wait statuses and inherited descriptors are raw system calls")]

use crate::status::Status;
use nix::errno::Errno;
use nix::unistd::{ForkResult, Pid};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU8;

/// Where the numbers of descriptors end if the kernel does not know close_range(2).
const USUAL_LIMIT: RawFd = 4096;

/// fork(2).
pub(crate) fn fork() -> nix::Result<ForkResult> {
    // SAFETY: single-threaded callers, see the module.
    unsafe { nix::unistd::fork() }
}

/// _exit(2): no destructors, no handlers, no flushing of what a parent buffered.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: no memory is involved.
    unsafe { libc::_exit(code) }
}

/// Ends like a process with this wait status: by the same signal, or with the same code.
pub(crate) fn end_like(status: Status) -> ! {
    let signal = status.0 & 0x7f;
    if signal != 0 {
        default_signals();
        // SAFETY: no memory is involved.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
    exit_now(status.0 >> 8 & 0xff)
}

/// wait4(2) with `__WALL`: the raw status of one task, nothing if `WNOHANG` found none ready.
pub(crate) fn wait(pid: i32, flags: i32) -> nix::Result<Option<(Pid, Status)>> {
    let mut status = 0;
    // SAFETY: the status is ours.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, flags | libc::__WALL) };
    let waited = Errno::result(waited)?;
    Ok((waited != 0).then(|| (Pid::from_raw(waited), Status(status))))
}

/// Gives every signal its default action: those too that a C library keeps to itself, which somebody may have had us
/// ignore all the same.
pub(crate) fn default_signals() {
    let action = [0_u64; 4];
    for signal in 1..=64 {
        // SAFETY: the kernel reads the action, which is a struct of four words on both architectures.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, action.as_ptr(), 0, 8) };
    }
}

/// Whether seccomp(2) knows filters that hand a call to a tracer; nothing is changed by asking.
pub(crate) fn seccomp_filters() -> nix::Result<()> {
    const GET_ACTION_AVAIL: u32 = 2;
    let action = libc::SECCOMP_RET_TRACE;
    // SAFETY: the action is ours and only read.
    let answer = unsafe { libc::syscall(libc::SYS_seccomp, GET_ACTION_AVAIL, 0, &raw const action) };
    Errno::result(answer).map(drop)
}

/// Whether ioperm(2) is there and allowed: gives itself a port that nothing is behind, and gives it back.
pub(crate) fn may_use_ports() -> bool {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: no memory is involved, and the port is not used.
    return unsafe { libc::ioperm(0x80, 1, 1) == 0 && libc::ioperm(0x80, 1, 0) == 0 };
    #[cfg(target_arch = "aarch64")]
    false
}

/// Whether this user may make a user namespace, and its capabilities there count: a child finds out.
pub(crate) fn user_namespaces() -> nix::Result<()> {
    static ANSWER: OnceLock<nix::Result<()>> = OnceLock::new();
    // SAFETY: no memory is involved.
    let counts = || unsafe { libc::unshare(libc::CLONE_NEWNS) == 0 };
    *ANSWER.get_or_init(|| child_finds(libc::CLONE_NEWUSER, counts))
}

/// Whether this user may mount a file system on which a file's capabilities count, and has one to give: a child finds
/// out, in a mount namespace of its own.
pub(crate) fn set_id_files() -> nix::Result<()> {
    static ANSWER: OnceLock<nix::Result<()>> = OnceLock::new();
    *ANSWER.get_or_init(|| child_finds(libc::CLONE_NEWNS, makes_set_id_file))
}

/// Whether this holds in a child with such namespaces of its own.
fn child_finds(namespaces: i32, holds: fn() -> bool) -> nix::Result<()> {
    let flags = namespaces | libc::SIGCHLD;
    // SAFETY: a fork whose child makes some more system calls and ends.
    let pid = Errno::result(unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) })?;
    if pid == 0 {
        exit_now(i32::from(!holds()));
    }
    match wait(pid as i32, 0)? {
        Some((_, Status(0))) => Ok(()),
        _ => Err(Errno::EPERM),
    }
}

/// What [`set_id_files`] tries.
fn makes_set_id_file() -> bool {
    const PLACE: &std::ffi::CStr = c"/tmp";
    let capability = [0x0200_0001_u32, 1 << 10, 0, 0, 0];
    let (root, none) = (c"/", std::ptr::null());
    // SAFETY: all strings end with a zero byte, and the attribute has as many bytes as are named.
    unsafe {
        let private =
            libc::mount(none, root.as_ptr(), none, libc::MS_REC | libc::MS_PRIVATE, none.cast()) == 0;
        let kind = c"tmpfs".as_ptr();
        let mounted = private && libc::mount(kind, PLACE.as_ptr(), kind, 0, none.cast()) == 0;
        let file =
            if mounted { libc::open(c"/tmp/p".as_ptr(), libc::O_CREAT | libc::O_WRONLY, 0o755) } else { -1 };
        let name = c"security.capability".as_ptr();
        let bind = libc::prctl(libc::PR_CAPBSET_READ, 10, 0, 0, 0) == 1;
        let attribute = capability.as_ptr().cast();
        file >= 0
            && bind
            && libc::fchown(file, 2, 2) == 0
            && libc::fchmod(file, 0o6755) == 0
            && libc::fsetxattr(file, name, attribute, 20, 0) == 0
    }
}

/// Whether kcmp(2) is there: a process is asked whether it shares memory with itself.
pub(crate) fn kcmp() -> nix::Result<()> {
    const KCMP_VM: i32 = 1;
    // SAFETY: no memory is involved.
    let answer = unsafe {
        let pid = libc::getpid();
        libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_VM, 0, 0)
    };
    Errno::result(answer).map(drop)
}

/// Whether Landlock is there: it is asked for its version.
pub(crate) fn landlock() -> nix::Result<()> {
    const VERSION: u32 = 1;
    // SAFETY: no memory is involved.
    let answer = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) };
    Errno::result(answer).map(drop)
}

/// Makes a write into a broken pipe an error instead of a death.
pub(crate) fn ignore_broken_pipes() {
    // SAFETY: no handler is installed.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// Closes every descriptor except these.
pub(crate) fn close_all_but(keep: &[RawFd]) {
    let mut keep = keep.to_vec();
    keep.sort_unstable();
    let mut from = 0;
    for kept in keep {
        close_range(from, kept - 1);
        from = kept + 1;
    }
    close_range(from, RawFd::MAX);
}

fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: what is closed here belongs to nobody, see the module.
    let done = first > last || unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0;
    if !done {
        for fd in first..=last.min(USUAL_LIMIT) {
            // SAFETY: as above.
            unsafe { libc::close(fd) };
        }
    }
}

/// A copy of a descriptor with a number of at least `least`, closed on exec.
pub(crate) fn copy_above(fd: BorrowedFd<'_>, least: RawFd) -> nix::Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes a number and makes a new descriptor.
    let copy = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, least) };
    Errno::result(copy).map(owned)
}

/// Takes over a descriptor that came with the process.
pub(crate) fn owned(fd: RawFd) -> OwnedFd {
    // SAFETY: nobody else owns it, see the module.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Zeroed memory that stays common to this process and the children it forks; lives for ever.
pub(crate) fn shared<const SIZE: usize>() -> Option<&'static [AtomicU8; SIZE]> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping at a place of the kernel's choice.
    let memory = unsafe { libc::mmap(std::ptr::null_mut(), SIZE, access, kind, -1, 0) };
    if memory == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: mapped, zeroed, of that size, never unmapped, and bytes that are only used as atomics.
    Some(unsafe { &*memory.cast() })
}
