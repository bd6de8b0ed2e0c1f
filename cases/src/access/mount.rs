//! A mount that only the tasks of a program see.

use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::syscalls::Syscall;

/// Where it is.
pub(super) const PLACE: &str = "/tmp";

/// mount(2), with a name of its own in the program.
const MAKE_PRIVATE: Syscall = Syscall::numbered(libc::SYS_mount as u64, "make_private");

/// The steps that make it, all of which return 0.
pub(super) const MADE: [&str; 3] = ["unshare", "make_private", "mount"];

/// Mounts a file system of this kind; its options are a text, or 0.
pub(super) fn mount(p: &mut Program, kind: &str, options: u64) {
    let (root, place, kind) = (p.text("/"), p.text(PLACE), p.text(kind));
    p.call(Syscall::UNSHARE, &[libc::CLONE_NEWNS as u64]);
    p.call(MAKE_PRIVATE, &[kind, root, 0, libc::MS_REC | libc::MS_PRIVATE, 0]);
    p.call(Syscall::MOUNT, &[kind, place, kind, 0, options]);
}
