//! A code for each kind of error: what a person looks up and a script compares. It stays when the message's words change.

mod of_error;
mod of_libraries;

use std::fmt;
use std::str::FromStr;

/// Makes the type and the list of all from one table. Two codes of one number do not compile.
macro_rules! codes {
    ($($(#[$about:meta])* $name:ident = $number:literal,)+) => {
        /// What kind of error it is. `GW0203` is the third of the area 02, data.
        ///
        /// One code stands for what a person has to do, so errors with one remedy share it. What each means is in `docs/errors.md`.
        ///
        /// # Examples
        /// ```
        /// use graftwork::Code;
        ///
        /// assert_eq!(Code::Setting.to_string(), "GW0901");
        /// assert_eq!("gw901".parse(), Ok(Code::Setting));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code { $($(#[$about])* $name = $number,)+ }

        impl Code {
            /// All there are, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

codes! {
    /// The system refused to read or write.
    FileRefused = 101,
    /// The disk is full.
    DiskFull = 102,
    /// Something is at the place of a result.
    Taken = 103,
    /// What would be overwritten is of another kind.
    NotReplaceable = 104,
    /// A path that cannot name a result.
    BadTarget = 105,
    /// A name that leaves its folder.
    NameEscapes = 106,
    /// A file of JSON that does not parse or does not fit.
    FileNotJson = 107,
    /// No such folder.
    NoFolder = 108,
    /// A folder lacks the file that makes it what it should be.
    NoFile = 109,
    /// A model folder without weights.
    NoWeights = 110,
    /// A file of weights is shorter or longer than it says.
    WrongLength = 111,
    /// No safetensors file.
    NotSafetensors = 112,
    /// Index and shards disagree.
    ShardsDisagree = 113,
    /// A tensor is missing.
    NoTensor = 114,
    /// A tensor has another form than it should.
    TensorForm = 115,
    /// The program wrote what it had not announced.
    WriterMisused = 116,
    /// A folder that was not written to its end.
    NoManifest = 117,
    /// A file is not as it was written.
    Damaged = 118,
    /// Another process has the folder.
    InUse = 119,
    /// A folder that no run was written to.
    NotARun = 120,

    /// A data file cannot be read.
    DataUnreadable = 201,
    /// A data file is not UTF-8.
    DataNotUtf8 = 202,
    /// A line of data is not JSON.
    DataNotJson = 203,
    /// A record is no object.
    DataNotAnObject = 204,
    /// A record lacks a key.
    DataMissingKey = 205,
    /// A value of a record has the wrong type.
    DataWrongType = 206,
    /// The keys of a record fit no format.
    DataUnknownFormat = 207,
    /// The kind of a file cannot be told.
    DataUnknownKind = 208,
    /// Nothing is in the file or folder.
    DataEmpty = 209,
    /// No data was given.
    DataNotGiven = 210,
    /// A pattern is wrong or matches nothing.
    DataPattern = 211,
    /// Parquet, in a program without it.
    DataNoParquet = 212,
    /// A table cannot be read.
    DataTable = 213,
    /// The temporary file of tokenised data failed.
    DataSpool = 214,
    /// Weights that make no mix.
    DataMix = 215,
    /// Content that is no text.
    DataNotText = 216,
    /// A text that begins as a JSON list and is none.
    DataJsonInText = 217,
    /// Two formats in one file or folder.
    DataMixedFormats = 218,
    /// A speaker that is not known.
    DataUnknownSpeaker = 219,
    /// A label that is no class.
    DataUnknownLabel = 220,
    /// Pairs of texts where one text is continued.
    DataPair = 221,
    /// A conversation of no messages.
    DataNoMessages = 222,
    /// A tokenizer that cannot be used.
    Tokenizer = 223,
    /// The tokenizer refused a text or an id.
    Tokenize = 224,
    /// Chat data, and no template.
    NoChatTemplate = 225,
    /// Nothing to mask with.
    NoMaskToken = 226,
    /// A chat template that fails.
    ChatTemplate = 227,
    /// A chat template that renders a message differently later on.
    UnstableTemplate = 228,
    /// A data option that cannot be.
    DataOption = 229,
    /// No token is left to train on.
    NothingToTrain = 230,

    /// A variable of the environment that cannot be used.
    HubVariable = 301,
    /// A token that is none, or is not accepted.
    HubToken = 302,
    /// No such repository.
    HubNoRepository = 303,
    /// No such revision.
    HubNoRevision = 304,
    /// A gated repository.
    HubGated = 305,
    /// The Hub refused.
    HubRefused = 306,
    /// The Hub cannot be reached.
    HubUnreachable = 307,
    /// Not in the cache, and not to be fetched.
    HubNotCached = 308,
    /// A repository without a model.
    HubNotAModel = 309,
    /// A repository whose index does not fit.
    HubBadIndex = 310,
    /// No file of a data set was chosen.
    HubNoData = 311,
    /// A file name that leaves the cache.
    HubHostileName = 312,
    /// What answers is not the Hub.
    HubBadAnswer = 313,
    /// A download arrived damaged.
    HubDamaged = 314,
    /// No room for a download.
    HubDiskFull = 315,
    /// The system refused to read or write the cache.
    HubCacheRefused = 316,

    /// `config.json` lacks a key.
    ModelMissingKey = 401,
    /// A key of `config.json` makes no sense.
    ModelBadKey = 402,
    /// A parameter's shape makes no sense.
    ModelSize = 403,
    /// A family that is not supported.
    ModelUnknownFamily = 404,
    /// A task that the family does not do.
    ModelTask = 405,
    /// Weights, adapter and model do not fit each other.
    DoesNotFit = 406,
    /// A conversation as long as the model can read.
    ContextFull = 407,

    /// A plugin's file cannot be read.
    PluginUnreadable = 501,
    /// A plugin was refused before it ran.
    PluginRefused = 502,
    /// A plugin of another contract.
    PluginContract = 503,
    /// A plugin refused a setting.
    PluginSetting = 504,
    /// A plugin refused the model.
    PluginModel = 505,
    /// A plugin failed by its own word.
    PluginFailed = 506,
    /// WebAssembly does not work here.
    PluginRuntime = 507,
    /// A plugin computed too long.
    PluginTime = 510,
    /// A plugin took too much memory.
    PluginMemory = 511,
    /// A plugin gave or kept too much.
    PluginOutput = 512,
    /// A plugin asked too much about the weights.
    PluginQuestions = 513,
    /// A plugin trapped.
    PluginTrap = 514,
    /// A plugin broke the contract.
    PluginMalformed = 515,

    /// A plan that does not fit the model.
    PlanInvalid = 601,
    /// A controller failed, or decided what cannot be.
    Controller = 602,

    /// An adapter has no finite value.
    AdapterNotFinite = 701,

    /// A training option that makes no sense.
    TrainOption = 801,
    /// No rows to train on.
    TrainNoRows = 802,
    /// No rows to evaluate on.
    TrainNoEvaluation = 803,
    /// Loss or gradient is not finite.
    LossNotFinite = 804,
    /// A checkpoint does not fit the run.
    CheckpointMisfit = 805,
    /// The run would go on as another one.
    RunChanged = 806,

    /// A setting that makes no sense.
    Setting = 901,
    /// A command line that makes no sense.
    Usage = 902,

    /// It would not fit into memory.
    Memory = 1001,
    /// Memory ran out.
    OutOfMemory = 1002,
    /// A device that cannot be used.
    Device = 1003,
    /// A device failed.
    DeviceFailed = 1004,

    /// A name that is none for a plugin.
    PluginName = 1101,
    /// A plugin's folder is there already.
    PluginTaken = 1102,
    /// The system refused a file of a plugin's folder.
    PluginFileRefused = 1103,
    /// The program's own templates are damaged.
    Embedded = 1104,
    /// A folder in which there is nothing to build.
    NothingToBuild = 1105,
    /// A tool is not installed.
    MissingTool = 1106,
    /// A tool failed.
    ToolFailed = 1107,

    /// A file cannot be read for an export.
    GgufUnreadable = 1201,
    /// A family that is not exported.
    GgufFamily = 1202,
    /// A configuration that is not exported.
    GgufConfig = 1203,
    /// A tensor that is not exported.
    GgufTensor = 1204,
    /// A tokenizer that is not exported.
    GgufVocabulary = 1205,
    /// No tokenizer to export.
    GgufNoTokenizer = 1206,
    /// An adapter without a form in GGUF.
    GgufAdapter = 1207,
    /// An adapter of another base.
    GgufWrongBase = 1208,
    /// No GGUF file.
    GgufMalformed = 1209,

    /// An adapter of another kind than LoRA.
    PeftKind = 1301,
    /// Settings of an adapter that are not supported.
    PeftUnsupported = 1302,
    /// A value in `adapter_config.json` that makes no sense.
    PeftConfig = 1303,
    /// A tensor of no known name.
    PeftNames = 1304,
    /// Half of an adapter's pair.
    PeftIncomplete = 1305,
    /// Shapes that do not fit.
    PeftShapes = 1306,
    /// A pickle.
    PeftPickle = 1307,

    /// The system refused something of the process itself.
    System = 1401,
    /// It was stopped.
    Stopped = 1402,
}

impl Code {
    /// Its number: the area's, and two digits in it.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GW{:04}", self.number())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Code {
    type Err = String;

    /// `GW0203`, `gw203` or `203`.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.get(..2).filter(|start| start.eq_ignore_ascii_case("gw")).map_or(text, |_| &text[2..]);
        let Ok(number) = digits.parse::<u16>() else {
            return Err(format!("`{text}` is no code of an error; one looks like GW0203"));
        };
        let nearest = Self::ALL.iter().min_by_key(|code| code.number().abs_diff(number));
        match nearest {
            Some(code) if code.number() == number => Ok(*code),
            Some(code) => Err(format!("there is no code `{text}`; the nearest is {code}")),
            None => Err(format!("there is no code `{text}`")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn codes_read_as_they_are_written() {
        assert!(Code::ALL.is_sorted(), "so that a list of them is in order");
        for &code in Code::ALL {
            let text = code.to_string();
            assert_eq!(text.len(), 6, "{text}");
            for form in [text.clone(), text.to_lowercase(), code.number().to_string()] {
                assert_eq!(form.parse::<Code>().unwrap(), code, "{form}");
            }
        }
        assert!("GW0299".parse::<Code>().unwrap_err().contains("GW0301"));
        for none in ["", "GW", "x", "GW-1", "é203", "GW99999"] {
            assert!(none.parse::<Code>().unwrap_err().contains("GW0203"), "{none}");
        }
    }
}
