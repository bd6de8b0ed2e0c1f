//! What the tracee and the harness agree on: steps, addresses, and the record the program leaves.
//!
//! This file is part of both: the tracee has it as a module, and so has the harness.

/// One step of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Step {
    /// Operation and its fields, see [`Step::pack`].
    pub head: u64,
    /// Operands; for a call the number and six arguments.
    pub words: [u64; 7],
}

impl Step {
    /// Packs the head: `refs` has a bit for each operand that names a step whose result to use instead,
    /// `task` and `child` say where the new task of a spawning call runs and which step it begins with.
    pub const fn pack(op: u8, refs: u8, task: u8, child: u8) -> u64 {
        op as u64 | (refs as u64) << 8 | (task as u64) << 16 | (child as u64) << 24
    }

    /// The operation, one of [`op`].
    pub const fn op(head: u64) -> u8 {
        head as u8
    }

    /// Bit i set: operand i is the index of a step whose result is meant.
    pub const fn refs(head: u64) -> u8 {
        (head >> 8) as u8
    }

    /// Slot of the new task's stack.
    pub const fn task(head: u64) -> u8 {
        (head >> 16) as u8
    }

    /// First step of the new task.
    pub const fn child(head: u64) -> u8 {
        (head >> 24) as u8
    }
}

/// The operations of a program.
pub mod op {
    /// exit_group(0): the end of a program that does not end itself.
    pub const END: u8 = 0;
    /// A system call: number and six arguments.
    pub const CALL: u8 = 1;
    /// A system call that makes a new task.
    pub const SPAWN: u8 = 2;
    /// A breakpoint instruction.
    pub const BREAKPOINT: u8 = 3;
    /// Stores word 1 at address word 0.
    pub const STORE: u8 = 4;
    /// Loads from address word 0.
    pub const LOAD: u8 = 5;
    /// Runs in place forever without a system call.
    pub const SPIN: u8 = 6;
    /// Goes on with step word 0.
    pub const GOTO: u8 = 7;
    /// Sends itself signal word 0: getpid, gettid, tgkill.
    pub const RAISE: u8 = 8;
    /// The first step of a task that another step made: notes the result that the task itself got.
    pub const BEGIN: u8 = 10;
    /// Spins until the word at address word 0 is not zero.
    pub const AWAIT: u8 = 9;
    /// Calls the routine at an address with three words; its result is the step's.
    pub const RUN: u8 = 11;
}

/// Most steps of a program.
pub const STEPS: usize = 64;
/// Words of data that a program can bring along.
pub const DATA_WORDS: usize = 512;
/// Tasks that a program can run, each with a stack of its own.
pub const TASKS: usize = 8;
/// Words of a task's stack.
pub const STACK_WORDS: usize = 500;
/// Bytes of a task's memory: stack, call block, padding.
pub const TASK_SIZE: u64 = 4096;
/// Words that a new task pops from its stack before it runs, see `prepare` in the interpreter.
pub const FRAME_WORDS: usize = 14;

/// The program in the image: written by the harness before the image is executed. In pages of its own: a
/// machine that translates code translates it anew when somebody writes beside it.
#[derive(Debug)]
#[repr(C, align(4096))]
pub struct Script {
    /// The steps of all tasks.
    pub steps: [Step; STEPS],
    /// What the program brings along: filters, structures, strings.
    pub data: [u64; DATA_WORDS],
}

/// The descriptor of the file that the tracee was executed from.
pub const IMAGE_FD: u64 = 3;
/// Where the tracee maps the record, shared with the harness.
pub const RECORD_ADDRESS: u64 = 0x1000_0000;
/// Where the record is in the image file: a multiple of every page size.
pub const RECORD_OFFSET: u64 = 0x2_0000;
/// Size of the record's mapping.
pub const RECORD_SIZE: u64 = 0x1_0000;

/// Registers that a program saves after a call, in the order of each architecture's `SAVED` list.
pub const SAVED: usize = 32;

/// What the program itself saw at one step.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Seen {
    /// How often the step was completed.
    pub times: u64,
    /// The result: of a call the result register, of a load the value.
    pub result: u64,
    /// Registers as they were behind the call.
    pub registers: [u64; SAVED],
}

/// Runs of the handler that are noted.
pub const RUNS: usize = 8;

/// What one run of the handler was called with.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Run {
    /// The first four words of its siginfo: number and errno, code, then two of the part that differs.
    pub siginfo: [u64; 4],
    /// The mask in its ucontext, which returning from it restores.
    pub mask: u64,
    /// Its stack pointer.
    pub stack: u64,
    /// Its first argument.
    pub signal: u64,
    /// To a power of two.
    pub pad: u64,
}

/// Areas of bytes that program and harness share, for register sets in memory.
pub const AREAS: usize = 2;
/// Bytes of an area: the largest SVE state has room.
pub const AREA_SIZE: usize = 9216;

/// An area, aligned as the instructions want it that load and store whole register sets.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Area(pub [u64; AREA_SIZE / 8]);

/// The page that the program writes and the harness reads, also after the program's death.
#[derive(Debug)]
#[repr(C)]
pub struct Record {
    /// Set by the harness: the tracer is there, the program may begin.
    pub gate: u64,
    /// Set by a tracee that waits for its tracer: execve is behind it, and no signal of it can come any more.
    pub ready: u64,
    /// Errno of a start-up call that failed, 0 otherwise.
    pub failed: u64,
    /// How often the handler ran.
    pub handled: u64,
    /// Signal number of the handler's last run.
    pub signal: u64,
    /// `si_code` of the handler's last run, sign-extended.
    pub code: u64,
    /// Free for programs and scenarios to talk through.
    pub words: [u64; 64],
    /// What each step saw.
    pub seen: [Seen; STEPS],
    /// What the handler was called with, run by run; the ninth run is noted where the first was.
    pub runs: [Run; RUNS],
    /// What routines load registers from, and store them to.
    pub areas: [Area; AREAS],
}

const _: () = assert!(core::mem::size_of::<Record>() as u64 <= RECORD_SIZE);
const _: () = assert!(core::mem::size_of::<Run>() == 64);

/// Where the runs of the handler are in the record.
pub const RUNS_OFFSET: u64 = core::mem::offset_of!(Record, runs) as u64;

/// What a register holds at a call where the program has nothing to say: recognisable, and different for
/// each register. `index` counts along the architecture's `SAVED` list.
pub const fn sentinel(index: usize) -> u64 {
    0x5e47_1e10_0000_0000 | (index as u64) << 8 | 0x5a
}
