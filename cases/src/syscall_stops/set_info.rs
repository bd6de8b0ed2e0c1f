//! `PTRACE_SET_SYSCALL_INFO`, which changes a call the same way on every architecture.

use super::stops::{ENTER, EXIT, pass, to_enter, to_exit};
use crate::changes::SET_SYSCALL_INFO;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscall_info::{self, SyscallInfo};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

/// The request came with this release.
const SINCE: &[Need] = &[Need::Kernel(6, 16)];
/// Offset of the number, and of the result.
const UNION: usize = 24;
/// Offset of the first argument, and of `is_error`.
const BEHIND: usize = 32;
/// Offsets of instruction and stack pointer.
const IP: usize = 8;
const SP: usize = 16;

/// Structures that the kernel refuses.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Reserved,
    Flags,
    OpExit,
    OpNone,
    Number,
}

impl Axis for Wrong {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("reserved", Wrong::Reserved),
        ("flags", Wrong::Flags),
        ("opexit", Wrong::OpExit),
        ("opnone", Wrong::OpNone),
        ("number", Wrong::Number),
    ];
}

impl Wrong {
    /// The structure of an enter-stop spoilt this way.
    fn spoil(self, mut info: SyscallInfo) -> SyscallInfo {
        match self {
            Wrong::Reserved => info.bytes[1] = 1,
            Wrong::Flags => info.bytes[2] = 1,
            Wrong::OpExit => info.bytes[0] = syscall_info::EXIT,
            Wrong::OpNone => info.bytes[0] = syscall_info::NONE,
            Wrong::Number => return info.with(UNION, 1 << 32),
        }
        info
    }
}

/// A result as `rval` and `is_error` say it.
#[derive(Clone, Copy, PartialEq)]
enum Placed {
    Number,
    Error,
}

impl Axis for Placed {
    const VALUES: &'static [(&'static str, Self)] = &[("number", Placed::Number), ("error", Placed::Error)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "set_info_is_known",
        title: "PTRACE_SET_SYSCALL_INFO takes back what PTRACE_GET_SYSCALL_INFO gave; kernels without it answer EIO.",
        clauses: &[ENTER, "setinfo.modifies"],
        changes: &[&SET_SYSCALL_INFO],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let expected = t.across(&SET_SYSCALL_INFO, Err(Errno::EIO), Ok(()))?;
            t.check("setinfo.modifies", "PTRACE_SET_SYSCALL_INFO", expected, t.set_syscall_info(&info(&t)?));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_number",
        title: "Another number set at the enter-stop makes that call.",
        clauses: &[ENTER, EXIT, "setinfo.modifies", "setinfo.nr"],
        needs: SINCE,
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let changed = info(&t)?.with(UNION, Syscall::GETPID.number);
            t.check("setinfo.modifies", "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&changed));
            let shown = t.syscall_info().map(|info| info.number());
            t.check("setinfo.modifies", "entry.nr", Ok(Syscall::GETPID.number), shown);
            t.check("setinfo.nr", "number", Syscall::GETPID.number, t.syscall_number()?);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("setinfo.nr", "close", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_arguments",
        title: "Arguments set at the enter-stop are those that the call gets.",
        clauses: &[ENTER, EXIT, "setinfo.modifies", "setinfo.args"],
        needs: SINCE,
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.call(Syscall::WRITE, &[u64::MAX, Program::shared(0), 3]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            // Two ints: the pipe's end to read from, the end to write to.
            let changed = info(&t)?.with(BEHIND, t.word(0) >> 32).with(BEHIND + 16, 64);
            t.check("setinfo.modifies", "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&changed));
            t.check("setinfo.args", "arguments", changed.args(), info(&t)?.args());
            t.check("setinfo.args", "third argument register", 64, t.registers()?.arg(2));
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("setinfo.args", "write", Some(Return(64)))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_result",
        title: "A result set at the exit-stop is what the program sees, as a number or as an error.",
        clauses: &[ENTER, EXIT, "setinfo.modifies", "setinfo.rval"],
        needs: SINCE,
        axes: &[ANY_START, axis::<Placed>(&["number", "error"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let (result, error) = match t.pick()? {
                Placed::Number => (Return(0x1234), 0),
                Placed::Error => (Return::error(Errno::EPERM), 1),
            };
            let t = pass(t)?;
            let mut changed = info(&t)?.with(UNION, result.0);
            changed.bytes[BEHIND] = error;
            t.check("setinfo.modifies", "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&changed));
            let shown = t.syscall_info().map(|info| (Return(info.rval()), info.is_error()));
            t.check("setinfo.modifies", "exit.rval and is_error", Ok((result, error)), shown);
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("setinfo.rval", "getpid", Some(result))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_skip",
        title: "Number -1 set at the enter-stop skips the call, which fails with ENOSYS; the arguments stay.",
        clauses: &[ENTER, EXIT, "setinfo.skip"],
        needs: SINCE,
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77, 0xa2]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(pass(t)?)?;
            let changed = info(&t)?.with(UNION, u64::MAX).with(BEHIND, 0).with(BEHIND + 8, 0);
            t.check("setinfo.skip", "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&changed));
            t.check("setinfo.skip", "second argument register", 0xa2, t.registers()?.arg(1));
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("setinfo.skip", "umask_2", Some(Return::error(Errno::ENOSYS)))?;
            task.check_saw("setinfo.skip", "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_refused",
        title: "A structure that does not fit the stop is refused, and the call is made as it was.",
        clauses: &[ENTER, EXIT, "setinfo.rejects", "setinfo.range"],
        needs: SINCE,
        axes: &[ANY_START, axis::<Wrong>(&["reserved", "flags", "opexit", "opnone", "number"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let wrong: Wrong = t.pick()?;
            let t = to_enter(t)?;
            let spoilt = wrong.spoil(info(&t)?.with(UNION, Syscall::GETPID.number));
            let (clause, errno) = match wrong {
                Wrong::Number => ("setinfo.range", Errno::ERANGE),
                _ => ("setinfo.rejects", Errno::EINVAL),
            };
            t.check(clause, "PTRACE_SET_SYSCALL_INFO", Err(errno), t.set_syscall_info(&spoilt));
            t.check(clause, "number", Syscall::CLOSE.number, t.syscall_number()?);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(clause, "close", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_elsewhere",
        title: "In a stop whose op is NONE the request is refused, whatever op it has.",
        clauses: &["setinfo.rejects"],
        needs: SINCE,
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let none = info(&t)?;
            t.check("setinfo.rejects", "with op NONE", Err(Errno::EINVAL), t.set_syscall_info(&none));
            let mut entry = none;
            entry.bytes[0] = syscall_info::ENTRY;
            t.check("setinfo.rejects", "with op ENTRY", Err(Errno::EINVAL), t.set_syscall_info(&entry));
            t.cont()?.ends("setinfo.rejects", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_size",
        title: "The structure's whole size is needed; less is refused and more accepted.",
        clauses: &[ENTER, EXIT, "setinfo.addr-size"],
        needs: SINCE,
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let mut changed = info(&t)?.with(UNION, Syscall::GETPID.number);
            let accepted = |size: &u64| {
                let data = Data::Buffer(&mut changed.bytes);
                t.request(Request::SET_SYSCALL_INFO, *size, data) != Err(Errno::EINVAL)
            };
            let short: Vec<_> = (0..syscall_info::SIZE as u64).filter(accepted).collect();
            t.check("setinfo.addr-size", "short sizes accepted", vec![], short);
            t.check("setinfo.addr-size", "number", Syscall::CLOSE.number, t.syscall_number()?);
            let data = Data::Buffer(&mut changed.bytes);
            let answer = t.request(Request::SET_SYSCALL_INFO, 2 * syscall_info::SIZE as u64, data);
            t.check("setinfo.addr-size", "twice the size", Ok(0), answer);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("setinfo.addr-size", "close", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_other_fields",
        title: "Architecture, instruction and stack pointer in the structure are ignored.",
        clauses: &[ENTER, EXIT, "setinfo.other-fields-ignored"],
        needs: SINCE,
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let before = t.registers()?;
            let mut changed = info(&t)?.with(IP, 1).with(SP, 2);
            changed.bytes[4..8].fill(0);
            let answer = t.set_syscall_info(&changed);
            t.check("setinfo.other-fields-ignored", "PTRACE_SET_SYSCALL_INFO", Ok(()), answer);
            let differing = before.differing(&t.registers()?);
            t.check("setinfo.other-fields-ignored", "registers changed", vec![], differing);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("setinfo.other-fields-ignored", "getpid", &task)
        },
        ..Case::NEW
    },
];

/// What there is to change; without it there is nothing to go on with.
fn info(t: &Stopped) -> Flow<SyscallInfo> {
    t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())
}
