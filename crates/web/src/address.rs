//! The address that a request comes from, for limits alone: it is neither kept nor logged.

use crate::{app::App, fault::Fault};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use std::net::{IpAddr, SocketAddr};

/// The connection's own address, or the nearest proxy's word when one stands in front.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Address(pub IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await.map_err(|_| Fault::Internal)?;
        let forwarded = if app.config().behind_proxy { forwarded(&parts.headers) } else { None };
        Ok(Self(forwarded.unwrap_or(peer.ip())))
    }
}

/// The last word of the last header: what the nearest proxy added. All before it is the client's own.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// What is counted as one: a household holds a whole /64 of IPv6.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::from([s[0], s[1], s[2], s[3], 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_nearest_proxy_has_the_last_word() {
        let cases: [(&[&str], Option<&str>); 5] = [
            (&[], None),
            (&["192.0.2.1"], Some("192.0.2.1")),
            (&["192.0.2.1, 198.51.100.2"], Some("198.51.100.2")),
            (&["192.0.2.1", "198.51.100.2"], Some("198.51.100.2")),
            (&["unknown"], None),
        ];
        for (given, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            assert_eq!(forwarded(&headers), expected.map(|address| address.parse().unwrap()), "{given:?}");
        }
    }

    #[test]
    fn a_network_counts_as_one() {
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8:1:1::5", "2001:db8:1:1:9::", true),
            ("2001:db8:1:1::5", "2001:db8:1:2::5", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ] {
            assert_eq!(network(one.parse().unwrap()) == network(other.parse().unwrap()), same, "{one} and {other}");
        }
    }
}
