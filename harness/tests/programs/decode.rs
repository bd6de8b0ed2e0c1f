//! Reads an encoded program as the tracee does, into the steps that it was written from.

use std::mem::offset_of;

use ptrace_conformance_harness::abi::{IMAGE_FD, Script, Step as Raw, op};
use ptrace_conformance_harness::arch::argument_sentinel;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Encoded;
use ptrace_conformance_harness::syscalls::Syscall;

use crate::model::{SYSCALLS, Step, Word, stack};

/// What an encoded program says.
pub struct Decoded {
    /// The steps of the first task, with those of others within.
    pub steps: Vec<Step>,
    /// Where each step is, in the order of writing; the beginning of a task is one too.
    pub positions: Vec<usize>,
}

/// Reads the program. Panics where the tracee would go astray.
pub fn decode(encoded: &Encoded) -> Decoded {
    let mut reader = Reader { encoded, positions: Vec::new(), results: Vec::new(), slots: Vec::new() };
    let steps = reader.block(0);
    assert_eq!(reader.seen(), encoded.steps.len(), "every step is reached");
    assert!(reader.slots.is_sorted_by(|one, next| one < next), "each task has a stack of its own");
    Decoded { steps, positions: reader.positions }
}

struct Reader<'a> {
    encoded: &'a Encoded,
    positions: Vec<usize>,
    /// Positions of the steps that others may refer to, in the order of writing.
    results: Vec<usize>,
    /// Slots of the tasks, each before those of the tasks that it makes.
    slots: Vec<u8>,
}

impl Reader<'_> {
    /// The steps from this one to the end of its block.
    fn block(&mut self, first: usize) -> Vec<Step> {
        let raws = &self.encoded.steps[first..];
        let length = raws.iter().position(|raw| Raw::op(raw.head) == op::END).expect("an end");
        assert_eq!(raws[length], Raw { head: 0, words: [0; 7] }, "an end says nothing else");
        let steps = raws[..length].iter().zip(first..);
        steps.filter_map(|(raw, position)| self.step(raw, position)).collect()
    }

    /// How many steps have been read, with the ends of the blocks.
    fn seen(&self) -> usize {
        let ends = self.encoded.steps.iter().filter(|raw| Raw::op(raw.head) == op::END).count();
        self.positions.len() + ends
    }

    /// Reads a step; the beginning of a task was written by nobody.
    fn step(&mut self, raw: &Raw, position: usize) -> Option<Step> {
        if Raw::op(raw.head) == op::BEGIN {
            self.positions.push(position);
            return None;
        }
        let step = self.read(raw);
        self.positions.push(position);
        self.results.push(position);
        Some(step)
    }

    fn read(&mut self, raw: &Raw) -> Step {
        match (Raw::op(raw.head), self.words(raw)) {
            (op::SPAWN, words) => self.task(raw, &words),
            (op::CALL, words) => self.call(&words),
            (op::STORE, words) => Step::Store(plain(words[0]), words[1]),
            (op::LOAD, words) => Step::Load(plain(words[0])),
            (op::AWAIT, words) => Step::Await(plain(words[0])),
            (op::RAISE, words) => Step::Raise(plain(words[0]) as i32),
            (op::SPIN, words) => only(Step::Spin, &words),
            (op::GOTO, words) => only(Step::Again, &words),
            (op::BREAKPOINT, words) => only(Step::Breakpoint, &words),
            (other, _) => panic!("no such operation: {other}"),
        }
    }

    fn words(&self, raw: &Raw) -> [Word; 7] {
        let refs = Raw::refs(raw.head);
        assert_eq!(refs & 0x80, 0, "there is no eighth word");
        std::array::from_fn(|index| match refs >> index & 1 {
            0 => Word::Plain(raw.words[index]),
            _ => Word::Result(self.order(raw.words[index])),
        })
    }

    /// The place in the order of writing of the step at this position.
    fn order(&self, position: u64) -> usize {
        self.results.iter().position(|&known| known as u64 == position).expect("an earlier step")
    }

    fn call(&mut self, words: &[Word; 7]) -> Step {
        let (number, args) = (plain(words[0]), &words[1..]);
        if number == Syscall::EXECVEAT.number {
            return self.exec(args);
        }
        if number == Syscall::RT_SIGACTION.number {
            let action = self.data(plain(args[1]), 4);
            assert_eq!(action, [libc::SIG_IGN as u64, 0, 0, 0]);
            return Step::Ignore(plain(args[0]) as i32);
        }
        if number == Syscall::RT_SIGPROCMASK.number {
            let mask = self.data(plain(args[1]), 1)[0];
            return Step::Block((1..=64).filter(|signal| mask >> (signal - 1) & 1 == 1).collect());
        }
        let call = SYSCALLS.iter().position(|known| known.number == number).expect("a known call");
        Step::Call(call, given(args).to_vec())
    }

    fn exec(&mut self, args: &[Word]) -> Step {
        let [file, path, arguments, environment, flags] = [0, 1, 2, 3, 4].map(|index| plain(args[index]));
        assert_eq!((file, flags), (IMAGE_FD, libc::AT_EMPTY_PATH as u64));
        assert_eq!((self.data(path, 1), self.data(environment, 1)), (&[0][..], &[0][..]));
        let arguments = self.data(arguments, 2);
        assert_eq!(arguments[1], 0);
        let text = self.data(arguments[0], 1)[0].to_le_bytes();
        let text = std::ffi::CStr::from_bytes_until_nul(&text).expect("an ended text");
        let first = text.to_str().ok().and_then(|text| text.parse().ok());
        Step::Exec(self.block(first.expect("a number")))
    }

    fn task(&mut self, raw: &Raw, words: &[Word; 7]) -> Step {
        assert_eq!(plain(words[0]), Syscall::CLONE.number);
        let (flags, slot) = (plain(words[1]), Raw::task(raw.head));
        let rest = [2, 3, 4, 5].map(|index| plain(words[index]));
        assert_eq!(rest, [stack(flags, slot), 0, 0, 0]);
        let first = usize::from(Raw::child(raw.head));
        assert_eq!(Raw::op(self.encoded.steps[first].head), op::BEGIN);
        self.slots.push(slot);
        Step::Task(flags, self.block(first))
    }

    /// Words that the program brings along.
    fn data(&self, address: u64, count: usize) -> &[u64] {
        let first = (address - label::PROGRAM) as usize - offset_of!(Script, data);
        assert_eq!(first % 8, 0);
        &self.encoded.data[first / 8..][..count]
    }
}

/// The arguments up to the last that was given one: the others hold sentinels.
fn given(args: &[Word]) -> &[Word] {
    let given = |(index, arg): (usize, &Word)| *arg != Word::Plain(argument_sentinel(index));
    let count = args.iter().enumerate().rposition(given).map_or(0, |last| last + 1);
    &args[..count]
}

fn plain(word: Word) -> u64 {
    match word {
        Word::Plain(word) => word,
        Word::Result(at) => panic!("a word was expected, not the result of step {at}"),
    }
}

/// The step, whose words say nothing.
fn only(step: Step, words: &[Word; 7]) -> Step {
    assert_eq!(*words, [Word::Plain(0); 7]);
    step
}
