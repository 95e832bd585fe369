//! The codes of the errors of each library.

use graftwork_adapt::AdaptError;
use graftwork_authoring::AuthoringError;
use graftwork_data::DataError;
use graftwork_gguf::GgufError;
use graftwork_model::ModelError;
use graftwork_plugin_host::{PluginError, Reason};
use graftwork_report::ReportError;
use graftwork_store::{PeftError, StoreError};

use super::Code;

pub(super) fn store(error: &StoreError) -> Code {
    use StoreError as E;
    match error {
        E::Io { .. } => Code::FileRefused,
        E::DiskFull { .. } => Code::DiskFull,
        E::AlreadyExists { .. } => Code::Taken,
        E::NotReplaceable { .. } => Code::NotReplaceable,
        E::BadTarget { .. } => Code::BadTarget,
        E::Escapes { .. } => Code::NameEscapes,
        E::Json { .. } => Code::FileNotJson,
        E::NoFolder { .. } => Code::NoFolder,
        E::NoFile { .. } => Code::NoFile,
        E::NoWeights { .. } => Code::NoWeights,
        E::Truncated { .. } | E::TrailingBytes { .. } => Code::WrongLength,
        E::Header { .. } => Code::NotSafetensors,
        E::NoShard { .. } | E::NotInShard { .. } | E::InTwoShards { .. } => Code::ShardsDisagree,
        E::NoTensor { .. } => Code::NoTensor,
        E::Tensor { .. } => Code::TensorForm,
        E::DeclaredTwice { .. } | E::NotAsDeclared { .. } | E::NotWritten { .. } => Code::WriterMisused,
        E::NoManifest { .. } => Code::NoManifest,
        E::Damaged { .. } => Code::Damaged,
        E::Locked { .. } => Code::InUse,
        E::NotARun { .. } => Code::NotARun,
        E::Peft { reason, .. } => peft(reason),
    }
}

fn peft(error: &PeftError) -> Code {
    use PeftError as E;
    match error {
        E::Type(_) => Code::PeftKind,
        E::Unsupported(_) => Code::PeftUnsupported,
        E::ZeroRank | E::Pattern { .. } => Code::PeftConfig,
        E::Prefix(_) | E::Key(_) => Code::PeftNames,
        E::Unpaired { .. } => Code::PeftIncomplete,
        E::Shapes { .. } | E::Rank { .. } | E::Dora { .. } => Code::PeftShapes,
        E::Pickle => Code::PeftPickle,
    }
}

pub(super) fn data(error: &DataError) -> Code {
    use DataError as E;
    match error {
        E::Io { .. } => Code::DataUnreadable,
        E::NotUtf8 { .. } => Code::DataNotUtf8,
        E::Empty { .. } | E::EmptyFolder { .. } => Code::DataEmpty,
        E::NoFiles => Code::DataNotGiven,
        E::UnknownInput | E::UnknownKind { .. } => Code::DataUnknownKind,
        E::Pattern { .. } => Code::DataPattern,
        E::NoParquet { .. } => Code::DataNoParquet,
        E::Table { .. } => Code::DataTable,
        E::Spool { .. } => Code::DataSpool,
        E::Mix { .. } => Code::DataMix,
        E::Json { .. } => Code::DataNotJson,
        E::NotAnObject { .. } => Code::DataNotAnObject,
        E::UnknownFormat { .. } => Code::DataUnknownFormat,
        E::MissingKey { .. } => Code::DataMissingKey,
        E::WrongType { .. } => Code::DataWrongType,
        E::NotText { .. } => Code::DataNotText,
        E::JsonInText { .. } => Code::DataJsonInText,
        E::MixedFormats { .. } => Code::DataMixedFormats,
        E::UnknownSpeaker { .. } => Code::DataUnknownSpeaker,
        E::UnknownLabel { .. } => Code::DataUnknownLabel,
        E::PairWithoutLabel { .. } => Code::DataPair,
        E::NoMessages { .. } => Code::DataNoMessages,
        E::Tokenizer { .. } => Code::Tokenizer,
        E::Tokenize(_) => Code::Tokenize,
        E::NoChatTemplate => Code::NoChatTemplate,
        E::NoMaskToken => Code::NoMaskToken,
        E::Template(_) => Code::ChatTemplate,
        E::Conversation { source, .. } => data(source),
        E::UnstableTemplate { .. } => Code::UnstableTemplate,
        E::Option { .. } => Code::DataOption,
        E::Stopped => Code::Stopped,
        E::NothingToTrain { .. } => Code::NothingToTrain,
    }
}

#[cfg(feature = "hub")]
pub(super) fn hub(error: &graftwork_hub::HubError) -> Code {
    use graftwork_hub::HubError as E;
    match error {
        E::Variable { .. } => Code::HubVariable,
        E::BadToken(_) | E::TokenRefused { .. } => Code::HubToken,
        E::NoRepo { .. } => Code::HubNoRepository,
        E::NoRevision { .. } => Code::HubNoRevision,
        E::Gated { .. } => Code::HubGated,
        E::Refused { .. } => Code::HubRefused,
        E::Unreachable { .. } => Code::HubUnreachable,
        E::NotCached { .. } => Code::HubNotCached,
        E::NotAModel { .. } => Code::HubNotAModel,
        E::BadIndex { .. } => Code::HubBadIndex,
        E::NoData { .. } => Code::HubNoData,
        E::HostileName { .. } => Code::HubHostileName,
        E::BadAnswer { .. } => Code::HubBadAnswer,
        E::Damaged { .. } => Code::HubDamaged,
        E::DiskFull { .. } => Code::HubDiskFull,
        E::Io { .. } => Code::HubCacheRefused,
        E::Cancelled { .. } => Code::Stopped,
    }
}

pub(super) fn gguf(error: &GgufError) -> Code {
    use GgufError as E;
    match error {
        E::Store(error) => store(error),
        E::Io { .. } | E::Json { .. } => Code::GgufUnreadable,
        E::Family { .. } => Code::GgufFamily,
        E::Config { .. } => Code::GgufConfig,
        E::UnknownTensor { .. } | E::MissingTensor { .. } | E::Tensor { .. } => Code::GgufTensor,
        E::Vocabulary { .. } => Code::GgufVocabulary,
        E::NoTokenizer { .. } => Code::GgufNoTokenizer,
        E::Adapter { .. } => Code::GgufAdapter,
        E::WrongBase { .. } => Code::GgufWrongBase,
        E::Malformed { .. } => Code::GgufMalformed,
    }
}

pub(super) fn model(error: &ModelError) -> Code {
    use ModelError as E;
    match error {
        E::Missing { .. } => Code::ModelMissingKey,
        E::Invalid { .. } => Code::ModelBadKey,
        E::Size { .. } => Code::ModelSize,
        E::UnknownFamily { .. } => Code::ModelUnknownFamily,
        E::Task { .. } => Code::ModelTask,
    }
}

pub(super) fn plugin(error: &PluginError) -> Code {
    use PluginError as E;
    match error {
        E::Read { .. } => Code::PluginUnreadable,
        E::Refused { .. } => Code::PluginRefused,
        E::Contract { .. } => Code::PluginContract,
        E::Call { reason, .. } => call(reason),
        E::Config { .. } => Code::PluginSetting,
        E::UnsupportedModel { .. } => Code::PluginModel,
        E::Internal { .. } => Code::PluginFailed,
        E::Runtime(_) => Code::PluginRuntime,
    }
}

fn call(reason: &Reason) -> Code {
    use Reason as R;
    match reason {
        R::Fuel { .. } | R::Time { .. } => Code::PluginTime,
        R::Memory { .. } | R::Table { .. } | R::Stack { .. } => Code::PluginMemory,
        R::State { .. } | R::Actions { .. } | R::Parts { .. } | R::Result { .. } | R::Log { .. } => Code::PluginOutput,
        R::Answers { .. } | R::Stats { .. } => Code::PluginQuestions,
        R::Trap(_) => Code::PluginTrap,
        R::Malformed(_) => Code::PluginMalformed,
    }
}

pub(super) fn authoring(error: &AuthoringError) -> Code {
    use AuthoringError as E;
    match error {
        E::Name { .. } => Code::PluginName,
        E::Exists { .. } => Code::PluginTaken,
        E::Io { .. } => Code::PluginFileRefused,
        E::Embedded(_) => Code::Embedded,
        E::NoFolder { .. } | E::NoLanguage { .. } | E::TwoLanguages { .. } => Code::NothingToBuild,
        E::MissingTool { .. } => Code::MissingTool,
        E::Failed { .. } | E::NoOutput { .. } => Code::ToolFailed,
        E::Refused(error) => plugin(error),
    }
}

pub(super) fn report(error: &ReportError) -> Code {
    use ReportError as E;
    match error {
        E::Io { .. } => Code::FileRefused,
        E::NoRun { .. } => Code::NotARun,
        E::File { .. } | E::Line { .. } => Code::FileNotJson,
        E::Page(_) => Code::Embedded,
    }
}

pub(super) fn adapt(error: &AdaptError) -> Code {
    match error {
        AdaptError::NotFinite { .. } => Code::AdapterNotFinite,
    }
}
