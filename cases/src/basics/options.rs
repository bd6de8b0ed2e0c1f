//! PTRACE_SETOPTIONS: what it takes, and that a second one replaces the first.

use super::{END, JUNK};
use crate::event_stops::axes::CHILD_ENDS;
use crate::event_stops::tasks::{TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::{At, Program};
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::tracee::Stopped;

const DATA: &str = "opt.set-from-data";
const ADDRESS: &str = "opt.addr-ignored";
const REPLACED: &str = "cmd.setoptions-replace";
const OLD_NUMBER: &str = "bug.setoptions-number";
const VALUES: &str = "uapi.option-values";

/// An event that a program can have without making a tracee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Fork,
    Vfork,
    Clone,
    Exec,
    VforkDone,
    Exit,
}

impl Axis for Asked {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("fork", Asked::Fork),
        ("vfork", Asked::Vfork),
        ("clone", Asked::Clone),
        ("exec", Asked::Exec),
        ("vforkdone", Asked::VforkDone),
        ("exit", Asked::Exit),
    ];
}

impl Asked {
    const fn event(self) -> Event {
        match self {
            Asked::Fork => Event::FORK,
            Asked::Vfork => Event::VFORK,
            Asked::Clone => Event::CLONE,
            Asked::Exec => Event::EXEC,
            Asked::VforkDone => Event::VFORK_DONE,
            Asked::Exit => Event::EXIT,
        }
    }

    /// What the program does to have it.
    fn deed(self, p: &mut Program) -> Option<At> {
        Some(match self {
            Asked::Fork => p.fork("child", short),
            Asked::Vfork | Asked::VforkDone => p.vfork("child", short),
            Asked::Clone => p.clone_task(0, "child", short),
            Asked::Exec => p.exec(ends),
            Asked::Exit => return None,
        })
    }
}

fn short(p: &mut Program) {
    p.exit_thread(CHILD_ENDS.into());
}

fn ends(p: &mut Program) {
    p.exit(3);
}

/// PTRACE_SETOPTIONS with an address, which is to be ignored.
fn set(t: &Stopped, mask: u32) {
    let answer = t.request(Request::SETOPTIONS, JUNK, Data::Word(mask.into()));
    t.check(ADDRESS, "PTRACE_SETOPTIONS", Ok(0), answer);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "options_replaced",
        title: "PTRACE_SETOPTIONS takes the whole mask from data and ignores the address: an option that is not named again is off.",
        clauses: &[DATA, ADDRESS, REPLACED, TRACED, END],
        options: 0,
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.fork("first", short);
            p.fork("second", short);
            p.exit(3);
        },
        scenario: |t| {
            set(&t, options::TRACEFORK | options::EXITKILL);
            let t = t.cont()?.expect(DATA, Stop::Event(Event::FORK))?;
            child_ends(to_first_stop(t.new_task("first")?)?)?;
            set(&t, options::TRACEEXIT | options::EXITKILL);
            let t = t.cont()?.expect(REPLACED, Stop::Event(Event::EXIT))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "option_is_a_shifted_event",
        title: "The option that asks for an event is 1 shifted by the event's number, which the wait status then has above its lower 16 bits.",
        clauses: &[VALUES, TRACED, END],
        axes: &[ANY_START, axis::<Asked>(&["fork", "vfork", "clone", "exec", "vforkdone", "exit"])],
        options: 0,
        program: |p| {
            let asked: Asked = p.pick();
            p.block(&[Signal::CHLD]);
            asked.deed(p);
            p.exit(3);
        },
        scenario: |t| {
            let event = t.pick::<Asked>()?.event();
            t.change_options(1 << event.0 | options::EXITKILL)?;
            let t = t.cont()?.expect(VALUES, Stop::Event(event))?;
            t.check(VALUES, "status", Status::stopped(libc::SIGTRAP, event), t.status);
            if matches!(event, Event::FORK | Event::VFORK | Event::CLONE) {
                child_ends(to_first_stop(t.new_task("child")?)?)?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "old_number_of_setoptions",
        title: "PTRACE_SETOPTIONS is 0x4200; the number 21, which it had before, sets options on x86_64 too, and is unknown to aarch64.",
        clauses: &[OLD_NUMBER, TRACED, END],
        options: 0,
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.fork("child", short);
            p.exit(3);
        },
        scenario: |t| {
            t.check(OLD_NUMBER, "number of PTRACE_SETOPTIONS", 0x4200, Request::SETOPTIONS.0);
            let set = |mask: u32| t.request(Request(21), 0, Data::Word((mask | options::EXITKILL).into()));
            let known = cfg!(target_arch = "x86_64");
            let answer = if known { Ok(0) } else { Err(Errno::EIO) };
            t.check(OLD_NUMBER, "request 21", answer, set(options::TRACEFORK));
            let unknown = if known { Errno::EINVAL } else { Errno::EIO };
            t.check(OLD_NUMBER, "request 21 with an unknown option", Err(unknown), set(1 << 31));
            let t = t.cont()?;
            let t = if known {
                let t = t.expect(OLD_NUMBER, Stop::Event(Event::FORK))?;
                child_ends(to_first_stop(t.new_task("child")?)?)?;
                t.cont()?
            } else {
                t
            };
            t.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
