"""
Values and their tags: what stands in a document for what JSON cannot hold.

In the order of their imports: `leaves`, `numbers`, `basics`, `times`, `arrays`, `tags`,
`annotations`, `fields`.
"""

# pyright: reportUnusedImport=false

from .annotations import get_reader
from .fields import (
    COLLECTIONS,
    are_kept,
    as_values,
    copy_data,
    get_reasons,
    make_native,
    register_field_readers,
    register_field_writers,
    register_mapping_readers,
)
from .leaves import describe
from .tags import (
    CALLABLE_KEYS,
    EXECUTOR_KEYS,
    LEAF_TAGS,
    LOADER_KEYS,
    MAX_INT,
    MODEL_TAGS,
    NATIVE,
    SEQUENCE_TAGS,
    TAGS,
    are_plain,
    as_data,
    decode_leaf,
    encode_leaf,
    find_leaf,
    is_json_native,
    is_look_alike,
    is_tagged,
    is_writable_key,
)
