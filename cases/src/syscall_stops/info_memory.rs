//! Memory that is not there, and values that do not fit, in both requests of `ptrace_syscall_info`.

use super::stops::{ENTER, EXIT, Side, to, to_enter, to_exit};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

/// An address where nobody has anything: in the first page.
const NOWHERE: Data<'static> = Data::Word(8);
const GETS: &str = "sysinfo.bad-memory";
const SETS: &str = "setinfo.bad-memory";
/// Offset of the number.
const NUMBER: usize = 24;

/// Numbers at the borders of an int, as the structure's 64 bits.
#[derive(Clone, Copy, PartialEq)]
enum Wide {
    /// The largest int.
    Largest,
    /// One more.
    Above,
    /// The smallest int.
    Smallest,
    /// One less.
    Below,
    /// -1 without its sign.
    Unsigned,
}

impl Axis for Wide {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("largest", Wide::Largest),
        ("above", Wide::Above),
        ("smallest", Wide::Smallest),
        ("below", Wide::Below),
        ("unsigned", Wide::Unsigned),
    ];
}

impl Wide {
    const fn number(self) -> i64 {
        match self {
            Wide::Largest => i32::MAX as i64,
            Wide::Above => i32::MAX as i64 + 1,
            Wide::Smallest => i32::MIN as i64,
            Wide::Below => i32::MIN as i64 - 1,
            Wide::Unsigned => u32::MAX as i64,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "info_into_bad_memory",
        title: "Where there is no memory the answer cannot go: EFAULT, unless nothing was to be written.",
        clauses: &[ENTER, EXIT, GETS],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let side: Side = t.pick()?;
            let t = to(side, t)?;
            let ask = |size: usize| t.request(Request::GET_SYSCALL_INFO, size as u64, NOWHERE);
            t.check(GETS, "whole structure", Err(Errno::EFAULT), ask(info::SIZE));
            t.check(GETS, "one byte", Err(Errno::EFAULT), ask(1));
            let whole = if side == Side::Enter { info::SIZE_ENTRY } else { info::SIZE_EXIT };
            t.check(GETS, "no byte", Ok(whole as i64), ask(0));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(GETS, "close", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_from_bad_memory",
        title: "A structure that is not there is refused with EFAULT, one too short for any with EINVAL, and the call is made.",
        clauses: &[ENTER, EXIT, SETS, "setinfo.addr-size"],
        needs: &[Need::Kernel(6, 16)],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            let set = |size: usize| t.request(Request::SET_SYSCALL_INFO, size as u64, NOWHERE);
            t.check(SETS, "whole structure", Err(Errno::EFAULT), set(info::SIZE));
            t.check(SETS, "more than that", Err(Errno::EFAULT), set(2 * info::SIZE));
            t.check("setinfo.addr-size", "a byte less", Err(Errno::EINVAL), set(info::SIZE - 1));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw(SETS, "close", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
    Case {
        name: "set_info_number_range",
        title: "Every int is a number, with its sign in all 64 bits; anything else is refused with ERANGE.",
        clauses: &[ENTER, EXIT, "setinfo.range", "kdoc.setinfo-nr-range", "sysstop.invalid-number-made"],
        needs: &[Need::Kernel(6, 16)],
        axes: &[ANY_START, axis::<Wide>(&["largest", "above", "smallest", "below", "unsigned"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let number = t.pick::<Wide>()?.number();
            let t = to_enter(t)?;
            let entry = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check("setinfo.range", "entry.nr before", Syscall::CLOSE.number, entry.number());
            let fits = i32::try_from(number).is_ok();
            let expected = if fits { Ok(()) } else { Err(Errno::ERANGE) };
            let answer = t.set_syscall_info(&entry.with(NUMBER, number as u64));
            t.check("setinfo.range", "PTRACE_SET_SYSCALL_INFO", expected, answer);
            let left = if fits { number } else { Syscall::CLOSE.number as i64 };
            let shown = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
            t.check("kdoc.setinfo-nr-range", "entry.nr", left, shown.number() as i64);
            let same = shown.bytes == entry.with(NUMBER, left as u64).bytes;
            t.check("kdoc.setinfo-nr-range", "nothing else has changed", true, same);
            let errno = if fits { Errno::ENOSYS } else { Errno::EBADF };
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("sysstop.invalid-number-made", "close", Some(Return::error(errno)))
        },
        ..Case::NEW
    },
];
