//! What one may see of a task without opening its memory: /proc/PID/stat and wchan, its kernel stack, its timer slack,
//! where its pages are, and advice about them.

use super::ONE_START;
use super::answers::ALL;
use super::asker::{open_its_directory, waits};
use super::change::Change::{Capable, Dumpable};
use super::change::{ADMIN, Change, NICE, POWERLESS, PTRACE};
use super::pair::{Pair, has_asked, tasks};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::abi::{RECORD_ADDRESS, RECORD_SIZE};
use ptrace_conformance_harness::case::{Arch, Axis, Case, Need, Quirk, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Task};
use ptrace_conformance_harness::values::{Return, Word};
use ptrace_conformance_harness::version::Change as KernelChange;

const STAT: &str = "proc.stat.pt-fields-zero";
const ZEROED: &str = "access.noaudit-filters";
const WCHAN: &str = "proc.wchan.access";
const SLACK: &str = "proc.timerslack.access";
const STACK: &str = "proc.stack.access";
const PAGES: &str = "access.move-pages";
const ADVICE: &str = "access.process-madvise";

/// Who looks, and whether the other is dumpable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of {
    capabilities: u64,
    dumpable: bool,
}

impl Axis for Of {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("dumpable", Of { capabilities: 0, dumpable: true }),
        ("notdumpable", Of { capabilities: 0, dumpable: false }),
        ("nice", Of { capabilities: NICE, dumpable: true }),
        ("nicenotdumpable", Of { capabilities: NICE, dumpable: false }),
        ("admin", Of { capabilities: ADMIN, dumpable: true }),
        ("adminnotdumpable", Of { capabilities: ADMIN, dumpable: false }),
        ("tracer", Of { capabilities: PTRACE, dumpable: false }),
        ("tracerandadmin", Of { capabilities: PTRACE | ADMIN, dumpable: false }),
    ];
}

impl Of {
    const fn changes(self) -> (&'static [Change], &'static [Change]) {
        let target: &[Change] = if self.dumpable { &[POWERLESS] } else { &[POWERLESS, Dumpable(0)] };
        let asker: &[Change] = match self.capabilities {
            NICE => &[Capable(NICE)],
            ADMIN => &[Capable(ADMIN)],
            PTRACE => &[Capable(PTRACE)],
            0 => &[POWERLESS],
            _ => &[Capable(PTRACE | ADMIN)],
        };
        (asker, target)
    }

    const fn pair(self, clause: &'static str) -> Pair {
        let (asker, target) = self.changes();
        Pair { both: &[], asker, target, allowed: ALL, clause }
    }

    /// Whether it passes the access check.
    const fn passes(self) -> bool {
        self.dumpable || self.capabilities & PTRACE != 0
    }

    const fn has(self, capability: u64) -> bool {
        self.capabilities & capability != 0
    }
}

/// move_pages(2), process_madvise(2).
const MOVE_PAGES: Syscall = Syscall::numbered(libc::SYS_move_pages as u64, "move_pages");
const PROCESS_MADVISE: Syscall = Syscall::numbered(libc::SYS_process_madvise as u64, "process_madvise");
/// `MADV_COLD` (include/uapi/asm-generic/mman-common.h).
const COLD: u64 = 20;

/// Words of the program: what is read of wchan.
const SEEN: usize = 30;

/// Fields of /proc/PID/stat, from 1, that are for those who pass.
const PROTECTED: [usize; 9] = [28, 29, 30, 45, 46, 47, 48, 49, 50];
/// Those two that tell all others only that there is memory: startcode and endcode.
const CODE: [usize; 2] = [26, 27];

const ONE_NOT_ZERO: Quirk = Quirk {
    what: "startcode and endcode for who fails the check",
    observed: "[0x1, 0x1]",
    arches: Arch::ALL,
    since: KernelChange::at(5, 10),
    until: None,
    reason: "the two show 1, which tells that the task has memory, where the manual page has 0 for every protected field",
    source: "fs/proc/array.c: do_task_stat()",
    ends: "nothing: programs know a kernel thread by the 0",
    advice: "take 1 for unknown",
};

const ACCESS_ERROR: Quirk = Quirk {
    what: "process_madvise without the right to read",
    observed: "-EACCES",
    arches: Arch::ALL,
    since: KernelChange::at(5, 12),
    until: None,
    reason: "the error of mm_access() is passed on, where process_vm_readv turns it into EPERM",
    source: "mm/madvise.c: process_madvise(); kernel/fork.c: mm_access()",
    ends: "nothing so far",
    advice: "take EACCES for EPERM",
};

/// Opens a file of the other's directory.
fn open(p: &mut Program, directory: At, name: &str) -> At {
    let name = p.text(name);
    p.call(Syscall::OPENAT, &[Arg::from(directory), name.into(), Arg::Word(0)])
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "looks_at_stat",
        title: "For those who fail the access check /proc/PID/stat has 0 where it would tell addresses, and wchan is 0; timerslack_ns asks for CAP_SYS_NICE alone.",
        clauses: &[STAT, ZEROED, WCHAN, SLACK, END],
        quirks: &[ONE_NOT_ZERO],
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Of>(&["dumpable", "notdumpable", "nice", "nicenotdumpable", "tracer"])],
        program: |p| {
            let of: Of = p.pick();
            tasks(p, of.pair(STAT), |p, _| {
                waits(p);
                let directory = open_its_directory(p);
                let stat = open(p, directory, "stat");
                let place = [Program::area(0), 512].map(Arg::Word);
                p.call(READ_STAT, &[stat.into(), place[0], place[1]]);
                let wchan = open(p, directory, "wchan");
                p.call(Syscall::READ, &[wchan.into(), Arg::Word(Program::shared(SEEN)), Arg::Word(2)]);
                let slack = open(p, directory, "timerslack_ns");
                p.call(Syscall::READ, &[slack.into(), Arg::Word(Program::area(1)), Arg::Word(1)]);
            });
        },
        scenario: |t| {
            let of: Of = t.pick()?;
            has_asked(t, of.pair(STAT), |t, _| {
                check_stat(t, of)?;
                check_wchan(t, of)?;
                let slack = if of.has(NICE) { Return(1) } else { Return::error(Errno::EPERM) };
                t.check_saw(SLACK, "read_2", Some(slack))
            })
        },
        ..Case::NEW
    },
    Case {
        name: "looks_at_the_kernel_stack",
        title: "/proc/PID/stack opens and refuses to be read: EACCES without CAP_SYS_ADMIN, and EPERM with it for those who fail the access check.",
        clauses: &[STACK, END],
        needs: &[Need::Root],
        axes: &[
            ONE_START,
            axis::<Of>(&["dumpable", "notdumpable", "admin", "adminnotdumpable", "tracer", "tracerandadmin"]),
        ],
        program: |p| {
            let of: Of = p.pick();
            tasks(p, of.pair(STACK), |p, _| {
                waits(p);
                let directory = open_its_directory(p);
                let stack = open(p, directory, "stack");
                p.call(Syscall::READ, &[stack.into(), Arg::Word(Program::shared(SEEN)), Arg::Word(1)]);
            });
        },
        scenario: |t| {
            let of: Of = t.pick()?;
            if !std::path::Path::new("/proc/self/stack").exists() {
                return Err(Halt::Skip("there is no /proc/PID/stack without CONFIG_STACKTRACE".to_owned()));
            }
            has_asked(t, of.pair(STACK), |t, _| {
                t.check_saw(STACK, "openat_2", Some(Return(1)))?;
                let read = match (of.has(ADMIN), of.passes()) {
                    (false, _) => Return::error(Errno::EACCES),
                    (true, false) => Return::error(Errno::EPERM),
                    (true, true) => Return(1),
                };
                t.check_saw(STACK, "read", Some(read))
            })
        },
        ..Case::NEW
    },
    Case {
        name: "looks_at_pages",
        title: "move_pages tells where the pages are of a task that the caller may read, and fails with EPERM for others; process_madvise needs CAP_SYS_NICE besides.",
        clauses: &[PAGES, ADVICE, END],
        quirks: &[ACCESS_ERROR],
        needs: &[Need::Root, Need::Kernel(5, 12)],
        axes: &[ONE_START, axis::<Of>(&["dumpable", "notdumpable", "nice", "nicenotdumpable", "tracer"])],
        program: |p| {
            let of: Of = p.pick();
            tasks(p, of.pair(PAGES), |p, other| {
                waits(p);
                let (page, vector) = (p.data(&[RECORD_ADDRESS]), p.data(&[RECORD_ADDRESS, RECORD_SIZE]));
                let place = Program::shared(SEEN);
                let words = [1, page, 0, place, 0].map(Arg::Word);
                p.call(MOVE_PAGES, &[[Arg::from(other)].as_slice(), &words].concat());
                let file = p.call(Syscall::PIDFD_OPEN, &[Arg::from(other), 0.into()]);
                let words = [vector, 1, COLD, 0].map(Arg::Word);
                p.call(PROCESS_MADVISE, &[[Arg::from(file)].as_slice(), &words].concat());
            });
        },
        scenario: |t| {
            let of: Of = t.pick()?;
            has_asked(t, of.pair(PAGES), |t, _| check_pages(t, of))
        },
        ..Case::NEW
    },
];

const READ_STAT: Syscall = Syscall::numbered(libc::SYS_read as u64, "read_stat");

fn check_stat(t: &Task, of: Of) -> Flow {
    t.check_saw(ZEROED, "openat_2", Some(Return(1)))?;
    let length = t.unspecified("the length of numbers", |t| t.saw("read_stat"))?;
    t.check(STAT, "stat is read", true, length.is_some_and(|length| (1..512).contains(&length)));
    let text = t.unspecified("numbers that vary", |t| t.area(0, 512));
    let text = String::from_utf8_lossy(&text);
    let behind_name = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let fields: Vec<u64> =
        behind_name.split_whitespace().map(|field| field.parse().unwrap_or_default()).collect();
    // Behind the name comes field 3.
    let of_numbers = |numbers: &[usize]| -> Vec<u64> {
        numbers.iter().map(|number| fields.get(number - 3).copied().unwrap_or_default()).collect()
    };
    let (code, protected) = (of_numbers(&CODE), of_numbers(&PROTECTED));
    if of.passes() {
        t.check(STAT, "startcode and endcode are there", true, code.iter().all(|&field| field > 1));
        t.check(STAT, "startstack is there", true, protected[0] != 0);
        return Ok(());
    }
    let words = |fields: Vec<u64>| -> Vec<Word> { fields.into_iter().map(Word).collect() };
    t.check(STAT, ONE_NOT_ZERO.what, words(vec![0; 2]), words(code));
    t.check(ZEROED, "fields for who fails the check", words(vec![0; 9]), words(protected));
    Ok(())
}

/// A zero alone. For who passes it is a name, but only while the other sleeps, which nothing here can hold it to.
fn check_wchan(t: &Task, of: Of) -> Flow {
    if !of.passes() {
        t.check_saw(WCHAN, "read", Some(Return(1)))?;
        t.check(WCHAN, "what wchan has", Word(u64::from(b'0')), Word(t.word(SEEN)));
    }
    Ok(())
}

fn check_pages(t: &Task, of: Of) -> Flow {
    let answer = t.unspecified("only whether there is one", |t| t.saw("move_pages"))?;
    if answer.and_then(Errno::of_result) == Some(Errno::ENOSYS) {
        return Err(Halt::Skip("there is no move_pages(2) without CONFIG_NUMA".to_owned()));
    }
    let told = if of.passes() { Return(0) } else { Return::error(Errno::EPERM) };
    t.check_saw(PAGES, "move_pages", Some(told))?;
    let advised = t.saw("process_madvise")?.map(Return);
    let (what, expected) = match (of.passes(), of.has(NICE)) {
        (false, _) => (ACCESS_ERROR.what, Return::error(Errno::EPERM)),
        (true, false) => ("process_madvise without CAP_SYS_NICE", Return::error(Errno::EPERM)),
        (true, true) => ("process_madvise", Return(RECORD_SIZE)),
    };
    t.check(ADVICE, what, Some(expected), advised);
    Ok(())
}
