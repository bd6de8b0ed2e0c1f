//! The cells of the table: what a request answers in a state.

use super::state::{Class, State};
use super::table::{Row, Rule};
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::syscall_info as info;

/// What is expected, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answers that may come; where there are several, always the same one.
    pub any_of: Vec<Result<i64, Errno>>,
    /// The clause.
    pub clause: &'static str,
}

/// Whom the table is for.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The architecture.
    pub arch: Arch,
    /// The kernel's line.
    pub kernel: (u32, u32),
    /// Whether the tracee was seized, if it is one.
    pub seized: bool,
}

impl Answer {
    /// Whether it is a refusal, whatever is configured.
    pub fn is_refusal(&self) -> bool {
        self.any_of.iter().all(Result::is_err)
    }
}

/// The cell of this row and column; none where the caller is not asked about that task at all.
pub fn answer(row: &Row, state: State, place: Place) -> Option<Answer> {
    let is_there = row.arches.contains(&place.arch) && row.since.is_none_or(|since| place.kernel >= since);
    let rule = if is_there { row.rule } else { Rule::Unknown };
    let (answer, clause) = match (state.class(), rule) {
        (_, Rule::Traceme) => return None,
        (_, Rule::Attach) => attach(row, state),
        (Class::NotOurs, _) => not_ours(state),
        (_, Rule::Kill) => (Ok(0), row.clause),
        (class, Rule::Interrupt) => interrupt(row, class, place),
        (Class::NotStopped, _) => not_stopped(state),
        (Class::Stopped, Rule::Configured(any_of)) => {
            return Some(Answer { any_of: any_of.to_vec(), clause: row.clause });
        }
        (Class::Stopped, Rule::Filters(length)) => return Some(filters(row, length, state)),
        (Class::Stopped, Rule::Unknown) if row.rule == Rule::Unknown && is_there => {
            (Err(Errno::EIO), row.clause)
        }
        (Class::Stopped, rule) => stopped(row, rule, state, place),
    };
    Some(Answer { any_of: vec![answer], clause })
}

type Cell = (Result<i64, Errno>, &'static str);

fn stopped(row: &Row, rule: Rule, state: State, place: Place) -> Cell {
    match rule {
        Rule::Look(value) => (Ok(value), row.clause),
        Rule::Resume => (Ok(0), row.clause),
        Rule::Siginfo if state == State::Group && !place.seized => (Err(Errno::EINVAL), siginfo(row)),
        Rule::Siginfo => (Ok(0), row.clause),
        Rule::SyscallInfo => (Ok(length(state)), row.clause),
        Rule::SetSyscallInfo if matches!(state, State::Enter | State::Exit | State::Seccomp) => {
            (Ok(0), row.clause)
        }
        Rule::SetSyscallInfo => (Err(Errno::EINVAL), "err.refused-in-this-stop"),
        Rule::Listen if !place.seized => (Err(Errno::EIO), "listen.seize-only"),
        Rule::Listen if matches!(state, State::Group | State::Interrupted) => (Ok(0), row.clause),
        Rule::Listen => (Err(Errno::EIO), "kdoc.listen-needs-event-stop"),
        _ => (Err(Errno::EIO), "err.eio-bad-op"),
    }
}

fn siginfo(row: &Row) -> &'static str {
    if row.name == "GETSIGINFO" { "group.getsiginfo-einval" } else { "kdoc.setsiginfo-group-stop" }
}

/// How much `PTRACE_GET_SYSCALL_INFO` can tell.
const fn length(state: State) -> i64 {
    (match state {
        State::Enter => info::SIZE_ENTRY,
        State::Exit => info::SIZE_EXIT,
        State::Seccomp => info::SIZE_SECCOMP,
        _ => info::SIZE_NONE,
    }) as i64
}

fn filters(row: &Row, length: i64, state: State) -> Answer {
    let with = (state == State::Seccomp).then_some(Ok(length));
    let without = [Err(Errno::EINVAL), Err(Errno::EACCES)];
    Answer { any_of: with.into_iter().chain(without).collect(), clause: row.clause }
}

fn interrupt(row: &Row, class: Class, place: Place) -> Cell {
    match (place.seized, class) {
        (false, _) => (Err(Errno::EIO), "interrupt.seize-only"),
        (true, Class::Stopped) => (Ok(0), row.clause),
        (true, _) => (Ok(0), "cmd.interrupt-kill-no-stop-needed"),
    }
}

const fn not_stopped(state: State) -> Cell {
    let clause = match state {
        State::Sleeping => "state.blocked-is-running",
        State::Listening => "listen.not-in-ptrace-stop",
        State::Dying | State::Zombie => "death.esrch-after-kill",
        _ => "cmd.requires-stop",
    };
    (Err(Errno::ESRCH), clause)
}

const fn not_ours(state: State) -> Cell {
    let clause = match state {
        State::Gone | State::Zero => "err.esrch-nonexistent",
        State::StoppedOfAnother => "death.esrch-not-tracer",
        _ => "err.esrch-not-mine",
    };
    (Err(Errno::ESRCH), clause)
}

const fn attach(row: &Row, state: State) -> Cell {
    match state {
        State::Gone | State::Zero => (Err(Errno::ESRCH), "err.esrch-nonexistent"),
        State::Untraced | State::UntracedStopped => (Ok(0), row.clause),
        State::Tracer | State::Sibling => (Err(Errno::EPERM), "kdoc.attach-self"),
        State::Kernel => (Err(Errno::EPERM), "kdoc.attach-kthread"),
        State::Zombie => (Err(Errno::EPERM), "kdoc.attach-zombie"),
        _ => (Err(Errno::EPERM), "err.eperm-already-traced"),
    }
}
