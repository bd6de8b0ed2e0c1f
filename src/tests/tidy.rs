//! Rules about the source tree itself.
#![expect(clippy::unwrap_used, reason = "a tree that cannot be read is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file of the workspace.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "cases", "harness"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 40, "the tree has not been found");
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Fails with the files that break a rule.
fn check(rule: &str, keeps: impl Fn(&Path, &str) -> bool) {
    let breaking: Vec<_> =
        sources().into_iter().filter(|path| !keeps(path, &fs::read_to_string(path).unwrap())).collect();
    assert!(breaking.is_empty(), "{rule}: {breaking:#?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    check("a file begins with its purpose, `//!`", |_, text| text.starts_with("//! "));
}

#[test]
fn no_file_is_long() {
    check("at most 600 lines", |_, text| text.lines().count() <= 600);
}

#[test]
fn cases_neither_sleep_nor_wait_for_just_any_child() {
    let bad = ["thread::sleep", "libc::", "waitpid", "Instant", ".unwrap()", "panic!"];
    // A clause's name, and the one case that holds a time the kernel tells against the time that has passed.
    let clause = "stop.signal.reported-via-waitpid";
    let times = |path: &Path, word: &str| word == "Instant" && path.ends_with("restart/suppressed.rs");
    check("a case synchronises on stops of known tasks and gives up in order", |path, text| {
        let a_case =
            path.components().any(|part| part.as_os_str() == "cases") && !path.ends_with("registry.rs");
        // Constants of the C library are welcome, its functions are not.
        let text = text.replace(clause, "");
        let calls = |word: &str| text.contains(word) && (word != "libc::" || calls_libc(&text));
        !a_case || !bad.iter().any(|word| calls(word) && !times(path, word))
    });
}

fn calls_libc(text: &str) -> bool {
    text.split("libc::").skip(1).any(|rest| {
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        rest[name.len()..].starts_with('(') && name.chars().any(|c| c.is_ascii_lowercase())
    })
}

#[test]
fn both_architectures_have_the_same_names() {
    let names = |arch: &str, folder: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(arch).with_extension("rs");
        let text = fs::read_to_string(path).unwrap();
        let mut names: Vec<_> = text.lines().filter_map(public_name).map(str::to_owned).collect();
        names.sort();
        names
    };
    for folder in ["harness/src/arch", "harness/tracee/src"] {
        assert!(!names("x86_64", folder).is_empty());
        assert_eq!(names("x86_64", folder), names("aarch64", folder), "{folder}");
    }
}

/// The name of a public constant or function at this line.
fn public_name(line: &str) -> Option<&str> {
    let item = line.trim_start().strip_prefix("pub").map(|rest| rest.trim_start_matches("(crate)"))?;
    let words = item
        .trim_start()
        .split([' ', '(', ':', '<'])
        .filter(|word| !["const", "unsafe", "extern"].contains(word));
    words.skip_while(|word| *word == "fn").find(|word| !word.is_empty())
}

#[test]
fn unsafe_code_stays_where_it_is_known() {
    const KNOWN: &[&str] = &[
        "harness/src/edge.rs",
        "harness/src/feature.rs",
        "harness/src/hardware.rs",
        "harness/src/image.rs",
        "harness/src/kernel.rs",
        "harness/src/other_abis.rs",
        "harness/src/process.rs",
        "harness/src/remote_memory.rs",
        "harness/src/spawn.rs",
        "harness/src/teardown.rs",
        "harness/src/waiting.rs",
        "harness/tests/workers/os.rs",
        "harness/tracee/src/main.rs",
        "src/bench/cost.rs",
        "src/vm/guest.rs",
    ];
    check("unsafe code is opened in these files only", |path, text| {
        let opens = text.contains("expect(unsafe_code") || text.contains("allow(unsafe_code");
        !opens || KNOWN.iter().any(|known| path.ends_with(known)) || path.ends_with("src/tests/tidy.rs")
    });
}
