//! Sources: the Debian archives that this machine's apt knows, and the suites that we want from them.

use std::path::Path;

use crate::exit::Misuse;

/// Suites of the archive proper that hold kernels.
const SUITES: &[&str] =
    &["bullseye", "bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid", "experimental"];
/// Suites of the security archive.
const SECURITY: &[&str] = &["bullseye-security", "bookworm-security", "trixie-security"];
/// By these an archive is told to be Debian's.
const DEBIAN: &[&str] = &[
    "buster",
    "bullseye",
    "bookworm",
    "trixie",
    "forky",
    "duke",
    "sid",
    "experimental",
    "oldoldstable",
    "oldstable",
    "stable",
    "testing",
    "unstable",
];
/// Where Debian's keyring lies on any distribution that packages it.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// One entry of apt's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    uris: Vec<String>,
    suites: Vec<String>,
    signed_by: Option<String>,
}

impl Entry {
    fn is_debian(&self) -> bool {
        let base = |suite: &String| suite.split(['-', '/']).next().unwrap_or_default().to_owned();
        let signed = self
            .signed_by
            .as_deref()
            .is_none_or(|keyring| keyring.contains("debian") || keyring.contains("PGP"));
        signed && self.suites.iter().any(|suite| DEBIAN.contains(&base(suite).as_str()))
    }

    fn is_security(&self) -> bool {
        self.suites.iter().any(|suite| suite.ends_with("-security") || suite.ends_with("/updates"))
    }

    /// The same archive with the suites of our choice, as a deb822 stanza.
    fn stanza(&self, suites: &[&str]) -> Option<String> {
        let uri = self.uris.first()?;
        let signed =
            self.signed_by.iter().map(|keyring| format!("Signed-By: {keyring}\n")).collect::<String>();
        Some(format!("Types: deb\nURIs: {uri}\nSuites: {}\nComponents: main\n{signed}\n", suites.join(" ")))
    }
}

/// Our sources, made from the machine's apt configuration in this folder, `/etc/apt`.
pub fn of_machine(folder: &Path) -> anyhow::Result<String> {
    let mut files = vec![folder.join("sources.list")];
    if let Ok(entries) = std::fs::read_dir(folder.join("sources.list.d")) {
        files.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    }
    files.sort();
    let mut entries = Vec::new();
    for file in files {
        let read = || std::fs::read_to_string(&file).unwrap_or_default();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("sources") => entries.extend(deb822(&read())),
            Some("list") => entries.extend(read().lines().filter_map(one_line)),
            _ => {}
        }
    }
    ours(&entries).ok_or_else(|| {
        Misuse(format!(
            "the apt sources in {} name no Debian archive; name one with --mirror URL, or give kernels of your \
             own with --kernel PATH",
            folder.display()
        ))
        .into()
    })
}

/// Our sources from these archives; one whose address ends in `-security` has the security suites.
pub fn of_mirrors(mirrors: &[String]) -> String {
    let signed_by = Path::new(KEYRING).exists().then(|| KEYRING.to_owned());
    let stanza = |uri: &String| {
        let suites = if uri.trim_end_matches('/').ends_with("-security") { SECURITY } else { SUITES };
        Entry { uris: vec![uri.clone()], suites: Vec::new(), signed_by: signed_by.clone() }.stanza(suites)
    };
    mirrors.iter().filter_map(stanza).collect()
}

fn ours(entries: &[Entry]) -> Option<String> {
    let debian = || entries.iter().filter(|entry| entry.is_debian());
    let archive = debian().find(|entry| !entry.is_security())?.stanza(SUITES)?;
    let security = debian().find(|entry| entry.is_security()).and_then(|entry| entry.stanza(SECURITY));
    Some(archive + &security.unwrap_or_default())
}

/// The entries of a `.sources` file, sources.list(5).
fn deb822(text: &str) -> Vec<Entry> {
    let text: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    text.split("\n\n").filter_map(stanza).collect()
}

fn stanza(text: &str) -> Option<Entry> {
    let words = |name: &str| {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        let value =
            fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).next();
        value.unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let off = words("Enabled").iter().any(|word| word == "no");
    let binary = words("Types").iter().any(|word| word == "deb");
    let signed_by = words("Signed-By").into_iter().next();
    (binary && !off).then(|| Entry { uris: words("URIs"), suites: words("Suites"), signed_by })
}

/// The entry of a line in a `.list` file: `deb [option=value ...] uri suite component ...`.
fn one_line(line: &str) -> Option<Entry> {
    let rest = line.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    Some(Entry {
        uris: vec![words.next()?],
        suites: vec![words.next()?],
        signed_by: signed_by.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(files: &[(&str, &str)]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sources.list.d")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        of_machine(folder.path())
    }

    #[test]
    fn both_forms_of_sources_are_read() {
        let deb822 = "Types: deb\n# old\nURIs: http://a.example/debian\nSuites: bookworm bookworm-updates\n\
                      Components: main\nSigned-By: /k/debian.gpg\n\nTypes: deb\nURIs: http://s.example/sec\n\
                      Suites: bookworm-security\nComponents: main\nSigned-By: /k/debian.gpg\n";
        let list = "# deb http://no.example/x sid main\ndeb [arch=amd64 signed-by=/k/debian.gpg] \
                    http://a.example/debian bookworm main\n\
                    deb [signed-by=/k/debian.gpg] http://s.example/sec bookworm-security main\n";
        let ours = machine(&[("sources.list.d/debian.sources", deb822)]).unwrap();
        assert_eq!(machine(&[("sources.list", list)]).unwrap(), ours);
        insta::assert_snapshot!(ours, @"
        Types: deb
        URIs: http://a.example/debian
        Suites: bullseye bookworm bookworm-backports trixie trixie-backports sid experimental
        Components: main
        Signed-By: /k/debian.gpg

        Types: deb
        URIs: http://s.example/sec
        Suites: bullseye-security bookworm-security trixie-security
        Components: main
        Signed-By: /k/debian.gpg
        ");
    }

    #[test]
    fn foreign_archives_are_no_debian() {
        let foreign = "deb http://u.example/ubuntu noble main\ndeb-src http://a.example/debian sid main\n\
                       deb [signed-by=/k/tool.gpg] http://t.example stable main\n";
        let error = machine(&[("sources.list", foreign)]).expect_err("there is no Debian here");
        assert!(error.chain().any(|cause| cause.is::<Misuse>()));
        assert!(error.to_string().contains("name no Debian archive; name one with --mirror URL"), "{error}");
    }
}
