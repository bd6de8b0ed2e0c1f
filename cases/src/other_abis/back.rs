//! A 32-bit program that executes the 64-bit one again.

use super::program::{EVENT, EXECUTED, IS_X86, Image, NEW, begin, inside, pass};
use super::view32::{self, VIEW};
use super::{END, ENTER, STOPS};
use ptrace_conformance_harness::abi::IMAGE_FD;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program32::Code;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, Pid, Return, Word};

const FORMER: &str = "opt.traceexec.msg-former-tid";
const BACK: &str = "abi.exec64-of-32";
const AT_ENTRY: &str = "exec.returns-at-entry";
const CALL: &str = "abi.call32";

/// execveat(2) of i386 and of AArch32.
const EXECVEAT: u32 = if IS_X86 { 358 } else { 387 };
/// The number that is shown behind it.
const NUMBER: u64 = if IS_X86 { Syscall::EXECVE.number } else { EXECVEAT as u64 };
/// The mask that the new program sets and is told.
const MASK: u64 = 0o77;

/// The program, and where in it the text is with which the 64-bit one is told how to begin.
fn image() -> (Image, u64) {
    let mut code = Code::default();
    let text = code.words(&[0, 0]);
    let none = code.words(&[0]);
    let arguments = code.words(&[text as u32, 0]);
    code.begins_here();
    let first = code.breakpoint();
    let args = [IMAGE_FD as u32, none as u32, arguments as u32, none as u32, libc::AT_EMPTY_PATH as u32, 0];
    let call = code.call(EXECVEAT, &args);
    let second = code.breakpoint();
    (Image { code, first, call, tells: call, second, number: EXECVEAT, args }, text)
}

pub(super) const CASES: &[Case] = &[Case {
    name: "executes_64_bits",
    title: "A 32-bit program that executes a 64-bit one comes to PTRACE_EVENT_EXEC with registers of 64 bits, and behind it makes calls of the 64-bit ABI.",
    clauses: &[EVENT, FORMER, NEW, VIEW, CALL, BACK, AT_ENTRY, STOPS, ENTER, END],
    program: |p| {
        let (image, text) = image();
        let file = image.code.file();
        let place = p.bytes(&file);
        p.entry(place + image.code.offset(text), |p| {
            p.call(Syscall::UMASK, &[MASK]);
            p.call(Syscall::UMASK, &[MASK]);
            p.exit(5);
        });
        p.exec_data(place, file.len());
    },
    scenario: |t| {
        let (image, _) = image();
        let (t, at) = begin(t, &image)?;
        let before = pass(&t, &at)?;
        let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        view32::check(&t, CALL, &inside(&before, image.number, &image.args, image.call))?;
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::EXEC))?;
        t.check(FORMER, "event message", Ok(Pid(t.pid)), t.message().map(|id| Pid(id as i32)));
        let registers = t.steady_registers(BACK)?;
        t.check(BACK, "ip", Address(label::START), Address(registers.ip()));
        let told = t.syscall_info();
        t.check(BACK, "arch", Ok(Word(arch::AUDIT_ARCH.into())), told.map(|told| Word(told.arch().into())));
        let number = if IS_X86 { registers.words[arch::NUMBER] } else { t.syscall_number()? };
        t.check(BACK, "number", NUMBER, number);
        let t = t.syscall()?.expect(AT_ENTRY, Stop::SyscallExit)?;
        t.check(AT_ENTRY, "result", Return(0), Return(t.steady_registers(AT_ENTRY)?.result()));
        let task = t.cont()?.ends(END, Gone::Exited(5))?;
        task.check_saw(BACK, "umask_2", Some(Return(MASK)))
    },
    ..EXECUTED
}];
