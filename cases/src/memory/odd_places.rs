//! Places of which one may doubt that they can be reached: behind the end of a file, sealed, closed by a key, or nothing
//! at all.

use super::place::{AT, END, SIZE, STOPS, WORD, map_anonymous, protect, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Arg;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Resume, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const BEHIND: &str = "mem.behind-end-of-file";
const SEALED: &str = "mem.poke-sealed";
const CLOSED: &str = "mem.protection-key";
const NO_MEMORY: &str = "proc.mem.no-mappings";

const STARTS: Dimension = axis::<Start>(&["traceme", "seize"]);
const RW: u64 = (libc::PROT_READ | libc::PROT_WRITE) as u64;

/// The same number on both architectures (include/uapi/asm-generic/unistd.h).
const MSEAL: Syscall = Syscall::numbered(462, "mseal");
const PKEY_ALLOC: Syscall = Syscall::numbered(libc::SYS_pkey_alloc as u64, "pkey_alloc");
const PKEY_MPROTECT: Syscall = Syscall::numbered(libc::SYS_pkey_mprotect as u64, "pkey_mprotect");
/// `PKEY_DISABLE_ACCESS` (include/uapi/asm-generic/mman-common.h).
const DISABLE_ACCESS: u64 = 1;

/// Whether the mapping of a file is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Private,
    Shared,
}

impl Axis for Kind {
    const VALUES: &'static [(&'static str, Self)] = &[("private", Kind::Private), ("shared", Kind::Shared)];
}

/// Where all addresses that a program can have end: at the same place whatever the size of tables.
const ALL: u64 = if cfg!(target_arch = "x86_64") { (1 << 47) - 4096 } else { 1 << 48 };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "behind_the_end_of_a_file",
        title: "A page of a mapping that lies behind the end of its file can be neither read nor written: PTRACE_PEEKDATA, PTRACE_POKEDATA and /proc/PID/mem fail with EIO, process_vm_readv and process_vm_writev with EFAULT.",
        clauses: &[STOPS, END, BEHIND],
        axes: &[STARTS, axis::<Kind>(&["private", "shared"])],
        program: |p| {
            let name = p.text("");
            let kind = match p.pick() {
                Kind::Private => libc::MAP_PRIVATE,
                Kind::Shared => libc::MAP_SHARED,
            };
            let file = p.call(Syscall::MEMFD_CREATE, &[name, 0]);
            p.call(Syscall::FTRUNCATE, &[file.into(), Arg::Word(SIZE)]);
            let flags = (kind | libc::MAP_FIXED) as u64;
            let [at, size, rights, flags, offset] = [AT, 2 * SIZE, RW, flags, 0].map(Arg::Word);
            p.call(Syscall::MMAP, &[at, size, rights, flags, file.into(), offset]);
            p.store(AT + SIZE - 8, WORD);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            for way in Through::ALL {
                let errno = if way == Through::Vm { Errno::EFAULT } else { Errno::EIO };
                let last = way.read(&t, &file, AT + SIZE - 8);
                t.check(BEHIND, &format!("last word by {}", way.read_name()), Ok(Some(Word(WORD))), last);
                t.check(BEHIND, way.read_name(), Err(errno), way.read(&t, &file, AT + SIZE));
                t.check(BEHIND, way.write_name(), Err(errno), way.write(&t, &file, AT + SIZE, WORD));
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "sealed_memory_is_written",
        title: "A mapping that mseal(2) has sealed may no more be made writable by its program, but PTRACE_POKEDATA, PTRACE_POKETEXT and /proc/PID/mem write to it as to any other that is only read.",
        clauses: &[STOPS, END, SEALED],
        axes: &[STARTS],
        program: |p| {
            map_anonymous(p, AT);
            p.store(AT, WORD);
            protect(p, AT, libc::PROT_READ);
            p.call(MSEAL, &[AT, SIZE, 0]);
            p.breakpoint();
            protect(p, AT, libc::PROT_READ | libc::PROT_WRITE);
            p.load(AT);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            has(&t, "mseal")?;
            let file = t.memory_file()?;
            let mut there = WORD;
            for way in Through::ALL {
                let forced = if way == Through::Vm { Err(Errno::EFAULT) } else { Ok(true) };
                t.check(SEALED, way.write_name(), forced, way.write(&t, &file, AT, there + 1));
                there += u64::from(forced.is_ok());
                t.check(SEALED, way.read_name(), Ok(Some(Word(there))), way.read(&t, &file, AT));
            }
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(SEALED, "mprotect_2", Some(Return::error(Errno::EPERM)))?;
            t.check(SEALED, "word that the program found", Some(Word(there)), t.saw("load")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "closed_memory_is_open_to_others",
        title: "A protection key that closes memory to its program does not close it to a tracer: every way reads and writes it.",
        clauses: &[STOPS, END, CLOSED],
        axes: &[STARTS],
        program: |p| {
            map_anonymous(p, AT);
            p.store(AT, WORD);
            let key = p.call(PKEY_ALLOC, &[0, DISABLE_ACCESS]);
            let [at, size, rights] = [AT, SIZE, RW].map(Arg::Word);
            p.call(PKEY_MPROTECT, &[at, size, rights, key.into()]);
            // The program itself may not: the kernel refuses to read a file's name there.
            p.call(Syscall::CHDIR, &[AT]);
            p.breakpoint();
            p.call(PKEY_MPROTECT, &[AT, SIZE, RW, 0]);
            p.load(AT);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            has(&t, "pkey_alloc")?;
            t.check_saw(CLOSED, "pkey_mprotect", Some(Return(0)))?;
            t.check_saw(CLOSED, "chdir", Some(Return::error(Errno::EFAULT)))?;
            let file = t.memory_file()?;
            let mut there = WORD;
            for way in Through::ALL {
                t.check(CLOSED, way.read_name(), Ok(Some(Word(there))), way.read(&t, &file, AT));
                there += 1;
                t.check(CLOSED, way.write_name(), Ok(true), way.write(&t, &file, AT, there));
            }
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check(CLOSED, "word that the program found", Some(Word(there)), t.saw("load")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "nothing_is_mapped",
        title: "A program that unmaps all of its memory gets SIGSEGV and is a tracee like any other: nothing can be read or written, and its files in /proc tell of no memory.",
        clauses: &[STOPS, END, NO_MEMORY],
        axes: &[STARTS],
        program: |p| {
            p.call(Syscall::MUNMAP, &[0, ALL]);
            p.exit(3);
        },
        scenario: |t| {
            let file = t.memory_file()?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::SEGV))?;
            for way in Through::ALL {
                let errno = if way == Through::Vm { Errno::EFAULT } else { Errno::EIO };
                t.check(NO_MEMORY, way.read_name(), Err(errno), way.read(&t, &file, AT));
                t.check(NO_MEMORY, way.write_name(), Err(errno), way.write(&t, &file, AT, WORD));
            }
            check_files(&t)?;
            t.resume(Resume::Cont, Signal::SEGV)?.ends(END, Gone::Killed(Signal::SEGV, false)).map(drop)
        },
        ..Case::NEW
    },
];

/// Skips if the kernel, or the processor, has not what this call asks for.
fn has(t: &Stopped, call: &str) -> Flow {
    let answer = t.unspecified("only whether there is one", |t| t.saw(call))?;
    match answer.and_then(Errno::of_result) {
        Some(errno) => Err(Halt::Skip(format!("{call} fails here with {errno}"))),
        None => Ok(()),
    }
}

/// The files that would show memory, or what is in it.
fn check_files(t: &Stopped) -> Flow {
    for name in ["maps", "cmdline", "environ"] {
        let text = t.proc_file(name)?;
        // The page of old system calls belongs to nobody.
        let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let left = lines.filter(|line| !line.ends_with(b"[vsyscall]")).count();
        t.check(NO_MEMORY, &format!("lines of {name}"), 0, left as u64);
    }
    Ok(())
}
