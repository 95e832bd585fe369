//! What is an id, what is a path, and what the environment says.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graftwork_hub::{DataId, Hub, HubError, Place, RepoId, Settings, Token};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use tempfile::tempdir;

#[test]
fn an_id_has_an_organization_a_name_and_perhaps_a_revision() {
    for (text, repo, revision) in [
        ("org/name", "org/name", "main"),
        ("hf:org/name", "org/name", "main"),
        ("Qwen/Qwen2.5-0.5B@v1.0", "Qwen/Qwen2.5-0.5B", "v1.0"),
        ("a/b@refs/pr/1", "a/b", "refs/pr/1"),
        ("a_b/c.d@0123456789abcdef0123456789abcdef01234567", "a_b/c.d", "0123456789abcdef0123456789abcdef01234567"),
    ] {
        let id: RepoId = text.parse().unwrap();
        assert_eq!((id.repo(), id.revision().as_str()), (repo, revision));
        assert_eq!(id.revision().commit().is_some(), revision.len() == 40);
        assert_eq!(id.to_string(), text.trim_start_matches("hf:"));
    }
}

#[test]
fn what_is_no_id_is_refused_with_the_reason() {
    for (text, reason) in [
        ("gpt2", "no `/`"),
        ("", "no `/`"),
        ("/name", "must not be empty"),
        ("org/", "must not be empty"),
        ("org/name/more", "letters, digits"),
        ("org/na me", "letters, digits"),
        ("org/näme", "letters, digits"),
        ("org/na\0me", "letters, digits"),
        ("../name", "neither begin nor end"),
        ("org/..", "neither begin nor end"),
        ("org/-name", "neither begin nor end"),
        ("org--x/name", "neither begin nor end"),
        ("org/name.git", "ends with `.git`"),
        ("org/name@", "no revision"),
        ("org/name@a b", "a revision has letters"),
        ("org/name@../../x", "do not begin or end with a dot"),
        ("org/name@/etc", "are not empty"),
        ("org/name@a//b", "are not empty"),
        ("org/name@a@b", "a revision has letters"),
    ] {
        let error = text.parse::<RepoId>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{text}` is not an id")) && error.contains(reason), "{error}");
        assert!(error.contains("`org/name@revision`"), "{error}");
    }
    assert!(format!("org/{}", "x".repeat(93)).parse::<RepoId>().is_err());
    for text in ["org/name:", "org/name:[", "name:file", "org/name@:file"] {
        assert!(text.parse::<DataId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn an_id_is_read_back_as_it_is_shown(text in r"[a-z0-9_.-]{1,6}/[A-Za-z0-9_.-]{1,8}(@[a-z0-9/._+-]{1,10})?(:[a-z*/\[\]@:.?]{1,8})?") {
        if let Ok(id) = text.parse::<DataId>() {
            prop_assert_eq!(id.to_string(), text);
            // Safe to join to a folder.
            let revision = id.repo.revision();
            let mut parts = Path::new(revision.as_str()).components();
            prop_assert!(parts.all(|part| matches!(part, std::path::Component::Normal(_))));
        }
    }

    #[test]
    fn no_text_makes_reading_an_id_fail_otherwise(text in ".{0,20}") {
        let _ = (text.parse::<RepoId>().map_err(|e| e.to_string()), text.parse::<DataId>().map_err(|e| e.to_string()));
    }
}

fn model(text: impl AsRef<Path>) -> Result<Place<RepoId>, String> {
    Place::model(text.as_ref()).map_err(|error| error.to_string())
}

fn local<Id>(text: impl AsRef<Path>) -> Result<Place<Id>, String> {
    Ok(Place::Local(text.as_ref().to_owned()))
}

#[test]
fn what_exists_or_is_written_as_a_path_is_a_path() {
    // Tests run in the folder of the crate, which has these.
    for text in ["src", "tests/common", "tests/names.rs"] {
        assert_eq!(model(text), local(text));
    }
    for text in [
        "./org/name",
        "../org/name",
        "/org/name",
        "~/name",
        "org\\name",
        "a/b/c",
        "org/name/",
        "org/m.safetensors",
        ".",
    ] {
        assert_eq!(model(text), local(text), "{text}");
    }
    let folder = tempdir().unwrap();
    fs::create_dir_all(folder.path().join("org/name")).unwrap();
    assert_eq!(model(folder.path().join("org/name")), local(folder.path().join("org/name")));
    #[cfg(unix)]
    {
        let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"org/\xff");
        assert_eq!(model(odd), local(odd));
    }
}

#[test]
fn the_rest_is_an_id_and_a_prefix_makes_it_one() {
    let hub = |text: &str| Ok(Place::Hub(text.parse().unwrap()));
    for text in ["org/name", "org/name@v1.0", "Qwen/Qwen2.5", "org/name@refs/pr/1", "hf:org/name"] {
        assert_eq!(model(text), hub(text), "{text}");
    }
    // It exists, and yet.
    assert_eq!(model("hf:tests/common"), hub("tests/common"));
    let error = model("gpt2").unwrap_err();
    assert!(error.starts_with("there is no such file or folder, and `gpt2` is not an id"), "{error}");
    let error = model("hf:gpt2").unwrap_err();
    assert!(error.starts_with("`hf:gpt2` is not an id"), "{error}");
}

#[test]
fn a_name_that_ends_as_data_does_is_a_path() {
    let data = |text: &str| Place::data(Path::new(text), &["jsonl", "txt"]).map_err(|error| error.to_string());
    for text in ["data/train.jsonl", "train.jsonl", "a/b.txt"] {
        assert_eq!(data(text), local(text));
    }
    for text in ["org/name", "org/name:data/train.jsonl", "org/name@main:*.jsonl", "hf:data/train.jsonl"] {
        assert_eq!(data(text), Ok(Place::Hub(text.parse().unwrap())), "{text}");
    }
}

fn settings(vars: &[(&str, &str)]) -> Result<Settings, HubError> {
    let vars: BTreeMap<String, String> = vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Settings::from_vars(|name| Ok(vars.get(name).cloned()), Some(Path::new("/home/me")))
}

#[test]
fn the_cache_is_where_the_python_library_has_it() {
    for (vars, cache) in [
        (vec![], "/home/me/.cache/huggingface/hub"),
        (vec![("XDG_CACHE_HOME", "/x")], "/x/huggingface/hub"),
        (vec![("XDG_CACHE_HOME", "/x"), ("HF_HOME", "/hf")], "/hf/hub"),
        (vec![("HF_HOME", "/hf"), ("HUGGINGFACE_HUB_CACHE", "/old")], "/old"),
        (vec![("HF_HUB_CACHE", "/new"), ("HUGGINGFACE_HUB_CACHE", "/old")], "/new"),
        (vec![("HF_HOME", "~/hf")], "/home/me/hf/hub"),
        (vec![("HF_HOME", "$DISK/${USER}"), ("DISK", "/d"), ("USER", "u")], "/d/u/hub"),
        (vec![("HF_HOME", "")], "/home/me/.cache/huggingface/hub"),
    ] {
        assert_eq!(settings(&vars).unwrap().cache, PathBuf::from(cache), "{vars:?}");
    }
    let nowhere = Settings::from_vars(|_| Ok(None), None).unwrap_err().to_string();
    assert!(nowhere.contains("HF_HOME is not set"), "{nowhere}");
}

#[test]
fn flags_time_outs_and_the_endpoint_are_read() {
    for (value, offline) in [("1", true), ("ON", true), ("true", true), ("Yes", true), ("0", false), ("", false)] {
        assert_eq!(settings(&[("HF_HUB_OFFLINE", value)]).unwrap().offline, offline, "{value}");
    }
    assert!(settings(&[("TRANSFORMERS_OFFLINE", "1")]).unwrap().offline);
    assert!(!settings(&[("TRANSFORMERS_OFFLINE", "1"), ("HF_HUB_OFFLINE", "0")]).unwrap().offline);
    assert_eq!(settings(&[("HF_HUB_DOWNLOAD_TIMEOUT", "30")]).unwrap().timeout, Duration::from_secs(30));
    for bad in ["0", "-1", "soon"] {
        let error = settings(&[("HF_HUB_DOWNLOAD_TIMEOUT", bad)]).unwrap_err().to_string();
        assert!(error.contains("HF_HUB_DOWNLOAD_TIMEOUT is not a whole number"), "{error}");
    }
    assert_eq!(settings(&[]).unwrap().endpoint, "https://huggingface.co");
    assert_eq!(settings(&[("HF_ENDPOINT", "http://mirror:8080/hub/")]).unwrap().endpoint, "http://mirror:8080/hub");
    for bad in ["mirror", "ftp://mirror", "http://", "http://me:password@mirror", "http://mirror?a=b", "http://a b"] {
        let error = Hub::new(settings(&[("HF_ENDPOINT", bad)]).unwrap()).unwrap_err().to_string();
        assert!(error.contains("HF_ENDPOINT is not an address") && !error.contains("password"), "{error}");
    }
}

#[test]
fn the_token_is_found_and_not_shown() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "hf_FromFile\n").unwrap();
    let (home, path) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
    let source = |vars: &[(&str, &str)]| settings(vars).unwrap().token.map(|token| token.source().to_owned());
    assert_eq!(source(&[]), None);
    assert_eq!(source(&[("HF_TOKEN", "hf_A"), ("HF_TOKEN_PATH", path)]).as_deref(), Some("HF_TOKEN"));
    assert_eq!(source(&[("HUGGING_FACE_HUB_TOKEN", "hf_A")]).as_deref(), Some("HUGGING_FACE_HUB_TOKEN"));
    assert_eq!(source(&[("HF_TOKEN", " "), ("HF_TOKEN_PATH", path)]).as_deref(), Some(path));
    assert_eq!(source(&[("HF_HOME", home)]).as_deref(), Some(path));
    assert_eq!(source(&[("HF_TOKEN", "hf_A"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")]), None);
    let shown = format!("{:?}", settings(&[("HF_HOME", home)]).unwrap());
    assert!(shown.contains("Token(from") && !shown.contains("FromFile"), "{shown}");
    for bad in ["hf_a b", "hf_a\nX-Evil: 1", "hf_ä"] {
        let error = Token::new(bad, "HF_TOKEN").unwrap_err().to_string();
        assert!(error.contains("the token in HF_TOKEN has") && !error.contains("hf_"), "{error}");
    }
}
