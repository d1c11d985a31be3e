//! A private PostgreSQL, the newest installed, for this test program: on a socket in its own folder, without a port, and
//! gone with the program however it ends.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// Where Debian keeps each version, in a folder with its number.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Starts the server, says where its socket is, and waits for the end of standard input: it is open
/// as long as the test program lives.
const SCRIPT: &str = r#"
set -e
cd /
dir=$(mktemp -d /tmp/svar-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$BIN/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"$BIN/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" -c max_connections=400 \
    -c shared_buffers=32MB -c fsync=off >>"$dir/log" 2>&1 &
pid=$!
tries=0
until "$BIN/pg_isready" -q -h "$dir"; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $pid; then cat "$dir/log" >&2; exit 1; fi
    sleep 0.05
done
echo "$dir"
cat >/dev/null
kill -QUIT $pid
wait $pid || true
"#;

struct Cluster {
    socket: String,
    /// Its standard input is the life line.
    _server: Child,
}

/// The folder of the socket.
fn socket() -> &'static str {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    &CLUSTER.get_or_init(start).socket
}

/// The address of a database of its own: a name is asked for once.
pub fn database(name: &str) -> String {
    let socket = socket();
    let create = newest(Path::new(VERSIONS)).unwrap().join("createdb");
    // The usual template cannot be copied while somebody is connected to it.
    let made = Command::new(create).args(["-h", socket, "-U", "postgres", "-T", "template0", name]).status().unwrap();
    assert!(made.success(), "the database {name} could not be made: its words are above");
    format!("postgres://postgres@localhost/{name}?host={socket}")
}

/// The programs of the newest version that has a server among them.
fn newest(versions: &Path) -> Option<PathBuf> {
    let found = std::fs::read_dir(versions).ok()?.filter_map(|version| {
        let folder = version.ok()?.path();
        let number: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        let programs = folder.join("bin");
        programs.join("initdb").exists().then_some((number, programs))
    });
    found.max().map(|(_, programs)| programs)
}

fn start() -> Cluster {
    let programs = newest(Path::new(VERSIONS)).expect("these tests need PostgreSQL: cargo xtask setup");
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let script = format!("BIN={}\n{SCRIPT}", programs.display());
    let mut command = if root {
        let mut command = Command::new("su");
        command.args(["postgres", "-s", "/bin/sh", "-c", &script]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", &script]);
        command
    };
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut socket = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut socket).unwrap();
    let socket = socket.trim().to_owned();
    assert!(!socket.is_empty(), "PostgreSQL did not start: its words are above");
    Cluster { socket, _server: server }
}

#[test]
fn the_newest_version_with_a_server_is_taken() {
    let versions = std::env::temp_dir().join(format!("svar-versions-{}", std::process::id()));
    assert_eq!(newest(&versions), None);
    for (version, program) in [("9", "initdb"), ("15", "initdb"), ("17", "psql"), ("common", "initdb")] {
        std::fs::create_dir_all(versions.join(version).join("bin")).unwrap();
        std::fs::write(versions.join(version).join("bin").join(program), "").unwrap();
    }
    let found = newest(&versions);
    std::fs::remove_dir_all(&versions).unwrap();
    assert_eq!(found, Some(versions.join("15/bin")));
}
