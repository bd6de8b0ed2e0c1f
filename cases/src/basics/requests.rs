//! Requests that only look or write: they return 0, and the tracee stays where it is.

use super::{END, to_breakpoint};
use ptrace_conformance_harness::answers::SIGINFO_SIZE;
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, options};
use ptrace_conformance_harness::status::{Gone, Status};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const ZERO: &str = "ret.zero-otherwise";
const LIST: &str = "cmd.informational-list";
const STAYS: &str = "cmd.informational-keep-stopped";
const MESSAGE: &str = "cmd.eventmsg-random";
const RAW: &str = "clib.peek-raw-abi";
const ALL_ONES: &str = "ret.peek-minus-one";
const ERROR: &str = "ret.error-minus-one";
const WHOLE_WORD: &str = "cmd.arg-order";
const UNASSIGNED: &str = "uapi.range-reserved";
const NOT_HERE: &str = "setsyscall.unsupported-native";

/// A word of the program's that is known.
const KNOWN: u64 = 0x1122_3344_5566_7788;
/// In the range of the requests that every architecture has, and given to none of them.
const FREE: [u64; 2] = [0x42f0, 0x4300];
/// `PTRACE_SET_SYSCALL` of 32-bit Arm.
const SET_SYSCALL: u64 = 23;
/// Far from every mapping of the tracee, and of its own half of the addresses.
const NOWHERE: u64 = 0x7000_0000_0000;

/// A breakpoint with a known word and one of all bits set.
fn two_words(p: &mut Program) {
    p.store(Program::shared(0), KNOWN);
    p.store(Program::shared(1), u64::MAX);
    p.breakpoint();
    p.exit(3);
}

/// The raw PTRACE_PEEKDATA: its result, and the word that it stored.
fn peek(t: &Stopped, request: Request, address: u64) -> (Result<i64, Errno>, u64) {
    let mut word = [0; 8];
    let answer = t.request(request, address, Data::Buffer(&mut word));
    (answer, u64::from_ne_bytes(word))
}

/// What they tell.
#[derive(PartialEq, Eq)]
struct Told {
    registers: Registers,
    siginfo: [u8; SIGINFO_SIZE],
    message: [u8; 8],
}

/// Each informational request that both architectures have, once, each write with what was read.
fn ask_all(t: &Stopped) -> Flow<Told> {
    let address = Program::shared(0);
    for request in [Request::PEEKTEXT, Request::PEEKDATA] {
        let (answer, word) = peek(t, request, address);
        t.check(LIST, &request.to_string(), Ok(0), answer);
        t.check(LIST, "word", Word(KNOWN), Word(word));
    }
    for request in [Request::POKETEXT, Request::POKEDATA] {
        t.check(LIST, &request.to_string(), Ok(0), t.request(request, address, Data::Word(KNOWN)));
    }
    let registers = t.steady_registers(LIST)?;
    t.set_registers(&registers)?;
    let mut siginfo = [0; SIGINFO_SIZE];
    for request in [Request::GETSIGINFO, Request::SETSIGINFO] {
        t.check(LIST, &request.to_string(), Ok(0), t.request(request, 0, Data::Buffer(&mut siginfo)));
    }
    let mut message = [0; 8];
    let answer = t.request(Request::GETEVENTMSG, 0, Data::Buffer(&mut message));
    t.check(MESSAGE, "PTRACE_GETEVENTMSG", Ok(0), answer);
    let mask = (options::TRACESYSGOOD | options::EXITKILL).into();
    t.check(ZERO, "PTRACE_SETOPTIONS", Ok(0), t.request(Request::SETOPTIONS, 0, Data::Word(mask)));
    Ok(Told { registers, siginfo, message })
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "tracee_stays_stopped",
        title: "The requests that look or write return 0, report nothing and leave the tracee in its stop, at which they can be repeated.",
        clauses: &[super::STOPS, LIST, MESSAGE, ZERO, STAYS, END],
        program: two_words,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let first = ask_all(&t)?;
            t.check(STAYS, "another report", Ok(None::<Status>), t.poll_id(t.pid as u64));
            t.check(STAYS, "State", "t".to_owned(), t.proc_status()?.state.to_string());
            t.check(STAYS, "they tell the same again", true, first == ask_all(&t)?);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "raw_peek",
        title: "The system call stores the peeked word at data and returns 0, also for a word of all bits set; an error returns as such and stores nothing.",
        clauses: &[super::STOPS, RAW, ALL_ONES, ERROR, END],
        program: two_words,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let (answer, word) = peek(&t, Request::PEEKDATA, Program::shared(0));
            t.check(RAW, "PTRACE_PEEKDATA", Ok(0), answer);
            t.check(RAW, "word", Word(KNOWN), Word(word));
            let (answer, word) = peek(&t, Request::PEEKDATA, Program::shared(1));
            t.check(ALL_ONES, "PTRACE_PEEKDATA of all bits", Ok(0), answer);
            t.check(ALL_ONES, "word of all bits", Word(u64::MAX), Word(word));
            let (answer, word) = peek(&t, Request::PEEKDATA, NOWHERE);
            t.check(ERROR, "PTRACE_PEEKDATA of nothing", Err(Errno::EIO), answer);
            t.check(ERROR, "word of nothing", Word(0), Word(word));
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "unknown_requests",
        title: "A request is a whole word: with upper bits set it is unknown, as are unassigned numbers of the common range and PTRACE_SET_SYSCALL: EIO, and nothing happens.",
        clauses: &[super::STOPS, WHOLE_WORD, UNASSIGNED, NOT_HERE, END],
        program: two_words,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            for request in [Request::CONT, Request::KILL, Request::PEEKDATA] {
                let far = Request(request.0 | 1 << 32);
                let answer = t.request(far, 0, Data::Word(0));
                t.check(WHOLE_WORD, &format!("{request} with bit 32"), Err(Errno::EIO), answer);
            }
            for number in FREE {
                let answer = t.request(Request(number), 0, Data::Word(0));
                t.check(UNASSIGNED, &format!("request {number:#x}"), Err(Errno::EIO), answer);
            }
            let answer = t.request(Request(SET_SYSCALL), 0, Data::Word(0));
            t.check(NOT_HERE, "request 23", Err(Errno::EIO), answer);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
