//! Memory that the kernel itself does not reach: memfd_secret(2).

use super::place::{AT, END, SIZE, STOPS, WORD, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Halt;
use ptrace_conformance_harness::values::Word;

const SECRET: &str = "mem.memfd-secret";
/// The same number on both architectures (include/uapi/asm-generic/unistd.h).
const MEMFD_SECRET: Syscall = Syscall::numbered(447, "memfd_secret");

fn program(p: &mut Program) {
    let file = p.call(MEMFD_SECRET, &[0]);
    p.call(Syscall::FTRUNCATE, &[file.into(), Arg::Word(SIZE)]);
    let rights = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let flags = (libc::MAP_SHARED | libc::MAP_FIXED) as u64;
    let [at, size, rights, flags, offset] = [AT, SIZE, rights, flags, 0].map(Arg::Word);
    p.call(Syscall::MMAP, &[at, size, rights, flags, file.into(), offset]);
    p.breakpoint();
    p.store(AT, WORD);
    p.breakpoint();
    p.load(AT);
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[Case {
    name: "secret_memory_is_out_of_reach",
    title: "Nobody but the program reads or writes memory of memfd_secret: PTRACE_PEEKDATA, PTRACE_POKEDATA and /proc/PID/mem fail with EIO, process_vm_readv and process_vm_writev with EFAULT.",
    clauses: &[STOPS, END, SECRET],
    axes: &[axis::<Start>(&["traceme", "seize"])],
    program,
    scenario: |t| {
        let t = to_breakpoint(t)?;
        // ENOSYS without CONFIG_SECRETMEM, or with secretmem.enable=0 as before 6.5.
        let file = t.unspecified("only whether there is one", |t| t.saw("memfd_secret"))?;
        if file.and_then(Errno::of_result).is_some() {
            return Err(Halt::Skip("there is no memfd_secret(2) on this kernel".to_owned()));
        }
        t.check(SECRET, "result of mmap", Some(Word(AT)), t.saw("mmap")?.map(Word));
        let t = to_breakpoint(t)?;
        let file = t.memory_file()?;
        for way in Through::ALL {
            let errno = if way == Through::Vm { Errno::EFAULT } else { Errno::EIO };
            t.check(SECRET, way.read_name(), Err(errno), way.read(&t, &file, AT));
            t.check(SECRET, way.write_name(), Err(errno), way.write(&t, &file, AT, !WORD));
        }
        let t = t.cont()?.ends(END, Gone::Exited(3))?;
        t.check(SECRET, "word that the program found", Some(Word(WORD)), t.saw("load")?.map(Word));
        Ok(())
    },
    ..Case::NEW
}];
