//! Certificates made for one test, by openssl.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Vouches for servers; its folder is gone with it.
pub struct Authority {
    folder: PathBuf,
}

/// PEM files.
pub struct Certified {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let authority = Authority { folder: super::programs::folder(&format!("authority-{name}")) };
        request(&["-subj", &format!("/CN=Roots of {name}")], &authority.at("root"));
        authority
    }

    /// Its own certificate.
    pub fn root(&self) -> PathBuf {
        self.at("root").certificate
    }

    /// A certificate for whoever is at this address.
    pub fn certify(&self, name: &str, address: &str) -> Certified {
        let (root, certified) = (self.at("root"), self.at(name));
        let (subject, alternative) = (format!("/CN={name}"), format!("subjectAltName=IP:{address}"));
        let extensions = ["-addext", &alternative, "-addext", "basicConstraints=critical,CA:FALSE"];
        let (by, with) = (root.certificate.to_string_lossy().into_owned(), root.key.to_string_lossy().into_owned());
        request(&[&["-subj", &subject, "-CA", &by, "-CAkey", &with], &extensions[..]].concat(), &certified);
        certified
    }

    fn at(&self, name: &str) -> Certified {
        Certified { certificate: self.folder.join(format!("{name}.pem")), key: self.folder.join(format!("{name}.key")) }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Certified {
    /// Key and certificate in one file, as baresip wants them.
    pub fn in_one_file(&self, folder: &Path) -> PathBuf {
        let path = folder.join("certificate-and-key.pem");
        let both = [&self.certificate, &self.key].map(|file| std::fs::read_to_string(file).unwrap());
        std::fs::write(&path, both.concat()).unwrap();
        path
    }
}

fn request(arguments: &[&str], certified: &Certified) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(arguments)
        .arg("-keyout")
        .arg(&certified.key)
        .arg("-out")
        .arg(&certified.certificate)
        .output()
        .expect("openssl is missing: install the Debian package openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
