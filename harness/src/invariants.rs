//! What holds of an answer whatever the case is about: it is checked whenever a case asks.
//!
//! A case that looks at one register is given all of them, and a kernel that loses another one is as wrong there as
//! anywhere. What the program has put into its registers is known: inside a call those without a part in it hold
//! sentinels, the arguments are those of one of its steps. What the tracer has written itself is left out.

use crate::abi::{self, Step, TASK_SIZE, TASKS, op, sentinel};
use crate::answers::Siginfo;
use crate::arch::{self, Registers};
use crate::errno::Errno;
use crate::label;
use crate::program::Encoded;
use crate::program32;
use crate::request::Event;
use crate::signal::Signal;
use crate::status::Stop;
use crate::syscall_info::{self as info, SyscallInfo};
use crate::syscalls::Syscall;
use std::sync::LazyLock;

/// Something that does not hold: what, what would, and what is instead.
pub(crate) type Broken = (String, String, String);

/// At which stop of which program, and which registers the tracer has written, by index.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'a> {
    pub program: &'a Encoded,
    pub stop: Stop,
    pub written: u64,
    /// Whether its wait status has the bit of `PTRACE_O_TRACESYSGOOD`.
    pub marked: bool,
    /// The task's own id, and all of the case.
    pub pid: i32,
    pub tasks: Vec<i32>,
    /// The tracer's process.
    pub tracer: i32,
    /// The case's first task, and its general registers where its program began.
    pub at_gate: Option<(i32, Registers)>,
    /// The tracer has written a siginfo itself.
    pub forged: bool,
}

fn broken(what: &str, expected: u64, observed: u64) -> Option<Broken> {
    (expected != observed).then(|| (what.to_owned(), format!("{expected:#x}"), label::name(observed)))
}

impl Scene<'_> {
    fn untouched(&self, index: usize) -> bool {
        self.written & 1 << index == 0
    }

    /// What is wrong with the general registers.
    pub fn registers(&self, registers: &Registers) -> Vec<Broken> {
        let mut wrong = self.everywhere(registers);
        wrong.extend(self.at_the_gate(registers));
        if self.has_just_executed(registers) {
            wrong.extend(self.fresh(registers));
        } else if self.inside_a_call(registers) {
            wrong.extend(self.sentinels(registers));
            wrong.extend(self.place(registers));
            wrong.extend(self.arguments(registers));
            wrong.extend(self.of_the_instruction(registers));
            wrong.extend(self.no_result_yet(registers));
        }
        wrong
    }

    /// Words that are at every stop what they were before the program began, and bits that are never set.
    fn everywhere(&self, registers: &Registers) -> Vec<Broken> {
        let constant = arch::CONSTANT.iter().filter(|&&index| self.untouched(index));
        let changed = constant.filter_map(|&index| {
            let before = self.at_gate?.1.words[index];
            broken(arch::NAMES[index], before, registers.words[index])
        });
        let flags = registers.words[arch::FLAGS] & arch::FLAGS_ZERO;
        let flags = self.untouched(arch::FLAGS).then(|| broken("flags that are always clear", 0, flags));
        changed.chain(flags.flatten()).collect()
    }

    /// Before the program's first instruction every register is what it was when the tracee came there.
    fn at_the_gate(&self, registers: &Registers) -> Vec<Broken> {
        let here = |gate: &(i32, Registers)| gate.0 == self.pid && registers.ip() == label::GATE_RETURN;
        let Some((_, gate)) = self.at_gate.filter(here) else { return Vec::new() };
        let moved = [arch::IP, arch::FLAGS];
        let same = (0..arch::NAMES.len()).filter(|index| !moved.contains(index) && self.untouched(*index));
        same.filter_map(|index| broken(arch::NAMES[index], gate.words[index], registers.words[index]))
            .collect()
    }

    /// Whether this is the first moment of a new image; a wrong instruction pointer must not hide that.
    fn has_just_executed(&self, registers: &Registers) -> bool {
        self.stop == Stop::Event(Event::EXEC) || registers.ip() == label::START
    }

    /// execve(2) leaves a place to begin, a stack, and nothing else.
    fn fresh(&self, registers: &Registers) -> Vec<Broken> {
        let ip = self.untouched(arch::IP).then(|| broken("ip", label::START, registers.ip())).flatten();
        let given = [arch::IP, arch::SP, arch::FLAGS, arch::NUMBER];
        let constant = |index: &usize| arch::CONSTANT.contains(index);
        let rest = (0..arch::NAMES.len()).filter(|index| !given.contains(index) && !constant(index));
        let rest = rest.filter(|&index| self.untouched(index) && !arch::kept_by_execve(index));
        let sp = registers.sp();
        let aligned = (!sp.is_multiple_of(16))
            .then(|| ("sp".to_owned(), "a multiple of 16".to_owned(), format!("{sp:#x}")));
        // The event comes before the call's own end.
        let inside = arch::result_inside_call(&[0; 6]);
        let event = self.stop == Stop::Event(Event::EXEC);
        let expected = |index| if event && index == arch::RESULT { inside } else { 0 };
        let words =
            rest.filter_map(|index| broken(arch::NAMES[index], expected(index), registers.words[index]));
        ip.into_iter().chain(aligned).chain(words).collect()
    }

    /// Whether most of the registers that have no part in a call say that this is one: a single wrong one must
    /// not hide that.
    fn inside_a_call(&self, registers: &Registers) -> bool {
        // A handler that came in between has the registers of the call, and returns by another one.
        if (label::HANDLER..label::BEGIN).contains(&registers.ip()) {
            return false;
        }
        let known = self.idle().count();
        let held = self.idle().filter(|idle| registers.words[idle.word] == sentinel(idle.saved)).count();
        known >= 3 && held + 1 >= known
    }

    fn sentinels(&self, registers: &Registers) -> Vec<Broken> {
        let held =
            |idle: &Idle| broken(arch::NAMES[idle.word], sentinel(idle.saved), registers.words[idle.word]);
        self.idle().filter_map(held).collect()
    }

    fn idle(&self) -> impl Iterator<Item = &'static Idle> {
        IDLE.iter().filter(|idle| self.untouched(idle.word))
    }

    /// The instruction pointer is behind the call instruction, or in front of one that will be made again; the
    /// stack pointer on a stack.
    fn place(&self, registers: &Registers) -> Vec<Broken> {
        let (ip, sp) = (registers.ip(), registers.sp());
        let stepped = self.stop == Stop::Signal(Signal::TRAP);
        let again = ip == label::SYSCALL_INSTRUCTION && !self.within_the_call();
        let known = ip == label::SYSCALL_RETURN || again;
        let ip =
            (!known && !stepped && self.untouched(arch::IP)).then(|| broken("ip", label::SYSCALL_RETURN, ip));
        ip.flatten().into_iter().chain(self.off_the_stacks("sp", sp)).collect()
    }

    /// A stack pointer that points to no word of a task's stack.
    fn off_the_stacks(&self, what: &str, sp: u64) -> Option<Broken> {
        let stacks = label::TASK..label::TASK + TASK_SIZE * TASKS as u64;
        let lost = self.untouched(arch::SP) && !(sp.is_multiple_of(8) && stacks.contains(&sp));
        lost.then(|| (what.to_owned(), "a word of a task's stack".to_owned(), format!("{sp:#x}")))
    }

    /// Whether this kind of stop is one within a call, where nothing has been decided about making it again.
    fn within_the_call(&self) -> bool {
        matches!(self.stop, Stop::SyscallEnter | Stop::SyscallExit | Stop::Event(_))
    }

    /// Whether this kind of stop comes before the call's result.
    const fn has_no_result(&self) -> bool {
        matches!(self.stop, Stop::SyscallEnter | Stop::Event(Event::FORK | Event::VFORK | Event::CLONE))
    }

    /// Before its end a call has no result. Where the result's register is an argument's, that is looked at as such.
    fn no_result_yet(&self, registers: &Registers) -> Option<Broken> {
        let own = !arch::ARGS.contains(&arch::RESULT);
        let early = own && self.has_no_result() && self.untouched(arch::RESULT);
        let expected = arch::result_inside_call(&registers.args());
        early.then(|| broken("result register", expected, registers.result())).flatten()
    }

    /// Each argument is that of some call of the program, and so is the number. One whose register will hold the
    /// result is there until the call has one: unless it is none (aarch64 puts `-ENOSYS` there at once), or is made
    /// again by the tracer.
    fn arguments(&self, registers: &Registers) -> Vec<Broken> {
        let number = registers.words[arch::NUMBER];
        let first_too = self.has_no_result() && number as i32 != -1 && self.untouched(arch::IP);
        let kept = (0..6).filter(|&index| arch::ARGS[index] != arch::RESULT || first_too);
        let mut wrong = Vec::new();
        for index in kept.filter(|&index| self.untouched(arch::ARGS[index])) {
            wrong.extend(self.argument(index, registers.arg(index)));
        }
        if self.untouched(arch::NUMBER) && !self.has_number(number) {
            wrong.push((
                "number".to_owned(),
                "that of a call of the program".to_owned(),
                format!("{number:#x}"),
            ));
        }
        wrong
    }

    fn argument(&self, index: usize, value: u64) -> Option<Broken> {
        let fits = self
            .calls()
            .any(|step| Step::refs(step.head) & 1 << (index + 1) != 0 || step.words[index + 1] == value);
        (!fits).then(|| {
            (format!("argument {index}"), "that of a call of the program".to_owned(), format!("{value:#x}"))
        })
    }

    fn has_number(&self, number: u64) -> bool {
        number == u64::MAX
            || number == Syscall::RESTART_SYSCALL.number
            || self.calls().any(|step| step.words[0] == number)
    }

    fn calls(&self) -> impl Iterator<Item = &Step> {
        self.program.steps.iter().filter(|step| matches!(Step::op(step.head), op::CALL | op::SPAWN))
    }

    /// What the call instruction itself leaves in registers.
    fn of_the_instruction(&self, registers: &Registers) -> Vec<Broken> {
        let clobbered = arch::clobbered(registers);
        let untouched =
            clobbered.into_iter().filter(|&(index, ..)| self.untouched(index) && self.untouched(arch::FLAGS));
        untouched
            .filter_map(|(index, expected, observed)| broken(arch::NAMES[index], expected, observed))
            .collect()
    }

    /// What is wrong with `PTRACE_GET_SYSCALL_INFO`'s answer.
    pub fn syscall_info(&self, answer: &SyscallInfo) -> Vec<Broken> {
        let mut wrong = Vec::new();
        // include/linux/ptrace.h: without the option the kernel does not take it for a syscall-stop.
        let (op, size) = match self.stop {
            Stop::SyscallEnter | Stop::SyscallExit if !self.marked => (info::NONE, info::SIZE_NONE),
            Stop::SyscallEnter => (info::ENTRY, info::SIZE_ENTRY),
            Stop::SyscallExit => (info::EXIT, info::SIZE_EXIT),
            Stop::Event(Event::SECCOMP) => (info::SECCOMP, info::SIZE_SECCOMP),
            _ => (info::NONE, info::SIZE_NONE),
        };
        let (reserved, flags) = answer.reserved_and_flags();
        wrong.extend(broken("op", op.into(), answer.op().into()));
        wrong.extend(broken("size", size as u64, answer.available as u64));
        wrong.extend(broken("reserved byte", 0, reserved));
        wrong.extend(broken("flags", 0, flags));
        wrong.extend(broken("arch", arch::AUDIT_ARCH.into(), answer.arch().into()));
        if matches!(op, info::ENTRY | info::SECCOMP) && self.untouched(arch::NUMBER) {
            wrong.extend(self.of_the_entry(answer));
        }
        if op == info::EXIT {
            let failed = Errno::of_result(answer.rval()).is_some();
            wrong.extend(broken("is_error", failed.into(), answer.is_error().into()));
        }
        wrong.extend(self.place_of(answer));
        wrong
    }

    /// Where the general registers and `PTRACE_GET_SYSCALL_INFO` differ: both show the same words
    /// (kernel/ptrace.c: ptrace_get_syscall_info(), with each architecture's syscall_get_arguments() and
    /// syscall_get_return_value()).
    pub fn agree(&self, registers: &Registers, info: &SyscallInfo) -> Vec<Broken> {
        let same = |what: &str, index: usize, told: u64| {
            let untouched = self.untouched(index);
            untouched.then(|| broken(what, told, registers.words[index])).flatten()
        };
        let mut wrong = vec![same("ip in both views", arch::IP, info.ip())];
        wrong.push(same("sp in both views", arch::SP, info.sp()));
        match info.op() {
            info::EXIT => wrong.push(same("result in both views", arch::RESULT, info.rval())),
            info::ENTRY | info::SECCOMP => {
                // Where the result is in the register of the first argument, a call without a number is refused there
                // before its stop (arch/arm64/kernel/syscall.c: el0_svc_common()).
                let args = arch::ARGS.iter().zip(info.args()).filter(|(index, _)| **index != arch::RESULT);
                wrong.extend(args.map(|(&index, told)| same("argument in both views", index, told)));
            }
            _ => {}
        }
        wrong.into_iter().flatten().collect()
    }

    /// Inside a call of the program the place is known; execve ends where a new image begins, on another stack.
    fn place_of(&self, answer: &SyscallInfo) -> Vec<Broken> {
        let event = matches!(self.stop, Stop::Event(event) if event != Event::EXEC);
        let entry = matches!(self.stop, Stop::SyscallEnter) && self.has_number(answer.number());
        let (ip, sp) = (answer.ip(), answer.sp());
        let exit = self.stop == Stop::SyscallExit && ip != label::START;
        if !(event || entry || exit) || !self.untouched(arch::IP) {
            return Vec::new();
        }
        let ip = broken("instruction_pointer", label::SYSCALL_RETURN, ip);
        ip.into_iter().chain(self.off_the_stacks("stack_pointer", sp)).collect()
    }

    fn of_the_entry(&self, answer: &SyscallInfo) -> Vec<Broken> {
        if !self.has_number(answer.number()) {
            return Vec::new();
        }
        let untouched = (0..6).filter(|&index| self.untouched(arch::ARGS[index]));
        untouched.filter_map(|index| self.argument(index, answer.args()[index])).collect()
    }

    /// What is wrong with the siginfo of this stop.
    pub fn siginfo(&self, answer: &Siginfo) -> Vec<Broken> {
        let mut wrong = Vec::new();
        let (signal, code) = match self.stop {
            Stop::SyscallEnter | Stop::SyscallExit | Stop::Syscall => (Signal::TRAP, None),
            Stop::Event(event) => (Signal::TRAP, Some(libc::SIGTRAP | i32::from(event.0) << 8)),
            Stop::EventStop(signal) => (signal, Some(signal.0 | 128 << 8)),
            Stop::Signal(signal) | Stop::Group(signal) => (signal, None),
            Stop::Odd(_) => return wrong,
        };
        if !self.forged {
            wrong.extend(broken("si_signo", signal.0 as u64, answer.signal.0 as u64));
        }
        wrong.extend(code.and_then(|code| broken("si_code", code as u64, answer.code as u64)));
        if signal != Signal::SYS && !self.forged && !self.queued(answer.code) {
            wrong.extend(broken("si_errno", 0, answer.errno as u64));
        }
        if !matches!(self.stop, Stop::Signal(_) | Stop::Group(_)) {
            wrong.extend(self.of_itself(answer));
        }
        if let Stop::Signal(signal) = self.stop {
            wrong.extend(self.origin(signal, answer));
        }
        wrong
    }

    /// What the kernel says of stops that are no signal's: who stops is the sender.
    fn of_itself(&self, answer: &Siginfo) -> Vec<Broken> {
        let pid = broken("si_pid", self.pid as u64, answer.pid as u64);
        let uid = broken("si_uid", nix::unistd::getuid().as_raw().into(), answer.uid.into());
        pid.into_iter().chain(uid).collect()
    }

    /// Whether a code like this is the sender's own: of a program that makes up siginfos, or has a timer.
    fn queued(&self, code: i32) -> bool {
        let makers = [Syscall::RT_SIGQUEUEINFO, Syscall::RT_TGSIGQUEUEINFO, Syscall::TIMER_CREATE];
        let makes = |step: &Step| makers.iter().any(|maker| maker.number == step.words[0]);
        code < 0 && code != libc::SI_TKILL && self.calls().any(makes)
    }

    /// Where a signal can come from: a fault or trap of the task, at an address in its code or nowhere; a filter; a
    /// child; or kill and tgkill by the tracer or a task of the case.
    fn origin(&self, signal: Signal, answer: &Siginfo) -> Vec<Broken> {
        let sent = matches!(answer.code, libc::SI_USER | libc::SI_TKILL);
        // What PTRACE_ATTACH sends, or a tracer gives at a syscall-stop, comes from the kernel; the SIGSTOP of a
        // task that is born traced is pending without a sender; aarch64 reports a step out of a call as if sent
        // (include/linux/ptrace.h, the generic `user_single_step_report()`).
        let anonymous = signal == Signal::STOP || signal == Signal::TRAP && cfg!(target_arch = "aarch64");
        let without_sender = answer.code == libc::SI_KERNEL || sent && anonymous;
        if without_sender && (answer.pid, answer.uid) == (0, 0) {
            return Vec::new();
        }
        if self.forged || signal == Signal::SYS || signal == Signal::CHLD || self.queued(answer.code) {
            return Vec::new();
        }
        if signal == Signal::TRAP && answer.code == libc::SIGTRAP {
            return self.of_itself(answer);
        }
        if sent {
            let uid = broken("si_uid", nix::unistd::getuid().as_raw().into(), answer.uid.into());
            let known = answer.pid == self.tracer || self.tasks.contains(&answer.pid);
            let pid =
                || ("si_pid".to_owned(), "tracer or a task of the case".to_owned(), answer.pid.to_string());
            return uid.into_iter().chain((!known).then(pid)).collect();
        }
        let trap = signal == Signal::TRAP && TRAPS.contains(&answer.code);
        let code = (!trap && !FAULTS.contains(&signal.0)).then(|| {
            ("si_code".to_owned(), "one of a signal that was sent".to_owned(), answer.code.to_string())
        });
        let code_of_ours = label::ALL[0].0..label::PROGRAM;
        // A watchpoint tells what was accessed, which may be anywhere.
        let placed = trap && answer.code != libc::TRAP_HWBKPT && answer.address != 0;
        // A step may lead to where nothing can be executed.
        let record = abi::RECORD_ADDRESS..abi::RECORD_ADDRESS + abi::RECORD_SIZE;
        let known = [code_of_ours, record, program32::SPAN];
        let place = placed && !known.iter().any(|known| known.contains(&answer.address));
        let place =
            place.then(|| ("si_addr".to_owned(), "in the code".to_owned(), format!("{:#x}", answer.address)));
        code.into_iter().chain(place).collect()
    }
}

/// Signals of faults other than SIGTRAP, each with its codes.
const FAULTS: [i32; 4] = [libc::SIGSEGV, libc::SIGILL, libc::SIGFPE, libc::SIGBUS];

/// `si_code` of a SIGTRAP that the task itself raised: breakpoint, trace, branch, hardware breakpoint, or the
/// kernel's own word for int3.
const TRAPS: [i32; 5] = [1, 2, 3, 4, 0x80];

/// What is wrong with the registers that had the arguments of a call, behind it: the call leaves them alone, but for
/// the one that has its result.
pub(crate) fn saved_arguments(words: &[u64], step: &Step, written: u64) -> Vec<Broken> {
    let kept = |index: &usize| {
        let register = arch::ARGS[*index];
        let given = Step::refs(step.head) & 2 << *index == 0;
        let call = matches!(Step::op(step.head), op::CALL | op::SPAWN);
        call && register != arch::RESULT && written & 1 << register == 0 && given
    };
    let differs = |index: usize| {
        let name = arch::NAMES[arch::ARGS[index]];
        let place = arch::SAVED.iter().position(|saved| *saved == name)?;
        broken(&format!("{name} in the program"), step.words[index + 1], words[place])
    };
    (0..6).filter(kept).filter_map(differs).collect()
}

/// A handler that never ran was called with nothing.
pub(crate) fn handled(times: u64, signal: u64, code: u64) -> Vec<Broken> {
    let nothing = [broken("signal of no handler", 0, signal), broken("si_code of no handler", 0, code)];
    nothing.into_iter().flatten().filter(|_| times == 0).collect()
}

/// Not more siginfos are copied than were asked for, and have room.
pub(crate) fn copied(told: i64, asked: i32, room: usize) -> Vec<Broken> {
    let most = i64::from(asked).min(room as i64);
    let fits = (0..=most).contains(&told);
    (!fits)
        .then(|| ("siginfos copied".to_owned(), format!("at most {most}"), told.to_string()))
        .into_iter()
        .collect()
}

/// Whether a register set has the length that was asked for.
pub(crate) fn length(set: &str, asked: usize, told: usize) -> Vec<Broken> {
    broken(&format!("length of {set}"), asked as u64, told as u64).into_iter().collect()
}

/// Words of memory as `PTRACE_PEEKDATA` gave them, against what process_vm_readv(2) reads; where that is not
/// allowed or not there, nothing can be said.
pub(crate) fn memory(peeked: &[u64], read: Result<Vec<u64>, Errno>) -> Vec<Broken> {
    match read {
        Ok(read) => {
            let words = peeked.iter().zip(&read);
            words.filter_map(|(&peeked, &read)| broken("word of memory", read, peeked)).collect()
        }
        Err(Errno::EPERM | Errno::ENOSYS) => Vec::new(),
        Err(errno) => vec![("process_vm_readv".to_owned(), "success".to_owned(), errno.to_string())],
    }
}

/// A register without a part in a call: where it is in a register set and among the saved ones.
struct Idle {
    word: usize,
    saved: usize,
}

static IDLE: LazyLock<Vec<Idle>> = LazyLock::new(|| {
    let place = |names: &[&str], name: &str| names.iter().position(|known| *known == name);
    let idle =
        |name: &&str| Some(Idle { word: place(&arch::NAMES, name)?, saved: place(arch::SAVED, name)? });
    arch::IDLE.iter().filter_map(idle).collect()
});

/// What is wrong with the registers that the program saved behind a call: those without a part in it, and the
/// result, which it reports too.
pub(crate) fn saved(words: &[u64], result: u64, written: u64) -> Vec<Broken> {
    let idle = IDLE.iter().filter(|idle| written & 1 << idle.word == 0).map(|idle| idle.saved);
    let held =
        idle.filter_map(|at| broken(&format!("{} in the program", arch::SAVED[at]), sentinel(at), words[at]));
    let place = arch::SAVED.iter().position(|saved| *saved == arch::NAMES[arch::RESULT]);
    let saved_result = place.and_then(|at| broken("result register in the program", result, words[at]));
    held.chain(saved_result).collect()
}
