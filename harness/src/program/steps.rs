//! The steps that a program can perform.

use super::{Arg, At, DATA, Program, THREAD, call_words, list};
use crate::abi::{self, op};
use crate::label;
use crate::request::Request;
use crate::signal::Signal;
use crate::syscalls::Syscall;

impl Program {
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

    /// clone(2) with addresses too: where the parent's word is stored, its child's id or descriptor, and where the
    /// child's own.
    pub fn clone_storing(
        &mut self,
        flags: u64,
        (of_parent, of_child): (u64, u64),
        name: &str,
        child: impl FnOnce(&mut Program),
    ) -> At {
        let stack = if flags & libc::CLONE_VM as u64 != 0 { self.next_stack().1 } else { 0 };
        // The last two are the other way round on aarch64.
        #[cfg(target_arch = "x86_64")]
        let args = [flags, stack, of_parent, of_child, 0];
        #[cfg(target_arch = "aarch64")]
        let args = [flags, stack, of_parent, 0, of_child];
        self.spawn(Syscall::CLONE, &args, name, child)
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
        self.exec_descriptor(Arg::Word(abi::IMAGE_FD), empty, arguments, environment)
    }

    /// Executes the file of a descriptor; the other arguments are addresses of an empty text and of two lists.
    pub fn exec_descriptor(&mut self, file: Arg, empty: u64, arguments: u64, environment: u64) -> At {
        self.executes_descriptor = true;
        let flags = libc::AT_EMPTY_PATH as u64;
        let words = [empty, arguments, environment, flags].map(Arg::Word);
        self.call(Syscall::EXECVEAT, &[[file].as_slice(), &words].concat())
    }

    /// Writes a file and executes it: so many bytes of the program's data. Names of the steps: `memfd_create`,
    /// `write`, `execveat`.
    pub fn exec_data(&mut self, place: u64, length: usize) -> At {
        let (empty, none) = (self.data(&[0]), self.data(&[0]));
        let arguments = self.data(&[empty, 0]);
        let file = self.call(Syscall::MEMFD_CREATE, &[empty, 0]);
        self.call(Syscall::WRITE, &[file.into(), Arg::Word(place), Arg::Word(length as u64)]);
        self.exec_descriptor(file.into(), empty, arguments, none)
    }

    /// Closes all descriptors: those of later calls are numbers then that do not depend on what was open before.
    pub fn close_files(&mut self) -> At {
        self.call(Syscall::CLOSE_RANGE, &[0, u64::from(u32::MAX), 0])
    }

    /// Installs the tracee's handler, which counts and notes what it was called with.
    pub fn handle(&mut self, signal: Signal, flags: i32) -> At {
        self.handle_blocking(signal, flags, &[])
    }

    /// The same, with these signals blocked while it runs.
    pub fn handle_blocking(&mut self, signal: Signal, flags: i32, blocked: &[Signal]) -> At {
        const SA_RESTORER: u64 = 0x0400_0000;
        let flags = (flags | libc::SA_SIGINFO) as u64 | SA_RESTORER;
        let action = self.data(&[label::HANDLER, flags, label::RESTORER, Signal::set(blocked)]);
        self.call(Syscall::RT_SIGACTION, &[signal.0 as u64, action, 0, 8])
    }

    /// Ignores the signal.
    pub fn ignore(&mut self, signal: Signal) -> At {
        let action = self.data(&[libc::SIG_IGN as u64, 0, 0, 0]);
        self.call(Syscall::RT_SIGACTION, &[signal.0 as u64, action, 0, 8])
    }

    /// Blocks the signals.
    pub fn block(&mut self, signals: &[Signal]) -> At {
        let mask = self.data(&[Signal::set(signals)]);
        self.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_BLOCK as u64, mask, 0, 8])
    }

    /// Blocks no signal any more.
    pub fn unblock_all(&mut self) -> At {
        let mask = self.data(&[0]);
        self.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_SETMASK as u64, mask, 0, 8])
    }

    /// Stores the mask of blocked signals in free word `index` of the record.
    pub fn read_mask(&mut self, index: usize) -> At {
        self.call(Syscall::RT_SIGPROCMASK, &[libc::SIG_BLOCK as u64, 0, Program::shared(index), 8])
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

    /// The same filter with these `SECCOMP_FILTER_FLAG_*`.
    pub fn filter_with(&mut self, flags: u64, syscall: Syscall, action: u32) -> At {
        let filter = filter_program(syscall, action);
        let length = filter.len() as u64;
        let filter = self.data(&filter);
        let program = self.data(&[length, filter]);
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

    /// Calls the routine at a label with up to three words (`harness/tracee/src/routines`); the step has its name.
    pub fn run<A: Into<Arg> + Copy>(&mut self, routine: u64, args: &[A]) -> At {
        let args: Vec<Arg> = args.iter().map(|&arg| arg.into()).collect();
        let name = label::name(routine);
        let words: Vec<Arg> = std::iter::once(Arg::Word(routine)).chain(args.iter().copied()).collect();
        self.plain(&name, format!("run {name}({})", list(&args)), op::RUN, &words)
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

    /// ptrace(2), for programs that trace each other.
    pub fn ptrace(
        &mut self,
        request: Request,
        pid: impl Into<Arg>,
        addr: impl Into<Arg>,
        data: impl Into<Arg>,
    ) -> At {
        self.call(Syscall::PTRACE, &[Arg::Word(request.0), pid.into(), addr.into(), data.into()])
    }

    /// wait4(2) for that task, with its wait status in free word `index` of the record.
    pub fn wait4(&mut self, pid: impl Into<Arg>, index: usize, flags: i32) -> At {
        let status = Program::shared(index);
        let args = [pid.into(), Arg::Word(status), Arg::Word(flags as u64), Arg::Word(0)];
        self.call(Syscall::WAIT4, &args)
    }

    /// A thread of the process.
    pub fn thread(&mut self, name: &str, body: impl FnOnce(&mut Program)) -> At {
        self.clone_task(THREAD, name, body)
    }
}

/// The instructions of a filter that answers `action` to `syscall` and allows all others, as `struct sock_filter`.
pub const fn filter_program(syscall: Syscall, action: u32) -> [u64; 4] {
    [
        // ld [nr]; jeq #number, 0, 1; ret action; ret allow
        bpf(0x20, 0, 0, 0),
        bpf(0x15, 0, 1, syscall.number as u32),
        bpf(0x06, 0, 0, action),
        bpf(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]
}

/// A classic BPF instruction as one word.
const fn bpf(code: u16, if_true: u8, if_false: u8, k: u32) -> u64 {
    code as u64 | (if_true as u64) << 16 | (if_false as u64) << 24 | (k as u64) << 32
}
