//! Memory of tasks that run, that nobody traces, or that have none any more.

use super::place::{AT, END, STOPS, WORD, map_anonymous, to_breakpoint};
use super::through::Through;
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

const WITHOUT_TRACE: &str = "pvm.access-not-tracer";
const RUNNING: &str = "err.esrch-not-stopped";
const NO_TASK: &str = "pvm.esrch";
const NO_MEMORY: &str = "proc.mem.no-memory";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "memory_of_a_running_tracee",
        title: "While the tracee runs PTRACE_PEEKDATA and PTRACE_POKEDATA fail with ESRCH; process_vm_readv, process_vm_writev and /proc/PID/mem work.",
        clauses: &[STOPS, END, RUNNING, "pvm.read", "pvm.write", "proc.mem.read", "proc.mem.write"],
        axes: &[ANY_START],
        program: |p| {
            map_anonymous(p, AT);
            p.store(AT, WORD);
            p.breakpoint();
            p.await_word(Program::shared(0));
            p.load(AT);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let file = t.memory_file()?;
            let t = t.cont()?;
            for way in [Through::Data, Through::Text] {
                t.check(RUNNING, way.read_name(), Err(Errno::ESRCH), way.read(&t, &file, AT));
                t.check(RUNNING, way.write_name(), Err(Errno::ESRCH), way.write(&t, &file, AT, 1));
            }
            let mut there = WORD;
            for (way, read, written) in
                [(Through::File, "proc.mem.read", "proc.mem.write"), (Through::Vm, "pvm.read", "pvm.write")]
            {
                t.check(read, way.read_name(), Ok(Some(Word(there))), way.read(&t, &file, AT));
                there += 1;
                t.check(written, way.write_name(), Ok(true), way.write(&t, &file, AT, there));
            }
            t.set_word(0, 1);
            let t = t.ends(END, Gone::Exited(3))?;
            t.check("pvm.write", "word that the program found", Some(Word(there)), t.saw("load")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "memory_without_trace",
        title: "process_vm_readv, process_vm_writev and /proc/PID/mem need no trace: they reach a task that the tracer only might attach to. Of a zombie, which has no memory, process_vm_readv says ESRCH, and a file that was opened before reads as empty.",
        clauses: &[STOPS, END, WITHOUT_TRACE, NO_TASK, NO_MEMORY],
        program: |p| {
            p.block(&[Signal::CHLD]);
            map_anonymous(p, AT);
            p.store(AT, WORD);
            p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.load(AT);
                p.exit(4);
            });
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let child = t.made("fork", "child")?;
            let file = child.memory_file()?;
            let mut there = WORD;
            for way in [Through::File, Through::Vm] {
                let read = way.read(&child, &file, AT);
                child.check(WITHOUT_TRACE, way.read_name(), Ok(Some(Word(there))), read);
                there += 1;
                let written = way.write(&child, &file, AT, there);
                child.check(WITHOUT_TRACE, way.write_name(), Ok(true), written);
            }
            child.set_word(0, 1);
            child.await_state(&['Z'])?;
            let found = child.saw("load")?.map(Word);
            child.check(WITHOUT_TRACE, "word that the program found", Some(Word(there)), found);
            let read = child.vm_read(&[8], &[(AT, 8)]).0;
            child.check(NO_TASK, "process_vm_readv of a zombie", Err(Errno::ESRCH), read);
            let written = child.vm_write(&[0; 8], &[8], &[(AT, 8)]);
            child.check(NO_TASK, "process_vm_writev of a zombie", Err(Errno::ESRCH), written);
            let read = file.read(AT, 8);
            child.check(
                NO_MEMORY,
                "length that the old file of a zombie gives",
                Ok(0),
                read.map(|bytes| bytes.len()),
            );
            t.cont()?.ends(END, Gone::Exited(3))?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];
