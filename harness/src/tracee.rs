//! Tracees as states: running and stopped ones are different types, and a resume consumes the stopped one.
//!
//! A handle cannot leave its tracer thread. Beside the ordinary path stands [`Task::request`], which asks
//! the kernel anything in any state.

use crate::case::{Arch, Axis, Start};
use crate::context::Context;
pub use crate::context::{Flow, Halt};
use crate::errno::Errno;
use crate::image::Image;
use crate::invariants::{self, Broken, Scene};
use crate::kernel::Data;
use crate::kernel_change::KernelChange;
use crate::lie::Word;
use crate::program::Encoded;
use crate::request::Request;
use crate::signal::Signal;
use crate::status::{Gone, Reading, Status, Stop};
use crate::values::{Return, ReturnPid, Value};
use crate::version::KernelVersion;
use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

/// Wait for one known task, of whatever kind, that this very thread traces or made.
pub const WAIT_FLAGS: i32 = libc::__WALL | libc::__WNOTHREAD;

/// What `PTRACE_O_TRACESYSGOOD` adds to stop signal and `si_code` of a syscall-stop.
pub(crate) const SYSGOOD: i32 = 0x80;

/// A task under trace, in whatever state.
#[derive(Debug)]
pub struct Task {
    pub(crate) context: Rc<Context>,
    pub(crate) image: Rc<Image>,
    pub(crate) program: Rc<Encoded>,
    /// Its process or thread id.
    pub pid: i32,
    /// How it, or the task that made it, came under trace.
    pub start: Start,
    /// Its ptrace options, as they were set last.
    pub(crate) options: Cell<u32>,
}

/// A task that runs, or will once it gets to.
#[derive(Debug)]
#[must_use = "a running tracee has to be waited for"]
pub struct Running(pub(crate) Rc<Task>);

/// A task in a ptrace-stop.
#[derive(Debug)]
#[must_use = "a stopped tracee has to be resumed or examined"]
pub struct Stopped {
    task: Rc<Task>,
    /// The wait status as it came.
    pub status: Status,
    /// What kind of stop it is.
    pub stop: Stop,
}

/// What a wait may tell.
#[derive(Debug)]
pub enum Waited {
    /// The task stopped.
    Stopped(Stopped),
    /// The task is gone, and reaped.
    Gone(Rc<Task>, Gone),
}

/// The ways to set a stopped tracee going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// `PTRACE_CONT`
    Cont,
    /// `PTRACE_SYSCALL`
    Syscall,
    /// `PTRACE_SINGLESTEP`
    Singlestep,
    /// `PTRACE_SYSEMU`
    Sysemu,
    /// `PTRACE_SYSEMU_SINGLESTEP`
    SysemuSinglestep,
    /// `PTRACE_DETACH`
    Detach,
}

impl Resume {
    /// The request.
    pub const fn request(self) -> Request {
        match self {
            Resume::Cont => Request::CONT,
            Resume::Syscall => Request::SYSCALL,
            Resume::Singlestep => Request::SINGLESTEP,
            Resume::Sysemu => Request::SYSEMU,
            Resume::SysemuSinglestep => Request::SYSEMU_SINGLESTEP,
            Resume::Detach => Request::DETACH,
        }
    }
}

impl Axis for Resume {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("cont", Resume::Cont),
        ("syscall", Resume::Syscall),
        ("singlestep", Resume::Singlestep),
        ("sysemu", Resume::Sysemu),
        ("sysemusinglestep", Resume::SysemuSinglestep),
        ("detach", Resume::Detach),
    ];
}

impl Deref for Running {
    type Target = Task;
    fn deref(&self) -> &Task {
        &self.0
    }
}

impl Deref for Stopped {
    type Target = Task;
    fn deref(&self) -> &Task {
        &self.task
    }
}

impl Task {
    /// The variant's value on axis `A`.
    ///
    /// # Errors
    ///
    /// If the case has no such axis: the case is broken.
    pub fn pick<A: Axis>(&self) -> Flow<A> {
        self.context.variant.pick().ok_or_else(|| Halt::Broken("the case lacks an axis it asks for".into()))
    }

    /// What to expect where no document decides and the kernel has changed: `before` on kernels without the
    /// change, `after` on the others.
    ///
    /// # Errors
    ///
    /// If the case does not declare the change: the case is broken.
    pub fn across<T>(&self, change: &KernelChange, before: T, after: T) -> Flow<T> {
        if !self.context.variant.case.changes.contains(&change) {
            return Err(Halt::Broken(format!("the case does not declare the change {}", change.id)));
        }
        Ok(if change.is_in(Arch::HERE, KernelVersion::running()) { after } else { before })
    }

    /// Checks what the kernel answered about this task against what the clause says.
    pub fn check<T: Value>(&self, clause: &str, what: &str, expected: T, observed: T) -> bool {
        self.context.check(self.pid, clause, what, expected, observed)
    }

    /// Records an answer about this task that no clause decides.
    pub fn observe<T: Value>(&self, what: &str, observed: T) {
        self.context.observe(self.pid, what, observed);
    }

    /// Any request, in any state, with the answer as it is.
    pub fn request(&self, request: Request, addr: u64, data: Data<'_>) -> Result<i64, Errno> {
        let writes = request.writes_registers(addr);
        let asked = if let Data::Word(word) = data { word as u32 } else { 0 };
        let answer = self.context.kernel.ptrace(request, self.pid, addr, data);
        // A whole set is written word by word up to the one that is refused.
        let done = answer.is_ok() || request.writes_in_part();
        self.writes(if done { writes } else { 0 });
        self.context.forged.set(self.context.forged.get() || request == Request::SETSIGINFO);
        if answer.is_ok() && matches!(request, Request::SETOPTIONS | Request::SEIZE | Request::ATTACH) {
            self.options.set(if request == Request::ATTACH { 0 } else { asked });
        }
        answer
    }

    /// Asks for something whose answer is of no concern to the case, and says why: an audit counts lies about it apart.
    pub fn unspecified<T>(&self, reason: &'static str, ask: impl FnOnce(&Task) -> T) -> T {
        match self.context.kernel.liar() {
            Some(liar) => liar.unspecified(reason, || ask(self)),
            None => ask(self),
        }
    }

    /// From now on these registers, a bit for each, are the tracer's.
    pub(crate) fn writes(&self, registers: u64) {
        self.context.written.set(self.context.written.get() | registers);
    }

    /// Records what does not hold.
    pub(crate) fn hold(&self, broken: Vec<Broken>) {
        self.context.hold(self.pid, broken);
    }

    /// What the program got at the step of this name; none if it never completed the step.
    ///
    /// # Errors
    ///
    /// If the program has no such step: the case is broken.
    pub fn saw(&self, step: &str) -> Flow<Option<u64>> {
        let seen = self.image.seen(self.position(step)?);
        let answer = self.context.kernel.step(self.pid, step, (seen.times > 0).then_some(seen.result));
        self.context.kernel.note(self.pid, || match answer {
            Some(word) => format!("program saw {word:#x} at {step}"),
            None => format!("program has not completed {step}"),
        });
        Ok(answer)
    }

    /// Checks the result that the program got at a step: none means that it never got there.
    ///
    /// # Errors
    ///
    /// If the program has no such step.
    pub fn check_saw(&self, clause: &str, step: &str, expected: Option<Return>) -> Flow {
        let saw = self.saw(step)?.map(Return);
        self.check(clause, &format!("result of {step} in the program"), expected, saw);
        Ok(())
    }

    /// Checks that the program got the id of `task` as result of a step.
    ///
    /// # Errors
    ///
    /// If the program has no such step.
    pub fn check_saw_pid(&self, clause: &str, step: &str, task: &Task) -> Flow {
        let saw = self.saw(step)?.map(ReturnPid);
        let expected = Some(ReturnPid(task.pid as u64));
        self.check(clause, &format!("result of {step} in the program"), expected, saw);
        Ok(())
    }

    /// The registers that the program itself had behind the call at a step, in the order of
    /// [`crate::arch::SAVED`].
    ///
    /// # Errors
    ///
    /// If the program has no such step.
    pub fn saved(&self, step: &str) -> Flow<Vec<u64>> {
        let position = self.position(step)?;
        let seen = self.image.seen(position);
        let saved = seen.registers[..crate::arch::SAVED.len()].to_vec();
        let name = |at: usize| Word::Bits(format!("{} saved by the program", crate::arch::SAVED[at]));
        let saved = self.context.kernel.words(self.pid, saved, name);
        let written = self.context.written.get();
        self.hold(invariants::saved(&saved, seen.result, written));
        self.hold(invariants::saved_arguments(&saved, &self.program.steps[position], written));
        Ok(saved)
    }

    /// How often the tracee's handler ran, and the last signal and `si_code` it was called with.
    pub fn handled(&self) -> (u64, Signal, i32) {
        let (times, signal, code) = self.image.handled();
        let names = ["the handler's runs", "the handler's signal", "the handler's si_code"];
        let name = |at: usize| Word::Plain(names[at].to_owned());
        let told = self.context.kernel.words(self.pid, vec![times, signal, code], name);
        let (times, signal, code) = (told[0], told[1], told[2]);
        self.context.kernel.note(self.pid, || format!("program handled {times} signals, last {signal}"));
        self.hold(invariants::handled(times, signal, code));
        (times, Signal(signal as i32), code as i32)
    }

    /// Sets a word that the program may be waiting for, see [`crate::program::Program::shared`].
    pub fn set_word(&self, index: usize, value: u64) {
        self.image.set_word(index, value);
    }

    /// A word that the program may have stored.
    pub fn word(&self, index: usize) -> u64 {
        let name = |_| Word::Plain(format!("word {index} of the program"));
        self.context.kernel.words(self.pid, vec![self.image.word(index)], name)[0]
    }

    /// Puts bytes into an area for the program to load, see [`crate::program::Program::area`].
    pub fn set_area(&self, area: usize, bytes: &[u8]) {
        self.image.set_area(area, bytes);
    }

    /// The first bytes of an area, which the program may have stored; whole words.
    pub fn area(&self, area: usize, bytes: usize) -> Vec<u8> {
        let words = self.image.area(area, bytes / 8);
        let name = |at: usize| Word::Bits(format!("word {at} of the program's area {area}"));
        let words = self.context.kernel.words(self.pid, words, name);
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// Sends a signal to the process.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn kill(&self, signal: Signal) -> Flow {
        let sent = self.context.kernel.kill(self.pid, signal);
        self.must("kill", sent)
    }

    /// `PTRACE_INTERRUPT`
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn interrupt(&self) -> Flow {
        let answer = self.request(Request::INTERRUPT, 0, Data::Word(0));
        self.must("PTRACE_INTERRUPT", answer).map(drop)
    }

    /// A handle on a task that this one made, by its id, under the role it has from now on.
    pub fn relative(&self, pid: i32, role: &str) -> Running {
        self.context.adopt(pid, role);
        Running(Rc::new(Task {
            context: Rc::clone(&self.context),
            image: Rc::clone(&self.image),
            program: Rc::clone(&self.program),
            pid,
            start: self.start,
            options: self.options.clone(),
        }))
    }

    /// A handle on a task that the kernel says we trace, under the role it has from now on: first asks
    /// whether we do, since what is known is killed in the end, and a wrong id could be anybody's.
    ///
    /// # Errors
    ///
    /// If we do not: nothing to go on with.
    pub fn traced(&self, pid: u64, role: &str) -> Flow<Running> {
        const LOOK: i32 = libc::WSTOPPED | libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        let pid = i32::try_from(pid).unwrap_or(-1); // which waitid refuses
        // Our own question, for safety: whether the task has stopped yet is no case's concern.
        let look = || self.context.kernel.waitid(pid, LOOK | WAIT_FLAGS);
        self.must("waitid for the new task", self.context.kernel.honestly(look))?;
        Ok(self.relative(pid, role))
    }

    /// What a wait that does not block says about a task by its bare id, which need not be a tracee of ours.
    pub fn poll_id(&self, pid: u64) -> Result<Option<Status>, Errno> {
        let pid = i32::try_from(pid).ok().filter(|&pid| pid > 0).ok_or(Errno::ESRCH)?;
        self.context.kernel.wait(pid, WAIT_FLAGS | libc::WNOHANG)
    }

    /// Another tracee with the same program, started the same way as this case's first.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn fresh(&self, role: &str) -> Flow<Stopped> {
        let options = self.context.variant.case.options;
        crate::start::start(&self.context, &self.program, self.start, options, role)
    }

    /// Turns a refusal that leaves nothing to go on with into the end of the scenario, and records it.
    ///
    /// # Errors
    ///
    /// If the request was refused.
    pub fn must<T>(&self, what: &str, answer: Result<T, Errno>) -> Flow<T> {
        answer.map_err(|errno| {
            let refused = Err::<(), _>(errno);
            self.context.fails(self.pid, what, "success", &refused);
            Halt::Checked
        })
    }

    /// What is known of this task at such a stop.
    pub(crate) fn scene(&self, status: Status, stop: Stop) -> Scene<'_> {
        let (written, marked) = (self.context.written.get(), status.0 >> 8 & SYSGOOD != 0);
        Scene {
            program: &self.program,
            stop,
            written,
            marked,
            pid: self.pid,
            tasks: self.context.roles.borrow().ids().collect(),
            tracer: std::process::id() as i32,
            at_gate: self.context.at_gate.get(),
            forged: self.context.forged.get(),
        }
    }

    /// The six arguments that the program gives the call of a step; 0 where it gives another step's result.
    ///
    /// # Errors
    ///
    /// If the program has no such step.
    pub fn given(&self, step: &str) -> Flow<[u64; 6]> {
        let step = &self.program.steps[self.position(step)?];
        let refers = |index: usize| crate::abi::Step::refs(step.head) & 1 << index != 0;
        Ok(std::array::from_fn(|index| if refers(index + 1) { 0 } else { step.words[index + 1] }))
    }

    pub(crate) fn position(&self, step: &str) -> Flow<usize> {
        self.program.find(step).ok_or_else(|| Halt::Broken(format!("the program has no step `{step}`")))
    }
}

impl Running {
    /// Waits for this task, whatever comes.
    ///
    /// # Errors
    ///
    /// If the wait fails: nothing to go on with.
    pub fn wait(self) -> Flow<Waited> {
        let waited = self.next()?;
        match &waited {
            Waited::Stopped(stopped) => stopped.observe("stop", stopped.stop),
            Waited::Gone(task, gone) => task.observe("end", *gone),
        }
        Ok(waited)
    }

    /// Waits for this stop. Another stop is recorded as a failed check, and the scenario goes on from it.
    ///
    /// # Errors
    ///
    /// If the task is gone instead.
    pub fn expect(self, clause: &str, stop: Stop) -> Flow<Stopped> {
        match self.next()? {
            Waited::Stopped(stopped) => {
                stopped.check(clause, "stop", stop, stopped.stop);
                Ok(stopped)
            }
            Waited::Gone(task, gone) => {
                task.check(clause, "stop", stop.to_string(), gone.to_string());
                Err(Halt::Checked)
            }
        }
    }

    /// Waits for the task's end, which must be this one.
    ///
    /// # Errors
    ///
    /// If it stops instead.
    pub fn ends(self, clause: &str, end: Gone) -> Flow<Rc<Task>> {
        match self.next()? {
            Waited::Gone(task, gone) => {
                task.check(clause, "end", end, gone);
                Ok(task)
            }
            Waited::Stopped(stopped) => {
                stopped.check(clause, "end", end.to_string(), stopped.stop.to_string());
                Err(Halt::Checked)
            }
        }
    }

    /// The task has executed and goes on under its leader's id: nothing will be reported under its own.
    pub fn renamed(self) {
        self.context.gone(self.pid);
    }

    /// What a wait that does not block says: nothing, or the raw status.
    pub fn poll(&self) -> Result<Option<Status>, Errno> {
        self.context.kernel.wait(self.pid, WAIT_FLAGS | libc::WNOHANG)
    }

    /// For a task that is no tracee any more and whose real parent has reaped it: there is nothing left that
    /// would have to be ended, and its id may soon be another's.
    pub fn reaped_by_parent(self) {
        self.context.gone(self.pid);
    }

    pub(crate) fn stopped(self, status: Status, stop: Stop) -> Stopped {
        Stopped { task: self.0, status, stop }
    }

    pub(crate) fn next(self) -> Flow<Waited> {
        crate::progress::set_all(&["waiting for ", self.context.roles.borrow().of(self.pid)]);
        let answer = self.context.kernel.wait(self.pid, WAIT_FLAGS);
        crate::progress::set("running the scenario");
        let status = match answer {
            Ok(Some(status)) => status,
            Ok(None) => return Err(Halt::Broken("a blocking wait returned without a status".into())),
            Err(errno) => return self.must("wait", Err(errno)),
        };
        match status.read() {
            Reading::Gone(gone) => {
                self.context.gone(self.pid);
                Ok(Waited::Gone(self.0, gone))
            }
            Reading::Stopped(signal, event) => {
                let stop = self.kind(status, signal, event)?;
                Ok(Waited::Stopped(Stopped { task: self.0, status, stop }))
            }
            Reading::Continued => Err(Halt::Broken("wait reported WCONTINUED unasked".into())),
        }
    }
}

impl Stopped {
    pub(crate) fn scene(&self) -> Scene<'_> {
        self.task.scene(self.status, self.stop)
    }

    /// Sets the tracee going, with a signal to deliver.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn resume(self, how: Resume, signal: Signal) -> Flow<Running> {
        let answer = self.request(how.request(), 0, Data::Word(signal.0 as u64));
        self.must(&how.request().to_string(), answer)?;
        Ok(Running(self.task))
    }

    /// `PTRACE_CONT` without a signal.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn cont(self) -> Flow<Running> {
        self.resume(Resume::Cont, Signal::NONE)
    }

    /// `PTRACE_SYSCALL` without a signal.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn syscall(self) -> Flow<Running> {
        self.resume(Resume::Syscall, Signal::NONE)
    }

    /// `PTRACE_LISTEN`: leaves a seized tracee in its group-stop without resuming it.
    ///
    /// # Errors
    ///
    /// If the kernel refuses, as it does in any other stop.
    pub fn listen(self) -> Flow<Running> {
        let answer = self.request(Request::LISTEN, 0, Data::Word(0));
        self.must("PTRACE_LISTEN", answer)?;
        Ok(Running(self.task))
    }

    /// `PTRACE_KILL`
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn kill_by_ptrace(self) -> Flow<Running> {
        let answer = self.request(Request::KILL, 0, Data::Word(0));
        self.must("PTRACE_KILL", answer)?;
        Ok(Running(self.task))
    }

    /// The task as one that runs: for what happens to a stopped tracee without the tracer's doing.
    pub fn left_alone(self) -> Running {
        Running(self.task)
    }

    /// The task that the event at hand has made, under the role it has from now on.
    ///
    /// # Errors
    ///
    /// If `PTRACE_GETEVENTMSG` is refused, or its answer is not the id of a tracee of ours.
    pub fn new_task(&self, role: &str) -> Flow<Running> {
        let pid = self.must("PTRACE_GETEVENTMSG", self.message())?;
        let known = self.context.alive.borrow().iter().any(|&alive| alive as u64 == pid);
        if known {
            self.context.fails(self.pid, "PTRACE_GETEVENTMSG", "the id of a new task", &ReturnPid(pid));
            return Err(Halt::Checked);
        }
        self.traced(pid, role)
    }
}
