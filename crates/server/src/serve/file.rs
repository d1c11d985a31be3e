//! The configuration file of `svar serve`: what stands in it, and one line for what cannot be read. It may
//! hold a database's password, so no value is ever repeated in a fault.

use super::sip::SipSection;
use crate::evidence::EvidenceSection;
use anyhow::{anyhow, bail};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    ops::Range,
    path::{Path, PathBuf},
};
use storage::Location;
use switchboard::{MailInSettings, MailSettings, SignInSettings, TextSettings};
use toml::de::DeTable;
use understanding::recogniser::{HttpSettings, PocketsphinxSettings};

/// The recogniser within the program.
#[cfg(feature = "whisper")]
pub type WhisperSection = understanding::recogniser::WhisperSettings;
/// Not in this one: whatever stands there is told to be of no use.
#[cfg(not(feature = "whisper"))]
pub type WhisperSection = toml::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub deployment: String,
    #[serde(default = "default_node")]
    pub node: String,
    pub storage: StorageSection,
    pub web: WebSection,
    pub sip: SipSection,
    pub metrics: Option<MetricsSection>,
    pub recogniser: Option<HttpSettings>,
    pub whisper: Option<WhisperSection>,
    pub pocketsphinx: Option<PocketsphinxSettings>,
    pub texts: Option<TextSettings>,
    pub mail: Option<MailSettings>,
    pub mail_in: Option<MailInSettings>,
    pub sign_in: Option<SignInSettings>,
    #[serde(default)]
    pub evidence: EvidenceSection,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSection {
    data: Option<PathBuf>,
    database: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSection {
    pub listen: SocketAddr,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    #[serde(default)]
    pub behind_proxy: bool,
    #[serde(default)]
    pub board_public: bool,
    pub public_address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSection {
    pub listen: SocketAddr,
}

fn default_node() -> String {
    "svar-1".to_owned()
}

impl File {
    /// The configuration in a text.
    ///
    /// # Errors
    /// One line with file, line, key and what to do.
    pub fn read(path: &Path, text: &str) -> anyhow::Result<Self> {
        let shown = path.display();
        let place = |span: Option<Range<usize>>| {
            let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
            before.matches('\n').count() + 1
        };
        // What the parser of the language says is of its own words only; what the reading of values says is
        // not: "invalid type: string \"the password\"".
        if let Err(error) = DeTable::parse(text) {
            let what = error.message().lines().next().unwrap_or_default();
            bail!(
                "{shown}:{}: this cannot be read ({what}): texts stand in double quotes, each value on the line of its key",
                place(error.span())
            );
        }
        toml::from_str(text).map_err(|error| anyhow!("{shown}:{}: {}", place(error.span()), fault(text, &error)))
    }
}

/// What is wrong with a value or a key, by the name of its key.
fn fault(text: &str, error: &toml::de::Error) -> String {
    const MEND: &str = "`svar serve --print-default-config` shows what can stand there";
    let missing = error.message().strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    if let Some(key) = missing {
        return format!("{key} is missing in this section: {MEND}");
    }
    let key = error.span().and_then(|span| key_at(text, span.start)).map_or_else(|| "this key".to_owned(), |key| format!("\"{key}\""));
    if error.message().starts_with("unknown field") {
        return format!("nothing is called {key} here: {MEND}");
    }
    format!("the value of {key} is not of the kind it should be: {MEND}")
}

/// The bare key of the line that this place is in. Whatever else stands before a sign of equality may be a
/// value that was cut in two.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let begin = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(begin..)?.lines().next()?;
    let section = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let key = section.or_else(|| line.split_once('=').map(|(key, _)| key.trim()))?;
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (!key.is_empty() && key.bytes().all(bare)).then_some(key)
}

impl StorageSection {
    /// Where everything is remembered, and the folder beside it, if there is one.
    ///
    /// # Errors
    /// When neither is named.
    pub fn places(self) -> anyhow::Result<(Location, Option<PathBuf>)> {
        match (self.data, self.database) {
            (data, Some(database)) => Ok((Location::Postgres(database), data)),
            (Some(data), None) => Ok((Location::Sqlite(data.clone()), Some(data))),
            (None, None) => bail!("[storage] says nowhere to remember anything: name a folder in data, or a database"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::serve::DEFAULT;

    fn read(text: &str) -> anyhow::Result<File> {
        File::read(Path::new("svar.toml"), text)
    }

    #[test]
    fn the_printed_default_is_a_configuration() {
        assert_eq!(read(DEFAULT).unwrap().web.listen.port(), 8114);
    }

    /// The default with every line uncommented that is a key or the name of a section.
    fn uncommented() -> String {
        let line = |line: &str| {
            let Some(inner) = line.strip_prefix("# ") else { return line.to_owned() };
            let is_section = inner.starts_with('[') && inner.ends_with(']') && !inner.contains(' ');
            let is_key = inner.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            if is_section || is_key { inner.to_owned() } else { line.to_owned() }
        };
        DEFAULT.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_line_of_the_default_can_be_uncommented() {
        let text = uncommented();
        let file = read(&text).unwrap();
        assert!(file.recogniser.is_some() && file.metrics.is_some(), "{text}");
        file.sip.config().unwrap();
    }

    #[test]
    fn every_key_that_is_read_stands_in_the_default() {
        let whole = uncommented();
        for section in [
            "",
            "\n[storage]\n",
            "\n[web]\n",
            "\n[sip]\n",
            "\n[metrics]\n",
            "\n[recogniser]\n",
            "\n[pocketsphinx]\n",
            "\n[texts]\n",
            "\n[mail]\n",
            "\n[mail_in]\n",
            "\n[sign_in]\n",
            "\n[evidence]\n",
        ] {
            let text = whole.replacen(section, &format!("{section}unknown = 1\n"), 1);
            let said = toml::from_str::<File>(&text).err().unwrap();
            let (_, keys) = said.message().split_once("expected ").unwrap();
            let keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
            assert!(!keys.is_empty(), "{section}: {said}");
            let (_, own) = whole.split_at(whole.find(section).unwrap());
            let own = format!("\n{}", own[section.len()..].split("\n[").next().unwrap());
            for key in keys {
                let there = own.contains(&format!("\n{key} = ")) || whole.contains(&format!("\n[{key}]"));
                assert!(there, "{section} takes {key}, and the default does not say so");
            }
        }
    }

    #[test]
    fn a_fault_is_one_line_with_its_place_and_without_any_value() {
        const SECRET: &str = "postgres://svar:hemlig@localhost/svar";
        let file = |storage: &str, web: &str| {
            let sip = "[sip]\nlisten = \"127.0.0.1:0\"\ntrunk = \"127.0.0.1:9\"\n";
            format!("deployment = \"sweden\"\n[storage]\n{storage}\n[web]\n{web}\n{sip}")
        };
        const LISTEN: &str = "listen = \"127.0.0.1:0\"";
        for (storage, web, expected) in [
            (format!("databse = \"{SECRET}\""), LISTEN, "svar.toml:3: nothing is called \"databse\" here"),
            (format!("database = [\"{SECRET}\"]"), LISTEN, "svar.toml:3: the value of \"database\""),
            (format!("data = \"x\"\ndatabase = {SECRET}"), LISTEN, "svar.toml:4: this cannot be read"),
            (format!("database = \"{SECRET}"), LISTEN, "svar.toml:3: this cannot be read"),
            (format!("{SECRET} = 1"), LISTEN, "svar.toml:3: this cannot be read"),
            (format!("\"{SECRET}\" = 1"), LISTEN, "svar.toml:3: nothing is called this key here"),
            ("data = \"x\"".to_owned(), &*format!("{LISTEN}\nbehind_proxy = \"{SECRET}\""), "svar.toml:6: the value of \"behind_proxy\""),
            ("data = \"x\"".to_owned(), &*format!("listen = \"{SECRET}\""), "svar.toml:5: the value of \"listen\""),
            ("data = \"x\"".to_owned(), "", "listen is missing in this section"),
        ] {
            let said = format!("{:#}", read(&file(&storage, web)).err().unwrap());
            assert!(said.contains(expected), "{storage} {web}: {said}");
            assert!(!said.contains("hemlig") && !said.contains('\n'), "{storage} {web}: {said}");
        }
    }

    #[test]
    fn a_folder_or_a_database_or_both() {
        let section = |text: &str| toml::from_str::<StorageSection>(text).unwrap().places();
        let (folder, database) = ("data = \"x\"\n", "database = \"postgres://localhost/svar\"\n");
        let on_postgres = Location::Postgres("postgres://localhost/svar".to_owned());
        assert_eq!(section(folder).unwrap(), (Location::Sqlite("x".into()), Some("x".into())));
        assert_eq!(section(database).unwrap(), (on_postgres.clone(), None));
        assert_eq!(section(&format!("{folder}{database}")).unwrap(), (on_postgres, Some("x".into())));
        assert!(section("").is_err());
    }
}
