//! What can be seen at the event besides registers: /proc and the old memory.

use super::image::{END, ENDED, EXECS, IMAGE_ENDS, STOPS, asks_and_ends, executes, to_event};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::tracee::{Flow, Halt, Task};
use ptrace_conformance_harness::values::{Address, Word};
use std::fs::File;
use std::io::Error;
use std::os::unix::fs::FileExt as _;

/// The clause that says that no other thread is left at the event.
pub(super) const ALONE: &str = "exec.event-others-gone";
const NEW: &str = "exec.proc-new-image";
const OLD: &str = "exec.old-memory-file";
const GONE: &str = "execve.memory-gone";

/// A word of the program's own memory that nobody uses: on the stack of a task that there is not.
const PLACE: u64 = label::TASK + 7 * 4096;
const WRITTEN: u64 = 0x1234_5678_9abc_def0;

/// `AT_ENTRY` of the auxiliary vector.
const ENTRY: u64 = 9;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "proc_shows_the_new_image",
        title: "At the event /proc/PID/cmdline has the new image's arguments, and its auxiliary vector the entry point.",
        clauses: &[STOPS, NEW, END],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let before = read(&t, "cmdline")?;
            let t = to_event(t)?;
            // A number, by which the new image knows where its program begins.
            let arguments = read(&t, "cmdline")?;
            let number = arguments.split_last().is_some_and(|(_, text)| text.iter().all(u8::is_ascii_digit));
            t.check(NEW, "the arguments are the new ones", true, number && arguments != before);
            t.check(NEW, "entry point in the auxiliary vector", Address(label::START), Address(entry(&t)?));
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "memory_is_new",
        title: "What the tracer wrote to the old image is gone at the event; what it writes there the new image finds.",
        clauses: &[STOPS, GONE, END],
        options: EXECS,
        program: |p| {
            p.exec(|p| {
                p.load(PLACE);
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            t.set_memory(PLACE, &[!WRITTEN])?;
            let t = to_event(t)?;
            t.check(GONE, "word of the old image", Word(0), Word(t.memory(PLACE, 1)?[0]));
            t.set_memory(PLACE, &[WRITTEN])?;
            let t = t.cont()?.ends(END, ENDED)?;
            let saw = t.saw("load")?.map(Word);
            t.check(GONE, "word in the new image", Some(Word(WRITTEN)), saw);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "memory_file_of_the_old_image",
        title: "A file /proc/PID/mem that was opened before the execve gives the old image's memory, and nothing at the event; one opened there gives the new one's.",
        clauses: &[STOPS, OLD, GONE, END],
        options: EXECS,
        program: |p| {
            p.exec(asks_and_ends);
        },
        scenario: |t| {
            let file = memory_file(&t)?;
            t.set_memory(PLACE, &[WRITTEN])?;
            t.check(OLD, "word through the file, before", Some(Word(WRITTEN)), word_in(&file)?);
            let t = to_event(t)?;
            t.check(OLD, "word through the old file, at the event", None, word_in(&file)?);
            t.check(GONE, "word through a new file", Some(Word(0)), word_in(&memory_file(&t)?)?);
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// Checks that the task is its process's only one.
pub(super) fn check_alone(t: &Task) -> Flow {
    let list = std::fs::read_dir(format!("/proc/{}/task", t.pid)).map_err(broken)?;
    t.check(ALONE, "threads in /proc", 1, list.count() as u64);
    Ok(())
}

fn read(t: &Task, file: &str) -> Flow<Vec<u8>> {
    std::fs::read(format!("/proc/{}/{file}", t.pid)).map_err(broken)
}

fn entry(t: &Task) -> Flow<u64> {
    let vector = read(t, "auxv")?;
    let words: Vec<u64> = vector
        .chunks_exact(8)
        .map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        .collect();
    let entry = words.chunks_exact(2).find(|pair| pair[0] == ENTRY);
    entry.map(|pair| pair[1]).ok_or_else(|| Halt::Broken("no AT_ENTRY in /proc/PID/auxv".to_owned()))
}

fn memory_file(t: &Task) -> Flow<File> {
    File::open(format!("/proc/{}/mem", t.pid)).map_err(broken)
}

/// The word in the middle of a task's memory, or none if the file gives nothing.
fn word_in(file: &File) -> Flow<Option<Word>> {
    let mut bytes = [0; 8];
    let length = file.read_at(&mut bytes, PLACE).map_err(broken)?;
    Ok((length == bytes.len()).then(|| Word(u64::from_ne_bytes(bytes))))
}

fn broken(error: Error) -> Halt {
    Halt::Broken(format!("/proc: {error}"))
}
