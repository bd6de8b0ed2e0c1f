//! What the tracee's handler was called with, run by run.

use crate::answers::{SIGINFO_SIZE, Siginfo};
use crate::case::Arch;
use crate::lie::Word;
use crate::tracee::Task;

/// One run of the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its siginfo.
    pub siginfo: Siginfo,
    /// The mask that its return restores.
    pub mask: u64,
    /// Its stack pointer.
    pub stack: u64,
}

const NAMES: [&str; 7] =
    ["number and errno", "si_code", "sender or address", "value", "mask", "stack", "argument"];

impl Task {
    /// Everything that the handler was called with, in the order of its runs, of which there may be eight.
    pub fn runs(&self) -> Vec<Run> {
        let (times, ..) = self.image.handled();
        (0..times.min(crate::abi::RUNS as u64) as usize).map(|place| self.run(place)).collect()
    }

    fn run(&self, place: usize) -> Run {
        let noted = self.image.run(place);
        let words = [&noted.siginfo[..], &[noted.mask, noted.stack, noted.signal]].concat();
        let name = |at: usize| Word::Plain(format!("run {} of the handler: {}", place + 1, NAMES[at]));
        let words = self.context.kernel.words(self.pid, words, name);
        let mut bytes = [0; SIGINFO_SIZE];
        for (to, word) in bytes.chunks_exact_mut(8).zip(&words[..4]) {
            to.copy_from_slice(&word.to_ne_bytes());
        }
        let run = Run { siginfo: Siginfo::read(&bytes), mask: words[4], stack: words[5] };
        self.hold(wrong(&run, words[6]));
        run
    }
}

/// The handler's argument is the siginfo's number, and its stack is aligned as its architecture's calls want it.
fn wrong(run: &Run, argument: u64) -> Vec<crate::invariants::Broken> {
    let number = run.siginfo.signal.0 as u64;
    let pushed = if Arch::HERE == Arch::X86_64 { 8 } else { 0 };
    let broken = |what: &str, expected: u64, observed: u64| {
        (expected != observed).then(|| (what.to_owned(), expected.to_string(), observed.to_string()))
    };
    let argument = broken("the handler's argument", number, argument);
    let aligned = broken("the handler's stack, modulo 16", pushed, run.stack % 16);
    argument.into_iter().chain(aligned).collect()
}
