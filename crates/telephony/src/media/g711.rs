//! G.711: A-law and mu-law, both directions. Facts of ITU-T G.711 only; no state, no buffers.

/// Which of the two laws a leg speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// PCMA, static payload type 8: Europe's law, and ours when we may choose.
    Alaw,
    /// PCMU, static payload type 0.
    Ulaw,
}

impl Codec {
    /// The name SDP uses.
    pub fn sdp_name(self) -> &'static str {
        match self {
            Codec::Alaw => "PCMA",
            Codec::Ulaw => "PCMU",
        }
    }

    /// The byte that means no sound.
    pub fn silence(self) -> u8 {
        match self {
            Codec::Alaw => 0xD5,
            Codec::Ulaw => 0xFF,
        }
    }

    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Codec::Alaw => ALAW[byte as usize],
            Codec::Ulaw => ULAW[byte as usize],
        }
    }

    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Codec::Alaw => encode_alaw(sample),
            Codec::Ulaw => encode_ulaw(sample),
        }
    }

    /// The same sound in the other law, byte by byte.
    pub fn translate(self, to: Codec, payload: &[u8]) -> Vec<u8> {
        payload.iter().map(|&byte| to.encode(self.decode(byte))).collect()
    }
}

static ALAW: [i16; 256] = alaw_table();
static ULAW: [i16; 256] = ulaw_table();

const fn alaw_table() -> [i16; 256] {
    let mut table = [0i16; 256];
    let mut byte = 0usize;
    while byte < 256 {
        let code = (byte as u8) ^ 0x55;
        let exponent = (code >> 4) & 7;
        let mantissa = (code & 15) as i16;
        let magnitude = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
        table[byte] = if code & 0x80 != 0 { magnitude } else { -magnitude };
        byte += 1;
    }
    table
}

const ULAW_BIAS: i16 = 0x84;

const fn ulaw_table() -> [i16; 256] {
    let mut table = [0i16; 256];
    let mut byte = 0usize;
    while byte < 256 {
        let code = !(byte as u8);
        let exponent = (code >> 4) & 7;
        let mantissa = (code & 15) as i16;
        let magnitude = (((mantissa << 3) + ULAW_BIAS) << exponent) - ULAW_BIAS;
        table[byte] = if code & 0x80 != 0 { -magnitude } else { magnitude };
        byte += 1;
    }
    table
}

fn encode_alaw(sample: i16) -> u8 {
    // One's complement for negatives keeps both halves symmetric.
    let (sign, magnitude) = if sample >= 0 { (0x80, sample as u16) } else { (0, !sample as u16) };
    let code = if magnitude < 256 {
        (magnitude >> 4) as u8
    } else {
        let exponent = 8 - (magnitude.leading_zeros() as u8);
        let mantissa = ((magnitude >> (exponent + 3)) & 15) as u8;
        (exponent << 4) | mantissa
    };
    (code | sign) ^ 0x55
}

fn encode_ulaw(sample: i16) -> u8 {
    const CLIP: i32 = 32_635;
    let sign = if sample < 0 { 0x80u8 } else { 0 };
    let magnitude = (i32::from(sample).abs().min(CLIP) + i32::from(ULAW_BIAS)) as u16;
    let exponent = 8 - (magnitude.leading_zeros() as u8);
    let mantissa = ((magnitude >> (exponent + 3)) & 15) as u8;
    !(sign | (exponent << 4) | mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_a_round_trip() {
        for codec in [Codec::Alaw, Codec::Ulaw] {
            for byte in 0..=255u8 {
                let sample = codec.decode(byte);
                let back = codec.decode(codec.encode(sample));
                assert_eq!(sample, back, "{codec:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn known_values_of_the_standard() {
        // (law, linear, code) as in the tables of G.711.
        let check = [
            (Codec::Alaw, 0, 0xD5),
            (Codec::Alaw, 32_767, 0xAA),
            (Codec::Alaw, -32_768, 0x2A),
            (Codec::Ulaw, 0, 0xFF),
            (Codec::Ulaw, 32_767, 0x80),
            (Codec::Ulaw, -32_768, 0x00),
        ];
        for (codec, linear, code) in check {
            assert_eq!(codec.encode(linear), code, "{codec:?} {linear}");
        }
    }

    #[test]
    fn the_error_stays_within_the_step() {
        for codec in [Codec::Alaw, Codec::Ulaw] {
            for sample in (i16::MIN..=i16::MAX).step_by(7) {
                let error = (i32::from(codec.decode(codec.encode(sample))) - i32::from(sample)).abs();
                assert!(error <= 16 + i32::from(sample).abs() / 16, "{codec:?} {sample} {error}");
            }
        }
    }
}
