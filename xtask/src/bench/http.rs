//! The little of HTTP that measuring needs: requests to our own program on loopback, one after another over a connection
//! that is kept open, as browsers do.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than the program itself takes before it says that it cannot.
const ANSWER_MAX: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
const LINE_BYTES_MAX: u64 = 64 * 1024;
const HEADERS_MAX: usize = 100;

/// Status and body of a GET.
pub fn get(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    let answer = Connection::to(address).ask("GET", path, &[], b"")?;
    Ok((answer.status, answer.text()))
}

pub type Header<'a> = (&'a str, &'a str);

pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// All headers of a name, which is in small letters.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The answer, if it has this status.
    pub fn is(self, status: u16, what: &str) -> Result<Self> {
        if self.status != status {
            bail!("{what} was answered with {} in the place of {status}: {:.300}", self.status, self.text());
        }
        Ok(self)
    }
}

/// One request after another; opened when it is used, and anew when the other side has closed it.
pub struct Connection {
    address: SocketAddr,
    open: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub fn to(address: SocketAddr) -> Self {
        Self { address, open: None }
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[Header<'_>], body: &[u8]) -> Result<Answer> {
        let head = head(self.address, method, path, headers, body.len());
        let reused = self.open.is_some();
        let answered = match self.send(&head, body).and_then(|()| self.first_line()) {
            // It was closed while nobody asked.
            Ok(line) if line.is_empty() && reused => self.again(&head, body),
            Err(_) if reused => self.again(&head, body),
            other => other,
        };
        let answer = answered.and_then(|line| self.rest(&line, method));
        match &answer {
            Ok(answer) if answer.header("connection") != Some("close") => {}
            _ => self.open = None,
        }
        answer
    }

    fn again(&mut self, head: &str, body: &[u8]) -> Result<String> {
        self.open = None;
        self.send(head, body)?;
        self.first_line()
    }

    fn send(&mut self, head: &str, body: &[u8]) -> Result<()> {
        if self.open.is_none() {
            self.open = Some(BufReader::new(connect(self.address)?));
        }
        let stream = self.open.as_mut().context("no connection")?.get_mut();
        stream.write_all(head.as_bytes())?;
        Ok(stream.write_all(body)?)
    }

    fn first_line(&mut self) -> Result<String> {
        line(self.open.as_mut().context("no connection")?)
    }

    fn rest(&mut self, first: &str, method: &str) -> Result<Answer> {
        let stream = self.open.as_mut().context("no connection")?;
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).context("the answer is not HTTP")?;
        let headers = read_headers(stream)?;
        let mut answer = Answer { status, headers, body: Vec::new() };
        if method == "HEAD" || matches!(status, 204 | 304) {
            return Ok(answer);
        }
        let length = answer.header("content-length").map(str::parse::<u64>).transpose()?;
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = chunks(stream)?;
        } else if let Some(length) = length.filter(|length| *length <= ANSWER_BYTES_MAX) {
            answer.body = vec![0; usize::try_from(length)?];
            stream.read_exact(&mut answer.body)?;
        } else {
            bail!("the answer does not say how long it is, or is longer than {ANSWER_BYTES_MAX} bytes");
        }
        Ok(answer)
    }
}

/// A stream of events: it is open, and tells the names of what comes.
pub struct Events {
    stream: BufReader<TcpStream>,
}

impl Events {
    /// # Errors
    /// The status, where the stream is refused.
    pub fn open(address: SocketAddr, path: &str, headers: &[Header<'_>]) -> Result<Self> {
        let mut stream = BufReader::with_capacity(1024, connect(address)?);
        stream.get_mut().write_all(head(address, "GET", path, headers, 0).as_bytes())?;
        let first = line(&mut stream)?;
        if !first.starts_with("HTTP/1.1 200") {
            bail!("{}", first.get(9..12).unwrap_or("no answer"));
        }
        read_headers(&mut stream)?;
        Ok(Self { stream })
    }

    /// The name of the next event; none when the stream has ended. What stands around it is not looked at.
    pub fn next(&mut self) -> Option<String> {
        loop {
            let line = line(&mut self.stream).ok().filter(|line| !line.is_empty())?;
            if let Some(name) = line.strip_prefix("event: ") {
                return Some(name.trim_end().to_owned());
            }
        }
    }
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, ANSWER_MAX)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    Ok(stream)
}

fn head(address: SocketAddr, method: &str, path: &str, headers: &[Header<'_>], length: usize) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if length > 0 || method != "GET" {
        head += &format!("content-length: {length}\r\n");
    }
    head + "\r\n"
}

/// With its end; empty at the end of all.
fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    match stream.take(LINE_BYTES_MAX).read_line(&mut line) {
        Ok(_) => Ok(line),
        Err(fault) if fault.kind() == ErrorKind::WouldBlock => bail!("no answer within {} s", ANSWER_MAX.as_secs()),
        Err(fault) => Err(fault.into()),
    }
}

fn read_headers(stream: &mut impl BufRead) -> Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    for _ in 0..HEADERS_MAX {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(':') else { return Ok(headers) };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    bail!("the answer has more than {HEADERS_MAX} headers")
}

fn chunks(stream: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let length = u64::from_str_radix(line(stream)?.trim(), 16).context("a piece of the answer has no length")?;
        if length + body.len() as u64 > ANSWER_BYTES_MAX {
            bail!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
        }
        stream.take(length).read_to_end(&mut body)?;
        line(stream)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::TcpListener, thread};

    /// Answers the requests of one connection after another with these texts, and tells what was asked.
    fn server(connections: Vec<Vec<&'static str>>) -> (SocketAddr, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let served = thread::spawn(move || {
            let mut asked = Vec::new();
            for answers in connections {
                let mut stream = BufReader::new(listener.accept().unwrap().0);
                for answer in answers {
                    let first = line(&mut stream).unwrap();
                    let headers = read_headers(&mut stream).unwrap();
                    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, length)| length.parse().unwrap());
                    let mut body = vec![0; length];
                    stream.read_exact(&mut body).unwrap();
                    asked.push(format!("{} {}", first.trim_end(), String::from_utf8(body).unwrap()));
                    stream.get_mut().write_all(answer.as_bytes()).unwrap();
                }
            }
            asked
        });
        (address, served)
    }

    #[test]
    fn answers_are_read_one_after_another_also_after_the_other_side_has_closed() {
        let (address, served) = server(vec![
            vec![
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nA: 1\r\na: 2\r\n\r\nbody",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n",
            ],
            vec!["HTTP/1.1 204 No Content\r\n\r\n", "SSH-2.0 \r\n"],
        ]);
        let mut connection = Connection::to(address);
        let first = connection.ask("GET", "/1", &[("x", "y")], b"").unwrap();
        assert_eq!((first.status, first.text().as_str(), first.headers("a").collect::<Vec<_>>()), (200, "body", vec!["1", "2"]));
        assert_eq!(connection.ask("POST", "/2", &[], b"sent").unwrap().text(), "one two");
        assert_eq!(connection.ask("PUT", "/3", &[], b"").unwrap().is(204, "it").unwrap().text(), "");
        assert!(connection.ask("GET", "/4", &[], b"").is_err());
        assert_eq!(served.join().unwrap(), ["GET /1 HTTP/1.1 ", "POST /2 HTTP/1.1 sent", "PUT /3 HTTP/1.1 ", "GET /4 HTTP/1.1 "]);
    }

    #[test]
    fn events_are_told_by_name_and_a_refusal_by_its_status() {
        let (address, served) = server(vec![
            vec![
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\nevent: page\ndata: {}\n\n\r\n15\r\nevent: beat\ndata: 1\n\n\r\n",
            ],
            vec!["HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"],
        ]);
        let mut events = Events::open(address, "/stream", &[]).unwrap();
        let told: Vec<_> = std::iter::from_fn(|| events.next()).collect();
        assert_eq!(told, ["page", "beat"]);
        assert_eq!(Events::open(address, "/stream", &[]).err().map(|fault| fault.to_string()).as_deref(), Some("429"));
        served.join().unwrap();
    }
}
