//! Wait statuses, held against the C library's macros, which read the same bits by other means.

use libc::{WCOREDUMP, WEXITSTATUS, WIFCONTINUED, WIFEXITED, WIFSIGNALED, WIFSTOPPED, WSTOPSIG, WTERMSIG};
use proptest::prelude::*;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Reading, Status};
use rstest::rstest;

/// What the macros make of it; nothing if none of them claims it.
fn by_macros(raw: i32) -> Option<Reading> {
    let claims = [WIFEXITED(raw), WIFSIGNALED(raw), WIFSTOPPED(raw), WIFCONTINUED(raw)];
    assert!(claims.iter().filter(|claim| **claim).count() <= 1, "{raw:#x}: {claims:?}");
    match claims {
        [true, ..] => Some(Reading::Gone(Gone::Exited(WEXITSTATUS(raw) as u8))),
        [_, true, ..] => Some(Reading::Gone(Gone::Killed(Signal(WTERMSIG(raw)), WCOREDUMP(raw)))),
        [_, _, true, _] => Some(Reading::Stopped(Signal(WSTOPSIG(raw)), (raw >> 16) as u16)),
        [_, _, _, true] => Some(Reading::Continued),
        _ => None,
    }
}

/// Whether `Status::read` and the macros agree.
///
/// No macro claims a low byte of 0xff, except in 0xffff itself; `read` has a word for each status, and there
/// it is a death by signal 127 with a core dump. No kernel says that: a low byte is 0x7f at a stop, 0 at an
/// exit, and at a death the signal, of which the last is 64, with 0x80 for a core dump.
fn agree(raw: i32) -> bool {
    let beyond_any_signal = Reading::Gone(Gone::Killed(Signal(127), true));
    match by_macros(raw) {
        Some(reading) => Status(raw).read() == reading,
        None => raw & 0xff == 0xff && Status(raw).read() == beyond_any_signal,
    }
}

#[test]
fn all_statuses_without_an_event_are_read_as_the_macros_read_them() {
    let wrong: Vec<_> = (0..=0xffff).filter(|&raw| !agree(raw)).map(Status).collect();
    assert!(wrong.is_empty(), "{} of them: {:?} ...", wrong.len(), &wrong[..wrong.len().min(8)]);
}

/// Only what a macro claims can come from a kernel, so only that has to mean something.
#[test]
fn the_macros_leave_out_what_no_kernel_says() {
    let unclaimed: Vec<_> = (0..=0xffff).filter(|&raw| by_macros(raw).is_none()).collect();
    assert_eq!(unclaimed, (0..0xff).map(|high| high << 8 | 0xff).collect::<Vec<_>>());
    assert!(libc::SIGRTMAX() < 127);
}

/// Each event of ptrace(2), the unknown ones between them, and the ends of the range, with each signal.
#[rstest]
fn a_stop_keeps_its_signal_and_event(
    #[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 64, 127, 128, 129, 255)] event: u8,
    #[values(0, 0x80)] mark: i32,
) {
    for signal in (0..=64).map(|signal| signal | mark) {
        let status = Status::stopped(signal, Event(event));
        assert_eq!(status.read(), Reading::Stopped(Signal(signal), event.into()), "{status}");
        assert!(agree(status.0), "{status}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_status_is_read_as_the_macros_read_it(raw: i32) {
        prop_assert!(agree(raw), "{}", Status(raw));
    }

    /// Random numbers are rarely stops, and stops are what matters.
    #[test]
    fn any_stop_is_read_as_the_macros_read_it(high in any::<i32>()) {
        prop_assert!(agree(high << 8 | 0x7f), "{}", Status(high << 8 | 0x7f));
    }
}
