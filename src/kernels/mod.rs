//! Kernels to test on: Debian's cloud kernels of every line, through apt into a private cache.
//!
//! ```text
//!   sources   what the machine's apt calls Debian, with the suites that hold kernels
//!   apt       lists and downloads, checked by apt's signatures
//!   packages  the newest of each line
//!   store     the images, kept with their checksums
//!   sandbox   gVisor's program, the same way
//! ```

mod apt;
mod packages;
mod sandbox;
mod sources;
mod store;
mod version;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use ptrace_conformance_harness::case::Arch;
use serde::{Deserialize, Serialize};

use crate::exit::Misuse;
use apt::Apt;
pub use sandbox::cached_runsc;
pub use store::Store;

/// Package lists older than this are read again.
const FRESH: Duration = Duration::from_secs(3600);

/// Where kernels are looked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Debian archives to use instead of the machine's own.
    pub mirrors: Vec<String>,
    /// Whether only the cache is used.
    pub offline: bool,
}

/// The newest kernel of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The line, such as `6.12`, or `7.3-rc` before a release.
    pub line: String,
    /// The architecture that it runs on.
    #[serde(with = "arch_name")]
    pub arch: Arch,
    /// The Debian package.
    pub package: String,
    /// The package's version.
    pub version: String,
}

/// A kernel that is there to be booted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// What it was offered as.
    pub offer: Offer,
    /// Its image.
    pub image: PathBuf,
}

/// An architecture as its name.
mod arch_name {
    use super::*;

    pub fn serialize<S: serde::Serializer>(arch: &Arch, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(arch.name())
    }

    pub fn deserialize<'a, D: serde::Deserializer<'a>>(from: D) -> Result<Arch, D::Error> {
        let name = String::deserialize(from)?;
        Arch::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown architecture {name}")))
    }
}

/// Debian's kernels, in the archive and in the cache.
#[derive(Debug)]
pub struct Archive {
    store: Store,
    /// None where only the cache is used.
    apt: Option<Apt>,
}

impl Archive {
    /// Opens the cache, and the archive unless the options say otherwise.
    ///
    /// Where the archive cannot be reached but kernels are cached, it goes on with those and says so.
    pub fn open(options: &Options) -> anyhow::Result<Archive> {
        let folder = cache_folder()?;
        if options.offline {
            return Ok(Archive { store: Store::open(&folder)?, apt: None });
        }
        let sources = match options.mirrors.as_slice() {
            [] => sources::of_machine(Path::new("/etc/apt"))?,
            mirrors => sources::of_mirrors(mirrors),
        };
        Archive::at(&folder, &sources)
    }

    fn at(folder: &Path, sources: &str) -> anyhow::Result<Archive> {
        let store = Store::open(folder)?;
        let reached = {
            let _lock = store.lock()?;
            Apt::new(folder.join("apt"), sources).and_then(|apt| refreshed(&apt).map(|()| apt))
        };
        match reached {
            Ok(apt) => Ok(Archive { store, apt: Some(apt) }),
            Err(error) if store.offers()?.is_empty() => Err(error.context(
                "no kernel is cached and the Debian archive cannot be read; give images with --kernel PATH",
            )),
            Err(error) => {
                anstream::eprintln!("note: going on with the kernels in the cache: {error:#}");
                Ok(Archive { store, apt: None })
            }
        }
    }

    /// The newest kernel of each line, oldest line first.
    pub fn offers(&self, arch: Arch) -> anyhow::Result<Vec<Offer>> {
        Ok(packages::newest(&self.packages(arch)?, arch))
    }

    /// Every kernel package that is known.
    fn packages(&self, arch: Arch) -> anyhow::Result<Vec<packages::Package>> {
        let mut found = Vec::new();
        match &self.apt {
            Some(apt) => {
                for list in apt.lists(arch)? {
                    let read =
                        File::open(&list).and_then(|file| packages::kernels(BufReader::new(file), arch));
                    found.extend(read.with_context(|| format!("cannot read {}", list.display()))?);
                }
            }
            None => {
                let cached = self.store.offers()?.into_iter().filter(|offer| offer.arch == arch);
                let package =
                    |offer: Offer| packages::Package { name: offer.package, version: offer.version };
                found.extend(cached.map(package));
            }
        }
        Ok(found)
    }

    /// The package lists of an architecture.
    fn lists(&self, arch: Arch) -> anyhow::Result<Vec<PathBuf>> {
        self.apt.as_ref().map_or_else(|| Ok(Vec::new()), |apt| apt.lists(arch))
    }

    /// Fails where only the cache is used and nothing is in it.
    pub fn something_to_offer(&self) -> anyhow::Result<()> {
        if self.apt.is_some() || !self.store.offers()?.is_empty() {
            return Ok(());
        }
        Err(Misuse(format!(
            "no kernel is in the cache {}; fill it by a run without --offline, give images with --kernel PATH, or \
             take --kernels host,gvisor",
            self.store.folder().display()
        ))
        .into())
    }

    /// Whether the kernel is in the cache.
    pub fn has(&self, offer: &Offer) -> bool {
        self.store.image(offer).exists()
    }

    /// The kernel from the cache, or from the archive if it is not there or no longer what it was.
    pub fn fetch(&self, offer: &Offer) -> anyhow::Result<Kernel> {
        let _lock = self.store.lock()?;
        if let Some(image) = self.store.find(offer)? {
            return Ok(Kernel { offer: offer.clone(), image });
        }
        let apt = self.apt.as_ref().with_context(|| {
            format!(
                "{} {} is not whole in the cache, and only the cache is used",
                offer.package, offer.version
            )
        })?;
        let image = self.store.take(apt, offer).with_context(|| {
            format!("cannot fetch {} {} for {}", offer.package, offer.version, offer.arch.name())
        });
        match image {
            Ok(image) => Ok(Kernel { offer: offer.clone(), image }),
            Err(error) => self.fetch_older(apt, offer).ok_or(error),
        }
    }

    /// The newest older kernel of the line that there is: lists have been seen to name packages that the archive no
    /// longer had.
    fn fetch_older(&self, apt: &Apt, gone: &Offer) -> Option<Kernel> {
        let mut found = self.packages(gone.arch).ok()?;
        let mut last = gone.clone();
        loop {
            found.retain(|package| version::compare(&package.version, &last.version).is_lt());
            let older = packages::newest(&found, gone.arch);
            last = older.into_iter().find(|offer| offer.line == gone.line)?;
            let known = self.store.find(&last).ok()?;
            if let Some(image) = known.or_else(|| self.store.take(apt, &last).ok()) {
                anstream::eprintln!(
                    "note: the archive has {} no more; going on with {}",
                    gone.package,
                    last.package
                );
                return Some(Kernel { offer: last, image });
            }
        }
    }
}

/// Reads the package lists if they are old.
fn refreshed(apt: &Apt) -> anyhow::Result<()> {
    let age = std::fs::metadata(apt.stamp()).ok().and_then(|stamp| stamp.modified().ok()?.elapsed().ok());
    if age.is_some_and(|age| age < FRESH) {
        return Ok(());
    }
    anstream::eprintln!("reading Debian's package lists");
    apt.update()
}

/// `$XDG_CACHE_HOME/ptrace-conformance`, or `~/.cache/ptrace-conformance`.
pub fn cache_folder() -> anyhow::Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let cache =
        cache.ok_or_else(|| Misuse("neither XDG_CACHE_HOME nor HOME says where a cache can be".into()))?;
    Ok(cache.join("ptrace-conformance"))
}

#[cfg(test)]
pub mod tests;
