//! `PTRACE_SECCOMP_GET_METADATA`: the flags that a filter was installed with.

use super::{CALL, CONTROL, MARK};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Word;

const FLAGS: &str = "uapi.metadata.log-flag";
const SIZE: &str = "uapi.metadata.size";
const NONE: &str = "uapi.metadata.enoent";

pub(super) const CASES: &[Case] = &[Case {
    name: "metadata",
    title: "PTRACE_SECCOMP_GET_METADATA tells which filters log; it wants 8 bytes at least and gives 16 at most.",
    clauses: &[MARK, FLAGS, "uapi.metadata.filter-off", SIZE, NONE],
    needs: CONTROL,
    program: |p| {
        p.filter_with(libc::SECCOMP_FILTER_FLAG_LOG, CALL, libc::SECCOMP_RET_ALLOW);
        p.filter(CALL, libc::SECCOMP_RET_ALLOW);
        p.breakpoint();
    },
    scenario: |t| {
        let (answer, told) = ask(&t, 0, 16);
        t.check(NONE, "of a task without a filter", Err(Errno::EINVAL), answer);
        t.check(NONE, UNTOUCHED, [Word(0), Word(BEHIND), Word(BEHIND)], told);
        let t = t.cont()?.expect(MARK, Stop::Signal(Signal::TRAP))?;
        for (index, flags) in [(0, libc::SECCOMP_FILTER_FLAG_LOG), (1, 0)] {
            let (answer, told) = ask(&t, index, 16);
            t.check("uapi.metadata.filter-off", "bytes", Ok(16), answer);
            t.check(
                FLAGS,
                "filter_off, flags, and what is behind",
                [Word(index), Word(flags), Word(BEHIND)],
                told,
            );
        }
        let (answer, told) = ask(&t, 1, 8);
        t.check(SIZE, "bytes of 8", Ok(8), answer);
        t.check(SIZE, "filter_off, and what is behind", [Word(1), Word(BEHIND), Word(BEHIND)], told);
        let (answer, told) = ask(&t, 1, 24);
        t.check(SIZE, "bytes of 24", Ok(16), answer);
        t.check(SIZE, "all of 24", [Word(1), Word(0), Word(BEHIND)], told);
        let (answer, told) = ask(&t, 1, 7);
        t.check(SIZE, "bytes of 7", Err(Errno::EINVAL), answer);
        t.check(SIZE, "untouched buffer", [Word(1), Word(BEHIND), Word(BEHIND)], told);
        let (answer, told) = ask(&t, 2, 16);
        t.check(NONE, "of a filter that is not there", Err(Errno::ENOENT), answer);
        t.check(NONE, UNTOUCHED, [Word(2), Word(BEHIND), Word(BEHIND)], told);
        Ok(())
    },
    ..Case::NEW
}];

const UNTOUCHED: &str = "untouched buffer";

/// What the buffer holds behind the index.
const BEHIND: u64 = 0x5555_5555_5555_5555;

fn ask(t: &Stopped, index: u64, size: u64) -> (Result<i64, Errno>, [Word; 3]) {
    let mut bytes = [BEHIND as u8; 24];
    bytes[..8].copy_from_slice(&index.to_ne_bytes());
    let answer = t.request(Request::SECCOMP_GET_METADATA, size, Data::Buffer(&mut bytes));
    (answer, super::words(&bytes).map(Word))
}
