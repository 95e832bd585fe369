//! Models and data by their names on the Hugging Face Hub: fetched before a run, recorded with the commit that they were of.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use graftwork_data::{DataSource, EvalSplit, FILE_ENDINGS};
use graftwork_hub::{DataId, Hub, HubError, Observer, Place, Progress};

use crate::base::from_anywhere;
use crate::{Control, Error, Event, RunConfig};

/// How often a download is told of.
const PACE: Duration = Duration::from_millis(500);

/// A model in its folder, and what to record of it: a path, or `org/name@commit`, by which it is found again anywhere.
pub(crate) struct Found {
    pub(crate) folder: PathBuf,
    pub(crate) record: PathBuf,
}

/// Where the model is, fetched if it has to be.
pub(crate) fn model(given: &Path, control: &Control, on_event: &mut dyn FnMut(Event)) -> Result<Found, Error> {
    match Place::model(given).map_err(|e| Error::setting("model", e.to_string()))? {
        Place::Local(path) => Ok(Found { record: from_anywhere(&path), folder: path }),
        Place::Hub(id) => {
            let snapshot = hub()?.model(&id, &mut Watch::new(control, on_event)).map_err(failed)?;
            Ok(Found { folder: snapshot.path, record: id.at(&snapshot.commit).to_string().into() })
        }
    }
}

/// Puts files in place of the names of data sets; gives the configuration to record, which has these names with their commits.
pub(crate) fn data(
    config: &mut RunConfig,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<RunConfig, Error> {
    let mut record = config.clone();
    (config.data.files, record.data.files) = sources(&config.data.files, control, on_event)?;
    if let Some(EvalSplit::Files(files)) = &config.data.eval {
        let given: Vec<DataSource> = files.iter().map(DataSource::from).collect();
        let (found, named) = sources(&given, control, on_event)?;
        let paths = |sources: Vec<DataSource>| Some(EvalSplit::Files(sources.into_iter().map(|s| s.path).collect()));
        (config.data.eval, record.data.eval) = (paths(found), paths(named));
    }
    Ok(record)
}

/// Sources to read, and to record.
fn sources(
    given: &[DataSource],
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<(Vec<DataSource>, Vec<DataSource>), Error> {
    let (mut found, mut named) = (Vec::new(), Vec::new());
    for source in given {
        let Some(id) = name_of(&source.path)? else {
            found.push(source.clone());
            named.push(source.clone());
            continue;
        };
        let snapshot = hub()?.dataset(&id, FILE_ENDINGS, &mut Watch::new(control, on_event)).map_err(failed)?;
        if source.weight.is_some() && snapshot.files.len() > 1 {
            let message =
                format!("`{id}` is {} files; a weight is for one: name it after a colon", snapshot.files.len());
            return Err(Error::setting("data", message));
        }
        found.extend(snapshot.files.into_iter().map(|path| DataSource { path, ..source.clone() }));
        named.push(DataSource { path: id.at(&snapshot.commit).to_string().into(), ..source.clone() });
    }
    Ok((found, named))
}

/// The name on the Hub that a source is; none for a path, a pattern of paths, or standard input.
fn name_of(source: &Path) -> Result<Option<DataId>, Error> {
    match Place::data(source, FILE_ENDINGS) {
        Ok(Place::Hub(id)) => Ok(Some(id)),
        Ok(Place::Local(_)) => Ok(None),
        Err(_) if source.to_string_lossy().contains(['*', '?', '[']) || source.as_os_str() == "-" => Ok(None),
        Err(error) => Err(Error::setting("data", error.to_string())),
    }
}

fn hub() -> Result<Hub, Error> {
    Hub::from_env().map_err(failed)
}

fn failed(error: HubError) -> Error {
    Error::Hub(Box::new(error))
}

/// Tells of a download as events, now and then.
struct Watch<'a> {
    control: &'a Control,
    on_event: &'a mut dyn FnMut(Event),
    told: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(control: &'a Control, on_event: &'a mut dyn FnMut(Event)) -> Self {
        on_event(Event::Working { what: "asking the Hub" });
        Self { control, on_event, told: None }
    }
}

impl Observer for Watch<'_> {
    fn progress(&mut self, at: Progress<'_>) {
        if self.told.is_none_or(|told| told.elapsed() >= PACE) {
            self.told = Some(Instant::now());
            (self.on_event)(Event::Download { file: at.file.to_owned(), done: at.done, total: at.total });
        }
    }

    fn cancelled(&mut self) -> bool {
        self.control.stopped()
    }
}
