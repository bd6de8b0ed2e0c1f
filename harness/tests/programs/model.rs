//! A program as a tree of steps: how one is made up, written by the public builder, and measured.

use proptest::prelude::*;
use ptrace_conformance_harness::abi::FRAME_WORDS;
use ptrace_conformance_harness::program::{Arg, At, Program, THREAD};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;

/// A step, in the words of the builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A call, by its place in [`SYSCALLS`], with at most six arguments.
    Call(usize, Vec<Word>),
    Store(u64, Word),
    Load(u64),
    Await(u64),
    Raise(i32),
    Ignore(i32),
    Block(Vec<i32>),
    Spin,
    Again,
    Breakpoint,
    /// A task of these clone flags.
    Task(u64, Vec<Step>),
    Exec(Vec<Step>),
}

/// A word of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Itself.
    Plain(u64),
    /// The result of an earlier step, by its place in the order of writing.
    Result(usize),
}

/// Calls that no other step makes.
pub const SYSCALLS: [Syscall; 4] = [Syscall::GETPID, Syscall::DUP, Syscall::WAIT4, Syscall::MMAP];
/// The place of getpid(2).
pub const GETPID: usize = 0;

/// Programs of at most so many steps in the first task; what refers to a result that is not there yet refers
/// to nothing.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let block = |step: BoxedStrategy<Step>, most| proptest::collection::vec(step, 0..most);
    let step = plain_step().prop_recursive(3, 24, 6, move |inner| {
        let flags = prop_oneof![Just(0), Just(THREAD), Just(libc::SIGCHLD as u64)];
        prop_oneof![
            6 => plain_step(),
            1 => (flags, block(inner.clone(), 5)).prop_map(|(flags, steps)| Step::Task(flags, steps)),
            1 => block(inner, 5).prop_map(Step::Exec),
        ]
    });
    block(step.boxed(), most).prop_map(|mut steps| {
        settle(&mut steps, &mut 0);
        steps
    })
}

fn plain_step() -> BoxedStrategy<Step> {
    let word = || prop_oneof![any::<u64>().prop_map(Word::Plain), (0usize..40).prop_map(Word::Result)];
    let signal = || 1..=64;
    prop_oneof![
        6 => (0..SYSCALLS.len(), proptest::collection::vec(word(), 0..=6))
            .prop_map(|(call, words)| Step::Call(call, words)),
        2 => (any::<u64>(), word()).prop_map(|(address, word)| Step::Store(address, word)),
        1 => any::<u64>().prop_map(Step::Load),
        1 => any::<u64>().prop_map(Step::Await),
        1 => signal().prop_map(Step::Raise),
        1 => signal().prop_map(Step::Ignore),
        1 => proptest::collection::btree_set(signal(), 0..4)
            .prop_map(|signals| Step::Block(signals.into_iter().collect())),
        1 => Just(Step::Spin),
        1 => Just(Step::Again),
        1 => Just(Step::Breakpoint),
    ]
    .boxed()
}

/// Turns references to steps that do not come earlier into words; `made` counts the steps so far.
fn settle(steps: &mut [Step], made: &mut usize) {
    for step in steps {
        let words = match step {
            Step::Task(_, inner) | Step::Exec(inner) => {
                settle(inner, made);
                &mut []
            }
            Step::Call(_, words) => words.as_mut_slice(),
            Step::Store(_, word) => std::slice::from_mut(word),
            _ => &mut [],
        };
        for word in words {
            *word = match *word {
                Word::Result(at) if at >= *made => Word::Plain(at as u64),
                word => word,
            };
        }
        *made += 1;
    }
}

/// The program, written by the builder.
pub fn write(steps: &[Step]) -> Program {
    let mut program = Program::new(|_| {});
    write_into(&mut program, steps, &mut Vec::new());
    program
}

fn write_into(program: &mut Program, steps: &[Step], made: &mut Vec<At>) {
    for step in steps {
        let at = write_step(program, step, made);
        made.push(at);
    }
}

fn write_step(program: &mut Program, step: &Step, made: &mut Vec<At>) -> At {
    let arg = |word: &Word, made: &[At]| match *word {
        Word::Plain(word) => Arg::Word(word),
        Word::Result(at) => Arg::Result(made[at]),
    };
    match step {
        Step::Call(call, words) => {
            let args: Vec<_> = words.iter().map(|word| arg(word, made)).collect();
            program.call(SYSCALLS[*call], &args)
        }
        Step::Store(address, word) => program.store(*address, arg(word, made)),
        Step::Load(address) => program.load(*address),
        Step::Await(address) => program.await_word(*address),
        Step::Raise(signal) => program.raise(Signal(*signal)),
        Step::Ignore(signal) => program.ignore(Signal(*signal)),
        Step::Block(signals) => {
            program.block(&signals.iter().map(|&signal| Signal(signal)).collect::<Vec<_>>())
        }
        Step::Spin => program.spin(),
        Step::Again => program.again(),
        Step::Breakpoint => program.breakpoint(),
        Step::Task(flags, steps) => {
            program.clone_task(*flags, "task", |program| write_into(program, steps, made))
        }
        Step::Exec(steps) => program.exec(|program| write_into(program, steps, made)),
    }
}

/// What a program needs room for.
pub struct Size {
    pub steps: usize,
    pub data: usize,
    /// Tasks that it makes.
    pub tasks: usize,
}

/// Counted by hand: each block has an end, each task a beginning.
pub fn size(steps: &[Step]) -> Size {
    let mut size = Size { steps: steps.len() + 1, data: 0, tasks: 0 };
    for step in steps {
        let (beginning, inner) = match step {
            Step::Task(_, inner) => (1, inner),
            Step::Exec(inner) => (0, inner),
            Step::Ignore(_) => {
                size.data += 4;
                continue;
            }
            Step::Block(_) => {
                size.data += 1;
                continue;
            }
            _ => continue,
        };
        let inner = self::size(inner);
        size.steps += beginning + inner.steps;
        // The text of the position, an empty path, the arguments and their end, an empty environment.
        size.data += inner.data + if beginning == 0 { 5 } else { 0 };
        size.tasks += beginning + inner.tasks;
    }
    size
}

/// The names of all steps without numbers, in the order of writing. The beginning of a task is one too.
pub fn names(steps: &[Step]) -> Vec<&'static str> {
    let name = |step: &Step| match step {
        Step::Call(call, _) => SYSCALLS[*call].name,
        Step::Store(..) => "store",
        Step::Load(_) => "load",
        Step::Await(_) => "await",
        Step::Raise(_) => "raise",
        Step::Ignore(_) => "rt_sigaction",
        Step::Block(_) => "rt_sigprocmask",
        Step::Spin => "spin",
        Step::Again => "again",
        Step::Breakpoint => "breakpoint",
        Step::Task(..) => "clone",
        Step::Exec(_) => "execveat",
    };
    let with_inner = |step: &Step| {
        let inner = match step {
            Step::Task(_, inner) => [vec!["task"], names(inner)].concat(),
            Step::Exec(inner) => names(inner),
            _ => Vec::new(),
        };
        [inner, vec![name(step)]].concat()
    };
    steps.iter().flat_map(with_inner).collect()
}

/// The stack pointer that a task of these flags begins with in this slot, as clone(2) is told it.
pub fn stack(flags: u64, slot: u8) -> u64 {
    use ptrace_conformance_harness::abi::{STACK_WORDS, TASK_SIZE};
    use ptrace_conformance_harness::label;
    let shares = flags & libc::CLONE_VM as u64 != 0;
    let top = 8 * (STACK_WORDS - FRAME_WORDS) as u64;
    if shares { label::TASK + TASK_SIZE * u64::from(slot) + top } else { 0 }
}
