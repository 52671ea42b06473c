//! Probing of servers for their status.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use kmip_ttlv::enumeration::QueryFunction;
use kmip_ttlv::{ProtocolVersion, V1_1};

use super::Engine;
use super::attempt::attempt;
use super::server::Line;
use crate::client::error::Error;
use crate::client::outcome::Outcome;
use crate::client::status::{EndpointState, EndpointStatus, Status};
use crate::client::terms::Terms;
use crate::config::Thumbprint;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::{DiscoverVersions, Query};
use crate::transport::error::Broken;
use crate::transport::error::TransportError;
use crate::transport::network::{Link as _, Network};
use crate::transport::time::Limit;
use crate::transport::tls::{TlsError, end_of};

impl<N: Network> Engine<N> {
    /// Returns the known status of the servers, without connecting.
    pub(crate) fn status(&self) -> Status {
        let endpoints = self.servers.iter().map(|server| {
            let peer = *server.peer();
            let health = server.health();
            EndpointStatus {
                endpoint: server.endpoint.clone(),
                state: health.state,
                version: peer.version.or(peer.guess),
                latency: None,
                thumbprint: peer.thumbprint,
                certificate_ends: health.certificate.as_deref().and_then(end_of),
                failure: health.failure.clone(),
                error: None,
            }
        });
        self.with_warnings(endpoints.collect())
    }

    /// Probes all servers, concurrently if the network can wait for several futures.
    pub(crate) async fn probe(&self, terms: &Terms) -> Status {
        let terms = self.recorder.terms(Vec::new, terms);
        // Every server is probed, and never twice.
        let Terms { allowance, options, only: _, affordable: _ } = &*terms;
        let total = allowance.start(self.network.now(), self.config.limit_in_total());
        let probes = (0..self.servers.len()).map(|index| Box::pin(self.probe_one(index, options, total)) as Probe<'_>);
        let endpoints = all(probes.collect()).await;
        self.with_warnings(endpoints)
    }

    /// Marks the servers with a certificate that ends soon, either theirs or the client's.
    pub(super) fn with_warnings(&self, mut endpoints: Vec<EndpointStatus>) -> Status {
        let own =
            self.config.tls_settings().given_identity().and_then(|identity| end_of(&identity.newest_key().cert[0]));
        let warned = |ends: Option<SystemTime>| {
            let soon = SystemTime::now().checked_add(self.config.warns_before_expiry());
            ends.is_some_and(|ends| soon.is_none_or(|soon| ends <= soon))
        };
        for endpoint in &mut endpoints {
            if endpoint.state == EndpointState::Normal && (warned(endpoint.certificate_ends) || warned(own)) {
                endpoint.state = EndpointState::Expiring;
            }
        }
        Status { endpoints, client_certificate_ends: own }
    }

    /// Probes one server on a fresh connection, because an idle one does not show if new connections are accepted. The
    /// connection is kept, in place of another.
    async fn probe_one(&self, index: usize, options: &RequestOptions, total: Limit) -> EndpointStatus {
        let server = &self.servers[index];
        let mut status = EndpointStatus {
            endpoint: server.endpoint.clone(),
            state: EndpointState::Normal,
            version: None,
            latency: None,
            thumbprint: None,
            certificate_ends: None,
            failure: None,
            error: None,
        };
        if let Err(error) = self.fill_status(index, options, total, &mut status).await {
            if let Some(TransportError::Tls(TlsError::Untrusted(untrusted))) = error.transport_error() {
                status.thumbprint = Some(untrusted.presented);
            }
            status.state = EndpointState::of(&error);
            status.failure = Some(error.report().to_string());
            server.record_failure(status.state, error.report().to_string());
            status.error = Some(Arc::new(error));
        } else {
            server.record_success();
        }
        status
    }

    async fn fill_status(
        &self,
        index: usize,
        options: &RequestOptions,
        total: Limit,
        status: &mut EndpointStatus,
    ) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::ClientClosed);
        }
        let server = &self.servers[index];
        let unreachable = |error| Error::Unreachable(Box::new(attempt(server, Vec::new(), error)));
        let mut lease = self.lease(server, total, &mut self.network.now()).await.map_err(unreachable)?;
        drop(lease.take());
        let mut line = self.open(index, total).await.map_err(unreachable)?;
        if let Some(certificate) = line.link.server_certificate() {
            status.thumbprint = Some(Thumbprint::sha256_of(certificate));
            status.certificate_ends = end_of(certificate);
        }
        let version = match server.version_on(&line) {
            Some(version) => version,
            None => match self.negotiate(&mut line, options, total).await {
                Ok(agreed) => server.record_agreed(&mut line, agreed),
                Err(Outcome::Broken(Broken::NotSent(error) | Broken::Ambiguous(error))) => {
                    return Err(unreachable(error));
                }
                Err(Outcome::Answered(answer) | Outcome::Declined(answer)) => return answer.map(|_| ()),
            },
        };
        line = self.usable(line, total).await.map_err(unreachable)?;
        status.version = Some(version);
        status.latency = Some(self.round_trip(&mut line, version, options, total).await?);
        self.cluster.record_success(index);
        line.give_back(lease, self.network.now());
        Ok(())
    }

    /// Measures the time that a server takes to answer a request that every server answers, at least with a refusal.
    async fn round_trip(
        &self,
        line: &mut Line<N::Link>,
        version: ProtocolVersion,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<Duration, Error> {
        let options = &options.to_negotiate_in(version);
        let start = self.network.now();
        let answered = if version >= V1_1 {
            self.send_once(line, version, &DiscoverVersions::among([version]), options, total).await.map(Result::err)
        } else {
            let query = Query::functions([QueryFunction::QUERY_OPERATIONS]);
            self.send_once(line, version, &query, options, total).await.map(Result::err)
        };
        match answered {
            Ok(Some(error)) if error.is_unauthenticated() || error.is_permission_denied() => return Err(error),
            // Any other refusal is an answer to the request.
            Ok(_) => {}
            Err(Broken::NotSent(error) | Broken::Ambiguous(error)) => {
                return Err(Error::Unreachable(Box::new(attempt(&self.servers[line.server], Vec::new(), error))));
            }
        }
        Ok(self.network.now().saturating_duration_since(start))
    }
}

type Probe<'a> = Pin<Box<dyn Future<Output = EndpointStatus> + Send + 'a>>;

/// Waits for all of them concurrently.
async fn all(mut probes: Vec<Probe<'_>>) -> Vec<EndpointStatus> {
    let mut done: Vec<Option<EndpointStatus>> = probes.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (probe, done) in probes.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(status) = probe.as_mut().poll(context) {
                *done = Some(status);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}
