//! Programs: what a tracee does, written step by step beside the scenario that drives it.
//!
//! Each step has a name under which the scenario asks what the program saw there: the name of the system
//! call, with `_2`, `_3` ... where it occurs again; a task's name for what the task itself got as result
//! of the call that made it.

mod steps;

pub use steps::filter_program;

use crate::abi::{self, DATA_WORDS, STEPS, Step, op};
use crate::case::{Axis, Variant};
use crate::label;
use crate::syscalls::Syscall;
use std::fmt;

/// Where the program's data is in the tracee.
const DATA: u64 = label::PROGRAM + std::mem::offset_of!(abi::Script, data) as u64;

/// A step of a program, by position; as an argument it stands for the step's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    block: usize,
    index: usize,
}

/// An argument of a call: a word, or the result of an earlier step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// This word.
    Word(u64),
    /// What that step got.
    Result(At),
}

impl From<u64> for Arg {
    fn from(word: u64) -> Arg {
        Arg::Word(word)
    }
}

impl From<At> for Arg {
    fn from(at: At) -> Arg {
        Arg::Result(at)
    }
}

/// clone(2) flags that make a thread of the same process.
pub const THREAD: u64 = (libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM) as u64;

#[derive(Clone, Debug)]
struct Line {
    name: String,
    shown: String,
    op: u8,
    words: [Arg; 7],
    /// Slot and block of the task that the step makes.
    child: Option<(usize, usize)>,
}

/// A program under construction.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The steps of each task, and of each image that an execve leads to.
    blocks: Vec<Vec<Line>>,
    current: usize,
    tasks: usize,
    data: Vec<u64>,
    /// Data words to fill with the first step of a block, as text, once that is known.
    entries: Vec<(usize, usize)>,
    /// It executes a file by its descriptor, which not every kernel does.
    executes_descriptor: bool,
    /// The variant it is for, if it is a case's.
    variant: Option<Variant>,
    /// It asked for an axis that its case lacks.
    misled: bool,
}

/// A program as the tracee reads it.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Steps, each block ended.
    pub steps: Vec<Step>,
    /// Data.
    pub data: Vec<u64>,
    names: Vec<String>,
}

impl Encoded {
    /// The position of the step of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

impl Program {
    /// The program that `write` writes.
    pub fn new(write: fn(&mut Program)) -> Program {
        let mut program = Program { blocks: vec![Vec::new()], ..Program::default() };
        write(&mut program);
        program
    }

    /// The program of a variant.
    pub fn of(variant: Variant) -> Program {
        let mut program = Program { blocks: vec![Vec::new()], variant: Some(variant), ..Program::default() };
        (variant.case.program)(&mut program);
        program
    }

    /// The variant's value on axis `A`, for a program that differs from variant to variant. If the case has
    /// no such axis, the program cannot be encoded.
    pub fn pick<A: Axis>(&mut self) -> A {
        let picked = self.variant.and_then(|variant| variant.pick());
        picked.unwrap_or_else(|| {
            self.misled = true;
            A::VALUES[0].1
        })
    }

    /// Words that the program brings along; gives their address.
    pub fn data(&mut self, words: &[u64]) -> u64 {
        let address = DATA + 8 * self.data.len() as u64;
        self.data.extend(words);
        address
    }

    /// Bytes that the program brings along; gives their address.
    pub fn bytes(&mut self, bytes: &[u8]) -> u64 {
        let words: Vec<u64> = bytes.chunks(8).map(crate::lie::read).collect();
        self.data(&words)
    }

    /// The steps of an image that somebody will execute the program's own file for: a word of its data, at this
    /// address, becomes the text that tells the image to begin with them.
    pub fn entry(&mut self, place: u64, image: impl FnOnce(&mut Program)) {
        let block = self.in_new_block(image);
        self.entries.push(((place - DATA) as usize / 8, block));
    }

    /// A string that the program brings along, with its zero byte; gives its address.
    pub fn text(&mut self, text: &str) -> u64 {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize((text.len() / 8 + 1) * 8, 0);
        let words: Vec<u64> = bytes.chunks_exact(8).map(crate::lie::read).collect();
        self.data(&words)
    }

    /// Address of the handler's count of its runs.
    pub const HANDLED: u64 = abi::RECORD_ADDRESS + std::mem::offset_of!(abi::Record, handled) as u64;

    /// Address of free word `index` of the record, which program and scenario share.
    pub const fn shared(index: usize) -> u64 {
        abi::RECORD_ADDRESS + std::mem::offset_of!(abi::Record, words) as u64 + 8 * index as u64
    }

    /// Address of an area of bytes, 0 or 1, which program and scenario share: see
    /// [`crate::tracee::Task::set_area`].
    pub const fn area(index: usize) -> u64 {
        let place = std::mem::offset_of!(abi::Record, areas) + index * abi::AREA_SIZE;
        abi::RECORD_ADDRESS + place as u64
    }

    /// A call that makes a task, which then runs `child`.
    pub fn spawn(
        &mut self,
        syscall: Syscall,
        args: &[u64],
        name: &str,
        child: impl FnOnce(&mut Program),
    ) -> At {
        self.tasks += 1;
        let task = self.tasks;
        let block = self.in_new_block(|program| {
            program.plain(name, format!("(task {name} begins)"), op::BEGIN, &[]);
            child(program);
        });
        let args: Vec<Arg> = args.iter().map(|&arg| Arg::Word(arg)).collect();
        let shown = format!("{}({}) makes {name}", syscall.name, list(&args));
        self.add(syscall.name, shown, op::SPAWN, call_words(syscall, &args), Some((task, block)))
    }

    /// Whether it executes itself, see [`Program::exec`], or another file by its descriptor.
    pub const fn executes_descriptor(&self) -> bool {
        self.executes_descriptor
    }

    /// The program as the tracee reads it.
    ///
    /// # Errors
    ///
    /// If it is longer, or has more data or tasks, than the tracee has room for, or if it asked for an axis
    /// that its case lacks.
    pub fn encode(&self) -> Result<Encoded, String> {
        if self.misled {
            return Err("the program asks for an axis that the case lacks".to_owned());
        }
        let firsts = self.firsts();
        let length = |block: &Vec<Line>| block.len() + 1;
        let steps: usize = self.blocks.iter().map(length).sum();
        if steps > STEPS || self.data.len() > DATA_WORDS || self.tasks >= abi::TASKS {
            let (words, tasks) = (self.data.len(), self.tasks + 1);
            return Err(format!("the program is too long: {steps} steps, {words} words, {tasks} tasks"));
        }
        let mut data = self.data.clone();
        for &(word, block) in &self.entries {
            data[word] = decimal(firsts[block]);
        }
        let mut encoded = Encoded { steps: Vec::new(), data, names: Vec::new() };
        for block in &self.blocks {
            encoded.steps.extend(block.iter().map(|line| line.encode(&firsts)));
            encoded.steps.push(Step { head: Step::pack(op::END, 0, 0, 0), words: [0; 7] });
            encoded.names.extend(block.iter().map(|line| line.name.clone()));
            encoded.names.push(String::new());
        }
        Ok(encoded)
    }

    /// Position of each block's first step.
    fn firsts(&self) -> Vec<usize> {
        let starts = self.blocks.iter().scan(0, |next, block| {
            let first = *next;
            *next += block.len() + 1;
            Some(first)
        });
        starts.collect()
    }

    fn in_new_block(&mut self, write: impl FnOnce(&mut Program)) -> usize {
        let block = self.blocks.len();
        self.blocks.push(Vec::new());
        let outer = std::mem::replace(&mut self.current, block);
        write(self);
        self.current = outer;
        block
    }

    /// Lowest address and initial stack pointer of the stack of the next task.
    fn next_stack(&self) -> (u64, u64) {
        let base = label::TASK + abi::TASK_SIZE * (self.tasks as u64 + 1);
        (base, base + 8 * (abi::STACK_WORDS - abi::FRAME_WORDS) as u64)
    }

    fn plain(&mut self, name: &str, shown: String, op: u8, args: &[Arg]) -> At {
        let mut words = [Arg::Word(0); 7];
        words[..args.len()].copy_from_slice(args);
        self.add(name, shown, op, words, None)
    }

    fn add(
        &mut self,
        name: &str,
        shown: String,
        op: u8,
        words: [Arg; 7],
        child: Option<(usize, usize)>,
    ) -> At {
        let name = self.free_name(name);
        let block = &mut self.blocks[self.current];
        block.push(Line { name, shown, op, words, child });
        At { block: self.current, index: block.len() - 1 }
    }

    fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| self.blocks.iter().flatten().any(|line| line.name == name);
        (1..).map(|number| step_name(name, number)).find(|name| !taken(name)).unwrap_or_default()
    }
}

/// The name of the how manieth step, from 1, that has this one: `getpid`, `getpid_2`.
pub fn step_name(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}_{number}") }
}

impl Line {
    fn encode(&self, firsts: &[usize]) -> Step {
        let mut refs = 0;
        let mut words = [0; 7];
        for (index, arg) in self.words.iter().enumerate() {
            words[index] = match arg {
                Arg::Word(word) => *word,
                Arg::Result(at) => {
                    refs |= 1 << index;
                    (firsts[at.block] + at.index) as u64
                }
            };
        }
        let (task, block) = self.child.unwrap_or_default();
        let child = if self.child.is_some() { firsts[block] } else { 0 };
        Step { head: Step::pack(self.op, refs, task as u8, child as u8), words }
    }
}

/// The program as a listing: one step a line, the steps of other tasks and images behind.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for block in &self.blocks {
            for line in block {
                let newline = if first { "" } else { "\n" };
                write!(f, "{newline}{}", line.shown)?;
                first = false;
            }
            if block.is_empty() {
                write!(f, "(ends at once)")?;
            }
        }
        Ok(())
    }
}

fn call_words(syscall: Syscall, args: &[Arg]) -> [Arg; 7] {
    let mut words = [Arg::Word(syscall.number); 7];
    for index in 0..6 {
        words[index + 1] =
            args.get(index).copied().unwrap_or(Arg::Word(crate::arch::argument_sentinel(index)));
    }
    words
}

/// Words as a person would write them: small ones decimal, errno-like ones negative, labels by name.
fn list(args: &[Arg]) -> String {
    let show = |arg: &Arg| match *arg {
        Arg::Result(_) => "<earlier result>".to_owned(),
        Arg::Word(word) if (word as i64).unsigned_abs() < 4096 => (word as i64).to_string(),
        Arg::Word(word) => label::name(word),
    };
    args.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// A number below 100 as text with a zero byte, in one word.
fn decimal(number: usize) -> u64 {
    let mut bytes = [0; 8];
    let text = number.to_string();
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    u64::from_le_bytes(bytes)
}
