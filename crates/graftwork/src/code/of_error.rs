//! The code of an error of the facade. No arm stands for what is not named, so that a new error does not compile without a code.

use graftwork_store::StoreError;

use super::Code;
use super::of_libraries::{adapt, authoring, data, gguf, model, plugin, report, store};
use crate::Error;

impl Error {
    /// What kind of error it is.
    ///
    /// # Examples
    /// ```
    /// use graftwork::{Code, RunConfig};
    ///
    /// let error = RunConfig::from_toml("run.toml", "sead = 1").unwrap_err();
    /// assert_eq!(error.code(), Code::Setting);
    /// ```
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Store(error) => store(error),
            Self::Data(error) => data(error),
            #[cfg(feature = "hub")]
            Self::Hub(error) => super::of_libraries::hub(error),
            Self::Gguf(error) => gguf(error),
            Self::Model { source, .. } => model(source),
            Self::Plugin(error) => plugin(error),
            Self::Authoring(error) => authoring(error),
            Self::Plan { .. } => Code::PlanInvalid,
            Self::Adapt(error) => adapt(error),
            Self::Controller { .. } => Code::Controller,
            Self::Report(error) => report(error),
            Self::Train(error) => train(error),
            Self::Stopped => Code::Stopped,
            Self::Changed { .. } => Code::RunChanged,
            Self::Setting { .. } | Self::Configuration(_) => Code::Setting,
            Self::ContextFull { .. } => Code::ContextFull,
            Self::Weights { .. } => Code::DoesNotFit,
            Self::Memory { .. } => Code::Memory,
            Self::OutOfMemory { .. } => Code::OutOfMemory,
            Self::Device { .. } => Code::Device,
        }
    }
}

fn train(error: &graftwork_train::TrainError) -> Code {
    use graftwork_train::TrainError as E;
    match error {
        E::Option { .. } => Code::TrainOption,
        E::NoData => Code::TrainNoRows,
        E::NoEvaluation => Code::TrainNoEvaluation,
        E::NotFinite { .. } => Code::LossNotFinite,
        E::OutOfMemory => Code::OutOfMemory,
        E::Device(_) => Code::DeviceFailed,
        E::Data(error) => data(error),
        E::Adapt(error) => adapt(error),
        E::Snapshot(_) => Code::CheckpointMisfit,
        // The observer is the facade's, and so are its errors.
        E::Observer(error) => match (error.downcast_ref::<Error>(), error.downcast_ref::<StoreError>()) {
            (Some(error), _) => error.code(),
            (_, Some(error)) => store(error),
            (None, None) => Code::System,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_carries_gives_the_code() {
        let inner = Error::setting("rank", "must be at least 1");
        let wrapped = Error::Train(graftwork_train::TrainError::Observer(Box::new(inner)));
        assert_eq!(wrapped.code(), Code::Setting);
        let inner = graftwork_data::DataError::NoFiles;
        assert_eq!(Error::Train(graftwork_train::TrainError::Data(inner)).code(), Code::DataNotGiven);
        let gone = || StoreError::NoFolder { path: "x".into() };
        assert_eq!(Error::Gguf(gone().into()).code(), Code::NoFolder);
        let written = Error::Train(graftwork_train::TrainError::Observer(Box::new(gone())));
        assert_eq!(written.code(), Code::NoFolder);
    }
}
