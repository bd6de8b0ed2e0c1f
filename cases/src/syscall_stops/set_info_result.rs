//! Results that `PTRACE_SET_SYSCALL_INFO` writes, and what it does at a seccomp event.

use super::stops::{ENTER, EXIT, pass, to_enter, to_exit};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

const FLAG: &str = "kdoc.setinfo-is-error";
const AT_EVENT: &str = "setinfo.seccomp";
const DATA: &str = "kdoc.setinfo-seccomp-ret-data";
/// Offsets of number or result, of the first argument or `is_error`, and of the filter's data.
const UNION: usize = 24;
const BEHIND: usize = 32;
const RET_DATA: usize = 80;
/// The data of the filter.
const FILTERS: u32 = 0x1d;

/// Which result is written over which.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    /// A number over an error.
    Success,
    /// An error over an error.
    Error,
    /// A number that is said to be an error.
    NumberAsError,
    /// An error that is said to be a number.
    ErrorAsNumber,
    /// Nothing that is said to be an error.
    ZeroAsError,
}

impl Axis for Over {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("success", Over::Success),
        ("error", Over::Error),
        ("numberaserror", Over::NumberAsError),
        ("errorasnumber", Over::ErrorAsNumber),
        ("zeroaserror", Over::ZeroAsError),
    ];
}

impl Over {
    /// The result, and what is said of it.
    const fn parts(self) -> (Return, u8) {
        match self {
            Over::Success => (Return(0x1234), 0),
            Over::Error => (Return::error(Errno::EPERM), 1),
            Over::NumberAsError => (Return(0x1234), 1),
            Over::ErrorAsNumber => (Return::error(Errno::EPERM), 0),
            Over::ZeroAsError => (Return(0), 1),
        }
    }
}

/// What is changed at the event.
#[derive(Clone, Copy, PartialEq)]
enum Changed {
    Nothing,
    Number,
    Argument,
    Skipped,
}

impl Axis for Changed {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nothing", Changed::Nothing),
        ("number", Changed::Number),
        ("argument", Changed::Argument),
        ("skipped", Changed::Skipped),
    ];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "set_info_result_over_an_error",
        title: "The result of a call that failed is replaced by a number or another error; what is_error says of it makes no difference to the register.",
        clauses: &[ENTER, EXIT, "setinfo.modifies", "setinfo.rval", FLAG],
        needs: &[Need::Kernel(6, 16)],
        axes: &[
            ANY_START,
            axis::<Over>(&["success", "error", "numberaserror", "errorasnumber", "zeroaserror"]),
        ],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let (result, said) = t.pick::<Over>()?.parts();
            let t = pass(t)?;
            let read = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check("setinfo.rval", "exit.rval before", Return::error(Errno::EBADF), Return(read.rval()));
            let mut changed = read.with(UNION, result.0);
            changed.bytes[BEHIND] = said;
            t.check("setinfo.modifies", "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&changed));
            let answer = t.syscall_info();
            let failed = u8::from(Errno::of_result(result.0).is_some());
            t.check(FLAG, "exit.rval", Ok(result), answer.map(|info| Return(info.rval())));
            t.check(FLAG, "exit.is_error", Ok(failed), answer.map(|info| info.is_error()));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("setinfo.rval", "close", Some(result))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_at_a_seccomp_event",
        title: "At a seccomp event the request changes number and arguments as at an enter-stop, and ignores the filter's data.",
        clauses: &[EXIT, AT_EVENT, DATA],
        needs: &[Need::Kernel(6, 16), Need::SeccompFilter],
        axes: &[ANY_START, axis::<Changed>(&["nothing", "number", "argument", "skipped"])],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| {
            p.filter(Syscall::UMASK, libc::SECCOMP_RET_TRACE | FILTERS);
            p.call(Syscall::UMASK, &[0o27]);
            p.exit(3);
        },
        scenario: |t| {
            let changed: Changed = t.pick()?;
            let t = t.cont()?.expect(AT_EVENT, Stop::Event(Event::SECCOMP))?;
            let before = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check(AT_EVENT, "op", info::SECCOMP, before.op());
            t.check(DATA, "seccomp.ret_data", FILTERS, before.ret_data());
            let (offset, word) = match changed {
                Changed::Nothing => (UNION, Syscall::UMASK.number),
                Changed::Number => (UNION, Syscall::GETPID.number),
                Changed::Argument => (BEHIND, 0o77),
                Changed::Skipped => (UNION, u64::MAX),
            };
            let after = before.with(offset, word).with(RET_DATA, 0x77);
            t.check(AT_EVENT, "PTRACE_SET_SYSCALL_INFO", Ok(()), t.set_syscall_info(&after));
            let shown = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check(
                AT_EVENT,
                "number and arguments",
                after.bytes[UNION..RET_DATA].to_vec(),
                shown.bytes[UNION..RET_DATA].to_vec(),
            );
            t.check(DATA, "seccomp.ret_data afterwards", FILTERS, shown.ret_data());
            let t = to_exit(t)?;
            let result = t.syscall_info().map(|info| Return(info.rval()));
            if changed == Changed::Number {
                let same = result == Ok(Return(t.pid as u64));
                t.check(AT_EVENT, "exit.rval is the process's id", true, same);
                let task = t.cont()?.ends(EXIT, Gone::Exited(3))?;
                return task.check_saw_pid(AT_EVENT, "umask", &task);
            }
            let expected = match changed {
                Changed::Skipped => Return::error(Errno::ENOSYS),
                _ => Return(0o22),
            };
            t.check(AT_EVENT, "exit.rval", Ok(expected), result);
            let task = t.cont()?.ends(EXIT, Gone::Exited(3))?;
            task.check_saw(AT_EVENT, "umask", Some(expected))
        },
        ..Case::NEW
    },
    Case {
        name: "skip_with_an_error",
        title: "A call skipped with number -1 gives the program the result or error that the tracer put into the result register.",
        clauses: &[ENTER, EXIT, "sysstop.skip-minus-one"],
        axes: &[ANY_START, axis::<Over>(&["success", "error"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let (result, _) = t.pick::<Over>()?.parts();
            let t = to_enter(t)?;
            t.set_syscall_number(u64::MAX)?;
            t.set_register(arch::RESULT, result.0)?;
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.skip-minus-one", "getpid", Some(result))
        },
        ..Case::NEW
    },
];
