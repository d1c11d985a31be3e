//! A private PostgreSQL to be measured, the newest installed: on a socket in its own folder, without a port, with the
//! settings that it has by itself, so that what it commits is on the disk.

use crate::setup;
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child, ChildStdout, Command, Stdio},
};

/// Starts the server, says where its socket is, and waits for the end of standard input, which comes also when we are ended.
const SCRIPT: &str = r#"
set -e
cd /
dir=$(mktemp -d /tmp/svar-bench-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$BIN/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"$BIN/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" >>"$dir/log" 2>&1 &
pid=$!
tries=0
until "$BIN/pg_isready" -q -h "$dir"; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $pid; then cat "$dir/log" >&2; exit 1; fi
    sleep 0.05
done
echo "$dir"
cat >/dev/null
kill -INT $pid || true
wait $pid || true
"#;

pub struct Postgres {
    socket: String,
    server: Child,
    /// Read no further, and open as long as the server runs.
    _told: BufReader<ChildStdout>,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let programs = setup::postgres_programs()?;
        let script = format!("BIN={}\n{SCRIPT}", programs.display());
        // It refuses to run as root.
        let root = crate::child::answer("id", &["-u"]).as_deref() == Some("0");
        let mut command = if root { Command::new("su") } else { Command::new("sh") };
        if root {
            command.args(["postgres", "-s", "/bin/sh"]);
        }
        // Ctrl-C is for us: `su` would end the shell that has still to clear up.
        let mut server = command.args(["-c", &script]).process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut told = BufReader::new(server.stdout.take().context("PostgreSQL says nothing")?);
        let mut socket = String::new();
        told.read_line(&mut socket)?;
        let socket = socket.trim().to_owned();
        if socket.is_empty() {
            bail!("PostgreSQL did not start: its words are above");
        }
        Ok(Self { socket, server, _told: told })
    }

    /// What programs are told.
    pub fn address(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.socket)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its standard input ends it.
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}
