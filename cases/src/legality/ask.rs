//! Asks for what a row of the table says, and holds the answers against it.

use super::answer::{Answer, Place, answer};
use super::state::State;
use super::table::{Give, Row, Rule, rows};
use ptrace_conformance_harness::case::{Arch, Start};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::layout::PeekSiginfoArgs;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::tracee::Task;
use ptrace_conformance_harness::version::KernelVersion;

/// The clause that a refused request changes nothing.
pub(super) const UNCHANGED: &str = "err.refused-changes-nothing";

/// The clause about the length in an iovec.
pub(super) const LENGTH: &str = "uapi.regset-iov-updated";

/// What `PTRACE_PEEKSIGINFO` is asked for: the first signal that is pending for the thread.
static FIRST: PeekSiginfoArgs = PeekSiginfoArgs { offset: 0, flags: 0, count: 1 };

/// What a request told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) answer: Result<i64, Errno>,
    bytes: Vec<u8>,
    /// What the kernel made of an iovec's length.
    length: usize,
}

/// Whom requests are for, and in which state it is.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// A task of the case.
    pub(super) task: &'a Task,
    /// Somebody else's id instead.
    pub(super) other: Option<i32>,
    pub(super) state: State,
    /// The options of the tracee.
    pub(super) options: u32,
}

impl<'a> Asked<'a> {
    /// A task of the case.
    pub(super) fn of(task: &'a Task, state: State) -> Asked<'a> {
        Asked { task, other: None, state, options: super::way::options(state) }
    }

    fn place(&self) -> Place {
        let (arch, kernel) = (Arch::HERE, KernelVersion::running().line);
        Place { arch, kernel, seized: self.task.start == Start::Seize }
    }

    /// The cell of the table.
    pub(super) fn answer(&self, row: &Row) -> Option<Answer> {
        answer(row, self.state, self.place())
    }

    /// Everything that leaves the task as it is.
    pub(super) fn quiet(&self) -> impl Iterator<Item = (&'static Row, Answer)> {
        let cells = rows(Arch::HERE).filter_map(|row| Some((row, self.answer(row)?)));
        cells.filter(|(row, answer)| {
            let acts =
                matches!(row.rule, Rule::Resume | Rule::Listen | Rule::Kill | Rule::Interrupt | Rule::Attach);
            let is_dead = matches!(self.state, State::Dying | State::Zombie);
            answer.is_refusal() || !acts || is_dead
        })
    }

    /// The request of this row; `before` has what the row before has read.
    pub(super) fn ask(&self, row: &Row, before: &[u8]) -> Told {
        let mut bytes = match row.give {
            Give::Read(length) | Give::ReadVector(length) => vec![0; length],
            Give::Queue => vec![0; 128],
            Give::Back(length) | Give::BackVector(length) => {
                let mut bytes = before.to_vec();
                bytes.resize(length, 0);
                bytes
            }
            Give::Word(_) | Give::Options | Give::BackWord => Vec::new(),
        };
        let mut length = bytes.len();
        let addr = if row.give == Give::Queue { (&raw const FIRST) as u64 } else { row.addr };
        let data = match row.give {
            Give::Word(word) => Data::Word(word),
            Give::Options => Data::Word(self.options.into()),
            Give::BackWord => Data::Word(word(before)),
            Give::ReadVector(_) | Give::BackVector(_) => Data::Vector(&mut bytes, &mut length),
            Give::Read(_) | Give::Back(_) | Give::Queue => Data::Buffer(&mut bytes),
        };
        let answer = self.request(row.request, addr, data);
        Told { answer, bytes, length }
    }

    fn request(&self, request: Request, addr: u64, data: Data<'_>) -> Result<i64, Errno> {
        match self.other {
            Some(pid) => self.task.ask(pid, request, addr, data),
            None => self.task.request(request, addr, data),
        }
    }

    /// Checks the answer to a row; one that the configuration decides must be the same again.
    pub(super) fn check(&self, row: &Row, answer: &Answer, told: &Told) {
        let (name, allowed) = (named(row), &answer.any_of);
        if allowed.len() > 1 && allowed.contains(&told.answer) {
            let again = self.ask(row, &told.bytes);
            self.task.check(answer.clause, &format!("{name} again"), told.answer, again.answer);
            self.task.check(answer.clause, &format!("{name} tells the same again"), true, *told == again);
        } else {
            self.task.check(answer.clause, &name, allowed[0], told.answer);
        }
        if told.answer.is_ok() && matches!(row.give, Give::ReadVector(_) | Give::BackVector(_)) {
            self.task.check(LENGTH, &format!("length for {name}"), told.bytes.len(), told.length);
        }
    }

    /// Everything that leaves the task as it is, each answer as the table has it.
    pub(super) fn all_quiet(&self) {
        for (row, answer) in self.quiet() {
            let told = self.ask(row, &[]);
            self.check(row, &answer, &told);
        }
    }

    /// The same at a ptrace-stop, where what is read is the same before and after, and is what can be written.
    pub(super) fn all_quiet_at_a_stop(&self) {
        let first = self.readings();
        let mut read = &[][..];
        for (row, answer) in self.quiet() {
            let told = self.ask(row, read);
            self.check(row, &answer, &told);
            if let Some((_, reading)) = first.iter().find(|(known, _)| std::ptr::eq(*known, row)) {
                self.same(row, "read the same", reading, &told);
                read = &reading.bytes;
            }
        }
        for ((row, before), (_, after)) in first.iter().zip(self.readings()) {
            self.same(row, "reads the same afterwards", before, &after);
        }
    }

    fn same(&self, row: &Row, how: &str, first: &Told, now: &Told) {
        self.task.check(UNCHANGED, &format!("{} {how}", named(row)), true, first == now);
    }

    /// What can be read now.
    fn readings(&self) -> Vec<(&'static Row, Told)> {
        let reads = |row: &Row| matches!(row.give, Give::Read(_) | Give::ReadVector(_) | Give::Queue);
        self.quiet().filter(|(row, _)| reads(row)).map(|(row, _)| (row, self.ask(row, &[]))).collect()
    }
}

/// The request in a check.
pub(super) fn named(row: &Row) -> String {
    if row.name.contains(' ') { row.name.to_owned() } else { format!("PTRACE_{}", row.name) }
}

fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}
