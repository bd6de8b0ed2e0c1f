//! Tags of addresses and of memory on aarch64.

use super::sets::{TRACED_EXEC, check_set, to_breakpoint, to_new_image};
use super::{END, STOPS};
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::feature::Feature;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, note, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Halt, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const CONTROL: &str = "mte.tagged-addr-ctrl";
const RESET: &str = "mte.exec-resets";
const REFUSED: &str = "arm64.tagged.bad-control";
const OWN: &str = "arm64.tagged.thread-scoped";
const ONLY: &str = "x86_64 has no such tags";
const SET: u64 = note::ARM_TAGGED_ADDR_CTRL;

/// `PR_GET_TAGGED_ADDR_CTRL`, and its answer where the kernel takes tagged addresses.
const GET_CONTROL: u64 = 56;
const ENABLED: u64 = 1;
/// Where a tag is in an address.
const TAG: u32 = 56;

/// By their numbers, which mean something else elsewhere.
const PEEK: Request = Request(33);
const POKE: Request = Request(34);

/// In the first page, where nothing is mapped.
const NOWHERE: u64 = 8;

/// The routines, one before and behind its breakpoint; aarch64 alone has them.
#[cfg(target_arch = "aarch64")]
const TAGGED: [u64; 2] = [label::TAGGED, label::TAGGED_1];
#[cfg(target_arch = "aarch64")]
const APART: u64 = label::APART;
#[cfg(target_arch = "x86_64")]
const TAGGED: [u64; 2] = [label::STEPPED; 2];
#[cfg(target_arch = "x86_64")]
const APART: u64 = label::STEPPED;

/// Where memory with tags is mapped, how much, and the right that gives it tags (asm/mman.h, `PROT_MTE`).
const AT: u64 = 0x2000_0000;
const SIZE: u64 = 0x1_0000;
const WITH_TAGS: u64 = 0x20;

fn map(p: &mut Program, at: u64, more: u64) {
    let rights = (libc::PROT_READ | libc::PROT_WRITE) as u64 | more;
    let kind = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as u64;
    p.call(Syscall::MMAP, &[at, SIZE, rights, kind, u64::MAX, 0]);
}

/// What the new task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Process,
    Thread,
}

impl Axis for Made {
    const VALUES: &'static [(&'static str, Self)] = &[("process", Made::Process), ("thread", Made::Thread)];
}

impl Made {
    const fn event(self) -> Event {
        match self {
            Made::Process => Event::FORK,
            Made::Thread => Event::CLONE,
        }
    }
}

const CHILD_ENDS: u8 = 5;

/// The new task: asks for its setting, and ends.
fn tells(p: &mut Program) {
    p.call(Syscall::PRCTL, &[GET_CONTROL, 0, 0, 0, 0]);
    p.exit_thread(CHILD_ENDS.into());
}

/// Reads so many tags.
fn peek(t: &Stopped, at: u64, tags: usize) -> Result<(usize, Vec<u8>), Errno> {
    let (mut buffer, mut length) = (vec![0xee; tags], tags);
    t.request(PEEK, at, Data::Vector(&mut buffer, &mut length))?;
    Ok((length, buffer))
}

fn poke(t: &Stopped, at: u64, tags: &[u8]) -> Result<usize, Errno> {
    let mut length = tags.len();
    t.request(POKE, at, Data::Vector(&mut tags.to_vec(), &mut length))?;
    Ok(length)
}

fn check_tags(t: &Stopped, clause: &str, at: u64, tags: &[u8]) {
    t.check(clause, "tags", Ok((tags.len(), tags.to_vec())), peek(t, at, tags.len()));
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "tagged_addresses_can_be_allowed",
        title: "NT_ARM_TAGGED_ADDR_CTRL is 0 in a new program; with 1 the kernel takes tagged addresses of the program, until the next execve(2).",
        clauses: &[STOPS, END, "opt.traceexec.stop", CONTROL, RESET, REFUSED],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        options: TRACED_EXEC,
        program: |p| {
            let address = Program::shared(0) | 0x2a << TAG;
            p.call(Syscall::RT_SIGPROCMASK, &[0, 0, address, 8]);
            p.raise(Signal::USR1);
            p.call(Syscall::RT_SIGPROCMASK, &[0, 0, address, 8]);
            p.call(Syscall::PRCTL, &[GET_CONTROL, 0, 0, 0, 0]);
            p.exec(|p| {
                p.call(Syscall::PRCTL, &[GET_CONTROL, 0, 0, 0, 0]);
                p.exit(3);
            });
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            check_set(&t, CONTROL, SET, &0_u64.to_ne_bytes());
            t.check(CONTROL, "length", Ok(8), t.set_regset(SET, &ENABLED.to_ne_bytes()));
            check_set(&t, CONTROL, SET, &ENABLED.to_ne_bytes());
            for bit in [40, 63] {
                let set = t.set_regset(SET, &u64::to_ne_bytes(1 << bit));
                t.check(REFUSED, &format!("bit {bit}"), Err(Errno::EINVAL), set);
                check_set(&t, REFUSED, SET, &ENABLED.to_ne_bytes());
            }
            let t = to_new_image(t)?;
            check_set(&t, RESET, SET, &0_u64.to_ne_bytes());
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(CONTROL, "rt_sigprocmask", Some(Return::error(Errno::EFAULT)))?;
            t.check_saw(CONTROL, "rt_sigprocmask_2", Some(Return(0)))?;
            t.check_saw(CONTROL, "prctl", Some(Return(ENABLED)))?;
            t.check_saw(RESET, "prctl_2", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "tagged_addresses_of_each_thread",
        title: "A new process or thread takes tagged addresses as its maker does, and from then on each has a setting of its own.",
        clauses: &[STOPS, END, EVENT, TRACED, CONTROL, OWN],
        axes: &[ANY_START, axis::<Made>(&["process", "thread"])],
        arches: &[Arch::Aarch64],
        only: ONLY,
        options: options::TRACESYSGOOD | options::TRACEFORK | options::TRACECLONE,
        program: |p| {
            p.block(&[Signal::CHLD]);
            match p.pick() {
                Made::Process => p.fork("child", tells),
                Made::Thread => p.thread("child", tells),
            };
            p.raise(Signal::USR1);
            p.call(Syscall::PRCTL, &[GET_CONTROL, 0, 0, 0, 0]);
            p.exit(3);
        },
        scenario: |t| {
            t.check(CONTROL, "length", Ok(8), t.set_regset(SET, &ENABLED.to_ne_bytes()));
            let event = t.pick::<Made>()?.event();
            let t = t.cont()?.expect(EVENT, Stop::Event(event))?;
            let child = to_first_stop(t.new_task("child")?)?;
            check_set(&child, OWN, SET, &ENABLED.to_ne_bytes());
            child.check(OWN, "length", Ok(8), child.set_regset(SET, &0_u64.to_ne_bytes()));
            check_set(&child, OWN, SET, &0_u64.to_ne_bytes());
            check_set(&t, OWN, SET, &ENABLED.to_ne_bytes());
            let child = child.cont()?.ends(END, Gone::Exited(CHILD_ENDS))?;
            child.check_saw(OWN, "prctl", Some(Return(0)))?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(OWN, "prctl_2", Some(Return(ENABLED)))
        },
        ..Case::NEW
    },
    Case {
        name: "tags_of_memory",
        title: "PTRACE_PEEKMTETAGS reads a byte for each 16 bytes of memory, from where the address is rounded down to; what PTRACE_POKEMTETAGS writes the program has.",
        clauses: &[
            STOPS,
            END,
            "mte.peek",
            "mte.poke",
            "mte.addr-aligned-down",
            "mte.iov-len-updated",
            "mte.pokedata-keeps-tags",
            "mte.efault",
            "arm64.mte-numbers",
        ],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Mte)],
        program: |p| {
            map(p, AT, WITH_TAGS);
            p.run(APART, &[AT | 1 << TAG, (AT + 32) | (2 << TAG)]);
            p.run(TAGGED[0], &[AT | 5 << TAG]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t, TAGGED[1])?;
            // QEMU 7.2 has one pair of tags for all of a page, QEMU 8.0 (28fb921f02ef) has one for each 32 bytes.
            if t.unspecified("only whether memory has tags of its own", |t| t.saw("apart"))? != Some(1) {
                return Err(Halt::Skip("the tags of this machine are not kept apart".to_owned()));
            }
            check_tags(&t, "mte.peek", AT, &[5, 0, 2, 0]);
            check_tags(&t, "mte.addr-aligned-down", AT + 15, &[5, 0]);
            check_tags(&t, "mte.addr-aligned-down", AT + 16, &[0]);
            t.check("mte.poke", "tags written", Ok(3), poke(&t, AT + 1, &[9, 10, 11]));
            check_tags(&t, "mte.poke", AT, &[9, 10, 11, 0]);
            // At the end of the mapping there are no more.
            let end = AT + SIZE - 32;
            t.check("mte.iov-len-updated", "tags written", Ok(2), poke(&t, end, &[1, 2, 3, 4]));
            let read = peek(&t, end, 4);
            t.check("mte.iov-len-updated", "tags", Ok((2, vec![1, 2, 0xee, 0xee])), read);
            check_tags(&t, "arm64.mte-numbers", AT, &[9, 10, 11, 0]);
            t.check("mte.pokedata-keeps-tags", "PTRACE_POKEDATA", Ok(()), t.poke(AT + 16, 7));
            t.check("mte.pokedata-keeps-tags", "word", Ok(7), t.peek(AT + 16));
            check_tags(&t, "mte.pokedata-keeps-tags", AT, &[9, 10, 11, 0]);
            for request in [PEEK, POKE] {
                let asked = t.request(request, AT, Data::Word(NOWHERE)).map(|_| ());
                t.check("mte.efault", "a vector that is not there", Err(Errno::EFAULT), asked);
            }
            check_tags(&t, "mte.efault", AT, &[9, 10, 11, 0]);
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            let tagged = t.saw("tagged")?.map(Word);
            t.check(
                "mte.poke",
                "address with the tag that the memory has",
                Some(Word(AT | 9 << TAG)),
                tagged,
            );
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "memory_without_tags",
        title: "Where nothing is mapped, or without PROT_MTE, PTRACE_PEEKMTETAGS and PTRACE_POKEMTETAGS fail with EIO.",
        clauses: &[STOPS, END, "mte.eio"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        needs: &[Need::Processor(Feature::Mte)],
        program: |p| {
            map(p, AT, 0);
            p.store(AT, 1);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            for at in [AT, AT + SIZE, 0] {
                t.check("mte.eio", "PTRACE_PEEKMTETAGS", Err(Errno::EIO), peek(&t, at, 2).map(|_| ()));
                t.check("mte.eio", "PTRACE_POKEMTETAGS", Err(Errno::EIO), poke(&t, at, &[1, 2]).map(|_| ()));
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "no_processor_with_tags",
        title: "Without memory tagging PTRACE_PEEKMTETAGS and PTRACE_POKEMTETAGS fail with EIO.",
        clauses: &[STOPS, END, "mte.no-mte-hw"],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: ONLY,
        program: |p| {
            map(p, AT, 0);
            p.store(AT, 1);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            if Feature::Mte.is_here() {
                return Err(Halt::Skip("this processor has memory tagging".to_owned()));
            }
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let (read, written) = (peek(&t, AT, 2).map(|_| ()), poke(&t, AT, &[1, 2]).map(|_| ()));
            t.check("mte.no-mte-hw", "PTRACE_PEEKMTETAGS", Err(Errno::EIO), read);
            t.check("mte.no-mte-hw", "PTRACE_POKEMTETAGS", Err(Errno::EIO), written);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
