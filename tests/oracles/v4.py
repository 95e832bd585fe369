"""Configurations as Transformers 4 wrote them, from those that Transformers 5 writes."""

Config = dict


def plain(config: Config) -> Config:
    """No rope, but the other name of the dtype; no list of layer types, which earlier releases derived."""
    new = ("dtype", "rope_parameters", "layer_types", "_sliding_window_pattern")
    old = {key: value for key, value in config.items() if key not in new}
    return old | {"torch_dtype": config["dtype"], "transformers_version": "4.46.3"}


def untold_tie(config: Config) -> Config:
    """Transformers 4 left out what is as in every model by default: that the head is tied."""
    return {key: value for key, value in plain(config).items() if (key, value) != ("tie_word_embeddings", True)}


def rope(config: Config) -> Config:
    """`rope_theta` and `rope_scaling`; linear scaling under `type`, as releases before 4.43 did."""
    scaling = dict(config["rope_parameters"])
    theta = scaling.pop("rope_theta")
    if scaling["rope_type"] == "linear":
        scaling = {"type": scaling.pop("rope_type"), **scaling}
    spelt = None if scaling == {"rope_type": "default"} else scaling
    return plain(config) | {"rope_scaling": spelt, "rope_theta": theta}


def neox(config: Config) -> Config:
    given = config["rope_parameters"]
    return plain(config) | {"rotary_pct": given["partial_rotary_factor"], "rotary_emb_base": given["rope_theta"]}


def qwen(config: Config) -> Config:
    """As the released models have it: a window that is stated and not used."""
    return rope(config) | {"sliding_window": 4, "max_window_layers": 1, "use_sliding_window": False}


def gemma2(config: Config) -> Config:
    """The activation under both names, as the released models have it; the theta alone, as they are not scaled."""
    old = untold_tie(config) | {"rope_theta": config["rope_parameters"]["rope_theta"]}
    return old | {"hidden_act": config["hidden_activation"]}


def gemma3(config: Config) -> Config:
    whole, local = (config["rope_parameters"][kind] for kind in ("full_attention", "sliding_attention"))
    return untold_tie(config) | {
        "rope_theta": whole["rope_theta"],
        "rope_scaling": {"rope_type": whole["rope_type"], "factor": whole["factor"]},
        "rope_local_base_freq": local["rope_theta"],
        "sliding_window_pattern": 1 + config["layer_types"].index("full_attention"),
    }


def phi3(config: Config) -> Config:
    """The share of a head that rotates, and the original length, beside `rope_scaling`; its kind under `type`."""
    given = config["rope_parameters"]
    scaling = None
    if given["rope_type"] == "longrope":
        factors = {key: given[key] for key in ("long_factor", "short_factor")}
        scaling = {**factors, "type": "longrope"}
    return plain(config) | {
        "rope_scaling": scaling,
        "rope_theta": given["rope_theta"],
        "partial_rotary_factor": given["partial_rotary_factor"],
    }
