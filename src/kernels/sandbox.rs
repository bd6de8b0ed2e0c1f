//! gVisor's `runsc`, taken from Debian as kernels are.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use ptrace_conformance_harness::case::Arch;

use super::{Archive, apt, cache_folder, packages, version};
use crate::exit::Misuse;

/// The package, and its program.
const RUNSC: &str = "runsc";

impl Archive {
    /// The newest `runsc` in the cache, else the archive's for this machine's release of Debian.
    ///
    /// # Errors
    ///
    /// If there is none in the cache and the archive cannot give one.
    pub fn runsc(&self) -> anyhow::Result<PathBuf> {
        let _lock = self.store.lock()?;
        let folder = cache_folder()?.join(RUNSC);
        if let Some(known) = newest_in(&folder) {
            return Ok(known);
        }
        let Some(apt) = &self.apt else {
            bail!(Misuse("runsc is not in the cache, and only the cache is used".to_owned()));
        };
        let version = self.runsc_version()?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let work = tempfile::Builder::new().prefix(".fetch-").tempdir_in(&folder);
        let work = work.context("cannot make a folder in the cache")?;
        let tree = work.path().join("tree");
        apt::unpack(&apt.download(RUNSC, Arch::HERE, &version, work.path())?, &tree)?;
        let place = folder.join(&version);
        fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
        let runsc = place.join(RUNSC);
        fs::rename(tree.join("usr/bin").join(RUNSC), &runsc).context("there is no runsc in its package")?;
        Ok(runsc)
    }

    fn runsc_version(&self) -> anyhow::Result<String> {
        let mut versions = Vec::new();
        for list in self.lists(Arch::HERE)? {
            let text = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
            versions.extend(packages::versions(text.as_slice(), RUNSC)?);
        }
        suitable(versions, &release()).context("the archive has no runsc for this architecture")
    }
}

/// The newest `runsc` in this cache, which is only looked at.
pub fn cached_runsc(cache: &std::path::Path) -> Option<PathBuf> {
    newest_in(&cache.join(RUNSC))
}

fn newest_in(folder: &std::path::Path) -> Option<PathBuf> {
    let versions =
        fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut versions: Vec<_> = versions.filter(|name| folder.join(name).join(RUNSC).is_file()).collect();
    versions.sort_by(|a, b| version::compare(a, b));
    versions.pop().map(|version| folder.join(version).join(RUNSC))
}

/// The newest backport to this release, else the newest of all: builds for later releases have been seen to crash.
fn suitable(mut versions: Vec<String>, release: &str) -> Option<String> {
    versions.sort_by(|a, b| version::compare(a, b));
    let backport = format!("~bpo{release}+");
    let ours = versions.iter().rev().find(|version| !release.is_empty() && version.contains(&backport));
    ours.or(versions.last()).cloned()
}

/// The number of this machine's Debian, such as `12`; empty on others.
fn release() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let number = text.lines().find_map(|line| line.strip_prefix("VERSION_ID="));
    number.unwrap_or_default().trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backport_to_this_release_is_preferred() {
        let all =
            ["0.0~20240729.0-7+b1", "0.0~20221219.0-2+b3", "0.0~20240729.0-4~bpo12+2"].map(str::to_owned);
        assert_eq!(suitable(all.to_vec(), "12").as_deref(), Some("0.0~20240729.0-4~bpo12+2"));
        assert_eq!(suitable(all.to_vec(), "13").as_deref(), Some("0.0~20240729.0-7+b1"));
        assert_eq!(suitable(Vec::new(), "12"), None);
    }

    #[test]
    fn the_newest_that_is_there_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest_in(folder.path()), None);
        for version in ["0.0~20221219.0-2", "0.0~20240729.0-4", "0.0~20990101.0-1"] {
            fs::create_dir(folder.path().join(version)).unwrap();
        }
        fs::write(folder.path().join("0.0~20240729.0-4/runsc"), "").unwrap();
        assert_eq!(newest_in(folder.path()), Some(folder.path().join("0.0~20240729.0-4/runsc")));
    }
}
