//! The suite's binary for the other architecture: built by cargo from the sources this program was
//! built from, with whichever toolchain can, or found beside this program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use ptrace_conformance_harness::case::Arch;
use serde::Deserialize;

use crate::exit::Misuse;

/// Where the sources were when this program was built.
const SOURCES: &str = env!("CARGO_MANIFEST_DIR");

/// The path of a fresh binary for this architecture.
pub fn build(arch: Arch) -> anyhow::Result<PathBuf> {
    let sources = Path::new(SOURCES);
    if !sources.join("src/vm/cross.rs").is_file() {
        return beside(arch).ok_or_else(|| Misuse(no_sources(arch)).into());
    }
    let toolchain = Toolchain::find(arch, &candidates()).ok_or_else(|| Misuse(no_toolchain(arch)))?;
    anstream::eprintln!("building the suite for {} ({})", arch.name(), toolchain.target);
    toolchain.build(sources)
}

/// How a binary for this architecture can be had: what builds it or where it is, or else what to do.
pub fn means(arch: Arch) -> Result<String, String> {
    if !Path::new(SOURCES).join("src/vm/cross.rs").is_file() {
        let found = beside(arch).ok_or_else(|| no_sources(arch))?;
        return Ok(found.display().to_string());
    }
    let toolchain = Toolchain::find(arch, &candidates()).ok_or_else(|| no_toolchain(arch))?;
    Ok(format!("{} builds for {}", toolchain.rustc.display(), toolchain.target))
}

/// A binary that was built or installed next to this one.
fn beside(arch: Arch) -> Option<PathBuf> {
    let here = std::env::current_exe().ok()?;
    let (folder, name) = (here.parent()?, env!("CARGO_PKG_NAME"));
    let profiles = folder.parent().into_iter().chain(folder.parent().and_then(Path::parent));
    let built = profiles.flat_map(|target| {
        targets(arch).into_iter().map(move |triple| target.join(triple).join("release").join(name))
    });
    std::iter::once(folder.join(format!("{name}-{}", arch.name()))).chain(built).find(|path| path.is_file())
}

/// Rust's names for static Linux on this architecture, the better tried first.
fn targets(arch: Arch) -> [String; 2] {
    ["gnu", "musl"].map(|libc| format!("{}-unknown-linux-{libc}", arch.name()))
}

/// A compiler that has a standard library for the target.
#[derive(Debug, PartialEq, Eq)]
struct Toolchain {
    rustc: PathBuf,
    target: String,
}

/// The compilers to look at: the user's choice or the usual one, then the distribution's.
fn candidates() -> Vec<PathBuf> {
    match std::env::var_os("RUSTC") {
        Some(chosen) => vec![chosen.into()],
        None => vec!["rustc".into(), "/usr/bin/rustc".into()],
    }
}

impl Toolchain {
    fn find(arch: Arch, compilers: &[PathBuf]) -> Option<Toolchain> {
        let all = compilers.iter().flat_map(|rustc| targets(arch).map(|target| (rustc, target)));
        let mut able = all.filter(|(rustc, target)| has_library(rustc, target));
        able.next().map(|(rustc, target)| Toolchain { rustc: rustc.clone(), target })
    }

    /// Builds, and asks cargo where the result is.
    fn build(&self, sources: &Path) -> anyhow::Result<PathBuf> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let name = env!("CARGO_PKG_NAME");
        let mut command = Command::new(cargo);
        command.current_dir(sources).env("RUSTC", &self.rustc).stdin(Stdio::null()).stderr(Stdio::inherit());
        command.args([
            "build",
            "--quiet",
            "--release",
            "--message-format=json-render-diagnostics",
            "--target",
        ]);
        command.args([self.target.as_str(), "--package", name, "--bin", name]);
        if let Some((variable, linker)) = self.linker() {
            command.env(variable, linker);
        }
        let shown = format!("RUSTC={} cargo build --release --target {}", self.rustc.display(), self.target);
        let output = command.output().with_context(|| format!("cannot start cargo for `{shown}`"))?;
        if !output.status.success() {
            bail!("`{shown}` in {} failed, see above; or give a binary with --suite FILE", sources.display());
        }
        executable(&output.stdout, name).with_context(|| format!("`{shown}` made no {name}"))
    }

    /// A linker where neither .cargo/config.toml nor the user names one: Rust's own for musl, which brings
    /// all there is to link, and the cross compiler under its usual name for x86_64.
    fn linker(&self) -> Option<(String, &'static str)> {
        let linker = match self.target.as_str() {
            "x86_64-unknown-linux-gnu" => "x86_64-linux-gnu-gcc",
            target if target.ends_with("-musl") => "rust-lld",
            _ => return None,
        };
        let variable = format!("CARGO_TARGET_{}_LINKER", self.target.replace('-', "_").to_uppercase());
        std::env::var_os(&variable).is_none().then_some((variable, linker))
    }
}

fn has_library(rustc: &Path, target: &str) -> bool {
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output();
    let Ok(answer) = asked else { return false };
    let libraries = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    let entries = std::fs::read_dir(libraries).into_iter().flatten().flatten();
    answer.status.success() && entries.into_iter().any(|entry| entry.file_name().to_str().is_some_and(is_std))
}

/// As much of cargo's messages as matters.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    let lines = messages.split(|&byte| byte == b'\n');
    let mut messages = lines.filter_map(|line| serde_json::from_slice::<Message>(line).ok());
    messages.find_map(|message| message.executable.filter(|_| message.target.is_some_and(|t| t.name == name)))
}

fn no_toolchain(arch: Arch) -> String {
    let (arch, debian, gcc) = match arch {
        Arch::X86_64 => ("x86_64", "amd64", "gcc-x86-64-linux-gnu"),
        Arch::Aarch64 => ("aarch64", "arm64", "gcc-aarch64-linux-gnu"),
    };
    format!(
        "no Rust toolchain here can build the suite for {arch}, and its guests need that; do one of\n  \
         rustup target add {arch}-unknown-linux-gnu   (and install a cross linker: {gcc})\n  \
         dpkg --add-architecture {debian} && apt update && apt install {gcc} rustc-web libstd-rust-web-dev:{debian}\n\
         or build it elsewhere and give it with --suite FILE"
    )
}

fn no_sources(arch: Arch) -> String {
    let [target, _] = targets(arch);
    format!(
        "a guest needs the suite's binary for {arch}, and neither that nor the suite's sources are \
         here; build it with `cargo build --release --target {target}` and give it with --suite FILE, or put \
         it beside this program as {name}-{arch}",
        arch = arch.name(),
        name = env!("CARGO_PKG_NAME"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A compiler that says its libraries are in that folder, whatever the target.
    fn compiler(folder: &Path, name: &str, libraries: &Path) -> PathBuf {
        let path = folder.join(name);
        crate::vm::tests::executable(&path, &format!("echo {}/$4", libraries.display()));
        path
    }

    #[test]
    fn the_first_toolchain_with_a_library_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("full/aarch64-unknown-linux-musl");
        std::fs::create_dir_all(&library).unwrap();
        std::fs::write(library.join("libstd-0123.rlib"), "").unwrap();
        let bare = compiler(folder.path(), "bare", &folder.path().join("empty"));
        let full = compiler(folder.path(), "full-rustc", &folder.path().join("full"));
        let absent = PathBuf::from("/nonexistent/rustc");

        assert_eq!(Toolchain::find(Arch::Aarch64, &[bare.clone(), absent.clone()]), None);
        let found = Toolchain::find(Arch::Aarch64, &[absent, bare, full.clone()]);
        let expected = Toolchain { rustc: full, target: "aarch64-unknown-linux-musl".to_owned() };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn cargo_says_where_the_binary_is() {
        let messages =
            br#"{"reason":"compiler-artifact","target":{"name":"build-script"},"executable":"/t/build"}
{"reason":"compiler-artifact","target":{"name":"ptrace-conformance"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"ptrace-conformance"},"executable":"/t/ptrace-conformance"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executable(messages, "ptrace-conformance"), Some("/t/ptrace-conformance".into()));
        assert_eq!(executable(messages, "other"), None);
        assert_eq!(executable(b"nonsense\n", "other"), None);
    }

    #[test]
    fn the_way_out_is_told() {
        insta::assert_snapshot!(no_toolchain(Arch::Aarch64), @r"
        no Rust toolchain here can build the suite for aarch64, and its guests need that; do one of
          rustup target add aarch64-unknown-linux-gnu   (and install a cross linker: gcc-aarch64-linux-gnu)
          dpkg --add-architecture arm64 && apt update && apt install gcc-aarch64-linux-gnu rustc-web libstd-rust-web-dev:arm64
        or build it elsewhere and give it with --suite FILE
        ");
        insta::assert_snapshot!(no_sources(Arch::Aarch64), @"a guest needs the suite's binary for aarch64, and neither that nor the suite's sources are here; build it with `cargo build --release --target aarch64-unknown-linux-gnu` and give it with --suite FILE, or put it beside this program as ptrace-conformance-aarch64");
    }
}
