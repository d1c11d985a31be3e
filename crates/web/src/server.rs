//! Listening: who may be served in the clear, how many connections, how slow a client may be, and
//! how the server ends.

use crate::{
    WebConfig,
    app::App,
    limits::{CONNECTIONS_MAX, HANDSHAKE_WAIT, HEADERS_BYTES_MAX, HEADERS_WAIT, STOPPING_WAIT, STREAMS_MAX},
    routes::routes,
    session,
};
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::{
    Handle, Server,
    accept::Accept,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::rt::TokioTimer;
use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use switchboard::Switchboard;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Why the web surface is not offered: one clear line each.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("plain HTTP is served on loopback only, not on {0}: name a certificate and key, or say that a proxy stands in front")]
    PlainOutsideLoopback(SocketAddr),
    #[error("the address {address} cannot be used ({cause}): choose another port, or end the program that has it")]
    AddressTaken { address: SocketAddr, cause: io::Error },
    #[error("the certificate {certificate} or key {key} cannot be read ({cause}): both must be PEM files that this user may read")]
    Certificate { certificate: String, key: String, cause: io::Error },
}

/// The surface while it is offered.
pub struct Running {
    pub address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Waits until the last request has ended after the shutdown was asked for.
    pub async fn ended(self) {
        match self.task.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the web surface ended by a fault of the network"),
            Err(_) => tracing::error!("the web surface ended by a fault of its own"),
        }
    }
}

/// Offers the surface until `shutdown`.
///
/// # Errors
/// [`ServeError`] says what to change; nothing is offered then.
pub async fn serve(config: WebConfig, switchboard: Switchboard, shutdown: CancellationToken) -> Result<Running, ServeError> {
    open(config).await?.serve(switchboard, shutdown)
}

/// The surface before anything is behind it: its address is had and its certificate read, so that a
/// program that cannot offer it says so before it starts anything else.
pub struct Opened {
    config: WebConfig,
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

/// Takes the address and reads the certificate. Whoever connects waits until [`Opened::serve`].
///
/// # Errors
/// [`ServeError`] says what to change.
pub async fn open(config: WebConfig) -> Result<Opened, ServeError> {
    let listen = config.listen;
    if config.tls.is_none() && !config.behind_proxy && !listen.ip().is_loopback() {
        return Err(ServeError::PlainOutsideLoopback(listen));
    }
    let taken = |cause| ServeError::AddressTaken { address: listen, cause };
    let listener = TcpListener::bind(listen).map_err(taken)?;
    listener.set_nonblocking(true).map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let tls = match &config.tls {
        None => None,
        Some((certificate, key)) => {
            // A second call finds it set already; both set the same.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            let read = RustlsConfig::from_pem_file(certificate, key).await.map_err(|cause| ServeError::Certificate {
                certificate: certificate.display().to_string(),
                key: key.display().to_string(),
                cause,
            })?;
            Some(read)
        }
    };
    Ok(Opened { config, listener, address, tls })
}

impl Opened {
    /// Offers the surface until `shutdown`.
    ///
    /// # Errors
    /// [`ServeError::AddressTaken`] when the system takes the address back.
    pub fn serve(self, switchboard: Switchboard, shutdown: CancellationToken) -> Result<Running, ServeError> {
        let Self { config, listener, address, tls } = self;
        let app = App::new(switchboard, config, shutdown.clone());
        tokio::spawn(session::forget_ended(app.clone(), shutdown.clone().cancelled_owned()));
        let service = routes(app).into_make_service_with_connect_info::<SocketAddr>();
        let handle = Handle::new();
        tokio::spawn(stop_when_asked(shutdown, handle.clone()));
        let plain = Capped { room: Arc::new(Semaphore::new(CONNECTIONS_MAX)) };
        let server = axum_server::from_tcp(listener).map_err(|cause| ServeError::AddressTaken { address, cause })?.handle(handle);
        let task = match tls {
            None => offer(server.acceptor(plain), service),
            Some(tls) => offer(server.acceptor(RustlsAcceptor::new(tls).handshake_timeout(HANDSHAKE_WAIT).acceptor(plain)), service),
        };
        Ok(Running { address, task })
    }
}

type Service = IntoMakeServiceWithConnectInfo<axum::Router, SocketAddr>;

fn offer<A>(mut server: Server<SocketAddr, A>, service: Service) -> JoinHandle<io::Result<()>>
where
    A: Accept<TcpStream, axum::middleware::AddExtension<axum::Router, axum::extract::ConnectInfo<SocketAddr>>>
        + Clone
        + Send
        + Sync
        + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send,
    A::Service: axum_server::service::SendService<axum::http::Request<hyper::body::Incoming>> + Send,
    A::Future: Send,
{
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WAIT).max_buf_size(HEADERS_BYTES_MAX);
    let headers = u32::try_from(HEADERS_BYTES_MAX).unwrap_or(u32::MAX);
    let streams = u32::try_from(STREAMS_MAX).unwrap_or(u32::MAX).min(128);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(headers).max_concurrent_streams(streams);
    tokio::spawn(server.serve(service))
}

async fn stop_when_asked(shutdown: CancellationToken, handle: Handle<SocketAddr>) {
    shutdown.cancelled().await;
    handle.graceful_shutdown(Some(STOPPING_WAIT));
}

/// Accepts no more connections than there is room for; a connection gives its place back when it ends.
#[derive(Clone)]
struct Capped {
    room: Arc<Semaphore>,
}

type Accepting<S, T> = Pin<Box<dyn Future<Output = io::Result<(S, T)>> + Send>>;

impl<S: Send + 'static> Accept<TcpStream, S> for Capped {
    type Stream = Counted;
    type Service = S;
    type Future = Accepting<Counted, S>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = self.room.clone().try_acquire_owned();
        Box::pin(async move {
            let place = place.map_err(|_| io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections"))?;
            stream.set_nodelay(true)?;
            Ok((Counted { stream, _place: place }, service))
        })
    }
}

/// A connection that holds one place.
struct Counted {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
