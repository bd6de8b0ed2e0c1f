//! apt with a state of its own: lists, package database and archives in our cache, so that nothing of the
//! machine's changes and no right is needed.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use ptrace_conformance_harness::case::Arch;

use crate::exit::Misuse;

/// Debian's name of an architecture.
pub const fn debian(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "amd64",
        Arch::Aarch64 => "arm64",
    }
}

/// apt that keeps everything in one folder.
#[derive(Debug)]
pub struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// In this folder, with these sources; a change of the sources makes the lists old.
    pub fn new(folder: PathBuf, sources: &str) -> anyhow::Result<Apt> {
        for part in ["lists/partial", "archives/partial"] {
            let part = folder.join(part);
            fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
        }
        let apt = Apt { folder };
        fs::write(apt.folder.join("status"), "").context("cannot write apt's package database")?;
        if fs::read_to_string(apt.sources()).unwrap_or_default() != sources {
            fs::write(apt.sources(), sources).context("cannot write apt's sources")?;
            let _absent_at_first = fs::remove_file(apt.stamp());
        }
        Ok(apt)
    }

    fn sources(&self) -> PathBuf {
        self.folder.join("debian.sources")
    }

    /// Its time says when the lists were last read.
    pub fn stamp(&self) -> PathBuf {
        self.folder.join("updated")
    }

    /// Reads the package lists anew. What apt complains of is an error only if no list at all is there.
    pub fn update(&self) -> anyhow::Result<()> {
        let said = self.run("apt-get", &[OsStr::new("update")], Path::new("."));
        let lists = self.lists(Arch::X86_64)?.len() + self.lists(Arch::Aarch64)?.len();
        match said {
            Ok(_) => {}
            Err(error) if lists == 0 => return Err(error),
            Err(error) => anstream::eprintln!("note: not every package list could be read: {error:#}"),
        }
        fs::write(self.stamp(), "").context("cannot note when the package lists were read")
    }

    /// The package lists of an architecture that are there.
    pub fn lists(&self, arch: Arch) -> anyhow::Result<Vec<PathBuf>> {
        // By apt's names for them; asked for them, apt would read all of them first, for seconds.
        let of_arch = format!("_binary-{}_Packages", debian(arch));
        let entries = fs::read_dir(self.folder.join("lists")).context("cannot read apt's lists")?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut lists: Vec<_> = paths.filter(|path| path.to_string_lossy().ends_with(&of_arch)).collect();
        lists.sort();
        Ok(lists)
    }

    /// Downloads a package into this folder; apt checks it against the signed lists.
    pub fn download(&self, package: &str, arch: Arch, version: &str, into: &Path) -> anyhow::Result<PathBuf> {
        let wanted = format!("{package}:{}={version}", debian(arch));
        self.run("apt-get", &["download", &wanted].map(OsStr::new), into)?;
        let entries = fs::read_dir(into).context("cannot read the folder of the download")?;
        let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let deb = files.find(|file| file.extension().is_some_and(|extension| extension == "deb"));
        deb.with_context(|| format!("apt said it downloaded {wanted}, but there is no package"))
    }

    fn run(&self, tool: &str, words: &[&OsStr], folder: &Path) -> anyhow::Result<String> {
        let mut command = Command::new(tool);
        let place = |name: &str, path: PathBuf| format!("{name}={}", path.display());
        let both = format!("APT::Architectures={},{}", debian(Arch::X86_64), debian(Arch::Aarch64));
        let options = [
            place("Dir::Etc::sourcelist", self.sources()),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            place("Dir::State::lists", self.folder.join("lists")),
            place("Dir::State::status", self.folder.join("status")),
            place("Dir::Cache", self.folder.clone()),
            // Some container images turn this off, and every download then begins with seconds of reading.
            "Dir::Cache::pkgcache=pkgcache.bin".to_owned(),
            "Dir::Cache::srcpkgcache=srcpkgcache.bin".to_owned(),
            both,
            // Downloads are ours, not those of apt's own user.
            "APT::Sandbox::User=".to_owned(),
            "Acquire::Retries=3".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::GzipIndexes=false".to_owned(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
        ];
        command.args(options.iter().flat_map(|option| ["-o", option]));
        output(command.arg("-q").args(words).env("LC_ALL", "C").current_dir(folder))
    }
}

/// Unpacks a package into a folder.
pub fn unpack(deb: &Path, into: &Path) -> anyhow::Result<()> {
    output(Command::new("dpkg-deb").arg("-x").arg(deb).arg(into)).map(drop)
}

/// What a command printed, or why it failed in its own words.
fn output(command: &mut Command) -> anyhow::Result<String> {
    let tool = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::Error::new(Misuse(format!(
            "{tool} is not there, and Debian's kernels come through it; give images of your own with --kernel PATH"
        ))),
        _ => anyhow::Error::new(error).context(format!("cannot start {tool}")),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<_> = said.lines().filter(|line| !line.starts_with("W: ")).map(str::trim).collect();
    bail!("{tool} ended with {}: {}", output.status, complaints.join("; "))
}
