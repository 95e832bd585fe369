//! Requests to the Hub: one at a time, with the token for the Hub alone, and statuses that mean something.

use std::io::ErrorKind;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, LINK, LOCATION, RANGE, RETRY_AFTER};
use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::retry::{Attempts, Failure};
use crate::{Commit, HubError, Kind, Observer, RepoId, Revision, Settings};

/// The largest answer that is not a file. A page of a listing has a thousand entries, some hundred bytes each.
const LARGEST_ANSWER: u64 = 64 << 20;

const ERROR_MESSAGE: &str = "x-error-message";

/// As many as `huggingface_hub` follows.
const REDIRECTS: usize = 10;

/// All that RFC 3986 does not leave as it is.
const PART: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same for a path.
const PATH: AsciiSet = PART.remove(b'/');

/// The connection to the Hub.
#[derive(Debug)]
pub(crate) struct Remote {
    agent: Agent,
    endpoint: Uri,
    settings: Settings,
}

/// What a request is about, for its address and its errors.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) kind: Kind,
    pub(crate) id: &'a RepoId,
}

impl Remote {
    /// The Hub at `endpoint`, which is that of the settings.
    pub(crate) fn new(settings: &Settings, endpoint: Uri) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // They are followed here: ureq would take another port of a host for the same server.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(endpoint.scheme_str() == Some("https"))
            .user_agent(concat!("graftwork/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(settings.timeout))
            .timeout_connect(Some(settings.timeout))
            .timeout_per_read(Some(settings.timeout))
            .timeout_per_write(Some(settings.timeout))
            .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
            .build();
        Self { agent: config.into(), endpoint, settings: settings.clone() }
    }

    /// The address of the Hub, for messages.
    pub(crate) fn endpoint(&self) -> &str {
        &self.settings.endpoint
    }

    /// The commit that `revision` stands for now.
    pub(crate) fn commit(
        &self,
        subject: Subject<'_>,
        revision: &Revision,
        attempts: Attempts,
        observer: &mut dyn Observer,
    ) -> Result<Commit, HubError> {
        #[derive(serde::Deserialize)]
        struct Info {
            sha: String,
        }
        let revision = utf8_percent_encode(revision.as_str(), &PART);
        let path = format!("/api/{}/{}/revision/{revision}", subject.kind.plural(), subject.id.repo());
        let (info, _): (Info, _) = self.json(subject, &self.address(&path)?, attempts, observer)?;
        info.sha.parse().map_err(|()| self.bad_answer(format!("`{}` is no commit", info.sha.escape_debug())))
    }

    /// The first page of the listing of all files at `commit`.
    pub(crate) fn tree(&self, subject: Subject<'_>, commit: &Commit) -> Result<Uri, HubError> {
        let path = format!("/api/{}/{}/tree/{commit}?recursive=true", subject.kind.plural(), subject.id.repo());
        self.address(&path)
    }

    /// The content of `file` at `commit`.
    pub(crate) fn file(&self, subject: Subject<'_>, commit: &Commit, file: &str) -> Result<Uri, HubError> {
        let prefix = match subject.kind {
            Kind::Model => "",
            Kind::Dataset => "datasets/",
        };
        let file = utf8_percent_encode(file, &PATH);
        self.address(&format!("/{prefix}{}/resolve/{commit}/{file}", subject.id.repo()))
    }

    /// A JSON answer, and the address of its next page if it has one.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        subject: Subject<'_>,
        address: &Uri,
        mut attempts: Attempts,
        observer: &mut dyn Observer,
    ) -> Result<(T, Option<Uri>), HubError> {
        loop {
            crate::retry::check(subject.id, observer)?;
            match self.json_once(subject, address) {
                Ok(answer) => return Ok(answer),
                Err(failure) => attempts.after(failure, subject.id, observer)?,
            }
        }
    }

    fn json_once<T: serde::de::DeserializeOwned>(
        &self,
        subject: Subject<'_>,
        address: &Uri,
    ) -> Result<(T, Option<Uri>), Failure> {
        let mut response = self.get(subject, None, address, 0)?;
        let next = next_page(response.headers()).and_then(|next| follow(address, next));
        let text = response
            .body_mut()
            .with_config()
            .limit(LARGEST_ANSWER)
            .read_to_vec()
            .map_err(|error| self.unreachable(error))?;
        let value = serde_json::from_slice(&text).map_err(|error| self.bad_answer(error.to_string()))?;
        Ok((value, next))
    }

    /// One request: for `file` from byte `offset` on, or for what the Hub knows of the repository. Follows redirects.
    pub(crate) fn get(
        &self,
        subject: Subject<'_>,
        file: Option<&str>,
        address: &Uri,
        offset: u64,
    ) -> Result<Response<Body>, Failure> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTS {
            let response = self.get_one(&address, offset)?;
            if !response.status().is_redirection() {
                return self.checked(subject, file, response);
            }
            let target = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
            let target = target.and_then(|target| follow(&address, target));
            address = target.ok_or_else(|| self.bad_answer("a redirect leads nowhere"))?;
            if self.endpoint.scheme_str() == Some("https") && address.scheme_str() != Some("https") {
                return Err(self.bad_answer("a redirect leads away from https").into());
            }
        }
        Err(self.bad_answer(format!("more than {REDIRECTS} redirects follow one another")).into())
    }

    fn get_one(&self, address: &Uri, offset: u64) -> Result<Response<Body>, Failure> {
        // Compressed, a part of a file could not be asked for.
        let mut request = self.agent.get(address).header(ACCEPT_ENCODING, "identity");
        if let Some(token) = self.settings.token.as_ref().filter(|_| origin(address) == origin(&self.endpoint)) {
            request = request.header(AUTHORIZATION, token.header());
        }
        if offset > 0 {
            request = request.header(RANGE, format!("bytes={offset}-"));
        }
        request.call().map_err(|error| self.unreachable(error))
    }

    /// The response if it is a good one.
    fn checked(
        &self,
        subject: Subject<'_>,
        file: Option<&str>,
        response: Response<Body>,
    ) -> Result<Response<Body>, Failure> {
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                let error = self.lost(format!("it answers {}", answer(&response)));
                Err(Failure::Passing { error, wait: retry_after(response.headers()) })
            }
            _ => Err(Failure::Final(self.refusal(subject, file, &response))),
        }
    }

    /// What an answer means that will not change. The Hub says more in headers than in its statuses; what they mean is in
    /// `huggingface_hub.utils.hf_raise_for_status`.
    fn refusal(&self, subject: Subject<'_>, file: Option<&str>, response: &Response<Body>) -> HubError {
        let (kind, id, endpoint) = (subject.kind, subject.id.clone(), self.settings.endpoint.clone());
        let token = self.settings.token.as_ref().map(|token| token.source().to_owned());
        let code = header(response, "x-error-code");
        let invalid = header(response, ERROR_MESSAGE).starts_with("Invalid credentials");
        match (code, response.status().as_u16(), token) {
            ("RevisionNotFound", ..) => HubError::NoRevision { endpoint, kind, id },
            ("GatedRepo", _, token) => HubError::Gated { endpoint, kind, id, token },
            (_, 401, Some(token)) if invalid => HubError::TokenRefused { endpoint, id, token },
            // 401 is also the answer for what does not exist.
            ("RepoNotFound", _, token) | (_, 401, token) => HubError::NoRepo { endpoint, kind, id, token },
            ("", 404, token) if file.is_none() => HubError::NoRepo { endpoint, kind, id, token },
            _ => {
                let what = file.unwrap_or("the listing").to_owned();
                HubError::Refused { endpoint, id, what, answer: answer(response) }
            }
        }
    }

    /// What a failed connection is. A certificate that is not trusted will not be trusted later.
    pub(crate) fn unreachable(&self, error: ureq::Error) -> Failure {
        // Other failures of TLS have the same kind, and may pass.
        let untrusted = matches!(&error, ureq::Error::Io(error)
            if error.kind() == ErrorKind::InvalidData && error.to_string().contains("certificate"));
        let passing = match &error {
            ureq::Error::Io(_) => !untrusted,
            ureq::Error::Timeout(_)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::Protocol(_) => true,
            _ => false,
        };
        let hint = if untrusted { " (SSL_CERT_FILE can name the certificates to trust)" } else { "" };
        let error = self.lost(format!("{error}{hint}"));
        if passing { Failure::Passing { error, wait: None } } else { Failure::Final(error) }
    }

    pub(crate) fn lost(&self, reason: String) -> HubError {
        HubError::Unreachable { endpoint: self.settings.endpoint.clone(), reason }
    }

    pub(crate) fn bad_answer(&self, problem: impl Into<String>) -> HubError {
        HubError::BadAnswer { endpoint: self.settings.endpoint.clone(), problem: problem.into() }
    }

    fn address(&self, path: &str) -> Result<Uri, HubError> {
        format!("{}{path}", self.settings.endpoint).parse().map_err(|_| self.bad_answer("its address is too long"))
    }
}

/// The certificates of the system, so that those of a company and `SSL_CERT_FILE` count; Mozilla's where it has none.
fn root_certificates() -> RootCerts {
    let system = rustls_native_certs::load_native_certs().certs;
    if system.is_empty() {
        return RootCerts::WebPki;
    }
    system.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).into()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The status and what the Hub says about it.
fn answer(response: &Response<Body>) -> String {
    match header(response, ERROR_MESSAGE) {
        "" => response.status().to_string(),
        message => format!("{} ({})", response.status(), message.escape_debug()),
    }
}

/// Scheme, host and port.
fn origin(address: &Uri) -> Option<(String, String, u16)> {
    let scheme = address.scheme_str()?.to_lowercase();
    let port = address.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    Some((scheme, address.host()?.to_lowercase(), port))
}

/// The address that a reference leads to: a whole address, or a path from the root.
fn follow(from: &Uri, reference: &str) -> Option<Uri> {
    let scheme = from.scheme_str()?;
    let whole = match reference {
        _ if reference.starts_with("//") => format!("{scheme}:{reference}"),
        _ if reference.starts_with('/') => format!("{scheme}://{}{reference}", from.authority()?),
        _ => reference.to_owned(),
    };
    whole.parse().ok().filter(|address: &Uri| address.scheme().is_some() && address.host().is_some())
}

/// The `next` of a `Link` header, RFC 8288: `<https://…>; rel="next"`.
fn next_page(headers: &HeaderMap) -> Option<&str> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let link = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    Some(link.split_once('<')?.1.split_once('>')?.0)
}

/// Seconds; the date that the header may have instead is not of the Hub's making.
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}
