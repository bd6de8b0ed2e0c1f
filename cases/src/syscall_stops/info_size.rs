//! Buffers of every size for `PTRACE_GET_SYSCALL_INFO`.

use super::stops::{ENTER, EXIT, pass, to_enter};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// More than the structure has.
const ROOM: usize = 2 * info::SIZE;
/// What no answer here consists of.
const PATTERN: u8 = 0xa5;

/// Stops whose answers differ in length.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Enter,
    Exit,
    Signal,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] =
        &[("enter", At::Enter), ("exit", At::Exit), ("signal", At::Signal)];
}

impl At {
    const fn size(self) -> usize {
        match self {
            At::Enter => info::SIZE_ENTRY,
            At::Exit => info::SIZE_EXIT,
            At::Signal => info::SIZE_NONE,
        }
    }

    fn reach(self, t: Stopped) -> Flow<Stopped> {
        match self {
            At::Enter => to_enter(t),
            At::Exit => pass(t),
            // The gate is a signal-delivery-stop.
            At::Signal => Ok(t),
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "info_into_short_buffers",
        title: "Whatever the size, the whole answer's size is returned and as much of it written as fits.",
        clauses: &[ENTER, EXIT, "sysinfo.truncates", "sysinfo.addr-is-size", "sysinfo.returns-available"],
        axes: &[ANY_START, axis::<At>(&["enter", "exit", "signal"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX, 2, 3, 4, 5, 6]);
            p.exit(3);
        },
        scenario: |t| {
            let at: At = t.pick()?;
            let t = at.reach(t)?;
            let answers: Vec<_> = (0..=info::SIZE).chain([ROOM]).map(|size| ask(&t, size as u64)).collect();
            let whole = answers[info::SIZE].bytes;
            let given = |answer: &Answer| (answer.size as usize).min(at.size());
            let wrong = sizes_where(&answers, |answer| answer.returned != Ok(at.size() as i64));
            t.check("sysinfo.returns-available", "sizes with another answer", vec![], wrong);
            let differs = |answer: &Answer| answer.bytes[..given(answer)] != whole[..given(answer)];
            let wrong = sizes_where(&answers, differs);
            t.check("sysinfo.truncates", "sizes whose first bytes differ", vec![], wrong);
            let beyond = |answer: &Answer| answer.bytes[given(answer)..].iter().any(|byte| *byte != PATTERN);
            let wrong = sizes_where(&answers, beyond);
            t.check("sysinfo.addr-is-size", "sizes with bytes written beyond", vec![], wrong);
            t.cont()?.ends("sysinfo.truncates", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_into_huge_buffers",
        title: "A size far beyond the structure is no error, and no more is written than there is.",
        clauses: &[ENTER, EXIT, "sysinfo.addr-is-size", "sysinfo.returns-available"],
        axes: &[ANY_START, axis::<At>(&["enter", "exit", "signal"])],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let at: At = t.pick()?;
            let t = at.reach(t)?;
            let Answer { returned, bytes, .. } = ask(&t, u64::MAX);
            t.check("sysinfo.returns-available", "returned", Ok(at.size() as i64), returned);
            let usual = t.syscall_info().map(|info| info.bytes[..at.size()] == bytes[..at.size()]);
            t.check("sysinfo.addr-is-size", "the bytes are those of the usual size", Ok(true), usual);
            let written = bytes.iter().rposition(|byte| *byte != PATTERN).map(|last| last + 1);
            t.check("sysinfo.addr-is-size", "bytes written", Some(at.size()), written);
            t.cont()?.ends("sysinfo.addr-is-size", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// What came back for a size.
struct Answer {
    size: u64,
    returned: Result<i64, Errno>,
    bytes: [u8; ROOM],
}

/// Asks with this size and a buffer that has room for any answer.
fn ask(t: &Stopped, size: u64) -> Answer {
    let mut bytes = [PATTERN; ROOM];
    let returned = t.request(Request::GET_SYSCALL_INFO, size, Data::Buffer(&mut bytes));
    Answer { size, returned, bytes }
}

fn sizes_where(answers: &[Answer], is_wrong: impl Fn(&Answer) -> bool) -> Vec<u64> {
    answers.iter().filter(|answer| is_wrong(answer)).map(|answer| answer.size).collect()
}
