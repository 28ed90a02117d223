"""
Values that JSON cannot hold, and the tags that stand for them in a document.

In the order of their imports: `leaves`, `numbers`, `basics`, `times`, `arrays`, `tags`,
`annotations`, `fields`.
"""

# pyright: reportUnusedImport=false

from .annotations import JSON_TYPES, get_reader
from .fields import (
    COLLECTIONS,
    are_kept,
    as_values,
    describe_failure,
    make_native,
    register_field_readers,
    register_field_writers,
    register_mapping_readers,
)
from .leaves import Tag, describe
from .tags import (
    BY_NAME,
    CALLABLE_KEYS,
    DICT,
    EXECUTOR_KEYS,
    FAILED,
    FAMILIES,
    LIST,
    LOADER_KEYS,
    MAX_INT,
    NATIVE,
    are_plain,
    as_data,
    encode_leaf,
    find_named,
    find_tag,
    get_names,
    is_json_native,
    is_look_alike,
    is_tagged,
    is_writable_key,
    register,
)
