//! Programs: what a tracee does, written step by step beside the scenario that drives it.
//!
//! Each step has a name under which the scenario asks what the program saw there: the name of the system
//! call, with `_2`, `_3` ... where it occurs again; a task's name for what the task itself got as result
//! of the call that made it.

use crate::abi::{self, DATA_WORDS, STEPS, Step, op};
use crate::case::{Axis, Variant};
use crate::label;
use crate::signal::Signal;
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

    /// Makes the call, with sentinels in all registers that it gives no argument for.
    pub fn call<A: Into<Arg> + Copy>(&mut self, syscall: Syscall, args: &[A]) -> At {
        let args: Vec<Arg> = args.iter().map(|&arg| arg.into()).collect();
        let shown = format!("{}({})", syscall.name, list(&args));
        self.add(syscall.name, shown, op::CALL, call_words(syscall, &args), None)
    }

    /// exit_group(2).
    pub fn exit(&mut self, code: u64) -> At {
        self.call(Syscall::EXIT_GROUP, &[code])
    }

    /// The raw exit(2), which ends one thread.
    pub fn exit_thread(&mut self, code: u64) -> At {
        self.call(Syscall::EXIT, &[code])
    }

    /// fork(2); aarch64 has only clone(2) with `SIGCHLD`, which is the same.
    pub fn fork(&mut self, name: &str, child: impl FnOnce(&mut Program)) -> At {
        #[cfg(target_arch = "x86_64")]
        let (syscall, args) = (Syscall::FORK, [0; 0]);
        #[cfg(target_arch = "aarch64")]
        let (syscall, args) = (Syscall { name: "fork", ..Syscall::CLONE }, [libc::SIGCHLD as u64, 0]);
        self.spawn(syscall, &args, name, child)
    }

    /// vfork(2), on the parent's own stack; on aarch64 clone(2) with the same flags and no stack.
    pub fn vfork(&mut self, name: &str, child: impl FnOnce(&mut Program)) -> At {
        #[cfg(target_arch = "x86_64")]
        let (syscall, args) = (Syscall::VFORK, [0; 0]);
        #[cfg(target_arch = "aarch64")]
        let (syscall, args) = (
            Syscall { name: "vfork", ..Syscall::CLONE },
            [(libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD) as u64, 0],
        );
        self.spawn(syscall, &args, name, child)
    }

    /// clone(2) with these flags, the exit signal among them; a task that shares memory gets a stack.
    pub fn clone_task(&mut self, flags: u64, name: &str, child: impl FnOnce(&mut Program)) -> At {
        let stack = if flags & libc::CLONE_VM as u64 != 0 { self.next_stack().1 } else { 0 };
        self.spawn(Syscall::CLONE, &[flags, stack, 0, 0, 0], name, child)
    }

    /// clone3(2) with these flags and exit signal; a task that shares memory gets a stack.
    pub fn clone3_task(
        &mut self,
        flags: u64,
        exit_signal: Signal,
        name: &str,
        child: impl FnOnce(&mut Program),
    ) -> At {
        let shares = flags & libc::CLONE_VM as u64 != 0;
        let (base, top) = if shares { self.next_stack() } else { (0, 0) };
        let size = top - base;
        let args = self.data(&[flags, 0, 0, 0, exit_signal.0 as u64, base, size, 0, 0, 0, 0]);
        self.spawn(Syscall::CLONE3, &[args, 88], name, child)
    }

    /// Executes the program's own file again; the new image runs `image`.
    pub fn exec(&mut self, image: impl FnOnce(&mut Program)) -> At {
        let block = self.in_new_block(image);
        let text = self.data(&[0]);
        self.entries.push(((text - DATA) as usize / 8, block));
        let (empty, arguments, environment) = (self.data(&[0]), self.data(&[text, 0]), self.data(&[0]));
        let flags = libc::AT_EMPTY_PATH as u64;
        self.call(Syscall::EXECVEAT, &[abi::IMAGE_FD, empty, arguments, environment, flags])
    }

    /// Installs the tracee's handler, which counts and notes what it was called with.
    pub fn handle(&mut self, signal: Signal, flags: i32) -> At {
        const SA_RESTORER: u64 = 0x0400_0000;
        let flags = (flags | libc::SA_SIGINFO) as u64 | SA_RESTORER;
        let action = self.data(&[label::HANDLER, flags, label::RESTORER, 0]);
        self.call(Syscall::RT_SIGACTION, &[signal.0 as u64, action, 0, 8])
    }

    /// Ignores the signal.
    pub fn ignore(&mut self, signal: Signal) -> At {
        let action = self.data(&[libc::SIG_IGN as u64, 0, 0, 0]);
        self.call(Syscall::RT_SIGACTION, &[signal.0 as u64, action, 0, 8])
    }

    /// Blocks the signals.
    pub fn block(&mut self, signals: &[Signal]) -> At {
        let mask = signals.iter().fold(0, |mask, signal| mask | 1 << (signal.0 - 1));
        let mask = self.data(&[mask]);
        self.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_BLOCK as u64, mask, 0, 8])
    }

    /// Sends itself the signal: getpid, gettid, tgkill.
    pub fn raise(&mut self, signal: Signal) -> At {
        self.plain("raise", format!("raise({signal})"), op::RAISE, &[Arg::Word(signal.0 as u64)])
    }

    /// Installs a seccomp(2) filter that answers `action` to `syscall` and allows all others.
    ///
    /// `no_new_privs` first, so that any user may. Names of the steps: `prctl`, `seccomp`.
    pub fn filter(&mut self, syscall: Syscall, action: u32) -> At {
        self.filter_with(0, syscall, action)
    }

    /// The same filter, for all threads of the process at once (`SECCOMP_FILTER_FLAG_TSYNC`).
    pub fn filter_all_threads(&mut self, syscall: Syscall, action: u32) -> At {
        self.filter_with(libc::SECCOMP_FILTER_FLAG_TSYNC, syscall, action)
    }

    fn filter_with(&mut self, flags: u64, syscall: Syscall, action: u32) -> At {
        let filter = self.data(&[
            // ld [nr]; jeq #number, 0, 1; ret action; ret allow
            bpf(0x20, 0, 0, 0),
            bpf(0x15, 0, 1, syscall.number as u32),
            bpf(0x06, 0, 0, action),
            bpf(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
        ]);
        let program = self.data(&[4, filter]);
        self.call(Syscall::PRCTL, &[libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0]);
        self.call(Syscall::SECCOMP, &[libc::SECCOMP_SET_MODE_FILTER as u64, flags, program])
    }

    /// Blocks until a signal comes: ppoll(2) on nothing, restarted unless a handler ran.
    pub fn sleep(&mut self) -> At {
        self.call(Syscall::PPOLL, &[0, 0, 0, 0, 0])
    }

    /// Hits a breakpoint instruction, at `label::BREAKPOINT`.
    pub fn breakpoint(&mut self) -> At {
        self.plain("breakpoint", "breakpoint".to_owned(), op::BREAKPOINT, &[])
    }

    /// Stores a word, without a system call.
    pub fn store(&mut self, address: u64, value: impl Into<Arg>) -> At {
        let value = value.into();
        let shown = format!("store {} at {}", list(&[value]), list(&[Arg::Word(address)]));
        self.plain("store", shown, op::STORE, &[Arg::Word(address), value])
    }

    /// Loads a word, without a system call.
    pub fn load(&mut self, address: u64) -> At {
        let shown = format!("load from {}", list(&[Arg::Word(address)]));
        self.plain("load", shown, op::LOAD, &[Arg::Word(address)])
    }

    /// Runs in place, at `label::SPIN`, until something changes its course.
    pub fn spin(&mut self) -> At {
        self.plain("spin", "spin".to_owned(), op::SPIN, &[])
    }

    /// Goes back to the program's first step.
    pub fn again(&mut self) -> At {
        self.plain("again", "again from the first step".to_owned(), op::GOTO, &[Arg::Word(0)])
    }

    /// Spins until the word at the address is not zero.
    pub fn await_word(&mut self, address: u64) -> At {
        let shown = format!("spin until {} is set", list(&[Arg::Word(address)]));
        self.plain("await", shown, op::AWAIT, &[Arg::Word(address)])
    }

    /// Words that the program brings along; gives their address.
    pub fn data(&mut self, words: &[u64]) -> u64 {
        let address = DATA + 8 * self.data.len() as u64;
        self.data.extend(words);
        address
    }

    /// Address of free word `index` of the record, which program and scenario share.
    pub const fn shared(index: usize) -> u64 {
        abi::RECORD_ADDRESS + std::mem::offset_of!(abi::Record, words) as u64 + 8 * index as u64
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

    /// Whether it executes itself, see [`Program::exec`].
    pub fn executes(&self) -> bool {
        !self.entries.is_empty()
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
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }
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

/// A classic BPF instruction as one word.
const fn bpf(code: u16, if_true: u8, if_false: u8, k: u32) -> u64 {
    code as u64 | (if_true as u64) << 16 | (if_false as u64) << 24 | (k as u64) << 32
}

/// A number below 100 as text with a zero byte, in one word.
fn decimal(number: usize) -> u64 {
    let mut bytes = [0; 8];
    let text = number.to_string();
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    u64::from_le_bytes(bytes)
}
