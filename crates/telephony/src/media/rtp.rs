//! RTP packets (RFC 3550): read one, write one. No sockets, no time; anything may be thrown at
//! `parse` and it answers `None`.

pub const HEADER_BYTES: usize = 12;

/// A received packet, borrowed from the datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rtp<'a> {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

/// The packet in a datagram, or `None` when it is not RTP version 2 or does not hold together.
pub fn parse(datagram: &[u8]) -> Option<Rtp<'_>> {
    if datagram.len() < HEADER_BYTES || datagram[0] >> 6 != 2 {
        return None;
    }
    // RFC 5761: these types are RTCP when both share a port.
    if (192..=223).contains(&datagram[1]) {
        return None;
    }
    let mut start = HEADER_BYTES + 4 * usize::from(datagram[0] & 0x0F);
    if datagram[0] & 0x10 != 0 {
        let length = datagram.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([length[0], length[1]]));
    }
    let mut end = datagram.len();
    if datagram[0] & 0x20 != 0 {
        let padding = usize::from(*datagram.last()?);
        if padding == 0 {
            return None;
        }
        end = end.checked_sub(padding)?;
    }
    let payload = datagram.get(start..end)?;
    let word = |at: usize| u32::from_be_bytes([datagram[at], datagram[at + 1], datagram[at + 2], datagram[at + 3]]);
    Some(Rtp {
        payload_type: datagram[1] & 0x7F,
        marker: datagram[1] & 0x80 != 0,
        sequence: u16::from_be_bytes([datagram[2], datagram[3]]),
        timestamp: word(4),
        ssrc: word(8),
        payload,
    })
}

/// Writes header and payload into `out`, replacing what it held.
pub fn write(out: &mut Vec<u8>, packet: &Rtp<'_>) {
    out.clear();
    out.push(0x80);
    out.push(packet.payload_type | if packet.marker { 0x80 } else { 0 });
    out.extend_from_slice(&packet.sequence.to_be_bytes());
    out.extend_from_slice(&packet.timestamp.to_be_bytes());
    out.extend_from_slice(&packet.ssrc.to_be_bytes());
    out.extend_from_slice(packet.payload);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn written_is_read_back() {
        let packet = Rtp { payload_type: 101, marker: true, sequence: 65_535, timestamp: 4_000_000_000, ssrc: 7, payload: &[1, 2, 3] };
        let mut bytes = Vec::new();
        write(&mut bytes, &packet);
        assert_eq!(parse(&bytes), Some(packet));
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        let mut good = Vec::new();
        write(&mut good, &Rtp { payload_type: 8, marker: false, sequence: 1, timestamp: 2, ssrc: 3, payload: &[9; 160] });
        let change = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        let check = [
            ("short", good[..11].to_vec()),
            ("version 1", change(0, 0x40)),
            ("rtcp", change(1, 200)),
            ("padding beyond the packet", {
                let mut bytes = change(0, 0xA0);
                *bytes.last_mut().unwrap() = 255;
                bytes
            }),
            ("extension beyond the packet", change(0, 0x90)[..14].to_vec()),
            ("contributors beyond the packet", change(0, 0x8F)[..20].to_vec()),
        ];
        for (name, bytes) in check {
            assert_eq!(parse(&bytes), None, "{name}");
        }
    }

    #[test]
    fn no_datagram_panics() {
        let mut state = 1u32;
        for length in 0..200usize {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            for first in 0..=255u8 {
                let mut bytes = bytes.clone();
                if let Some(byte) = bytes.first_mut() {
                    *byte = first;
                }
                let _ = parse(&bytes);
            }
        }
    }
}
