//! Programs of others that the tests speak with. A missing one fails the test by name.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// A command whose output is kept for the report of a failure, ended with the test.
pub fn command(program: &str, package: &str) -> Command {
    let found = std::env::var_os("PATH").is_some_and(|paths| std::env::split_paths(&paths).any(|folder| folder.join(program).is_file()));
    assert!(found, "{program} is missing: install the Debian package {package}");
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// sipp calling us over this transport (`u1`, `t1`), from loopback, echoing what it hears; the scenario is
/// to be named.
pub fn sipp(svar: &super::Side, transport: &str) -> Command {
    let mut sipp = command("sipp", "sip-tester");
    sipp.args(["-s", "11414", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", transport, "-nostdin", "-rtp_echo"]);
    sipp.args(["-p", &free_port().to_string(), "-mp", &free_media_port().to_string()]);
    sipp.arg(svar.telephony.sip_address().to_string()).current_dir(std::env::temp_dir());
    sipp
}

/// Waits for the end and fails with what the program wrote unless it ended well.
pub async fn ended_well(name: &str, child: Child) {
    let output = tokio::time::timeout(super::DEADLINE * 3, child.wait_with_output()).await.expect("the program goes on").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name}: {}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
}

/// A port that was free a moment ago, for programs that cannot choose one themselves.
pub fn free_port() -> u16 {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// An even port with the one above it.
pub fn free_media_port() -> u16 {
    loop {
        let port = free_port() & !1;
        let free = |port| std::net::UdpSocket::bind(("127.0.0.1", port)).is_ok();
        if free(port) && free(port + 1) && free(port + 2) && free(port + 3) {
            return port;
        }
    }
}

/// A file beside this test's sources.
pub fn scenario(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(name)
}

/// An empty folder of this test's own.
pub fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("svar-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}
