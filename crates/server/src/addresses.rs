//! What an address typed by a person must look like, so that a slip is told at once and not at the
//! first call.

/// A text message has room for no more.
pub const PUBLIC_ADDRESS_MAX: usize = 40;

/// `host:port`, if wanted with `;transport=udp`, `tcp` or `tls`.
pub fn is_trunk(text: &str) -> bool {
    let (address, parameter) = text.split_once(';').map_or((text, None), |(address, parameter)| (address, Some(parameter)));
    let transport = parameter.is_none_or(|parameter| matches!(parameter, "transport=udp" | "transport=tcp" | "transport=tls"));
    transport && address.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port))
}

/// `sip:user@host`, if wanted with a port and parameters; `sips:` as well.
pub fn is_sip_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("sips:").or_else(|| text.strip_prefix("sip:")) else { return false };
    let Some((user, rest)) = rest.split_once('@') else { return false };
    let (address, parameters) = rest.split_once(';').unwrap_or((rest, ""));
    let readable = |part: &str, extra: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.as_bytes().contains(&byte));
    let host_and_port = match address.rsplit_once(':') {
        Some((host, port)) if !address.ends_with(']') => is_host(host) && is_port(port),
        Some(_) | None => is_host(address),
    };
    !user.is_empty() && readable(user, "-_.!~*'()&=+$,?/%") && host_and_port && readable(parameters, "-_.=;:")
}

/// `https://host`, if wanted with a port, and nothing behind it: paths are ours. Plain HTTP leads to this machine alone.
pub fn is_public_address(text: &str) -> bool {
    let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return false,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let here = host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    text.len() <= PUBLIC_ADDRESS_MAX && is_host(host) && port.is_none_or(is_port) && (secure || here)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let label = |label: &str| {
        let letters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        !label.is_empty() && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    // Four numbers are an address or a slip, never a name.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { text.parse::<std::net::Ipv4Addr>().is_ok() } else { text.strip_suffix('.').unwrap_or(text).split('.').all(label) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_is_host_and_port() {
        for (text, expected) in [
            ("127.0.0.1:5080", true),
            ("trunk.example:5060", true),
            ("trunk.example:5060;transport=tcp", true),
            ("[::1]:5060", true),
            ("not a host::", false),
            ("trunk.example", false),
            ("trunk.example:0", false),
            ("trunk.example:70000", false),
            ("trunk.example:+5", false),
            ("trunk.example:5060;transport=pigeon", false),
            ("sip:trunk.example:5060", false),
            ("999.1.1.1:5060", false),
            (":5060", false),
            ("", false),
        ] {
            assert_eq!(is_trunk(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_public_address_is_a_name_alone_and_private() {
        for (text, expected) in [
            ("https://svar.polisen.example", true),
            ("https://svar.polisen.example:8443", true),
            ("https://192.0.2.7", true),
            ("http://127.0.0.1:8114", true),
            ("http://localhost:8114", true),
            ("http://[::1]:8114", true),
            ("http://svar.polisen.example", false),
            ("https://svar.polisen.example/", false),
            ("https://svar.polisen.example/svar", false),
            ("https://user@svar.polisen.example", false),
            ("https://svar.polisen.example?x", false),
            ("https://svar.polisen.example:0", false),
            ("https://a-name-that-is-much-too-long-to-be-sent.example", false),
            ("https://", false),
            ("svar.polisen.example", false),
            ("ftp://svar.polisen.example", false),
            ("", false),
        ] {
            assert_eq!(is_public_address(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_telephone_is_a_sip_address() {
        for (text, expected) in [
            ("sip:desk-7@127.0.0.1:5062", true),
            ("sip:desk-7@phones.example", true),
            ("sips:desk-7@phones.example;transport=tls", true),
            ("sip:desk-7@[::1]", true),
            ("sip:desk-7@[::1]:5062", true),
            ("foo bar", false),
            ("sip:foo bar@phones.example", false),
            ("sip:desk-7", false),
            ("sip:@phones.example", false),
            ("tel:112", false),
            ("sip:desk-7@phones.example:0", false),
            ("sip:desk-7@phones.example\r\nX: y", false),
            ("", false),
        ] {
            assert_eq!(is_sip_address(text), expected, "{text:?}");
        }
    }
}
