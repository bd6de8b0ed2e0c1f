//! Brings a fresh tracee to where its program begins, whichever way it came under trace.
//!
//! All three ways end in the same place: a signal-delivery-stop at the gate's breakpoint, options set, no
//! system call of the start-up still to be seen.

use crate::arch;
use crate::case::Start;
use crate::context::{Context, Flow, Halt};
use crate::errno::Errno;
use crate::image::Image;
use crate::kernel::Data;
use crate::program::Encoded;
use crate::request::{Request, options};
use crate::signal::Signal;
use crate::spawn::{Opening, spawn};
use crate::status::Stop;
use crate::tracee::{Running, Stopped, Task, WAIT_FLAGS, Waited};
use crate::{environment, label, worker_images};
use std::cell::Cell;
use std::rc::Rc;

/// Starts a tracee under the given options and `PTRACE_O_EXITKILL`; what the kernel answers meanwhile is no case's.
///
/// # Errors
///
/// If it cannot be started or does not come to its gate: our failure, not the kernel's deviation.
pub fn start(
    context: &Rc<Context>,
    program: &Rc<Encoded>,
    start: Start,
    options: u32,
    role: &str,
) -> Flow<Stopped> {
    context.kernel.honestly(|| to_gate(context, program, start, options, role))
}

fn to_gate(
    context: &Rc<Context>,
    program: &Rc<Encoded>,
    start: Start,
    options: u32,
    role: &str,
) -> Flow<Stopped> {
    let image = take_image(context)?;
    image.load(program);
    let opening = if start == Start::Traceme { Opening::Traceme } else { Opening::Wait };
    let pid = spawn(&image, opening).map_err(|errno| environment::refused("starting the tracee", errno))?;
    context.adopt(pid, role);
    let (context, program) = (Rc::clone(context), Rc::clone(program));
    let options = options | options::EXITKILL;
    let task = Rc::new(Task { context, image, program, pid, start, options: Cell::new(0) });
    attach(&task, options)?;
    task.image.open_gate();
    let stopped = at_gate(&task)?;
    if start != Start::Seize {
        ask(&task, Request::SETOPTIONS, options.into())?;
    }
    Ok(stopped)
}

fn take_image(context: &Context) -> Flow<Rc<Image>> {
    let image = worker_images::take().map_err(|error| match error.raw_os_error() {
        Some(libc::ENOSYS) => Halt::Skip("this kernel has no memfd_create(2)".into()),
        _ => Halt::Broken(format!("making the tracee's image failed: {error}")),
    })?;
    context.images.borrow_mut().push(Rc::clone(&image));
    Ok(image)
}

/// The tracer's half of the start; a tracee that asks for trace itself needs none.
fn attach(task: &Rc<Task>, options: u32) -> Flow {
    if task.start != Start::Traceme {
        await_ready(task)?;
    }
    match task.start {
        Start::Traceme => Ok(()),
        Start::Seize => ask(task, Request::SEIZE, options.into()),
        Start::Attach => {
            ask(task, Request::ATTACH, 0)?;
            wait_for(task, Stop::Signal(Signal::STOP))?.cont().map(drop)
        }
    }
}

/// Waits until execve is over: the parent of a vfork-like child goes on earlier, and a tracee attached
/// within that time would get the SIGTRAP that execve sends to tracees.
fn await_ready(task: &Rc<Task>) -> Flow {
    while !task.image.is_ready() {
        if let Ok(Some(status)) = task.context.kernel.wait(task.pid, WAIT_FLAGS | libc::WNOHANG) {
            return Err(Halt::Broken(format!(
                "the tracee ended with status {status} before it was attached"
            )));
        }
        std::thread::yield_now();
    }
    Ok(())
}

/// Waits for the gate's breakpoint and puts the instruction pointer behind it.
fn at_gate(task: &Rc<Task>) -> Flow<Stopped> {
    let stopped = wait_for(task, Stop::Signal(Signal::TRAP))?;
    let registers = stopped.registers()?;
    let first = stopped.context.at_gate.get().unwrap_or((stopped.pid, registers));
    stopped.context.at_gate.set(Some(first));
    if registers.ip() != label::GATE + arch::BREAKPOINT_ADVANCE {
        return Err(Halt::Broken(format!("the tracee trapped at {:#x}, not at its gate", registers.ip())));
    }
    if registers.ip() != label::GATE_RETURN {
        stopped.set_registers(&registers.with(arch::IP, label::GATE_RETURN))?;
    }
    Ok(stopped)
}

fn wait_for(task: &Rc<Task>, stop: Stop) -> Flow<Stopped> {
    match Running(Rc::clone(task)).next()? {
        Waited::Stopped(stopped) if stopped.stop == stop => Ok(stopped),
        Waited::Stopped(stopped) => {
            Err(Halt::Broken(format!("the tracee came to {} instead of {stop}", stopped.stop)))
        }
        Waited::Gone(task, gone) => Err(match task.image.failed() {
            0 => Halt::Broken(format!("the tracee {gone} before its program began")),
            errno => environment::refused("PTRACE_TRACEME", Errno(errno as i32)),
        }),
    }
}

fn ask(task: &Task, request: Request, data: u64) -> Flow {
    match task.request(request, 0, Data::Word(data)) {
        Ok(_) => Ok(()),
        Err(errno) => Err(environment::refused(&request.to_string(), errno)),
    }
}
