//! The threads that carry sound and the UDP ports it uses. A leg's sound is given to one thread and
//! stays there.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// How often an even port is asked for before an odd one is taken.
const EVEN_PORT_ATTEMPTS: usize = 16;

/// See the module.
pub struct Pool {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop: CancellationToken,
    ports: Option<PortRange>,
}

struct PortRange {
    even: Vec<u16>,
    next: AtomicUsize,
}

impl Pool {
    /// Starts the threads.
    pub fn start(threads: usize, ports: Option<(u16, u16)>) -> io::Result<Pool> {
        let stop = CancellationToken::new();
        let (mut runtimes, mut joined) = (Vec::new(), Vec::new());
        for number in 0..threads.max(1) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtimes.push(runtime.handle().clone());
            let stop = stop.clone();
            let thread = std::thread::Builder::new().name(format!("telephony-sound-{number}"));
            joined.push(thread.spawn(move || runtime.block_on(stop.cancelled()))?);
        }
        Ok(Pool {
            runtimes,
            next: AtomicUsize::new(0),
            threads: Mutex::new(joined),
            stop,
            ports: ports.map(|(first, last)| PortRange {
                even: (first..=last).filter(|port| port.is_multiple_of(2)).collect(),
                next: AtomicUsize::new(0),
            }),
        })
    }

    /// The thread for the next leg, in turn.
    pub fn runtime(&self) -> Handle {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.runtimes[turn % self.runtimes.len()].clone()
    }

    /// A socket for one leg's sound, not yet known to any runtime.
    pub fn bind(&self, ip: IpAddr) -> io::Result<UdpSocket> {
        let socket = match &self.ports {
            Some(range) => range.bind(ip)?,
            None => bind_even(ip)?,
        };
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    /// Tells the threads to end, without waiting for them.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Whether every thread has ended.
    pub fn has_ended(&self) -> bool {
        self.threads.lock().iter().all(JoinHandle::is_finished)
    }

    /// Ends the threads. What still runs on them is dropped.
    pub fn stop(&self) {
        self.stop.cancel();
        for thread in self.threads.lock().drain(..) {
            let _ = thread.join();
        }
    }
}

impl PortRange {
    /// The next free even port, each tried once.
    fn bind(&self, ip: IpAddr) -> io::Result<UdpSocket> {
        let even = &self.even;
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        for offset in 0..even.len() {
            let port = even[(start + offset) % even.len()];
            match UdpSocket::bind(SocketAddr::new(ip, port)) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                result => return result,
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "every port for sound is in use; widen rtp_ports"))
    }
}

fn bind_even(ip: IpAddr) -> io::Result<UdpSocket> {
    let mut odd = Vec::new();
    for _ in 0..EVEN_PORT_ATTEMPTS {
        let socket = UdpSocket::bind(SocketAddr::new(ip, 0))?;
        if socket.local_addr()?.port().is_multiple_of(2) {
            return Ok(socket);
        }
        // Kept until the end, so that the system does not offer it again.
        odd.push(socket);
    }
    odd.pop().ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_range_is_used_up_and_then_refused() {
        // Three even ports that were free a moment ago.
        let base = bind_even(Ipv4Addr::LOCALHOST.into()).unwrap().local_addr().unwrap().port().min(65_000);
        let pool = Pool::start(1, Some((base, base + 5))).unwrap();
        let mut held = Vec::new();
        let refused = loop {
            match pool.bind(Ipv4Addr::LOCALHOST.into()) {
                Ok(socket) => held.push(socket),
                Err(error) => break error,
            }
            assert!(held.len() <= 3);
        };
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        assert!(held.iter().all(|socket| {
            let port = socket.local_addr().unwrap().port();
            port.is_multiple_of(2) && (base..=base + 5).contains(&port)
        }));
        pool.stop();
    }
}
