//! The UDP socket the signalling library reads through: each datagram passes the gate first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rsipstack::platform::net::UdpSocket as PlatformUdpSocket;
use tokio::net::UdpSocket;
use tokio::sync::Mutex;

use super::gate::{Gate, Verdict};
use super::wire;

/// The largest datagram there is.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// See the module.
pub struct GatedSocket {
    socket: UdpSocket,
    gate: Arc<Gate>,
    datagram: Mutex<Box<[u8]>>,
}

impl GatedSocket {
    pub fn new(socket: UdpSocket, gate: Arc<Gate>) -> GatedSocket {
        GatedSocket { socket, gate, datagram: Mutex::new(vec![0; DATAGRAM_BYTES_MAX].into()) }
    }

    fn judge(&self, datagram: &[u8], from: SocketAddr, room: usize) -> Verdict {
        if datagram.iter().all(u8::is_ascii_whitespace) {
            // Keep-alives, which the library answers.
            return if datagram.len() <= 4 { Verdict::Pass } else { Verdict::Drop };
        }
        if datagram.len() > room {
            // The library would cut it. Larger calls come over TCP.
            return match wire::scan(datagram) {
                Some(head) => self.gate.too_large(&head, from),
                None => self.gate.judge(datagram, from, Instant::now()),
            };
        }
        self.gate.judge(datagram, from, Instant::now())
    }
}

#[async_trait::async_trait]
impl PlatformUdpSocket for GatedSocket {
    async fn recv_from(&self, buffer: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        let mut datagram = self.datagram.lock().await;
        loop {
            let (length, from) = self.socket.recv_from(&mut datagram).await?;
            match self.judge(&datagram[..length], from, buffer.len()) {
                Verdict::Pass => {
                    buffer[..length].copy_from_slice(&datagram[..length]);
                    return Ok((length, from));
                }
                Verdict::Reply(bytes) => {
                    let _ = self.socket.try_send_to(&bytes, from);
                }
                Verdict::Drop => {}
            }
        }
    }

    async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.socket.send_to(bytes, to).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}
