//! Programs of others that the tests speak with. A missing one fails the test by name.
#![allow(dead_code, clippy::unwrap_used)]

use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::process::{Child, Command};

/// The first of the ports for programs that cannot choose one themselves. All lie below those that a system gives
/// to whoever asks for none in particular, so no connection takes one before it is bound, and below those of the
/// end-to-end tests.
const PORTS_FROM: u16 = 10_000;
/// baresip takes the port above its own for SIP over TLS; sipp takes three more for sound.
const PORTS_TOGETHER: u16 = 4;
const PLACES: u32 = 2_500;
/// How far apart processes with neighbouring numbers begin: further than any of them gets.
const PLACES_APART: u32 = 97;

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
    sipp.args(["-p", &free_port().to_string(), "-mp", &free_port().to_string()]);
    sipp.arg(svar.telephony.sip_address().to_string()).current_dir(std::env::temp_dir());
    sipp
}

/// Waits for the end and fails with what the program wrote unless it ended well.
pub async fn ended_well(name: &str, child: Child) {
    let output = tokio::time::timeout(super::DEADLINE * 3, child.wait_with_output()).await.expect("the program goes on").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name}: {}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
}

/// A port, a multiple of four, that nobody in this process is given twice; it and the three above it are free for
/// UDP and TCP.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let begun = std::process::id() % PLACES * PLACES_APART;
    for _ in 0..PLACES {
        let place = (begun + GIVEN.fetch_add(1, Ordering::Relaxed)) % PLACES;
        let port = PORTS_FROM + u16::try_from(place).unwrap() * PORTS_TOGETHER;
        if (port..port + PORTS_TOGETHER).all(is_free) {
            return port;
        }
    }
    panic!("no ports of loopback are free for both UDP and TCP");
}

fn is_free(port: u16) -> bool {
    let address = ("127.0.0.1", port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
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
