//! The store: kernel images in the cache, each beside a note of what it is and its checksum.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Offer;
use super::apt::{self, Apt};
use crate::vm::image::Image;

/// Work in progress has this in front of its name; what an interrupted run left is removed.
const WORK: &str = ".fetch-";

/// The images that were fetched before.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    turn: Mutex<()>,
}

/// The cache is this thread's alone.
#[derive(Debug)]
pub struct Lock<'a> {
    // Given up in this order.
    _lock: Flock<File>,
    _turn: MutexGuard<'a, ()>,
}

/// What stands beside an image.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    kernel: Offer,
    /// Of the image, in hexadecimal.
    sha256: String,
}

impl Store {
    /// In the cache folder, which is made if it is not there.
    pub fn open(cache: &Path) -> anyhow::Result<Store> {
        let folder = cache.join("kernels");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Store { folder, turn: Mutex::new(()) })
    }

    /// The store in the cache folder if it is there already; nothing is made.
    pub fn existing(cache: &Path) -> Option<Store> {
        let folder = cache.join("kernels");
        folder.is_dir().then(|| Store { folder, turn: Mutex::new(()) })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps other runs, and other threads of this one, away from the cache while it lives.
    pub fn lock(&self) -> anyhow::Result<Lock<'_>> {
        // First among ourselves, so that the message below is about others only.
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let file =
            File::create(self.folder.join("lock")).context("cannot open the lock of the kernel cache")?;
        let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .or_else(|(file, _)| {
                anstream::eprintln!("waiting for another run that uses {}", self.folder.display());
                Flock::lock(file, FlockArg::LockExclusive)
            })
            .map_err(|(_, errno)| anyhow::anyhow!("cannot lock the kernel cache: {errno}"))?;
        Ok(Lock { _lock: lock, _turn: turn })
    }

    /// Where the image of this kernel is, if it is there.
    pub fn image(&self, offer: &Offer) -> PathBuf {
        // Epochs have a colon, which QEMU takes for the end of a protocol's name.
        let version = offer.version.replace(':', "%3a");
        self.folder.join(format!("{}_{version}_{}", offer.package, offer.arch.name()))
    }

    fn note(image: &Path) -> PathBuf {
        let mut note = image.as_os_str().to_owned();
        note.push(".json");
        PathBuf::from(note)
    }

    /// All kernels that are noted.
    pub fn offers(&self) -> anyhow::Result<Vec<Offer>> {
        let entries = fs::read_dir(&self.folder).context("cannot read the kernel cache")?;
        let notes = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let notes = notes.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        // A note that cannot be read is as good as none: its kernel is fetched again.
        Ok(notes.filter_map(|path| Some(read(&path)?.kernel)).collect())
    }

    /// The image of this kernel, if it is there and what it was.
    pub fn find(&self, offer: &Offer) -> anyhow::Result<Option<PathBuf>> {
        let image = self.image(offer);
        let (Some(note), true) = (read(&Store::note(&image)), image.exists()) else { return Ok(None) };
        if note.kernel == *offer && note.sha256 == checksum(&image)? {
            return Ok(Some(image));
        }
        anstream::eprintln!("note: {} is no longer what was fetched", image.display());
        Ok(None)
    }

    /// Fetches the kernel's package and keeps the image in it. The caller holds the lock.
    pub fn take(&self, apt: &Apt, offer: &Offer) -> anyhow::Result<PathBuf> {
        self.sweep()?;
        let work = tempfile::Builder::new().prefix(WORK).tempdir_in(&self.folder);
        let work = work.context("cannot make a folder in the kernel cache")?;
        let deb = apt.download(&offer.package, offer.arch, &offer.version, work.path())?;
        let tree = work.path().join("tree");
        apt::unpack(&deb, &tree)?;
        let Some(found) = kernel_in(&tree, offer)? else {
            bail!("no kernel image for {} is in the package", offer.arch.name());
        };
        let (image, sha256) = (self.image(offer), checksum(&found)?);
        File::open(&found).and_then(|file| file.sync_all()).context("cannot write the image to disk")?;
        let note = Note { kernel: offer.clone(), sha256 };
        let text = serde_json::to_string_pretty(&note).context("cannot write the note of a kernel")?;
        // The note last: an image without one is not taken for whole.
        fs::rename(&found, &image)
            .with_context(|| format!("cannot move the image to {}", image.display()))?;
        let written = tempfile::Builder::new().prefix(WORK).tempfile_in(&self.folder).and_then(|mut file| {
            writeln!(file, "{text}")?;
            file.persist(Store::note(&image)).map_err(|error| error.error)
        });
        written.context("cannot write the note of a kernel")?;
        Ok(image)
    }

    /// Removes what interrupted runs left.
    fn sweep(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.folder).context("cannot read the kernel cache")? {
            let entry = entry.context("cannot read the kernel cache")?;
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                let path = entry.path();
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn read(note: &Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(note).ok()?).ok()
}

fn checksum(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The kernel by its content: in boot/ up to Linux 7.2, beside the modules since.
fn kernel_in(tree: &Path, offer: &Offer) -> anyhow::Result<Option<PathBuf>> {
    let mut entries = fs::read_dir(tree).with_context(|| format!("cannot read {}", tree.display()))?;
    let mut paths: Vec<_> = entries.by_ref().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() {
            if let Some(found) = kernel_in(&path, offer)? {
                return Ok(Some(found));
            }
        } else if path.is_file() && !is_module(&path) && Image::open(&path, Some(offer.arch)).is_ok() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// There are thousands of modules, and none is a kernel.
fn is_module(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains(".ko"))
}
