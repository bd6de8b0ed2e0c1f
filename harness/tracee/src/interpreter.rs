//! Runs a program, step by step, in each of its tasks.
//!
//! # Safety
//!
//! Every task has a stack and a call block of its own, and each step's entry in the record is written by
//! the one task that runs the step. All accesses are volatile: other tasks, the tracer and the kernel
//! look on.

use crate::abi::{DATA_WORDS, FRAME_WORDS, STACK_WORDS, STEPS, Script, Seen, Step, TASK_SIZE, TASKS, op};
use crate::arch::{self, nr};
use crate::pads;
use crate::start::record;

/// The program: written into the image by the harness before it is executed.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".program")]
pub(crate) static mut PROGRAM: Script =
    Script { steps: [Step { head: 0, words: [0; 7] }; STEPS], data: [0; DATA_WORDS] };

/// Stack and call block of each task; task 0 is the one that was executed.
#[unsafe(no_mangle)]
pub(crate) static mut TASK: [Task; TASKS] =
    [const { Task { stack: [0; STACK_WORDS], call: Call::NONE } }; TASKS];

/// One task's own memory. The size is a round number, so that the harness can compute with it.
#[repr(C, align(64))]
pub(crate) struct Task {
    stack: [u64; STACK_WORDS],
    call: Call,
}

const _: () = assert!(size_of::<Task>() as u64 == TASK_SIZE);

/// A call as the assembly wants it.
#[repr(C)]
pub(crate) struct Call {
    /// Number and arguments.
    pub words: [u64; 7],
    /// Where to save the registers afterwards.
    pub seen: *mut Seen,
    /// The same in a new task that runs on a copy of this memory or on this very stack.
    pub child_seen: *mut Seen,
    /// Stack to change to in a new task that was given none, 0 to stay.
    pub child_stack: u64,
}

impl Call {
    const NONE: Call = Call {
        words: [0; 7],
        seen: core::ptr::null_mut(),
        child_seen: core::ptr::null_mut(),
        child_stack: 0,
    };
}

/// Runs from step `first` to the end of this task.
pub(crate) fn run(first: usize) -> ! {
    let mut at = first;
    loop {
        at = perform(at);
    }
}

/// Performs one step and says which is next.
fn perform(at: usize) -> usize {
    let head = load(step(at));
    let next = at + 1;
    match Step::op(head) {
        op::BEGIN => done(at, load(first_register(at))),
        op::CALL => done(at, call(at, head, 0)),
        op::SPAWN => return spawn(at, head),
        op::BREAKPOINT => pads::breakpoint(),
        op::STORE => store(operand(at, head, 0), operand(at, head, 1)),
        op::LOAD => done(at, load(operand(at, head, 0) as *const u64)),
        op::SPIN => pads::spin(),
        op::GOTO => return operand(at, head, 0) as usize,
        op::RAISE => done(at, raise(operand(at, head, 0))),
        op::AWAIT => while load(operand(at, head, 0) as *const u64) == 0 {},
        op::RUN => {
            let words = [1, 2, 3].map(|index| operand(at, head, index));
            done(at, pads::run(operand(at, head, 0), words));
        }
        _ => end(),
    }
    next
}

/// The call of step `at`; in a task that it made, on whichever stack, the result is 0.
fn call(at: usize, head: u64, child_stack: u64) -> u64 {
    let mut call = Call::NONE;
    let mut index = 0;
    while index < 7 {
        call.words[index] = operand(at, head, index);
        index += 1;
    }
    call.seen = seen(at);
    if Step::op(head) == op::SPAWN {
        call.child_seen = seen(Step::child(head) as usize);
        call.child_stack = child_stack;
    }
    pads::call(&call)
}

/// A call that makes a task. A forked task comes back here; one with a stack of its own never does.
fn spawn(at: usize, head: u64) -> usize {
    let child = Step::child(head) as usize;
    let stack = prepare(Step::task(head) as usize, child);
    // A new task without a stack of its own must leave this one at once if it shares our memory.
    let result = call(at, head, if shares_memory(at, head) { stack } else { 0 });
    if result == 0 {
        return child;
    }
    done(at, result);
    at + 1
}

/// Whether the task that this call makes shares our memory, and with it this stack.
fn shares_memory(at: usize, head: u64) -> bool {
    const CLONE_VM: u64 = 0x100;
    let flags = match operand(at, head, 0) {
        nr::CLONE => operand(at, head, 1),
        nr::CLONE3 => load(operand(at, head, 1) as *const u64),
        number if number == nr::VFORK => CLONE_VM,
        _ => 0,
    };
    flags & CLONE_VM != 0
}

/// Makes the stack of a new task look as if it were inside [`pads::call`]: it returns to `enter_task`,
/// which runs the program from step `child`. Gives the stack pointer to begin with.
fn prepare(task: usize, child: usize) -> u64 {
    // SAFETY: the harness numbers tasks below TASKS; the slot is not in use yet.
    unsafe {
        let task = (&raw mut TASK).cast::<Task>().add(task);
        let call = &raw mut (*task).call;
        (&raw mut (*call).seen).write_volatile(seen(child));
        (&raw mut (*call).child_seen).write_volatile(core::ptr::null_mut());
        let top = (&raw mut (*task).stack).cast::<u64>().add(STACK_WORDS - FRAME_WORDS);
        pads::frame(top, call, child);
        top as u64
    }
}

/// Sends the signal to the calling thread alone.
fn raise(signal: u64) -> u64 {
    let pid = arch::syscall(nr::GETPID, [0; 6]);
    let tid = arch::syscall(nr::GETTID, [0; 6]);
    arch::syscall(nr::TGKILL, [pid, tid, signal, 0, 0, 0])
}

fn end() -> ! {
    loop {
        arch::syscall(nr::EXIT_GROUP, [0; 6]);
    }
}

/// Operand `index` of step `at`, or the result of the step it refers to.
fn operand(at: usize, head: u64, index: usize) -> u64 {
    // SAFETY: seven operands.
    let word = load(unsafe { step(at).add(1 + index) });
    if Step::refs(head) & 1 << index == 0 {
        return word;
    }
    // SAFETY: the harness refers to steps of this program only.
    load(unsafe { &raw const (*seen(word as usize)).result })
}

/// Notes that step `at` is complete, with its result.
fn done(at: usize, result: u64) {
    let seen = seen(at);
    // SAFETY: see the module's contract.
    unsafe {
        (&raw mut (*seen).result).write_volatile(result);
        let times = &raw mut (*seen).times;
        times.write_volatile(times.read_volatile() + 1);
    }
}

fn step(at: usize) -> *const u64 {
    // SAFETY: the harness writes at most STEPS steps, the last one ending the task.
    unsafe { (&raw const PROGRAM.steps).cast::<Step>().add(at).cast() }
}

fn seen(at: usize) -> *mut Seen {
    // SAFETY: one entry for each step.
    unsafe { (&raw mut (*record()).seen).cast::<Seen>().add(at) }
}

/// Where the call that made this task left its result.
fn first_register(at: usize) -> *const u64 {
    // SAFETY: see `seen`.
    unsafe { (&raw const (*seen(at)).registers).cast() }
}

fn load(address: *const u64) -> u64 {
    // SAFETY: the program says so; a program may also want the fault.
    unsafe { address.read_volatile() }
}

fn store(address: u64, value: u64) {
    // SAFETY: as for `load`.
    unsafe { (address as *mut u64).write_volatile(value) }
}
