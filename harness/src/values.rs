//! Values as observations show them: the same on every run of the same kernel.
//!
//! Process ids become roles, addresses labels, error results names. A type says what a number is; nothing
//! is guessed from its size.

use crate::errno::Errno;
use crate::label;
use crate::signal::Signal;
use crate::status::{Gone, Status, Stop};

/// Which task of a case has which process id.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    known: Vec<(i32, String)>,
}

impl Roles {
    /// Gives a task its role.
    pub fn add(&mut self, pid: i32, role: &str) {
        self.known.retain(|(known, _)| *known != pid);
        self.known.push((pid, role.to_owned()));
    }

    /// The role of this process id, or `unknown`.
    pub fn of(&self, pid: i32) -> &str {
        self.known.iter().find(|(known, _)| *known == pid).map_or("unknown", |(_, role)| role)
    }

    /// The ids that have roles.
    pub fn ids(&self) -> impl Iterator<Item = i32> {
        self.known.iter().map(|(id, _)| *id)
    }

    /// Whether the id has a role.
    pub fn knows(&self, pid: i32) -> bool {
        self.known.iter().any(|(known, _)| *known == pid)
    }
}

/// A value that can be expected and observed.
pub trait Value: PartialEq {
    /// How an observation shows it.
    fn show(&self, roles: &Roles) -> String;
}

/// A machine word, shown in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u64);

/// An address in the tracee, shown by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub u64);

/// A process or thread id, shown by its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pid(pub i32);

/// What a system call leaves in the result register: an error by name, otherwise a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return(pub u64);

impl Return {
    /// A call that failed.
    pub const fn error(errno: Errno) -> Return {
        Return(errno.as_result())
    }
}

/// The result of a call that returns a process id, or an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnPid(pub u64);

/// What the result register of a call that makes a task holds before the call is done: as a [`Return`], but a
/// kernel that is early has the id of the new task there, shown by its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlyReturn(pub u64);

impl Value for Word {
    fn show(&self, _: &Roles) -> String {
        format!("{:#x}", self.0)
    }
}

impl Value for Address {
    fn show(&self, _: &Roles) -> String {
        label::name(self.0)
    }
}

impl Value for Pid {
    fn show(&self, roles: &Roles) -> String {
        if self.0 == 0 { "0".to_owned() } else { format!("pid of {}", roles.of(self.0)) }
    }
}

impl Value for Return {
    fn show(&self, _: &Roles) -> String {
        match (Errno::of_result(self.0), self.0) {
            (Some(errno), _) => format!("-{errno}"),
            (None, number @ 0..=0xffff) => number.to_string(),
            (None, other) => label::name(other),
        }
    }
}

impl Value for ReturnPid {
    fn show(&self, roles: &Roles) -> String {
        match self.0 as i64 {
            pid @ 1..=0x7fff_ffff if roles.knows(pid as i32) => Pid(pid as i32).show(roles),
            1..=0x7fff_ffff => "some positive number".to_owned(),
            _ => Return(self.0).show(roles),
        }
    }
}

impl Value for EarlyReturn {
    fn show(&self, roles: &Roles) -> String {
        match self.0 as i64 {
            pid @ 1..=0x7fff_ffff if roles.knows(pid as i32) => Pid(pid as i32).show(roles),
            _ => Return(self.0).show(roles),
        }
    }
}

impl Value for bool {
    fn show(&self, _: &Roles) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    fn show(&self, roles: &Roles) -> String {
        show_all(self, roles)
    }
}

impl<T: Value> Value for Vec<T> {
    fn show(&self, roles: &Roles) -> String {
        show_all(self, roles)
    }
}

fn show_all<T: Value>(values: &[T], roles: &Roles) -> String {
    let shown: Vec<_> = values.iter().map(|value| value.show(roles)).collect();
    format!("[{}]", shown.join(", "))
}

impl<T: Value> Value for Option<T> {
    fn show(&self, roles: &Roles) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), |value| value.show(roles))
    }
}

impl<T: Value> Value for Result<T, Errno> {
    fn show(&self, roles: &Roles) -> String {
        match self {
            Ok(value) => value.show(roles),
            Err(errno) => errno.to_string(),
        }
    }
}

impl<A: Value, B: Value> Value for (A, B) {
    fn show(&self, roles: &Roles) -> String {
        format!("({}, {})", self.0.show(roles), self.1.show(roles))
    }
}

impl Value for () {
    fn show(&self, _: &Roles) -> String {
        "done".to_owned()
    }
}

macro_rules! shown_as_they_are {
    ($($type:ty),*) => {
        $(impl Value for $type {
            fn show(&self, _: &Roles) -> String {
                self.to_string()
            }
        })*
    };
}

shown_as_they_are!(i32, i64, u8, u32, u64, usize, &str, String, Errno, Signal, Status, Stop, Gone);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: impl Value, expected: &str) {
        let mut roles = Roles::default();
        roles.add(4711, "child");
        assert_eq!(value.show(&roles), expected);
    }

    #[test]
    fn nothing_that_varies_is_shown() {
        check(Pid(4711), "pid of child");
        check(ReturnPid(4711), "pid of child");
        check(ReturnPid(4712), "some positive number");
        check(EarlyReturn(4711), "pid of child");
        check(EarlyReturn(0x50f00), &Return(0x50f00).show(&Roles::default()));
        check(ReturnPid(Errno::ENOSYS.as_result()), "-ENOSYS");
        check(Address(label::SYSCALL_RETURN), "syscall_return");
    }

    #[test]
    fn results_show_errors_by_name() {
        check(Return(0), "0");
        check(Return::error(Errno::ERESTARTNOHAND), "-ERESTARTNOHAND");
        check(Err::<(), _>(Errno::ESRCH), "ESRCH");
    }
}
