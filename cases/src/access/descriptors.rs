//! What pidfd_getfd(2) gives, and when it gives nothing.

use super::ONE_START;
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::abi::IMAGE_FD;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const DUPLICATE: &str = "pidfd.getfd.dup";
const NOT_OPEN: &str = "pidfd.getfd.ebadf";
const FLAGS: &str = "pidfd.getfd.einval";
const REAPED: &str = "pidfd.getfd.esrch";

const LSEEK: Syscall = Syscall::numbered(libc::SYS_lseek as u64, "lseek");

/// Open in nobody.
const NONE: u64 = 99;
/// Where the file is put.
const PLACE: u64 = 77;

/// Words of the program: the file has been moved; wait status of the child.
const MOVED: usize = 0;
const STATUS: usize = 1;

pub(super) const CASES: &[Case] = &[Case {
    name: "taken_descriptor",
    title: "pidfd_getfd gives a descriptor of the same open file, closed on exec; it fails with EBADF for what is not open, EINVAL for a flag and ESRCH for a process that has been reaped.",
    clauses: &[DUPLICATE, NOT_OPEN, FLAGS, REAPED, END],
    axes: &[ONE_START],
    program: |p| {
        p.block(&[Signal::CHLD]);
        let child = p.fork("child", |p| {
            p.await_word(Program::shared(MOVED));
            p.call(LSEEK, &[IMAGE_FD, 0, libc::SEEK_CUR as u64]);
            p.exit(7);
        });
        p.close_files();
        let process = p.call(Syscall::PIDFD_OPEN, &[Arg::from(child), 0.into()]);
        let get = |p: &mut Program, descriptor: u64, flags: u64| {
            p.call(Syscall::PIDFD_GETFD, &[Arg::from(process), descriptor.into(), flags.into()])
        };
        let copy = get(p, IMAGE_FD, 0);
        get(p, NONE, 0);
        get(p, IMAGE_FD, 1);
        p.call(Syscall::FCNTL, &[Arg::from(copy), (libc::F_GETFD as u64).into()]);
        p.call(LSEEK, &[Arg::from(copy), PLACE.into(), (libc::SEEK_SET as u64).into()]);
        p.store(Program::shared(MOVED), 1);
        p.wait4(child, STATUS, 0);
        get(p, IMAGE_FD, 0);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.ends(END, Gone::Exited(3))?;
        t.check_saw(DUPLICATE, "pidfd_open", Some(Return(0)))?;
        t.check_saw(DUPLICATE, "pidfd_getfd", Some(Return(1)))?;
        t.check_saw(DUPLICATE, "fcntl", Some(Return(libc::FD_CLOEXEC as u64)))?;
        t.check_saw(DUPLICATE, "lseek_2", Some(Return(PLACE)))?;
        t.check_saw(DUPLICATE, "lseek", Some(Return(PLACE)))?;
        t.check_saw(NOT_OPEN, "pidfd_getfd_2", Some(Return::error(Errno::EBADF)))?;
        t.check_saw(FLAGS, "pidfd_getfd_3", Some(Return::error(Errno::EINVAL)))?;
        t.check_saw(REAPED, "pidfd_getfd_4", Some(Return::error(Errno::ESRCH)))?;
        t.check(END, "status of the child", Word(7 << 8), Word(t.word(STATUS)));
        Ok(())
    },
    ..Case::NEW
}];
