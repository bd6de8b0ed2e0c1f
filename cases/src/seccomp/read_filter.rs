//! `PTRACE_SECCOMP_GET_FILTER`: the tracee's filters, instruction by instruction.

use super::{CALL, CONTROL, MARK};
use ptrace_conformance_harness::case::{Arch, Case, Quirk};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::filter_program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Word;
use ptrace_conformance_harness::version::Change;

const INDEX: &str = "filter.index";
const COUNT: &str = "filter.returns-count";
const FAULT: &str = "kdoc.get-filter-efault";
const LENGTH: usize = 4;

const OLDER: u32 = libc::SECCOMP_RET_ERRNO | 1;
const NEWER: u32 = libc::SECCOMP_RET_ERRNO | 2;

const FIRST_IS_LATEST: &str = "index 0 is the filter installed last";

/// The manual page has it the other way round.
const OLDEST_FIRST: Quirk = Quirk {
    what: FIRST_IS_LATEST,
    observed: "no",
    arches: Arch::ALL,
    since: Change::at(4, 4),
    until: None,
    reason: "the kernel walks from the latest filter as many steps back as there are filters behind the index, so the index counts from the oldest",
    source: "kernel/seccomp.c: get_nth_filter()",
    ends: "a correction of ptrace(2), PTRACE_SECCOMP_GET_FILTER, which says that the most recently installed filter has the index 0",
    advice: "take index 0 for the oldest filter, and ask for higher ones until ENOENT",
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "filters_are_read",
        title: "PTRACE_SECCOMP_GET_FILTER gives each filter as it was installed, and ENOENT behind the last; the manual page says that index 0 is the latest.",
        clauses: &[MARK, "filter.dump", INDEX, COUNT, "filter.enoent"],
        needs: CONTROL,
        quirks: &[OLDEST_FIRST],
        program: |p| {
            p.filter(CALL, OLDER);
            p.filter(Syscall::GETUID, NEWER);
            p.breakpoint();
        },
        scenario: |t| {
            let t = t.cont()?.expect(MARK, Stop::Signal(Signal::TRAP))?;
            let (older, newer) = (filter_program(CALL, OLDER), filter_program(Syscall::GETUID, NEWER));
            let filters = [read(&t, 0), read(&t, 1)];
            t.check(INDEX, FIRST_IS_LATEST, true, filters[0].1 == newer);
            for ((count, words), installed) in filters.into_iter().zip([older, newer]) {
                t.check(COUNT, "instructions", Ok(LENGTH as i64), count);
                t.check("filter.dump", "filter", installed.map(Word), words.map(Word));
            }
            let (count, words) = read(&t, 2);
            t.check("filter.enoent", "PTRACE_SECCOMP_GET_FILTER", Err(Errno::ENOENT), count);
            t.check("filter.enoent", "buffer", [Word(0); LENGTH], words.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "filter_length_is_asked",
        title: "With no buffer PTRACE_SECCOMP_GET_FILTER only tells the number of instructions.",
        clauses: &[MARK, COUNT, "filter.data-null", "filter.data-array"],
        needs: CONTROL,
        program: |p| {
            p.filter(CALL, OLDER);
            p.breakpoint();
        },
        scenario: |t| {
            let t = t.cont()?.expect(MARK, Stop::Signal(Signal::TRAP))?;
            let count = t.request(Request::SECCOMP_GET_FILTER, 0, Data::Word(0));
            t.check("filter.data-null", "instructions", Ok(LENGTH as i64), count);
            let (count, words) = read(&t, 0);
            t.check(COUNT, "instructions", Ok(LENGTH as i64), count);
            t.check("filter.data-array", "filter", filter_program(CALL, OLDER).map(Word), words.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "filter_into_bad_memory",
        title: "PTRACE_SECCOMP_GET_FILTER fails with EFAULT where there is no memory for the filter, and can be asked again.",
        clauses: &[MARK, FAULT, COUNT, "filter.data-array"],
        needs: CONTROL,
        program: |p| {
            p.filter(CALL, OLDER);
            p.breakpoint();
        },
        scenario: |t| {
            let t = t.cont()?.expect(MARK, Stop::Signal(Signal::TRAP))?;
            let answer = t.request(Request::SECCOMP_GET_FILTER, 0, Data::Word(UNMAPPED));
            t.check(FAULT, "PTRACE_SECCOMP_GET_FILTER", Err(Errno::EFAULT), answer);
            let (count, words) = read(&t, 0);
            t.check(COUNT, "instructions", Ok(LENGTH as i64), count);
            t.check("filter.data-array", "filter", filter_program(CALL, OLDER).map(Word), words.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
];

/// An address in the first page, which is never mapped.
const UNMAPPED: u64 = 8;

fn read(t: &Stopped, index: u64) -> (Result<i64, Errno>, [u64; LENGTH]) {
    let mut bytes = [0; 8 * LENGTH];
    let answer = t.request(Request::SECCOMP_GET_FILTER, index, Data::Buffer(&mut bytes));
    (answer, super::words(&bytes))
}
