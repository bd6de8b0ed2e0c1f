//! Output: reports to a file, whole or not at all, or to standard output.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::exit::Misuse;

/// Writes text to standard output, coloured only where it is a terminal.
///
/// A reader that has seen enough (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Misuse(format!("cannot write to standard output: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// A place where a report can go.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    /// Whether the path is a device, pipe or the like, which is written to and never replaced.
    special: bool,
}

impl Place {
    /// Looks at the place before a run, so that a typing error costs no run.
    pub fn at(path: &Path) -> anyhow::Result<Place> {
        place(path).map_err(|why| {
            Misuse(format!("cannot write to {}: {why}; choose another --out", path.display())).into()
        })
    }

    /// Puts the text there: the file has all of it, or stays as it was.
    pub fn write(&self, text: &str) -> anyhow::Result<()> {
        let written = if self.special { self.write_through(text) } else { self.replace(text) };
        written
            .map_err(|error| Misuse(error.to_string()))
            .with_context(|| format!("cannot write the report to {}", self.path.display()))
    }

    fn write_through(&self, text: &str) -> std::io::Result<()> {
        File::options().write(true).open(&self.path)?.write_all(text.as_bytes())
    }

    fn replace(&self, text: &str) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        // As any new file: readable as the umask allows, not private as temporary files are.
        let mode = std::fs::Permissions::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(".report-").permissions(mode).tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn place(path: &Path) -> Result<Place, String> {
    let say = |error: std::io::Error| error.to_string();
    match std::fs::metadata(path) {
        // The real file behind a symbolic link is the one to replace.
        Ok(data) if data.is_file() => Ok(Place { path: path.canonicalize().map_err(say)?, special: false }),
        Ok(data) if data.is_dir() => Err("it is a directory".to_owned()),
        Ok(_) => Ok(Place { path: path.to_owned(), special: true }),
        Err(error) if error.kind() == ErrorKind::NotFound => new_place(path),
        Err(error) => Err(say(error)),
    }
}

fn new_place(path: &Path) -> Result<Place, String> {
    let name = path.file_name().ok_or("it names no file")?;
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err("it names no file".to_owned()),
    };
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(Place { path: folder.join(name), special: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_in(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for text in ["first, and longer", "second"] {
            Place::at(&path).unwrap().write(text).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(left_in(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        Place::at(&link).unwrap().write("new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "new");
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        Place::at(Path::new("/dev/null")).unwrap().write("gone").unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_full_disk_is_the_users_to_solve() {
        let error = Place::at(Path::new("/dev/full")).unwrap().write("much").expect_err("it is full");
        assert!(error.chain().any(|cause| cause.is::<Misuse>()));
        insta::assert_snapshot!(format!("{error:#}"), @"cannot write the report to /dev/full: No space left on device (os error 28)");
    }

    #[test]
    fn impossible_places_are_refused_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let refuse = |path: &Path| Place::at(path).expect_err("no report can go there").to_string();
        assert!(refuse(folder.path()).contains("is a directory"));
        assert!(refuse(&folder.path().join("absent/report.json")).contains("No such file"));
        assert!(refuse(Path::new("")).contains("names no file"));
    }
}
