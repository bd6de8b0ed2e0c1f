//! Facts: the typed parts of the kernel's answers.

use crate::errno::Errno;
use crate::status::Status;

/// One thing that an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Whether a call succeeded, and what it returned.
    Done(&'static str, Result<i64, Errno>),
    /// What a wait gave.
    Waited(Result<Option<Status>, Errno>),
    /// What waitid gave: `si_code` and `si_status`.
    WaitedId(Result<Option<(i32, i32)>, Errno>),
    /// What the program reports of a step: its result, if it was completed.
    Saw(String, Option<u64>),
    /// A number.
    Number(Word, u64),
}

/// What kind of number it is, which decides how it can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Word of the general registers, by index.
    Register(usize),
    /// `PTRACE_GETEVENTMSG`'s.
    Message,
    /// `op` of `struct ptrace_syscall_info`.
    Operation,
    /// An instruction pointer, by the name of its field.
    Place(&'static str),
    /// The result of a system call, by the name of its field.
    Outcome(String),
    /// A set of signals.
    Signals,
    /// Bytes that the kernel says it has.
    Length,
    /// Bits that mean something one by one: memory, registers beyond the general ones.
    Bits(String),
    /// Anything else, by its name.
    Plain(String),
}
