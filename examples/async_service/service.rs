//! The requests of the service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use examples::exit_code;
use kmip_client::protocol::operation::{Activate, Create, Destroy, GetAttributes, Revoke};
use kmip_client::ttlv::enumeration::RevocationReasonCode;
use kmip_client::{Client, Error, Verdict};

use crate::envelope::{self, Sealed};
use crate::metrics::Metrics;

/// The longest body, in bytes.
const LONGEST: usize = 64 * 1024;

/// The state shared by requests. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Service {
    kms: Client,
    metrics: Arc<Metrics>,
    deadline: Duration,
}

/// An error response: a status, and a line for the caller.
type Problem = (StatusCode, String);

/// Converts an error of the KMS to a response. Details are for the operator, on standard error.
fn problem(error: &Error) -> Problem {
    // There is no other place to report it.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{}\n", error.report()));
    let (status, text) = match (error.is_timeout(), exit_code(error)) {
        (true, _) => (StatusCode::GATEWAY_TIMEOUT, "the KMS did not answer in time"),
        (_, 3) => (StatusCode::NOT_FOUND, "there is no such key"),
        (_, 4) => (StatusCode::CONFLICT, "the KMS refuses"),
        (_, 6) => (StatusCode::BAD_GATEWAY, "the KMS may have done it, or not"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the KMS cannot be reached"),
    };
    (status, format!("{text}\n"))
}

impl Service {
    pub(crate) const fn new(kms: Client, metrics: Arc<Metrics>, deadline: Duration) -> Self {
        Self { kms, metrics, deadline }
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/keys", post(create))
            .route("/keys/{id}", get(state).merge(delete(destroy)))
            .route("/keys/{id}/encrypt", post(encrypt))
            .route("/keys/{id}/decrypt", post(decrypt))
            .route("/health", get(health))
            .route("/metrics", get(metrics))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(self)
    }

    /// Returns the client for one request, whose calls share one deadline.
    fn kms(&self) -> Client {
        self.kms.with_deadline(Instant::now() + self.deadline)
    }
}

/// Creates a key and activates it. If the activation fails, the key is destroyed.
async fn create(State(service): State<Service>) -> Result<(StatusCode, String), Problem> {
    let kms = service.kms();
    let created = kms.call(&Create::aes(256)).await.map_err(|error| problem(&error))?;
    let id = created.payload().unique_identifier.to_string();
    if let Err(error) = kms.call(&Activate::id(&id)).await {
        // With a deadline of its own. If this fails too, a key that was never used stays behind.
        let _ = service.kms().call(&Destroy::id(&id)).await;
        return Err(problem(&error));
    }
    Ok((StatusCode::CREATED, format!("{id}\n")))
}

async fn state(State(service): State<Service>, Path(id): Path<String>) -> Result<String, Problem> {
    let reply = service.kms().call(&GetAttributes::id(&id).state()).await.map_err(|error| problem(&error))?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    Ok(attributes.iter().map(|value| format!("{}: {value}\n", value.name())).collect())
}

async fn destroy(State(service): State<Service>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let kms = service.kms();
    let revoke = Revoke::id(&id, RevocationReasonCode::CESSATION_OF_OPERATION);
    match kms.call(&revoke).await {
        // A refusal: it is already revoked, or was never active.
        Ok(_) | Err(Error::Refused(_)) => {}
        Err(error) => return Err(problem(&error)),
    }
    kms.call(&Destroy::id(&id)).await.map_err(|error| problem(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn encrypt(State(service): State<Service>, Path(id): Path<String>, plain: Bytes) -> Result<Vec<u8>, Problem> {
    let sealed = envelope::seal(&service.kms(), &id, &plain).await.map_err(|error| problem(&error))?;
    sealed.ok_or_else(|| (StatusCode::INTERNAL_SERVER_ERROR, "there are no random numbers\n".into()))
}

async fn decrypt(State(service): State<Service>, Path(id): Path<String>, sealed: Bytes) -> Result<Vec<u8>, Problem> {
    envelope::open(&service.kms(), &id, &sealed).await.map_err(|sealed| match sealed {
        Sealed::NotABox => (StatusCode::BAD_REQUEST, "this is nothing that /encrypt has made\n".into()),
        Sealed::Kms(error) => problem(&error),
    })
}

/// Returns 200 if calls can be answered, and 503 otherwise. A line for each server has the reason.
async fn health(State(service): State<Service>) -> (StatusCode, String) {
    let status = service.kms().probe().await;
    let verdict = status.verdict();
    let lines = status.endpoints.iter().map(|server| format!("{server}\n"));
    let page = format!("{verdict}\n{}", lines.collect::<String>());
    let code = if verdict == Verdict::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, page)
}

async fn metrics(State(service): State<Service>) -> String {
    service.metrics.page()
}
