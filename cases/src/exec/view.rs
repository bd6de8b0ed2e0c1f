//! What can be seen at the event besides registers: /proc and the old memory.

use super::image::{END, ENDED, EXECS, IMAGE_ENDS, STOPS, asks_and_ends, executes, to_event};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::remote_memory::MemoryFile;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Address, Word};

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
            let before = t.proc_file("cmdline")?;
            let t = to_event(t)?;
            // A number, by which the new image knows where its program begins.
            let arguments = t.proc_file("cmdline")?;
            let number = arguments.split_last().is_some_and(|(_, text)| text.iter().all(u8::is_ascii_digit));
            t.check(NEW, "the arguments are the new ones", true, number && arguments != before);
            let entry = Address(t.proc_auxiliary(ENTRY)?);
            t.check(NEW, "entry point in the auxiliary vector", Address(label::START), entry);
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
            let file = t.memory_file()?;
            t.set_memory(PLACE, &[WRITTEN])?;
            t.check(OLD, "word through the file, before", Ok(Some(Word(WRITTEN))), word_in(&file));
            let t = to_event(t)?;
            t.check(OLD, "word through the old file, at the event", Ok(None), word_in(&file));
            t.check(GONE, "word through a new file", Ok(Some(Word(0))), word_in(&t.memory_file()?));
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// Checks that the task is its process's only one.
pub(super) fn check_alone(t: &Task) -> Flow {
    t.check(ALONE, "threads in /proc", 1, t.proc_threads()?);
    Ok(())
}

/// The word in the middle of a task's memory, or none if the file gives nothing.
fn word_in(file: &MemoryFile) -> Result<Option<Word>, Errno> {
    let bytes = file.read(PLACE, 8)?;
    Ok(<[u8; 8]>::try_from(bytes).ok().map(|bytes| Word(u64::from_ne_bytes(bytes))))
}
