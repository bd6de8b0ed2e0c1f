//! The one place where the kernel answers: every request, wait and signal of a case passes through here.
//!
//! # Safety
//!
//! The methods are safe to call: buffers are slices, and a bare word is passed for a pointer only if
//! nothing of ours can be mapped there ([`Kernel::ptrace`]).
#![expect(unsafe_code, reason = "ptrace, wait and kill are raw system calls: libc's wrappers hide answers")]

use crate::errno::Errno;
use crate::lie::{self, Fact, Liar, Noticed, Place, Word};
use crate::request::{Request, Shape};
use crate::signal::Signal;
use crate::status::Status;
use std::cell::RefCell;

/// The `data` argument of a request.
#[derive(Debug)]
pub enum Data<'a> {
    /// A number, or an address where we have nothing mapped.
    Word(u64),
    /// A buffer that the kernel reads or writes.
    Buffer(&'a mut [u8]),
    /// A buffer behind a `struct iovec` of this length; the kernel's new length is put in its place.
    Vector(&'a mut [u8], &'a mut usize),
}

/// Addresses below this are never mapped (`vm.mmap_min_addr` is at least a page on every kernel we know,
/// and nothing of ours asks for them), those from `LAST_USER` on are the kernel's.
const FIRST_USER: u64 = 4096;
const LAST_USER: u64 = 1 << 56;

/// x86_64's one request that may write where `addr` points, and its codes that do not (asm/prctl.h).
const ARCH_PRCTL: u64 = if cfg!(target_arch = "x86_64") { 30 } else { u64::MAX };
const ARCH_SET: [u64; 2] = [0x1001, 0x1002];

/// Asks the kernel on behalf of one case and keeps a journal of questions and answers.
#[derive(Debug, Default)]
pub struct Kernel {
    journal: Option<RefCell<Vec<(i32, String)>>>,
    liar: Option<Liar>,
}

impl Kernel {
    /// A kernel that is asked directly; with a journal if somebody will read it, and perhaps with somebody who
    /// tampers with the answers.
    pub fn new(journal: bool, liar: Option<Liar>) -> Kernel {
        Kernel { journal: journal.then(RefCell::default), liar }
    }

    /// Who tampers with the answers, if anybody does.
    pub const fn liar(&self) -> Option<&Liar> {
        self.liar.as_ref()
    }

    /// ptrace(2), the raw call: the return value as it is, or the errno.
    ///
    /// # Panics
    ///
    /// If a bare word that could point into our memory is given to a request that takes a pointer.
    pub fn ptrace(&self, request: Request, pid: i32, addr: u64, data: Data<'_>) -> Result<i64, Errno> {
        self.go_on();
        let shown = self.journal.is_some().then(|| shown(&data));
        let mut data = data;
        let mut answer = match &mut data {
            Data::Word(word) => {
                let wild = |word: &u64| (FIRST_USER..LAST_USER).contains(word);
                let harmless = match request.shape() {
                    Shape::Word => request.0 != ARCH_PRCTL || ARCH_SET.contains(word) || !wild(&addr),
                    Shape::Pointer | Shape::Vector => !wild(word),
                };
                assert!(harmless, "{request} with {addr:#x} and {word:#x} could write anywhere");
                call(request, pid, addr, *word)
            }
            Data::Buffer(buffer) => call(request, pid, addr, buffer.as_mut_ptr() as u64),
            Data::Vector(buffer, length) => {
                let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: **length };
                assert!(**length <= buffer.len(), "the vector is longer than its buffer");
                let answer = call(request, pid, addr, (&raw mut vector) as u64);
                **length = vector.iov_len;
                answer
            }
        };
        self.tamper(request, pid, addr, &mut answer, data);
        self.note(pid, || {
            let addr = if addr == 0 { String::new() } else { format!(", {addr:#x}") };
            format!("{request}{addr}{} -> {}", shown.unwrap_or_default(), outcome(&answer))
        });
        answer
    }

    /// `PTRACE_PEEKSIGINFO`, the one request that takes two buffers.
    pub fn peek_siginfo(&self, pid: i32, args: &[u8; 16], found: &mut [u8]) -> Result<i64, Errno> {
        self.go_on();
        let mut answer = call(Request::PEEKSIGINFO, pid, args.as_ptr() as u64, found.as_mut_ptr() as u64);
        self.tamper(Request::PEEKSIGINFO, pid, 0, &mut answer, Data::Buffer(found));
        self.note(pid, || format!("PTRACE_PEEKSIGINFO -> {}", outcome(&answer)));
        answer
    }

    /// `PTRACE_ARCH_PRCTL`, the one request whose address is where the answer goes.
    #[cfg(target_arch = "x86_64")]
    pub fn arch_prctl(&self, pid: i32, code: u64, word: &mut [u8; 8]) -> Result<i64, Errno> {
        self.go_on();
        let mut answer = call(Request::ARCH_PRCTL, pid, word.as_mut_ptr() as u64, code);
        self.tamper(Request::ARCH_PRCTL, pid, code, &mut answer, Data::Buffer(word));
        self.note(pid, || format!("PTRACE_ARCH_PRCTL, {code:#x} -> {}", outcome(&answer)));
        answer
    }

    /// wait4(2) for one task, by its id.
    pub fn wait(&self, pid: i32, flags: i32) -> Result<Option<Status>, Errno> {
        self.go_on();
        let mut status = 0;
        // SAFETY: the status is ours.
        let waited = unsafe { libc::syscall(libc::SYS_wait4, pid, &raw mut status, flags, 0) };
        let answer = match waited {
            -1 => Err(Errno::last()),
            0 => Ok(None),
            _ => Ok(Some(Status(status))),
        };
        let answer = match self.consider("wait", pid, || vec![Fact::Waited(answer)]) {
            Some((_, Fact::Waited(lie))) => lie,
            _ => answer,
        };
        self.note(pid, || match &answer {
            Ok(Some(status)) => format!("wait -> status {status}"),
            Ok(None) => "wait -> nothing yet".to_owned(),
            Err(errno) => format!("wait -> {errno}"),
        });
        answer
    }

    /// waitid(2) with `P_PID`: the siginfo's `si_code` and `si_status`, if something was there.
    pub fn waitid(&self, pid: i32, flags: i32) -> Result<Option<(i32, i32)>, Errno> {
        self.go_on();
        // SAFETY: all zero bytes are a siginfo that says nothing happened.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: the siginfo is ours.
        let done = unsafe { libc::syscall(libc::SYS_waitid, libc::P_PID, pid, &raw mut info, flags, 0) };
        let answer = if done == -1 {
            Err(Errno::last())
        } else if info.si_signo == 0 {
            Ok(None)
        } else {
            // SAFETY: waitid fills the fields of a SIGCHLD.
            Ok(Some((info.si_code, unsafe { info.si_status() })))
        };
        let answer = match self.consider("waitid", pid, || vec![Fact::WaitedId(answer)]) {
            Some((_, Fact::WaitedId(lie))) => lie,
            _ => answer,
        };
        self.note(pid, || match &answer {
            Ok(Some((code, status))) => format!("waitid -> si_code {code}, si_status {status:#x}"),
            Ok(None) => "waitid -> nothing yet".to_owned(),
            Err(errno) => format!("waitid -> {errno}"),
        });
        answer
    }

    /// kill(2): a signal for the process.
    pub fn kill(&self, pid: i32, signal: Signal) -> Result<(), Errno> {
        self.go_on();
        // SAFETY: no memory is involved.
        let answer = if unsafe { libc::kill(pid, signal.0) } == 0 { Ok(()) } else { Err(Errno::last()) };
        let answer = self.sent("kill", pid, answer);
        self.note(pid, || format!("kill {signal} -> {answer:?}"));
        answer
    }

    /// tgkill(2): a signal for one thread of a process.
    pub fn tgkill(&self, process: i32, thread: i32, signal: Signal) -> Result<(), Errno> {
        self.go_on();
        // SAFETY: no memory is involved.
        let done = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal.0) };
        let answer = self.sent("tgkill", thread, if done == 0 { Ok(()) } else { Err(Errno::last()) });
        self.note(thread, || format!("tgkill {signal} -> {answer:?}"));
        answer
    }

    /// rt_sigqueueinfo(2), or with a thread rt_tgsigqueueinfo(2): a signal with this siginfo.
    pub fn queue(
        &self,
        process: i32,
        thread: Option<i32>,
        signal: Signal,
        bytes: &[u8; 128],
    ) -> Result<(), Errno> {
        let (number, info) = (signal.0, bytes.as_ptr());
        // SAFETY: the siginfo is read, and ours.
        let done = unsafe {
            match thread {
                None => libc::syscall(libc::SYS_rt_sigqueueinfo, process, number, info),
                Some(thread) => libc::syscall(libc::SYS_rt_tgsigqueueinfo, process, thread, number, info),
            }
        };
        let task = thread.unwrap_or(process);
        let answer = self.sent("sigqueue", task, if done == 0 { Ok(()) } else { Err(Errno::last()) });
        self.note(task, || format!("sigqueue {signal} -> {answer:?}"));
        answer
    }

    /// Lets the liar, if there is one, at the answer to a request.
    fn tamper(&self, request: Request, pid: i32, addr: u64, answer: &mut Result<i64, Errno>, data: Data<'_>) {
        let Some(liar) = &self.liar else { return };
        let (buffer, length): (&mut [u8], Option<&mut usize>) = match data {
            Data::Word(_) => (&mut [], None),
            Data::Buffer(buffer) => (buffer, None),
            Data::Vector(buffer, length) => (buffer, Some(length)),
        };
        let facts = lie::of_request(request, addr, *answer, buffer, length.as_deref().copied());
        falsify(liar.consider(&request.to_string(), pid, &facts), answer, buffer, length);
    }

    fn sent(&self, call: &'static str, pid: i32, answer: Result<(), Errno>) -> Result<(), Errno> {
        self.returned(call, pid, answer.map(|()| 0)).map(drop)
    }

    /// Lets the liar at what a call returned.
    pub(crate) fn returned(
        &self,
        call: &'static str,
        pid: i32,
        answer: Result<i64, Errno>,
    ) -> Result<i64, Errno> {
        match self.consider(call, pid, || vec![Fact::Done(call, answer)]) {
            Some((_, Fact::Done(_, lie))) => lie,
            _ => answer,
        }
    }

    /// Lets the liar at how much memory a call read, and at what it read there.
    pub(crate) fn was_read(
        &self,
        call: &'static str,
        pid: i32,
        answer: Result<i64, Errno>,
        buffer: &mut [u8],
    ) -> Result<i64, Errno> {
        let mut answer = answer;
        if let Some(liar) = &self.liar {
            let read = answer.map_or(0, |read| read as usize);
            let facts = lie::of_memory(call, answer, &buffer[..read]);
            falsify(liar.consider(call, pid, &facts), &mut answer, buffer, None);
        }
        answer
    }

    /// What the program reports of a step.
    pub fn step(&self, pid: i32, step: &str, result: Option<u64>) -> Option<u64> {
        self.go_on();
        match self.consider("the program", pid, || vec![Fact::Saw(step.to_owned(), result)]) {
            Some((_, Fact::Saw(_, lie))) => lie,
            _ => result,
        }
    }

    /// Other words that the program reports, with their names.
    pub fn words(&self, pid: i32, mut words: Vec<u64>, name: impl Fn(usize) -> Word) -> Vec<u64> {
        self.go_on();
        let facts = || words.iter().enumerate().map(|(at, &word)| Fact::Number(name(at), word)).collect();
        if let Some((at, Fact::Number(_, lie))) = self.consider("the program", pid, facts) {
            words[at] = lie;
        }
        words
    }

    /// Before each question, and each wait for something else: ends a scenario that has noticed a lie.
    ///
    /// It has looked at all of the false answer by then. What would follow is moot, and might wait for something
    /// that never happens.
    pub fn go_on(&self) {
        if self.liar.as_ref().is_some_and(Liar::is_noticed) {
            std::panic::resume_unwind(Box::new(Noticed));
        }
    }

    /// Which of these facts is a lie now, and what it says.
    pub(crate) fn consider(
        &self,
        question: &str,
        pid: i32,
        facts: impl FnOnce() -> Vec<Fact>,
    ) -> Option<(usize, Fact)> {
        let liar = self.liar.as_ref()?;
        let facts: Vec<_> = facts().into_iter().enumerate().collect();
        liar.consider(question, pid, &facts)
    }

    /// Does the harness's own work, whose answers are no case's.
    pub fn honestly<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.liar {
            Some(liar) => liar.honestly(work),
            None => work(),
        }
    }

    /// Adds a line about `pid` to the journal, if there is one.
    pub fn note(&self, pid: i32, line: impl FnOnce() -> String) {
        if let Some(journal) = &self.journal {
            journal.borrow_mut().push((pid, line()));
        }
    }

    /// Takes the journal: for each line the task it is about.
    pub fn take_journal(&self) -> Vec<(i32, String)> {
        self.journal.as_ref().map(RefCell::take).unwrap_or_default()
    }
}

/// Puts a lie in its place.
fn falsify(
    lie: Option<(Place, Fact)>,
    answer: &mut Result<i64, Errno>,
    buffer: &mut [u8],
    length: Option<&mut usize>,
) {
    match (lie, length) {
        (Some((Place::Answer, Fact::Done(_, lie))), _) => *answer = lie,
        (Some((Place::Bytes(place), Fact::Number(_, lie))), _) => lie::write(&mut buffer[place], lie),
        (Some((Place::Length, Fact::Number(_, lie))), Some(length)) => *length = lie as usize,
        _ => {}
    }
}

fn call(request: Request, pid: i32, addr: u64, data: u64) -> Result<i64, Errno> {
    // SAFETY: `data` is a word, or points to a buffer that the request's caller sized, see `Kernel::ptrace`.
    let answer = unsafe { libc::syscall(libc::SYS_ptrace, request.0, pid, addr, data) };
    if answer == -1 { Err(Errno::last()) } else { Ok(answer) }
}

fn shown(data: &Data<'_>) -> String {
    match data {
        Data::Word(0) => String::new(),
        Data::Word(word) => format!(", {word:#x}"),
        Data::Buffer(buffer) => format!(", buffer of {}", buffer.len()),
        Data::Vector(_, length) => format!(", iovec of {length}"),
    }
}

pub(crate) fn outcome(answer: &Result<i64, Errno>) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(errno) => errno.to_string(),
    }
}
