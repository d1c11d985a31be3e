//! The signalling thread: opens the sockets, gives each request to the call it belongs to, answers
//! what belongs to none.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog::Dialog;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, HeadersExt, Method, StatusCode};
use rsipstack::transaction::endpoint::EndpointOption;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::TransportLayer;
use rsipstack::transport::udp::UdpConnection;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_util::sync::CancellationToken;

use super::gate::Gate;
use super::stream::{self, Limits, Streams};
use super::udp::GatedSocket;
use super::{ALLOW, inbound};
use crate::StartError;
use crate::config::TlsConfig;
use crate::event::Transport;
use crate::shared::{Shared, Signalling};

/// How often a free port is looked for that both UDP and TCP can have.
const PORT_ATTEMPTS: usize = 32;
/// Room in the kernel for a burst of datagrams.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;
const STREAM_IDLE: Duration = Duration::from_secs(3_600);

/// Runs signalling on this thread until stopped. Tells through `ready` how it got on.
pub fn run(shared: Arc<Shared>, stop: CancellationToken, ready: oneshot::Sender<Result<Arc<Signalling>, StartError>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(StartError::Resources(error)));
            return;
        }
    };
    let handle = runtime.handle().clone();
    runtime.block_on(async move {
        match open(shared, handle, stop.clone()).await {
            Ok(opened) => {
                if ready.send(Ok(opened.signalling.clone())).is_ok() {
                    serve(opened, &stop).await;
                }
                stop.cancel();
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
}

type Incoming = rsipstack::transaction::TransactionReceiver;

/// Signalling with its sockets open.
struct Opened {
    signalling: Arc<Signalling>,
    incoming: Incoming,
    /// What must never end before signalling does.
    tasks: JoinSet<()>,
}

/// Serves until stopped. Where a part of signalling has ended, the rest must not look alive.
async fn serve(opened: Opened, stop: &CancellationToken) {
    let Opened { signalling, incoming, mut tasks } = opened;
    tasks.spawn(dispatch(signalling, incoming));
    until_one_ends(tasks, stop).await;
}

async fn until_one_ends(mut tasks: JoinSet<()>, stop: &CancellationToken) {
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        ended = tasks.join_next() => {
            let panicked = matches!(ended, Some(Err(error)) if error.is_panic());
            tracing::error!(panicked, "a part of signalling ended by a fault of this program: no more calls until it is started again");
        }
    }
}

async fn open(shared: Arc<Shared>, runtime: tokio::runtime::Handle, stop: CancellationToken) -> Result<Opened, StartError> {
    let (udp, tcp) = bind_both(shared.config.sip).await?;
    let sip = udp.local_addr().map_err(StartError::Resources)?;
    let tls = match &shared.config.tls {
        Some(config) => Some((bind_tcp(config.listen, Transport::Tls).await?, acceptor(config)?)),
        None => None,
    };
    let tls_address = tls.as_ref().and_then(|(listener, _)| listener.local_addr().ok());
    let advertised = advertised(&shared, sip.ip());
    let gate = Arc::new(Gate::new(shared.config.admission, shared.counters.clone()));

    let transports = TransportLayer::new(stop.clone());
    transports.set_stream_idle_timeout(STREAM_IDLE);
    let socket = Arc::new(GatedSocket::new(udp, gate.clone()));
    let external = SocketAddr::new(advertised, sip.port());
    let connection = UdpConnection::from_socket(socket, Some(external), Some(stop.child_token()))
        .await
        .map_err(|error| StartError::Signalling(error.to_string()))?;
    transports.add_transport(connection.into());
    if let Some(path) = shared.config.tls.as_ref().and_then(|tls| tls.roots.as_ref()) {
        transports.set_tls_config(rsipstack::transport::TlsConfig { ca_certs: Some(roots(path)?), ..Default::default() });
    }
    let t1 = Duration::from_millis(shared.timing.t1_ms);
    let endpoint = EndpointBuilder::new()
        .with_user_agent(&shared.config.user_agent)
        .with_cancel_token(stop.clone())
        .with_transport_layer(transports)
        .with_option(EndpointOption { t1, t1x64: t1 * 64, callid_suffix: Some(advertised.to_string()), ..Default::default() })
        .build();
    let incoming = endpoint.incoming_transactions().map_err(|error| StartError::Signalling(error.to_string()))?;
    let streams = Arc::new(Streams {
        endpoint: endpoint.inner.clone(),
        gate: gate.clone(),
        counters: shared.counters.clone(),
        stop: stop.clone(),
        limits: Limits::default(),
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(stream::listen(streams.clone(), tcp, None));
    if let Some((listener, acceptor)) = tls {
        tasks.spawn(stream::listen(streams, listener, Some(acceptor)));
    }
    let dialogs = Arc::new(DialogLayer::new(endpoint.inner.clone()));
    gate.watch(dialogs.clone());
    tasks.spawn(async move { endpoint.serve().await });
    let signalling = Signalling { shared, dialogs, gate, sip, tls: tls_address, advertised, runtime, acknowledged: Notify::new() };
    Ok(Opened { signalling: Arc::new(signalling), incoming, tasks })
}

/// UDP and TCP on the same port, whichever is free when the port is 0.
async fn bind_both(address: SocketAddr) -> Result<(UdpSocket, TcpListener), StartError> {
    for _ in 0..PORT_ATTEMPTS {
        let udp = bind_udp(address)?;
        let taken = SocketAddr::new(address.ip(), udp.local_addr().map_err(StartError::Resources)?.port());
        match bind_tcp(taken, Transport::Tcp).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(StartError::AddrInUse { .. }) if address.port() == 0 => {}
            Err(error) => return Err(error),
        }
    }
    Err(StartError::AddrInUse { address, transport: Transport::Tcp })
}

fn bind_udp(address: SocketAddr) -> Result<UdpSocket, StartError> {
    let bind = || -> io::Result<UdpSocket> {
        let domain = socket2::Domain::for_address(address);
        let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        // More than the system grants is cut to what it grants.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
        socket.bind(&address.into())?;
        UdpSocket::from_std(socket.into())
    };
    bind().map_err(|error| bind_error(address, Transport::Udp, error))
}

async fn bind_tcp(address: SocketAddr, transport: Transport) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| bind_error(address, transport, error))
}

fn bind_error(address: SocketAddr, transport: Transport, error: io::Error) -> StartError {
    match error.kind() {
        io::ErrorKind::AddrInUse => StartError::AddrInUse { address, transport },
        _ => StartError::Bind { address, transport, error },
    }
}

fn unusable(path: &Path, why: impl ToString) -> StartError {
    StartError::Certificate { path: path.to_owned(), why: why.to_string() }
}

/// The PEM text of the root certificates. A faulty one is found here and not at the first call.
fn roots(path: &Path) -> Result<Vec<u8>, StartError> {
    let text = std::fs::read(path).map_err(|error| unusable(path, error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| unusable(path, error))?;
        roots.add(certificate).map_err(|error| unusable(path, error))?;
    }
    if roots.is_empty() { Err(unusable(path, "it holds no certificate")) } else { Ok(text) }
}

fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor, StartError> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(&config.certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|error| unusable(&config.key, error))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| unusable(&config.certificate, error))?;
    Ok(TlsAcceptor::from(Arc::new(server)))
}

/// What we tell others our address is.
fn advertised(shared: &Shared, bound: IpAddr) -> IpAddr {
    shared.config.advertised_ip.unwrap_or_else(|| if bound.is_unspecified() { outward_ip() } else { bound })
}

/// The address the system would use towards the world; nothing is sent.
fn outward_ip() -> IpAddr {
    let ask = || -> io::Result<IpAddr> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        Ok(socket.local_addr()?.ip())
    };
    ask().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

async fn dispatch(signalling: Arc<Signalling>, mut incoming: Incoming) {
    while let Some(transaction) = incoming.recv().await {
        let within_call = transaction.original.to_header().is_ok_and(|to| matches!(to.tag(), Ok(Some(_))));
        let signalling = signalling.clone();
        match (transaction.original.method, within_call) {
            (Method::Ack, _) => {}
            (Method::Invite, false) => {
                tokio::spawn(inbound::take(signalling, transaction));
            }
            (_, true) => within(&signalling, transaction),
            // The gate answers these itself and lets none through.
            (_, false) => reply(transaction, StatusCode::CallTransactionDoesNotExist, Vec::new()),
        }
    }
}

/// A request within a call.
fn within(signalling: &Arc<Signalling>, mut transaction: Transaction) {
    let Some(Dialog::Invite(mut dialog)) = signalling.dialogs.match_dialog(&transaction) else {
        return reply(transaction, StatusCode::CallTransactionDoesNotExist, Vec::new());
    };
    let established = dialog.state().is_confirmed();
    match transaction.original.method {
        Method::Bye => {}
        Method::Invite | Method::Update | Method::Info | Method::Options if established => {}
        Method::Options => return reply(transaction, StatusCode::OK, Vec::new()),
        // A key pressed right after our answer, ahead of its ACK.
        Method::Info if dialog.state().waiting_ack() => {
            tokio::spawn(when_acknowledged(signalling.clone(), dialog, transaction));
            return;
        }
        // Nothing can be changed, nor a key taken, before it is agreed on: the other side tries again.
        Method::Invite | Method::Update | Method::Info => return reply(transaction, StatusCode::RequestPending, Vec::new()),
        _ => return reply(transaction, StatusCode::MethodNotAllowed, vec![Header::Allow(ALLOW.into())]),
    }
    tokio::spawn(async move {
        if let Err(error) = dialog.handle(&mut transaction).await {
            tracing::debug!(kind = error_kind(&error), "a request within a call was not handled");
        }
    });
}

/// Hands on what came ahead of the ACK when that is here, or refuses it when it never comes.
async fn when_acknowledged(signalling: Arc<Signalling>, mut dialog: InviteDialog, mut transaction: Transaction) {
    let acknowledged = async {
        loop {
            let told = signalling.acknowledged.notified();
            if !dialog.state().waiting_ack() {
                return;
            }
            told.await;
        }
    };
    let _ = timeout(signalling.patience(), acknowledged).await;
    if !dialog.state().is_confirmed() {
        return reply(transaction, StatusCode::CallTransactionDoesNotExist, Vec::new());
    }
    if let Err(error) = dialog.handle(&mut transaction).await {
        tracing::debug!(kind = error_kind(&error), "a request within a call was not handled");
    }
}

/// Answers and stays until the other side has acknowledged or given up.
pub fn reply(mut transaction: Transaction, status: StatusCode, headers: Vec<Header>) {
    tokio::spawn(async move {
        if transaction.reply_with(status, headers, None).await.is_ok() {
            while transaction.receive().await.is_some() {}
        }
    });
}

/// The kind of an error without its text, which may hold numbers.
pub fn error_kind(error: &rsipstack::Error) -> &'static str {
    match error {
        rsipstack::Error::DialogError(..) => "dialog",
        rsipstack::Error::TransactionError(..) => "transaction",
        rsipstack::Error::TransportLayerError(..) => "transport",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn signalling_ends_when_it_is_stopped_and_when_a_part_of_it_breaks() {
        async fn check(part: impl Future<Output = ()> + Send + 'static, stopped: bool) {
            let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
            tasks.spawn(std::future::pending());
            tasks.spawn(part);
            if stopped {
                stop.cancel();
            }
            until_one_ends(tasks, &stop).await;
        }
        check(std::future::pending(), true).await;
        check(async {}, false).await;
        check(async { panic!("as if signalling had a fault") }, false).await;
    }
}
